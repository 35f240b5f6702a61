// MySQL's DECIMAL: exact numbers with up to 65 digits, up to 30 of them after the point. Values
// outside that arise on the way and are cut by the operation that MySQL cuts them in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vif::types {

class Decimal {
 public:
  static constexpr int kDigitsMax = 65;
  static constexpr int kScaleMax = 30;

  Decimal() = default;  // 0
  static Decimal from_int(int64_t value);
  static Decimal from_uint(uint64_t value);
  // The double's shortest text, as a decimal; for CAST and for mixed sums.
  static Decimal from_double(double value);
  // Wholly a number ("-1.50", "1e3", ".5"), or nullopt.
  static std::optional<Decimal> parse(std::string_view text);
  // The longest prefix that is a number, blanks before it allowed; 0 when there is none. `rest` is
  // what was not used.
  static Decimal parse_prefix(std::string_view text, std::string_view* rest = nullptr);

  int scale() const { return scale_; }
  bool is_zero() const { return digits_.empty(); }
  bool is_negative() const { return negative_; }
  // Digits before the point; 0 for 0.5.
  int integer_digits() const;

  std::string to_string() const;
  double to_double() const;
  // Rounded half away from zero; nullopt when out of range.
  std::optional<int64_t> to_int64() const;
  std::optional<uint64_t> to_uint64() const;

  Decimal negated() const;
  // Half away from zero; a negative scale rounds before the point. Or towards zero.
  Decimal rounded(int scale) const;
  Decimal truncated(int scale) const;
  // Towards minus and plus infinity.
  Decimal floor() const;
  Decimal ceil() const;
  // The nearest that a DECIMAL(precision, scale) holds; rounds first.
  Decimal clamped(int precision, int scale) const;

  friend Decimal operator+(const Decimal& a, const Decimal& b);
  friend Decimal operator-(const Decimal& a, const Decimal& b);
  friend Decimal operator*(const Decimal& a, const Decimal& b);
  // a / b with `scale` decimals, cut not rounded. REQUIRES: b is not zero.
  static Decimal divide(const Decimal& a, const Decimal& b, int scale);
  // The remainder of the division cut to an integer, with a's sign. REQUIRES: b is not zero.
  static Decimal modulo(const Decimal& a, const Decimal& b);

  friend int compare(const Decimal& a, const Decimal& b);

 private:
  using Digits = std::vector<uint32_t>;  // base 1e9, least first, no zeros at the end
  Decimal(bool negative, Digits digits, int scale);
  Digits scaled_to(int scale) const;

  bool negative_ = false;
  Digits digits_;  // the number times 10^scale
  int scale_ = 0;
};

}  // namespace vif::types
