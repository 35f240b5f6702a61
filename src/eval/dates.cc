// date + INTERVAL, EXTRACT, TIMESTAMPDIFF.
#include <algorithm>
#include <cmath>

#include "eval/mariadb.h"
#include "eval/mariadb_typing.h"
#include "eval/node.h"
#include "eval/static_type.h"
#include "sql/ast_func.h"
#include "types/any_datetime.h"
#include "types/float_text.h"

namespace vif::eval {
namespace {

using Unit = sql::IntervalType;

// The parts of a unit, smallest first: bits in the order microsecond, second, minute, hour, day,
// month, year.
enum Part : unsigned {
  kMicrosecond = 1,
  kSecond = 2,
  kMinute = 4,
  kHour = 8,
  kDay = 16,
  kMonth = 32,
  kYear = 64
};

unsigned parts_of(Unit unit) {
  switch (unit) {
    case Unit::kYear: return kYear;
    case Unit::kQuarter:
    case Unit::kMonth: return kMonth;
    case Unit::kWeek:
    case Unit::kDay: return kDay;
    case Unit::kHour: return kHour;
    case Unit::kMinute: return kMinute;
    case Unit::kSecond: return kSecond;
    case Unit::kMicrosecond: return kMicrosecond;
    case Unit::kYearMonth: return kYear | kMonth;
    case Unit::kDayHour: return kDay | kHour;
    case Unit::kDayMinute: return kDay | kHour | kMinute;
    case Unit::kDaySecond: return kDay | kHour | kMinute | kSecond;
    case Unit::kHourMinute: return kHour | kMinute;
    case Unit::kHourSecond: return kHour | kMinute | kSecond;
    case Unit::kMinuteSecond: return kMinute | kSecond;
    case Unit::kDayMicrosecond: return kDay | kHour | kMinute | kSecond | kMicrosecond;
    case Unit::kHourMicrosecond: return kHour | kMinute | kSecond | kMicrosecond;
    case Unit::kMinuteMicrosecond: return kMinute | kSecond | kMicrosecond;
    case Unit::kSecondMicrosecond: return kSecond | kMicrosecond;
    case Unit::kNone: return kDay;
  }
  return kDay;
}

bool has_time(unsigned parts) { return (parts & (kMicrosecond | kSecond | kMinute | kHour)) != 0; }
bool is_single(unsigned parts) { return (parts & (parts - 1)) == 0; }

struct Amount {
  types::Interval interval;
  int precision = 0;  // fraction digits that it gives to a datetime
};

void add_part(types::Interval& interval, unsigned part, int64_t value, Unit unit) {
  switch (part) {
    case kYear: interval.months += value * 12; break;
    case kMonth: interval.months += unit == Unit::kQuarter ? value * 3 : value; break;
    case kDay: interval.days += unit == Unit::kWeek ? value * 7 : value; break;
    case kHour: interval.seconds += value * 3600; break;
    case kMinute: interval.seconds += value * 60; break;
    case kSecond: interval.seconds += value; break;
    default: interval.microseconds += value; break;
  }
}

struct IntervalField {
  int64_t value = 0;
  size_t digits = 0;
};

// Every run of digits is a field, whatever stands between.
std::vector<IntervalField> fields_of(std::string_view text) {
  std::vector<IntervalField> fields;
  constexpr int64_t kFieldMax = 1000000000000000;
  for (size_t i = 0; i < text.size();) {
    if (text[i] < '0' || text[i] > '9') {
      ++i;
      continue;
    }
    IntervalField& field = fields.emplace_back();
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
      field.value = std::min(field.value * 10 + (text[i] - '0'), kFieldMax);
      ++field.digits;
    }
  }
  return fields;
}

// A fraction's digits as microseconds: "5" is half a second.
int64_t as_microseconds(const IntervalField& field) {
  int64_t value = field.value;
  for (size_t i = field.digits; i < 6; ++i) value *= 10;
  for (size_t i = 6; i < field.digits; ++i) value /= 10;
  return value;
}

// Fields belong to the unit's parts from the right: '1:1' HOUR_SECOND is a minute and a second.
std::optional<types::Interval> from_fields(std::vector<IntervalField> fields, unsigned parts,
                                           Unit unit) {
  types::Interval out;
  if (fields.empty()) return out;
  const int count = __builtin_popcount(parts);
  if (fields.size() > static_cast<size_t>(count)) return std::nullopt;
  for (unsigned part = kMicrosecond; part <= kYear && !fields.empty(); part <<= 1) {
    if ((parts & part) == 0) continue;
    const IntervalField field = fields.back();
    fields.pop_back();
    add_part(out, part, part == kMicrosecond ? as_microseconds(field) : field.value, unit);
  }
  return out;
}

// Seconds with a fraction.
std::optional<Amount> of_seconds(const Decimal& seconds) {
  constexpr int64_t kMicro = 1000000;
  const std::optional<int64_t> whole = seconds.truncated(0).to_int64();
  if (!whole) return std::nullopt;
  Amount out;
  out.interval.seconds = *whole;
  out.interval.microseconds = ((seconds - seconds.truncated(0)) * Decimal::from_int(kMicro))
                                  .truncated(0)
                                  .to_int64()
                                  .value_or(0);
  out.precision = 6;
  return out;
}

std::optional<Amount> from_text(std::string_view text, Unit unit) {
  const unsigned parts = parts_of(unit);
  Amount out;
  if (unit == Unit::kSecond) return of_seconds(Decimal::parse_prefix(text));
  const size_t start = text.find_first_not_of(" \t\n\v\f\r");
  const bool negative = start != std::string_view::npos && text[start] == '-';
  if ((parts & kMicrosecond) != 0) out.precision = 6;
  const std::optional<types::Interval> interval = from_fields(fields_of(text), parts, unit);
  if (!interval) return std::nullopt;
  out.interval = negative ? interval->negated() : *interval;
  return out;
}

std::optional<Amount> amount_of(const Datum& given, Unit unit, bool mariadb) {
  // Of ENUM and SET columns the number counts.
  const Datum value = given.is_member() && unit == Unit::kSecond ? to_number(given) : given;
  const unsigned parts = parts_of(unit);
  const bool text = value.is_textual() && !value.is_hex_or_bit();
  if (text && (unit == Unit::kSecond || !is_single(parts))) return from_text(value.bytes, unit);
  if (!is_single(parts) && value.is_temporal()) return from_text(to_text(value), unit);
  const bool rounds = !mariadb && value.is_temporal() && unit != Unit::kSecond;
  const Datum number = text || rounds ? Datum::of_int(to_int(value)) : to_number(value);
  Amount out;
  if (number.form == Form::kFloat || number.form == Form::kDecimal) {
    const bool exact = number.form == Form::kDecimal;
    if (!is_single(parts) || unit == Unit::kSecond) {
      const Decimal decimal =
          exact ? number.decimal.rounded(number.scale) : Decimal::from_double(number.f);
      std::optional<Amount> amount = from_text(exact ? decimal.to_string() : to_text(number), unit);
      if (unit == Unit::kSecond) amount = of_seconds(decimal);
      if (amount && unit == Unit::kSecond)
        amount->precision = exact ? std::min(number.scale, 6) : 6;
      return amount;
    }
    out.precision = (parts & kMicrosecond) != 0 ? 6 : 0;
    const double rounded = exact ? std::round(to_double(number)) : std::nearbyint(number.f);
    constexpr double kMicrosecondsMost = 1e18;
    if (std::fabs(rounded) > ((parts & kMicrosecond) != 0 ? kMicrosecondsMost : 1e15))
      return std::nullopt;
    add_part(out.interval, parts, static_cast<int64_t>(rounded), unit);
    return out;
  }
  out.precision = (parts & kMicrosecond) != 0 ? 6 : 0;
  constexpr int64_t kMax = 1000000000000000000;
  const int64_t count = to_int(number);
  if (!is_single(parts)) return from_text(to_text(number), unit);
  const bool seconds_or_less = (parts & (kSecond | kMicrosecond)) != 0;
  if (count > kMax || count < -kMax || (!seconds_or_less && std::abs(count) > kMax / 3600))
    return std::nullopt;
  add_part(out.interval, parts, count, unit);
  return out;
}

class DateIntervalNode final : public Operation {
 public:
  DateIntervalNode(std::vector<NodePtr> args, Unit unit, bool subtract, std::string source)
      : Operation(std::move(args)), unit_(unit), subtract_(subtract), source_(std::move(source)) {}

