// Times added and subtracted, and dates read and written by a format.
#include <algorithm>
#include <cstdlib>

#include "eval/clock_time.h"
#include "eval/compared_side.h"
#include "eval/function.h"
#include "eval/mariadb.h"
#include "eval/offset_text.h"
#include "eval/static_type.h"
#include "eval/str_to_date.h"
#include "eval/strictness.h"
#include "types/any_datetime.h"

namespace vif::eval {
namespace {

using types::ParsedTemporal;

constexpr int64_t kMicro = 1000000;
constexpr int kFractionDigits = 6;
constexpr int64_t kTimeMaxUs = (838ll * 3600 + 59 * 60 + 59) * kMicro;

// A time or a datetime, whichever the value says; microseconds of a time, or since 1970.
struct Moment {
  bool dated = false;
  int64_t us = 0;
  int precision = 0;
  Temporal date = {};  // of what is dated, as it was read
};

// As a text is read when it may be either: a date, but for what is a time and only with a
// deprecated delimiter a date.
std::optional<Moment> moment_of_text(const Datum& d, const Call& call) {
  const std::string& text = d.bytes;
  if (!call.context.env.mariadb && offset_text(text)) {
    const std::optional<ParsedTemporal> local = to_datetime(d, call.context);
    if (!local) return std::nullopt;
    return Moment{true, types::unix_microseconds(local->value), local->precision, local->value};
  }
  const std::optional<ParsedTemporal> whole = types::parse_any_datetime(text);
  const std::optional<ParsedTemporal> time = types::parse_time(text);
  const bool timed = whole && whole->deprecated && time && time->complete && !time->deprecated;
  if (whole && !timed && !call.context.env.mariadb) warn_deprecated(d, *whole, call.context);
  if (whole && !timed)
    return Moment{true, types::unix_microseconds(whole->value), whole->precision, whole->value};
  const std::string shown = call.context.env.mariadb ? text : shown_in_message(d);
  if (!time) {
    call.context.warn(1292, fmt::format("Incorrect datetime value: '{}'", shown));
    return std::nullopt;
  }
  const bool blank = !call.context.env.mariadb && text.find_first_of(" \t\n\v\f\r") == 0;
  if (!time->complete || blank)
    call.context.warn(1292, fmt::format("Truncated incorrect time value: '{}'", shown));
  return Moment{false, clock_us(time->value), time->precision};
}

// Bytes that are no digits.
bool is_binary_literal(const Datum& d) {
  return d.form == Form::kBytes && d.is_hex_or_bit() && d.type != Type::kBit &&
         d.bytes.find_first_of("0123456789") == std::string::npos;
}

std::optional<Moment> moment_of(const Datum& d, const Call& call) {
  switch (d.form) {
    case Form::kNull: return std::nullopt;
    case Form::kDate:
    case Form::kDatetime:
      return Moment{true, types::unix_microseconds(d.temporal), d.precision, d.temporal};
    case Form::kTime: return Moment{false, clock_us(d.temporal), d.precision};
    case Form::kJson:
      if (!call.context.env.mariadb)
        return moment_of_text(Datum::of_text(to_text(d), kJsonCollation), call);
      [[fallthrough]];
    case Form::kText:
    case Form::kBytes:
      if (!d.is_hex_or_bit() || (!call.context.env.mariadb && d.type != Type::kBit))
        return moment_of_text(d, call);
      [[fallthrough]];
    default: {
      // A year's number is read as any other.
      Datum plain = d;
      if (plain.type == Type::kYear) plain.type = Type::kInt64;
      // To whom what is unsigned is signed.
      if (d.form == Form::kUint && d.u > INT64_MAX && !call.context.env.mariadb)
        plain = Datum::of_int(d.i);
      const Decimal number = to_decimal(d);
      const int digits = d.form == Form::kDecimal ? std::min(d.scale, kFractionDigits)
                         : d.form == Form::kFloat ? kFractionDigits
                                                  : 0;
      constexpr int64_t kDated = 10000000;
      const std::optional<int64_t> size = number.truncated(0).to_int64();
      const bool beyond = !size && (d.form == Form::kFloat || d.form == Form::kDecimal);
      if ((beyond || is_binary_literal(d)) && !call.context.env.mariadb) {
        call.context.warn(1292, fmt::format("Incorrect datetime value: '{}'", shown_in_message(d)));
        return std::nullopt;
      }
      const bool timed = size && *size < 0 && !call.context.env.mariadb;
      const bool short_number = size && -kDated < *size && *size < kDated;
      if (!size || timed || short_number) {
        // Of a column it is a datetime that it is none of.
        const bool column =
            d.origin == Origin::kColumn && !call.context.env.mariadb && !(size && *size < 0);
        Quiet quiet(call.context);
        const std::optional<ParsedTemporal> time =
            to_time(plain, column ? quiet.context() : call.context);
        if (!time && column)
          call.context.warn(1292,
                            fmt::format("Incorrect datetime value: '{}'", shown_in_message(d)));
        return time ? std::optional(Moment{false, clock_us(time->value), digits}) : std::nullopt;
      }
      const std::optional<ParsedTemporal> whole =
          to_datetime(d, call.context, {false, false, true});
      return whole ? std::optional(
                         Moment{true, types::unix_microseconds(whole->value), digits, whole->value})
                   : std::nullopt;
    }
  }
}

// A text that is a date or a time to whoever asks for a number.
Datum text_of(const Datum& temporal, const Call& call) {
  Datum out = Datum::of_text(to_text(temporal), call.collation);
  out.made_of = std::make_shared<const Datum>(temporal);
  return out;
}

bool is_day_or_more(Type t) {
  return t == Type::kDate || t == Type::kDatetime || t == Type::kTimestamp;
}

// An integer is made of its number, whose rounding carries nothing.
Datum sum_of(Datum d) {
  d.computed = true;
  return d;
}

// An argument that may be either: a number that is no constant of the statement is looked at
// twice.
Datum either_arg(const Call& call, size_t i) {
  const bool twice = call.context.env.warnings && !call.context.env.mariadb &&
                     !call.args[i]->is_leaf() && types::is_number(call.arg_type(i).type);
  if (twice) (void)call.arg(i);
  return call.arg(i);
}

Datum add_time(const Call& call, int sign) {
  const Datum base = either_arg(call, 0);
  const bool mariadb = call.context.env.mariadb;
  if (base.is_null() && !mariadb) return {};
  const Datum mariadb_more = mariadb ? call.arg(1) : Datum();
  if (base.is_null() || (mariadb && mariadb_more.is_null())) return {};
  const std::optional<Moment> a = moment_of(base, call);
  if (!a) return {};
  const Datum more = mariadb ? mariadb_more : call.arg(1);
  if (more.is_null()) return {};
  if (a->dated && !types::is_real_date(a->date)) {
    const std::string_view what =
        base.is_number() ? "Incorrect datetime" : "Truncated incorrect date";
    call.context.warn(1292, fmt::format("{} value: '{}'", what, to_text(base)));
    return {};
  }
  // Of a datetime, its time.
  const std::optional<ParsedTemporal> added = to_time(more, call.context);
  if (!added) return {};
  const Moment other{false, clock_us(added->value), added->precision};
  const Moment* b = &other;
  const int64_t us = a->us + sign * b->us;
  const int precision =
      std::max(shown_digits(call, 0, a->precision), shown_digits(call, 1, b->precision));
  const bool text = !base.is_temporal();
  // A text shows all six digits or none.
  const int shown = text ? (us % kMicro != 0 ? kFractionDigits : 0) : precision;
  if (!a->dated) {
    const int64_t kept = std::clamp(us, -kTimeMaxUs, kTimeMaxUs);
    if (kept != us)
      call.context.warn(6527, fmt::format("TIME value is out of range in '{}'", call.source));
    if (kept != us && !text) return {};
    const Temporal t = clock_of(kept);
    if (text) return text_of(sum_of(Datum::of_time(t, shown)), call);
    return sum_of(Datum::of_time(t, precision));
  }
  const Temporal t = types::from_unix_microseconds(us);
  if (t.year < 0 || t.year > 9999) {
    call.context.warn(6527, fmt::format("DATETIME value is out of range in '{}'", call.source));
    return {};
  }
  if (text) return text_of(sum_of(Datum::of_datetime(t, shown)), call);
  return sum_of(Datum::of_datetime(t, precision));
}
Datum addtime(const Call& call) { return add_time(call, 1); }
Datum subtime(const Call& call) { return add_time(call, -1); }

StaticType addtime_type(const Call& call) {
  const StaticType t = call.arg_type(0);
  const int scale = std::max(t.scale, time_digits(*call.args[1], call.context));
  if (is_day_or_more(t.type)) return static_type(Type::kDatetime, kBinaryCollation, scale);
  if (t.type == Type::kTime) return static_type(Type::kTime, kBinaryCollation, scale);
  return static_type(Type::kChar, call.collation);
}

StaticType timediff_type(const Call& call) {
  return static_type(
      Type::kTime, kBinaryCollation,
      std::max(time_digits(*call.args[0], call.context), time_digits(*call.args[1], call.context)));
}
Datum timediff(const Call& call) {
  const Datum left = either_arg(call, 0);
  const bool mariadb = call.context.env.mariadb;
  const Datum mariadb_right = mariadb ? either_arg(call, 1) : Datum();
  if (left.is_null() || (mariadb && mariadb_right.is_null())) return {};
  const std::optional<Moment> a = moment_of(left, call);
  if (!a) return {};
  const Datum right = mariadb ? mariadb_right : either_arg(call, 1);
  if (right.is_null()) return {};
  const std::optional<Moment> b = moment_of(right, call);
  if (!b || a->dated != b->dated) return {};
  const int64_t us = a->us - b->us;
  const int64_t kept = std::clamp(us, -kTimeMaxUs, kTimeMaxUs);
  const int precision = timediff_type(call).scale;
  if (kept != us) {
    call.context.warn(1292, fmt::format("Truncated incorrect time value: '{}'",
                                        types::time_text(clock_of(us), precision)));
  }
  return Datum::of_time(clock_of(kept), precision);
}

Datum timestamp_function(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const bool cast = call.size() == 1 && !call.context.env.mariadb;
  const DateRule rule = {cast && takes_zeros(call.context), false, false, cast};
  const std::optional<ParsedTemporal> parsed = to_datetime(d, call.context, rule);
  if (!parsed) return {};
  if (call.size() == 1)
    return Datum::of_datetime(parsed->value, shown_digits(call, 0, parsed->precision));
  const std::optional<ParsedTemporal> time = to_time(call.arg(1), call.context);
  if (!time) return {};
  const Temporal t = types::from_unix_microseconds(types::unix_microseconds(parsed->value) +
                                                   clock_us(time->value));
  // A day of the year 0 may be reached, but not left.
  const bool mysql = !call.context.env.mariadb;
  const bool first_year = mysql && t.year == 0 && t.month > 0;
  if (mysql && !first_year && t.year < 1 && parsed->value.year == 0) return {};
  if ((t.year < 1 && !first_year) || t.year > 9999) {
    if (mysql)
      call.context.warn(6527, fmt::format("DATETIME value is out of range in '{}'", call.source));
    return {};
  }
  return sum_of(Datum::of_datetime(t, std::max(shown_digits(call, 0, parsed->precision),
                                               shown_digits(call, 1, time->precision))));
}
StaticType timestamp_type(const Call& call) {
  int scale = time_digits(*call.args[0], call.context, true);
  if (call.size() > 1) scale = std::max(scale, time_digits(*call.args[1], call.context));
  return static_type(Type::kDatetime, kBinaryCollation, scale);
}

// Whether a letter of the format needs a date.
bool asks_for_date(std::string_view pattern) {
  for (size_t i = 0; i + 1 < pattern.size(); ++i) {
    if (pattern[i] != '%') continue;
    if (std::string_view("aWMbYymcDdejUuVvXxw").find(pattern[++i]) != std::string_view::npos)
      return true;
  }
  return false;
}

Datum time_format(const Call& call) {
  const Datum d = either_arg(call, 0);
  const Datum format = call.arg(1);
  const bool mysql = !call.context.env.mariadb;
  const bool either = mysql && (d.is_number() || d.is_textual() || d.form == Form::kJson);
  // It is read, whatever the format is.
  if (either && format.is_null()) (void)moment_of(d, call);
  if (d.is_null() || format.is_null()) return {};
  const std::string pattern = to_text(format);
  std::optional<ParsedTemporal> parsed;
  if (either) {
    const std::optional<Moment> moment = moment_of(d, call);
    if (!moment) return {};
    parsed = ParsedTemporal{moment->dated ? moment->date : clock_of(moment->us), moment->precision,
                            true};
  } else {
    parsed = to_time(d, call.context);
  }
  if (!parsed) return {};
  const bool dated = d.form == Form::kDate || d.form == Form::kDatetime;
  if (dated) parsed->value = d.temporal;
  if (call.context.env.mariadb && asks_for_date(pattern)) return {};
  // A time has no names, no weeks and no day of the year, even of a date.
  for (size_t i = 0; i + 1 < pattern.size(); ++i) {
    if (pattern[i] != '%') continue;
    if (std::string_view("aWMbDjUuVvwXx").find(pattern[++i]) != std::string_view::npos) return {};
  }
  Datum out = format_date(parsed->value, format, call);
  if (parsed->value.negative && !out.is_null()) out.bytes.insert(0, 1, '-');
  return out;
}
StaticType format_type(const Call& call) { return static_type(Type::kVarchar, call.collation); }

bool is_timed_only(const FormatParts& parts) { return parts.time && !parts.beyond_days; }
Datum str_to_date(const Call& call) {
  const Datum d = call.arg(0);
  const Datum format = call.arg(1);
  if (d.is_null() || format.is_null()) return {};
  if (!call.args[1]->is_constant()) refuse("STR_TO_DATE by a format that varies in the gate");
  const std::string text = to_text(d);
  const FormatParts parts = parts_of_format(to_text(format));
  const bool timed_only = is_timed_only(parts);
  std::optional<size_t> clock_at;
  std::optional<FormattedDate> read = read_by_format(text, to_text(format), &clock_at);
  const bool zero_refused =
      has_sql_mode(call.context, "NO_ZERO_DATE") || has_sql_mode(call.context, "NO_ZERO_IN_DATE");
  // Days without a month are hours, where zeros may be.
  if (read && timed_only && !call.context.env.mariadb && read->value.day != 0 && zero_refused)
    read.reset();
  if (read && !timed_only) {
    const Temporal& t = read->value;
    const bool zero = t.year == 0 || t.month == 0 || t.day == 0;
    const bool whole = (t.year | t.month | t.day) == 0;
    const bool parts_refused =
        call.context.env.mariadb ? has_sql_mode(call.context, "NO_ZERO_IN_DATE") : zero_refused;
    if (zero && (whole ? has_sql_mode(call.context, "NO_ZERO_DATE") : parts_refused)) read.reset();
    const bool checked = !call.context.env.mariadb && t.month > 0;
    const bool any_day = allows_any_day(call.context.env.sql_mode);
    if (read && checked && !any_day && t.day > types::days_in_month(t.year, t.month)) read.reset();
  }
  if (!read) {
    // What a format within the format does not fit is told of alone.
    const bool in_clock = clock_at && !call.context.env.mariadb;
    const std::string rest = in_clock ? text.substr(*clock_at) : text;
    call.context.warn(1411,
                      fmt::format("Incorrect {} value: '{}' for function str_to_date",
                                  in_clock ? "time" : "datetime",
                                  call.context.env.mariadb ? mariadb_argument_shown(d)
                                                           : rest.substr(0, rest.find('\0'))));
    return {};
  }
  if (!read->complete) {
    call.context.warn(1292,
                      fmt::format("Truncated incorrect {} value: '{}'",
                                  timed_only   ? "time"
                                  : parts.time ? "datetime"
                                               : "date",
                                  call.context.env.mariadb ? mariadb_bytes_shown(text) : text));
  }
  const int digits = parts.fraction ? kFractionDigits : 0;
  if (timed_only) {
    read->value.hour += read->value.day * 24;
    return Datum::of_time(read->value, digits);
  }
  if (!parts.time) return Datum::of_date(read->value);
  const Datum out = Datum::of_datetime(read->value, digits);
  return call.context.env.mariadb ? out : sum_of(out);
}
StaticType str_to_date_type(const Call& call) {
  const Datum format = call.args[1]->is_constant() ? call.arg(1) : Datum();
  if (format.is_null()) return static_type(Type::kDatetime, kBinaryCollation, kFractionDigits);
  const FormatParts parts = parts_of_format(to_text(format));
  const int digits = parts.fraction ? kFractionDigits : 0;
  return static_type(is_timed_only(parts) ? Type::kTime
                     : parts.time         ? Type::kDatetime
                                          : Type::kDate,
                     kBinaryCollation, digits);
}

constexpr Function kFunctions[] = {
    {"addtime", 2, 2, addtime, addtime_type},
    {"subtime", 2, 2, subtime, addtime_type},
    {"timediff", 2, 2, timediff, timediff_type},
    {"timestamp", 1, 2, timestamp_function, timestamp_type},
    {"time_format", 2, 2, time_format, format_type},
    {"str_to_date", 2, 2, str_to_date, str_to_date_type},
};

}  // namespace

std::span<const Function> time_functions() { return kFunctions; }

}  // namespace vif::eval
