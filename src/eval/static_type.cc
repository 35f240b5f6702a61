#include "eval/static_type.h"

#include <algorithm>

#include "eval/charsets.h"
#include "eval/mariadb.h"
#include "eval/mariadb_typing.h"
#include "types/any_datetime.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

using Arithmetic = Operator::Arithmetic;

constexpr int kDivDigitsMore = 4;  // div_precision_increment's default
constexpr int kInt64Digits = 19;
constexpr int kFloatLength = 23;
constexpr int kFloatTextLength = 22;
constexpr int kBitsLength = 21;
constexpr int kFractionDigits = 6;
constexpr int64_t kJsonCharacters = UINT32_MAX / 4;

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

StaticType sized(Type type, int64_t size, int scale, bool nullable) {
  StaticType out = static_type(type, kBinaryCollation, scale);
  out.size = size;
  out.nullable = nullable;
  return out;
}

// Bytes that a character takes at most.
uint32_t character_bytes(uint32_t collation) {
  if (collation == kBinaryCollation) return 1;
  const std::string_view name = collation_name(collation);
  if (name.starts_with("utf8mb4") || name.starts_with("utf16") || name.starts_with("utf32") ||
      name.starts_with("gb18030"))
    return 4;
  if (name.starts_with("utf8") || name.starts_with("eucjpms") || name.starts_with("ujis")) return 3;
  const bool two = name.starts_with("ucs2") || name.starts_with("gbk") ||
                   name.starts_with("big5") || name.starts_with("sjis") ||
                   name.starts_with("cp932") || name.starts_with("euckr") ||
                   name.starts_with("gb2312");
  return two ? 2 : 1;
}

// The length of a type whose results are all as long.
int usual_size(const StaticType& t) {
  const int fraction = t.scale > 0 ? t.scale + 1 : 0;
  switch (t.type) {
    case Type::kInt64:
    case Type::kUint64: return kBitsLength;
    case Type::kFloat32:
    case Type::kFloat64: return t.fixed ? 0 : kFloatLength;
    case Type::kDate: return 10;
    case Type::kTime: return 10 + fraction;
    case Type::kDatetime:
    case Type::kTimestamp: return 19 + fraction;
    case Type::kYear: return 4;
    case Type::kChar: return t.fixed ? 0 : 29;  // a date that text was made of
    default: return 0;
  }
}

int64_t full_size(const StaticType& t) { return t.size > 0 ? t.size : usual_size(t); }

constexpr uint32_t kLatin1 = 8;
Coercibility coercibility_of(const StaticType& t) {
  return static_cast<Coercibility>(t.coercibility);
}

constexpr uint32_t kVarcharBytesMost = 65535;
constexpr uint32_t kNoDecimals = 31;  // "not fixed" in a column definition

// Of an operand with so many decimals that a quotient by it may gain.
int divisor_decimals(const StaticType& t) {
  if (const std::optional<int> decimals = double_decimals(t)) return *decimals;
  return static_cast<int>(std::min<int64_t>(kNoDecimals, text_size(t)));
}

// DIV: an integer with the digits before the point.
StaticType quotient_type(const StaticType& a, const StaticType& b, bool is_unsigned,
                         bool nullable) {
  const bool number = types::is_integral(a.type) || a.type == Type::kDecimal || is_hex(a.type) ||
                      is_temporal(a.type) || a.type == Type::kBit;
  int64_t digits = number ? digits_of(a) : text_size(a);
  if (number || a.fixed) digits -= a.scale;
  if (!number && digits < 0) digits = kBitsLength;  // less than none, without a sign
  digits = std::min<int64_t>(std::max<int64_t>(digits, 0) + divisor_decimals(b), kBitsLength);
  return sized(is_unsigned ? Type::kUint64 : Type::kInt64,
               std::max<int64_t>(1, digits + (is_unsigned ? 0 : 1)), 0, nullable);
}

