// How MariaDB reads dates and times: digits beyond microseconds are cut, zero months and days are
// kept where its functions keep them.
#include <algorithm>
#include <cmath>

#include "eval/clock_time.h"
#include "eval/mariadb.h"
#include "eval/mariadb_typing.h"

namespace vif::eval {
namespace {

using types::ParsedTemporal;

constexpr int kFractionDigits = 6;
constexpr int kLastMicrosecond = 999999;  // of what is cut to the longest time

struct DateLimits {
  bool zero = true;             // the zero date
  bool zero_parts = true;       // a month or a day of 0
  bool days_unchecked = false;  // the 31st of any month
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_punctuation(char c) {
  return c > ' ' && c < 0x7f && !is_digit(c) && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

bool is_within(const Temporal& t, const DateLimits& limits) {
  if (t.year > 9999 || t.month > 12 || t.day > 31 || t.hour > 23 || t.minute > 59 || t.second > 59)
    return false;
  const bool any = t.year != 0 || t.month != 0 || t.day != 0 || t.hour != 0 || t.minute != 0 ||
                   t.second != 0 || t.microsecond != 0;
  if (!any) return limits.zero;
  if (t.month == 0 || t.day == 0) return limits.zero_parts;
  return limits.days_unchecked || t.day <= types::days_in_month(t.year, t.month);
}

// A text's numbers and what stands between them.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  void skip() { ++at_; }
  size_t digits_ahead() const {
    size_t n = at_;
    while (n < text_.size() && is_digit(text_[n])) ++n;
    return n - at_;
  }
  char after_digits() const {
    return at_ + digits_ahead() < text_.size() ? text_[at_ + digits_ahead()] : '\0';
  }
  // At the end there is a 0; false where something else stands.
  bool number(int& out, size_t digits_most = 9) {
    if (at_end()) return true;
    if (!is_digit(peek())) return false;
    int64_t value = 0;
    for (size_t i = 0; i < digits_most && is_digit(peek()); ++i)
      value = value * 10 + (text_[at_++] - '0');
    while (digits_most == 9 && is_digit(peek())) ++at_;
    out = static_cast<int>(value);
    ++fields_;
    return true;
  }
  bool letter_t() {
    seen_t_ = peek() == 'T';
    if (seen_t_) ++at_;
    return true;
  }
  bool has_seen_t() const { return seen_t_; }
  bool blank_and_digit() const {
    size_t n = at_;
    while (n < text_.size() && is_blank(text_[n])) ++n;
    return n > at_ && n < text_.size() && is_digit(text_[n]);
  }
  bool punctuation() {
    if (at_end()) return true;
    if (!is_punctuation(peek())) return false;
    ++at_;
    return true;
  }
  bool separator() {
    if (at_end() || peek() == 'T' || is_punctuation(peek())) {
      at_ += at_end() ? 0 : 1;
      return true;
    }
    if (!is_blank(peek())) return false;
    while (is_blank(peek())) ++at_;
    return true;
  }
  void fraction(ParsedTemporal& out) {
    int value = 0;
    int digits = 0;
    for (; is_digit(peek()) && digits < kFractionDigits; ++digits)
      value = value * 10 + (text_[at_++] - '0');
    out.precision = digits;
    for (; digits < kFractionDigits; ++digits) value *= 10;
    out.value.microsecond = value;
    if (is_digit(peek())) out.complete = false;
    while (is_digit(peek())) ++at_;
  }
  int fields() const { return fields_; }

 private:
  std::string_view text_;
  size_t at_ = 0;
  int fields_ = 0;
  bool seen_t_ = false;
};

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<ParsedTemporal> read_date(std::string_view text, const DateLimits& limits) {
  text = without_blanks(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  Scanner in(text);
  ParsedTemporal out;
  Temporal& t = out.value;
  constexpr int kAll = 6;  // numbers of a datetime
  const size_t digits = in.digits_ahead();
  const char next = in.after_digits();
  bool two_digits = false;
  constexpr size_t kYearMost = 4;
  if (next == '\0' || (digits > kYearMost && (next == '.' || !is_punctuation(next)))) {
    two_digits = digits != 4 && digits != 8 && digits < 14;
    (void)(in.number(t.year, two_digits ? 2 : 4) && in.number(t.month, 2) && in.number(t.day, 2) &&
           in.letter_t() && in.number(t.hour, 2) && in.number(t.minute, 2) &&
           in.number(t.second, 2));
    if (in.fields() < kAll && (in.peek() == '.' || in.has_seen_t() || in.blank_and_digit()))
      return std::nullopt;
  } else {
    two_digits = digits == 2;
    (void)(in.number(t.year) && in.punctuation() && in.number(t.month) && in.punctuation() &&
           in.number(t.day) && in.separator() && in.number(t.hour) && in.punctuation() &&
           in.number(t.minute) && in.punctuation() && in.number(t.second));
  }
  if (in.fields() < 3) return std::nullopt;
  out.has_time = in.fields() > 3;
  if (in.peek() == '.' && in.fields() == kAll) {
    in.skip();
    in.fraction(out);
  }
  while (is_blank(in.peek())) in.skip();
  out.complete = out.complete && in.at_end();
  const bool any =
      t.year != 0 || t.month != 0 || t.day != 0 || t.hour != 0 || t.minute != 0 || t.second != 0;
  if (two_digits && any) t.year += t.year < 70 ? 2000 : 1900;
  return is_within(t, limits) ? std::optional(out) : std::nullopt;
}

// Whole seconds' digits and microseconds. Numbers that are larger than any date are the largest
// integer.
struct Digits {
  bool negative = false;
  uint64_t whole = 0;
  int microsecond = 0;
  int precision = 0;
};

Digits digits_of_number(const Datum& d) {
  Digits out;
  const Decimal number = d.form == Form::kFloat ? to_decimal(Datum::of_float(d.f)) : to_decimal(d);
  const Decimal magnitude = number.is_negative() ? number.negated() : number;
  out.negative = number.is_negative();
  const Decimal whole = magnitude.truncated(0);
  out.whole = whole.to_uint64().value_or(UINT64_MAX);
  // A decimal is no longer than a signed integer.
  if (d.form == Form::kDecimal) out.whole = std::min<uint64_t>(out.whole, INT64_MAX);
  constexpr double kExact = 9007199254740992.0;
  constexpr double kEnd = 9223372036854775808.0;
  const double absolute = d.form == Form::kFloat ? std::fabs(d.f) : 0;
  if (absolute > kExact)
    out.whole = absolute < kEnd ? static_cast<uint64_t>(absolute) : uint64_t{INT64_MAX};
  constexpr int kMicro = 1000000;
  const Decimal fraction = (magnitude - whole) * Decimal::from_int(kMicro);
  out.microsecond = static_cast<int>(fraction.truncated(0).to_int64().value_or(0));
  out.precision = d.form == Form::kFloat
                      ? kFractionDigits
                      : std::min(d.form == Form::kDecimal ? d.scale : 0, kFractionDigits);
  return out;
}

std::optional<ParsedTemporal> date_of_digits(const Digits& number, const DateLimits& limits) {
  if (number.negative) return std::nullopt;
  constexpr uint64_t kFirst = 10000101000000;
  constexpr uint64_t kLastDatetime = 99999999999999;
  constexpr uint64_t kClock = 1000000;
  uint64_t n = number.whole;
  ParsedTemporal out;
  out.precision = number.precision;
  if (n == 0 || n >= kFirst) {
    if (n > kLastDatetime) return std::nullopt;
    out.has_time = true;
  } else if (n < 101) {
    return std::nullopt;
  } else if (n <= 691231) {
    n = (n + 20000000) * kClock;
  } else if (n < 700101) {
    return std::nullopt;
  } else if (n <= 991231) {
    n = (n + 19000000) * kClock;
  } else if (n < 10000101) {
    return std::nullopt;
  } else if (n <= 99991231) {
    n *= kClock;
  } else if (n < 101000000) {
    return std::nullopt;
  } else {
    out.has_time = true;
    if (n <= 691231235959)
      n += 20000000000000;
    else if (n < 700101000000)
      return std::nullopt;
    else if (n <= 991231235959)
      n += 19000000000000;
  }
  Temporal& t = out.value;
  const auto date = static_cast<int>(n / kClock);
  const auto clock = static_cast<int>(n % kClock);
  t = {date / 10000,      date / 100 % 100, date % 100, clock / 10000,
       clock / 100 % 100, clock % 100,      0,          false};
  if (out.has_time) t.microsecond = number.microsecond;
  out.complete = out.has_time || number.microsecond == 0;
  return is_within(t, limits) ? std::optional(out) : std::nullopt;
}

std::optional<ParsedTemporal> time_of_digits(const Digits& number) {
  constexpr uint64_t kLongest = 9999999;
  constexpr uint64_t kLastDatetime = 99991231235959;
  constexpr int kHourMost = 838;
  if (number.whole > kLongest && number.whole <= kLastDatetime && !number.negative) {
    std::optional<ParsedTemporal> dated = date_of_digits(number, {});
    if (dated) dated->value.year = dated->value.month = dated->value.day = 0;
    return dated;
  }
  ParsedTemporal out;
  out.has_time = true;
  out.precision = number.precision;
  Temporal& t = out.value;
  t.negative = number.negative;
  t.second = static_cast<int>(number.whole % 100);
  t.minute = static_cast<int>(number.whole / 100 % 100);
  t.microsecond = number.microsecond;
  // The last microsecond is beyond a number's.
  if (t.minute > 59 || t.second > 59 || t.microsecond == kLastMicrosecond) return std::nullopt;
  t.hour = static_cast<int>(std::min<uint64_t>(number.whole / 10000, kHourMost + 1));
  if (t.hour > kHourMost) {
    t.hour = kHourMost;
    t.minute = t.second = 59;
    t.microsecond = kLastMicrosecond;
    out.complete = false;
  }
  if (t.hour == 0 && t.minute == 0 && t.second == 0 && t.microsecond == 0) t.negative = false;
  return out;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Three numbers and a T, or with dashes or slashes between them a blank and a digit: a date.
bool begins_with_date(std::string_view text) {
  size_t at = 0;
  char between = '\0';
  for (int field = 0; field < 3; ++field) {
    const size_t first = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at == first || at == text.size()) return false;
    if (field == 2) break;
    between = text[at];
    if (!is_punctuation(between)) return false;
    ++at;
  }
  if (text[at] == 'T') return true;
  if (!is_blank(text[at]) || (between != '-' && between != '/')) return false;
  while (at < text.size() && is_blank(text[at])) ++at;
  return at < text.size() && is_digit(text[at]);
}

std::optional<ParsedTemporal> time_of_date(std::string_view text) {
  std::optional<ParsedTemporal> out = read_date(text, {true, true, true});
  if (!out) return out;
  out->has_time = true;
  out->value.year = out->value.month = out->value.day = 0;
  return out;
}

std::optional<ParsedTemporal> read_plain_time(std::string_view text);

// A sign may stand apart; what follows a time and a blank is left out.
std::optional<ParsedTemporal> read_time(std::string_view text) {
  std::string_view rest = without_blanks(text);
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest = without_blanks(rest.substr(1));
  if (rest.empty() || !is_digit(rest[0])) return std::nullopt;
  constexpr size_t kPacked = 12;
  const size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  const bool letter = digits < rest.size() && is_letter(rest[digits]);
  if (begins_with_date(rest) || (letter && digits >= kPacked))
    return negative ? std::nullopt : time_of_date(rest);
  const std::string sign = negative ? "-" : "";
  // However long what follows is, it is not looked at.
  if (letter && digits + 1 < kPacked && rest.size() >= kPacked && rest[digits] != 'e' &&
      rest[digits] != 'E') {
    std::optional<ParsedTemporal> out = read_plain_time(sign + std::string(rest.substr(0, digits)));
    if (out) out->complete = false;
    return out;
  }
  std::optional<ParsedTemporal> out = read_plain_time(sign + std::string(rest));
  const size_t blank = rest.find(' ');
  const size_t colon = rest.find(':');
  if (out || blank == std::string_view::npos || colon > blank) return out;
  out = read_plain_time(sign + std::string(rest.substr(0, blank)));
  if (out) out->complete = false;
  return out;
}

// A fraction's digits after the sixth are dropped.
std::optional<ParsedTemporal> read_plain_time(std::string_view text) {
  std::string_view begin = text.substr(text.starts_with('-') ? 1 : 0);
  // Nor is a number with an exponent a time.
  const size_t e = begin.find_first_not_of("0123456789");
  if (e != std::string_view::npos && (begin[e] == 'e' || begin[e] == 'E')) {
    const std::string_view power = begin.substr(e + 1);
    const bool sign = power.starts_with('-') || power.starts_with('+');
    if (power.size() > sign && is_digit(power[sign])) return std::nullopt;
  }
  // So many digits are neither a time nor a date.
  constexpr size_t kTooMany = 11;
  size_t digits = 0;
  while (digits < begin.size() && is_digit(begin[digits])) ++digits;
  const char after = digits < begin.size() ? begin[digits] : '\0';
  const bool date = after == '.' || after == 'T' || after == '\0' || is_blank(after);
  if (digits >= kTooMany && after == '-') return std::nullopt;
  if (digits >= kTooMany && after != ':' && (digits == kTooMany ? !is_blank(after) : !date)) {
    ParsedTemporal longest{{0, 0, 0, 838, 59, 59, kLastMicrosecond, false}, 0, true, false};
    longest.value.negative = without_blanks(text).starts_with('-');
    return longest;
  }
  const size_t point = text.find('.');
  size_t end = point == std::string_view::npos ? point : point + 1;
  while (end < text.size() && is_digit(text[end])) ++end;
  const bool cut = point != std::string_view::npos && end > point + 1 + kFractionDigits;
  std::optional<ParsedTemporal> out = types::parse_time(
      cut ? std::string(text.substr(0, point + 1 + kFractionDigits)).append(text.substr(end))
          : text.substr(0, text.find_last_not_of(" \t\n\v\f\r") + 1));
  if (!out) return out;
  if (cut) out->complete = false;
  constexpr int kHourMost = 838;
  const Temporal& t = out->value;
  const bool longest = t.hour == kHourMost && t.minute == 59 && t.second == 59;
  const bool own = text.find("38:59:59") != std::string_view::npos ||
                   text.find("385959") != std::string_view::npos;
  if (longest && !out->complete && !own) out->value.microsecond = kLastMicrosecond;
  return out;
}

// Of what is no TIME, DATE or DATETIME.
std::optional<ParsedTemporal> dated(const Datum& d, const DateLimits& limits) {
  if (d.is_textual()) return read_date(d.bytes, limits);
  const bool year = d.type == Type::kYear && !d.computed;
  if (!year) return date_of_digits(digits_of_number(d), limits);
  ParsedTemporal out;
  out.value.year = static_cast<int>(to_int(d));
  out.has_time = true;
  return is_within(out.value, limits) ? std::optional(out) : std::nullopt;
}

std::optional<ParsedTemporal> timed(const Datum& d) {
  if (d.is_textual()) return read_time(d.bytes);
  if (d.type == Type::kYear && !d.computed) return ParsedTemporal{{}, 0, true, true};
  return time_of_digits(digits_of_number(d));
}

ParsedTemporal on_current_day(const Datum& d, const Context& context) {
  Temporal today = local_now(context);
  today.hour = today.minute = today.second = today.microsecond = 0;
  const Temporal& t = d.temporal;
  const types::Interval time = {0, 0, (t.hour * 60ll + t.minute) * 60 + t.second, t.microsecond};
  return {types::add_interval(today, t.negative ? time.negated() : time).value_or(today),
          d.precision, true, true};
}

std::string shown(const Datum& d) {
  return d.is_textual() ? mariadb_bytes_shown(d.bytes) : to_text(d);
}

// INTERVAL DAY TO SECOND of more hours than a TIME has; nullopt for what is none.
struct LongTime {
  int64_t us = 0;
  int precision = 0;
  bool complete = true;
};
std::optional<LongTime> long_time(uint64_t hours, uint64_t minutes, uint64_t seconds,
                                  int microsecond, bool negative) {
  constexpr uint64_t kHoursMost = 87649415;
  constexpr int64_t kMicro = 1000000;
  if (hours > kHoursMost || minutes > 59 || seconds > 59) return std::nullopt;
  const auto whole = static_cast<int64_t>((hours * 60 + minutes) * 60 + seconds);
  const int64_t us = whole * kMicro + microsecond;
  return LongTime{negative ? -us : us, 0, true};
}
std::optional<LongTime> long_time_of_text(std::string_view text) {
  text = without_blanks(text);
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  uint64_t parts[3] = {};
  size_t count = 0;
  while (count < 3) {
    size_t end = 0;
    while (end < text.size() && is_digit(text[end]) && end < 18) ++end;
    if (end == 0) return std::nullopt;
    parts[count++] = std::strtoull(std::string(text.substr(0, end)).c_str(), nullptr, 10);
    text.remove_prefix(end);
    if (!text.starts_with(':')) break;
    text.remove_prefix(1);
  }
  if (count == 1) {  // digits without colons
    const uint64_t n = parts[0];
    parts[0] = n / 10000;
    parts[1] = n / 100 % 100;
    parts[2] = n % 100;
  }
  int microsecond = 0;
  int precision = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    int unit = 100000;
    for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1), unit /= 10) {
      microsecond += unit * (text[0] - '0');
      precision = std::min(precision + 1, kFractionDigits);
    }
  }
  const bool exponent = text.size() > 1 && (text[0] == 'e' || text[0] == 'E') && is_digit(text[1]);
  if (exponent) return std::nullopt;
  std::optional<LongTime> out = long_time(parts[0], parts[1], parts[2], microsecond, negative);
  if (out) {
    out->precision = precision;
    out->complete = text.empty();
  }
  return out;
}

// Of a column's value its place is told.
void warn_value(const Datum& d, bool truncated, std::string_view kind, const Context& context) {
  if (d.origin == Origin::kColumn && !d.source.empty()) {
    const bool year = d.type == Type::kYear && !d.computed;
    context.warn(1292, fmt::format("Incorrect {} value: '{}{}' for column `{}` at row 1", kind,
                                   shown(d), year ? "0000" : "", d.source));
    return;
  }
  context.warn(1292, fmt::format("{} {} value: '{}'",
                                 truncated ? "Truncated incorrect" : "Incorrect", kind, shown(d)));
}

// A date, or a time whose hours are as many as they are.
struct DayTime {
  ParsedTemporal parsed;
  bool dated = false;
};

// Days before a time are followed by two characters at least.
bool has_days(std::string_view rest) {
  const size_t blank = rest.size();
  while (!rest.empty() && is_blank(rest[0])) rest.remove_prefix(1);
  return rest.size() < blank && rest.size() > 1 && is_digit(rest[0]);
}

// "10:11", "1 10:11:12", "101112.5"; `days`: digits alone are a date or nothing.
std::optional<DayTime> day_time_of_text(std::string_view text, bool days) {
  text = without_blanks(text);
  std::string_view rest = text.substr(text.starts_with('-') ? 1 : 0);
  const auto number = [&rest]() {
    uint64_t out = 0;
    constexpr uint64_t kMost = 100000000000000;
    for (; !rest.empty() && is_digit(rest[0]); rest.remove_prefix(1))
      out = std::min(kMost, out * 10 + static_cast<uint64_t>(rest[0] - '0'));
    return out;
  };
  if (rest.empty() || !is_digit(rest[0])) return std::nullopt;
  const size_t length = rest.size();
  uint64_t first = number();
  const size_t digits = length - rest.size();
  const char next = rest.empty() ? '\0' : rest[0];
  const bool points = next == '.' && rest.find('.', 1) != std::string_view::npos;
  constexpr size_t kPacked = 12;
  const bool bare = next != '.' && next != ':' && !is_blank(next);
  const bool date_first = begins_with_date(text);
  if (next == '-' || next == '/' || next == 'T' || points || digits >= kPacked || (days && bare) ||
      date_first) {
    // Points stand for dashes there, and a T after digits alone for nothing.
    std::string plain(text);
    if (points)
      std::replace(plain.begin(),
                   plain.begin() + static_cast<ptrdiff_t>(std::min(kPacked, plain.size())), '.',
                   '-');
    if (next == 'T') plain.erase(digits, 1);
    const std::optional<ParsedTemporal> date = read_date(plain, {});
    return date ? std::optional(DayTime{*date, true}) : std::nullopt;
  }
  uint64_t parts[3] = {};
  uint64_t whole_days = 0;
  const bool dayed = has_days(rest);
  if (dayed) {
    whole_days = first;
    while (is_blank(rest[0])) rest.remove_prefix(1);
    first = number();
  }
  if (dayed || next == ':') {
    parts[0] = first;
    for (size_t i = 1; i < 3 && rest.size() > 1 && rest[0] == ':' && is_digit(rest[1]); ++i) {
      rest.remove_prefix(1);
      parts[i] = number();
    }
  } else {
    parts[0] = first / 10000;
    parts[1] = first / 100 % 100;
    parts[2] = first % 100;
  }
  DayTime out;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    int unit = 100000;
    for (; unit > 0 && !rest.empty() && is_digit(rest[0]); rest.remove_prefix(1), unit /= 10)
      out.parsed.value.microsecond += unit * (rest[0] - '0');
  }
  const bool exponent = rest.size() > 1 && (rest[0] == 'e' || rest[0] == 'E') && is_digit(rest[1]);
  constexpr uint64_t kHoursMost = 87649415;
  if (exponent || parts[1] > 59 || parts[2] > 59 || whole_days > kHoursMost ||
      parts[0] + whole_days * 24 > kHoursMost)
    return std::nullopt;
  Temporal& t = out.parsed.value;
  t.hour = static_cast<int>(parts[0] + whole_days * 24);
  t.minute = static_cast<int>(parts[1]);
  t.second = static_cast<int>(parts[2]);
  t.negative = text.starts_with('-');
  out.parsed.complete = rest.empty();
  return out;
}

