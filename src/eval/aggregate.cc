#include "eval/aggregate.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "eval/node.h"
#include "types/float_text.h"

namespace vif::eval {
namespace {

using types::Field;
using types::Row;
using types::Value;
using Kind = AggregateKind;

constexpr uint32_t kBitBytesMost = 511;
constexpr int kTruncatedValue = 1292;
constexpr int kIncorrectValue = 1366;
constexpr double kIntegersMost = 9223372036854775808.0;
constexpr int kOverflow = 1916;  // MariaDB's

bool takes_bytes(Kind kind) {
  return kind == Kind::kBitAnd || kind == Kind::kBitOr || kind == Kind::kBitXor;
}

bool is_exact(Type t) { return types::is_integral(t) || t == Type::kDecimal || t == Type::kBit; }
bool is_date_or_time(Type t) {
  return t == Type::kDate || t == Type::kTime || t == Type::kDatetime || t == Type::kTimestamp;
}
bool is_member(Type t) { return t == Type::kEnum || t == Type::kSet; }

Error double_out_of_range() {
  return Error(Code::kInvalidArgument, 1690, "22003", "DOUBLE value is out of range");
}

Error unsupported(std::string_view what, Type type) {
  return Error(Code::kUnimplemented, fmt::format("VT12001: unsupported: {} {} in the gate", what,
                                                 types::type_name(type)));
}

// A number, and nothing beside it but blanks.
bool is_whole_number(std::string_view text) {
  constexpr std::string_view kBlank = " \t\n\v\f\r";
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  text = text.substr(0, text.find_last_not_of(kBlank) + 1);
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  double ignored = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), ignored);
  return !digits.empty() && error != std::errc::invalid_argument &&
         end == digits.data() + digits.size();
}

// The number as arithmetic sees it; REQUIRES: is_exact or is_date_or_time.
Datum exact_number(const Value& value) {
  return to_number(datum_from(value, 0, Coercibility::kImplicit));
}

}  // namespace

std::string without_zeros(const std::string& number) {
  const size_t start = number.starts_with('-') ? 1 : 0;
  size_t at = start;
  while (at + 1 < number.size() && number[at] == '0' && number[at + 1] >= '0' &&
         number[at + 1] <= '9')
    ++at;
  return at == start ? number : number.substr(0, start) + number.substr(at);
}

std::string_view aggregate_name(Kind kind) {
  switch (kind) {
    case Kind::kCountStar: return "count_star";
    case Kind::kCount: return "count";
    case Kind::kSum: return "sum";
    case Kind::kSumCount: return "sum_count";
    case Kind::kAvg: return "avg";
    case Kind::kMin: return "min";
    case Kind::kMax: return "max";
    case Kind::kAnyValue: return "any_value";
    case Kind::kBitAnd: return "bit_and";
    case Kind::kBitOr: return "bit_or";
    case Kind::kBitXor: return "bit_xor";
    case Kind::kStddevPop: return "stddev_pop";
    case Kind::kStddevSamp: return "stddev_samp";
    case Kind::kVarPop: return "var_pop";
    case Kind::kVarSamp: return "var_samp";
    case Kind::kGroupConcat: return "group_concat";
    case Kind::kJsonArrayAgg: return "json_arrayagg";
    case Kind::kJsonObjectAgg: return "json_objectagg";
  }
  return {};
}

Aggregate::Aggregate(const AggregateSpec& spec, std::span<const types::Field> row)
    : spec_(spec), row_(row) {
  field_ = aggregate_field(spec, row);
  const bool sums = spec.kind == Kind::kSum || spec.kind == Kind::kAvg;
  exact_ = sums && field_.type == Type::kDecimal;
  reset();
}