  Datum evaluate(Context& context) const override {
    if (context.env.mariadb) check_mariadb_no_json(args()[0]->type(context), "date_add_interval");
    Datum out = added(context);
    out.computed = !context.env.mariadb && (out.form == Form::kDatetime || out.form == Form::kTime);
    return out;
  }
  // To what is no day of the calendar nothing can be added; MariaDB has no days in the year 0.
  bool is_addable(const Temporal& t, const Context& context) const {
    const bool days = (parts_of(unit_) & (kMonth | kYear)) == 0;
    return types::is_real_date(t) && (t.year > 0 || !days || !context.env.mariadb);
  }
  Datum added(Context& context) const {
    const Datum date = arg(0, context);
    // A time has no such units, whatever it is.
    const bool longer = unit_ == Unit::kWeek || (parts_of(unit_) & (kMonth | kYear)) != 0;
    if (context.env.mariadb && longer && date.is_null() &&
        args()[0]->type(context).type == Type::kTime)
      context.warn(1441, "Datetime function: time field overflow");
    if (date.is_null() && date.source == kCastToReal) (void)to_datetime(date, context);
    if (date.is_null()) return {};
    // What is no date needs no interval.
    std::optional<types::ParsedTemporal> parsed;
    if (!date.is_temporal()) {
      if (const std::optional<std::string> none = no_day_of_mariadb(date, context)) {
        context.warn(1292, fmt::format("Incorrect datetime value: '{}'", *none));
        return {};
      }
      parsed = to_datetime(date, context);
      if (!parsed) return {};
    } else if (date.form != Form::kTime && !is_addable(date.temporal, context)) {
      if (context.env.mariadb && types::is_real_date(date.temporal))
        context.warn(1441, "Datetime function: datetime field overflow");
      else if (context.env.mariadb)
        context.warn(1292, fmt::format("Incorrect datetime value: '{}'", to_text(date)));
      return {};
    }
    if (context.env.mariadb && date.form == Form::kTime && longer) {
      context.warn(1441, "Datetime function: time field overflow");
      return {};
    }
    const bool dated = date.form == Form::kDate || date.form == Form::kDatetime;
    if (context.env.mariadb && dated && (date.temporal.month == 0 || date.temporal.day == 0)) {
      context.warn(1292, fmt::format("Incorrect datetime value: '{}'", to_text(date)));
      return {};
    }
    const Datum value = arg(1, context);
    if (value.is_null()) return {};
    // What single units read is an integer.
    const bool text = value.is_textual() && !value.is_hex_or_bit();
    const bool seconds = unit_ == Unit::kSecond;
    const bool whole = is_single(parts_of(unit_)) && !seconds && !context.env.mariadb;
    if ((text && is_single(parts_of(unit_)) && !seconds) || (whole && value.form == Form::kFloat))
      (void)to_int(value, context);
    if (text && seconds && !value.is_member() && !context.env.mariadb)
      warn_of_seconds(value, context);
    else if (text && seconds && !value.is_member())
      (void)to_decimal(value, context);
    if (!context.env.mariadb) warn_beyond(value, context);
    std::optional<Amount> amount = amount_of(value, unit_, context.env.mariadb);
    if (context.env.mariadb && value.form == Form::kUint && value.u > INT64_MAX) amount.reset();
    const bool time = has_time(parts_of(unit_));
    // What is no interval names the expression, whatever its type.
    // A time has none.
    const bool fraction = seconds && (value.form == Form::kFloat ||
                                      (value.form == Form::kDecimal && value.scale > 0));
    // What is beyond the greatest integer is the greatest; the least has no opposite.
    const bool beyond =
        (value.form == Form::kUint && value.u > INT64_MAX) ||
        (value.form == Form::kDecimal && value.decimal.is_negative() && !is_int64(value));
    if (!amount && date.form == Form::kTime && !is_dated() && !context.env.mariadb) {
      const bool counted = value.is_number() && value.form != Form::kFloat && !beyond;
      return counted && is_single(parts_of(unit_)) ? overflow(date, time, context) : Datum();
    }
    const bool day = date.form == Form::kDate && !time;
    const bool many_parts = text && !is_single(parts_of(unit_));
    if (!amount && !context.env.mariadb && day &&
        (many_parts || (beyond && value.form == Form::kUint)))
      return {};
    if (!amount && !context.env.mariadb &&
        (text || fraction || !is_single(parts_of(unit_)) || (beyond && time))) {
      context.warn(6527, fmt::format("DATETIME value is out of range in '{}'", source_));
      return {};
    }
    // Of what has too many parts nothing is said there.
    const bool many = text && !is_single(parts_of(unit_));
    if (!amount && context.env.mariadb && many) return {};
    if (!amount) return overflow(date, time, context);
    if (subtract_) amount->interval = amount->interval.negated();
    switch (date.form) {
      case Form::kDate: {
        const auto sum = types::add_interval(date.temporal, amount->interval);
        if (!sum) return overflow(date, time, context);
        return time ? Datum::of_datetime(*sum, amount->precision) : Datum::of_date(*sum);
      }
      case Form::kDatetime: {
        const auto sum = types::add_interval(date.temporal, amount->interval);
        if (!sum) return overflow(date, time, context);
        return Datum::of_datetime(*sum, std::max<int>(date.precision, amount->precision));
      }
      case Form::kTime:
        if (!is_dated()) return add_to_time(date, *amount, context);
        if (context.env.mariadb) {
          amount->interval.seconds += amount->interval.days * 86400;
          amount->interval.days = 0;
          return add_to_time(date, *amount, context);
        }
        return add_to_today(date, *amount, context);
      default: {
        // What was computed as a text of a date has a time.
        const bool computed = date.made_of && !context.env.mariadb &&
                              (date.type == Type::kChar || date.made_of->form == Form::kDate);
        const bool document = date.form == Form::kJson && !date.made_of && !context.env.mariadb;
        return add_to_text(*parsed, *amount, time || computed || document, type(context).scale,
                           context);
      }
    }
  }