void warn(const Datum& d, const std::optional<ParsedTemporal>& out, std::string_view kind,
          const Context& context) {
  if (out && out->complete) return;
  const std::string_view part = !out || kind == "time" ? kind : out->has_time ? "datetime" : "date";
  warn_value(d, out.has_value(), part, context);
}

void warn_compared(const Datum& d, const std::optional<ParsedTemporal>& out, std::string_view kind,
                   const Context& context) {
  if (!out || !out->complete)
    warn_value(d, true, out && kind != "time" && !out->has_time ? "date" : kind, context);
}

Temporal cut_to(Temporal t, int digits) {
  int unit = 1;
  for (int i = digits; i < kFractionDigits; ++i) unit *= 10;
  t.microsecond -= t.microsecond % unit;
  return t;
}

// Digits of a date and a time, and a letter.
bool is_packed_date(std::string_view text) {
  constexpr size_t kPacked = 12;
  text = without_blanks(text);
  const size_t digits = text.find_first_not_of("0123456789");
  return digits != std::string_view::npos && digits >= kPacked &&
         (is_letter(text[digits]) || text[digits] == '.');
}

// A text that has a date before its time.
bool has_date(std::string_view text) {
  text = without_blanks(text);
  const bool dashes =
      text.find('-', 1) != std::string_view::npos || text.find('/') != std::string_view::npos;
  size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  constexpr size_t kPacked = 12;
  const char after = digits < text.size() ? text[digits] : '.';
  const bool packed = digits >= kPacked && (after == '.' || is_letter(after) || is_blank(after));
  return (dashes && text.find(':') != std::string_view::npos) || packed;
}

