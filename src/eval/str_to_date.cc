#include "eval/str_to_date.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace vif::eval {
namespace {

using types::Temporal;

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};
constexpr int64_t kDayMax = 3652424;

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool read(std::string_view format) {
    for (size_t f = 0; f < format.size(); ++f) {
      while (!at_end() && is_space(peek())) ++at_;
      if (at_end()) break;
      if (format[f] == '%' && f + 1 < format.size()) {
        if (!letter(format[++f])) return false;
      } else if (!is_space(format[f])) {
        if (peek() != format[f]) return false;
        ++at_;
      }
    }
    return !twelve_hours_ || settle_hour();
  }

  // The day from its number in the year or week; then whether the parts are within their ranges.
  bool settle() {
    if (year_day_ > 0 && !set_day(types::day_number(t_.year, 1, 1) + year_day_ - 1)) return false;
    if (week_ >= 0 && week_day_ > 0 && !settle_week()) return false;
    return t_.month <= 12 && t_.day <= 31 && t_.hour <= 23 && t_.minute <= 59 && t_.second <= 59;
  }

  FormattedDate result() const {
    const bool complete =
        std::all_of(text_.begin() + static_cast<ptrdiff_t>(at_), text_.end(), is_space);
    return {t_, complete};
  }

  // Of a text that has not the form: within %r or %T.
  std::optional<size_t> failed_clock_at() const { return failed_clock_at_; }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return text_[at_]; }

  // At most `most` digits, or one less after a plus.
  bool number(size_t most, int& out) {
    size_t count = 0;
    int value = 0;
    const bool plus = !at_end() && peek() == '+';
    if (plus) {
      ++at_;
      ++count;
    }
    while (count < most && !at_end() && is_digit(peek())) {
      value = value * 10 + (peek() - '0');
      ++at_;
      ++count;
    }
    if (count == (plus ? 1u : 0u)) return false;
    out = value;
    digits_ = count;
    return true;
  }

  static int full_year(int year) {
    return year < 70 ? year + 2000 : year < 100 ? year + 1900 : year;
  }

  // The place of the word, or of its three letters, from 1: as many of them as only one begins
  // with.
  template <size_t N>
  bool word(const std::array<std::string_view, N>& words, bool abbreviated, int& out) {
    size_t end = at_;
    while (end < text_.size() && is_letter(text_[end])) ++end;
    const std::string_view found = text_.substr(at_, end - at_);
    size_t place = N;
    for (size_t i = 0; i < N; ++i) {
      const std::string_view wanted = abbreviated ? words[i].substr(0, 3) : words[i];
      const bool same = !found.empty() && found.size() <= wanted.size() &&
                        std::equal(found.begin(), found.end(), wanted.begin(),
                                   [](char a, char b) { return lowered(a) == lowered(b); });
      if (!same) continue;
      if (place < N) return false;
      place = i;
    }
    if (place == N) return false;
    out = static_cast<int>(place) + 1;
    at_ = end;
    return true;
  }

  template <typename Class>
  bool skip(Class is_of_class) {
    while (!at_end() && is_of_class(peek())) ++at_;
    return true;
  }

  bool fraction() {
    int value = 0;
    if (!number(6, value)) return false;
    for (size_t i = digits_; i < 6; ++i) value *= 10;
    t_.microsecond = value;
    return true;
  }

  bool half_day() {
    if (text_.size() - at_ < 2 || !twelve_hours_ || lowered(text_[at_ + 1]) != 'm') return false;
    const char half = lowered(peek());
    if (half != 'a' && half != 'p') return false;
    afternoon_ = half == 'p';
    at_ += 2;
    return true;
  }

  bool compound(std::string_view format) {
    Reader inner(text_.substr(at_));
    inner.t_ = t_;
    if (!inner.read(format)) {
      failed_clock_at_ = at_;
      return false;
    }
    t_ = inner.t_;
    at_ += inner.at_;
    return true;
  }

  bool day_with_suffix() {
    if (!number(2, t_.day)) return false;
    at_ = std::min(at_ + 2, text_.size());
    return true;
  }

  bool week(bool sunday_first, bool strict) {
    sunday_first_ = sunday_first;
    strict_ = strict;
    return number(2, week_) && week_ <= 53 && (!strict || week_ > 0);
  }

  bool letter(char c) {
    switch (c) {
      case 'Y':
        if (!number(4, t_.year)) return false;
        if (digits_ <= 2) t_.year = full_year(t_.year);
        return true;
      case 'y':
        if (!number(2, t_.year)) return false;
        t_.year = full_year(t_.year);
        return true;
      case 'm':
      case 'c': return number(2, t_.month);
      case 'M': return word(kMonths, false, t_.month);
      case 'b': return word(kMonths, true, t_.month);
      case 'd':
      case 'e': return number(2, t_.day);
      case 'D': return day_with_suffix();
      case 'h':
      case 'I':
      case 'l': twelve_hours_ = true; return number(2, t_.hour);
      case 'k':
      case 'H': return number(2, t_.hour);
      case 'i': return number(2, t_.minute);
      case 's':
      case 'S': return number(2, t_.second);
      case 'f': return fraction();
      case 'p': return half_day();
      case 'W': return word(kDays, false, week_day_);
      case 'a': return word(kDays, true, week_day_);
      case 'w':
        if (!number(1, week_day_) || week_day_ >= 7) return false;
        if (week_day_ == 0) week_day_ = 7;
        return true;
      case 'j': return number(3, year_day_);
      case 'U': return week(true, false);
      case 'u': return week(false, false);
      case 'V': return week(true, true);
      case 'v': return week(false, true);
      case 'X':
      case 'x': strict_year_sunday_ = c == 'X'; return number(4, strict_year_);
      case 'r': return compound("%I:%i:%S %p");
      case 'T': return compound("%H:%i:%S");
      case '.':
        return skip([](char x) { return std::ispunct(static_cast<unsigned char>(x)) != 0; });
      case '@': return skip(is_letter);
      case '#': return skip(is_digit);
      default: return false;
    }
  }

  bool settle_hour() {
    if (t_.hour > 12 || t_.hour < 1) return false;
    t_.hour = t_.hour % 12 + (afternoon_ ? 12 : 0);
    return true;
  }

  bool set_day(int64_t day) {
    if (day <= 0 || day > kDayMax) return false;
    types::set_from_day_number(t_, day);
    return true;
  }

  bool settle_week() {
    // %V and %v want the %X or %x of the same kind; %U and %u none.
    if (strict_ ? strict_year_ < 0 || strict_year_sunday_ != sunday_first_ : strict_year_ >= 0)
      return false;
    const int year = strict_ ? strict_year_ : t_.year;
    int64_t day = types::day_number(year, 1, 1);
    // 0 is Monday for day numbers; the week begins on Sunday or Monday.
    const int64_t first = sunday_first_ ? (day + 6) % 7 : (day + 5) % 7;
    if (sunday_first_) {
      day += (first == 0 ? 0 : 7) - first + (week_ - 1) * 7 + week_day_ % 7;
    } else {
      day += (first <= 3 ? 0 : 7) - first + (week_ - 1) * 7 + (week_day_ - 1);
    }
    return set_day(day);
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t digits_ = 0;
  Temporal t_;
  bool twelve_hours_ = false;
  bool afternoon_ = false;
  int week_day_ = 0;
  int year_day_ = 0;
  int week_ = -1;
  int strict_year_ = -1;
  bool strict_year_sunday_ = false;
  bool sunday_first_ = false;
  bool strict_ = false;
  std::optional<size_t> failed_clock_at_;
};

}  // namespace

FormatParts parts_of_format(std::string_view format) {
  FormatParts out;
  for (size_t i = 0; i + 1 < format.size(); ++i) {
    if (format[i] != '%') continue;
    const char c = format[++i];
    if (c == 'f') {
      out.fraction = out.time = true;
    } else if (std::string_view("HISThiklrs").find(c) != std::string_view::npos) {
      out.time = true;
    } else if (std::string_view("MVUXYWabcdejmuvwxy").find(c) != std::string_view::npos) {
      out.date = true;
      out.beyond_days = out.beyond_days || (c != 'd' && c != 'e');
    }
  }
  return out;
}

std::optional<FormattedDate> read_by_format(std::string_view text, std::string_view format,
                                            std::optional<size_t>* clock_at) {
  Reader reader(text);
  const bool has_form = reader.read(format);
  if (clock_at && !has_form) *clock_at = reader.failed_clock_at();
  if (!has_form || !reader.settle()) return std::nullopt;
  return reader.result();
}

}  // namespace vif::eval
