// query.Type of Vitess's protobuf API: the type of a value or column. Numbers are wire format (low
// byte: identity; 0x100 integral, 0x200 unsigned, 0x400 float, 0x800 quoted, 0x1000 text, 0x2000
// binary).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vif::types {

enum class Type : int32_t {
  kNull = 0,
  kInt8 = 257,
  kUint8 = 770,
  kInt16 = 259,
  kUint16 = 772,
  kInt24 = 261,
  kUint24 = 774,
  kInt32 = 263,
  kUint32 = 776,
  kInt64 = 265,
  kUint64 = 778,
  kFloat32 = 1035,
  kFloat64 = 1036,
  kTimestamp = 2061,
  kDate = 2062,
  kTime = 2063,
  kDatetime = 2064,
  kYear = 785,
  kDecimal = 18,
  kText = 6163,
  kBlob = 10260,
  kVarchar = 6165,
  kVarbinary = 10262,
  kChar = 6167,
  kBinary = 10264,
  kBit = 2073,
  kEnum = 2074,
  kSet = 2075,
  kTuple = 28,
  kGeometry = 2077,
  kJson = 2078,
  kExpression = 31,
  kHexNum = 4128,
  kHexVal = 4129,
  kBitNum = 4130,
  kVector = 2083,
  kRaw = 2084,
  kRowTuple = 2085,
};

constexpr bool is_integral(Type t) { return (static_cast<int32_t>(t) & 0x100) != 0; }
constexpr bool is_unsigned(Type t) { return (static_cast<int32_t>(t) & 0x200) != 0; }
constexpr bool is_signed(Type t) { return is_integral(t) && !is_unsigned(t); }
constexpr bool is_float(Type t) { return (static_cast<int32_t>(t) & 0x400) != 0; }
constexpr bool is_quoted(Type t) {
  return (static_cast<int32_t>(t) & 0x800) != 0 && t != Type::kBit;
}
constexpr bool is_text(Type t) { return (static_cast<int32_t>(t) & 0x1000) != 0; }
constexpr bool is_binary(Type t) { return (static_cast<int32_t>(t) & 0x2000) != 0; }
constexpr bool is_number(Type t) { return is_integral(t) || is_float(t) || t == Type::kDecimal; }

// "INT64", "VARCHAR": the protobuf names.
std::string_view type_name(Type t);
std::optional<Type> type_from_name(std::string_view name);

// Between query.Type and the type byte and flags of a MySQL column definition packet.
struct MysqlType {
  uint8_t type;
  uint16_t flags;  // what must be set beside the column's own: unsigned, enum, set, binary, blob...
};
MysqlType to_mysql(Type t);
// Errors are impossible: an unknown byte is kVarbinary's. `charset` 63 is binary.
Type from_mysql(uint8_t mysql_type, uint16_t flags, uint32_t charset);

}  // namespace vif::types
