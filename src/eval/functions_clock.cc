// Between local times, UTC and seconds since 1970.
#include <algorithm>

#include "eval/function.h"
#include "eval/static_type.h"
#include "eval/time_zone.h"
#include "types/any_datetime.h"

namespace vif::eval {
namespace {

using types::ParsedTemporal;

constexpr int64_t kMicro = 1000000;
constexpr int kFractionDigits = 6;

std::shared_ptr<const TimeZone> session_zone(const Call& call) {
  std::shared_ptr<const TimeZone> zone = TimeZone::find(call.context.env.time_zone);
  if (!zone) refuse(fmt::format("the time zone {} in the gate", call.context.env.time_zone));
  return zone;
}

// How many digits a result's fraction has when the argument is of that type; a text's are its own
// when it is constant.
int fraction_digits(const Call& call) {
  const StaticType t = call.arg_type(0);
  if (types::is_text(t.type) || types::is_binary(t.type)) {
    if (!call.args[0]->is_constant()) return kFractionDigits;
    const Datum d = call.arg(0);
    if (d.is_hex_or_bit()) return 0;
    const std::optional<ParsedTemporal> parsed = call.context.env.mariadb
                                                     ? types::parse_datetime(d.bytes, true)
                                                     : types::parse_any_datetime(d.bytes);
    return parsed ? parsed->precision : kFractionDigits;
  }
  if (t.type == Type::kJson && !call.context.env.mariadb) return kFractionDigits;
  if (types::is_float(t.type))
    return t.fixed ? std::min(t.scale, kFractionDigits) : kFractionDigits;
  const bool member = t.type == Type::kEnum || t.type == Type::kSet;
  if (member && !call.context.env.mariadb) return kFractionDigits;
  if (t.type == Type::kDecimal || t.type == Type::kDatetime || t.type == Type::kTimestamp ||
      t.type == Type::kTime) {
    return std::min<int>(t.scale, kFractionDigits);
  }
  return 0;
}

Datum seconds_since_1970(int64_t us, int digits) {
  if (digits == 0) return Datum::of_int(us / kMicro);
  const Decimal exact =
      Decimal::divide(Decimal::from_int(us), Decimal::from_int(kMicro), kFractionDigits);
  Datum out = Datum::of_decimal(exact.truncated(digits), digits);
  out.source = kUnixSeconds;
  return out;
}

Datum unix_timestamp(const Call& call) {
  if (call.size() == 0) return Datum::of_int(call.context.env.now_us / kMicro);
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const int digits = fraction_digits(call);
  if (d.is_number() && !to_bool(d)) return seconds_since_1970(0, digits);
  const std::optional<ParsedTemporal> parsed = to_datetime(d, call.context, {true, false});
  const bool partial = parsed && (parsed->value.month == 0 || parsed->value.day == 0);
  constexpr double kFirstDate = 101;
  if (partial && d.is_number() && to_double(d) < kFirstDate && !call.context.env.mariadb)
    (void)to_datetime(d, call.context);  // for its warning
  if (!parsed || partial) return seconds_since_1970(0, digits);
  const int64_t us = session_zone(call)->to_utc(types::unix_microseconds(parsed->value));
  return seconds_since_1970(us < kMicro || us >= kTimestampEndUs ? 0 : us, digits);
}
StaticType unix_timestamp_type(const Call& call) {
  const int digits = call.size() == 0 ? 0 : fraction_digits(call);
  return digits == 0 ? static_type(Type::kInt64)
                     : static_type(Type::kDecimal, kBinaryCollation, digits);
}

int precision_of(const Datum& d) {
  switch (d.form) {
    case Form::kInt:
    case Form::kUint: return 0;
    case Form::kDecimal: return std::min(d.scale, kFractionDigits);
    case Form::kDate:
    case Form::kDatetime:
    case Form::kTime: return d.precision;
    case Form::kFloat: return d.scale > 0 ? std::min(d.scale, kFractionDigits) : kFractionDigits;
    default: return d.is_hex_or_bit() ? 0 : kFractionDigits;
  }
}

// The server's decimals have no more digits.
std::string shown_decimal(const Decimal& d) {
  return d.integer_digits() > Decimal::kDigitsMax ? d.clamped(Decimal::kDigitsMax, 0).to_string()
                                                  : d.to_string();
}

std::optional<Datum> from_seconds(const Call& call, const Datum& d) {
  const Decimal seconds =
      d.form == Form::kDecimal ? d.decimal.rounded(d.scale) : to_decimal(d, call.context);
  constexpr int kDigitsMost = 18;
  const bool beyond = seconds.integer_digits() > kDigitsMost;
  const bool whole = d.form == Form::kInt || d.form == Form::kUint || d.is_hex_or_bit();
  if (beyond && !whole && !call.context.env.mariadb)
    call.context.warn(
        1292, fmt::format("Truncated incorrect DECIMAL value: '{}'", shown_decimal(seconds)));
  const std::optional<int64_t> us = (seconds * Decimal::from_int(kMicro)).rounded(0).to_int64();
  if (!us || *us < 0 || *us >= kTimestampEndUs) return std::nullopt;
  const int64_t local = session_zone(call)->to_local(*us);
  return Datum::of_datetime(types::from_unix_microseconds(local), precision_of(d));
}

Datum from_unixtime(const Call& call) {
  const Datum d = operand(call.arg(0), *call.args[0], call.context);
  if (d.is_null()) return {};
  const std::optional<Datum> at = from_seconds(call, d);
  if (call.size() == 1) return at ? *at : Datum();
  const Datum format = call.arg(1);
  if (!at || format.is_null()) return {};
  return format_date(at->temporal, format, call);
}
StaticType from_unixtime_type(const Call& call) {
  if (call.size() > 1) {
    StaticType out = static_type(Type::kVarchar, call.collation);
    const StaticType format = call.arg_type(1);
    if (types::is_text(format.type) || format.type == Type::kEnum || format.type == Type::kSet)
      out.coercibility = format.coercibility;
    return out;
  }
  const StaticType t = call.arg_type(0);
  const bool hex = t.type == Type::kHexNum || t.type == Type::kHexVal || t.type == Type::kBitNum;
  const bool temporal = t.type == Type::kDate || t.type == Type::kTime ||
                        t.type == Type::kDatetime || t.type == Type::kTimestamp;
  const int digits = types::is_integral(t.type) || hex || t.type == Type::kNull ? 0
                     : t.type == Type::kDecimal || temporal
                         ? std::min<int>(t.scale, kFractionDigits)
                     : types::is_float(t.type) && !call.context.env.mariadb ? seconds_digits(t)
                                                                            : kFractionDigits;
  return static_type(Type::kDatetime, kBinaryCollation, digits);
}

Datum convert_tz(const Call& call) {
  const bool mariadb = call.context.env.mariadb;
  Datum d = mariadb ? call.arg(0) : Datum();
  const Datum from_name = call.arg(1);
  const Datum to_name = call.arg(2);
  if ((mariadb && d.is_null()) || from_name.is_null() || to_name.is_null()) return {};
  const std::shared_ptr<const TimeZone> from = TimeZone::find(to_text(from_name));
  const std::shared_ptr<const TimeZone> to = TimeZone::find(to_text(to_name));
  if (!from || !to || to_text(from_name).empty() || to_text(to_name).empty()) return {};
  if (!mariadb) d = call.arg(0);
  if (d.is_null()) return {};
  const std::optional<ParsedTemporal> parsed = to_datetime(d, call.context);
  if (!parsed || parsed->value.month == 0 || parsed->value.day == 0) return {};
  const int64_t utc = from->to_utc(types::unix_microseconds(parsed->value));
  // What TIMESTAMP cannot hold is left as it is.
  const int digits = d.form == Form::kJson ? kFractionDigits : parsed->precision;
  if (utc < kMicro || utc >= kTimestampEndUs) return Datum::of_datetime(parsed->value, digits);
  return Datum::of_datetime(types::from_unix_microseconds(to->to_local(utc)), digits);
}
StaticType convert_tz_type(const Call& call) {
  return static_type(Type::kDatetime, kBinaryCollation,
                     time_digits(*call.args[0], call.context, true));
}

// GET_FORMAT: the format that a part of the world writes dates in.
Datum get_format(const Call& call) {
  struct Known {
    std::string_view standard;
    std::string_view date;
    std::string_view time;
    std::string_view datetime;
  };
  constexpr Known kKnown[] = {{"usa", "%m.%d.%Y", "%h:%i:%s %p", "%Y-%m-%d %H.%i.%s"},
                              {"jis", "%Y-%m-%d", "%H:%i:%s", "%Y-%m-%d %H:%i:%s"},
                              {"iso", "%Y-%m-%d", "%H:%i:%s", "%Y-%m-%d %H:%i:%s"},
                              {"eur", "%d.%m.%Y", "%H.%i.%s", "%Y-%m-%d %H.%i.%s"},
                              {"internal", "%Y%m%d", "%H%i%s", "%Y%m%d%H%i%s"}};
  const std::string kind = to_text(call.arg(0));
  const Datum standard = call.arg(1);
  if (standard.is_null()) return {};
  std::string name = to_text(standard);
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const Known& known : kKnown) {
    if (known.standard != name) continue;
    return Datum::of_text(std::string(kind == "date"   ? known.date
                                      : kind == "time" ? known.time
                                                       : known.datetime),
                          call.collation);
  }
  return {};
}
StaticType get_format_type(const Call& call) {
  StaticType out = static_type(Type::kVarchar, call.collation);
  constexpr int kLongest = 17;
  out.size = kLongest;
  return out;
}

constexpr Function kFunctions[] = {
    {"get_format", 2, 2, get_format, get_format_type},
    {"unix_timestamp", 0, 1, unix_timestamp, unix_timestamp_type},
    {"from_unixtime", 1, 2, from_unixtime, from_unixtime_type},
    {"convert_tz", 3, 3, convert_tz, convert_tz_type},
};

}  // namespace

std::span<const Function> clock_functions() { return kFunctions; }

}  // namespace vif::eval
