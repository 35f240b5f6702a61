#include <algorithm>

#include "vtgate/engine/aggregate.h"

namespace vif::vtgate::engine {

namespace {

// An integer of decimal digits, and how many of them stand after the point.
struct Digits {
  bool negative = false;
  std::string digits;
  size_t scale = 0;

  explicit Digits(std::string_view text) {
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
      negative = text[0] == '-';
      text.remove_prefix(1);
    }
    const size_t dot = text.find('.');
    digits = text.substr(0, dot);
    if (dot != std::string_view::npos) {
      digits += text.substr(dot + 1);
      scale = text.size() - dot - 1;
    }
  }
  void rescale(size_t to) {
    digits.append(to - scale, '0');
    scale = to;
  }
  void pad(size_t size) { digits.insert(0, size - digits.size(), '0'); }
};

std::string to_text(bool negative, std::string digits, size_t scale) {
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  size_t zeros = 0;
  while (zeros + scale + 1 < digits.size() && digits[zeros] == '0') ++zeros;
  digits.erase(0, zeros);
  if (digits.find_first_not_of('0') == std::string::npos) negative = false;
  if (scale != 0) digits.insert(digits.size() - scale, ".");
  return (negative ? "-" : "") + digits;
}

// REQUIRES: equal sizes, and a >= b for the difference.
std::string digit_sum(const std::string& a, const std::string& b) {
  std::string out(a.size(), '0');
  int carry = 0;
  for (size_t i = a.size(); i-- > 0;) {
    const int digit = (a[i] - '0') + (b[i] - '0') + carry;
    out[i] = static_cast<char>('0' + digit % 10);
    carry = digit / 10;
  }
  return carry ? "1" + out : out;
}
std::string digit_difference(const std::string& a, const std::string& b) {
  std::string out(a.size(), '0');
  int borrow = 0;
  for (size_t i = a.size(); i-- > 0;) {
    int digit = (a[i] - '0') - (b[i] - '0') - borrow;
    borrow = digit < 0;
    if (borrow) digit += 10;
    out[i] = static_cast<char>('0' + digit);
  }
  return out;
}

}  // namespace

std::string add_decimals(std::string_view left, std::string_view right) {
  Digits a(left);
  Digits b(right);
  const size_t scale = std::max(a.scale, b.scale);
  a.rescale(scale);
  b.rescale(scale);
  const size_t size = std::max(a.digits.size(), b.digits.size());
  a.pad(size);
  b.pad(size);
  if (a.negative == b.negative) return to_text(a.negative, digit_sum(a.digits, b.digits), scale);
  if (a.digits >= b.digits) return to_text(a.negative, digit_difference(a.digits, b.digits), scale);
  return to_text(b.negative, digit_difference(b.digits, a.digits), scale);
}

std::string divide_decimal(std::string_view dividend, uint64_t divisor, size_t scale) {
  Digits n(dividend);
  // One digit more than wanted decides the rounding.
  if (n.scale < scale + 1) n.rescale(scale + 1);
  std::string quotient;
  unsigned __int128 rest = 0;
  for (const char c : n.digits) {
    rest = rest * 10 + static_cast<unsigned>(c - '0');
    quotient += static_cast<char>('0' + static_cast<int>(rest / divisor));
    rest %= divisor;
  }
  const size_t drop = n.scale - scale;
  const bool up = quotient.size() >= drop && quotient[quotient.size() - drop] >= '5';
  quotient.resize(quotient.size() - drop);
  if (quotient.empty()) quotient = "0";
  if (up) {
    std::string one(quotient.size(), '0');
    one.back() = '1';
    quotient = digit_sum(quotient, one);
  }
  return to_text(n.negative, std::move(quotient), scale);
}

}  // namespace vif::vtgate::engine