constexpr uint64_t kFirstDatetime = 10000101000000;

}  // namespace

Datum mariadb_compared(const Datum& d, Type target, int digits, const Context& context) {
  if (d.is_null()) return {};
  if (target == Type::kTime)
    return Datum::of_time(cut_to(mariadb_time_or_zero(d, context), digits), digits);
  const Temporal t = mariadb_date_or_zero(d, context);
  return target == Type::kDate ? Datum::of_date(t) : Datum::of_datetime(cut_to(t, digits), digits);
}

std::optional<MariadbMoment> mariadb_moment(const Datum& d, const Context& context) {
  if (d.is_null()) return std::nullopt;
  if (d.form == Form::kDate || d.form == Form::kDatetime)
    return MariadbMoment{true, types::unix_microseconds(d.temporal), d.precision,
                         d.form == Form::kDate};
  if (d.form == Form::kTime) return MariadbMoment{false, clock_us(d.temporal), d.precision};
  if (d.type == Type::kYear) refuse("a YEAR as a time of MariaDB in the gate");
  constexpr double kLongest = 9999999;
  constexpr double kLastDatetime = 99991231235959;
  const double number = d.is_textual() ? 0 : to_double(d);
  const bool date =
      d.is_textual() ? has_date(d.bytes) : number > kLongest && number <= kLastDatetime;
  const std::optional<ParsedTemporal> out = date ? dated(d, {false, true, false}) : timed(d);
  if (!out || !out->complete) {
    warn_value(d, out.has_value(), "time", context);
  }
  if (!out) return std::nullopt;
  const bool date_only = date && !out->has_time;
  return MariadbMoment{date, date ? types::unix_microseconds(out->value) : clock_us(out->value),
                       out->precision, date_only};
}