  StaticType type(Context& context) const override {
    const StaticType t = args()[0]->type(context);
    constexpr int kDigits = 6;
    const int added = (parts_of(unit_) & kMicrosecond) != 0 ? kDigits
                      : unit_ == Unit::kSecond              ? digits_of_seconds(context)
                                                            : 0;
    const int scale = std::max(std::min(t.scale, kDigits), added);
    if (t.type == Type::kDate && !has_time(parts_of(unit_))) return static_type(Type::kDate);
    if (t.type == Type::kTime && !is_dated())
      return static_type(Type::kTime, kBinaryCollation, scale);
    if (context.env.mariadb) return mariadb_type(t, added, context);
    const bool dated = t.type == Type::kDate || t.type == Type::kDatetime ||
                       t.type == Type::kTimestamp || t.type == Type::kTime;
    return dated ? static_type(Type::kDatetime, kBinaryCollation, scale)
                 : static_type(Type::kChar, 255);
  }

 private:
  int digits_of_seconds(Context& context) const {
    const StaticType t = args()[1]->type(context);
    return context.env.mariadb ? mariadb_seconds_digits(t) : seconds_digits(t);
  }
  StaticType mariadb_type(const StaticType& t, int added, Context& context) const {
    const int scale = std::max(time_digits(*args()[0], context, true), added);
    const bool dated =
        t.type == Type::kDate || t.type == Type::kDatetime || t.type == Type::kTimestamp;
    if (dated) return static_type(Type::kDatetime, kBinaryCollation, scale);
    const bool months = unit_ == Unit::kWeek || (parts_of(unit_) & (kMonth | kYear)) != 0;
    if (t.type == Type::kTime)
      return static_type(months ? Type::kDatetime : Type::kTime, kBinaryCollation, scale);
    StaticType out = static_type(Type::kChar, collation_id("utf8mb4_general_ci"), scale);
    constexpr int kLength = 19;
    out.size = kLength + (scale > 0 ? scale + 1 : 0);
    out.fixed = true;
    return out;
  }
  // Of a year, or a number that has no digits before the point.
  static std::optional<std::string> no_day_of_mariadb(const Datum& d, const Context& context) {
    if (!context.env.mariadb || !d.is_number()) return std::nullopt;
    if (d.type == Type::kYear && !d.computed) return fmt::format("{:04}-00-00", to_int(d));
    const double value = to_double(d);
    if (value < 0 || value >= 1) return std::nullopt;
    constexpr double kMicro = 1e6;
    const auto us = static_cast<int>(value * kMicro);
    return us == 0 ? "0000-00-00 00:00:00" : fmt::format("0000-00-00 00:00:00.{:06}", us);
  }
  // `digits`: of MariaDB's text.
  static Datum add_to_text(const types::ParsedTemporal& date, const Amount& amount, bool time,
                           int digits, const Context& context) {
    const auto sum = types::add_interval(date.value, amount.interval);
    if (!sum) return overflow(context);
    const int precision = context.env.mariadb ? digits : sum->microsecond != 0 ? 6 : 0;
    const bool dated = !time && !date.has_time;
    Datum out =
        Datum::of_text(dated ? types::date_text(*sum) : types::datetime_text(*sum, precision), 255);
    out.type = Type::kChar;
    Datum date_of = dated ? Datum::of_date(*sum) : Datum::of_datetime(*sum, precision);
    date_of.computed = !dated && !context.env.mariadb;
    out.made_of = std::make_shared<const Datum>(std::move(date_of));
    return out;
  }