Status Aggregate::check(const AggregateSpec& spec, std::span<const types::Field> row) {
  for (const OrderBy& by : spec.columns) {
    if (by.column >= row.size()) return Error(Code::kInternal, "a column to aggregate is missing");
  }
  VIF_TRY(check_sortable(row, spec.order_by));
  const bool extreme = spec.kind == Kind::kMin || spec.kind == Kind::kMax;
  const bool by_number = (spec.kind == Kind::kSum || spec.kind == Kind::kAvg) && !spec.sorted;
  if ((spec.distinct && !by_number) || extreme) {
    for (const OrderBy& by : spec.columns) {
      // Members are told apart by their numbers as well as by their names, but the first of them is
      // so by its name.
      OrderBy checked = by;
      if (extreme && is_member(row[by.column].type)) {
        if (by.weight_column >= 0) continue;
        return unsupported(aggregate_name(spec.kind), row[by.column].type);
      }
      if (spec.distinct && is_member(row[by.column].type)) continue;
      VIF_TRY(check_sortable(row, std::span(&checked, 1)));
    }
  }
  if (spec.columns.empty()) return {};
  const OrderBy& by = spec.columns[0];
  const Type type = row[by.column].type;
  // There they are sent as numbers, by each shard already.
  const bool extreme_bits =
      type == Type::kBit && (spec.kind == Kind::kMin || spec.kind == Kind::kMax);
  if (spec.mariadb && extreme_bits) return unsupported(aggregate_name(spec.kind), type);
  if (spec.mariadb && (spec.distinct || !spec.order_by.empty())) {
    const bool fraction = spec.distinct && is_date_or_time(type) && row[by.column].decimals > 0;
    bool bits = false;
    for (const OrderBy& column : spec.columns) bits = bits || row[column.column].type == Type::kBit;
    bits = bits && spec.kind == Kind::kGroupConcat;
    if (bits || (fraction && (spec.kind == Kind::kSum || spec.kind == Kind::kAvg))) {
      return unsupported(fmt::format("{} of DISTINCT", aggregate_name(spec.kind)), type);
    }
  }
  switch (spec.kind) {
    case Kind::kSum:
    case Kind::kAvg:
    case Kind::kStddevPop:
    case Kind::kStddevSamp:
    case Kind::kVarPop:
    case Kind::kVarSamp:
    case Kind::kBitAnd:
    case Kind::kBitOr:
    case Kind::kBitXor:
      if (type == Type::kJson || type == Type::kGeometry || (is_member(type) && !by.members)) {
        return unsupported(fmt::format("{} of", aggregate_name(spec.kind)), type);
      }
      if (takes_bytes(spec.kind) && types::is_binary(type) && !spec.mariadb &&
          row[by.column].column_length > kBitBytesMost) {
        return Error(Code::kInvalidArgument, 3514, "HY000",
                     "Aggregate bitwise functions cannot accept arguments longer than 511 bytes; "
                     "consider using the SUBSTRING() "
                     "function");
      }
      return {};
    default: return {};
  }
}

void Aggregate::reset() {
  count_ = 0;
  whole_sum_ = 0;
  decimal_sum_ = {};
  float_sum_ = mean_ = squares_ = 0;
  bits_ = spec_.kind == Kind::kBitAnd ? ~0ull : 0;
  has_value_ = false;
  value_ = {};
  best_.clear();
  text_.clear();
  items_.clear();
  members_.clear();
  cut_ = false;
  seen_.clear();
  last_key_.clear();
  warnings_.clear();
}

bool Aggregate::is_new(const Row& row) {
  key_.clear();
  const bool sums = spec_.kind == Kind::kSum || spec_.kind == Kind::kAvg;
  if (sums && !exact_) {
    // Texts that are the same number are the same.
    append_key(Value{Type::kFloat64, types::double_text(number(argument(row)))}, 0, key_);
  } else {
    for (const OrderBy& by : spec_.columns) append_key(row, by, key_);
  }
  if (!spec_.sorted) return seen_.insert(key_).second;
  const bool fresh = key_ != last_key_;
  last_key_ = key_;
  return fresh;
}

