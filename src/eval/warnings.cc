// Conversions that say what they lost.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "eval/charsets.h"
#include "eval/json_datum.h"
#include "eval/mariadb.h"
#include "eval/offset_text.h"
#include "eval/strictness.h"
#include "eval/time_zone.h"
#include "types/any_datetime.h"
#include "types/float_text.h"

namespace vif::eval {

bool Context::first_time(const void* constant) const {
  std::vector<const void*>* told = env.told;
  if (!told || !env.warnings) return true;
  if (std::find(told->begin(), told->end(), constant) != told->end()) return false;
  told->push_back(constant);
  return true;
}

namespace {

constexpr int kTruncatedValue = 1292;
constexpr int kInvalidJsonCast = 3156;
constexpr size_t kShownMax = 128;  // what a message shows of a value

bool is_blank(std::string_view rest) {
  return rest.find_first_not_of(" \t\n\v\f\r") == std::string_view::npos;
}

// Behind a number: blanks are something to MariaDB.
bool is_left_over(std::string_view rest, const Context& context) {
  return context.env.mariadb ? !rest.empty() : !is_blank(rest);
}

// What is in a column is shown as it is, up to a NUL; what is no UTF-8 of it is a replacement
// character.
std::string shown_raw(std::string_view bytes, size_t most = kShownMax) {
  std::string out;
  bytes = bytes.substr(0, std::min(bytes.find('\0'), most));
  for (size_t bad = 0; !is_utf8mb4(bytes, bad);) {
    out += bytes.substr(0, bad);
    out += "\xef\xbf\xbd";
    bytes.remove_prefix(bad + 1);
  }
  return out + std::string(bytes);
}

std::string shown(const Datum& d, size_t most = kShownMax, bool mariadb = false) {
  std::string out;
  if (d.form != Form::kBytes) {
    for (size_t i = 0; i < d.bytes.size() && out.size() < most; ++i) {
      const auto byte = static_cast<unsigned char>(d.bytes[i]);
      const bool wide = byte >= 0xf0;
      constexpr std::string_view kShown = "\t\n\r";
      const bool control = byte < 0x20 && kShown.find(d.bytes[i]) == std::string_view::npos;
      if (byte == 0 && !mariadb) break;
      if (control && mariadb) {
        out += fmt::format("\\{:04X}", byte);
        continue;
      }
      out += wide ? '?' : d.bytes[i];
      if (wide) i += 3;
    }
    return out;
  }
  for (const char c : d.bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte >= 0x20 && byte < 0x7f ? std::string(1, c) : fmt::format("\\x{:02X}", byte);
  }
  return out.substr(0, most);
}

void warn_truncated(const Datum& d, std::string_view type, const Context& context) {
  // A column of fixed length is shown as what is in no column.
  const bool raw = d.origin == Origin::kColumn && d.type != Type::kBinary &&
                   (!context.env.mariadb || d.form != Form::kBytes);
  const bool own = raw && d.form == Form::kText && d.type != Type::kChar && !context.env.mariadb;
  const size_t most = context.env.mariadb ? kShownMax + 1 : kShownMax;
  std::string text = own   ? shown_raw(own_bytes(d), most)
                     : raw ? shown_raw(d.bytes, most)
                           : shown(d, most, context.env.mariadb);
  if (context.env.mariadb) text = cut_mariadb_value(std::move(text));
  context.warn(kTruncatedValue, fmt::format("Truncated incorrect {} value: '{}'", type, text));
}

// Of ENUM and SET columns the number counts.
bool is_plain_text(const Datum& d) {
  return d.is_textual() && !d.is_hex_or_bit() && !d.is_member();
}

// Of TEXT and BLOB columns numbers are read without a look at what is left.
bool is_long_column(const Datum& d) {
  return d.origin == Origin::kColumn && (d.type == Type::kText || d.type == Type::kBlob);
}

// With all the digits that it takes.
std::string shown_double(double value) {
  const std::string text = to_text(Datum::of_float(value));
  double read = 0;
  const bool exact =
      std::from_chars(text.data(), text.data() + text.size(), read).ec == std::errc() &&
      read == value;
  return exact ? text : types::double_text(value);
}

// Of a double that is more than nine words of nine digits, the digits before the exponent.
void warn_wide(const Datum& d, const Context& context) {
  constexpr double kMost = 1e81;
  if (std::fabs(d.f) < kMost || context.env.mariadb) return;
  const std::string text = shown_double(d.f);
  context.warn(kTruncatedValue, fmt::format("Truncated incorrect DECIMAL value: '{}'",
                                            text.substr(0, text.find('e'))));
}

// A literal is read by its own rule, a column by its field's; of what a function made only a text
// without any digits warns.
void warn_decimal(const Datum& d, bool none, bool partly, const Context& context) {
  if (context.env.mariadb) {
    if (none || partly) warn_truncated(d, "DECIMAL", context);
    return;
  }
  if (none && d.origin == Origin::kBits) return warn_truncated(d, "DECIMAL", context);
  if (none && d.origin != Origin::kLiteral && d.origin != Origin::kSearched)
    context.warn(1366, "Incorrect DECIMAL value: '0' for column '' at row -1");
  const bool given = d.origin == Origin::kLiteral || d.origin == Origin::kColumn;
  if ((none || partly) && given && !is_long_column(d)) warn_truncated(d, "DECIMAL", context);
}

void warn_json(const Datum& d, std::string_view type, const Context& context) {
  context.warn(
      kInvalidJsonCast,
      fmt::format("Invalid JSON value for CAST to {} from column {} at row 1", type, d.source));
}

// Of a JSON number that leaves the integers.
void warn_json_beyond(const Datum& d, const Context& context) {
  const types::Json& json = *d.json;
  const auto leaves = [](const Decimal& n) {
    return n.is_negative() ? !n.to_int64() : !n.to_uint64();
  };
  bool beyond = false;
  if (json.kind() == types::Json::Kind::kDouble) {
    constexpr double kEnd = 9223372036854775808.0;
    beyond = !(std::fabs(std::rint(json.real())) < kEnd);
  } else if (json.kind() == types::Json::Kind::kString) {
    beyond = leaves(Decimal::parse_prefix(json.string()));
  } else if (json.kind() == types::Json::Kind::kDecimal &&
             leaves(json.decimal().value.rounded(0))) {
    const types::Json::Exact& exact = json.decimal();
    context.warn(kTruncatedValue,
                 fmt::format("Truncated incorrect DECIMAL value: '{}'",
                             to_text(Datum::of_decimal(exact.value, exact.scale))));
  }
  if (beyond)
    context.warn(3155,
                 fmt::format("Out of range JSON value for CAST to INTEGER from column {} at row 1",
                             d.source));
}

// A hexadecimal literal of more than eight bytes is no number.
void warn_long_hex(const Datum& d, const Context& context) {
  constexpr size_t kBytes = 8;
  const bool literal = d.form == Form::kBytes && d.is_hex_or_bit() && d.type != Type::kBit;
  if (!literal || d.bytes.size() <= kBytes || context.env.mariadb) return;
  if (d.bytes.find_first_not_of('\0') >= d.bytes.size() - kBytes) return;
  std::string hex;
  for (const char c : d.bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  context.warn(kTruncatedValue, fmt::format("Truncated incorrect BINARY value: 'x'{}''", hex));
}

}  // namespace

double to_double(const Datum& d, const Context& context) {
  if (d.form == Form::kBytes) warn_long_hex(d, context);
  if (d.made_of)
    return d.source == kJsonExtract ? to_double(*d.made_of) : to_double(*d.made_of, context);
  if (d.json) {
    bool exact = false;
    const double out = json_double(*d.json, exact);
    if (!exact) warn_json(d, "DOUBLE", context);
    return out;
  }
  if (!is_plain_text(d)) return to_double(d);
  std::string_view rest;
  const double out = types::parse_double_prefix(d.bytes, &rest);
  const bool empty = context.env.mariadb && rest.size() == d.bytes.size();
  const bool beyond = std::fabs(out) == std::numeric_limits<double>::max() &&
                      d.bytes.find("79769313486231570") == std::string::npos;
  const bool silent = (is_long_column(d) || d.is_silent()) && !context.env.mariadb;
  if (!silent && (is_left_over(rest, context) || empty || beyond))
    warn_truncated(d, "DOUBLE", context);
  return out;
}

void warn_rounded_over(const Datum& d, const Context& context) {
  constexpr int kHalf = 500000;
  const Temporal& t = d.temporal;
  const bool last = t.year == 9999 && t.month == 12 && t.day == 31 && t.hour == 23 &&
                    t.minute == 59 && t.second == 59;
  if (last && t.microsecond >= kHalf)
    context.warn(1441, "Datetime function: datetime field overflow");
}

Datum to_number(const Datum& d, const Context& context) {
  warn_long_hex(d, context);
  // A date that was a time, or a decimal that was an integer.
  if (d.made_of && (d.is_temporal() || d.form == Form::kDecimal)) {
    const Datum number = to_number(*d.made_of, context);
    const int scale = d.is_temporal() ? d.precision : d.scale;
    const bool decimal = scale > 0 || d.form == Form::kDecimal;
    return decimal ? Datum::of_decimal(to_decimal(number), scale) : number;
  }
  if (d.made_of && d.is_hex_or_bit()) return to_number(*d.made_of);
  // Beside text the kind of number is a text's.
  if (d.made_of) return Datum::of_float(to_double(d, context));
  if (d.json || is_plain_text(d)) return Datum::of_float(to_double(d, context));
  // There members are integers, and bits are unsigned.
  if (context.env.mariadb && d.is_member()) return Datum::of_int(to_int(d));
  Datum out = to_number(d);
  if (context.env.mariadb && d.type == Type::kBitNum && out.form == Form::kInt)
    out = Datum::of_uint(out.u);
  return out;
}

Decimal to_decimal(const Datum& d, const Context& context) {
  if (d.form == Form::kBytes) warn_long_hex(d, context);
  if (d.made_of) return to_decimal(*d.made_of, context);
  if (d.json) {
    bool exact = false;
    Decimal out = json_decimal(*d.json, exact);
    if (!exact) warn_json(d, "DECIMAL", context);
    return out;
  }
  if (d.form == Form::kFloat) warn_wide(d, context);
  if (!is_plain_text(d)) return to_decimal(d);
  std::string_view rest;
  Decimal out = Decimal::parse_prefix(d.bytes, &rest);
  constexpr int kDigitsMost = 81;  // nine words of nine
  if (out.integer_digits() > kDigitsMost && d.origin == Origin::kLiteral && !context.env.mariadb) {
    const size_t end = std::min(d.bytes.find_first_of("eE"), d.bytes.size());
    context.warn(kTruncatedValue, fmt::format("Truncated incorrect DECIMAL value: '{}'",
                                              std::string_view(d.bytes).substr(0, end)));
    warn_truncated(d, "DECIMAL", context);
    return out;
  }
  // Digits that an exponent moved beyond all places are lost.
  const bool lost = !context.env.mariadb && out.is_zero() &&
                    d.bytes.substr(0, d.bytes.find_first_of("eE")).find_first_of("123456789") !=
                        std::string::npos &&
                    rest.size() != d.bytes.size();
  warn_decimal(d, rest.size() == d.bytes.size(), lost || is_left_over(rest, context), context);
  return out;
}

int64_t to_int(const Datum& d, const Context& context) {
  if (d.form == Form::kBytes) warn_long_hex(d, context);
  if (d.made_of && d.numbers_only && d.made_of->form == Form::kDatetime)
    return to_int(whole_seconds(*d.made_of), context);
  if (d.made_of) return to_int(*d.made_of, context);
  if (d.json) {
    bool exact = false;
    const int64_t out = json_int(*d.json, exact);
    if (!exact) warn_json(d, "INTEGER", context);
    if (exact) warn_json_beyond(d, context);
    return out;
  }
  // Beyond the integers a FLOAT column is what the processor makes of it.
  constexpr double kIntegersEnd = 9223372036854775808.0;
  if (!context.env.mariadb && d.form == Form::kFloat && d.type == Type::kFloat32 &&
      d.origin == Origin::kColumn && d.f >= kIntegersEnd)
    return INT64_MIN;
  if (context.env.mariadb &&
      (d.is_temporal() || d.form == Form::kFloat || d.form == Form::kDecimal)) {
    Env silent = context.env;
    if (d.form == Form::kFloat && d.origin == Origin::kLiteral) silent.warnings = nullptr;
    return mariadb_integer(d, false, {context.row, silent}).i;
  }
  if (d.is_temporal() && !d.computed && d.origin != Origin::kColumn &&
      d.temporal.microsecond != 0 && truncates_fractions(context.env.sql_mode)) {
    Datum whole = d;
    whole.temporal.microsecond = 0;
    return to_int(whole);
  }
  // The server's own conversion tells of these only.
  constexpr double kLeast = -9223372036854775808.0;
  constexpr double kEnd = 9223372036854775808.0;
  const bool least = d.f == kLeast && d.source == kCastToReal && !context.env.mariadb;
  if (d.form == Form::kFloat && d.computed && (least || !(d.f >= kLeast && d.f < kEnd))) {
    out_of_range("BIGINT",
                 d.f < 0 ? fmt::format("-({})", to_text(Datum::of_float(-d.f))) : to_text(d));
  }
  if (d.form == Form::kFloat && d.f < kLeast)
    context.warn(kTruncatedValue,
                 fmt::format("Truncated incorrect INTEGER value: '{}'", shown_double(d.f)));
  if (d.form == Form::kDecimal && !d.decimal.rounded(0).to_int64()) {
    context.warn(kTruncatedValue,
                 fmt::format("Truncated incorrect DECIMAL value: '{}'", d.decimal.to_string()));
  }
  if (d.form == Form::kDatetime) warn_rounded_over(d, context);
  if (is_plain_text(d)) {
    const std::string_view text = d.bytes;
    size_t at = std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size());
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const size_t digits = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    const Decimal whole = integer_prefix(text);
    const bool within = whole.to_int64() || whole.to_uint64();
    const bool silent = (is_long_column(d) || d.is_silent()) && !context.env.mariadb;
    if (!silent && (at == digits || is_left_over(text.substr(at), context) || !within))
      warn_truncated(d, "INTEGER", context);
    // What a function of texts made is a signed one.
    const bool made = d.origin == Origin::kComputed && !context.env.mariadb;
    if (made && !silent && !whole.to_int64() && whole.to_uint64())
      context.warn(
          1105,
          "Cast to signed converted positive out-of-range integer to its negative complement");
  }
  return to_int(d);
}

bool to_bool(const Datum& d, const Context& context) {
  if (d.form == Form::kBytes) warn_long_hex(d, context);
  if (context.env.mariadb && (d.form == Form::kDate || d.form == Form::kDatetime))
    return to_double(d) != 0;
  // To MariaDB a column's text is a decimal there.
  if (context.env.mariadb && d.origin == Origin::kColumn && is_plain_text(d)) {
    (void)to_decimal(d, context);
    return to_double(d) != 0;
  }
  return is_plain_text(d) || d.json ? to_double(d, context) != 0 : to_bool(d);
}

Temporal local_now(const Context& context) {
  const std::shared_ptr<const TimeZone> zone = TimeZone::find(context.env.time_zone);
  if (!zone) refuse(fmt::format("the time zone {} in the gate", context.env.time_zone));
  return types::from_unix_microseconds(zone->to_local(context.env.now_us));
}

namespace {

// "2020-01-01 10:11:12+02:00" in the session's time zone. False for what has no such end; `out` is
// empty for an offset that is none.
bool with_offset(std::string_view text, const Context& context,
                 std::optional<types::ParsedTemporal>& out) {
  const std::optional<OffsetText> parts = offset_text(text);
  if (!parts) return false;
  out = types::parse_datetime(parts->local);
  const std::shared_ptr<const TimeZone> zone = TimeZone::find(context.env.time_zone);
  if (!parts->seconds || !zone) out.reset();
  if (!out) return true;
  constexpr int64_t kMicro = 1000000;
  const int64_t utc = types::unix_microseconds(out->value) - *parts->seconds * kMicro;
  out->value = types::from_unix_microseconds(zone->to_local(utc));
  return true;
}

}  // namespace

namespace {

std::string shown_delimiter(char c) {
  switch (c) {
    case '\t': return "\\t";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\0': return "\\0";
    default: return std::string(1, c);
  }
}

}  // namespace

void warn_deprecated(const Datum& d, const types::ParsedTemporal& parsed, const Context& context) {
  if (!parsed.deprecated || !d.is_textual() || context.env.mariadb) return;
  const types::DeprecatedDelimiter& bad = *parsed.deprecated;
  const std::string what =
      fmt::format("Delimiter '{}' in position {} in datetime value '{}' at row 1 is ",
                  shown_delimiter(bad.delimiter), bad.at, shown(d));
  if (bad.standard == '\0')
    context.warn(4096, what + "superfluous and is deprecated. Please remove.");
  else
    context.warn(4095, what + fmt::format("deprecated. Prefer the standard '{}'.", bad.standard));
}

namespace {

// What was no date: numbers are integers, with a sign, or doubles of all their digits.
std::string shown_date(const Datum& d, bool date_only, const Context& context) {
  if (d.is_textual()) return shown(d);
  if (context.env.mariadb) return to_text(d);
  if (d.form == Form::kUint) return std::to_string(d.i);
  // With its own digits, not its type's; seconds have six.
  if (d.form == Form::kDecimal && d.source == kUnixSeconds) {
    const bool whole = (d.decimal - d.decimal.truncated(0)).is_zero();
    return to_text(Datum::of_decimal(d.decimal, whole ? 0 : 6));
  }
  if (d.form == Form::kDecimal && d.computed && d.decimal.is_zero()) return "0";
  if (d.form == Form::kDecimal) return d.decimal.to_string();
  if (d.form != Form::kFloat) return to_text(d);
  constexpr double kMost = 9e18;
  if (!date_only || std::fabs(d.f) > kMost) return shown_double(d.f);
  return std::to_string(static_cast<int64_t>(d.f));
}

}  // namespace

bool takes_zeros(const Context& context) {
  const std::string_view mode = context.env.sql_mode;
  return context.env.mariadb || (allows_zero_dates(mode) && allows_zero_parts(mode));
}

// A double's fraction is what its bits say, up to nanoseconds; a decimal's its digits.
static Decimal read_by_nanoseconds(const Datum& d) {
  constexpr double kWholeMost = 9e15;
  if (d.form != Form::kFloat || std::fabs(d.f) > kWholeMost) return to_decimal(d);
  constexpr double kNano = 1e9;
  constexpr int kNanoDigits = 9;
  const double whole = std::trunc(d.f);
  const auto nanoseconds = static_cast<int64_t>((d.f - whole) * kNano);
  const std::string text =
      fmt::format("{}{}.{:09}", d.f < 0 ? "-" : "", static_cast<int64_t>(std::fabs(whole)),
                  nanoseconds < 0 ? -nanoseconds : nanoseconds);
  return Decimal::parse_prefix(text).rounded(kNanoDigits);
}

// CAST(NULL AS DOUBLE) is the number 0 to who asks for a date.
static bool is_real_null(const Datum& d, const Context& context) {
  return d.is_null() && d.source == kCastToReal && !context.env.mariadb;
}

void warn_day_fraction(const Datum& d, const types::ParsedTemporal& parsed,
                       const Context& context) {
  if (context.env.mariadb || parsed.has_time || !d.is_number()) return;
  const Decimal number = read_by_nanoseconds(d);
  const Decimal whole = number.truncated(0);
  if (whole.is_zero() || (number - whole).is_zero()) return;
  context.warn(kTruncatedValue,
               fmt::format("Truncated incorrect date value: '{}'", shown_date(d, false, context)));
}

static types::NumberCast number_cast(const DateRule& rule, const Context& context) {
  const std::string_view mode = context.env.sql_mode;
  return {rule.date_only, allows_zero_parts(mode), allows_zero_dates(mode), allows_any_day(mode)};
}

static std::optional<types::ParsedTemporal> date_of_text(std::string_view text,
                                                         const DateRule& rule,
                                                         const Context& context) {
  const std::string_view mode = context.env.sql_mode;
  text = with_kept_digits(text, mode);
  const bool zeros = rule.zeros || rule.cast;
  if (!allows_any_day(mode) || (!zeros && !rule.any_day)) {
    std::optional<types::ParsedTemporal> out = types::parse_datetime(text, zeros);
    const bool partial = out && (out->value.month == 0 || out->value.day == 0) &&
                         (out->value.year | out->value.month | out->value.day) != 0;
    if (partial && rule.cast && !allows_zero_parts(mode)) out.reset();
    if (out && rule.cast && !partial && out->value.month == 0 && !allows_zero_dates(mode))
      out.reset();
    return out;
  }
  std::optional<types::ParsedTemporal> out = types::parse_any_datetime(text);
  if (out && !zeros && (out->value.month == 0 || out->value.day == 0)) out.reset();
  return out;
}

static std::optional<types::ParsedTemporal> datetime_of_number(const Datum& d, const DateRule& rule,
                                                               const Context& context) {
  if (rule.date_only && d.form == Form::kDecimal && !d.decimal.truncated(0).to_int64()) {
    context.warn(kTruncatedValue, fmt::format("Truncated incorrect DECIMAL value: '{}'",
                                              d.decimal.truncated(0).to_string()));
  }
  const Decimal number = context.env.mariadb ? to_decimal(d) : read_by_nanoseconds(d);
  std::optional<types::ParsedTemporal> out =
      rule.cast ? types::cast_from_number(number, number_cast(rule, context))
                : types::datetime_from_number(number, rule.zeros || rule.any_day, rule.date_only);
  // A negative fraction is no datetime, though its whole part is the zero date.
  if (!rule.cast && !rule.date_only && number.is_negative() && !context.env.mariadb) out.reset();
  if (out && !rule.cast && !rule.zeros && (out->value.month == 0 || out->value.day == 0))
    out.reset();
  if (out && d.form == Form::kFloat) out->precision = 6;
  return out;
}

std::optional<types::ParsedTemporal> to_datetime(const Datum& d, const Context& context,
                                                 DateRule rule) {
  if (is_real_null(d, context)) return to_datetime(Datum::of_float(0), context, rule);
  // What is of another text is only a number.
  if (d.made_of && !d.numbers_only && d.source != kJsonExtract &&
      !(context.env.mariadb && d.made_of->is_textual()))
    return to_datetime(*d.made_of, context, rule);
  if (context.env.mariadb && d.form != Form::kJson)
    return mariadb_datetime(d, context, rule.zeros, rule.cast);
  if (d.form == Form::kTime) {
    // On the current day, and beyond it for more than 24 hours.
    Temporal today = local_now(context);
    const Temporal& t = d.temporal;
    // A date sees what a whole day or more, or a negative time, adds to the current time.
    constexpr int kDayHours = 24;
    const bool from_now = rule.date_only && (t.negative || t.hour >= kDayHours);
    if (!from_now) today.hour = today.minute = today.second = today.microsecond = 0;
    const int64_t seconds = (t.hour * 60ll + t.minute) * 60 + t.second;
    const types::Interval time = {0, 0, seconds, t.microsecond};
    const std::optional<Temporal> sum =
        types::add_interval(today, t.negative ? time.negated() : time);
    return sum ? std::optional(types::ParsedTemporal{*sum, d.precision, true, true}) : std::nullopt;
  }
  std::optional<types::ParsedTemporal> out;
  if (d.form == Form::kJson) {
    out = json_temporal(*d.json, false);
    if (!out) warn_json(d, rule.date_only ? "DATE" : "DATETIME/TIMESTAMP", context);
    return out;
  }
  if (d.is_textual()) {
    if (!with_offset(d.bytes, context, out)) out = date_of_text(d.bytes, rule, context);
  } else if (d.is_number() && d.type == Type::kYear && !d.computed) {
    out = to_datetime(d);
  } else if (d.is_number()) {
    out = datetime_of_number(d, rule, context);
  } else {
    out = to_datetime(d);
    // A column's, which may have no month or no day.
    if (out && !rule.zeros && !types::is_real_date(out->value)) return std::nullopt;
  }
  const bool zero = out && out->value.year == 0 && out->value.month == 0 && out->value.day == 0;
  const bool parts =
      rule.zeros && out &&
      (out->value.hour | out->value.minute | out->value.second | out->value.microsecond) != 0;
  if (zero && !parts && d.is_textual() && has_sql_mode(context, "NO_ZERO_DATE")) out.reset();
  if (d.is_null() || (out && out->complete)) {
    if (out) warn_deprecated(d, *out, context);
    if (out && !rule.date_only && !rule.cast) warn_day_fraction(d, *out, context);
    return out;
  }
  const bool dated = rule.date_only || (out && !out->has_time);
  const std::string_view type = dated ? "date" : "datetime";
  constexpr double kIntegerEnd = 9223372036854775808.0;
  const bool beyond = rule.date_only && d.form == Form::kFloat && std::fabs(d.f) >= kIntegerEnd &&
                      !context.env.mariadb;
  const bool whole =
      (d.form == Form::kInt || d.form == Form::kUint || d.form == Form::kFloat) && !beyond;
  if (whole || (!out && !rule.date_only)) {
    context.warn(kTruncatedValue, fmt::format("Incorrect datetime value: '{}'",
                                              shown_date(d, rule.date_only, context)));
  } else {
    context.warn(kTruncatedValue,
                 fmt::format("Truncated incorrect {} value: '{}'", type,
                             d.is_textual()             ? shown(d)
                             : d.form == Form::kDecimal ? shown_date(d, rule.date_only, context)
                                                        : to_text(d)));
  }
  if (out) warn_deprecated(d, *out, context);
  return out;
}

std::string shown_in_message(const Datum& value) {
  return value.is_textual() ? shown(value) : to_text(value);
}

void warn_unless_date(const Datum& text, bool date_only, const std::optional<std::string>& name,
                      const Context& context) {
  const std::string bytes = text.is_textual() ? text.bytes : to_text(text);
  std::optional<types::ParsedTemporal> parsed;
  if (!with_offset(bytes, context, parsed)) parsed = date_in_mode(bytes, context.env.sql_mode);
  const bool zero =
      parsed && parsed->value.year == 0 && parsed->value.month == 0 && parsed->value.day == 0;
  if (zero && has_sql_mode(context, "NO_ZERO_DATE")) parsed.reset();
  if (parsed) warn_deprecated(text, *parsed, context);
  if (parsed && parsed->complete) return;
  const std::string_view type = date_only ? "date" : "datetime";
  if (!name) {
    context.warn(kTruncatedValue,
                 fmt::format("Truncated incorrect {} value: '{}'", type, shown_in_message(text)));
    return;
  }
  context.warn(kTruncatedValue, fmt::format("Incorrect {} value: '{}' for column '{}' at row 1",
                                            type, shown_in_message(text),
                                            shown(Datum::of_text(*name, kUtf8mb4Collation))));
}

std::optional<types::ParsedTemporal> to_time(const Datum& d, const Context& context) {
  if (is_real_null(d, context)) return to_time(Datum::of_float(0), context);
  if (d.made_of && !d.numbers_only && d.source != kJsonExtract &&
      !(context.env.mariadb && d.made_of->is_textual()))
    return to_time(*d.made_of, context);
  if (d.form == Form::kJson) {
    std::optional<types::ParsedTemporal> out = json_temporal(*d.json, true);
    if (!out) warn_json(d, "TIME", context);
    return out;
  }
  if (context.env.mariadb) return mariadb_time(d, context);
  std::optional<types::ParsedTemporal> out;
  if (!d.is_textual() || d.is_hex_or_bit() || !with_offset(d.bytes, context, out)) {
    const bool real = d.form == Form::kFloat && std::fabs(d.f) <= 1e15;
    const bool text = d.is_textual() && !d.is_hex_or_bit();
    out = real   ? types::time_from_number(read_by_nanoseconds(d))
          : text ? types::parse_time(with_kept_digits(d.bytes, context.env.sql_mode))
                 : to_time(d);
    if (out && real) out->precision = 6;
  }
  if (out && d.is_textual()) cut_longest_time(*out);
  if (!d.is_null() && (!out || !out->complete)) {
    const std::string number = d.form == Form::kUint    ? std::to_string(d.i)
                               : d.form == Form::kFloat ? shown_double(d.f)
                                                        : to_text(d);
    context.warn(kTruncatedValue, fmt::format("Truncated incorrect time value: '{}'",
                                              d.is_textual() ? shown(d) : number));
  }
  const bool blank = d.is_textual() && d.bytes.find_first_of(" \t\n\v\f\r") == 0;
  if (blank && out && out->deprecated && out->deprecated->standard == '\0') out->deprecated.reset();
  if (blank && !(out && out->deprecated)) {
    types::ParsedTemporal first;
    first.deprecated = types::DeprecatedDelimiter{0, d.bytes[0], '\0'};
    warn_deprecated(d, first, context);
  }
  if (out) warn_deprecated(d, *out, context);
  return out;
}

namespace {

// A column has had its say when what is beside it was stored.
void warn_of_no_date(const Datum& date, const Datum& text, const Context& context) {
  const bool dated = date.form == Form::kDate || date.form == Form::kDatetime;
  if (!dated || !text.is_textual() || text.json || date.origin == Origin::kColumn ||
      text.type == Type::kBit || context.env.mariadb)
    return;
  const std::optional<types::ParsedTemporal> parsed = types::parse_datetime(text.bytes);
  if (parsed && parsed->complete) return;
  const std::string_view type = date.form == Form::kDate ? "date" : "datetime";
  context.warn(kTruncatedValue,
               fmt::format("Truncated incorrect {} value: '{}'", type, shown(text)));
}

}  // namespace

// A text without a month or a day beside a date, where sql_mode takes it for one.
static std::optional<Datum> zero_date_beside(const Datum& text, const Datum& date,
                                             const Context& context) {
  const bool dated = date.form == Form::kDate || date.form == Form::kDatetime;
  if (!dated || !is_plain_text(text) || context.env.mariadb) return std::nullopt;
  if (!allows_zero_parts(context.env.sql_mode)) return std::nullopt;
  const auto parsed = types::parse_datetime(text.bytes, true);
  if (!parsed || types::is_real_date(parsed->value)) return std::nullopt;
  return Datum::of_datetime(parsed->value, parsed->precision);
}

int compare_datums(const Datum& a, const Datum& b, const Context& context) {
  if (const auto date = zero_date_beside(a, b, context)) return compare_datums(*date, b);
  if (const auto date = zero_date_beside(b, a, context)) return compare_datums(a, *date);
  // Bytes that are no text stay what they are there, and equal none.
  const bool mixed = context.env.mariadb && a.is_textual() && b.is_textual() && a.form != b.form &&
                     a.type != Type::kBit && b.type != Type::kBit;
  size_t bad = 0;
  if (mixed && !is_utf8mb4((a.form == Form::kBytes ? a : b).bytes, bad))
    return a.bytes < b.bytes ? -1 : 1;
  const auto is_integer = [](const Datum& d) {
    return d.form == Form::kInt || d.form == Form::kUint;
  };
  // Beside integers its hexadecimal literals are whole numbers, whatever they are made of.
  const auto is_bits = [](const Datum& d) {
    return d.form == Form::kBytes && d.is_hex_or_bit() && d.type != Type::kBit;
  };
  if (context.env.mariadb && is_bits(a) && is_integer(b))
    return compare_datums(to_number(a, context), b);
  if (context.env.mariadb && is_bits(b) && is_integer(a))
    return compare_datums(a, to_number(b, context));
  // Beside its integers a text is a decimal to MariaDB.
  const auto as_decimal = [&](const Datum& text) {
    const Decimal value = to_decimal(text, context);
    return Datum::of_decimal(value, value.scale());
  };
  if (context.env.mariadb && is_integer(a) && is_plain_text(b) && a.type != Type::kYear)
    return compare_datums(a, as_decimal(b));
  if (context.env.mariadb && is_integer(b) && is_plain_text(a) && b.type != Type::kYear)
    return compare_datums(as_decimal(a), b);
  const auto warn_of_text = [&](const Datum& number, const Datum& text) {
    if (!number.is_number() || !is_plain_text(text)) return;
    if (context.env.mariadb && (number.form == Form::kInt || number.form == Form::kUint))
      (void)to_decimal(text, context);
    else
      (void)to_double(text, context);
  };
  warn_of_text(a, b);
  warn_of_text(b, a);
  const auto warn_of_bits = [&](const Datum& bits, const Datum& text) {
    if (bits.type != Type::kBit || !is_plain_text(text)) return;
    if (context.env.mariadb)
      (void)to_decimal(text, context);
    else
      (void)to_double(text, context);
  };
  warn_of_bits(a, b);
  warn_of_bits(b, a);
  if (context.env.mariadb) {
    if (const std::optional<int> order = compare_mariadb_dates(a, b, context)) return *order;
  }
  warn_of_no_date(a, b, context);
  warn_of_no_date(b, a, context);
  const bool dates =
      a.is_temporal() && b.is_temporal() && (a.form == Form::kTime) != (b.form == Form::kTime);
  if (!dates) return compare_datums(a, b);
  const std::optional<types::ParsedTemporal> x = to_datetime(a, context);
  const std::optional<types::ParsedTemporal> y = to_datetime(b, context);
  if (!x || !y) refuse("comparing TIME with a date in the gate");
  return types::compare_datetimes(x->value, y->value);
}

bool equal_times(const Datum& a, const Datum& b, const Context& context, bool none_is_zero) {
  const std::optional<types::ParsedTemporal> x = to_time(a, context);
  const std::optional<types::ParsedTemporal> y = to_time(b, context);
  if (!none_is_zero && (!x || !y)) return false;
  return types::compare_times(x ? x->value : Temporal(), y ? y->value : Temporal()) == 0;
}

void cut_longest_time(types::ParsedTemporal& time) {
  constexpr int kHours = 838;
  constexpr int kLast = 59;
  Temporal& t = time.value;
  if (t.hour != kHours || t.minute != kLast || t.second != kLast || t.microsecond == 0) return;
  t.microsecond = 0;
  time.complete = false;
}

bool has_sql_mode(const Context& context, std::string_view mode) {
  const std::string_view all = context.env.sql_mode;
  for (size_t at = 0; at <= all.size();) {
    const size_t end = std::min(all.find(',', at), all.size());
    if (all.substr(at, end - at) == mode) return true;
    at = end + 1;
  }
  return false;
}

void warn_division_by_zero(const Context& context) { context.warn(1365, "Division by 0"); }

}  // namespace vif::eval