  static bool is_int64(const Datum& number) {
    return to_decimal(number).rounded(0).to_int64().has_value();
  }
  // Of a number of units that is no integer of 64 bits.
  void warn_beyond(const Datum& value, const Context& context) const {
    const bool seconds = unit_ == Unit::kSecond;
    const bool text = value.is_textual() && !value.is_hex_or_bit() && !value.is_member();
    const bool read =
        value.form == Form::kDecimal || (seconds && (value.form == Form::kFloat || text));
    if (!read || !is_single(parts_of(unit_))) return;
    constexpr int kWords = 81;  // nine of nine digits
    Decimal number = to_decimal(value);
    if (number.rounded(0).to_int64()) return;
    if (value.form == Form::kFloat && number.integer_digits() > kWords) {
      (void)to_decimal(value, context);
      number = number.clamped(Decimal::kDigitsMax, 0);
    }
    if (number.integer_digits() > (value.form == Form::kFloat ? kWords : Decimal::kDigitsMax))
      return;
    context.warn(1292, fmt::format("Truncated incorrect DECIMAL value: '{}'", number.to_string()));
  }

  // Seconds are a decimal.
  static void warn_of_seconds(const Datum& value, const Context& context) {
    std::string_view rest;
    (void)Decimal::parse_prefix(value.bytes, &rest);
    const bool none = rest.size() == value.bytes.size();
    if (none || rest.find_first_not_of(" \t\n\v\f\r") != std::string_view::npos)
      context.warn(1292,
                   fmt::format("Truncated incorrect DECIMAL value: '{}'", shown_in_message(value)));
  }