std::optional<MariadbMoment> mariadb_interval(const Datum& d, const Context& context) {
  if (d.is_null()) return std::nullopt;
  if (d.form == Form::kTime) return MariadbMoment{false, clock_us(d.temporal), d.precision};
  if (d.type == Type::kYear) refuse("a YEAR as a time of MariaDB in the gate");
  std::optional<LongTime> out;
  if (d.is_textual()) {
    const std::string_view text = without_blanks(d.bytes);
    const bool dashes =
        text.find('-', 1) != std::string_view::npos || text.find('/', 1) != std::string_view::npos;
    const std::optional<ParsedTemporal> time = dashes ? std::nullopt : read_time(text);
    const size_t e = text.find_first_of("eE");
    const bool exponent = e != std::string_view::npos && e > 0 && is_digit(text[e - 1]) &&
                          e + 1 < text.size() && is_digit(text[e + 1]);
    if (time && !(time->value.hour == 838 && !time->complete) && !exponent)
      out = LongTime{clock_us(time->value), time->precision, time->complete};
    else if (!dashes)
      out = long_time_of_text(text);
  } else if (!d.is_temporal()) {
    const Digits n = digits_of_number(d);
    out = long_time(n.whole / 10000, n.whole / 100 % 100, n.whole % 100, n.microsecond, n.negative);
    if (out) out->precision = n.precision;
  }
  if (!out || !out->complete) {
    const bool fraction = d.is_temporal() && d.precision > 0;
    const Datum whole = fraction ? Datum::of_datetime(d.temporal, kFractionDigits) : d;
    context.warn(1292,
                 fmt::format("{} INTERVAL DAY TO SECOND value: '{}'",
                             out ? "Truncated incorrect" : "Incorrect", shown_in_message(whole)));
  }
  if (!out) return std::nullopt;
  return MariadbMoment{false, out->us, out->precision};
}