Status Aggregate::add(const Row& row) {
  try {
    switch (spec_.kind) {
      case Kind::kCountStar: ++count_; return {};
      case Kind::kAnyValue:
        if (!has_value_) value_ = argument(row);
        has_value_ = true;
        return {};
      case Kind::kJsonArrayAgg: add_json_value(row); return {};
      case Kind::kJsonObjectAgg: return add_json_member(row);
      default: break;
    }
    for (const OrderBy& by : spec_.columns) {
      if (row[by.column].is_null()) return {};
    }
    if (spec_.distinct) warn_of_stored(argument(row));
    if (spec_.distinct && !is_new(row)) return {};
    const Value& value = argument(row);
    switch (spec_.kind) {
      case Kind::kCount: ++count_; return {};
      case Kind::kSumCount: count_ += static_cast<uint64_t>(VIF_TRY(value.to_int64())); return {};
      case Kind::kSum:
      case Kind::kAvg: return add_number(row);
      case Kind::kMin:
      case Kind::kMax: return add_extreme(row);
      case Kind::kGroupConcat: add_text(row); return {};
      case Kind::kBitAnd:
      case Kind::kBitOr:
      case Kind::kBitXor: return add_bits(value);
      default: add_deviation(VIF_TRY(number_of(value))); return {};
    }
  } catch (const SqlError& e) {
    return e.error;
  }
}

// A float is sent with fewer digits than it has.
double Aggregate::number(const Value& value) const {
  const OrderBy& by = spec_.columns[0];
  if (by.members) return static_cast<double>(member_number(value, *by.members));
  if (value.type == Type::kFloat32)
    return static_cast<double>(std::strtof(value.bytes.c_str(), nullptr));
  if (value.type == Type::kBit && spec_.mariadb)
    return static_cast<double>(static_cast<int64_t>(exact_number(value).u));
  if (is_date_or_time(value.type) || value.type == Type::kBit)
    return to_double(exact_number(value));
  return types::parse_double_prefix(value.bytes);
}

Status Aggregate::add_number(const Row& row) {
  const Value& value = argument(row);
  count_ += spec_.count_column < 0
                ? 1
                : VIF_TRY(row[static_cast<size_t>(spec_.count_column)].to_uint64());
  has_value_ = true;
  if (!exact_) {
    float_sum_ += VIF_TRY(number_of(value));
    return std::isfinite(float_sum_) ? Status() : Status(double_out_of_range());
  }
  if (types::is_signed(value.type)) {
    int64_t whole = 0;
    const char* end = value.bytes.data() + value.bytes.size();
    if (std::from_chars(value.bytes.data(), end, whole).ptr != end) {
      return Error(Code::kInternal, fmt::format("not a number: {}", value.to_string()));
    }
    whole_sum_ += whole;
    return {};
  }
  if (spec_.columns[0].members) {
    whole_sum_ += member_number(value, *spec_.columns[0].members);
    return {};
  }
  const Datum d = exact_number(value);
  if (d.form == Form::kInt) {
    whole_sum_ += d.i;
  } else if (d.form == Form::kUint) {
    whole_sum_ += d.u;
  } else {
    decimal_sum_ = decimal_sum_ + to_decimal(d);
  }
  return {};
}

Status Aggregate::add_extreme(const Row& row) {
  if (has_value_) {
    const int order = compare_column(row, best_, spec_.columns[0]);
    if (spec_.kind == Kind::kMin ? order >= 0 : order <= 0) return {};
  }
  has_value_ = true;
  best_ = row;
  value_ = argument(row);
  return {};
}

// Each text of a SUM(DISTINCT) is stored as a double, to be told from the others.
void Aggregate::warn_of_stored(const Value& value) {
  const bool sums = spec_.kind == Kind::kSum || spec_.kind == Kind::kAvg;
  const bool text = types::is_text(value.type) || types::is_binary(value.type);
  if (!sums || !text || spec_.mariadb || is_whole_number(value.bytes)) return;
  const uint32_t charset = row_[spec_.columns[0].column].charset;
  const Datum shown = datum_from(value, charset, Coercibility::kImplicit);
  warnings_.push_back(
      {kIncorrectValue, fmt::format("Incorrect DOUBLE value: '{}' for column '' at row 1",
                                    shown_in_message(shown))});
}