StaticType arithmetic_of_doubles(Arithmetic op, const StaticType& a, const StaticType& b,
                                 bool nullable) {
  const std::optional<int> x = double_decimals(a);
  const std::optional<int> y = double_decimals(b);
  if (!x || !y) return double_type(std::nullopt, nullable);
  StaticType out = double_type(0, nullable);
  if (op == Arithmetic::kDivide) {
    out.scale = std::max(*x, *y) + kDivDigitsMore;
    if (out.scale >= static_cast<int>(kNoDecimals)) return double_type(std::nullopt, nullable);
    out.size =
        std::min<int64_t>(full_size(a) - *x + out.scale, double_type(out.scale, nullable).size);
    return out;
  }
  out.scale = std::max(*x, *y);
  out.size = std::max(full_size(a) - *x, full_size(b) - *y) + out.scale;
  return out;
}

// What a value takes in a text, or in bytes, that it is a part of.
int64_t size_within(const StaticType& whole, const StaticType& part) {
  if (part.type == Type::kNull) return 0;
  const bool text = (types::is_text(part.type) && !is_hex(part.type)) || part.type == Type::kEnum ||
                    part.type == Type::kSet;
  if (!types::is_binary(whole.type)) return text_size(part);
  return text                       ? text_size(part) * character_bytes(part.collation)
         : part.type == Type::kJson ? UINT32_MAX
                                    : full_size(part);
}

struct TextOf {
  uint32_t collation;
  Coercibility coercibility;
};

TextOf text_of(const StaticType& t, uint32_t connection) {
  if (t.type == Type::kNull) return {kBinaryCollation, Coercibility::kIgnorable};
  if (t.type == Type::kJson) return {kJsonCollation, Coercibility::kImplicit};
  if (t.searched != 0) return {t.searched, coercibility_of(t)};
  if (types::is_number(t.type) || is_temporal(t.type)) return {connection, Coercibility::kNumeric};
  const bool text =
      !is_hex(t.type) && (types::is_text(t.type) || t.type == Type::kEnum || t.type == Type::kSet);
  // Of a number that was taken for a document.
  const bool number = text && coercibility_of(t) == Coercibility::kNumeric &&
                      t.collation == mariadb_numeric_collation();
  // The weights of a number are bytes with a number's collation.
  const bool weights =
      types::is_binary(t.type) && !is_hex(t.type) && coercibility_of(t) == Coercibility::kNumeric;
  // QUOTE's of what is no text.
  const bool quoted =
      text && coercibility_of(t) == Coercibility::kNumeric && t.collation == kLatin1;
  if (number || weights || quoted) return {connection, Coercibility::kNumeric};
  const uint32_t collation =
      text ? (t.collation == 0 ? connection : t.collation) : kBinaryCollation;
  return {collation, coercibility_of(t)};
}

TextOf merged(const TextOf& a, const TextOf& b) {
  if (a.coercibility == Coercibility::kIgnorable) return b;
  if (b.coercibility == Coercibility::kIgnorable) return a;
  if (a.collation == kBinaryCollation || b.collation == kBinaryCollation) {
    // Bytes win, but over a text that is firmer.
    if (a.collation == kBinaryCollation) return a.coercibility <= b.coercibility ? a : b;
    return b.coercibility <= a.coercibility ? b : a;
  }
  if (a.coercibility != b.coercibility) return a.coercibility < b.coercibility ? a : b;
  const types::Collation* x = types::find_collation(a.collation);
  const types::Collation* y = types::find_collation(b.collation);
  if (!x || !y || x == y) return a;
  if (x->charset == y->charset) {
    if (x->is_binary() || y->is_binary()) return y->is_binary() ? b : a;
    // What neither says: by the codes of the characters, and good for no comparison.
    const uint32_t bin = collation_id(x->charset->name + "_bin");
    return bin == 0 ? a : TextOf{bin, Coercibility::kNoCollation};
  }
  return holds_charset(*y, *x) && !holds_charset(*x, *y) ? b : a;
}

}  // namespace

int64_t text_size(const StaticType& t) {
  if (t.type == Type::kJson) return kJsonCharacters;
  if (t.type == Type::kFloat64) return kFloatTextLength;
  return full_size(t);
}

std::optional<int> double_decimals(const StaticType& t) {
  if (t.type == Type::kNull) return 0;
  if (types::is_float(t.type)) return t.fixed ? std::optional<int>(t.scale) : std::nullopt;
  if (types::is_number(t.type) || is_temporal(t.type)) return t.scale;
  return is_hex(t.type) || t.type == Type::kBit ? std::optional<int>(0) : std::nullopt;
}

