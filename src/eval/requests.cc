#include "eval/requests.h"

#include <nlohmann/json.hpp>

#include "eval/datum.h"
#include "eval/program.h"
#include "sql/parser.h"

namespace vif::eval {
namespace {

using Json = nlohmann::ordered_json;

Error bad(std::string message) { return Error(Code::kInvalidArgument, std::move(message)); }

Result<types::Value> value_of(const Json& json) {
  if (!json.is_object() || !json.contains("type") || !json["type"].is_string()) return bad("a value must have a type");
  const std::optional<Type> type = types::type_from_name(json["type"].get<std::string>());
  if (!type) return bad("unknown type " + json["type"].dump());
  if (*type == Type::kNull || !json.contains("value") || json["value"].is_null()) return types::Value::null();
  const Json& value = json["value"];
  if (value.is_object() && value.contains("$hex")) {
    types::Value hex{Type::kHexVal, "x'" + value["$hex"].get<std::string>() + "'"};
    return types::Value{*type, datum_from(hex, 0, Coercibility::kImplicit).bytes};
  }
  return types::Value{*type, value.is_string() ? value.get<std::string>() : value.dump()};
}

struct Request {
  std::string expr;
  types::Row row;
  std::vector<std::string> names;
  std::vector<StaticType> columns;
};

Result<Request> parsed(const Json& json, uint32_t collation) {
  Request out;
  if (!json.is_object() || !json.contains("expr") || !json["expr"].is_string()) return bad("no \"expr\" in the request");
  out.expr = json["expr"].get<std::string>();
  if (json.contains("row") && json["row"].is_array()) {
    for (const Json& item : json["row"]) out.row.push_back(VIF_TRY(value_of(item)));
  }
  for (size_t i = 0; i < out.row.size(); ++i) {
    out.names.push_back(fmt::format("column{}", i));
    StaticType type;
    type.type = out.row[i].type;
    type.collation = types::is_text(type.type) ? collation : kBinaryCollation;
    const size_t point = out.row[i].bytes.find('.');
    if (point != std::string::npos) type.scale = static_cast<int32_t>(out.row[i].bytes.size() - point - 1);
    out.columns.push_back(type);
  }
  if (!json.contains("schema") || !json["schema"].is_array()) return out;
  for (size_t i = 0; i < json["schema"].size() && i < out.names.size(); ++i) {
    const Json& column = json["schema"][i];
    if (column.contains("name") && column["name"].is_string()) out.names[i] = column["name"].get<std::string>();
    if (!column.contains("type") || !column["type"].is_string()) continue;
    if (const std::optional<Type> type = types::type_from_name(column["type"].get<std::string>())) out.columns[i].type = *type;
  }
  return out;
}

struct Answer {
  types::Value value;
  uint32_t collation = kBinaryCollation;
  std::vector<Warning> warnings;
};

Result<Answer> evaluated(const Json& json, const RequestOptions& options) {
  const uint32_t collation = collation_id(options.collation);
  const Request request = VIF_TRY(parsed(json, collation == 0 ? 255 : collation));
  sql::ParseOptions parse_options;
  parse_options.sql_mode = sql::SqlMode::from_string(options.sql_mode);
  const sql::ParsedExpr tree = VIF_TRY(sql::parse_expr(request.expr, parse_options));
  CompileOptions compile_options;
  compile_options.columns = request.columns;
  compile_options.connection_collation = collation == 0 ? 255 : collation;
  compile_options.find_column = [&](const sql::ColName& column) -> std::optional<size_t> {
    for (size_t i = 0; i < request.names.size(); ++i) {
      if (sql::equal_ci(request.names[i], column.name)) return i;
    }
    return std::nullopt;
  };
  const Program program = VIF_TRY(compile(*tree.expr, compile_options));
  Env env;
  env.now_us = options.now_us;
  env.time_zone = options.time_zone;
  env.sql_mode = options.sql_mode;
  Answer answer;
  env.warnings = &answer.warnings;
  answer.value = VIF_TRY(program.evaluate(request.row, env));
  const Result<StaticType> type = program.type(env);
  if (type.ok() && types::is_text(answer.value.type)) answer.collation = type->collation;
  if (answer.value.type == types::Type::kJson) answer.collation = kJsonCollation;
  return answer;
}

Json value_json(const types::Value& value) {
  if (value.is_null()) return nullptr;
  try {
    Json text(value.bytes);
    (void)text.dump();
    return text;
  } catch (const nlohmann::json::exception&) {  // not UTF-8
    std::string hex;
    for (const unsigned char c : value.bytes) hex += fmt::format("{:02x}", c);
    return {{"$hex", hex}};
  }
}

}  // namespace

std::string answer_eval_request(std::string_view request, const RequestOptions& options) {
  const Json json = Json::parse(request, nullptr, false);
  Json out;
  const Result<Answer> answer = json.is_discarded() ? Result<Answer>(bad("the request is not valid JSON"))
                                                    : evaluated(json, options);
  if (answer.ok()) {
    const types::Value& value = answer->value;
    out = {{"ok", true},
           {"type", value.is_null() ? "NULL" : std::string(types::type_name(value.type))},
           {"value", value_json(value)},
           {"typed", value.to_string()},
           {"collation", value.is_null() ? "binary" : std::string(collation_name(answer->collation))},
           {"warnings", Json::array()}};
    for (const Warning& w : answer->warnings) {
      out["warnings"].push_back({{"level", "Warning"}, {"code", w.code}, {"message", w.message}});
    }
  } else {
    out = {{"ok", false}, {"errno", answer.error().mysql_errno()}, {"error", answer.error().message()}};
  }
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace vif::eval
