#include "types/packed.h"

#include <algorithm>

#include "base/assert.h"

namespace vif::types {
namespace {

constexpr int kWordDigits = 9;
constexpr size_t kBytesOfDigits[] = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};

// The digits of one side of the point in groups of nine: the odd group is the one farthest from the
// point.
std::vector<size_t> groups_of(int digits, bool odd_first) {
  std::vector<size_t> out(static_cast<size_t>(digits / kWordDigits), kWordDigits);
  if (const int odd = digits % kWordDigits; odd > 0)
    out.insert(odd_first ? out.begin() : out.end(), static_cast<size_t>(odd));
  return out;
}

constexpr int64_t kMicroBits = 24;
constexpr int64_t kMicroMask = (1 << kMicroBits) - 1;
constexpr int kMicroMax = 999999;

int64_t packed_clock(const Temporal& t) {
  return static_cast<int64_t>(t.hour) << 12 | static_cast<int64_t>(t.minute) << 6 | t.second;
}

// False for parts that no clock shows.
bool unpack_clock(int64_t clock, int64_t micro, Temporal& t) {
  t.second = static_cast<int>(clock & 63);
  t.minute = static_cast<int>(clock >> 6 & 63);
  t.microsecond = static_cast<int>(micro);
  return t.second < 60 && t.minute < 60 && t.microsecond <= kMicroMax;
}

}  // namespace

std::optional<Decimal> decimal_from_binary(std::string_view bytes, int precision, int scale) {
  if (precision < 1 || precision > Decimal::kDigitsMax || scale < 0 ||
      scale > std::min(precision, Decimal::kScaleMax))
    return std::nullopt;
  if (bytes.empty()) return std::nullopt;
  const bool negative = (static_cast<unsigned char>(bytes[0]) & 0x80) == 0;
  std::string text = negative ? "-" : "";
  size_t at = 0;
  const auto read = [&](const std::vector<size_t>& groups) {
    for (const size_t digits : groups) {
      uint32_t word = 0;
      if (bytes.size() - at < kBytesOfDigits[digits]) return false;
      for (size_t i = 0; i < kBytesOfDigits[digits]; ++i, ++at) {
        auto byte = static_cast<unsigned char>(bytes[at]);
        if (at == 0) byte ^= 0x80;
        if (negative) byte = static_cast<unsigned char>(~byte);
        word = word << 8 | byte;
      }
      const std::string group = fmt::format("{:0{}}", word, digits);
      if (group.size() != digits) return false;
      text += group;
    }
    return true;
  };
  if (!read(groups_of(precision - scale, true))) return std::nullopt;
  if (text.size() == (negative ? 1u : 0u)) text += '0';
  text += '.';
  if (!read(groups_of(scale, false))) return std::nullopt;
  if (scale == 0) text.pop_back();
  return Decimal::parse(text);
}

std::string decimal_to_binary(const Decimal& value, int precision, int scale) {
  const Decimal rounded = value.rounded(scale);
  const bool negative = rounded.is_negative() && !rounded.is_zero();
  std::string digits = (negative ? rounded.negated() : rounded).to_string();
  std::string fraction;
  if (const size_t point = digits.find('.'); point != std::string::npos) {
    fraction = digits.substr(point + 1);
    digits.resize(point);
  }
  fraction.resize(static_cast<size_t>(scale), '0');
  const auto whole_size = static_cast<size_t>(precision - scale);
  if (digits == "0") digits.clear();
  VIF_ASSERT(digits.size() <= whole_size);
  digits.insert(0, whole_size - digits.size(), '0');
  std::string out;
  const auto write = [&](std::string_view side, const std::vector<size_t>& groups) {
    size_t at = 0;
    for (const size_t count : groups) {
      uint32_t word = 0;
      for (const char c : side.substr(at, count)) word = word * 10 + static_cast<uint32_t>(c - '0');
      at += count;
      for (size_t i = kBytesOfDigits[count]; i-- > 0;) {
        const auto byte = static_cast<unsigned char>(word >> (8 * i));
        out += static_cast<char>(negative ? ~byte : byte);
      }
    }
  };
  write(digits, groups_of(static_cast<int>(whole_size), true));
  write(fraction, groups_of(scale, false));
  if (!out.empty()) out[0] = static_cast<char>(out[0] ^ 0x80);
  return out;
}

int64_t packed_datetime(const Temporal& t) {
  const int64_t calendar = (static_cast<int64_t>(t.year) * 13 + t.month) << 5 | t.day;
  return (calendar << 17 | packed_clock(t)) * (1 << kMicroBits) + t.microsecond;
}

int64_t packed_time(const Temporal& t) {
  const int64_t packed = packed_clock(t) * (1 << kMicroBits) + t.microsecond;
  return t.negative ? -packed : packed;
}

std::optional<Temporal> datetime_from_packed(int64_t packed) {
  if (packed < 0) return std::nullopt;
  Temporal t;
  const int64_t seconds = packed >> kMicroBits;
  const int64_t calendar = seconds >> 17;
  t.day = static_cast<int>(calendar & 31);
  t.month = static_cast<int>((calendar >> 5) % 13);
  const int64_t year = (calendar >> 5) / 13;
  const int64_t clock = seconds & ((1 << 17) - 1);
  t.hour = static_cast<int>(clock >> 12);
  if (year > 9999 || t.hour > 23 || !unpack_clock(clock, packed & kMicroMask, t))
    return std::nullopt;
  t.year = static_cast<int>(year);
  return t;
}

std::optional<Temporal> time_from_packed(int64_t packed) {
  Temporal t;
  t.negative = packed < 0;
  if (packed == INT64_MIN) return std::nullopt;
  if (t.negative) packed = -packed;
  const int64_t clock = packed >> kMicroBits;
  constexpr int kHourMax = 838;
  if (clock >> 12 > kHourMax) return std::nullopt;
  t.hour = static_cast<int>(clock >> 12);
  if (!unpack_clock(clock, packed & kMicroMask, t)) return std::nullopt;
  return t;
}

}  // namespace vif::types
