#include "eval/column_store.h"

#include <cmath>

#include "eval/compared_side.h"
#include "eval/strictness.h"
#include "eval/time_zone.h"
#include "types/any_datetime.h"

namespace vif::eval {
namespace {

constexpr double kTimesMost = 1e15;  // far beyond any time that is written as a number

bool is_plain_text(const Datum& d) { return d.is_textual() && !d.is_hex_or_bit(); }
// To a column of dates or times a hexadecimal literal is a text.
bool is_stored_text(const Datum& d) { return d.is_textual() && d.type != Type::kBit; }

// A constant of the column's own type that is written out is not stored.
bool is_as_it_is(const Datum& column, const Node& constant, const Datum& d) {
  const bool whole = types::is_integral(column.type) && column.type != Type::kYear;
  if (whole && (d.form == Form::kInt || d.form == Form::kUint) && constant.as_written().is_leaf())
    return true;
  return d.type == column.type && constant.as_written().is_leaf();
}

std::optional<Datum> stored_date(const Datum& column, const Datum& d, const Context& context) {
  Quiet quiet(context);
  std::optional<types::ParsedTemporal> parsed;
  if (d.is_temporal()) {
    parsed = to_datetime(d, quiet.context());
  } else if (is_stored_text(d)) {
    parsed = date_for_column(d, column.type, quiet.context());
    if (parsed && !parsed->complete) parsed.reset();
  } else if (d.is_number() || d.is_hex_or_bit()) {
    // A day that its month has not is taken nevertheless.
    parsed = types::datetime_from_number(to_decimal(to_number(d)), true);
    const bool none = to_decimal(to_number(d)).rounded(column.precision).truncated(0).is_zero();
    if (none && to_double(d) >= 0) parsed = types::ParsedTemporal{};
    if (none && to_double(d) < 0) parsed.reset();
    if (!none && parsed && (parsed->value.month == 0 || parsed->value.day == 0)) parsed.reset();
  }
  const bool zero = parsed && parsed->value == Temporal();
  if (parsed && column.type == Type::kTimestamp && !zero && !takes_timestamp(*parsed, d, context))
    return std::nullopt;
  if (!parsed) return std::nullopt;
  Temporal value = parsed->value;
  if (column.form == Form::kDatetime)
    return Datum::of_datetime(types::datetime_rounded(value, column.precision), column.precision);
  value.hour = value.minute = value.second = value.microsecond = 0;
  return Datum::of_date(value);
}

std::optional<Datum> stored_time(const Datum& column, const Datum& d) {
  std::optional<types::ParsedTemporal> parsed;
  if (d.form == Form::kTime) {
    parsed = types::ParsedTemporal{d.temporal, d.precision, true, true};
  } else if (d.is_temporal()) {
    parsed = to_time(d);
  } else if (is_stored_text(d)) {
    parsed = types::parse_time(d.bytes);
    if (parsed) cut_longest_time(*parsed);
  } else if ((d.is_number() || d.is_hex_or_bit()) && d.type != Type::kYear) {
    const Datum number = to_number(d);
    if (number.form == Form::kUint && number.u > INT64_MAX) return std::nullopt;
    if (std::fabs(to_double(number)) > kTimesMost) return std::nullopt;
    parsed = types::time_from_number(to_decimal(number));
  }
  if (!parsed || !parsed->complete) return std::nullopt;
  return Datum::of_time(types::time_rounded(parsed->value, column.precision), column.precision);
}

constexpr int64_t kTwoDigits = 100;

int64_t with_century(int64_t year) {
  constexpr int64_t kCentury = 2000;
  constexpr int64_t kPivot = 70;
  return year + (year < kPivot ? kCentury : kCentury - kTwoDigits);
}

std::optional<int64_t> year_of(const Datum& d, const Context& context) {
  if (d.is_temporal()) {
    Quiet quiet(context);
    const std::optional<types::ParsedTemporal> day = to_datetime(d, quiet.context());
    if (!day) return std::nullopt;
    const int year = day->value.year;
    return year > 0 && year < kTwoDigits ? with_century(year) : year;
  }
  const bool text = is_plain_text(d);
  constexpr size_t kWide = 8;
  if (!text && d.form == Form::kBytes && d.bytes.size() > kWide) return std::nullopt;
  if (!text && !d.is_number() && !d.is_hex_or_bit()) return std::nullopt;
  int64_t year = text ? to_decimal(d).to_int64().value_or(-1)
                 : d.form == Form::kFloat && std::fabs(d.f) < kTwoDigits ? static_cast<int64_t>(d.f)
                                                                         : to_int(d);
  const bool none = text && d.bytes.size() != 4 && !d.bytes.empty() &&
                    d.bytes.find_first_not_of('0') == std::string::npos;
  return (year > 0 || none) && year < kTwoDigits ? with_century(year) : year;
}

std::optional<Datum> stored_year(const Datum& d, const Context& context) {
  constexpr int64_t kFirst = 1901;
  constexpr int64_t kLast = 2155;
  const std::optional<int64_t> year = year_of(d, context);
  if (!year || *year < kFirst || *year > kLast) return std::nullopt;
  return Datum::of_int(*year);
}

// What is the same as the integer that it becomes.
std::optional<Datum> stored_integer(const Datum& column, const Datum& d) {
  if (d.form == Form::kTuple) return std::nullopt;
  // A document is stored as its text.
  const Decimal exact = d.form == Form::kJson
                            ? to_decimal(Datum::of_text(to_text(d), kUtf8mb4Collation))
                            : to_decimal(d);
  const Decimal whole = exact.rounded(0);
  const std::optional<int64_t> i = whole.to_int64();
  const std::optional<uint64_t> u = whole.to_uint64();
  const bool is_unsigned = types::is_unsigned(column.type);
  if (is_unsigned ? !u : !i) return std::nullopt;
  Datum out = is_unsigned ? Datum::of_uint(*u) : Datum::of_int(*i);
  const bool same =
      d.form == Form::kDecimal ? compare(exact, whole) == 0 : to_double(d) == to_double(out);
  return same ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

std::optional<types::ParsedTemporal> date_for_column(const Datum& text, Type column,
                                                     const Context& context) {
  std::optional<types::ParsedTemporal> out = date_in_mode(text.bytes, context.env.sql_mode);
  if (out || column == Type::kTimestamp) return out;
  out = types::parse_any_datetime(text.bytes);
  if (out && (out->value.month == 0 || out->value.day == 0)) out.reset();
  return out;
}

bool takes_timestamp(const types::ParsedTemporal& read, const Datum& d, const Context& context) {
  const Temporal& t = read.value;
  if (t.day > types::days_in_month(t.year, t.month)) return false;
  if (d.is_number() && !read.has_time && to_double(d) != std::floor(to_double(d))) return false;
  const std::shared_ptr<const TimeZone> zone = TimeZone::find(context.env.time_zone);
  if (!zone) return true;
  constexpr int64_t kMicro = 1000000;
  constexpr int64_t kEnd = int64_t{1} << 31;
  const int64_t utc = zone->to_utc(types::unix_microseconds(t));
  return utc >= kMicro && utc < kEnd * kMicro;
}

Datum column_before_rows(const StaticType& type) {
  Datum out;
  out.type = type.type;
  out.precision = static_cast<uint8_t>(type.scale);
  out.form = type.type == Type::kTime     ? Form::kTime
             : type.type == Type::kDate   ? Form::kDate
             : is_dated(type.type)        ? Form::kDatetime
             : type.type == Type::kUint64 ? Form::kUint
                                          : Form::kInt;
  return out;
}

std::optional<Datum> stored_in(const Datum& column, const Node& constant, const Datum& d,
                               const Context& context) {
  if (d.is_null() || is_as_it_is(column, constant, d)) return std::nullopt;
  switch (column.type) {
    case Type::kDate:
    case Type::kDatetime:
    case Type::kTimestamp: return stored_date(column, d, context);
    case Type::kTime: return stored_time(column, d);
    case Type::kYear: return stored_year(d, context);
    case Type::kInt64:
    case Type::kUint64: return stored_integer(column, d);
    default: return std::nullopt;
  }
}

Datum as_column(const Datum& column, const Node& constant, const Datum& d, const Context& context) {
  const bool dated = column.form == Form::kDate || column.form == Form::kDatetime;
  const bool number = d.is_number() && d.type != Type::kYear;
  if (dated && !number) return d;
  return stored_in(column, constant, d, context).value_or(d);
}

}  // namespace vif::eval