int mariadb_interval_digits(const Node& node, Context& context) {
  const StaticType t = node.type(context);
  const bool text = types::is_text(t.type) || types::is_binary(t.type);
  if (t.type == Type::kNull || t.type == Type::kEnum || t.type == Type::kSet ||
      t.type == Type::kHexVal)
    return kFractionDigits;
  if (text && node.is_constant()) {
    Env silent = context.env;
    silent.warnings = nullptr;
    Context quiet{context.row, silent};
    const std::optional<MariadbMoment> out = mariadb_interval(node.evaluate(quiet), quiet);
    return out ? out->precision : kFractionDigits;
  }
  return mariadb_seconds_digits(t);
}

std::optional<Temporal> mariadb_day_time(const Datum& d, const Context& context, bool days) {
  if (d.form == Form::kDate || d.form == Form::kDatetime) return d.temporal;
  std::optional<DayTime> out;
  if (d.form == Form::kTime) {
    out = DayTime{{d.temporal, 0, true, true}};
  } else if (d.is_textual()) {
    out = day_time_of_text(d.bytes, days);
  } else {
    Digits number = digits_of_number(d);
    if (d.type == Type::kYear && !d.computed) number.whole *= 10000;
    if (number.whole >= kFirstDatetime && !number.negative) {
      const std::optional<ParsedTemporal> dated = date_of_digits(number, {});
      if (dated) return dated->value;
    } else {
      constexpr uint64_t kHoursMost = 999999999999;
      if (number.whole > kHoursMost) refuse("so long a time of MariaDB in the gate");
      const auto clock = static_cast<int>(number.whole % 10000);
      if (clock / 100 < 60 && clock % 100 < 60 && number.microsecond != kLastMicrosecond) {
        out.emplace();
        out->parsed.value.hour = static_cast<int>(number.whole / 10000);
        out->parsed.value.minute = clock / 100;
        out->parsed.value.second = clock % 100;
        out->parsed.value.microsecond = number.microsecond;
        out->parsed.value.negative = number.negative;
      }
    }
  }
  if (!out) {
    warn_value(d, false, "interval", context);
    return std::nullopt;
  }
  warn(d, out->parsed, out->dated ? "datetime" : "time", context);
  Temporal t = out->parsed.value;
  if (out->dated) return t;
  constexpr int kDayHours = 24;
  t.day = t.hour / kDayHours;
  t.hour %= kDayHours;
  return t;
}

