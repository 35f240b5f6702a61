// What columns aggregates make, as the server describes them.
#include <algorithm>

#include "eval/aggregate.h"
#include "eval/datum.h"
#include "eval/static_type.h"
#include "types/collation/charset.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

using types::Decimal;
using types::Field;
using types::Type;

constexpr uint32_t kUtf8mb4Bin = 46;
constexpr uint32_t kNoDecimals = 31;     // "not fixed" in a column definition
constexpr uint32_t kSumDigitsMore = 22;  // a sum may have so many more digits than its argument
constexpr uint32_t kAvgDigitsMore = 4;   // div_precision_increment's default
constexpr uint32_t kFloatLength = 23;
constexpr uint32_t kNotNull = 1;
constexpr uint32_t kUnsigned = 32;
constexpr uint32_t kBinary = 128;
constexpr uint32_t kVarcharMost = 512;  // characters; longer concatenations are TEXT

constexpr uint32_t kDoubleDigits = 17;  // shown before a fixed number of decimals

const types::Charset* charset_of(uint32_t collation) {
  const types::Collation* c = types::find_collation(collation);
  return c ? c->charset : nullptr;
}

// Bytes that a character takes at most.
uint32_t bytes_most(uint32_t collation) {
  const StaticType one = {.type = Type::kVarchar, .collation = collation, .size = 1};
  return std::max<uint32_t>(1, field_of(one).column_length);
}

// And at least.
uint32_t bytes_least(uint32_t collation) {
  const types::Charset* c = charset_of(collation);
  if (!c) return 1;
  const bool two = c->name == "ucs2" || c->name.starts_with("utf16");
  return c->name == "utf32" ? 4 : two ? 2 : 1;
}

bool has_fixed_decimals(const Field& f) {
  return types::is_float(f.type) && f.decimals < kNoDecimals;
}

// How many digits a number of this column has.
uint32_t precision_of(const Field& f) {
  switch (f.type) {
    case Type::kDecimal: {
      const uint32_t point = f.decimals > 0 ? 1 : 0;
      const uint32_t sign = (f.flags & kUnsigned) != 0 ? 0 : 1;
      return f.column_length > point + sign ? f.column_length - point - sign : 1;
    }
    case Type::kDate: return 8;
    case Type::kTime: return 7 + f.decimals;
    case Type::kDatetime:
    case Type::kTimestamp: return 14 + f.decimals;
    case Type::kYear: return 4;
    case Type::kBit: return f.column_length;
    default: {
      const bool wide = f.type == Type::kInt64 || f.type == Type::kUint64;
      const auto length = wide ? f.column_length : static_cast<uint32_t>(operand_length(f));
      return types::is_signed(f.type) && length > 0 ? length - 1 : length;
    }
  }
}

Field computed(const Field& input, Type type, uint32_t length, uint32_t decimals,
               uint32_t charset = kBinaryCollation) {
  Field field = input;
  field.type = type;
  field.column_length = length;
  field.decimals = decimals;
  field.charset = charset;
  field.flags = kBinary;
  field.column_type.clear();
  return field;
}

Field decimal_field(const Field& input, uint32_t digits_more, uint32_t decimals_more,
                    uint32_t decimals_most = Decimal::kScaleMax) {
  const uint32_t precision =
      std::min<uint32_t>(precision_of(input) + digits_more, Decimal::kDigitsMax);
  const uint32_t decimals = std::min<uint32_t>(input.decimals + decimals_more, decimals_most);
  return computed(input, Type::kDecimal, precision + (decimals > 0 ? 1 : 0) + 1, decimals);
}

bool sums_exactly(Type t) {
  return types::is_integral(t) || t == Type::kDecimal || t == Type::kBit || t == Type::kDate ||
         t == Type::kTime || t == Type::kDatetime || t == Type::kTimestamp;
}

bool is_member(Type t) { return t == Type::kEnum || t == Type::kSet; }

constexpr uint32_t kMariadbDecimalsMost = 38;
constexpr uint32_t kMariadbNoDecimals = 39;

// As an operand: there members are integers, as long as their names.
Field mariadb_operand(Field input) {
  if (!is_member(input.type)) return input;
  input.type = Type::kInt64;
  input.column_length = input.column_length / bytes_most(input.charset) + 1;
  input.decimals = 0;
  return input;
}

