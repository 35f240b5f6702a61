#include "types/temporal.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "types/any_datetime.h"

namespace vif::types {
namespace {

constexpr int kMicro = 1000000;
constexpr int64_t kDayMicro = 86400ll * kMicro;
constexpr int kHourMax = 838;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {
    while (!text_.empty() && is_blank(text_.front())) text_.remove_prefix(1);
    while (!text_.empty() && is_blank(text_.back())) text_.remove_suffix(1);
  }
  bool at_end() const { return at_ >= text_.size(); }
  char peek(size_t ahead = 0) const {
    return at_ + ahead >= text_.size() ? '\0' : text_[at_ + ahead];
  }
  void skip() { ++at_; }
  // In `whole`, which this reads.
  size_t position(std::string_view whole) const {
    return static_cast<size_t>(text_.data() - whole.data()) + at_;
  }
  size_t digits_ahead() const {
    size_t n = 0;
    while (at_ + n < text_.size() && is_digit(text_[at_ + n])) ++n;
    return n;
  }
  // At most `count` digits; -1 when there is none.
  int number(size_t count) {
    if (!is_digit(peek())) return -1;
    int value = 0;
    for (size_t i = 0; i < count && is_digit(peek()); ++i)
      value = value * 10 + (text_[at_++] - '0');
    return value;
  }
  // The fraction after a point, rounded to microseconds; may give 1000000.
  int fraction(int& precision) {
    int value = 0;
    int digits = 0;
    int round = 0;
    for (; is_digit(peek()); skip()) {
      if (digits < 6) value = value * 10 + (peek() - '0');
      if (digits == 6) round = peek() >= '5' ? 1 : 0;
      ++digits;
    }
    precision = std::min(digits, 6);
    for (int i = digits; i < 6; ++i) value *= 10;
    return value + round;
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

int full_year(int year) { return year < 70 ? year + 2000 : year + 1900; }

bool is_date(const Temporal& t, bool zeros) {
  constexpr int kDayMax = 31;
  if (zeros && t.month >= 0 && t.month <= 12 && t.day >= 0 && (t.month == 0 || t.day == 0))
    return t.day <= kDayMax;
  return t.month >= 1 && t.month <= 12 && t.day >= 1 && t.day <= days_in_month(t.year, t.month);
}
bool is_clock(const Temporal& t) {
  return t.hour >= 0 && t.hour < 24 && t.minute >= 0 && t.minute < 60 && t.second >= 0 &&
         t.second < 60;
}

// Seconds that rounded up to a whole one; false beyond the last.
bool carry_fraction(Temporal& t) {
  if (t.microsecond < kMicro) return true;
  t.microsecond = 0;
  const std::optional<Temporal> sum = add_interval(t, {0, 0, 1, 0});
  if (sum) t = *sum;
  return sum.has_value();
}

// The fields of a datetime in a text, in order; what follows the seconds is their fraction.
class DatetimeReader {
 public:
  explicit DatetimeReader(std::string_view text) : text_(text) {}

  // False when there is no year, or a blank where there can be none.
  bool read(ParsedTemporal& out) {
    while (is_blank(peek())) ++at_;
    if (!is_digit(peek())) return false;
    if (at_ > 0) note(0, '\0');
    size_t end = at_;
    while (end < text_.size() && (is_digit(text_[end]) || text_[end] == 'T')) ++end;
    const size_t digits = end - at_;
    packed_ = end == text_.size() || text_[end] == '.';
    lonely_ = packed_ && digits < 2;
    const bool four = digits == 4 || digits == 8 || digits >= 14;
    year_digits_ = packed_ ? (four ? 4 : 2) : 0;
    while (!done_ && count_ < kFields && is_digit(peek())) {
      impossible_ = !read_field() || !read_delimiters();
      if (impossible_) return false;
    }
    if (count_ < 3) return false;
    out.deprecated = deprecated_;
    finish(out);
    return true;
  }
  // It may be something else: the delimiters are not those of a date and a time.
  bool is_none() const { return impossible_ || (delimited_ && !blank_); }

 private:
  static constexpr size_t kFields = 7;
  static constexpr size_t kSecond = 5;
  static constexpr size_t kFraction = 6;

  char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  bool read_field() {
    constexpr int kValueMax = 999999;
    constexpr size_t kFractionDigits = 6;
    const size_t start = at_;
    const size_t most = count_ == kFraction ? kFractionDigits
                        : !packed_          ? text_.size()
                        : count_ == 0       ? year_digits_
                                            : 2;
    int value = 0;
    for (; is_digit(peek()) && at_ - start < most; ++at_) {
      value = value * 10 + (peek() - '0');
      if (value > kValueMax) return false;
    }
    if (count_ == 0 && !packed_) year_digits_ = at_ - start;
    if (count_ == kFraction) read_fraction(value, at_ - start);
    values_[count_++] = value;
    last_ = at_;
    return true;
  }

  void read_fraction(int value, size_t digits) {
    precision_ = static_cast<int>(digits);
    for (; digits < 6; ++digits) value *= 10;
    if (is_digit(peek())) value += peek() >= '5';
    while (is_digit(peek())) ++at_;
    fraction_ = value;
  }

  bool read_delimiters() {
    if (at_ == text_.size()) return true;
    if (count_ == 3 && peek() == 'T') {
      ++at_;
      return true;
    }
    if (count_ >= kSecond + 1 && is_blank(peek())) note(at_, '\0');
    if (count_ == kFields) return true;
    if (count_ == kSecond + 1) {
      done_ = peek() != '.';
      if (!done_) last_ = ++at_;
      return true;
    }
    const char standard = count_ < 3 ? '-' : count_ == 3 ? ' ' : ':';
    for (size_t i = 0; is_blank(peek()) || is_punctuation(peek()); ++i, ++at_) {
      if (is_blank(peek())) {
        if (count_ != 3 && count_ != kFields) return false;
        blank_ = true;
      }
      const bool ends = count_ == 3 && is_blank(peek()) && at_ + 1 == text_.size();
      if (i > 0 || ends)
        note(at_, '\0');
      else if (peek() != standard && !(packed_ && (count_ == 3 || lonely_)))
        note(at_, standard);
      delimited_ = true;
    }
    last_ = at_;
    return true;
  }

  void note(size_t at, char standard) {
    if (!deprecated_) deprecated_ = DeprecatedDelimiter{at, text_[at], standard};
  }

  void finish(ParsedTemporal& out) {
    Temporal& t = out.value;
    t.year = year_digits_ == 2 ? full_year(values_[0]) : values_[0];
    const bool zero = std::all_of(values_, values_ + kFields, [](int v) { return v == 0; });
    if (zero) t.year = 0;
    t.month = values_[1];
    t.day = values_[2];
    t.hour = values_[3];
    t.minute = values_[4];
    t.second = values_[5];
    t.microsecond = fraction_;
    out.precision = precision_;
    out.has_time = count_ > 3;
    out.complete =
        std::all_of(text_.begin() + static_cast<ptrdiff_t>(last_), text_.end(), is_blank);
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t last_ = 0;  // the end of the last field and its delimiters
  size_t count_ = 0;
  size_t year_digits_ = 0;
  int values_[kFields] = {};
  int fraction_ = 0;
  int precision_ = 0;
  bool packed_ = false;  // digits without delimiters, up to the end or a point
  bool lonely_ = false;
  bool delimited_ = false;
  bool blank_ = false;
  bool done_ = false;        // nothing comes after whole seconds
  bool impossible_ = false;  // not a field of a date at all
  std::optional<DeprecatedDelimiter> deprecated_;
};

bool is_whole(ParsedTemporal& out, bool zeros) {
  constexpr int kYearMax = 9999;
  return out.value.year <= kYearMax && is_date(out.value, zeros) && is_clock(out.value) &&
         carry_fraction(out.value);
}

}  // namespace

std::optional<ParsedTemporal> parse_datetime(std::string_view text, bool zeros) {
  DatetimeReader in(text);
  ParsedTemporal out;
  if (!in.read(out) || !is_whole(out, zeros)) return std::nullopt;
  return out;
}

bool is_real_date(const Temporal& t) { return is_date(t, false); }

static bool is_any_date(const Temporal& t) {
  constexpr int kDayMax = 31;
  constexpr int kYearMax = 9999;
  return t.year <= kYearMax && t.month >= 0 && t.month <= 12 && t.day >= 0 && t.day <= kDayMax;
}

std::optional<ParsedTemporal> parse_any_datetime(std::string_view text) {
  DatetimeReader in(text);
  ParsedTemporal out;
  if (!in.read(out) || !is_any_date(out.value) || !is_clock(out.value)) return std::nullopt;
  if (out.value.microsecond >= kMicro && (!is_date(out.value, false) || !carry_fraction(out.value)))
    return std::nullopt;
  return out;
}

// The hours, minutes and seconds of a time whose first number was read; after days that number is
// the hours.
static void read_clock(Reader& in, int64_t first, bool dayed, Temporal& t) {
  const auto hours = static_cast<int>(std::min<int64_t>(first, kHourMax + 1));
  if (in.peek() == ':' && is_digit(in.peek(1))) {
    t.hour = hours;
    in.skip();
    t.minute = in.number(2);
    if (in.peek() == ':' && is_digit(in.peek(1))) {
      in.skip();
      t.second = in.number(2);
    }
  } else if (dayed) {
    t.hour = hours;
  } else {
    t.hour = static_cast<int>(std::min<int64_t>(first / 10000, kHourMax + 1));
    t.minute = static_cast<int>(first / 100 % 100);
    t.second = static_cast<int>(first % 100);
  }
}

namespace {

bool at_exponent(const Reader& in) {
  if (in.peek() != 'e' && in.peek() != 'E') return false;
  const bool is_signed = in.peek(1) == '-' || in.peek(1) == '+';
  return is_digit(in.peek(is_signed ? 2 : 1));
}

// "20241231235959.25+"
bool has_sign_behind_digits(std::string_view text) {
  size_t at = std::min(text.find_first_not_of("0123456789"), text.size());
  if (at < text.size() && text[at] == '.')
    at = std::min(text.find_first_not_of("0123456789", at + 1), text.size());
  constexpr size_t kPacked = 12;  // with a year of two digits
  return at >= kPacked && at < text.size() && (text[at] == '+' || text[at] == '-');
}

// Of a whole datetime. False: `text` is none. There is none before a minus, nor an offset behind
// packed digits.
bool read_dated_time(std::string_view text, bool negative, std::optional<ParsedTemporal>& out) {
  DatetimeReader whole(text);
  ParsedTemporal dated;
  const bool read = whole.read(dated);
  if (whole.is_none()) return false;
  if (!read || negative || !dated.has_time || !is_any_date(dated.value) || !is_clock(dated.value) ||
      has_sign_behind_digits(text))
    return true;
  dated.value.year = dated.value.month = dated.value.day = 0;
  if (dated.value.microsecond >= kMicro) dated.value = time_rounded(dated.value, 6);
  out = dated;
  return true;
}

}  // namespace

std::optional<ParsedTemporal> parse_time(std::string_view text) {
  Reader in(text);
  ParsedTemporal out;
  out.has_time = true;
  Temporal& t = out.value;
  if (in.peek() == '-') {
    t.negative = true;
    in.skip();
    while (is_blank(in.peek())) in.skip();
  }
  const bool starts =
      is_digit(in.peek()) || in.peek() == '.' || (in.peek() == ':' && is_digit(in.peek(1)));
  if (!starts) return std::nullopt;
  // A long text may be a whole datetime, which gives its time.
  constexpr size_t kDatetimeLength = 12;
  const size_t start = std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size());
  if (text.size() - start - t.negative >= kDatetimeLength) {
    std::optional<ParsedTemporal> dated;
    if (read_dated_time(text.substr(start + t.negative), t.negative, dated)) return dated;
  }
  int64_t first = std::max(in.number(9), 0);
  while (is_digit(in.peek()) && first <= UINT32_MAX) first = first * 10 + in.number(1);
  if (first > UINT32_MAX) return std::nullopt;
  int days = 0;
  bool dayed = false;
  const auto note_blanks = [&](size_t at) {
    if (!out.deprecated) out.deprecated = DeprecatedDelimiter{at, text[at], '\0'};
  };
  Reader after = in;
  while (is_blank(after.peek())) after.skip();
  if (is_blank(in.peek(1)) && is_blank(in.peek())) note_blanks(in.position(text));
  if (is_blank(in.peek()) && after.peek() == ':' && is_digit(after.peek(1))) in = after;
  // One digit at the end is none of a time.
  if (is_blank(in.peek()) && is_digit(after.peek()) && after.position(text) + 1 < text.size()) {
    dayed = true;
    days = static_cast<int>(std::min<int64_t>(first, 100));
    while (is_blank(in.peek())) in.skip();
    first = in.number(4);
    if (first < 0) return std::nullopt;
  }
  read_clock(in, first, dayed, t);
  if (t.minute > 59 || t.second > 59) return std::nullopt;
  if (in.peek() == '.') {
    in.skip();
    t.microsecond = in.fraction(out.precision);
  }
  // A number with an exponent is no time.
  if (at_exponent(in)) return std::nullopt;
  out.complete = in.at_end();
  const size_t end = in.position(text);
  const bool blank_end = end < text.size() && is_blank(text[end]);
  if (blank_end && (out.complete || dayed || text.find(':') < end)) note_blanks(end);
  t.hour += days * 24;
  if (t.microsecond >= kMicro) t = time_rounded(t, 6);
  if (t.hour > kHourMax) {
    t.hour = kHourMax;
    t.minute = t.second = 59;
    t.microsecond = 0;
    out.complete = false;
  }
  return out;
}

std::optional<ParsedTemporal> datetime_from_number(const Decimal& number, bool zeros,
                                                   bool date_only) {
  const std::optional<int64_t> whole = number.truncated(0).to_int64();
  if (!whole || *whole < 0 || (*whole == 0 && !zeros)) return std::nullopt;
  if (*whole == 0) return ParsedTemporal{};
  ParsedTemporal out;
  int64_t date = *whole;
  if (date >= 100000000) {
    out.has_time = true;
    out.value.second = static_cast<int>(date % 100);
    out.value.minute = static_cast<int>(date / 100 % 100);
    out.value.hour = static_cast<int>(date / 10000 % 100);
    date /= 1000000;
  }
  out.value.day = static_cast<int>(date % 100);
  out.value.month = static_cast<int>(date / 100 % 100);
  const int64_t year = date / 10000;
  if (year > 9999) return std::nullopt;
  out.value.year = year < 100 ? full_year(static_cast<int>(year)) : static_cast<int>(year);
  out.precision = std::min(number.scale(), 6);
  const Decimal fraction = (number - number.truncated(0)) * Decimal::from_int(kMicro);
  if (out.has_time) out.value.microsecond = static_cast<int>(fraction.to_int64().value_or(0));
  if (date_only && !is_clock(out.value))
    out.value.hour = out.value.minute = out.value.second = out.value.microsecond = 0;
  // Where zeros are allowed, a day that its month has not is as well.
  if (zeros ? !is_any_date(out.value) : !is_date(out.value, zeros)) return std::nullopt;
  if (!is_clock(out.value) || !carry_fraction(out.value)) return std::nullopt;
  return out;
}

std::optional<ParsedTemporal> cast_from_number(const Decimal& number, const NumberCast& rule) {
  const std::optional<int64_t> whole = number.truncated(0).to_int64();
  if (!whole || (number.is_negative() && (*whole != 0 || !rule.date_only))) return std::nullopt;
  if (*whole == 0 && !rule.date_only) {
    if (!rule.zero_date) return std::nullopt;
    ParsedTemporal out;
    out.has_time = true;
    out.precision = std::min(number.scale(), 6);
    const Decimal fraction = number * Decimal::from_int(kMicro);
    out.value.microsecond = static_cast<int>(fraction.rounded(0).to_int64().value_or(0));
    return out.value.microsecond < kMicro ? std::optional(out) : std::nullopt;
  }
  constexpr int64_t kFirstTimed = 100000000;
  constexpr int64_t kClock = 1000000;
  constexpr int64_t kFirst = 101;
  constexpr int64_t kLastOf2069 = 691231;
  constexpr int64_t kFirstOf1970 = 700101;
  const int64_t date = *whole >= kFirstTimed ? *whole / kClock : *whole;
  const bool written = date >= kFirst && (date <= kLastOf2069 || date >= kFirstOf1970);
  if (!written && !rule.date_only) return std::nullopt;
  std::optional<ParsedTemporal> out = datetime_from_number(number, true, rule.date_only);
  if (!out) return out;
  Temporal& t = out->value;
  if (date == 0) t.year = full_year(0);
  const bool zeros = t.month == 0 || t.day == 0;
  if (zeros ? !rule.zero_parts : !rule.any_day && t.day > days_in_month(t.year, t.month))
    return std::nullopt;
  return out;
}

std::optional<ParsedTemporal> time_from_number(const Decimal& number) {
  const Decimal magnitude = number.is_negative() ? number.negated() : number;
  const std::optional<int64_t> whole = magnitude.truncated(0).to_int64();
  if (!whole) return std::nullopt;
  if (*whole > 9999999 && !number.is_negative()) {
    constexpr int64_t kFirstDated = 10000000000;
    if (*whole < kFirstDated) return std::nullopt;
    std::optional<ParsedTemporal> dated = datetime_from_number(number, true);
    if (!dated || !dated->has_time) return std::nullopt;
    dated->value.year = dated->value.month = dated->value.day = 0;
    return dated;
  }
  if (*whole / 10000 > kHourMax) return std::nullopt;
  ParsedTemporal out;
  out.has_time = true;
  Temporal& t = out.value;
  t.negative = number.is_negative();
  t.second = static_cast<int>(*whole % 100);
  t.minute = static_cast<int>(*whole / 100 % 100);
  t.hour = static_cast<int>(*whole / 10000);
  if (t.minute > 59 || t.second > 59) return std::nullopt;
  out.precision = std::min(number.scale(), 6);
  const Decimal fraction = (magnitude - magnitude.truncated(0)) * Decimal::from_int(kMicro);
  t.microsecond = static_cast<int>(fraction.to_int64().value_or(0));
  if (*whole == 0 && t.microsecond == 0) t.negative = false;
  if (t.microsecond >= kMicro) t = time_rounded(t, 6);
  if (t.hour > kHourMax) return std::nullopt;
  return out;
}

std::string date_text(const Temporal& t) {
  return fmt::format("{:04}-{:02}-{:02}", t.year, t.month, t.day);
}

std::string time_text(const Temporal& t, int precision) {
  std::string out =
      fmt::format("{}{:02}:{:02}:{:02}", t.negative ? "-" : "", t.hour, t.minute, t.second);
  if (precision > 0)
    out += "." + fmt::format("{:06}", t.microsecond).substr(0, static_cast<size_t>(precision));
  return out;
}

std::string datetime_text(const Temporal& t, int precision) {
  return date_text(t) + " " + time_text(t, precision);
}

namespace {

Decimal with_fraction(int64_t whole, const Temporal& t, int precision) {
  std::string text = std::to_string(whole);
  if (precision > 0)
    text += "." + fmt::format("{:06}", t.microsecond).substr(0, static_cast<size_t>(precision));
  return Decimal::parse_prefix((t.negative ? "-" : "") + text);
}

int64_t clock_number(const Temporal& t) { return t.hour * 10000ll + t.minute * 100 + t.second; }
int64_t calendar_number(const Temporal& t) { return t.year * 10000ll + t.month * 100 + t.day; }
int64_t clock_microseconds(const Temporal& t) {
  return ((t.hour * 60ll + t.minute) * 60 + t.second) * kMicro + t.microsecond;
}

// A step of the fraction's last digit, in microseconds.
int64_t precision_unit(int precision) {
  int64_t unit = kMicro;
  for (int i = 0; i < precision; ++i) unit /= 10;
  return unit;
}

}  // namespace

Decimal date_number(const Temporal& t) { return Decimal::from_int(calendar_number(t)); }
Decimal time_number(const Temporal& t, int precision) {
  return with_fraction(clock_number(t), t, precision);
}
Decimal datetime_number(const Temporal& t, int precision) {
  return with_fraction(calendar_number(t) * kMicro + clock_number(t), t, precision);
}

Temporal datetime_rounded(const Temporal& t, int precision) {
  const int64_t unit = precision_unit(precision);
  const int64_t rounded = (t.microsecond + unit / 2) / unit * unit;
  Temporal out = t;
  out.microsecond = 0;
  // What is no date of the calendar stays what it is, but for its clock.
  if (!is_real_date(t)) {
    const Temporal clock = time_rounded(t, precision);
    if (clock.hour >= 24) return t;
    out.hour = clock.hour;
    out.minute = clock.minute;
    out.second = clock.second;
    out.microsecond = clock.microsecond;
    return out;
  }
  return add_interval(out, {0, 0, 0, rounded}).value_or(t);
}

Temporal time_rounded(const Temporal& t, int precision) {
  const int64_t unit = precision_unit(precision);
  const int64_t total = (clock_microseconds(t) + unit / 2) / unit * unit;
  Temporal out;
  out.negative = t.negative && total != 0;
  out.microsecond = static_cast<int>(total % kMicro);
  out.second = static_cast<int>(total / kMicro % 60);
  out.minute = static_cast<int>(total / kMicro / 60 % 60);
  out.hour = static_cast<int>(total / kMicro / 3600);
  return out;
}

int days_in_month(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  // The server has no leap day in the year 0.
  const bool leap = year != 0 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[month - 1];
}

int64_t day_number(int year, int month, int day) {
  if (year == 0 && month == 0) return 0;
  // Years start in March, so that the leap day is the last.
  const int64_t y = month <= 2 ? year - 1 : year;
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_shifted_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_shifted_year;
  // The server's year 0 has no leap day, so its first two months are a day later.
  const int64_t shift = year == 0 && month <= 2 ? 1 : 0;
  return era * 146097 + day_of_era + 60 + shift;
}

void set_from_day_number(Temporal& t, int64_t days) {
  const int64_t z = days - 60 - (days < 60 ? 1 : 0);
  const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const int64_t day_of_era = z - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_shifted_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_shifted_year + 2) / 153;
  t.day = static_cast<int>(day_of_shifted_year - (153 * shifted_month + 2) / 5 + 1);
  t.month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  t.year = static_cast<int>(year_of_era + era * 400 + (t.month <= 2 ? 1 : 0));
}

int day_of_year(const Temporal& t) {
  return static_cast<int>(day_number(t.year, t.month, t.day) - day_number(t.year, 1, 1)) + 1;
}

int weekday(const Temporal& t) {
  return static_cast<int>((day_number(t.year, t.month, t.day) + 5) % 7);
}

int week_of_year(const Temporal& t, int mode, int& year) {
  // Bits of MySQL's mode: 1 Monday first, 2 weeks count from 1 (so the first days may be the last
  // year's), 4 the first week is the first that starts in the year.
  const bool monday_first = (mode & 1) != 0;
  bool week_year = (mode & 2) != 0;
  const bool first_weekday = ((mode & 4) != 0) != !monday_first;
  const int64_t day = day_number(t.year, t.month, t.day);
  year = t.year;
  const auto weekday_of = [&](int64_t n) {
    return static_cast<int>((n + (monday_first ? 5 : 6)) % 7);
  };
  int64_t first = day_number(year, 1, 1);
  int start = weekday_of(first);
  if (t.month == 1 && t.day <= 7 - start) {
    if (!week_year && ((first_weekday && start != 0) || (!first_weekday && start >= 4))) return 0;
    week_year = true;
    // Counted from the year before, as the server does: day 0 of January is of no week of its own.
    --year;
    const int64_t before = first;
    first = day_number(year, 1, 1);
    start = static_cast<int>((start + 53 * 7 - (before - first)) % 7);
  }
  const bool skips = (first_weekday && start != 0) || (!first_weekday && start >= 4);
  const int64_t signed_days = skips ? day - (first + (7 - start)) : day - (first - start);
  // The server counts them without a sign, even those of the zero date.
  const auto days = static_cast<int64_t>(static_cast<uint32_t>(signed_days));
  if (week_year && days >= 52 * 7) {
    const int next = static_cast<int>((start + day_number(year + 1, 1, 1) - first) % 7);
    if ((!first_weekday && next < 4) || (first_weekday && next == 0)) {
      ++year;
      return 1;
    }
  }
  return static_cast<int>(days / 7) + 1;
}

int compare_datetimes(const Temporal& a, const Temporal& b) {
  if (!is_real_date(a) || !is_real_date(b)) {
    const auto parts = [](const Temporal& t) {
      return std::tuple(t.year, t.month, t.day, clock_microseconds(t));
    };
    return parts(a) < parts(b) ? -1 : parts(b) < parts(a);
  }
  const int64_t x = unix_microseconds(a);
  const int64_t y = unix_microseconds(b);
  return x < y ? -1 : x > y;
}

int compare_times(const Temporal& a, const Temporal& b) {
  const int64_t x = a.negative ? -clock_microseconds(a) : clock_microseconds(a);
  const int64_t y = b.negative ? -clock_microseconds(b) : clock_microseconds(b);
  return x < y ? -1 : x > y;
}

namespace {
constexpr int64_t kUnixEpochDay = 719528;
}

int64_t unix_microseconds(const Temporal& t) {
  return (day_number(t.year, t.month, t.day) - kUnixEpochDay) * kDayMicro + clock_microseconds(t);
}

Temporal from_unix_microseconds(int64_t us) {
  int64_t days = us / kDayMicro;
  int64_t rest = us % kDayMicro;
  if (rest < 0) {
    rest += kDayMicro;
    --days;
  }
  Temporal t;
  set_from_day_number(t, days + kUnixEpochDay);
  t.microsecond = static_cast<int>(rest % kMicro);
  t.second = static_cast<int>(rest / kMicro % 60);
  t.minute = static_cast<int>(rest / kMicro / 60 % 60);
  t.hour = static_cast<int>(rest / kMicro / 3600);
  return t;
}

std::optional<Temporal> add_interval(const Temporal& t, const Interval& interval) {
  constexpr int64_t kYearMax = 9999;
  Temporal out = t;
  if (interval.months != 0) {
    if (std::abs(interval.months) > kYearMax * 12) return std::nullopt;
    const int64_t months = out.year * 12ll + out.month - 1 + interval.months;
    if (months < 0 || months > kYearMax * 12 + 11) return std::nullopt;
    out.year = static_cast<int>(months / 12);
    out.month = static_cast<int>(months % 12) + 1;
    out.day = std::min(out.day, days_in_month(out.year, out.month));
  }
  const __int128 micros = static_cast<__int128>(interval.seconds) * kMicro + interval.microseconds +
                          clock_microseconds(out);
  __int128 days = micros / kDayMicro;
  __int128 rest = micros % kDayMicro;
  if (rest < 0) {
    rest += kDayMicro;
    --days;
  }
  days += interval.days + static_cast<__int128>(day_number(out.year, out.month, out.day));
  if (days < 1 || days > day_number(kYearMax, 12, 31)) return std::nullopt;
  set_from_day_number(out, static_cast<int64_t>(days));
  const auto clock = static_cast<int64_t>(rest);
  out.microsecond = static_cast<int>(clock % kMicro);
  out.second = static_cast<int>(clock / kMicro % 60);
  out.minute = static_cast<int>(clock / kMicro / 60 % 60);
  out.hour = static_cast<int>(clock / kMicro / 3600);
  return out;
}

}  // namespace vif::types
