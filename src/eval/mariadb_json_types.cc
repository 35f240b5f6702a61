#include "eval/mariadb_json_types.h"

#include <algorithm>

#include "eval/mariadb_typing.h"

namespace vif::eval {
namespace {

constexpr int64_t kBytesMost = 16777216;
constexpr int kAsManyAsItTakes = 39;

StaticType sized(const Call& call, StaticType out, int64_t size, bool json = true) {
  (void)call;
  const StaticType one = {.type = Type::kVarchar, .collation = out.collation, .size = 1};
  out.size =
      std::min<int64_t>(size, kBytesMost / std::max<int64_t>(1, field_of(one).column_length));
  out.json = json;
  return out;
}
// What an argument may take as a value in a document.
int64_t value_size(const StaticType& t) {
  constexpr int64_t kNull = 4;
  constexpr int64_t kFalse = 5;
  if (types::is_integral(t.type) && t.json) return kFalse;
  const bool number =
      types::is_number(t.type) || t.type == Type::kNull || t.type == Type::kBit || t.json;
  return std::max(kNull, number ? mariadb_characters(t) : 2 * mariadb_characters(t));
}
// Of the first argument's charset: of a number taken for a document, of numbers'.
StaticType document_type(const Call& call) {
  const StaticType t = call.arg_type(0);
  StaticType out = json_text_type(call, 0, 1);
  const bool number = types::is_number(t.type) || t.type == Type::kDate || t.type == Type::kTime ||
                      t.type == Type::kDatetime || t.type == Type::kTimestamp;
  if (number) {
    out.collation = mariadb_numeric_collation();
    out.coercibility = static_cast<uint8_t>(Coercibility::kNumeric);
  }
  return out;
}
StaticType first_type(const Call& call, int times, bool json) {
  const StaticType t = call.arg_type(0);
  StaticType out =
      sized(call, document_type(call), times * mariadb_characters(call.arg_type(0)), json);
  if (t.type != Type::kText || times > 1) return out;
  // A column's own length.
  out.type = Type::kText;
  out.fixed = true;
  out.scale = kAsManyAsItTakes;
  out.size = t.json ? t.size : mariadb_bytes(t);
  return out;
}
StaticType format_type(const Call& call, int times) {
  StaticType out = first_type(call, times, true);
  out.fixed = true;
  out.scale = 0;
  return out;
}
StaticType number_type(const Call& call, int digits) {
  StaticType out = static_type(Type::kInt64);
  out.size = digits;
  out.nullable = call.name != "mariadb json_depth" || call.arg_type(0).nullable;
  return out;
}

}  // namespace

StaticType json_text_type(const Call& call, size_t from, size_t until) {
  std::vector<StaticType> types;
  for (size_t i = from; i < until; ++i) types.push_back(call.arg_type(i));
  StaticType out = merged_text(types, call.collation);
  return out;
}

StaticType json_built_type(const Call& call) {
  StaticType out = json_text_type(call, 0, call.size());
  if (call.size() == 0) out = static_type(Type::kVarchar, call.collation);
  int64_t size = 2;
  for (size_t i = 0; i < call.size(); ++i) size += value_size(call.arg_type(i)) + 4;
  return sized(call, out, size);
}
StaticType json_extract_type(const Call& call) {
  const auto paths = static_cast<int64_t>(call.size() - 1);
  return sized(call, document_type(call),
               2 * paths * mariadb_characters(call.arg_type(0)) + (paths > 1 ? 2 * paths : 0));
}
StaticType json_change_type(const Call& call) {
  int64_t size = mariadb_characters(call.arg_type(0));
  // Of each change it counts the arguments before the middle of the list.
  for (size_t i = 0; i + 1 < call.size(); i += 2)
    size += mariadb_characters(call.arg_type(i / 2)) +
            mariadb_characters(call.arg_type(i / 2 + 1)) + 10;
  return sized(call, document_type(call), size);
}
StaticType json_append_type(const Call& call) {
  int64_t size = mariadb_characters(call.arg_type(0));
  for (size_t i = 2; i < call.size(); i += 2) {
    const StaticType t = call.arg_type(i);
    const bool truth = types::is_integral(t.type) && t.json && !t.fixed;
    size += (truth ? 1 : mariadb_characters(t)) + 4;
  }
  return sized(call, document_type(call), size);
}
StaticType json_detailed_type(const Call& call) {
  StaticType out = sized(call, document_type(call), kBytesMost);
  out.fixed = true;
  return out;
}
StaticType json_search_type(const Call& call) {
  const int64_t characters = mariadb_characters(call.arg_type(0));
  const int64_t size = std::min<int64_t>(2 * characters, 100000);
  return sized(call, document_type(call),
               call.arg_type(0).fixed && types::is_number(call.arg_type(0).type)
                   ? characters * characters
                   : size * size);
}
StaticType json_quote_type(const Call& call) {
  return sized(call, static_type(Type::kVarchar, kJsonCollation),
               12 * mariadb_characters(call.arg_type(0)) + 2, false);
}
StaticType json_unquote_type(const Call& call) {
  StaticType out = static_type(Type::kVarchar, kJsonCollation);
  out.size = mariadb_characters(call.arg_type(0));
  return out;
}
StaticType json_kind_type(const Call&) {
  StaticType out = static_type(Type::kVarchar, collation_id("utf8mb3_general_ci"));
  out.size = 12;
  return out;
}

StaticType json_part_type(const Call& call) { return first_type(call, 1, true); }
StaticType json_scalar_type(const Call& call) { return first_type(call, 1, false); }
StaticType json_compact_type(const Call& call) { return format_type(call, 1); }
StaticType json_loose_type(const Call& call) {
  StaticType out = format_type(call, 2);
  const StaticType t = call.arg_type(0);
  if (t.type != Type::kText || t.size != UINT32_MAX) return out;
  // Twice as long, in 32 bits.
  out.type = Type::kText;
  out.size = UINT32_MAX - 1;
  return out;
}
StaticType json_truth_type(const Call& call) {
  StaticType out = number_type(call, 1);
  out.json = true;
  return out;
}
StaticType json_count_type(const Call& call) { return number_type(call, 10); }

}  // namespace vif::eval