// With so many decimals more than the column has.
Field fixed_double(const Field& input, uint32_t decimals_more) {
  const uint32_t decimals = std::min<uint32_t>(input.decimals + decimals_more, kNoDecimals);
  return computed(input, Type::kFloat64, kDoubleDigits + decimals, decimals);
}

Field mariadb_average(const Field& own) {
  const Field input = mariadb_operand(own);
  if (!sums_exactly(input.type)) {
    const uint32_t decimals =
        has_fixed_decimals(input) ? input.decimals + kAvgDigitsMore : kNoDecimals;
    const uint32_t length = std::min(input.column_length + kAvgDigitsMore, kFloatLength);
    return computed(input, Type::kFloat64, length, decimals);
  }
  Field out = decimal_field(input, kAvgDigitsMore, kAvgDigitsMore, kMariadbDecimalsMost);
  // The digits are not bounded as those of a DECIMAL are.
  out.column_length = precision_of(input) + kAvgDigitsMore + (out.decimals > 0 ? 1 : 0) + 1;
  return out;
}

// A fixed number of digits for what is exact.
Field mariadb_deviation(const Field& own) {
  const Field input = mariadb_operand(own);
  if (has_fixed_decimals(input)) {
    Field out = fixed_double(input, kAvgDigitsMore);
    out.column_length = kDoubleDigits + input.decimals;
    return out;
  }
  if (!sums_exactly(input.type)) return computed(input, Type::kFloat64, kFloatLength, kNoDecimals);
  const auto decimals = std::min<uint32_t>(input.decimals + kAvgDigitsMore, Decimal::kScaleMax);
  constexpr uint32_t kOfMembers = 17;
  const uint32_t length =
      is_member(own.type) ? kOfMembers : 2 * precision_of(input) + 2 + kAvgDigitsMore;
  return computed(input, Type::kFloat64, length, decimals);
}

// A TEXT column's characters as bytes; of a LONGTEXT there are no more.
uint32_t long_text_length(const Field& input) {
  constexpr uint32_t kMediumText = 16777215;
  const uint32_t most = bytes_most(input.charset);
  return input.column_length > kMediumText ? input.column_length : input.column_length * most;
}

Field mariadb_extreme(const Field& input) {
  Field out = input;
  out.flags &= ~kNotNull;
  if (is_member(input.type)) {
    out.type = Type::kVarchar;
    out.decimals = 0;
    return out;
  }
  if (types::is_float(out.type))
    out.column_length = has_fixed_decimals(input) ? kDoubleDigits + input.decimals : kFloatLength;
  if (types::is_integral(out.type)) out.column_length = operand_length(input);
  const bool text =
      types::is_text(out.type) || types::is_binary(out.type) || out.type == Type::kJson;
  if (text) out.decimals = kMariadbNoDecimals;
  if (out.type == Type::kText) out.column_length = long_text_length(input);
  return out;
}

Field concatenated_field(const AggregateSpec& spec, std::span<const Field> row) {
  const Field& input = row[spec.columns[0].column];
  std::vector<StaticType> parts;
  for (const OrderBy& by : spec.columns) {
    StaticType part = static_type(row[by.column]);
    part.collation = row[by.column].charset;
    part.coercibility = static_cast<uint8_t>(Coercibility::kImplicit);
    parts.push_back(part);
  }
  const uint32_t usual = spec.mariadb ? 45 : kUtf8mb4Collation;
  const uint32_t charset =
      merged_text(parts, spec.collation == 0 ? usual : spec.collation).collation;
  const bool bytes = charset == kBinaryCollation;
  const size_t least = bytes ? 1 : bytes_least(charset);
  const uint32_t most = bytes ? 1 : bytes_most(charset);
  const auto characters =
      static_cast<uint32_t>(std::min<size_t>(spec.length_max / least, UINT32_MAX / (most * most)));
  const bool small = characters <= kVarcharMost;
  Field out = small ? computed(input, bytes ? Type::kVarbinary : Type::kVarchar, characters * most,
                               kNoDecimals, charset)
                    : computed(input, bytes ? Type::kBlob : Type::kText, characters * most * most,
                               kNoDecimals, charset);
  if (spec.mariadb) {
    out.decimals = 0;
    if (!bytes) out.column_length = characters * most;
  }
  out.flags = bytes ? kBinary : 0;
  return out;
}

