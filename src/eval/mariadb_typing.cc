#include "eval/mariadb_typing.h"

#include <algorithm>

#include "eval/mariadb.h"

namespace vif::eval {
namespace {

using Arithmetic = Operator::Arithmetic;

constexpr int kDivDigitsMore = 4;  // div_precision_increment's default
constexpr int kFractionDigits = 6;
constexpr int kDoubleDecimalsMost = 30;
constexpr int kInt32Characters = 9;
constexpr int kIntegerCharacters = 21;

bool is_temporal(const StaticType& t) {
  return t.type == Type::kDate || t.type == Type::kDatetime || t.type == Type::kTimestamp ||
         t.type == Type::kTime;
}
bool is_member(const StaticType& t) { return t.type == Type::kEnum || t.type == Type::kSet; }
// A number in most places: x'41' is none.
bool is_hybrid(const StaticType& t) { return t.type == Type::kHexNum || t.type == Type::kBitNum; }
bool is_null(const StaticType& t) { return t.type == Type::kNull; }
bool is_integer(const StaticType& t) { return types::is_integral(t.type) || t.type == Type::kBit; }
bool is_number(const StaticType& t) { return types::is_number(t.type) || t.type == Type::kBit; }

StaticType sized(Type type, int64_t size, int scale, bool nullable) {
  StaticType out = static_type(type, kBinaryCollation, scale);
  out.size = size;
  out.nullable = nullable;
  return out;
}

StaticType decimal_type(int digits, int scale, bool is_unsigned, bool nullable) {
  return sized(Type::kDecimal, length_of_decimal(digits, scale, is_unsigned), scale, nullable);
}

int scale_of(const StaticType& t) { return mariadb_decimals(t).value_or(0); }

std::optional<int> decimals_of_both(const StaticType& a, const StaticType& b) {
  const std::optional<int> x = mariadb_decimals(a);
  const std::optional<int> y = mariadb_decimals(b);
  return x && y ? std::optional<int>(std::max(*x, *y)) : std::nullopt;
}

StaticType quotient_of_doubles(const StaticType& a, const StaticType& b) {
  const std::optional<int> decimals = decimals_of_both(a, b);
  if (!decimals || *decimals + kDivDigitsMore > kDoubleDecimalsMost)
    return mariadb_double_type(std::nullopt, true);
  StaticType out = mariadb_double_type(*decimals + kDivDigitsMore, true);
  out.size = std::min<int64_t>(out.size, mariadb_bytes(a) - scale_of(a) + out.scale);
  return out;
}

// DIV.
StaticType integer_quotient(const StaticType& a, const StaticType& b) {
  int digits = mariadb_precision(a);
  if (a.type == Type::kDecimal || is_temporal(a) || (types::is_float(a.type) && a.fixed))
    digits -= a.scale;
  const bool is_unsigned = mariadb_is_unsigned(a) || mariadb_is_unsigned(b);
  return mariadb_integer_type(std::clamp(digits, 0, kIntegerCharacters), is_unsigned, true);
}

struct Digits {
  int digits;
  int scale;
};

Digits digits_of_result(Arithmetic op, const StaticType& a, const StaticType& b) {
  const int x = mariadb_precision(a);
  const int y = mariadb_precision(b);
  const int x_scale = scale_of(a);
  const int y_scale = scale_of(b);
  const int scale = std::max(x_scale, y_scale);
  switch (op) {
    case Arithmetic::kDivide:
      return {std::min(x + y_scale + kDivDigitsMore, Decimal::kDigitsMax),
              std::min(x_scale + kDivDigitsMore, kMariadbScaleMax)};
    case Arithmetic::kModulo: return {std::max(x, y), scale};
    case Arithmetic::kMultiply:
      return {std::min(x + y, Decimal::kDigitsMax), std::min(x_scale + y_scale, kMariadbScaleMax)};
    default: return {std::max(x - x_scale, y - y_scale) + 1 + scale, scale};
  }
}

// What is no text and no number beside others: as wide as the digits of all.
StaticType common_decimal(std::span<const StaticType> types, bool is_unsigned) {
  int scale = 0;
  int whole = 0;
  for (const StaticType& t : types) scale = std::max(scale, scale_of(t));
  for (const StaticType& t : types)
    whole = std::max(whole, is_null(t) ? 0 : mariadb_precision(t) - scale_of(t));
  return decimal_type(std::min(whole + scale, Decimal::kDigitsMax), scale, is_unsigned, false);
}

// The display length of doubles that are one of several values.
StaticType common_double(std::span<const StaticType> types, Type type) {
  std::optional<int> decimals = 0;
  int64_t whole = 0;
  int64_t longest = 0;
  for (const StaticType& t : types) {
    const std::optional<int> own = mariadb_decimals(t);
    decimals = own && decimals ? std::optional<int>(std::max(*own, *decimals)) : std::nullopt;
    longest = std::max(longest, mariadb_bytes(t));
    whole = std::max(whole, mariadb_bytes(t) - own.value_or(0));
  }
  StaticType out = mariadb_double_type(decimals, false);
  out.type = type;
  out.size = decimals ? whole + *decimals : longest;
  return out;
}

Type wider_integer(const StaticType& a, const StaticType& b) {
  if (a.type == Type::kYear) return b.type;
  if (b.type == Type::kYear) return a.type;
  constexpr Type kWidths[] = {Type::kInt8,  Type::kUint8,  Type::kInt16, Type::kUint16,
                              Type::kInt24, Type::kUint24, Type::kInt32, Type::kUint32};
  const auto rank = [&](Type t) {
    return std::find(std::begin(kWidths), std::end(kWidths), t) - std::begin(kWidths);
  };
  return rank(a.type) >= rank(b.type) ? a.type : b.type;
}

// A BIT column beside other numbers, and integers that are INTs by their length.
StaticType as_integer(StaticType t) {
  const bool small = t.size > 0 && t.size <= kInt32Characters;
  if (t.type == Type::kInt64 && small) t.type = Type::kInt32;
  if (t.type == Type::kUint64 && small) t.type = Type::kUint32;
  if (t.type == Type::kBit) t.type = small ? Type::kUint32 : Type::kUint64;
  return t;
}

StaticType common_integer(std::span<const StaticType> types) {
  std::optional<StaticType> out;
  int digits = 0;
  for (const StaticType& t : types) {
    if (is_null(t)) continue;
    digits = std::max(digits, mariadb_precision(t));
    const StaticType own = as_integer(t);
    if (out)
      out->type = wider_integer(*out, own);
    else
      out = own;
  }
  StaticType of_all =
      sized(out->type, length_of_decimal(digits, 0, mariadb_is_unsigned(*out)), 0, false);
  return of_all;
}

// FLOAT stays one beside the integers that it holds.
Type type_of_doubles(std::span<const StaticType> types) {
  Type out = Type::kNull;
  for (const StaticType& t : types) {
    if (is_null(t)) continue;
    const StaticType own = as_integer(t);
    const auto narrow = [](Type type) {
      return type == Type::kFloat32 || type == Type::kInt8 || type == Type::kUint8 ||
             type == Type::kInt16 || type == Type::kUint16 || type == Type::kInt24 ||
             type == Type::kUint24 || type == Type::kYear;
    };
    const bool first = out == Type::kNull;
    out = !narrow(own.type) || out == Type::kFloat64 ? Type::kFloat64
          : first                                    ? own.type
                                                     : Type::kFloat32;
  }
  return out == Type::kFloat64 ? out : Type::kFloat32;
}

StaticType common_number(std::span<const StaticType> types) {
  bool floats = false;
  bool decimals = false;
  bool only_bits = true;
  bool only_years = true;
  size_t with_sign = 0;
  size_t without_sign = 0;
  int64_t longest = 0;
  for (const StaticType& t : types) {
    floats = floats || types::is_float(t.type);
    decimals = decimals || t.type == Type::kDecimal;
    only_bits = only_bits && (t.type == Type::kBit || is_null(t));
    only_years = only_years && (t.type == Type::kYear || is_null(t));
    (mariadb_is_unsigned(t) ? without_sign : with_sign) += 1;
    longest = std::max(longest, t.size);
  }
  if (only_bits || only_years)
    return sized(only_bits ? Type::kBit : Type::kYear, longest, 0, false);
  if (floats) return common_double(types, type_of_doubles(types));
  if (decimals || (with_sign > 0 && without_sign > 0)) return common_decimal(types, with_sign == 0);
  return common_integer(types);
}

StaticType common_temporal(std::span<const StaticType> types) {
  StaticType out;
  int scale = 0;
  for (const StaticType& t : types) {
    if (is_null(t)) continue;
    scale = std::max(scale, std::min(static_cast<int>(t.scale), kFractionDigits));
    out.type = is_null(out) || out.type == t.type ? t.type : Type::kDatetime;
  }
  return static_type(out.type, kBinaryCollation, out.type == Type::kDate ? 0 : scale);
}

StaticType common_text(std::span<const StaticType> types) {
  StaticType out = common_type(types);
  const StaticType merged = merged_text(types, mariadb_connection_collation());
  out.collation = merged.collation;
  out.coercibility = merged.coercibility;
  const bool bytes = merged.collation == kBinaryCollation;
  out.size = 0;
  for (const StaticType& t : types) {
    const bool text = types::is_text(t.type) || is_member(t);
    out.size = std::max(out.size, bytes && text && !is_hybrid(t) && t.type != Type::kHexVal
                                      ? mariadb_bytes(t)
                                      : mariadb_characters(t));
  }
  // A CHAR beside members is one no more.
  if (out.type == Type::kChar && std::any_of(types.begin(), types.end(), is_member))
    out.type = Type::kVarchar;
  // What is always empty has no decimals.
  out.fixed = out.size == 0;
  out.scale = 0;
  return out;
}

bool all_of(std::span<const StaticType> types, bool (*is)(const StaticType&)) {
  return std::all_of(types.begin(), types.end(),
                     [is](const StaticType& t) { return is_null(t) || is(t); });
}

}  // namespace

uint32_t mariadb_connection_collation() { return collation_id("utf8mb4_general_ci"); }
uint32_t mariadb_numeric_collation() { return collation_id("latin1_swedish_ci"); }

int mariadb_precision(const StaticType& t) {
  if (t.digits > 0 && (is_integer(t) || t.type == Type::kDecimal)) return t.digits;
  if (t.type == Type::kInt24) return std::min<int>(static_cast<int>(t.size) - 1, 8);
  if (is_integer(t) && t.fixed) return static_cast<int>(t.size);
  if (is_integer(t) || is_hybrid(t) || t.type == Type::kDecimal || is_temporal(t)) {
    StaticType own = t;
    own.scale = std::min(own.scale, is_temporal(t) ? kFractionDigits : own.scale);
    return digits_of(own);
  }
  return static_cast<int>(std::clamp<int64_t>(mariadb_characters(t), 1, Decimal::kDigitsMax));
}

std::optional<int> mariadb_decimals(const StaticType& t) {
  if (is_null(t) || is_member(t) || is_hybrid(t) || t.type == Type::kHexVal || t.type == Type::kBit)
    return 0;
  if (types::is_float(t.type)) return t.fixed ? std::optional<int>(t.scale) : std::nullopt;
  if (is_temporal(t)) return std::min(static_cast<int>(t.scale), kFractionDigits);
  if (types::is_number(t.type)) return t.scale;
  const bool long_column = t.type == Type::kText || t.type == Type::kBlob;
  return t.fixed && !long_column ? std::optional<int>(t.scale) : std::nullopt;
}

int64_t mariadb_characters(const StaticType& t) {
  constexpr int64_t kJsonBytes = 4;
  if (t.type == Type::kText && t.json) return t.size / kJsonBytes;
  if (types::is_float(t.type)) return mariadb_bytes(t);
  return text_size(t);
}

int64_t mariadb_bytes(const StaticType& t) {
  StaticType own = t;
  if (own.type == Type::kText) own.fixed = false;
  return field_of(own).column_length;
}

bool mariadb_is_unsigned(const StaticType& t) {
  return types::is_unsigned(t.type) || t.type == Type::kYear || is_hybrid(t) ||
         t.type == Type::kHexVal || t.type == Type::kBit || t.type == Type::kTimestamp;
}

bool mariadb_is_double(const StaticType& t) {
  return !(is_integer(t) || is_hybrid(t) || is_member(t) || is_temporal(t) ||
           t.type == Type::kDecimal);
}

StaticType mariadb_integer_type(int64_t size, bool is_unsigned, bool nullable) {
  const bool small = size <= kInt32Characters;
  const Type type = small ? (is_unsigned ? Type::kUint32 : Type::kInt32)
                          : (is_unsigned ? Type::kUint64 : Type::kInt64);
  return sized(type, size, 0, nullable);
}

StaticType mariadb_double_type(std::optional<int> decimals, bool nullable) {
  return double_type(decimals && *decimals > kDoubleDecimalsMost ? std::nullopt : decimals,
                     nullable);
}

int mariadb_seconds_digits(const StaticType& t) {
  return std::min(mariadb_decimals(t).value_or(kFractionDigits), kFractionDigits);
}

StaticType mariadb_literal_type(StaticType t, const Datum& value) {
  if (value.form != Form::kInt || value.i < 0) return t;
  constexpr int64_t kTruth = 5;  // TRUE and FALSE
  t.size = value.boolean  ? kTruth
           : t.digits > 0 ? t.digits  // with zeros before it
                          : static_cast<int64_t>(std::to_string(value.i).size());
  t.digits = 0;
  t.fixed = true;
  t.json = value.boolean;
  return t;
}

StaticType mariadb_arithmetic_type(Arithmetic op, const StaticType& a, const StaticType& b) {
  if (op == Arithmetic::kIntegerDivide) return integer_quotient(a, b);
  const bool divides = op == Arithmetic::kDivide || op == Arithmetic::kModulo;
  const bool nullable = a.nullable || b.nullable || divides;
  if (mariadb_is_double(a) || mariadb_is_double(b)) {
    return op == Arithmetic::kDivide ? quotient_of_doubles(a, b)
                                     : mariadb_double_type(decimals_of_both(a, b), nullable);
  }
  const Digits result = digits_of_result(op, a, b);
  const bool dated = is_temporal(a) || is_temporal(b);
  const bool exact =
      a.type == Type::kDecimal || b.type == Type::kDecimal || dated || op == Arithmetic::kDivide;
  const bool x = mariadb_is_unsigned(a);
  const bool y = mariadb_is_unsigned(b);
  const bool is_unsigned = op == Arithmetic::kModulo ? x : exact ? x && y : x || y;
  const bool whole = !exact || (dated && result.scale == 0 && op != Arithmetic::kDivide);
  if (!whole) return decimal_type(result.digits, result.scale, is_unsigned, nullable);
  return mariadb_integer_type(length_of_decimal(result.digits, 0, is_unsigned), is_unsigned,
                              nullable);
}

StaticType mariadb_negated_type(const StaticType& operand, bool leaves_integers) {
  const int64_t size = mariadb_bytes(operand) + 1;
  if (mariadb_is_double(operand)) {
    constexpr int64_t kLongest = 53;
    StaticType out = mariadb_double_type(mariadb_decimals(operand), operand.nullable);
    out.size = std::min(size, kLongest);
    return out;
  }
  if (operand.type == Type::kDecimal || is_temporal(operand))
    return sized(Type::kDecimal, size, scale_of(operand), operand.nullable);
  StaticType out = mariadb_integer_type(size, false, operand.nullable);
  out.json = operand.json;
  out.fixed = operand.json && operand.fixed;
  out.digits = static_cast<uint8_t>(mariadb_precision(operand));
  if (leaves_integers) out.type = Type::kDecimal;
  return out;
}

StaticType mariadb_common_type(std::span<const StaticType> types) {
  StaticType out;
  if (all_of(types, is_hybrid)) {
    out = static_type(Type::kHexNum);  // it stays a number in most places
    out.fixed = true;
    for (const StaticType& t : types) out.size = std::max(out.size, t.size);
  } else if (all_of(types, is_number)) {
    out = common_number(types);
  } else if (all_of(types, is_temporal)) {
    out = common_temporal(types);
  } else {
    out = common_text(types);
  }
  if (all_of(types, [](const StaticType&) { return false; })) out = {};
  // A member stays one among members only.
  const bool others = std::any_of(types.begin(), types.end(), is_null);
  if (is_member(out) && (others || types.size() == 1)) out.type = Type::kVarchar;
  if (is_number(out)) out.json = all_of(types, [](const StaticType& t) { return t.json; });
  out.nullable =
      std::any_of(types.begin(), types.end(), [](const StaticType& t) { return t.nullable; });
  return out;
}

StaticType mariadb_if_type(const StaticType& yes, const StaticType& no) {
  if (is_null(yes) && is_null(no)) {
    StaticType out = static_type(Type::kBinary);
    out.fixed = true;
    return out;
  }
  if (is_null(yes)) return mariadb_nullif_type(no);
  if (is_null(no)) return mariadb_nullif_type(yes);
  const StaticType both[] = {yes, no};
  return mariadb_common_type(both);
}

StaticType mariadb_nullif_type(StaticType out) {
  out.nullable = true;
  out.digits = 0;
  if (is_member(out)) {
    out.type = Type::kVarchar;
    out.fixed = true;
    out.scale = 0;
  } else if (is_hybrid(out) || out.type == Type::kHexVal) {
    out.type = is_hybrid(out) ? Type::kHexNum : Type::kVarbinary;
    out.fixed = true;
  } else if (out.type == Type::kText || out.type == Type::kBlob) {
    if (out.json) out.size = mariadb_characters(out);
    out.fixed = false;
  }
  return out;
}

StaticType mariadb_extreme_type(std::span<const StaticType> types) {
  const auto number = [](const StaticType& t) { return is_number(t); };
  const auto known = [](const StaticType& t) { return !is_null(t); };
  const bool numbers = std::any_of(types.begin(), types.end(), number);
  const bool nulls = !std::all_of(types.begin(), types.end(), known);
  if (!numbers) {
    StaticType out = mariadb_common_type(types);
    out.json = false;
    return out;
  }
  const bool texts = std::any_of(types.begin(), types.end(),
                                 [](const StaticType& t) { return !is_null(t) && !is_number(t); });
  StaticType out = mariadb_common_type(types);
  if (!texts && !nulls && !types::is_float(out.type)) return out;
  const bool nullable = out.nullable;
  const bool single = out.type == Type::kFloat32 &&
                      std::all_of(types.begin(), types.end(),
                                  [](const StaticType& t) { return t.type == Type::kFloat32; });
  std::optional<int> decimals = 0;
  for (const StaticType& t : types) {
    const std::optional<int> own = mariadb_decimals(t);
    decimals = own && decimals ? std::optional<int>(std::max(*own, *decimals)) : std::nullopt;
  }
  out = mariadb_double_type(decimals, nullable);
  if (single) out.type = Type::kFloat32;
  return out;
}

void check_mariadb_no_json(const StaticType& t, std::string_view operation) {
  if (!t.json || types::is_number(t.type) || is_null(t)) return;
  constexpr int kIllegalType = 4078;
  constexpr int kIllegalTypeOfOne = 4079;
  const bool one = operation.starts_with("extract");
  throw SqlError{
      Error(Code::kInvalidArgument, one ? kIllegalTypeOfOne : kIllegalType, "HY000",
            fmt::format("Illegal parameter data type{} {}/json for operation '{}'", one ? "" : "s",
                        t.type == Type::kText ? "longblob" : "varchar", operation))};
}

StaticType mariadb_integer_cast_type(const Node& operand, bool is_unsigned, Context& context) {
  const StaticType t = operand.type(context);
  constexpr int64_t kLong = 20;
  constexpr int64_t kInt32Unsigned = 10;
  if (!is_unsigned) {
    constexpr int64_t kShortest = 2;
    const int64_t characters = types::is_float(t.type) ? kLong
                               : is_hybrid(t)          ? mariadb_precision(t)
                                                       : mariadb_characters(t);
    const int64_t wanted = characters + (t.signless ? 1 : 0);
    StaticType out = mariadb_integer_type(
        std::clamp<int64_t>(wanted, kShortest, kIntegerCharacters), false, t.nullable);
    out.digits = static_cast<uint8_t>(std::min(mariadb_precision(t), kIntegerCharacters));
    return out;
  }
  const bool literal = is_integer(t) && t.fixed;
  const bool text = !is_number(t) && !is_temporal(t) && !is_hybrid(t);
  int64_t size = kLong;
  const bool no_sign = mariadb_is_unsigned(t) || t.signless;
  if (literal || (is_integer(t) && no_sign) || t.type == Type::kHexVal ||
      t.type == Type::kTimestamp)
    size = mariadb_characters(t);
  else if (is_hybrid(t))
    size = mariadb_precision(t);
  else if (text && mariadb_characters(t) <= 1)
    size = 1;
  StaticType out = mariadb_integer_type(size, true, t.nullable);
  if (size <= kInt32Unsigned) out.type = Type::kUint32;
  return out;
}

}  // namespace vif::eval
