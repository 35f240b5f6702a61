// Texts of gRPC's headers: binary values in base64, timeouts.
#include "rpc/h2.h"

namespace vif::rpc {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string encode_binary(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 4 / 3 + 3);
  uint32_t bits = 0;
  int count = 0;
  for (char c : bytes) {
    bits = bits << 8 | static_cast<uint8_t>(c);
    for (count += 8; count >= 6; count -= 6) out += kDigits[bits >> (count - 6) & 63];
  }
  if (count > 0) out += kDigits[bits << (6 - count) & 63];
  return out;  // unpadded, as gRPC prefers
}

std::string decode_binary(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (char c : text) {
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) continue;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xff);
    }
  }
  return out;
}

std::string format_timeout(rt::Duration duration) {
  // At most eight digits are allowed, so the unit grows with the value.
  constexpr int64_t kMost = 99'999'999;
  const int64_t ns = std::max<int64_t>(duration.count(), 0);
  if (ns <= kMost) return fmt::format("{}n", ns);
  if (ns / 1000 <= kMost) return fmt::format("{}u", ns / 1000);
  if (ns / 1'000'000 <= kMost) return fmt::format("{}m", ns / 1'000'000);
  return fmt::format("{}S", std::min(ns / 1'000'000'000, kMost));
}

std::optional<rt::Duration> parse_timeout(std::string_view text) {
  if (text.size() < 2 || text.size() > 9) return std::nullopt;
  int64_t value = 0;
  for (char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  int64_t unit_ns = 0;
  switch (text.back()) {
    case 'n': unit_ns = 1; break;
    case 'u': unit_ns = 1000; break;
    case 'm': unit_ns = 1'000'000; break;
    case 'S': unit_ns = 1'000'000'000; break;
    case 'M': unit_ns = 60'000'000'000; break;
    case 'H': unit_ns = 3'600'000'000'000; break;
    default: return std::nullopt;
  }
  constexpr int64_t kYear = int64_t{365} * 24 * 3'600'000'000'000;
  return rt::Duration(value > kYear / unit_ns ? kYear : value * unit_ns);
}

}  // namespace vif::rpc
