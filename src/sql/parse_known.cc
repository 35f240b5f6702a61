// Functions that the grammar knows by name and whose arguments are just a list of a known length.
#include <algorithm>
#include <array>

#include "sql/parse_core.h"

namespace vif::sql {

namespace {

constexpr uint8_t kMany = 255;

struct Known {
  Tok tok;
  std::string_view name;  // canonical
  uint8_t args_min;
  uint8_t args_max;
  // From this argument on they come in pairs (keys and values); 0: they do not.
  uint8_t pairs_from = 0;
};

// Sorted by token; the parser searches it.
constexpr auto kKnown = [] {
  std::array table = {
      Known{Tok::kw_left, "left", 2, 2},
      Known{Tok::kw_right, "right", 2, 2},
      Known{Tok::kw_if, "if", 3, 3},
      Known{Tok::kw_mod, "mod", 2, 2},
      Known{Tok::kw_replace, "replace", 3, 3},
      Known{Tok::kw_database, "database", 0, kMany},
      Known{Tok::kw_schema, "schema", 0, kMany},
      Known{Tok::kw_insert, "insert", 4, 4},
      Known{Tok::kw_locate, "locate", 2, 3},
      Known{Tok::kw_json_pretty, "json_pretty", 1, 1},
      Known{Tok::kw_json_storage_free, "json_storage_free", 1, 1},
      Known{Tok::kw_json_storage_size, "json_storage_size", 1, 1},
      Known{Tok::kw_json_schema_valid, "json_schema_valid", 2, 2},
      Known{Tok::kw_json_schema_validation_report, "json_schema_validation_report", 2, 2},
      Known{Tok::kw_json_array, "json_array", 0, kMany},
      Known{Tok::kw_json_object, "json_object", 0, kMany, 1},
      Known{Tok::kw_json_quote, "json_quote", 1, 1},
      Known{Tok::kw_json_contains, "json_contains", 2, kMany},
      Known{Tok::kw_json_contains_path, "json_contains_path", 3, kMany},
      Known{Tok::kw_json_extract, "json_extract", 2, kMany},
      Known{Tok::kw_json_keys, "json_keys", 1, 2},
      Known{Tok::kw_json_overlaps, "json_overlaps", 2, 2},
      Known{Tok::kw_json_search, "json_search", 3, kMany},
      Known{Tok::kw_json_depth, "json_depth", 1, 1},
      Known{Tok::kw_json_valid, "json_valid", 1, 1},
      Known{Tok::kw_json_type, "json_type", 1, 1},
      Known{Tok::kw_json_length, "json_length", 1, 2},
      Known{Tok::kw_json_array_append, "json_array_append", 3, kMany, 2},
      Known{Tok::kw_json_array_insert, "json_array_insert", 3, kMany, 2},
      Known{Tok::kw_json_insert, "json_insert", 3, kMany, 2},
      Known{Tok::kw_json_replace, "json_replace", 3, kMany, 2},
      Known{Tok::kw_json_set, "json_set", 3, kMany, 2},
      Known{Tok::kw_json_merge, "json_merge", 2, kMany},
      Known{Tok::kw_json_merge_patch, "json_merge_patch", 2, kMany},
      Known{Tok::kw_json_merge_preserve, "json_merge_preserve", 2, kMany},
      Known{Tok::kw_json_remove, "json_remove", 2, kMany},
      Known{Tok::kw_json_unquote, "json_unquote", 1, 1},
      Known{Tok::kw_multipolygon, "multipolygon", 1, kMany},
      Known{Tok::kw_multipoint, "multipoint", 1, kMany},
      Known{Tok::kw_multilinestring, "multilinestring", 1, kMany},
      Known{Tok::kw_polygon, "polygon", 1, kMany},
      Known{Tok::kw_linestring, "linestring", 1, kMany},
      Known{Tok::kw_point, "point", 2, 2},
      Known{Tok::kw_regexp_instr, "regexp_instr", 2, 6},
      Known{Tok::kw_regexp_like, "regexp_like", 2, 3},
      Known{Tok::kw_regexp_replace, "regexp_replace", 3, 6},
      Known{Tok::kw_regexp_substr, "regexp_substr", 2, 5},
      Known{Tok::kw_extractvalue, "extractvalue", 2, 2},
      Known{Tok::kw_updatexml, "updatexml", 3, 3},
      Known{Tok::kw_format_bytes, "format_bytes", 1, 1},
      Known{Tok::kw_format_pico_time, "format_pico_time", 1, 1},
      Known{Tok::kw_ps_current_thread_id, "ps_current_thread_id", 0, 0},
      Known{Tok::kw_ps_thread_id, "ps_thread_id", 1, 1},
      Known{Tok::kw_gtid_subset, "gtid_subset", 2, 2},
      Known{Tok::kw_gtid_subtract, "gtid_subtract", 2, 2},
      Known{Tok::kw_wait_for_executed_gtid_set, "wait_for_executed_gtid_set", 1, 2},
      Known{Tok::kw_wait_until_sql_thread_after_gtids, "wait_until_sql_thread_after_gtids", 1, 3},
      Known{Tok::kw_st_asbinary, "st_asbinary", 1, 2},
      Known{Tok::kw_st_aswkb, "st_asbinary", 1, 2},
      Known{Tok::kw_st_astext, "st_astext", 1, 2},
      Known{Tok::kw_st_aswkt, "st_astext", 1, 2},
      Known{Tok::kw_st_isempty, "st_isempty", 1, 1},
      Known{Tok::kw_st_issimple, "st_issimple", 1, 1},
      Known{Tok::kw_st_dimension, "st_dimension", 1, 1},
      Known{Tok::kw_st_envelope, "st_envelope", 1, 1},
      Known{Tok::kw_st_geometrytype, "st_geometrytype", 1, 1},
      Known{Tok::kw_st_latitude, "st_latitude", 1, 2},
      Known{Tok::kw_st_longitude, "st_longitude", 1, 2},
      Known{Tok::kw_st_endpoint, "st_endpoint", 1, 1},
      Known{Tok::kw_endpoint, "st_endpoint", 1, 1},
      Known{Tok::kw_st_isclosed, "st_isclosed", 1, 1},
      Known{Tok::kw_isclosed, "st_isclosed", 1, 1},
      Known{Tok::kw_st_length, "st_length", 1, 2},
      Known{Tok::kw_glength, "st_length", 1, 2},
      Known{Tok::kw_st_numpoints, "st_numpoints", 1, 1},
      Known{Tok::kw_numpoints, "st_numpoints", 1, 1},
      Known{Tok::kw_st_pointn, "st_pointn", 2, 2},
      Known{Tok::kw_pointn, "st_pointn", 2, 2},
      Known{Tok::kw_st_startpoint, "st_startpoint", 1, 1},
      Known{Tok::kw_startpoint, "st_startpoint", 1, 1},
      Known{Tok::kw_st_x, "st_x", 1, 2},
      Known{Tok::kw_st_y, "st_y", 1, 2},
      Known{Tok::kw_st_geomfromtext, "st_geometryfromtext", 1, 3},
      Known{Tok::kw_st_geometryfromtext, "st_geometryfromtext", 1, 3},
      Known{Tok::kw_st_geomcollfromtext, "st_geometrycollectionfromtext", 1, 3},
      Known{Tok::kw_st_geomcollfromtxt, "st_geometrycollectionfromtext", 1, 3},
      Known{Tok::kw_st_geometrycollectionfromtext, "st_geometrycollectionfromtext", 1, 3},
      Known{Tok::kw_st_linefromtext, "st_linestringfromtext", 1, 3},
      Known{Tok::kw_st_linestringfromtext, "st_linestringfromtext", 1, 3},
      Known{Tok::kw_st_mlinefromtext, "st_multilinestringfromtext", 1, 3},
      Known{Tok::kw_st_multilinestringfromtext, "st_multilinestringfromtext", 1, 3},
      Known{Tok::kw_st_mpointfromtext, "st_multipointfromtext", 1, 3},
      Known{Tok::kw_st_multipointfromtext, "st_multipointfromtext", 1, 3},
      Known{Tok::kw_st_mpolyfromtext, "st_multipolygonfromtext", 1, 3},
      Known{Tok::kw_st_multipolygonfromtext, "st_multipolygonfromtext", 1, 3},
      Known{Tok::kw_st_pointfromtext, "st_pointfromtext", 1, 3},
      Known{Tok::kw_st_polyfromtext, "st_polygonfromtext", 1, 3},
      Known{Tok::kw_st_polygonfromtext, "st_polygonfromtext", 1, 3},
      Known{Tok::kw_st_geomfromwkb, "st_geometryfromwkb", 1, 3},
      Known{Tok::kw_st_geometryfromwkb, "st_geometryfromwkb", 1, 3},
      Known{Tok::kw_st_geomcollfromwkb, "st_geometrycollectionfromwkb", 1, 3},
      Known{Tok::kw_st_geometrycollectionfromwkb, "st_geometrycollectionfromwkb", 1, 3},
      Known{Tok::kw_st_linefromwkb, "st_linestringfromwkb", 1, 3},
      Known{Tok::kw_st_linestringfromwkb, "st_linestringfromwkb", 1, 3},
      Known{Tok::kw_st_mlinefromwkb, "st_multilinestringfromwkb", 1, 3},
      Known{Tok::kw_st_multilinestringfromwkb, "st_multilinestringfromwkb", 1, 3},
      Known{Tok::kw_st_mpointfromwkb, "st_multipointfromwkb", 1, 3},
      Known{Tok::kw_st_multipointfromwkb, "st_multipointfromwkb", 1, 3},
      Known{Tok::kw_st_mpolyfromwkb, "st_multipolygonfromwkb", 1, 3},
      Known{Tok::kw_st_multipolygonfromwkb, "st_multipolygonfromwkb", 1, 3},
      Known{Tok::kw_st_pointfromwkb, "st_pointfromwkb", 1, 3},
      Known{Tok::kw_st_polyfromwkb, "st_polygonfromwkb", 1, 3},
      Known{Tok::kw_st_polygonfromwkb, "st_polygonfromwkb", 1, 3},
      Known{Tok::kw_st_area, "st_area", 1, 1},
      Known{Tok::kw_st_centroid, "st_centroid", 1, 1},
      Known{Tok::kw_st_exteriorring, "st_exteriorring", 1, 1},
      Known{Tok::kw_st_interiorringn, "st_interiorringN", 2, 2},
      Known{Tok::kw_st_numinteriorring, "st_numinteriorrings", 1, 1},
      Known{Tok::kw_st_numinteriorrings, "st_numinteriorrings", 1, 1},
      Known{Tok::kw_st_geometryn, "st_geometryn", 2, 2},
      Known{Tok::kw_st_numgeometries, "st_numgeometries", 1, 1},
      Known{Tok::kw_st_geohash, "st_geohash", 2, 3},
      Known{Tok::kw_st_latfromgeohash, "st_latfromgeohash", 1, 1},
      Known{Tok::kw_st_longfromgeohash, "st_longfromgeohash", 1, 1},
      Known{Tok::kw_st_pointfromgeohash, "st_pointfromgeohash", 2, 2},
      Known{Tok::kw_st_geomfromgeojson, "st_geomfromgeojson", 1, 3},
      Known{Tok::kw_st_asgeojson, "st_asgeojson", 1, 3},
  };
  std::sort(table.begin(), table.end(),
            [](const Known& a, const Known& b) { return a.tok < b.tok; });
  return table;
}();

const Known* find_known(Tok tok) {
  const auto found =
      std::lower_bound(kKnown.begin(), kKnown.end(), tok,
                       [](const Known& known, Tok wanted) { return known.tok < wanted; });
  return found != kKnown.end() && found->tok == tok ? &*found : nullptr;
}

// MySQL knows how many arguments these have by its grammar; of others it is a function's own error.
bool is_of_grammar(Tok tok) {
  switch (tok) {
    case Tok::kw_left:
    case Tok::kw_right:
    case Tok::kw_if:
    case Tok::kw_mod:
    case Tok::kw_replace:
    case Tok::kw_insert:
    case Tok::kw_database:
    case Tok::kw_schema: return true;
    default: return false;
  }
}

[[noreturn]] void fail_count(std::string_view function) {
  throw SqlError{Error(
      Code::kInvalidArgument, 1582, "42000",
      "Incorrect parameter count in the call to native function '" + std::string(function) + "'")};
}

}  // namespace

const ArgumentCount* Parser::arguments_of(std::string_view function_name) {
  static constexpr ArgumentCount kCounts[] = {
      {"ascii", 1, 1},        {"charset", 1, 1},     {"coalesce", 1, SIZE_MAX},
      {"collation", 1, 1},    {"date", 1, 1},        {"day", 1, 1},
      {"format", 2, 3},       {"get_format", 2, 2},  {"grouping", 1, SIZE_MAX},
      {"hour", 1, 1},         {"log", 1, 2},         {"microsecond", 1, 1},
      {"minute", 1, 1},       {"month", 1, 1},       {"quarter", 1, 1},
      {"repeat", 2, 2},       {"reverse", 1, 1},     {"second", 1, 1},
      {"session_user", 0, 0}, {"system_user", 0, 0}, {"time", 1, 1},
      {"timestamp", 1, 2},    {"truncate", 2, 2},    {"user", 0, 0},
      {"week", 1, 2},         {"year", 1, 1},        {"row_count", 0, 0}};
  for (const ArgumentCount& count : kCounts) {
    if (equal_ci(count.function, function_name)) return &count;
  }
  return nullptr;
}

bool Parser::is_known_function(Tok tok) { return find_known(tok) != nullptr; }

Expr* Parser::known_call() {
  const Known* known = find_known(token_.tok);
  if (known == nullptr) return nullptr;
  const std::string_view written = token_.text;
  const bool counts = options_.server_errors && !is_of_grammar(known->tok);
  advance();
  expect(Tok::kOpen);
  FuncExpr* node = make<FuncExpr>();
  node->name = known->name;
  bool fits = true;
  for (size_t count = 0;; ++count) {
    if (at(Tok::kClose) && (counts || count >= known->args_min)) {
      const bool half_pair = known->pairs_from != 0 && (count + 1 - known->pairs_from) % 2 != 0;
      fits = fits && !half_pair && count >= known->args_min;
      if (fits || counts) break;
    }
    if (count == known->args_max) fits = false;
    if (!fits && !counts) fail();
    if (count != 0) expect(Tok::kComma);
    push(node->exprs, call_argument());
  }
  advance();
  if (!fits) fail_count(written);
  return node;
}

Expr* Parser::weight_string() {
  advance();
  expect(Tok::kOpen);
  WeightStringFuncExpr* node = make<WeightStringFuncExpr>();
  node->expr = expression();
  if (at(Tok::kComma)) {  // what no manual tells of: lengths and flags
    FuncExpr* call = make<FuncExpr>();
    call->name = "weight_string";
    push(call->exprs, node->expr);
    while (accept(Tok::kComma)) {
      if (!at(Tok::kInt) && !at(Tok::kHexNum)) fail();
      push(call->exprs, primary());
    }
    expect(Tok::kClose);
    return call;
  }
  if (accept(Tok::kw_as)) {
    if (!at(Tok::kw_binary) && !at(Tok::kw_char)) fail();
    node->as = make<ConvertType>();
    node->as->type = token_.text;
    advance();
    if (!at(Tok::kOpen)) fail();
    node->as->length = length_opt();
  }
  expect(Tok::kClose);
  return node;
}

}  // namespace vif::sql