// As number(), with the server's warning when the text is not wholly one.
Result<double> Aggregate::number_of(const Value& value) {
  if (!types::is_text(value.type) && !types::is_binary(value.type)) return number(value);
  if (spec_.distinct) return number(value);
  const Field& field = row_[spec_.columns[0].column];
  Datum text = datum_from(value, field.charset, Coercibility::kImplicit);
  text.origin = Origin::kColumn;
  Env env;
  env.mariadb = spec_.mariadb;
  env.warnings = &warnings_;
  return to_double(text, Context{{}, env});
}

// Of a number beyond integers, which is the largest of them.
void Aggregate::warn_of_overflow(const std::string& number) {
  if (spec_.mariadb) {
    warnings_.push_back({kOverflow, fmt::format("Got overflow when converting '{}' to INT. Value "
                                                "truncated",
                                                number)});
  } else {
    warnings_.push_back(
        {kTruncatedValue, fmt::format("Truncated incorrect DECIMAL value: '{}'", number)});
  }
}

// The number that operations on bits see: a decimal beyond integers is the largest of them.
Result<uint64_t> Aggregate::bits_of(const Value& value) {
  const Field& field = row_[spec_.columns[0].column];
  if (spec_.columns[0].members) return member_number(value, *spec_.columns[0].members);
  Datum d = datum_from(value, field.charset, Coercibility::kImplicit);
  if (is_date_or_time(value.type) && spec_.mariadb) d.temporal.microsecond = 0;
  if (is_exact(value.type)) {
    constexpr uint32_t kUnsigned = 32;
    const bool is_unsigned = value.type != Type::kDecimal || (field.flags & kUnsigned) != 0;
    const Decimal exact = to_decimal(exact_number(value)).rounded(0);
    if (is_unsigned && !exact.is_negative()) return exact.to_uint64().value_or(UINT64_MAX);
    const std::optional<int64_t> whole = exact.to_int64();
    if (whole) return static_cast<uint64_t>(*whole);
    warn_of_overflow(value.bytes);
    return static_cast<uint64_t>(exact.is_negative() ? INT64_MIN : INT64_MAX);
  }
  if (types::is_float(value.type) && spec_.mariadb && !(std::fabs(to_double(d)) < kIntegersMost))
    warn_of_overflow(value.bytes);
  const bool text = types::is_text(value.type) || types::is_binary(value.type);
  if (!text && spec_.mariadb) return static_cast<uint64_t>(to_int(d));
  d.origin = Origin::kColumn;
  Env env;
  env.mariadb = spec_.mariadb;
  env.warnings = &warnings_;
  return static_cast<uint64_t>(to_int(d, Context{{}, env}));
}

Status Aggregate::add_bits(const Value& value) {
  if (types::is_binary(value.type) && !spec_.mariadb) return add_byte_bits(value);
  const uint64_t bits = VIF_TRY(bits_of(value));
  if (spec_.kind == Kind::kBitAnd) bits_ &= bits;
  if (spec_.kind == Kind::kBitOr) bits_ |= bits;
  if (spec_.kind == Kind::kBitXor) bits_ ^= bits;
  return {};
}

Status Aggregate::add_byte_bits(const Value& value) {
  if (!has_value_) {
    has_value_ = true;
    value_ = {Type::kVarbinary, value.bytes};
    return {};
  }
  if (value.bytes.size() != value_.bytes.size()) {
    return Error(Code::kInvalidArgument, 3513, "HY000",
                 "Binary operands of bitwise operators must be of equal length");
  }
  for (size_t i = 0; i < value.bytes.size(); ++i) {
    char& to = value_.bytes[i];
    const char with = value.bytes[i];
    to = static_cast<char>(spec_.kind == Kind::kBitAnd  ? to & with
                           : spec_.kind == Kind::kBitOr ? to | with
                                                        : to ^ with);
  }
  return {};
}

// Welford's recurrence: one pass, and no difference of great numbers.
void Aggregate::add_deviation(double x) {
  ++count_;
  const double before = mean_;
  mean_ += (x - before) / static_cast<double>(count_);
  squares_ += (x - before) * (x - mean_);
}

