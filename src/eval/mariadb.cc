// What MariaDB 10.11 computes in another way: its own versions of functions, and how it reads bits
// and dates.
#include <algorithm>

#include "eval/function.h"
#include "eval/mariadb.h"
#include "types/float_text.h"

namespace vif::eval {
namespace {

constexpr int kFractionDigits = 6;

// The function that both servers have.
Datum shared(const Call& call, std::span<const Function> functions) {
  const std::string_view name = call.name.substr(kMariadbPrefix.size());
  const auto found = std::find_if(functions.begin(), functions.end(),
                                  [&](const Function& f) { return f.name == name; });
  Call same = call;
  same.name = name;
  return found->evaluate(same);
}

int64_t months_of_period(int64_t period) {
  if (period == 0) return 0;
  int64_t year = period / 100;
  if (year < 70)
    year += 2000;
  else if (year < 100)
    year += 1900;
  return year * 12 + period % 100 - 1;
}

Datum period_add(const Call& call) {
  const Datum period = call.arg(0);
  const Datum months = call.arg(1);
  if (period.is_null() || months.is_null()) return {};
  const int64_t from = to_int(period, call.context);
  constexpr int64_t kMost = 1000000;
  if (from < 0 || from > kMost) refuse("such a period of MariaDB in the gate");
  if (from == 0) return Datum::of_int(0);
  const int64_t total = months_of_period(from) + to_int(months, call.context);
  if (total < 0) refuse("such a period of MariaDB in the gate");
  if (total == 0) return Datum::of_int(0);
  int64_t year = total / 12;
  if (year < 100) year += year < 70 ? 2000 : 1900;
  return Datum::of_int(year * 100 + total % 12 + 1);
}
Datum period_diff(const Call& call) {
  const Datum a = call.arg(0);
  const Datum b = call.arg(1);
  if (a.is_null() || b.is_null()) return {};
  const int64_t x = to_int(a, call.context);
  const int64_t y = to_int(b, call.context);
  constexpr int64_t kMost = 1000000;
  if (x < 0 || y < 0 || x > kMost || y > kMost) refuse("such a period of MariaDB in the gate");
  return Datum::of_int(months_of_period(x) - months_of_period(y));
}

// NULL is no address.
Datum is_address(const Call& call) {
  return call.arg(0).is_null() ? Datum::of_bool(false) : shared(call, net_functions());
}

Datum from_days(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const int64_t days = to_int(d, call.context);
  constexpr int64_t kFirst = 366;
  constexpr int64_t kLast = 3652424;
  return days < kFirst || days > kLast ? Datum::of_date({}) : shared(call, date_functions());
}

Datum bit_count(const Call& call) {
  const Datum d = call.arg(0);
  return d.is_null() ? Datum() : Datum::of_int(__builtin_popcountll(mariadb_bits(d, call.context)));
}

Datum sha2(const Call& call) {
  if (call.arg(1).is_null()) refuse("SHA2 of so many bits of MariaDB in the gate");
  return shared(call, crypto_functions());
}

Datum format_number(const Call& call) {
  const Datum places = call.arg(1);
  if (!places.is_null() && to_int(places) > Decimal::kScaleMax)
    refuse("FORMAT with so many decimals in the gate");
  return shared(call, string_functions());
}

// Its offsets end at +13:00 and -12:59.
bool is_far_offset(const Datum& zone) {
  if (!zone.is_textual() || zone.bytes.empty() || (zone.bytes[0] != '+' && zone.bytes[0] != '-'))
    return false;
  const size_t colon = zone.bytes.find(':');
  if (colon == std::string::npos || colon > 3) return false;
  const int minutes = std::atoi(zone.bytes.substr(1, colon - 1).c_str()) * 60 +
                      std::atoi(zone.bytes.substr(colon + 1).c_str());
  constexpr int kMost = 13 * 60;
  return zone.bytes[0] == '+' ? minutes > kMost : minutes >= kMost;
}
Datum convert_tz(const Call& call) {
  if (is_far_offset(call.arg(1)) || is_far_offset(call.arg(2))) return {};
  return shared(call, clock_functions());
}

Datum from_unixtime(const Call& call) {
  const Datum d = call.arg(0);
  const bool exact = d.is_null() || d.form == Form::kInt || d.form == Form::kUint ||
                     (d.form == Form::kDecimal && d.scale <= kFractionDigits);
  if (!exact) refuse("FROM_UNIXTIME of anything but an exact number of MariaDB in the gate");
  return shared(call, clock_functions());
}
Datum unix_timestamp(const Call& call) {
  if (call.size() == 0) return shared(call, clock_functions());
  const Datum d = call.arg(0);
  if (d.is_number() || d.form == Form::kTime)
    refuse("UNIX_TIMESTAMP of such a value of MariaDB in the gate");
  Datum out = shared(call, clock_functions());
  return out.is_null() || to_double(out) == 0 ? Datum() : out;
}

constexpr int64_t kSecondsMost = 838 * 3600 + 59 * 60 + 59;

Datum sec_to_time(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const bool exact = d.form == Form::kInt || d.form == Form::kUint ||
                     (d.form == Form::kDecimal && d.scale <= kFractionDigits);
  if (!exact || std::abs(to_double(d)) > kSecondsMost)
    refuse("SEC_TO_TIME of such a value of MariaDB in the gate");
  return shared(call, date_functions());
}
Datum time_to_sec(const Call& call) {
  const Datum d = call.arg(0);
  const bool whole = d.is_null() || d.form == Form::kInt || d.form == Form::kUint ||
                     (d.is_temporal() && d.precision == 0);
  if (!whole) refuse("TIME_TO_SEC of such a value of MariaDB in the gate");
  return shared(call, date_functions());
}

Datum timediff(const Call& call) {
  for (size_t i = 0; i < 2; ++i) {
    const Datum d = call.arg(i);
    if (!d.is_null() && !d.is_temporal())
      refuse("TIMEDIFF of anything but dates and times of MariaDB in the gate");
  }
  Datum out = shared(call, time_functions());
  const Temporal& t = out.temporal;
  if (!out.is_null() && t.hour == 838 && t.minute == 59 && t.second == 59)
    refuse("so long a TIMEDIFF of MariaDB in the gate");
  return out;
}

Datum str_to_date(const Call& call) {
  const Datum format = call.arg(1);
  if (!format.is_null() && to_text(format).empty())
    refuse("STR_TO_DATE by such a format of MariaDB in the gate");
  return shared(call, time_functions());
}

Datum year(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_number() && !to_bool(d)) refuse("the year of 0 of MariaDB in the gate");
  Datum out = shared(call, date_functions());
  if (!out.is_null()) out.type = Type::kInt64;
  return out;
}

Datum same_net(const Call& call) { return shared(call, net_functions()); }
Datum same_date(const Call& call) { return shared(call, date_functions()); }

// PCRE and ICU understand these alike.
void check_pattern(const Datum& pattern, const Datum& subject) {
  if (subject.form == Form::kBytes || pattern.form == Form::kBytes)
    refuse("REGEXP on bytes of MariaDB in the gate");
  const std::string text = to_text(pattern);
  bool bracket = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (bracket && c == ']')
      bracket = false;
    else if (bracket && (letter || c == '-' || c == '^'))
      continue;
    else if (!bracket && c == '[')
      bracket = true;
    else if (bracket ||
             !(letter || std::string_view(" ^$.*+|()-_,:;/").find(c) != std::string_view::npos))
      refuse("such a REGEXP of MariaDB in the gate");
  }
  if (bracket) {
    throw SqlError{
        Error(Code::kInvalidArgument, 1139, "42000",
              fmt::format("Regex error 'missing terminating ] for character class at offset {}'",
                          text.size()))};
  }
}
Datum regexp(const Call& call, const Datum& when_empty) {
  const Datum subject = call.arg(0);
  const Datum pattern = call.arg(1);
  if (call.size() > 2)
    refuse(
        fmt::format("{} with more arguments in the gate", call.name.substr(kMariadbPrefix.size())));
  if (!pattern.is_null()) check_pattern(pattern, subject);
  if (subject.is_null() || pattern.is_null()) return {};
  return to_text(pattern).empty() ? when_empty : shared(call, regexp_functions());
}
Datum regexp_like(const Call& call) { return regexp(call, Datum::of_bool(true)); }
Datum regexp_instr(const Call& call) { return regexp(call, Datum::of_int(1)); }