StaticType double_type(std::optional<int> decimals, bool nullable) {
  constexpr int kSignificant = 17;
  StaticType out = sized(Type::kFloat64, decimals ? kSignificant + *decimals : kFloatLength,
                         decimals.value_or(0), nullable);
  out.fixed = decimals.has_value();
  return out;
}

StaticType merged_text(std::span<const StaticType> types, uint32_t connection) {
  TextOf all = {kBinaryCollation, Coercibility::kIgnorable};
  for (const StaticType& t : types) all = merged(all, text_of(t, connection));
  StaticType out = static_type(
      all.collation == kBinaryCollation ? Type::kVarbinary : Type::kVarchar, all.collation);
  out.coercibility = static_cast<uint8_t>(
      all.coercibility == Coercibility::kNumeric ? Coercibility::kCoercible : all.coercibility);
  return out;
}

std::optional<Datum> constant_value(const Node& node, Context& context) {
  if (!node.is_constant()) return std::nullopt;
  Env env = context.env;
  env.warnings = nullptr;
  Context silent{context.row, env};
  try {
    return node.evaluate(silent);
  } catch (const SqlError&) {  // which evaluation will tell
    return std::nullopt;
  }
}

int seconds_digits(const StaticType& t) {
  return std::min(double_decimals(t).value_or(kFractionDigits), kFractionDigits);
}

int time_digits(const Node& node, Context& context, bool dated) {
  if (context.env.mariadb) return mariadb_time_digits(node, context, dated);
  const StaticType t = node.type(context);
  if (!is_temporal(t.type) && !types::is_number(t.type)) {
    const std::optional<Datum> value = constant_value(node, context);
    if (value && value->is_textual() && !value->is_hex_or_bit()) {
      const std::optional<types::ParsedTemporal> parsed =
          dated ? types::parse_any_datetime(value->bytes) : types::parse_time(value->bytes);
      if (parsed) return parsed->precision;
    }
    if (value && value->form == Form::kJson && !dated) {
      const std::optional<types::ParsedTemporal> parsed = types::parse_time(to_text(*value));
      if (parsed) return parsed->precision;
    }
  }
  return seconds_digits(t);
}