  // The unit has days or more: a time is on the current day then.
  bool is_dated() const { return (parts_of(unit_) & (kDay | kMonth | kYear)) != 0; }

  static Datum overflow(const Context& context) {
    context.warn(1441, "Datetime function: datetime field overflow");
    return {};
  }
  // Of what is a date or a time by its type the server names the expression.
  Datum overflow(const Datum& date, bool time, const Context& context) const {
    if (context.env.mariadb && date.form == Form::kTime) {
      context.warn(1441, "Datetime function: time field overflow");
      return {};
    }
    if (!date.is_temporal() || context.env.mariadb) return overflow(context);
    const bool day = date.form == Form::kDate && !time;
    const bool clock = date.form == Form::kTime && !is_dated();
    if (!day && !clock) return overflow(context);
    const std::string_view type = day ? "DATE" : "TIME";
    context.warn(6527, fmt::format("{} value is out of range in '{}'", type, source_));
    return {};
  }

  Datum add_to_today(const Datum& time, const Amount& amount, const Context& context) const {
    const std::optional<types::ParsedTemporal> today = to_datetime(time, context);
    const auto sum = today ? types::add_interval(today->value, amount.interval) : std::nullopt;
    return sum ? Datum::of_datetime(*sum, std::max<int>(time.precision, amount.precision))
               : overflow(time, true, context);
  }