StaticType small_type(const Call&) { return static_type(Type::kInt64); }
StaticType address_type(const Call&) {
  StaticType out = static_type(Type::kInt64);
  out.size = 1;
  out.nullable = false;
  return out;
}
template <std::span<const Function> (*Table)()>
StaticType shared_type(const Call& call) {
  const std::string_view name = call.name.substr(kMariadbPrefix.size());
  const std::span<const Function> functions = Table();
  const auto found = std::find_if(functions.begin(), functions.end(),
                                  [&](const Function& f) { return f.name == name; });
  return found->type(call);
}

constexpr Function kFunctions[] = {
    {"mariadb bit_count", 1, 1, bit_count, small_type},
    {"mariadb convert_tz", 3, 3, convert_tz, shared_type<clock_functions>},
    {"mariadb format", 2, 3, format_number, shared_type<string_functions>},
    {"mariadb from_days", 1, 1, from_days, date_type},
    {"mariadb from_unixtime", 1, 2, from_unixtime, shared_type<clock_functions>},
    {"mariadb inet_aton", 1, 1, same_net, shared_type<net_functions>},
    {"mariadb is_ipv4", 1, 1, is_address, address_type},
    {"mariadb is_ipv4_compat", 1, 1, is_address, address_type},
    {"mariadb is_ipv4_mapped", 1, 1, is_address, address_type},
    {"mariadb is_ipv6", 1, 1, is_address, address_type},
    {"mariadb maketime", 3, 3, same_date, shared_type<date_functions>},
    {"mariadb period_add", 2, 2, period_add, small_type},
    {"mariadb period_diff", 2, 2, period_diff, small_type},
    {"mariadb regexp_instr", 2, 2, regexp_instr, small_type},
    {"mariadb regexp_like", 2, 2, regexp_like, small_type},
    {"mariadb sec_to_time", 1, 1, sec_to_time, shared_type<date_functions>},
    {"mariadb sha2", 2, 2, sha2, shared_type<crypto_functions>},
    {"mariadb str_to_date", 2, 2, str_to_date, shared_type<time_functions>},
    {"mariadb time_to_sec", 1, 1, time_to_sec, small_type},
    {"mariadb timediff", 2, 2, timediff, shared_type<time_functions>},
    {"mariadb unix_timestamp", 0, 1, unix_timestamp, shared_type<clock_functions>},
    {"mariadb year", 1, 1, year, small_type},
};