int digits_of(const StaticType& t) {
  if (t.type == Type::kDecimal)
    return t.size > 0
               ? std::min(static_cast<int>(t.size) - (t.scale > 0 ? 1 : 0) - (t.signless ? 0 : 1),
                          Decimal::kDigitsMax)
               : Decimal::kDigitsMax;
  if (t.type == Type::kDate) return 8;
  if (t.type == Type::kTime) return 7 + t.scale;
  if (is_temporal(t.type)) return 14 + t.scale;
  if (is_hex(t.type)) {
    constexpr int64_t kBytesMost = 8;
    constexpr double kDigitsABit = 0.30103;
    return std::max(1, static_cast<int>(std::min(t.size, kBytesMost) * 8 * kDigitsABit + 1));
  }
  if (t.type == Type::kBit) return static_cast<int>(t.size);
  if (types::is_integral(t.type)) {
    const int64_t size = full_size(t);
    if (size <= 0) return digits_of_integer(t.type);
    const bool signless = types::is_unsigned(t.type) || t.signless;
    return static_cast<int>(signless ? size : std::max<int64_t>(1, size - 1));
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
  out.signless = t.signless && types::is_float(t.type);
  if (types::is_integral(t.type)) {
    out.type = types::is_unsigned(t.type) ? Type::kUint64 : Type::kInt64;
  } else if (t.type == Type::kBitNum) {
    out.type = Type::kInt64;
  } else if (t.type == Type::kHexNum || t.type == Type::kHexVal || t.type == Type::kBit) {
    out.type = Type::kUint64;
  } else if (t.type == Type::kDecimal) {
    out.type = Type::kDecimal;
    out.scale = t.scale;
    out.signless = t.signless;
  } else if (is_temporal(t.type)) {
    out.type = t.scale > 0 ? Type::kDecimal : Type::kInt64;
    out.scale = t.scale;
  }
  if (out.type != Type::kFloat64)
    out.size =
        length_of_decimal(digits_of(t), out.scale, out.type == Type::kUint64 || out.signless);
  return out;
}

static StaticType sized_number(Type type, int digits, int scale, bool is_unsigned, bool nullable) {
  StaticType out = sized(type, length_of_decimal(digits, scale, is_unsigned), scale, nullable);
  out.signless = is_unsigned && type == Type::kDecimal;
  return out;
}

StaticType arithmetic_type(Arithmetic op, const StaticType& left, const StaticType& right) {
  const StaticType a = numeric_type(left);
  const StaticType b = numeric_type(right);
  const bool divides =
      op == Arithmetic::kDivide || op == Arithmetic::kIntegerDivide || op == Arithmetic::kModulo;
  const bool nullable = left.nullable || right.nullable || divides;
  const bool is_unsigned = a.type == Type::kUint64 || b.type == Type::kUint64;
  const bool first_unsigned = a.type == Type::kUint64 || a.signless;
  const bool both_unsigned = first_unsigned && (b.type == Type::kUint64 || b.signless);
  const Type whole = is_unsigned ? Type::kUint64 : Type::kInt64;
  if (op == Arithmetic::kIntegerDivide) {
    const auto unsigned_rest = [](const StaticType& t) {
      return t.signless && !types::is_integral(t.type);
    };
    return quotient_type(left, right, is_unsigned || unsigned_rest(left) || unsigned_rest(right),
                         nullable);
  }
  if (a.type == Type::kFloat64 || b.type == Type::kFloat64) {
    StaticType out = arithmetic_of_doubles(op, left, right, nullable);
    out.signless = op == Arithmetic::kModulo && first_unsigned;
    return out;
  }
  const int x = digits_of(a);
  const int y = digits_of(b);
  int scale = std::max(a.scale, b.scale);
  int digits = 0;
  switch (op) {
    case Arithmetic::kDivide:
      scale = std::min(a.scale + kDivDigitsMore, Decimal::kScaleMax);
      digits = std::min(x + b.scale + kDivDigitsMore, Decimal::kDigitsMax);
      return sized_number(Type::kDecimal, digits, scale, both_unsigned, nullable);
    case Arithmetic::kModulo: {
      const bool exact = a.type != Type::kDecimal && b.type != Type::kDecimal;
      StaticType out =
          sized_number(exact ? a.type : Type::kDecimal, std::max(x, y), scale, false, nullable);
      out.signless = !exact && first_unsigned;
      return out;
    }
    case Arithmetic::kMultiply:
      scale = std::min(a.scale + b.scale, Decimal::kScaleMax);
      digits = x + y;
      break;
    default: digits = std::max(x - a.scale, y - b.scale) + 1 + scale; break;
  }
  if (op == Arithmetic::kMultiply) digits = std::min(digits, Decimal::kDigitsMax);
  const bool decimal = a.type == Type::kDecimal || b.type == Type::kDecimal;
  return sized_number(decimal ? Type::kDecimal : whole, digits, scale,
                      decimal ? both_unsigned : is_unsigned, nullable);
}

StaticType negated_type(const StaticType& operand) {
  if (operand.type == Type::kDecimal)
    return sized(Type::kDecimal, full_size(operand) + (operand.signless ? 1 : 0), operand.scale,
                 operand.nullable);
  if (types::is_integral(operand.type) || operand.type == Type::kBit) {
    const bool is_unsigned = types::is_unsigned(operand.type) || operand.type == Type::kBit ||
                             operand.type == Type::kYear;
    return sized(Type::kInt64, std::max<int64_t>(2, full_size(operand) + (is_unsigned ? 1 : 0)), 0,
                 operand.nullable);
  }
  return double_type(double_decimals(operand), operand.nullable);
}

StaticType bits_type(bool nullable) { return sized(Type::kUint64, kBitsLength, 0, nullable); }
StaticType truth_type(bool nullable) {
  StaticType out = sized(Type::kInt64, 1, 0, nullable);
  out.json = true;  // to MariaDB's documents it is true or false
  return out;
}

bool either_nullable(const std::vector<NodePtr>& args, Context& context) {
  return std::any_of(args.begin(), args.end(),
                     [&](const NodePtr& arg) { return arg->type(context).nullable; });
}

StaticType literal_type(const Datum& value) {
  StaticType out = static_type(value.type, value.collation);
  out.nullable = value.is_null();
  switch (value.form) {
    case Form::kInt:
      out.size = static_cast<int64_t>(std::to_string(value.i).size()) +
                 (value.i < 0 || value.boolean ? 0 : 1);
      break;
    case Form::kUint: out.size = static_cast<int64_t>(std::to_string(value.u).size()); break;
    case Form::kFloat: out.size = kFloatLength; break;
    case Form::kDecimal:
      out.scale = value.scale;
      out.size = length_of_decimal(std::max(1, value.decimal.integer_digits()) + value.scale,
                                   value.scale, false);
      break;
    case Form::kText: {
      const auto lead = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
      out.size = std::count_if(value.bytes.begin(), value.bytes.end(), lead);
      break;
    }
    case Form::kBytes:
      out.size = static_cast<int64_t>(value.bytes.size());
      out.fixed = is_hex(value.type);
      break;
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

StaticType literal_double_type(std::string_view text) {
  StaticType out = double_type(std::nullopt, false);
  if (!text.starts_with('-')) out.size = static_cast<int64_t>(text.size());
  return out;
}

int64_t aggregated_size(const StaticType& result, const StaticType& a, const StaticType& b) {
  const Type t = result.type;
  if (a.type == Type::kNull || b.type == Type::kNull) {
    const StaticType& known = a.type == Type::kNull ? b : a;
    if (t == Type::kDecimal && known.signless && known.type == t)
      return length_of_decimal(digits_of(known), known.scale, false);
    if (types::is_float(t)) return result.fixed ? full_size(known) : kFloatLength;
    return full_size(known);
  }
  if (t == Type::kDecimal) {
    const int whole = std::max(digits_of(a) - a.scale, digits_of(b) - b.scale);
    return length_of_decimal(std::min(whole + result.scale, Decimal::kDigitsMax), result.scale,
                             false);
  }
  if (is_temporal(t)) return usual_size(result);
  if (types::is_float(t)) {
    if (!result.fixed) return kFloatLength;
    return std::max(full_size(a) - a.scale, full_size(b) - b.scale) + result.scale;
  }
  if (types::is_integral(t)) {
    return std::max(full_size(a), full_size(b));
  }
  if (t == Type::kBit) return std::max(a.size, b.size);
  return std::max(size_within(result, a), size_within(result, b));
}

StaticType common_type(std::span<const StaticType> types) {
  StaticType out;
  for (const StaticType& t : types) out = aggregated_type(out, t);
  out.searched = 0;
  // The places before the point are those of all of them, whatever two of them make.
  if (out.type == Type::kDecimal) {
    int whole = 0;
    for (const StaticType& t : types) {
      if (t.type != Type::kNull) whole = std::max(whole, digits_of(t) - t.scale);
    }
    out.size =
        length_of_decimal(std::min(whole + out.scale, Decimal::kDigitsMax), out.scale, false);
    out.signless = false;
  }
  out.nullable =
      std::any_of(types.begin(), types.end(), [](const StaticType& t) { return t.nullable; });
  out.json = out.type != Type::kNull &&
             std::all_of(types.begin(), types.end(),
                         [](const StaticType& t) { return t.json || t.type == Type::kNull; });
  const bool text = types::is_text(out.type) || types::is_binary(out.type);
  if (out.type == Type::kVarchar && out.size >= kJsonCharacters) out.json = false;
  if (!text) return out;
  // The collation is of all of them at once: a number beside bytes takes none from a text after it.
  const StaticType merged = merged_text(types, kUtf8mb4Collation);
  out.collation = merged.collation;
  out.coercibility = merged.coercibility;
  const bool bytes = merged.collation == kBinaryCollation;
  switch (out.type) {
    case Type::kVarchar:
    case Type::kVarbinary: out.type = bytes ? Type::kVarbinary : Type::kVarchar; break;
    case Type::kChar:
    case Type::kBinary: out.type = bytes ? Type::kBinary : Type::kChar; break;
    case Type::kText:
    case Type::kBlob: out.type = bytes ? Type::kBlob : Type::kText; break;
    default: break;
  }
  out.size = 0;
  for (const StaticType& t : types) out.size = std::max(out.size, size_within(out, t));
  return out;
}

bool is_recoded(const Node& node, const StaticType& own, const StaticType& all) {
  if (!types::is_text(all.type) || !node.is_constant() || own.type == Type::kNull) return false;
  const types::Collation* y = types::find_collation(all.collation);
  if (!y) return false;
  const std::string_view charset = y->charset->name;
  // Digits and bytes are what they are in a charset of single bytes.
  const bool wide =
      charset.starts_with("utf16") || charset.starts_with("utf32") || charset == "ucs2";
  const bool text = types::is_text(own.type) && !is_hex(own.type);
  if (!text || coercibility_of(own) == Coercibility::kNumeric) return !text && wide;
  const types::Collation* x = types::find_collation(own.collation);
  return x && x->charset != y->charset;
}

StaticType common_type(std::vector<StaticType> types, std::span<const Node* const> nodes,
                       Context& context) {
  StaticType all = common_type(types);
  bool nulls = false;
  for (size_t i = 0; i < types.size(); ++i) {
    if (!is_recoded(*nodes[i], types[i], all)) continue;
    const std::optional<Datum> value = constant_value(*nodes[i], context);
    if (!value || !value->is_null()) continue;
    types[i].size = 0;
    types[i].type = Type::kNull;
    nulls = true;
  }
  if (!nulls) return all;
  const StaticType known = common_type(types);
  all.size = known.size;
  return all;
}

types::Field field_of(const StaticType& type) {
  types::Field field;
  field.type = is_hex(type.type) ? Type::kVarbinary : type.type;
  field.charset = type.collation == 0 ? kBinaryCollation : type.collation;
  field.column_length = static_cast<uint32_t>(full_size(type));
  field.decimals = static_cast<uint32_t>(type.scale);
  const bool text = types::is_text(type.type) && !is_hex(type.type);
  if (text || type.type == Type::kEnum || type.type == Type::kSet) {
    // A TEXT column says bytes.
    if (!type.fixed || type.type != Type::kText)
      field.column_length *= character_bytes(field.charset);
    if (!type.fixed) field.decimals = kNoDecimals;
    // A document of GREATEST's stays what it is called.
    const bool document = type.json && type.type == Type::kVarchar && type.size >= kJsonCharacters;
    if (document) field.column_length = UINT32_MAX;
    if (type.type == Type::kVarchar && field.column_length > kVarcharBytesMost && !document)
      field.type = Type::kText;
  } else if (types::is_binary(type.type) || types::is_float(type.type)) {
    if (!type.fixed && type.scale == 0) field.decimals = kNoDecimals;
    if (type.type == Type::kVarbinary && field.column_length > kVarcharBytesMost)
      field.type = Type::kBlob;
  } else if (type.type == Type::kJson) {
    field.column_length = UINT32_MAX;
    if (!type.fixed) field.decimals = kNoDecimals;
  }
  if (!type.nullable) field.flags |= 1;
  return field;
}

int64_t operand_length(const types::Field& field) {
  constexpr uint32_t kUnsigned = 32;
  // Not how wide a column of integers is shown, but how many digits they may have.
  if (types::is_integral(field.type) && field.column_length > 0) {
    const int sign = types::is_signed(field.type) ? 1 : 0;
    return std::max<int64_t>(field.column_length, digits_of_integer(field.type) + sign);
  }
  const bool room_for_sign =
      field.type == Type::kDecimal && (field.flags & kUnsigned) != 0 && field.column_length > 0;
  return int64_t{field.column_length} + (room_for_sign ? 1 : 0);
}

void mark_unsigned(StaticType& type, const types::Field& field) {
  constexpr uint32_t kUnsigned = 32;
  if ((field.flags & kUnsigned) == 0) return;
  type.signless = type.type == Type::kDecimal || types::is_float(type.type);
  if (type.type == Type::kDecimal && type.size > 1) --type.size;
}

StaticType static_type(const types::Field& field) {
  StaticType type;
  type.type = field.type;
  type.scale = field.decimals < kNoDecimals ? static_cast<int32_t>(field.decimals) : 0;
  type.nullable = (field.flags & 1) == 0;
  type.fixed = field.decimals < kNoDecimals && !types::is_integral(type.type);
  type.size = operand_length(field);
  mark_unsigned(type, field);
  const bool text = types::is_text(type.type) && type.type != Type::kText;
  if (text || type.type == Type::kEnum || type.type == Type::kSet)
    type.size /= character_bytes(field.charset == 0 ? kUtf8mb4Collation : field.charset);
  return type;
}

}  // namespace vif::eval