std::optional<ParsedTemporal> mariadb_datetime(const Datum& d, const Context& context, bool zeros,
                                               bool by_mode) {
  if (d.is_null()) return std::nullopt;
  DateLimits limits;
  limits.zero = zeros && !(by_mode && has_sql_mode(context, "NO_ZERO_DATE"));
  limits.zero_parts = zeros && !(by_mode && has_sql_mode(context, "NO_ZERO_IN_DATE"));
  limits.days_unchecked = by_mode && has_sql_mode(context, "ALLOW_INVALID_DATES");
  if (d.form == Form::kTime) return on_current_day(d, context);
  if (d.is_temporal()) {
    if (!is_within(d.temporal, {limits.zero, limits.zero_parts, true})) return std::nullopt;
    return ParsedTemporal{d.temporal, d.precision, d.form == Form::kDatetime, true};
  }
  const std::optional<ParsedTemporal> out = dated(d, limits);
  warn(d, out, "datetime", context);
  return out;
}

int mariadb_time_digits(const Node& node, Context& context, bool dated) {
  const StaticType t = node.type(context);
  const bool text = types::is_text(t.type) || types::is_binary(t.type);
  const std::optional<Datum> value = text ? constant_value(node, context) : std::nullopt;
  if (value && value->is_textual() && t.type != Type::kHexVal && !value->is_hex_or_bit() &&
      !value->is_member()) {
    const bool has_days = dated || has_date(value->bytes);
    std::optional<ParsedTemporal> parsed =
        has_days ? read_date(value->bytes, {}) : read_time(value->bytes);
    if (!parsed && !dated) parsed = read_date(value->bytes, {});
    if (parsed) return parsed->precision;
  }
  return mariadb_seconds_digits(t);
}

