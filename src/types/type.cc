#include "types/type.h"

#include <array>

namespace vif::types {
namespace {

constexpr uint16_t kUnsignedFlag = 32;
constexpr uint16_t kBinaryFlag = 128;
constexpr uint16_t kEnumFlag = 256;
constexpr uint16_t kSetFlag = 2048;
constexpr uint32_t kBinaryCharset = 63;

struct TypeRow {
  Type type;
  std::string_view name;
  MysqlType mysql;
};

constexpr uint8_t kVarStringByte = 253;

// Types that never leave a server (kTuple, kExpression...) have the byte 0 there, as Vitess has.
constexpr std::array kTypes = std::to_array<TypeRow>({
    {Type::kNull, "NULL_TYPE", {6, kBinaryFlag}},
    {Type::kInt8, "INT8", {1, 0}},
    {Type::kUint8, "UINT8", {1, kUnsignedFlag}},
    {Type::kInt16, "INT16", {2, 0}},
    {Type::kUint16, "UINT16", {2, kUnsignedFlag}},
    {Type::kInt24, "INT24", {9, 0}},
    {Type::kUint24, "UINT24", {9, kUnsignedFlag}},
    {Type::kInt32, "INT32", {3, 0}},
    {Type::kUint32, "UINT32", {3, kUnsignedFlag}},
    {Type::kInt64, "INT64", {8, 0}},
    {Type::kUint64, "UINT64", {8, kUnsignedFlag}},
    {Type::kFloat32, "FLOAT32", {4, 0}},
    {Type::kFloat64, "FLOAT64", {5, 0}},
    {Type::kTimestamp, "TIMESTAMP", {7, 0}},
    {Type::kDate, "DATE", {10, kBinaryFlag}},
    {Type::kTime, "TIME", {11, kBinaryFlag}},
    {Type::kDatetime, "DATETIME", {12, kBinaryFlag}},
    {Type::kYear, "YEAR", {13, kUnsignedFlag}},
    {Type::kDecimal, "DECIMAL", {246, 0}},
    {Type::kText, "TEXT", {252, 0}},
    {Type::kBlob, "BLOB", {252, kBinaryFlag}},
    {Type::kVarchar, "VARCHAR", {kVarStringByte, 0}},
    {Type::kVarbinary, "VARBINARY", {kVarStringByte, kBinaryFlag}},
    {Type::kChar, "CHAR", {254, 0}},
    {Type::kBinary, "BINARY", {254, kBinaryFlag}},
    {Type::kBit, "BIT", {16, kUnsignedFlag}},
    {Type::kEnum, "ENUM", {254, kEnumFlag}},
    {Type::kSet, "SET", {254, kSetFlag}},
    {Type::kTuple, "TUPLE", {0, 0}},
    {Type::kGeometry, "GEOMETRY", {255, 0}},
    {Type::kJson, "JSON", {245, 0}},
    {Type::kExpression, "EXPRESSION", {0, 0}},
    {Type::kHexNum, "HEXNUM", {kVarStringByte, kBinaryFlag}},
    {Type::kHexVal, "HEXVAL", {kVarStringByte, kBinaryFlag}},
    {Type::kBitNum, "BITNUM", {kVarStringByte, kBinaryFlag}},
    {Type::kVector, "VECTOR", {242, 0}},
    {Type::kRaw, "RAW", {0, 0}},
    {Type::kRowTuple, "ROW_TUPLE", {0, 0}},
});

const TypeRow* find(Type t) {
  for (const TypeRow& row : kTypes) {
    if (row.type == t) return &row;
  }
  return nullptr;
}

Type unsigned_if(bool is_unsigned_column, Type if_signed, Type if_unsigned) {
  return is_unsigned_column ? if_unsigned : if_signed;
}

}  // namespace

std::string_view type_name(Type t) {
  const TypeRow* row = find(t);
  return row ? row->name : "UNKNOWN";
}

std::optional<Type> type_from_name(std::string_view name) {
  for (const TypeRow& row : kTypes) {
    if (row.name == name) return row.type;
  }
  if (name == "NULL") return Type::kNull;
  return std::nullopt;
}

MysqlType to_mysql(Type t) {
  const TypeRow* row = find(t);
  return row ? row->mysql : MysqlType{kVarStringByte, kBinaryFlag};
}

Type from_mysql(uint8_t mysql_type, uint16_t flags, uint32_t charset) {
  const bool u = (flags & kUnsignedFlag) != 0;
  // The binary flag is also set for text with a _bin collation; only the charset tells bytes from
  // text.
  const bool binary = charset == kBinaryCharset;
  switch (mysql_type) {
    case 0:
    case 246: return Type::kDecimal;
    case 1: return unsigned_if(u, Type::kInt8, Type::kUint8);
    case 2: return unsigned_if(u, Type::kInt16, Type::kUint16);
    case 3: return unsigned_if(u, Type::kInt32, Type::kUint32);
    case 4: return Type::kFloat32;
    case 5: return Type::kFloat64;
    case 6: return Type::kNull;
    case 7:
    case 17: return Type::kTimestamp;
    case 8: return unsigned_if(u, Type::kInt64, Type::kUint64);
    case 9: return unsigned_if(u, Type::kInt24, Type::kUint24);
    case 10:
    case 14: return Type::kDate;
    case 11:
    case 19: return Type::kTime;
    case 12:
    case 18: return Type::kDatetime;
    case 13: return Type::kYear;
    case 16: return Type::kBit;
    case 242: return Type::kVector;
    case 245: return Type::kJson;
    case 247: return Type::kEnum;
    case 248: return Type::kSet;
    case 249:
    case 250:
    case 251:
    case 252: return binary ? Type::kBlob : Type::kText;
    case 15:
    case 253: return binary ? Type::kVarbinary : Type::kVarchar;
    case 254:
      if (flags & kEnumFlag) return Type::kEnum;
      if (flags & kSetFlag) return Type::kSet;
      return binary ? Type::kBinary : Type::kChar;
    case 255: return Type::kGeometry;
    default: return Type::kVarbinary;
  }
}

}  // namespace vif::types
