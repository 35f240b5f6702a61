#include "eval/requests.h"

#include "eval/mariadb.h"
#include "eval/request.h"
#include "sql/parser.h"

namespace vif::eval {
namespace {

constexpr int kParseError = 1064;
constexpr int kUnknownError = 1105;
constexpr int kNotSupportedYet = 1235;

Env env_of(const Request& request, const RequestOptions& options) {
  Env env;
  env.bind_variables = &request.bind_variables;
  env.now_us = options.now_us;
  env.time_zone = options.time_zone;
  env.sql_mode = options.sql_mode;
  env.mariadb = options.mariadb;
  return env;
}

// MariaDB's integers of up to nine characters are INTs.
void make_small_integer(Answer& answer) {
  constexpr uint32_t kIntLengthMost = 9;
  types::Field& f = answer.field;
  if (f.column_length == 0 || f.column_length > kIntLengthMost) return;
  if (f.type == Type::kInt64) f.type = Type::kInt32;
  if (f.type == Type::kUint64) f.type = Type::kUint32;
  if (answer.value.type == Type::kInt64 || answer.value.type == Type::kUint64)
    answer.value.type = f.type;
}

Result<Answer> evaluated(const Request& request, const RequestOptions& options) {
  sql::ParseOptions parse_options;
  parse_options.sql_mode = sql::SqlMode::from_string(options.sql_mode);
  parse_options.server_errors = true;
  parse_options.argument_texts = true;
  const Result<sql::ParsedExpr> tree = sql::parse_expr(request.expr, parse_options);
  if (!tree.ok()) {
    const int number = tree.error().mysql_errno();
    return Error(Code::kInvalidArgument, number == 0 ? kParseError : number, "42000",
                 tree.error().message());
  }
  CompileOptions compile_options;
  compile_options.columns = request.columns;
  compile_options.connection_collation = request.collation;
  compile_options.mariadb = options.mariadb;
  compile_options.sql_mode = options.sql_mode;
  compile_options.source = request.expr;
  compile_options.argument_texts = &tree->argument_texts;
  compile_options.find_column = [&](const sql::ColName& column) {
    return request.find(column.name);
  };
  const Program program = VIF_TRY(compile(*tree->expr, compile_options));
  Env env = env_of(request, options);
  Answer answer;
  if (!options.mariadb) {
    for (const sql::ReadWarning& w : tree->warnings) answer.warnings.push_back({w.code, w.message});
  }
  answer.warnings.insert(answer.warnings.end(), program.deprecations().begin(),
                         program.deprecations().end());
  env.warnings = &answer.warnings;
  env.columns = request.columns;
  std::vector<const void*> told;
  env.told = &told;
  program.resolve(env);
  answer.value = VIF_TRY(program.evaluate(request.rows[0], env));
  env.warnings = nullptr;  // whatever constants the types look at have warned already
  const Result<StaticType> type = program.type(env);
  if (!type.ok()) return answer;
  if (types::is_text(answer.value.type)) answer.collation = type->collation;
  if (answer.value.type == types::Type::kJson) answer.collation = kJsonCollation;
  answer.field = field_of(*type);
  // A column by itself is as long as it says.
  const auto* column = sql::as<sql::ColName>(tree->expr);
  const std::optional<size_t> place = column ? request.find(column->name) : std::nullopt;
  if (place && types::is_number(answer.field.type) && request.fields[*place].column_length > 0)
    answer.field.column_length = request.fields[*place].column_length;
  // Long texts are of another type than short ones, whatever the length of this one.
  if (options.mariadb) make_small_integer(answer);
  if (options.mariadb) as_mariadb(answer.field, sql::is<sql::ColName>(tree->expr));
  const bool member = answer.value.type == Type::kEnum || answer.value.type == Type::kSet;
  if (options.mariadb && member && answer.field.type == Type::kVarchar)
    answer.value.type = Type::kVarchar;
  if (answer.value.type == Type::kVarchar && answer.field.type == Type::kText)
    answer.value.type = Type::kText;
  if (answer.value.type == Type::kVarchar && answer.field.type == Type::kChar)
    answer.value.type = Type::kChar;
  // The digits of what was found among bytes are bytes where they become a text.
  if (answer.value.type == Type::kVarchar && answer.field.type == Type::kVarbinary)
    answer.value.type = Type::kVarbinary;
  if (answer.value.type == Type::kVarbinary && answer.field.type == Type::kVarchar &&
      !options.mariadb)
    answer.value.type = Type::kVarchar;
  const bool bytes = answer.field.type == Type::kBlob || answer.field.type == Type::kBinary;
  if (answer.value.type == Type::kVarbinary && bytes) answer.value.type = answer.field.type;
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

int errno_of(const Error& error) {
  if (error.mysql_errno() != 0) return error.mysql_errno();
  return error.code() == Code::kUnimplemented ? kNotSupportedYet : kUnknownError;
}

Json answer_json(const Answer& answer) {
  const types::Value& value = answer.value;
  Json warnings = Json::array();
  for (const Warning& w : answer.warnings)
    warnings.push_back({{"level", "Warning"}, {"code", w.code}, {"message", w.message}});
  const types::Field& f = answer.field;
  return {{"ok", true},
          {"type", value.is_null() ? "NULL" : std::string(types::type_name(value.type))},
          {"value", value_json(value)},
          {"typed", value.to_string()},
          {"collation", value.is_null() ? "binary" : std::string(collation_name(answer.collation))},
          {"field",
           {{"type", f.type == Type::kNull ? "NULL" : types::type_name(f.type)},
            {"length", f.column_length},
            {"decimals", f.decimals},
            {"collation", collation_name(f.charset)},
            {"nullable", (f.flags & 1) == 0}}},
          {"warnings", warnings}};
}

Result<Answer> answered(std::string_view text, const RequestOptions& options) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return Error(Code::kInvalidArgument, "the request is not valid JSON");
  const Request request = VIF_TRY(read_request(json, options));
  return request.aggregate ? answer_aggregate(request, options) : evaluated(request, options);
}

}  // namespace

std::string answer_eval_request(std::string_view request, const RequestOptions& options) {
  const Result<Answer> answer = answered(request, options);
  const Json out = answer.ok() ? answer_json(*answer)
                               : Json{{"ok", false},
                                      {"errno", errno_of(answer.error())},
                                      {"error", answer.error().message()}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace vif::eval
