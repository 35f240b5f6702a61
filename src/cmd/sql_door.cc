#include "cmd/sql_door.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sql/ast.h"
#include "sql/classify.h"
#include "sql/fingerprint.h"
#include "sql/lexer.h"
#include "sql/normalize.h"
#include "sql/parser.h"
#include "sql/pretty.h"
#include "sql/printer.h"
#include "sql/redact.h"
#include "sql/split.h"
#include "sql/tables.h"
#include "types/type.h"

namespace vif::cmd {

namespace {

using nlohmann::json;

bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80                   ? 1
                          : lead >= 0xC2 && lead < 0xE0 ? 2
                          : lead >= 0xE0 && lead < 0xF0 ? 3
                          : lead >= 0xF0 && lead < 0xF5 ? 4
                                                        : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    }
    i += length;
  }
  return true;
}

// Bytes that are no text are given in hexadecimal, as the corpora do: {"$hex": "ff00"}.
json text_or_hex(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string hex;
  for (char c : text) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return json{{"$hex", hex}};
}

// A request that cannot be understood.
Error misunderstood(std::string why) {
  return Error(Code::kInvalidArgument, 1105, "HY000", std::move(why));
}

// A string, or {"$hex": "ff00"}.
Result<std::string> text_of(const json& value, const char* name) {
  if (value.is_string()) return value.get<std::string>();
  const bool has_hex = value.is_object() && value.contains("$hex") && value["$hex"].is_string();
  if (!has_hex) return misunderstood(fmt::format("{} must be a string", name));
  const std::string hex = value["$hex"].get<std::string>();
  if (hex.size() % 2 != 0 || hex.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) {
    return misunderstood(fmt::format("{}: $hex must be pairs of hexadecimal digits", name));
  }
  std::string text;
  for (size_t i = 0; i < hex.size(); i += 2) {
    text += static_cast<char>(std::strtoul(hex.substr(i, 2).c_str(), nullptr, 16));
  }
  return text;
}

// A field that is not there, or null, is `otherwise`.
Result<std::string> string_field(const json& request, const char* name,
                                 std::string_view otherwise = {}) {
  const auto field = request.find(name);
  if (field == request.end() || field->is_null()) return std::string(otherwise);
  return text_of(*field, name);
}

Result<bool> bool_field(const json& request, const char* name, bool otherwise) {
  const auto field = request.find(name);
  if (field == request.end() || field->is_null()) return otherwise;
  if (!field->is_boolean()) return misunderstood(fmt::format("{} must be true or false", name));
  return field->get<bool>();
}

Result<std::string> statement_of(const json& request) {
  if (!request.contains("sql")) return misunderstood("the request has no sql");
  return text_of(request["sql"], "sql");
}

json refusal(const Error& error) {
  json answer = {{"ok", false},
                 {"errno", error.mysql_errno() == 0 ? 1105 : error.mysql_errno()},
                 {"sqlstate", error.sqlstate().empty() ? "HY000" : error.sqlstate()},
                 {"error", text_or_hex(error.message())}};
  if (const int position = sql::error_position(error); position >= 0) answer["position"] = position;
  return answer;
}

Result<sql::ParseOptions> options_of(const json& request) {
  sql::ParseOptions options;
  options.sql_mode = sql::SqlMode::from_string(VIF_TRY(string_field(request, "sql_mode")));
  options.strict_ddl = VIF_TRY(bool_field(request, "strict_ddl", false));
  if (const std::string version = VIF_TRY(string_field(request, "mysql_version"));
      !version.empty()) {
    int major = 0, minor = 0, patch = 0;
    std::sscanf(version.c_str(), "%d.%d.%d", &major, &minor, &patch);
    options.mysql_version = major * 10000 + minor * 100 + patch;
  }
  return options;
}

std::string kind_of(const sql::Statement& statement) {
  if (sql::as<sql::Insert>(&statement) != nullptr && sql::as<sql::Insert>(&statement)->replace)
    return "replace";
  return sql::lowered(sql::to_string(sql::statement_type(statement)));
}

std::string fingerprint_of(std::string_view text, const sql::SqlMode& mode) {
  sql::Fingerprint print_of;
  sql::fingerprint(text, mode, print_of);
  return fmt::format("{:016x}", print_of.hash);
}

Result<json> parse_op(const json& request) {
  const std::string text = VIF_TRY(statement_of(request));
  const sql::ParseOptions options = VIF_TRY(options_of(request));
  const Result<sql::Parsed> parsed = sql::parse(text, options);
  if (!parsed.ok()) return parsed.error();
  json tables = json::array();
  for (const sql::TableName& table : sql::tables_of(*parsed->statement)) {
    std::string name(table.qualifier);
    if (!name.empty()) name += '.';
    tables.push_back(text_or_hex(name.append(table.name)));
  }
  return json{{"ok", true},
              {"kind", kind_of(*parsed->statement)},
              {"canonical", text_or_hex(sql::print(parsed->statement))},
              {"mysql", text_or_hex(sql::print(parsed->statement, sql::PrintStyle::kMysql))},
              {"tables", std::move(tables)},
              {"read_only", sql::is_read_only(*parsed->statement)},
              {"needs_reserved_connection", sql::needs_reserved_connection(*parsed->statement)}};
}

json json_of(const types::BindVariable& variable) {
  json value = {{"type", std::string(types::type_name(variable.type))}};
  if (variable.type != types::Type::kTuple) {
    value["value"] = text_or_hex(variable.bytes);
    return value;
  }
  json values = json::array();
  for (const types::Value& item : variable.values) {
    values.push_back(
        {{"type", std::string(types::type_name(item.type))}, {"value", text_or_hex(item.bytes)}});
  }
  value["values"] = std::move(values);
  return value;
}

