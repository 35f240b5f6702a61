// Values without a Datum.
#include <bit>
#include <charconv>
#include <cstring>

#include "eval/compare.h"
#include "eval/node.h"

namespace vif::eval {
namespace {

template <typename T>
int order_of(T a, T b) {
  return a < b ? -1 : a > b;
}

template <typename T>
bool parse_whole(std::string_view text, T& out) {
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, out);
  return error == std::errc() && at == end;
}

// Four to eight digits at once: as bytes of one word, whose neighbours are added up pair by pair.
[[gnu::always_inline]] inline bool parse_digits(const char* p, size_t n, uint64_t& out) {
  uint32_t first = 0;
  uint32_t last = 0;
  std::memcpy(&first, p, 4);
  std::memcpy(&last, p + n - 4, 4);
  const auto lead = static_cast<unsigned>(8 * (8 - n));
  constexpr uint64_t kZeros = 0x3030303030303030;
  uint64_t word = static_cast<uint64_t>(first) << lead | static_cast<uint64_t>(last) << 32 |
                  (kZeros & ((uint64_t{1} << lead) - 1));
  constexpr uint64_t kHigh = 0xf0f0f0f0f0f0f0f0;
  if ((word & kHigh) != kZeros || ((word + 0x0606060606060606) & kHigh) != kZeros) return false;
  word -= kZeros;
  word = word * 10 + (word >> 8);
  out = ((word & 0x000000ff000000ff) * 0x000f424000000064 +
         ((word >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>
        32;
  return true;
}

[[gnu::always_inline]] inline bool parse_signed(std::string_view text, int64_t& out) {
  if constexpr (std::endian::native == std::endian::little) {
    const size_t sign = !text.empty() && text.front() == '-' ? 1 : 0;
    const size_t n = text.size() - sign;
    uint64_t digits = 0;
    if (n >= 1 && n <= 8) {
      if (n >= 4) {
        if (!parse_digits(text.data() + sign, n, digits)) return false;
      } else {
        for (const char c : text.substr(sign)) {
          if (c < '0' || c > '9') return false;
          digits = digits * 10 + static_cast<uint64_t>(c - '0');
        }
      }
      out = sign ? -static_cast<int64_t>(digits) : static_cast<int64_t>(digits);
      return true;
    }
  }
  return parse_whole(text, out);
}

}  // namespace

Quick quick_from(const types::Value& value, uint32_t collation) {
  if (value.type == Type::kInt64 || value.type == Type::kInt32) {
    // Parsed before there is a Quick: its words are stored once, as they are copied.
    int64_t number = 0;
    return parse_signed(value.bytes, number) ? Quick::of_int(number) : Quick();
  }
  if (value.is_null()) return Quick::null();
  if (types::is_integral(value.type)) {
    Quick q;
    if (!types::is_unsigned(value.type)) {
      q.kind = parse_signed(value.bytes, q.i) ? Quick::Kind::kInt : Quick::Kind::kNone;
    } else if (value.type != Type::kYear) {
      q.kind = parse_whole(value.bytes, q.u) ? Quick::Kind::kUint : Quick::Kind::kNone;
    }
    return q;
  }
  if (value.type == Type::kFloat64) {
    Quick q;
    if (parse_whole(value.bytes, q.f)) q.kind = Quick::Kind::kDouble;
    return q;
  }
  if (types::is_text(value.type) && collation != 0 && collation != kBinaryCollation)
    return Quick::of_text(value.bytes, collation);
  return {};
}

std::optional<int> compare_quick(const Quick& a, const Quick& b) {
  using Kind = Quick::Kind;
  if (a.kind == Kind::kInt && b.kind == Kind::kInt) return order_of(a.i, b.i);
  if (a.kind == Kind::kText && b.kind == Kind::kText) {
    if (a.collation != b.collation) return std::nullopt;
    const Result<int> order = compare_text(a.text, b.text, a.collation);
    if (!order.ok()) return std::nullopt;
    return *order;
  }
  if (!a.is_number() || !b.is_number()) return std::nullopt;
  if (a.kind == Kind::kDouble || b.kind == Kind::kDouble)
    return order_of(a.as_double(), b.as_double());
  if (a.kind == Kind::kInt) return a.i < 0 ? -1 : order_of(static_cast<uint64_t>(a.i), b.u);
  if (b.kind == Kind::kInt) return b.i < 0 ? 1 : order_of(a.u, static_cast<uint64_t>(b.i));
  return order_of(a.u, b.u);
}

}  // namespace vif::eval