  Datum add_to_time(const Datum& date, const Amount& amount, const Context& context) const {
    const auto microseconds = [](const Temporal& t) {
      const int64_t us = ((t.hour * 60ll + t.minute) * 60 + t.second) * 1000000 + t.microsecond;
      return t.negative ? -us : us;
    };
    const __int128 sum = static_cast<__int128>(microseconds(date.temporal)) +
                         static_cast<__int128>(amount.interval.seconds) * 1000000 +
                         amount.interval.microseconds;
    const __int128 magnitude = sum < 0 ? -sum : sum;
    const __int128 kTimeMost =
        (838ll * 3600 + 59 * 60 + 59) * 1000000 + (context.env.mariadb ? 999999 : 0);
    const __int128 added =
        static_cast<__int128>(amount.interval.seconds) * 1000000 + amount.interval.microseconds;
    const bool long_step = !context.env.mariadb && (added > kTimeMost || added < -kTimeMost);
    if (magnitude > kTimeMost || long_step) {
      if (!context.env.mariadb) return overflow(date, true, context);
      context.warn(1441, "Datetime function: time field overflow");
      return {};
    }
    const auto us = static_cast<int64_t>(magnitude);
    Temporal t;
    t.negative = sum < 0;
    t.microsecond = static_cast<int>(us % 1000000);
    t.second = static_cast<int>(us / 1000000 % 60);
    t.minute = static_cast<int>(us / 60000000 % 60);
    t.hour = static_cast<int>(us / 3600000000ll);
    return Datum::of_time(t, std::max<int>(date.precision, amount.precision));
  }

  Unit unit_;
  bool subtract_;
  std::string source_;
};

class ExtractNode final : public Operation {
 public:
  ExtractNode(std::vector<NodePtr> args, Unit unit) : Operation(std::move(args)), unit_(unit) {}
  StaticType type(Context& context) const override {
    StaticType out = static_type(Type::kInt64);
    if (context.env.mariadb) {
      out = mariadb_integer_type(mariadb_length(context), false, true);
      if (unit_ == Unit::kDayHour) out.type = Type::kInt32;
      out.signless = unit_ == Unit::kYear || unit_ == Unit::kQuarter || unit_ == Unit::kMonth ||
                     unit_ == Unit::kWeek || unit_ == Unit::kYearMonth;
      return out;
    }
    switch (unit_) {
      case Unit::kYear: out.size = 5; break;
      case Unit::kQuarter: out.size = 2; break;
      case Unit::kHour: out.size = 4; break;
      case Unit::kMicrosecond:
      case Unit::kYearMonth: out.size = 7; break;
      case Unit::kDayHour: out.size = 9; break;
      case Unit::kDayMinute: out.size = 11; break;
      case Unit::kDaySecond: out.size = 13; break;
      case Unit::kDayMicrosecond: out.size = 20; break;
      case Unit::kHourMinute: out.size = 6; break;
      case Unit::kHourSecond: out.size = 8; break;
      case Unit::kHourMicrosecond: out.size = 14; break;
      case Unit::kMinuteSecond: out.size = 5; break;
      case Unit::kMinuteMicrosecond: out.size = 11; break;
      case Unit::kSecondMicrosecond: out.size = 9; break;
      default: out.size = 3; break;
    }
    return out;
  }