// Rounded half away from zero, and clamped to the integers of its sign.
uint64_t clamped_bits(const Decimal& d, const Context& context) {
  const Decimal whole = d.rounded(0);
  if (whole.is_negative()) {
    if (const std::optional<int64_t> i = whole.to_int64()) return static_cast<uint64_t>(*i);
    context.warn(1916, fmt::format("Got overflow when converting '{}' to INT. Value truncated",
                                   whole.to_string()));
    return static_cast<uint64_t>(INT64_MIN);
  }
  if (const std::optional<uint64_t> u = whole.to_uint64()) return *u;
  context.warn(1916,
               fmt::format("Got overflow when converting '{}' to UNSIGNED INT. Value truncated",
                           whole.to_string()));
  return UINT64_MAX;
}

// The zero date for what is none.
Temporal date_or_zero(const Datum& d, const Context& context) {
  if (d.form == Form::kDate || d.form == Form::kDatetime) return d.temporal;
  std::optional<types::ParsedTemporal> parsed;
  if (d.form == Form::kTime) {
    parsed = to_datetime(d, context);
  } else if (d.is_textual()) {
    parsed = types::parse_datetime(d.bytes, true);
  } else {
    const Decimal number = to_decimal(d);
    // Up to 100 there is not even a month.
    constexpr int kYearless = 101;
    if (!number.is_negative() &&
        (number.is_zero() || compare(number, Decimal::from_int(kYearless)) >= 0)) {
      parsed = types::datetime_from_number(number, true);
    }
  }
  if (!parsed || !parsed->complete) {
    context.warn(1292, fmt::format("Truncated incorrect {} value: '{}'",
                                   parsed ? "date" : "datetime", to_text(d)));
  }
  return parsed ? parsed->value : Temporal();
}

Temporal time_or_zero(const Datum& d, const Context& context) {
  if (d.form == Form::kTime) return d.temporal;
  const std::optional<types::ParsedTemporal> parsed = to_time(d);
  if (!parsed || !parsed->complete)
    context.warn(1292, fmt::format("Truncated incorrect time value: '{}'", to_text(d)));
  return parsed ? parsed->value : Temporal();
}

}  // namespace

std::span<const Function> mariadb_functions() { return kFunctions; }

bool is_missing_in_mariadb(std::string_view name) {
  constexpr std::string_view kMissing[] = {"any_value",         "bin_to_uuid",       "is_uuid",
                                           "json_storage_free", "json_storage_size", "regexp_like",
                                           "uuid_to_bin"};
  return std::find(std::begin(kMissing), std::end(kMissing), name) != std::end(kMissing);
}

uint64_t mariadb_bits(const Datum& d, const Context& context) {
  if (d.form == Form::kUint) return d.u;
  if (d.form == Form::kInt) return static_cast<uint64_t>(d.i);
  if (d.is_member()) return static_cast<uint64_t>(to_int(d));
  if (d.is_hex_or_bit()) return mariadb_bits(to_number(d), context);
  if (d.form == Form::kFloat) return clamped_bits(Decimal::from_double(d.f), context);
  if (d.is_temporal()) {
    const Datum number = to_number(d);
    return number.form == Form::kDecimal ? clamped_bits(number.decimal, context)
                                         : mariadb_bits(number, context);
  }
  return clamped_bits(d.form == Form::kDecimal ? d.decimal : to_decimal(d, context), context);
}

std::optional<int> compare_mariadb_dates(const Datum& a, const Datum& b, const Context& context) {
  const auto dated = [](const Datum& d) {
    return d.form == Form::kDate || d.form == Form::kDatetime;
  };
  if (dated(a) || dated(b)) {
    if (dated(a) && dated(b)) return std::nullopt;
    return types::compare_datetimes(date_or_zero(a, context), date_or_zero(b, context));
  }
  const bool time = a.form == Form::kTime || b.form == Form::kTime;
  if (!time || (a.form == Form::kTime && b.form == Form::kTime)) return std::nullopt;
  const Datum& other = a.form == Form::kTime ? b : a;
  constexpr double kTimeMost = 8385959;
  if (other.is_number() && std::abs(to_double(other)) > kTimeMost)
    refuse("comparing TIME with such a number of MariaDB in the gate");
  return types::compare_times(time_or_zero(a, context), time_or_zero(b, context));
}

}  // namespace vif::eval