Field json_field(const AggregateSpec& spec, std::span<const Field> row) {
  Field out = concatenated_field(spec, row);
  if (spec.kind == AggregateKind::kJsonArrayAgg) out.column_length += 2;
  return out;
}

// Of MIN, MAX and ANY_VALUE.
Field extreme_field(const AggregateSpec& spec, const Field& input) {
  if (spec.mariadb && spec.kind != AggregateKind::kAnyValue) return mariadb_extreme(input);
  Field out = input;
  out.flags &= ~kNotNull;
  // The text of the member that is first by its collation, not by its number.
  const bool any = spec.kind == AggregateKind::kAnyValue;
  const bool member = is_member(input.type);
  if (member && !any) out.type = Type::kChar;
  if (types::is_text(out.type) || types::is_binary(out.type) || out.type == Type::kJson || member)
    out.decimals = kNoDecimals;
  if (out.type == Type::kText) out.column_length = long_text_length(input);
  if (any && out.type == Type::kText)
    out.column_length -= out.column_length % bytes_most(input.charset);
  if (types::is_integral(out.type)) out.column_length = operand_length(input);
  if (any && out.type == Type::kDecimal) out.column_length = operand_length(input);
  if (any && types::is_float(out.type) && !has_fixed_decimals(input))
    out.column_length = kFloatLength;
  if (out.type == Type::kJson) out.charset = kUtf8mb4Bin;
  return out;
}

}  // namespace

Field aggregate_field(const AggregateSpec& spec, std::span<const Field> row) {
  const Field input = spec.columns.empty() ? Field{} : row[spec.columns[0].column];
  switch (spec.kind) {
    case AggregateKind::kCountStar:
    case AggregateKind::kCount:
    case AggregateKind::kSumCount: {
      Field out = computed(input, Type::kInt64, 21, 0);
      out.flags |= kNotNull;
      return out;
    }
    case AggregateKind::kSum:
      if (spec.partial && input.type == Type::kDecimal)
        return computed(input, input.type, input.column_length, input.decimals);
      if (spec.mariadb && is_member(input.type))
        return decimal_field(mariadb_operand(input), kSumDigitsMore, 0);
      if (has_fixed_decimals(input)) return fixed_double(input, 0);
      return sums_exactly(input.type) ? decimal_field(input, kSumDigitsMore, 0)
                                      : computed(input, Type::kFloat64, kFloatLength, kNoDecimals);
    case AggregateKind::kAvg: {
      if (spec.mariadb && spec.count_column < 0) return mariadb_average(input);
      if (has_fixed_decimals(input)) return fixed_double(input, kAvgDigitsMore);
      if (!sums_exactly(input.type))
        return computed(input, Type::kFloat64, kFloatLength, kNoDecimals);
      Field of_one = input;
      // The column of sums is longer than its argument was.
      if (spec.count_column >= 0 && input.column_length > kSumDigitsMore + 1)
        of_one.column_length -= kSumDigitsMore;
      return decimal_field(of_one, kAvgDigitsMore, kAvgDigitsMore);
    }
    case AggregateKind::kStddevPop:
    case AggregateKind::kStddevSamp:
    case AggregateKind::kVarPop:
    case AggregateKind::kVarSamp: {
      if (spec.mariadb) return mariadb_deviation(input);
      return computed(input, Type::kFloat64, kFloatLength, kNoDecimals);
    }
    case AggregateKind::kBitAnd:
    case AggregateKind::kBitOr:
    case AggregateKind::kBitXor: {
      const bool bytes = types::is_binary(input.type) && !spec.mariadb;
      Field out = bytes ? computed(input, Type::kVarbinary, input.column_length + 1, 0)
                        : computed(input, Type::kUint64, 21, 0);
      if (bytes) {
        out.flags |= kNotNull;
        return out;
      }
      out.flags |= kNotNull | kUnsigned;
      return out;
    }
    case AggregateKind::kGroupConcat: return concatenated_field(spec, row);
    case AggregateKind::kJsonArrayAgg:
    case AggregateKind::kJsonObjectAgg:
      // MariaDB's JSON is text.
      if (spec.mariadb) return json_field(spec, row);
      return computed(input, Type::kJson, UINT32_MAX, kNoDecimals, kUtf8mb4Bin);
    case AggregateKind::kMin:
    case AggregateKind::kMax:
    case AggregateKind::kAnyValue: break;
  }
  return extreme_field(spec, input);
}

}  // namespace vif::eval