Result<json> normalize_op(const json& request) {
  const std::string text = VIF_TRY(statement_of(request));
  const sql::ParseOptions parsing = VIF_TRY(options_of(request));
  Result<sql::Parsed> parsed = sql::parse(text, parsing);
  if (!parsed.ok()) return parsed.error();
  sql::NormalizeOptions options;
  options.prefix = VIF_TRY(string_field(request, "prefix", "vtg"));
  options.keyspace = VIF_TRY(string_field(request, "keyspace"));
  options.parameterize = VIF_TRY(bool_field(request, "parameterize", true));
  options.set_var_comment = VIF_TRY(string_field(request, "setVarComment"));
  const std::string fingerprint = fingerprint_of(text, parsing.sql_mode);
  const Result<sql::Normalized> normalized = sql::normalize(*parsed, options, parsing);
  if (!normalized.ok()) return normalized.error();
  json variables = json::object();
  for (const auto& [name, variable] : normalized->bind_variables)
    variables[name] = json_of(variable);
  return json{{"ok", true},
              {"sql", text_or_hex(sql::print(parsed->statement))},
              {"bindvars", std::move(variables)},
              {"fingerprint", fingerprint}};
}

Result<json> split_op(const json& request) {
  const std::string text = VIF_TRY(statement_of(request));
  const Result<std::vector<std::string_view>> pieces =
      sql::split_script(text, VIF_TRY(options_of(request)).sql_mode);
  if (!pieces.ok()) return pieces.error();
  json statements = json::array();
  for (std::string_view piece : *pieces) statements.push_back(text_or_hex(piece));
  return json{{"ok", true}, {"statements", std::move(statements)}};
}

Result<json> redact_op(const json& request) {
  const std::string text = VIF_TRY(statement_of(request));
  const std::string redacted = VIF_TRY(sql::redact(text, VIF_TRY(options_of(request))));
  return json{{"ok", true}, {"sql", text_or_hex(redacted)}};
}

Result<json> fingerprint_op(const json& request) {
  const std::string text = VIF_TRY(statement_of(request));
  return json{{"ok", true},
              {"fingerprint", fingerprint_of(text, VIF_TRY(options_of(request)).sql_mode)}};
}

Result<json> answer_of(const json& request) {
  if (!request.is_object()) return misunderstood("not a JSON object");
  const std::string op = VIF_TRY(string_field(request, "op", "parse"));
  if (op == "parse") return parse_op(request);
  if (op == "normalize") return normalize_op(request);
  if (op == "split") return split_op(request);
  if (op == "redact") return redact_op(request);
  if (op == "fingerprint") return fingerprint_op(request);
  return misunderstood(
      fmt::format("unknown op '{}': parse, normalize, split, redact, fingerprint", op));
}

// Whatever the line is, it has one answer.
json answer(const std::string& line) {
  const Result<json> answered = answer_of(json::parse(line, nullptr, false));
  return answered.ok() ? *answered : refusal(answered.error());
}

// The comments before a statement, which its tree does not hold.
std::string_view comments_before(std::string_view piece) {
  const sql::Token first = sql::Lexer(piece, {}, sql::ParseOptions{}.mysql_version).next();
  if (first.tok == sql::Tok::kEnd) return {};
  std::string_view comments = piece.substr(0, first.begin);
  if (comments.find("/*!") != std::string_view::npos) return {};  // the statement is inside of it
  comments.remove_prefix(std::min(comments.find_first_not_of(" \t\r\n"), comments.size()));
  return comments;
}

}  // namespace

int sql_door(std::istream& in, std::ostream& out) {
  std::string line;
  while (std::getline(in, line)) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    out << answer(line).dump(-1, ' ', false, json::error_handler_t::replace) << '\n' << std::flush;
  }
  return 0;
}

int sql_format(std::istream& in, std::ostream& out, std::ostream& errors) {
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const Result<std::vector<std::string_view>> pieces = sql::split_script(text);
  if (!pieces.ok()) {
    errors << pieces.error().message() << '\n';
    return 1;
  }
  int status = 0;
  for (std::string_view piece : *pieces) {
    const Result<sql::Parsed> parsed = sql::parse(piece);
    if (parsed.ok()) {
      const std::string laid_out =
          sql::pretty(sql::print(parsed->statement, sql::PrintStyle::kMysql), {});
      out << comments_before(piece) << laid_out << (laid_out.ends_with(';') ? "\n" : ";\n");
    } else {
      errors << parsed.error().message() << '\n';
      status = 1;
    }
  }
  return status;
}

int sql_main(std::span<const std::string_view> args) {
  if (args.empty()) return sql_door(std::cin, std::cout);
  if (args[0] != "--format") {
    std::cerr << "usage: vif sql            JSON requests on standard input, a line each\n"
                 "       vif sql --format [FILE...]\n";
    return 2;
  }
  if (args.size() == 1) return sql_format(std::cin, std::cout, std::cerr);
  int status = 0;
  for (std::string_view path : args.subspan(1)) {
    std::ifstream file{std::string(path)};
    if (!file) {
      std::cerr << "cannot read " << path << '\n';
      status = 1;
      continue;
    }
    status = std::max(status, sql_format(file, std::cout, std::cerr));
  }
  return status;
}

}  // namespace vif::cmd
