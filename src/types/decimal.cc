#include "types/decimal.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace vif::types {
namespace {

using Digits = std::vector<uint32_t>;
constexpr uint32_t kBase = 1000000000;
constexpr int kBaseDigits = 9;
// An exponent beyond this only makes digits that no column holds.
constexpr int kExponentMax = 400;

void trim(Digits& digits) {
  while (!digits.empty() && digits.back() == 0) digits.pop_back();
}

int compare_digits(const Digits& a, const Digits& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (size_t i = a.size(); i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

Digits add(const Digits& a, const Digits& b) {
  Digits out;
  uint32_t carry = 0;
  for (size_t i = 0; i < std::max(a.size(), b.size()) || carry != 0; ++i) {
    const uint32_t sum = (i < a.size() ? a[i] : 0) + (i < b.size() ? b[i] : 0) + carry;
    out.push_back(sum % kBase);
    carry = sum / kBase;
  }
  trim(out);
  return out;
}

// REQUIRES: a >= b.
Digits subtract(const Digits& a, const Digits& b) {
  Digits out;
  int64_t borrow = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    int64_t difference = static_cast<int64_t>(a[i]) - (i < b.size() ? b[i] : 0) - borrow;
    borrow = difference < 0 ? 1 : 0;
    if (difference < 0) difference += kBase;
    out.push_back(static_cast<uint32_t>(difference));
  }
  trim(out);
  return out;
}

Digits multiply(const Digits& a, const Digits& b) {
  Digits out(a.size() + b.size(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    uint64_t carry = 0;
    for (size_t j = 0; j < b.size() || carry != 0; ++j) {
      const uint64_t sum = out[i + j] + carry + (j < b.size() ? uint64_t{a[i]} * b[j] : 0);
      out[i + j] = static_cast<uint32_t>(sum % kBase);
      carry = sum / kBase;
    }
  }
  trim(out);
  return out;
}

Digits multiply_small(const Digits& a, uint32_t factor) { return multiply(a, Digits{factor}); }

uint32_t power_of_ten(int exponent) {
  uint32_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

Digits shift_up(const Digits& a, int decimal_places) {
  if (a.empty()) return a;
  Digits out(static_cast<size_t>(decimal_places / kBaseDigits), 0);
  const Digits scaled = multiply_small(a, power_of_ten(decimal_places % kBaseDigits));
  out.insert(out.end(), scaled.begin(), scaled.end());
  return out;
}

uint32_t divide_small(Digits& a, uint32_t divisor) {
  uint64_t rest = 0;
  for (size_t i = a.size(); i-- > 0;) {
    const uint64_t current = rest * kBase + a[i];
    a[i] = static_cast<uint32_t>(current / divisor);
    rest = current % divisor;
  }
  trim(a);
  return static_cast<uint32_t>(rest);
}

// Cuts `decimal_places` digits off; tells whether what was cut is half or more, and whether it is
// nothing.
Digits shift_down(Digits a, int decimal_places, bool& half_or_more, bool& exact) {
  exact = true;
  uint32_t last = 0;  // the highest digit that was cut
  for (int i = 0; i < decimal_places;) {
    const int step = decimal_places - i > kBaseDigits ? kBaseDigits : 1;
    last = divide_small(a, power_of_ten(step));
    exact = exact && last == 0;
    i += step;
  }
  half_or_more = decimal_places > 0 && last >= 5;
  return a;
}

// a / b and a % b, schoolbook in base 1e9.
Digits divide_digits(const Digits& a, const Digits& b, Digits& rest) {
  Digits quotient(a.size(), 0);
  rest.clear();
  for (size_t i = a.size(); i-- > 0;) {
    rest.insert(rest.begin(), a[i]);
    trim(rest);
    uint32_t low = 0;
    uint32_t high = compare_digits(rest, b) < 0 ? 0 : kBase - 1;
    while (low < high) {
      const uint32_t middle = low + (high - low + 1) / 2;
      if (compare_digits(multiply_small(b, middle), rest) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    quotient[i] = low;
    if (low != 0) rest = subtract(rest, multiply_small(b, low));
  }
  trim(quotient);
  return quotient;
}

Digits digits_from_text(std::string_view text) {
  Digits out;
  while (!text.empty()) {
    const size_t take = std::min<size_t>(text.size(), kBaseDigits);
    uint32_t part = 0;
    for (const char c : text.substr(text.size() - take))
      part = part * 10 + static_cast<uint32_t>(c - '0');
    out.push_back(part);
    text.remove_suffix(take);
  }
  trim(out);
  return out;
}

std::string text_from_digits(const Digits& digits) {
  if (digits.empty()) return "0";
  std::string out = std::to_string(digits.back());
  for (size_t i = digits.size() - 1; i-- > 0;) out += fmt::format("{:09}", digits[i]);
  return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "e-12" at `at`, or nothing; moves past it.
int take_exponent(std::string_view text, size_t& at) {
  if (at >= text.size() || (text[at] != 'e' && text[at] != 'E')) return 0;
  size_t end = at + 1;
  bool minus = false;
  if (end < text.size() && (text[end] == '-' || text[end] == '+')) minus = text[end++] == '-';
  if (end >= text.size() || !is_digit(text[end])) return 0;
  int exponent = 0;
  for (; end < text.size() && is_digit(text[end]); ++end) {
    exponent = std::min(exponent * 10 + (text[end] - '0'), kExponentMax);
  }
  at = end;
  return minus ? -exponent : exponent;
}

}  // namespace

Decimal::Decimal(bool negative, Digits digits, int scale)
    : negative_(negative && !digits.empty()), digits_(std::move(digits)), scale_(scale) {}

Decimal Decimal::from_uint(uint64_t value) {
  Digits digits;
  for (; value != 0; value /= kBase) digits.push_back(static_cast<uint32_t>(value % kBase));
  return {false, std::move(digits), 0};
}

Decimal Decimal::from_int(int64_t value) {
  const uint64_t magnitude =
      value < 0 ? ~static_cast<uint64_t>(value) + 1 : static_cast<uint64_t>(value);
  Decimal out = from_uint(magnitude);
  out.negative_ = value < 0;
  return out;
}

Decimal Decimal::from_double(double value) { return parse_prefix(fmt::format("{}", value)); }

std::optional<Decimal> Decimal::parse(std::string_view text) {
  std::string_view rest;
  Decimal out = parse_prefix(text, &rest);
  if (!rest.empty() || text.empty() || text.front() == ' ') return std::nullopt;
  return out;
}

Decimal Decimal::parse_prefix(std::string_view text, std::string_view* rest) {
  size_t at = 0;
  while (at < text.size() && (text[at] == ' ' || (text[at] >= '\t' && text[at] <= '\r'))) ++at;
  bool negative = false;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
  std::string digits;
  int scale = 0;
  while (at < text.size() && is_digit(text[at])) digits += text[at++];
  if (at < text.size() && text[at] == '.' &&
      (!digits.empty() || (at + 1 < text.size() && is_digit(text[at + 1])))) {
    for (++at; at < text.size() && is_digit(text[at]); ++scale) digits += text[at++];
  }
  if (digits.empty()) {
    if (rest) *rest = text;
    return {};
  }
  const int exponent = take_exponent(text, at);
  if (rest) *rest = text.substr(at);
  Decimal out(negative, digits_from_text(digits), scale - exponent);
  if (out.scale_ < 0) {
    out.digits_ = shift_up(out.digits_, -out.scale_);
    out.scale_ = 0;
  }
  return out;
}

int Decimal::integer_digits() const {
  if (digits_.empty()) return 0;
  return std::max(static_cast<int>(text_from_digits(digits_).size()) - scale_, 0);
}

std::string Decimal::to_string() const {
  std::string text = text_from_digits(digits_);
  if (scale_ > 0) {
    const auto scale = static_cast<size_t>(scale_);
    if (text.size() <= scale) text.insert(0, scale + 1 - text.size(), '0');
    text.insert(text.size() - scale, 1, '.');
  }
  return negative_ ? "-" + text : text;
}

double Decimal::to_double() const { return std::strtod(to_string().c_str(), nullptr); }

std::optional<int64_t> Decimal::to_int64() const {
  const std::string text = rounded(0).to_string();
  int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<uint64_t> Decimal::to_uint64() const {
  const std::string text = rounded(0).to_string();
  uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() ? std::optional(value) : std::nullopt;
}

Decimal Decimal::negated() const { return {!negative_, digits_, scale_}; }

Decimal Decimal::rounded(int scale) const {
  if (scale >= scale_) {
    Decimal out{negative_, shift_up(digits_, scale - scale_), scale};
    out.negative_ = negative_;
    return out;
  }
  bool half = false;
  bool exact = false;
  Digits digits = shift_down(digits_, scale_ - scale, half, exact);
  if (half) digits = add(digits, {1});
  if (scale < 0) return {negative_, shift_up(digits, -scale), 0};
  return {negative_, std::move(digits), scale};
}

Decimal Decimal::truncated(int scale) const {
  if (scale >= scale_) return rounded(scale);
  bool half = false;
  bool exact = false;
  Digits digits = shift_down(digits_, scale_ - scale, half, exact);
  if (scale < 0) return {negative_, shift_up(digits, -scale), 0};
  return {negative_, std::move(digits), scale};
}

Decimal Decimal::floor() const {
  bool half = false;
  bool exact = false;
  Digits digits = shift_down(digits_, scale_, half, exact);
  if (negative_ && !exact) digits = add(digits, {1});
  return {negative_, std::move(digits), 0};
}

Decimal Decimal::ceil() const { return negated().floor().negated(); }

Decimal Decimal::clamped(int precision, int scale) const {
  Decimal out = rounded(scale);
  const Digits limit = digits_from_text("1" + std::string(static_cast<size_t>(precision), '0'));
  if (compare_digits(out.digits_, limit) >= 0) out.digits_ = subtract(limit, {1});
  return out;
}

Decimal::Digits Decimal::scaled_to(int scale) const { return shift_up(digits_, scale - scale_); }

Decimal operator+(const Decimal& a, const Decimal& b) {
  const int scale = std::max(a.scale_, b.scale_);
  const Digits x = a.scaled_to(scale);
  const Digits y = b.scaled_to(scale);
  if (a.negative_ == b.negative_) return {a.negative_, add(x, y), scale};
  if (compare_digits(x, y) >= 0) return {a.negative_, subtract(x, y), scale};
  return {b.negative_, subtract(y, x), scale};
}

Decimal operator-(const Decimal& a, const Decimal& b) { return a + b.negated(); }

Decimal operator*(const Decimal& a, const Decimal& b) {
  return {a.negative_ != b.negative_, multiply(a.digits_, b.digits_), a.scale_ + b.scale_};
}

Decimal Decimal::divide(const Decimal& a, const Decimal& b, int scale) {
  // (a / 10^sa) / (b / 10^sb) with `scale` decimals is a * 10^(scale - sa + sb) / b.
  const int shift = scale - a.scale_ + b.scale_;
  const Digits top = shift >= 0 ? shift_up(a.digits_, shift) : a.digits_;
  const Digits bottom = shift < 0 ? shift_up(b.digits_, -shift) : b.digits_;
  Digits rest;
  return {a.negative_ != b.negative_, divide_digits(top, bottom, rest), scale};
}

Decimal Decimal::modulo(const Decimal& a, const Decimal& b) {
  const int scale = std::max(a.scale_, b.scale_);
  Digits rest;
  divide_digits(a.scaled_to(scale), b.scaled_to(scale), rest);
  Decimal out{a.negative_, std::move(rest), scale};
  out.negative_ = a.negative_;
  return out;
}

int compare(const Decimal& a, const Decimal& b) {
  if (a.negative_ != b.negative_) return a.negative_ ? -1 : 1;
  const int scale = std::max(a.scale_, b.scale_);
  const int magnitude = compare_digits(a.scaled_to(scale), b.scaled_to(scale));
  return a.negative_ ? -magnitude : magnitude;
}

}  // namespace vif::types