  Datum evaluate(Context& context) const override {
    if (context.env.mariadb) check_mariadb_no_json(args()[0]->type(context), "extract");
    const Datum d = arg(0, context);
    if (d.is_null()) return {};
    const unsigned parts = parts_of(unit_);
    if (has_time(parts) && !context.env.mariadb) read_again(context);
    if (context.env.mariadb && (parts & kYear) == 0 && (parts & kMonth) == 0 &&
        unit_ != Unit::kWeek) {
      const std::optional<Temporal> t =
          mariadb_day_time(d, context, (parts & kDay) != 0 && unit_ != Unit::kDayMicrosecond);
      return t ? Datum::of_int(part_of(*t, parts)) : Datum();
    }
    if (context.env.mariadb && d.form == Form::kTime && unit_ != Unit::kWeek)
      return Datum::of_int(0);
    const bool timed =
        has_time(parts) && (!context.env.mariadb || (parts & (kYear | kMonth | kDay)) == 0);
    std::optional<types::ParsedTemporal> day =
        timed && !context.env.mariadb ? dated(d, context.env.mariadb) : std::nullopt;
    // A number of eight digits is a day, though its month have not so many.
    constexpr double kDays = 1e7;
    if (day && d.is_number() && !context.env.mariadb) {
      // A fraction is no time of the day.
      if (const auto number = types::datetime_from_number(to_decimal(d), true)) day = number;
      warn_day_fraction(d, *day, context);
    }
    if (timed && !context.env.mariadb && !day && d.is_number() && to_double(d) >= kDays)
      day = types::datetime_from_number(to_decimal(d), true);
    if (!timed && d.is_number() && is_small(d) && !context.env.mariadb) {
      context.warn(1292, fmt::format("Incorrect datetime value: '{}'", to_text(d)));
      return {};
    }
    const std::optional<types::ParsedTemporal> parsed =
        day     ? day
        : timed ? to_time(d, context)
                : to_datetime(d, context, {true, false});
    if (!parsed) return {};
    const Temporal& t = parsed->value;
    const bool zero = t.year == 0 && t.month == 0 && t.day == 0;
    const bool lost = zero ? !parsed->has_time && has_sql_mode(context, "NO_ZERO_DATE")
                           : t.month > 0 && t.day > 0 && !types::is_real_date(t);
    if (day && d.is_textual() && lost) {
      context.warn(1292, fmt::format("Incorrect datetime value: '{}'", d.bytes));
      return {};
    }
    int week_year = 0;
    const bool weekless = t.month == 0 || t.day == 0 || d.form == Form::kTime;
    const bool nothing = d.form == Form::kTime || (t.year == 0 && t.month == 0 && t.day == 0);
    constexpr int64_t kWeekOfNothing = 613566757;
    if (unit_ == Unit::kWeek && context.env.mariadb && nothing)
      return Datum::of_int(kWeekOfNothing);
    if (unit_ == Unit::kWeek && context.env.mariadb && weekless) {
      refuse("EXTRACT of a week of no date of MariaDB in the gate");
    }
    if (unit_ == Unit::kQuarter) return Datum::of_int((t.month + 2) / 3);
    if (unit_ == Unit::kWeek) return Datum::of_int(types::week_of_year(t, 0, week_year));
    return Datum::of_int(part_of(t, parts));
  }

 private:
  static int64_t part_of(const Temporal& t, unsigned parts) {
    int64_t out = 0;
    const auto append = [&](unsigned part, int64_t value, int64_t base) {
      if ((parts & part) != 0) out = out * base + value;
    };
    append(kYear, t.year, 1);
    append(kMonth, t.month, 100);
    append(kDay, t.day, 100);
    append(kHour, t.hour, 100);
    append(kMinute, t.minute, 100);
    append(kSecond, t.second, 100);
    append(kMicrosecond, t.microsecond, 1000000);
    return t.negative ? -out : out;
  }

  // Days are more digits where they may be hours.
  int mariadb_length(Context& context) const {
    const StaticType t = args()[0]->type(context);
    const bool temporal = t.type == Type::kDate || t.type == Type::kTime ||
                          t.type == Type::kDatetime || t.type == Type::kTimestamp;
    const int days = temporal ? 0 : 5;
    switch (unit_) {
      case Unit::kYear: return 4;
      case Unit::kQuarter: return 1;
      case Unit::kWeek:
      case Unit::kMonth: return 2;
      case Unit::kDay: return 3 + days;
      case Unit::kMicrosecond: return 7;
      case Unit::kYearMonth: return 6;
      case Unit::kDayHour: return 5 + days;
      case Unit::kDayMinute: return 7 + days;
      case Unit::kDaySecond: return 9 + days;
      case Unit::kDayMicrosecond: return 15 + days;
      case Unit::kHourSecond: return 7;
      case Unit::kHourMicrosecond: return 13;
      case Unit::kHourMinute:
      case Unit::kMinuteSecond: return 5;
      case Unit::kMinuteMicrosecond: return 11;
      case Unit::kSecondMicrosecond: return 9;
      default: return 3;
    }
  }

  static constexpr int64_t kFirstDate = 101;  // of the year 2000
  static bool is_small(const Datum& d) {
    const std::optional<int64_t> whole = to_decimal(d).truncated(0).to_int64();
    return whole && *whole > 0 && *whole < kFirstDate && d.type != Type::kYear;
  }

