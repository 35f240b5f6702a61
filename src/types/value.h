// A MySQL value as text, with its type: what rows, bind variables and literals hold.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/type.h"

namespace vif::types {

// `bytes` is the text protocol's form ("-12", "1.50", "2024-01-02 03:04:05", raw bytes); empty when
// null.
struct Value {
  Type type = Type::kNull;
  std::string bytes;

  bool is_null() const { return type == Type::kNull; }
  bool operator==(const Value&) const = default;

  static Value null() { return {}; }
  static Value int64(int64_t v);
  static Value uint64(uint64_t v);
  static Value varchar(std::string text) { return {Type::kVarchar, std::move(text)}; }
  static Value varbinary(std::string text) { return {Type::kVarbinary, std::move(text)}; }

  // The integer this value is; for integral types, and text that is wholly an integer.
  // Errors: kInvalidArgument, with Vitess's text ("could not parse value: 'x'").
  Result<int64_t> to_int64() const;
  Result<uint64_t> to_uint64() const;

  // As an SQL literal: NULL, 12, 1.5, 'it''s' escaped as Vitess does, _binary'..', x'..', b'..'.
  void append_sql(std::string& out) const;
  // Vitess's debug form: INT64(12), VARCHAR("a"), NULL.
  std::string to_string() const;
};

// A bind variable: one value, or a list of them (type kTuple) for `in ::list`.
struct BindVariable {
  Type type = Type::kNull;
  std::string bytes;
  std::vector<Value> values;

  BindVariable() = default;
  BindVariable(Value v) : type(v.type), bytes(std::move(v.bytes)) {}
  static BindVariable tuple(std::vector<Value> list);
  Value value() const { return {type, bytes}; }
  bool operator==(const BindVariable&) const = default;
};
using BindVariables = std::map<std::string, BindVariable, std::less<>>;

// A column of a result, as query.Field and as the column definition packet have it.
struct Field {
  std::string name;
  Type type = Type::kNull;
  std::string table;
  std::string org_table;
  std::string database;
  std::string org_name;
  uint32_t column_length = 0;
  uint32_t charset = 63;  // collation id
  uint32_t decimals = 0;
  uint32_t flags = 0;       // MySQL's column flags
  std::string column_type;  // "varchar(20)"; only from schema queries
  bool operator==(const Field&) const = default;
};

using Row = std::vector<Value>;

}  // namespace vif::types
