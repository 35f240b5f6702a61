#include "eval/static_type.h"

#include <algorithm>

namespace vif::eval {
namespace {

using Arithmetic = Operator::Arithmetic;

constexpr int kDivDigitsMore = 4;  // div_precision_increment's default
constexpr int kInt64Digits = 19;
constexpr int kFloatLength = 23;
constexpr int kBitsLength = 21;
constexpr int kHexDigitsABytes = 3;

bool is_temporal(Type t) {
  return t == Type::kDate || t == Type::kDatetime || t == Type::kTimestamp || t == Type::kTime;
}
bool is_hex(Type t) { return t == Type::kHexNum || t == Type::kHexVal || t == Type::kBitNum; }

int digits_of_integer(Type t) {
  switch (t) {
    case Type::kInt8:
    case Type::kUint8: return 3;
    case Type::kInt16:
    case Type::kUint16: return 5;
    case Type::kInt24: return 7;
    case Type::kUint24: return 8;
    case Type::kInt32:
    case Type::kUint32: return 10;
    case Type::kYear: return 4;
    case Type::kUint64: return 20;
    default: return kInt64Digits;
  }
}

StaticType sized(Type type, int size, int scale, bool nullable) {
  StaticType out = static_type(type, kBinaryCollation, scale);
  out.size = size;
  out.nullable = nullable;
  return out;
}

// Bytes that a character takes at most.
uint32_t character_bytes(uint32_t collation) {
  if (collation == kBinaryCollation) return 1;
  const std::string_view name = collation_name(collation);
  if (name.starts_with("utf8mb4") || name.starts_with("utf16") || name.starts_with("utf32") || name.starts_with("gb18030")) return 4;
  if (name.starts_with("utf8") || name.starts_with("eucjpms") || name.starts_with("ujis")) return 3;
  const bool two = name.starts_with("ucs2") || name.starts_with("gbk") || name.starts_with("big5") || name.starts_with("sjis") ||
                   name.starts_with("cp932") || name.starts_with("euckr") || name.starts_with("gb2312");
  return two ? 2 : 1;
}

// The length of a type whose results are all as long.
int usual_size(const StaticType& t) {
  const int fraction = t.scale > 0 ? t.scale + 1 : 0;
  switch (t.type) {
    case Type::kInt64:
    case Type::kUint64: return kBitsLength;
    case Type::kFloat32:
    case Type::kFloat64: return kFloatLength;
    case Type::kDate: return 10;
    case Type::kTime: return 10 + fraction;
    case Type::kDatetime:
    case Type::kTimestamp: return 19 + fraction;
    case Type::kYear: return 4;
    case Type::kChar: return 29;  // a date that text was made of
    default: return 0;
  }
}

constexpr uint32_t kVarcharBytesMost = 65535;
constexpr uint32_t kNoDecimals = 31;  // "not fixed" in a column definition

}  // namespace

int digits_of(const StaticType& t) {
  if (t.type == Type::kDecimal) return t.size > 0 ? t.size - (t.scale > 0 ? 1 : 0) - 1 : Decimal::kDigitsMax;
  if (t.type == Type::kDate) return 8;
  if (t.type == Type::kTime) return 7 + t.scale;
  if (is_temporal(t.type)) return 14 + t.scale;
  if (is_hex(t.type)) return std::max(1, t.size) * kHexDigitsABytes;
  if (t.type == Type::kBit) return t.size;
  if (types::is_integral(t.type)) {
    if (t.size <= 0) return digits_of_integer(t.type);
    return types::is_unsigned(t.type) ? t.size : std::max(1, t.size - 1);
  }
  return Decimal::kDigitsMax;
}

int length_of_decimal(int digits, int scale, bool is_unsigned) {
  return digits + (scale > 0 ? 1 : 0) + (is_unsigned || digits == 0 ? 0 : 1);
}

StaticType numeric_type(const StaticType& t) {
  StaticType out = static_type(Type::kFloat64);
  out.nullable = t.nullable;
  out.size = kFloatLength;
  if (types::is_integral(t.type)) {
    out.type = types::is_unsigned(t.type) ? Type::kUint64 : Type::kInt64;
  } else if (t.type == Type::kBitNum || t.type == Type::kHexNum || t.type == Type::kHexVal || t.type == Type::kBit) {
    out.type = Type::kUint64;
  } else if (t.type == Type::kDecimal) {
    out.type = Type::kDecimal;
    out.scale = t.scale;
  } else if (is_temporal(t.type)) {
    out.type = t.scale > 0 ? Type::kDecimal : Type::kInt64;
    out.scale = t.scale;
  }
  if (out.type != Type::kFloat64) out.size = length_of_decimal(digits_of(t), out.scale, out.type == Type::kUint64);
  return out;
}

StaticType arithmetic_type(Arithmetic op, const StaticType& left, const StaticType& right) {
  const StaticType a = numeric_type(left);
  const StaticType b = numeric_type(right);
  const bool divides = op == Arithmetic::kDivide || op == Arithmetic::kIntegerDivide || op == Arithmetic::kModulo;
  const bool nullable = left.nullable || right.nullable || divides;
  const bool is_unsigned = a.type == Type::kUint64 || b.type == Type::kUint64;
  const Type whole = is_unsigned ? Type::kUint64 : Type::kInt64;
  const bool is_double = a.type == Type::kFloat64 || b.type == Type::kFloat64;
  if (op == Arithmetic::kIntegerDivide) {
    const int digits = is_double ? kInt64Digits : std::max(1, digits_of(a) - a.scale);
    return sized(whole, length_of_decimal(digits, 0, is_unsigned), 0, nullable);
  }
  if (is_double) return sized(Type::kFloat64, kFloatLength, 0, nullable);
  const int x = digits_of(a);
  const int y = digits_of(b);
  int scale = std::max(a.scale, b.scale);
  int digits = 0;
  switch (op) {
    case Arithmetic::kDivide:
      scale = std::min(a.scale + kDivDigitsMore, Decimal::kScaleMax);
      digits = std::min(x + b.scale + kDivDigitsMore, Decimal::kDigitsMax);
      return sized(Type::kDecimal, length_of_decimal(digits, scale, is_unsigned), scale, nullable);
    case Arithmetic::kModulo: {
      // The sign is the dividend's.
      const bool exact = a.type != Type::kDecimal && b.type != Type::kDecimal;
      const bool positive = a.type == Type::kUint64;
      return sized(exact ? a.type : Type::kDecimal, length_of_decimal(std::max(x, y), scale, positive), scale, nullable);
    }
    case Arithmetic::kMultiply:
      scale = std::min(a.scale + b.scale, Decimal::kScaleMax);
      digits = x + y;
      break;
    default: digits = std::max(x - a.scale, y - b.scale) + 1 + scale; break;
  }
  digits = std::min(digits, Decimal::kDigitsMax);
  const bool decimal = a.type == Type::kDecimal || b.type == Type::kDecimal;
  return sized(decimal ? Type::kDecimal : whole, length_of_decimal(digits, scale, is_unsigned), scale, nullable);
}

StaticType negated_type(const StaticType& operand) {
  StaticType t = numeric_type(operand);
  if (is_temporal(operand.type)) {
    t = sized(Type::kFloat64, 17 + (operand.scale > 0 ? operand.scale : 0), operand.scale, operand.nullable);
  } else if (is_hex(operand.type)) {
    t = sized(Type::kFloat64, kFloatLength, 0, operand.nullable);
  } else if (t.type == Type::kUint64) {
    t = sized(Type::kInt64, digits_of(operand) + 1, 0, operand.nullable);
  }
  return t;
}

StaticType bits_type(bool nullable) { return sized(Type::kUint64, kBitsLength, 0, nullable); }
StaticType truth_type(bool nullable) { return sized(Type::kInt64, 1, 0, nullable); }

bool either_nullable(const std::vector<NodePtr>& args, Context& context) {
  return std::any_of(args.begin(), args.end(), [&](const NodePtr& arg) { return arg->type(context).nullable; });
}

StaticType literal_type(const Datum& value) {
  StaticType out = static_type(value.type, value.collation);
  out.nullable = value.is_null();
  switch (value.form) {
    case Form::kInt: out.size = static_cast<int32_t>(std::to_string(value.i).size()) + (value.i < 0 ? 0 : 1); break;
    case Form::kUint: out.size = static_cast<int32_t>(std::to_string(value.u).size()); break;
    case Form::kFloat: out.size = kFloatLength; break;
    case Form::kDecimal:
      out.scale = value.scale;
      out.size = length_of_decimal(std::max(1, value.decimal.integer_digits()) + value.scale, value.scale, false);
      break;
    case Form::kText: {
      const auto lead = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
      out.size = static_cast<int32_t>(std::count_if(value.bytes.begin(), value.bytes.end(), lead));
      break;
    }
    case Form::kBytes: out.size = static_cast<int32_t>(value.bytes.size()); break;
    case Form::kDate: out.size = 10; break;
    case Form::kTime:
    case Form::kDatetime:
      out.scale = value.precision;
      out.size = (value.form == Form::kTime ? 10 : 19) + (out.scale > 0 ? out.scale + 1 : 0);
      break;
    default: break;
  }
  return out;
}

int aggregated_size(const StaticType& result, const StaticType& a, const StaticType& b) {
  if (a.size <= 0 || b.size <= 0) return std::max(a.size, b.size);
  if (result.type != Type::kDecimal) return std::max(a.size, b.size);
  const int whole = std::max(digits_of(a) - a.scale, digits_of(b) - b.scale);
  return length_of_decimal(std::min(whole + result.scale, Decimal::kDigitsMax), result.scale, false);
}

types::Field field_of(const StaticType& type) {
  types::Field field;
  field.type = is_hex(type.type) ? Type::kVarbinary : type.type;
  field.charset = type.collation == 0 ? kBinaryCollation : type.collation;
  field.column_length = static_cast<uint32_t>(type.size > 0 ? type.size : usual_size(type));
  field.decimals = static_cast<uint32_t>(type.scale);
  const bool text = types::is_text(type.type) && !is_hex(type.type);
  if (text || type.type == Type::kEnum || type.type == Type::kSet) {
    field.column_length *= character_bytes(field.charset);
    field.decimals = kNoDecimals;
    if (type.type == Type::kVarchar && field.column_length > kVarcharBytesMost) field.type = Type::kText;
  } else if (types::is_binary(type.type) || types::is_float(type.type)) {
    field.decimals = type.scale > 0 ? static_cast<uint32_t>(type.scale) : kNoDecimals;
    if (type.type == Type::kVarbinary && field.column_length > kVarcharBytesMost) field.type = Type::kBlob;
  } else if (type.type == Type::kJson) {
    field.column_length = UINT32_MAX;
    field.decimals = kNoDecimals;
  }
  if (!type.nullable) field.flags |= 1;
  return field;
}

StaticType static_type(const types::Field& field) {
  StaticType type;
  type.type = field.type;
  type.scale = field.decimals < kNoDecimals ? static_cast<int32_t>(field.decimals) : 0;
  type.nullable = (field.flags & 1) == 0;
  return type;
}

}  // namespace vif::eval
