#include "eval/aggregate.h"

#include <algorithm>
#include <cmath>

#include "eval/compare.h"
#include "types/float_text.h"

namespace vif::eval {
namespace {

using types::Decimal;
using types::Type;
using types::Value;

constexpr uint32_t kBinaryCharset = 63;
constexpr uint32_t kFloatDecimals = 31;  // "not fixed" in a column definition
constexpr int kAvgScaleMore = 4;         // div_precision_increment's default

bool is_exact(Type t) { return types::is_integral(t) || t == Type::kDecimal; }

Error out_of_range(std::string_view type) {
  return Error(Code::kInvalidArgument, 1690, "22003", fmt::format("{} value is out of range", type));
}

}  // namespace

std::string_view aggregate_name(AggregateKind kind) {
  switch (kind) {
    case AggregateKind::kCountStar: return "count_star";
    case AggregateKind::kCount: return "count";
    case AggregateKind::kSum: return "sum";
    case AggregateKind::kSumCount: return "sum_count";
    case AggregateKind::kAvg: return "avg";
    case AggregateKind::kMin: return "min";
    case AggregateKind::kMax: return "max";
    case AggregateKind::kAnyValue: return "any_value";
    case AggregateKind::kBitAnd: return "bit_and";
    case AggregateKind::kBitOr: return "bit_or";
    case AggregateKind::kBitXor: return "bit_xor";
    case AggregateKind::kGroupConcat: return "group_concat";
  }
  return {};
}

types::Field aggregate_field(AggregateKind kind, const types::Field& input) {
  types::Field field = input;
  const auto numeric = [&](Type type, uint32_t length, uint32_t decimals) {
    field.type = type;
    field.charset = kBinaryCharset;
    field.column_length = length;
    field.decimals = decimals;
    field.flags = 128;  // binary
  };
  switch (kind) {
    case AggregateKind::kCountStar:
    case AggregateKind::kCount:
    case AggregateKind::kSumCount:
      numeric(Type::kInt64, 21, 0);
      field.flags |= 1;  // not null
      break;
    case AggregateKind::kSum:
    case AggregateKind::kAvg: {
      if (!is_exact(input.type)) {
        numeric(Type::kFloat64, 23, kFloatDecimals);
        break;
      }
      const uint32_t more = kind == AggregateKind::kAvg ? kAvgScaleMore : 0;
      const uint32_t decimals = input.type == Type::kDecimal ? input.decimals : 0;
      numeric(Type::kDecimal, input.column_length + 22, std::min<uint32_t>(decimals + more, Decimal::kScaleMax));
      break;
    }
    case AggregateKind::kBitAnd:
    case AggregateKind::kBitOr:
    case AggregateKind::kBitXor:
      numeric(Type::kUint64, 21, 0);
      field.flags |= 33;  // not null, unsigned
      break;
    case AggregateKind::kGroupConcat:
      field.type = types::is_binary(input.type) ? Type::kBlob : Type::kText;
      field.decimals = 0;
      break;
    case AggregateKind::kMin:
    case AggregateKind::kMax:
    case AggregateKind::kAnyValue: break;
  }
  return field;
}

Aggregate::Aggregate(AggregateKind kind, const types::Field& input, const AggregateOptions& options)
    : kind_(kind),
      input_type_(input.type),
      charset_(input.charset),
      decimals_(input.type == Type::kDecimal ? input.decimals : 0),
      distinct_(options.distinct),
      separator_(options.separator),
      length_max_(options.group_concat_max_length) {
  reset();
}

void Aggregate::reset() {
  count_ = 0;
  decimal_sum_ = {};
  float_sum_ = 0;
  bits_ = kind_ == AggregateKind::kBitAnd ? ~0ull : 0;
  has_value_ = false;
  value_ = {};
  weight_ = {};
  seen_.clear();
}

Result<bool> Aggregate::is_new(const Value& value, const Value* weight) {
  const Value& key = weight && types::is_text(value.type) ? *weight : value;
  return seen_.insert(VIF_TRY(grouping_key(key, charset_))).second;
}

Status Aggregate::add(const Value& value, const Value* weight) {
  if (kind_ == AggregateKind::kCountStar) {
    ++count_;
    return {};
  }
  if (kind_ == AggregateKind::kAnyValue) {
    if (!has_value_) value_ = value;
    has_value_ = true;
    return {};
  }
  if (value.is_null()) return {};
  if (distinct_ && !VIF_TRY(is_new(value, weight))) return {};
  switch (kind_) {
    case AggregateKind::kCount: ++count_; return {};
    case AggregateKind::kSumCount: {
      const int64_t part = VIF_TRY(value.to_int64());
      if (__builtin_add_overflow(count_, part, &count_)) return out_of_range("BIGINT");
      return {};
    }
    case AggregateKind::kSum:
    case AggregateKind::kAvg: return add_number(value);
    case AggregateKind::kMin:
    case AggregateKind::kMax: return add_extreme(value, weight);
    case AggregateKind::kGroupConcat:
      if (has_value_) value_.bytes += separator_;
      has_value_ = true;
      value_.type = types::is_binary(input_type_) ? Type::kBlob : Type::kText;
      value_.bytes += value.bytes;
      if (value_.bytes.size() > length_max_) value_.bytes.resize(length_max_);
      return {};
    default: return add_bits(value);
  }
}

Status Aggregate::add_number(const Value& value) {
  ++count_;
  if (is_exact(input_type_) && is_exact(value.type)) {
    const std::optional<Decimal> number = Decimal::parse(value.bytes);
    if (!number) return Error(Code::kInternal, fmt::format("not a number: {}", value.to_string()));
    decimal_sum_ = decimal_sum_ + *number;
    return {};
  }
  if (!types::is_number(value.type) && !types::is_text(value.type) && !types::is_binary(value.type)) {
    return Error(Code::kUnimplemented,
                 fmt::format("VT12001: unsupported: summing {} in the gate", types::type_name(value.type)));
  }
  float_sum_ += types::parse_double_prefix(value.bytes);
  if (std::isinf(float_sum_)) return out_of_range("DOUBLE");
  return {};
}

Status Aggregate::add_extreme(const Value& value, const Value* weight) {
  const bool by_weight = weight && types::is_text(value.type);
  if (has_value_) {
    const int order = by_weight ? VIF_TRY(compare_values(*weight, weight_, kBinaryCharset))
                                : VIF_TRY(compare_values(value, value_, charset_));
    const bool better = kind_ == AggregateKind::kMin ? order < 0 : order > 0;
    if (!better) return {};
  }
  has_value_ = true;
  value_ = value;
  if (by_weight) weight_ = *weight;
  return {};
}

Status Aggregate::add_bits(const Value& value) {
  if (!types::is_number(value.type)) {
    return Error(Code::kUnimplemented, fmt::format("VT12001: unsupported: {} of {} in the gate", aggregate_name(kind_),
                                                   types::type_name(value.type)));
  }
  const Decimal number = Decimal::parse_prefix(value.bytes);
  uint64_t bits = 0;
  if (number.is_negative()) {
    bits = static_cast<uint64_t>(number.to_int64().value_or(INT64_MIN));
  } else {
    bits = number.to_uint64().value_or(UINT64_MAX);
  }
  if (kind_ == AggregateKind::kBitAnd) bits_ &= bits;
  if (kind_ == AggregateKind::kBitOr) bits_ |= bits;
  if (kind_ == AggregateKind::kBitXor) bits_ ^= bits;
  return {};
}

Result<Value> Aggregate::result() const {
  switch (kind_) {
    case AggregateKind::kCountStar:
    case AggregateKind::kCount:
    case AggregateKind::kSumCount: return Value::int64(count_);
    case AggregateKind::kBitAnd:
    case AggregateKind::kBitOr:
    case AggregateKind::kBitXor: return Value::uint64(bits_);
    case AggregateKind::kSum:
    case AggregateKind::kAvg: break;
    default: return value_;
  }
  if (count_ == 0) return Value::null();
  const bool average = kind_ == AggregateKind::kAvg;
  if (!is_exact(input_type_)) {
    return Value{Type::kFloat64, types::double_text(average ? float_sum_ / static_cast<double>(count_) : float_sum_)};
  }
  const int scale = std::max(static_cast<int>(decimals_), decimal_sum_.scale());
  if (!average) return Value{Type::kDecimal, decimal_sum_.rounded(scale).to_string()};
  const int wide = std::min(scale + kAvgScaleMore, Decimal::kScaleMax);
  const Decimal quotient = Decimal::divide(decimal_sum_, Decimal::from_int(count_), wide + 1);
  return Value{Type::kDecimal, quotient.rounded(wide).to_string()};
}

}  // namespace vif::eval
