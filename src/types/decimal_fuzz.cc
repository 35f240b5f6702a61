// Numbers from any text: reading ends, what is written reads back the same, and arithmetic keeps
// its laws.
#include <bit>
#include <cmath>

#include "base/assert.h"
#include "types/decimal.h"
#include "types/float_text.h"

namespace vif::types {
namespace {

void check_one(const Decimal& a, int scale) {
  const std::string text = a.to_string();
  const auto again = Decimal::parse(text);
  VIF_ASSERT(again && compare(*again, a) == 0 && again->to_string() == text &&
             again->scale() == a.scale());
  VIF_ASSERT(compare(a.negated().negated(), a) == 0);
  VIF_ASSERT((a - a).is_zero());
  VIF_ASSERT(compare(a.floor(), a) <= 0 && compare(a, a.ceil()) <= 0);
  const Decimal cut = a.truncated(scale), near = a.rounded(scale);
  VIF_ASSERT(cut.is_zero() || cut.is_negative() == a.is_negative());
  VIF_ASSERT(near.is_zero() || near.is_negative() == a.is_negative());
  VIF_ASSERT(compare(near.rounded(scale), near) == 0);
  const Decimal clamped = a.clamped(20, 5);
  VIF_ASSERT(clamped.scale() <= 5 && clamped.integer_digits() <= 15);
  if (const auto integer = a.to_int64())
    VIF_ASSERT(compare(Decimal::from_int(*integer), a.rounded(0)) == 0);
  if (const auto integer = a.to_uint64())
    VIF_ASSERT(compare(Decimal::from_uint(*integer), a.rounded(0)) == 0);
  if (const double real = a.to_double(); std::isfinite(real)) {
    VIF_ASSERT(std::bit_cast<uint64_t>(parse_double_prefix(double_text(real))) ==
               std::bit_cast<uint64_t>(real));
    (void)float_text(static_cast<float>(real));
  }
}

void check_two(const Decimal& a, const Decimal& b, int scale) {
  VIF_ASSERT(compare(a, b) == -compare(b, a));
  VIF_ASSERT(compare(a + b - b, a) == 0);
  VIF_ASSERT(compare(a + b, b + a) == 0 && compare(a * b, b * a) == 0);
  VIF_ASSERT(compare(a - b, (b - a).negated()) == 0);
  if (b.is_zero()) return;
  VIF_ASSERT(compare(Decimal::divide(a * b, b, a.scale()), a) == 0);
  const Decimal rest = Decimal::modulo(a, b);
  VIF_ASSERT(rest.is_zero() || rest.is_negative() == a.is_negative());
  VIF_ASSERT(compare(Decimal::divide(a, b, 0) * b + rest, a) == 0);
  (void)Decimal::divide(a, b, std::abs(scale) % (Decimal::kScaleMax + 1));
}

void one(std::string_view text) {
  const int scale = static_cast<signed char>(text.front());
  text.remove_prefix(1);
  if (text.size() > 200) return;  // longer than any value that a statement keeps exact
  double real = 0;
  std::string_view rest;
  real = parse_double_prefix(text, &rest);
  VIF_ASSERT(rest.size() <= text.size());
  const Decimal a = Decimal::parse_prefix(text, &rest);
  VIF_ASSERT(rest.size() <= text.size());
  if (const auto whole = Decimal::parse(text)) VIF_ASSERT(compare(*whole, a) == 0);
  check_one(a, scale);
  if (std::isfinite(real)) check_one(Decimal::from_double(real), scale);
  if (rest.empty()) return;
  const Decimal b = Decimal::parse_prefix(rest.substr(1));
  check_one(b, scale);
  check_two(a, b, scale);
}

}  // namespace
}  // namespace vif::types

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size > 0) vif::types::one({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