  // What is no date or time is read as a date and then as a time.
  void read_again(Context& context) const {
    if (args()[0]->is_leaf() || !context.env.warnings) return;
    const Type t = args()[0]->type(context).type;
    const bool temporal =
        t == Type::kTime || t == Type::kDate || t == Type::kDatetime || t == Type::kTimestamp;
    if (!temporal) (void)arg(0, context);
  }

  // The value as a date, if it is wholly one.
  static std::optional<types::ParsedTemporal> dated(const Datum& d, bool mariadb) {
    std::optional<types::ParsedTemporal> out;
    if (d.form == Form::kDate || d.form == Form::kDatetime) {
      out = to_datetime(d);
    } else if (d.is_textual() && (!d.is_hex_or_bit() || (!mariadb && d.type != Type::kBit))) {
      out = types::parse_any_datetime(d.bytes);
      if (out && (!out->complete || out->deprecated)) out.reset();
    } else if (d.is_number() && !is_small(d) && d.type != Type::kYear) {
      // As its digits are read, which must be five at least.
      out = types::parse_datetime(to_text(d));
      if (out && !out->complete) out.reset();
    }
    return out;
  }

  Unit unit_;
};

class TimestampDiffNode final : public Operation {
 public:
  TimestampDiffNode(std::vector<NodePtr> args, Unit unit)
      : Operation(std::move(args)), unit_(unit) {}
  StaticType type(Context&) const override { return static_type(Type::kInt64); }

  Datum evaluate(Context& context) const override {
    const std::optional<types::ParsedTemporal> from = to_datetime(arg(0, context), context);
    if (!from) return {};
    const std::optional<types::ParsedTemporal> to = to_datetime(arg(1, context), context);
    if (!to) return {};
    const int64_t us = types::unix_microseconds(to->value) - types::unix_microseconds(from->value);
    switch (unit_) {
      case Unit::kYear: return Datum::of_int(months(from->value, to->value) / 12);
      case Unit::kQuarter: return Datum::of_int(months(from->value, to->value) / 3);
      case Unit::kMonth: return Datum::of_int(months(from->value, to->value));
      case Unit::kWeek: return Datum::of_int(us / (7 * 86400 * 1000000ll));
      case Unit::kDay: return Datum::of_int(us / (86400 * 1000000ll));
      case Unit::kHour: return Datum::of_int(us / (3600 * 1000000ll));
      case Unit::kMinute: return Datum::of_int(us / (60 * 1000000ll));
      case Unit::kSecond: return Datum::of_int(us / 1000000);
      case Unit::kMicrosecond: return Datum::of_int(us);
      default: refuse("TIMESTAMPDIFF of a compound unit");
    }
  }

 private:
  // Whole months between.
  static int64_t months(const Temporal& from, const Temporal& to) {
    if (types::compare_datetimes(from, to) > 0) return -months(to, from);
    int64_t count = (to.year - from.year) * 12ll + to.month - from.month;
    const auto within_month = [](const Temporal& t) {
      return (((t.day * 24ll + t.hour) * 60 + t.minute) * 60 + t.second) * 1000000 + t.microsecond;
    };
    if (within_month(to) < within_month(from)) --count;
    return count;
  }

  Unit unit_;
};

std::vector<NodePtr> list_of(NodePtr a, NodePtr b = nullptr) {
  std::vector<NodePtr> out;
  out.push_back(std::move(a));
  if (b) out.push_back(std::move(b));
  return out;
}

}  // namespace

NodePtr make_date_interval(NodePtr date, NodePtr interval, int unit, bool subtract,
                           std::string source) {
  return std::make_unique<DateIntervalNode>(list_of(std::move(date), std::move(interval)),
                                            static_cast<Unit>(unit), subtract, std::move(source));
}
NodePtr make_extract(int unit, NodePtr date) {
  return std::make_unique<ExtractNode>(list_of(std::move(date)), static_cast<Unit>(unit));
}
NodePtr make_timestamp_diff(int unit, NodePtr from, NodePtr to) {
  return std::make_unique<TimestampDiffNode>(list_of(std::move(from), std::move(to)),
                                             static_cast<Unit>(unit));
}

}  // namespace vif::eval
