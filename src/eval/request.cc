#include "eval/request.h"

#include <algorithm>

#include "sql/parser.h"

namespace vif::eval {
namespace {

Error bad(std::string message) { return Error(Code::kInvalidArgument, std::move(message)); }

Result<std::string> bytes_of_hex(const Json& json) {
  if (!json.is_string()) return bad("\"$hex\" must be a string of hexadecimal digits");
  const auto digits = json.get<std::string>();
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  if (digits.size() % 2 != 0) return bad("\"$hex\" has an odd number of digits");
  std::string out;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const int high = digit(digits[i]);
    const int low = digit(digits[i + 1]);
    if (high < 0 || low < 0) return bad("\"$hex\" must be hexadecimal digits");
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

Result<types::Value> value_of(const Json& json) {
  if (json.is_null()) return types::Value::null();
  if (!json.is_object() || !json.contains("type") || !json["type"].is_string())
    return bad("a value must have a type");
  const auto name = json["type"].get<std::string>();
  const std::optional<Type> type = types::type_from_name(name);
  if (!type) return bad(fmt::format("unknown type \"{}\"", name));
  if (*type == Type::kNull || !json.contains("value") || json["value"].is_null())
    return types::Value::null();
  const Json& value = json["value"];
  if (value.is_object() && value.contains("$hex"))
    return types::Value{*type, VIF_TRY(bytes_of_hex(value["$hex"]))};
  if (value.is_string()) return types::Value{*type, value.get<std::string>()};
  if (value.is_number() || value.is_boolean())
    return types::Value{*type, value.is_boolean() ? (value.get<bool>() ? "1" : "0") : value.dump()};
  return bad(fmt::format("the value of type {} is neither a string nor a number", name));
}

Result<types::Row> row_of(const Json& json) {
  if (!json.is_array()) return bad("a row must be a list of values");
  types::Row row;
  for (const Json& item : json) row.push_back(VIF_TRY(value_of(item)));
  return row;
}

std::string text_at(const Json& json, const char* key) {
  return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : std::string();
}

std::optional<uint32_t> number_at(const Json& json, const char* key) {
  if (!json.contains(key) || !json[key].is_number_integer()) return std::nullopt;
  const auto value = json[key].get<int64_t>();
  if (value < 0 || value > UINT32_MAX) return std::nullopt;
  return static_cast<uint32_t>(value);
}

// enum('a','b''c'): what is in it.
std::vector<std::string> members_of(std::string_view column_type) {
  std::vector<std::string> out;
  size_t at = column_type.find('(');
  while (at != std::string_view::npos && at < column_type.size()) {
    at = column_type.find('\'', at);
    if (at == std::string_view::npos) break;
    std::string& member = out.emplace_back();
    for (++at; at < column_type.size(); ++at) {
      if (column_type[at] == '\'') {
        if (at + 1 >= column_type.size() || column_type[at + 1] != '\'') break;
        ++at;
      }
      member += column_type[at];
    }
    ++at;
  }
  return out;
}

// Digits after the point, as a value or a name like decimal(10,2) or time(3) tells.
int scale_of(Type type, std::string_view value, std::string_view column_type) {
  const size_t open = column_type.find('(');
  if (open != std::string_view::npos && (type == Type::kDecimal || types::is_float(type))) {
    const size_t comma = column_type.find(',', open);
    return comma == std::string_view::npos
               ? 0
               : std::atoi(std::string(column_type.substr(comma + 1)).c_str());
  }
  if (open != std::string_view::npos &&
      (type == Type::kTime || type == Type::kDatetime || type == Type::kTimestamp)) {
    return std::atoi(std::string(column_type.substr(open + 1)).c_str());
  }
  if (type != Type::kDecimal && type != Type::kTime && type != Type::kDatetime &&
      type != Type::kTimestamp)
    return 0;
  const size_t point = value.find('.');
  return point == std::string_view::npos ? 0 : static_cast<int>(value.size() - point - 1);
}

uint32_t collation_of(const Json& column, Type type, uint32_t connection) {
  if (const uint32_t named = collation_id(text_at(column, "collation")); named != 0) return named;
  if (const std::optional<uint32_t> id = number_at(column, "charset"); id && *id != 0) return *id;
  if (types::is_text(type) || type == Type::kEnum || type == Type::kSet) return connection;
  return kBinaryCollation;
}

void add_column(Request& request, size_t i, const Json& json) {
  Json column = json.is_object() ? json : Json::object();
  const types::Value sample =
      request.rows.empty() || i >= request.rows[0].size() ? types::Value() : request.rows[0][i];
  StaticType type;
  type.type = types::type_from_name(text_at(column, "type")).value_or(sample.type);
  type.collation = collation_of(column, type.type, request.collation);
  const std::string column_type = text_at(column, "column_type");
  const std::optional<uint32_t> decimals = number_at(column, "decimals");
  type.scale = decimals && *decimals <= 30 ? static_cast<int32_t>(*decimals)
                                           : scale_of(type.type, sample.bytes, column_type);
  type.fixed = decimals && *decimals <= 30 && !types::is_integral(type.type);
  type.nullable = (number_at(column, "flags").value_or(0) & 1) == 0;
  types::Field field;
  field.name = text_at(column, "name");
  if (field.name.empty()) field.name = fmt::format("column{}", i);
  field.type = type.type;
  field.charset = type.collation;
  field.column_length = number_at(column, "column_length").value_or(0);
  field.decimals = decimals.value_or(static_cast<uint32_t>(type.scale));
  field.flags = number_at(column, "flags").value_or(0);
  field.column_type = column_type;
  type.size = operand_length(field);
  mark_unsigned(type, field);
  // Characters of text; the request says bytes.
  const bool text = types::is_text(type.type) && type.type != Type::kText;
  if (text || type.type == Type::kEnum || type.type == Type::kSet) {
    const StaticType one = {.type = Type::kVarchar, .collation = type.collation, .size = 1};
    type.size /= std::max<uint32_t>(1, field_of(one).column_length);
  }
  request.columns.push_back(type);
  request.names.push_back(field.name);
  request.fields.push_back(std::move(field));
  request.members.push_back(members_of(column_type));
}

Result<types::BindVariables> bind_variables_of(const Json& json) {
  types::BindVariables out;
  if (!json.is_object()) return bad("\"bindvars\" must be an object");
  for (const auto& [name, value] : json.items()) {
    if (value.is_object() && text_at(value, "type") == "TUPLE" && value.contains("values")) {
      out[name] = types::BindVariable::tuple(VIF_TRY(row_of(value["values"])));
    } else {
      out[name] = VIF_TRY(value_of(value));
    }
  }
  return out;
}

}  // namespace

std::optional<size_t> Request::find(std::string_view name) const {
  for (size_t i = 0; i < names.size(); ++i) {
    if (sql::equal_ci(names[i], name)) return i;
  }
  return std::nullopt;
}

Result<Request> read_request(const Json& json, const RequestOptions& options) {
  Request out;
  if (!json.is_object()) return bad("the request is not a JSON object");
  if (!json.contains("expr") || !json["expr"].is_string()) return bad("no \"expr\" in the request");
  out.expr = json["expr"].get<std::string>();
  out.collation = collation_id(options.collation);
  if (out.collation == 0) return bad(fmt::format("unknown collation \"{}\"", options.collation));
  out.aggregate = json.contains("rows");
  if (out.aggregate) {
    if (!json["rows"].is_array()) return bad("\"rows\" must be a list of rows");
    for (const Json& row : json["rows"]) out.rows.push_back(VIF_TRY(row_of(row)));
  } else {
    const bool has_row = json.contains("row") && !json["row"].is_null();
    out.rows.push_back(has_row ? VIF_TRY(row_of(json["row"])) : types::Row());
  }
  const bool has_schema = json.contains("schema") && !json["schema"].is_null();
  if (has_schema && !json["schema"].is_array()) return bad("\"schema\" must be a list of columns");
  const size_t width =
      out.rows.empty() ? (has_schema ? json["schema"].size() : 0) : out.rows[0].size();
  for (const types::Row& row : out.rows) {
    if (row.size() != width) return bad("the rows have different numbers of columns");
  }
  for (size_t i = 0; i < width; ++i) {
    add_column(out, i,
               has_schema && i < json["schema"].size() ? json["schema"][i] : Json::object());
  }
  for (size_t i = 0; i < width; ++i) {
    const bool member = out.columns[i].type == Type::kEnum || out.columns[i].type == Type::kSet;
    if (member && !out.members[i].empty()) out.columns[i].members = &out.members[i];
  }
  if (json.contains("bindvars") && !json["bindvars"].is_null())
    out.bind_variables = VIF_TRY(bind_variables_of(json["bindvars"]));
  return out;
}

}  // namespace vif::eval