Value Aggregate::deviation() const {
  const bool sample = spec_.kind == Kind::kStddevSamp || spec_.kind == Kind::kVarSamp;
  if (count_ <= (sample ? 1u : 0u)) return Value::null();
  double out = squares_ / static_cast<double>(sample ? count_ - 1 : count_);
  if (spec_.kind == Kind::kStddevPop || spec_.kind == Kind::kStddevSamp) out = std::sqrt(out);
  if (field_.decimals <= Decimal::kScaleMax)
    return {Type::kFloat64, fmt::format("{:.{}f}", out, field_.decimals)};
  return {Type::kFloat64, types::double_text(out)};
}

Result<Value> Aggregate::sum_or_average() const {
  if (!has_value_ || (spec_.kind == Kind::kAvg && count_ == 0)) return Value::null();
  const bool average = spec_.kind == Kind::kAvg;
  if (!exact_) {
    const double out = average ? float_sum_ / static_cast<double>(count_) : float_sum_;
    if (field_.decimals <= Decimal::kScaleMax)
      return Value{Type::kFloat64, fmt::format("{:.{}f}", out, field_.decimals)};
    return Value{Type::kFloat64, types::double_text(out)};
  }
  const bool negative = whole_sum_ < 0;
  const auto magnitude = negative ? -static_cast<unsigned __int128>(whole_sum_)
                                  : static_cast<unsigned __int128>(whole_sum_);
  constexpr uint64_t kChunk = 1000000000000000000ull;
  Decimal whole =
      Decimal::from_uint(static_cast<uint64_t>(magnitude / kChunk)) * Decimal::from_uint(kChunk) +
      Decimal::from_uint(static_cast<uint64_t>(magnitude % kChunk));
  const Decimal sum = decimal_sum_ + (negative ? whole.negated() : whole);
  const auto decimals = static_cast<int>(field_.decimals);
  if (!average)
    return Value{Type::kDecimal, sum.rounded(std::max(decimals, sum.scale())).to_string()};
  const int scale = decimals;
  const Decimal quotient = Decimal::divide(sum, Decimal::from_uint(count_), scale + 1);
  return Value{Type::kDecimal, quotient.rounded(scale).to_string()};
}

Result<Value> Aggregate::result() {
  switch (spec_.kind) {
    case Kind::kCountStar:
    case Kind::kCount:
    case Kind::kSumCount: return Value::int64(static_cast<int64_t>(count_));
    case Kind::kBitAnd:
    case Kind::kBitOr:
    case Kind::kBitXor:
      if (field_.type != Type::kVarbinary) return Value::uint64(bits_);
      if (has_value_) return value_;
      // Of no rows: all zeros or all ones, as long as the column is.
      return Value{Type::kVarbinary, std::string(row_[spec_.columns[0].column].column_length,
                                                 spec_.kind == Kind::kBitAnd ? '\xff' : '\0')};
    case Kind::kSum:
    case Kind::kAvg: return sum_or_average();
    case Kind::kStddevPop:
    case Kind::kStddevSamp:
    case Kind::kVarPop:
    case Kind::kVarSamp:
      if (!std::isfinite(squares_) && spec_.mariadb) {
        return Error(Code::kUnimplemented,
                     "VT12001: unsupported: the deviation of such numbers of MariaDB in the gate");
      }
      if (!std::isfinite(squares_)) return double_out_of_range();
      return deviation();
    case Kind::kGroupConcat: return concatenated();
    case Kind::kJsonArrayAgg: return has_value_ ? Value{field_.type, text_ + "]"} : Value::null();
    case Kind::kJsonObjectAgg: return json_object();
    case Kind::kMin:
    case Kind::kMax:
    case Kind::kAnyValue: break;
  }
  if (types::is_number(value_.type)) return Value{value_.type, without_zeros(value_.bytes)};
  if (is_member(value_.type) && spec_.kind != Kind::kAnyValue)
    return Value{field_.type, value_.bytes};
  return value_;
}

}  // namespace vif::eval
