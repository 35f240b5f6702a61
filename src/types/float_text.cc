#include "types/float_text.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace vif::types {
namespace {

// to_chars writes "1e+20", "1e-05".
std::string plain_exponent(std::string_view text) {
  const size_t e = text.find('e');
  if (e == std::string_view::npos) return std::string(text);
  std::string out(text.substr(0, e + 1));
  std::string_view exponent = text.substr(e + 1);
  if (exponent.starts_with('-')) out += '-';
  exponent.remove_prefix(1);
  while (exponent.size() > 1 && exponent.front() == '0') exponent.remove_prefix(1);
  return out.append(exponent);
}

template <typename Float>
std::string shortest(Float value) {
  if (value == 0) return std::signbit(value) ? "-0" : "0";
  const double magnitude = std::fabs(static_cast<double>(value));
  // What has a fraction has its digits before the point too.
  const bool whole = magnitude >= 1e15 && std::trunc(magnitude) == magnitude;
  const bool scientific = magnitude < 1e-15 || whole;
  char buffer[400];
  const auto [end, code] =
      std::to_chars(buffer, buffer + sizeof buffer, value,
                    scientific ? std::chars_format::scientific : std::chars_format::fixed);
  return plain_exponent({buffer, static_cast<size_t>(end - buffer)});
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string double_text(double value) { return shortest(value); }
std::string float_text(float value) { return shortest(value); }

std::string double_text_within(double value, size_t width) {
  std::string out = shortest(value);
  if (out.size() <= width) return out;
  char buffer[64];
  if (out.find('e') == std::string::npos) {
    const auto [end, code] =
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
    out = plain_exponent({buffer, static_cast<size_t>(end - buffer)});
  }
  // Then with fewer digits.
  constexpr int kDigitsMost = 16;
  for (int digits = kDigitsMost; out.size() > width && digits > 0; --digits) {
    const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, value,
                                           std::chars_format::scientific, digits - 1);
    out = plain_exponent({buffer, static_cast<size_t>(end - buffer)});
    const size_t exponent = out.find('e');
    size_t zeros = exponent;
    while (zeros > 0 && out[zeros - 1] == '0') --zeros;
    if (zeros > 0 && out[zeros - 1] == '.') --zeros;
    if (out.find('.') < exponent) out.erase(zeros, exponent - zeros);
  }
  return out;
}

double parse_double_prefix(std::string_view text, std::string_view* rest) {
  size_t from = 0;
  while (from < text.size() && (text[from] == ' ' || (text[from] >= '\t' && text[from] <= '\r')))
    ++from;
  size_t at = from;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  size_t digits = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) ++digits;
  if (at < text.size() && text[at] == '.') {
    const size_t point = at++;
    for (; at < text.size() && is_digit(text[at]); ++at) ++digits;
    if (digits == 0) at = point;
  }
  if (digits == 0) {
    if (rest) *rest = text;
    return 0;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    size_t end = at + 1;
    if (end < text.size() && (text[end] == '-' || text[end] == '+')) ++end;
    if (end < text.size() && is_digit(text[end])) {
      while (end < text.size() && is_digit(text[end])) ++end;
      at = end;
    }
  }
  if (rest) *rest = text.substr(at);
  const double value = std::strtod(std::string(text.substr(from, at - from)).c_str(), nullptr);
  return std::isinf(value) ? std::copysign(std::numeric_limits<double>::max(), value) : value;
}

}  // namespace vif::types
