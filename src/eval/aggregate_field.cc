// What columns aggregates make, as the server describes them.
#include <algorithm>

#include "eval/aggregate.h"
#include "eval/datum.h"

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
    default:
      return types::is_signed(f.type) && f.column_length > 0 ? f.column_length - 1
                                                             : f.column_length;
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
  input.column_length = input.column_length / 4 + 1;
  input.decimals = 0;
  return input;
}

Field mariadb_average(const Field& own) {
  const Field input = mariadb_operand(own);
  if (!sums_exactly(input.type)) {
    const bool number = types::is_float(input.type);
    const uint32_t length =
        number ? std::min(input.column_length + kAvgDigitsMore, kFloatLength) : kFloatLength;
    return computed(input, Type::kFloat64, length, kNoDecimals);
  }
  Field out = decimal_field(input, kAvgDigitsMore, kAvgDigitsMore, kMariadbDecimalsMost);
  // The digits are not bounded as those of a DECIMAL are.
  out.column_length = precision_of(input) + kAvgDigitsMore + (out.decimals > 0 ? 1 : 0) + 1;
  return out;
}

// A fixed number of digits for what is exact.
Field mariadb_deviation(const Field& own) {
  const Field input = mariadb_operand(own);
  if (!sums_exactly(input.type)) return computed(input, Type::kFloat64, kFloatLength, kNoDecimals);
  const auto decimals = std::min<uint32_t>(input.decimals + kAvgDigitsMore, Decimal::kScaleMax);
  constexpr uint32_t kOfMembers = 17;
  const uint32_t length =
      is_member(own.type) ? kOfMembers : 2 * precision_of(input) + 2 + kAvgDigitsMore;
  return computed(input, Type::kFloat64, length, decimals);
}

Field mariadb_extreme(const Field& input) {
  Field out = input;
  out.flags &= ~kNotNull;
  if (is_member(input.type)) {
    out.type = Type::kVarchar;
    out.decimals = 0;
    return out;
  }
  if (types::is_float(out.type)) out.column_length = kFloatLength;
  const bool text =
      types::is_text(out.type) || types::is_binary(out.type) || out.type == Type::kJson;
  if (text) out.decimals = kMariadbNoDecimals;
  constexpr uint32_t kBytesACharacter = 4;
  constexpr uint32_t kShortText = 65535;
  if (out.type == Type::kText && out.column_length <= kShortText)
    out.column_length *= kBytesACharacter;
  return out;
}

Field concatenated_field(const AggregateSpec& spec, std::span<const Field> row) {
  const Field& input = row[spec.columns[0].column];
  uint32_t charset = 0;
  for (const OrderBy& by : spec.columns) {
    const Field& f = row[by.column];
    const bool text = types::is_text(f.type) || f.type == Type::kEnum || f.type == Type::kSet;
    if (charset == 0 && (text || f.type == Type::kJson)) charset = text ? f.charset : kUtf8mb4Bin;
    if (types::is_binary(f.type) || f.type == Type::kBit) charset = kBinaryCollation;
  }
  if (charset == 0) charset = spec.mariadb ? 45 : 255;
  const bool bytes = charset == kBinaryCollation;
  const auto characters = static_cast<uint32_t>(std::min<size_t>(spec.length_max, UINT32_MAX / 16));
  const bool small = spec.length_max <= kVarcharMost;
  Field out = small ? computed(input, bytes ? Type::kVarbinary : Type::kVarchar,
                               bytes ? characters : characters * 4, kNoDecimals, charset)
                    : computed(input, bytes ? Type::kBlob : Type::kText,
                               bytes ? characters : characters * 16, kNoDecimals, charset);
  if (spec.mariadb) {
    out.decimals = 0;
    if (!bytes) out.column_length = characters * 4;
  }
  out.flags = bytes ? kBinary : 0;
  return out;
}

Field json_field(const AggregateSpec& spec, std::span<const Field> row) {
  Field out = concatenated_field(spec, row);
  if (spec.kind == AggregateKind::kJsonArrayAgg) out.column_length += 2;
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
      return sums_exactly(input.type) ? decimal_field(input, kSumDigitsMore, 0)
                                      : computed(input, Type::kFloat64, kFloatLength, kNoDecimals);
    case AggregateKind::kAvg: {
      if (spec.mariadb && spec.count_column < 0) return mariadb_average(input);
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
  if (spec.mariadb && spec.kind != AggregateKind::kAnyValue) return mariadb_extreme(input);
  Field out = input;
  out.flags &= ~kNotNull;
  // The text of the member that is first by its collation, not by its number.
  const bool member = input.type == Type::kEnum || input.type == Type::kSet;
  if (member && spec.kind != AggregateKind::kAnyValue) out.type = Type::kChar;
  if (types::is_text(out.type) || types::is_binary(out.type) || out.type == Type::kJson)
    out.decimals = kNoDecimals;
  return out;
}

}  // namespace vif::eval
