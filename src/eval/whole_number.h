// Integers as rows hold them, read without a call: most conditions are about them.
#pragma once

#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace vif::eval {

// The whole text as a number; false when it is none.
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

}  // namespace vif::eval