std::optional<ParsedTemporal> mariadb_time(const Datum& d, const Context& context) {
  if (d.is_null()) return std::nullopt;
  if (d.is_temporal()) {
    ParsedTemporal out{d.temporal, d.precision, true, true};
    out.value.year = out.value.month = out.value.day = 0;
    return out;
  }
  const std::optional<ParsedTemporal> out = timed(d);
  warn(d, out, out && d.is_textual() && is_packed_date(d.bytes) ? "datetime" : "time", context);
  return out;
}

Temporal mariadb_date_or_zero(const Datum& d, const Context& context) {
  if (d.form == Form::kDate || d.form == Form::kDatetime) return d.temporal;
  if (d.form == Form::kTime) return on_current_day(d, context).value;
  const std::optional<ParsedTemporal> out = dated(d, {true, true, true});
  warn_compared(d, out, "datetime", context);
  return out ? out->value : Temporal();
}

Temporal mariadb_time_or_zero(const Datum& d, const Context& context) {
  if (d.form == Form::kTime) return d.temporal;
  if (d.is_temporal()) return mariadb_time(d, context)->value;
  const std::optional<ParsedTemporal> out = timed(d);
  warn_compared(d, out, "time", context);
  return out ? out->value : Temporal();
}

}  // namespace vif::eval
