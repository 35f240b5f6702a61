#include "eval/time_zone.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

namespace vif::eval {
namespace {

constexpr int64_t kMicro = 1000000;
constexpr std::string_view kFolder = "/usr/share/zoneinfo";

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool equal_ci(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return lowered(x) == lowered(y);
         });
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A file's name is a zone's in another case, perhaps.
std::string path_of(std::string_view name) {
  namespace fs = std::filesystem;
  const std::string exact = std::string(kFolder) + "/" + std::string(name);
  std::error_code error;
  if (fs::is_regular_file(exact, error)) return exact;
  std::string path(kFolder);
  for (size_t at = 0; at <= name.size();) {
    const size_t end = std::min(name.find('/', at), name.size());
    const std::string_view part = name.substr(at, end - at);
    std::string found;
    for (const auto& entry : fs::directory_iterator(path, error)) {
      if (equal_ci(entry.path().filename().string(), part)) found = entry.path().string();
    }
    if (found.empty()) return {};
    path = found;
    at = end + 1;
  }
  return fs::is_regular_file(path, error) ? path : std::string();
}

int64_t big_endian(std::string_view bytes, size_t at, size_t size) {
  uint64_t out = (static_cast<unsigned char>(bytes[at]) & 0x80) != 0 ? UINT64_MAX : 0;
  for (size_t i = 0; i < size; ++i) out = out << 8 | static_cast<unsigned char>(bytes[at + i]);
  return static_cast<int64_t>(out);
}

}  // namespace

std::optional<int64_t> offset_seconds(std::string_view text) {
  if (text.size() < 5 || text.size() > 6 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const size_t colon = text.find(':');
  if (colon != text.size() - 3 || !is_digit(text[1]) || !is_digit(text[colon - 1]))
    return std::nullopt;
  if (!is_digit(text[colon + 1]) || !is_digit(text[colon + 2])) return std::nullopt;
  const int hours = colon == 3 ? (text[1] - '0') * 10 + (text[2] - '0') : text[1] - '0';
  const int minutes = (text[colon + 1] - '0') * 10 + (text[colon + 2] - '0');
  if (minutes > 59) return std::nullopt;
  const int64_t seconds = hours * 3600 + minutes * 60;
  const bool minus = text[0] == '-';
  constexpr int64_t kEast = 14 * 3600;
  if (seconds > kEast || (minus && seconds >= kEast)) return std::nullopt;
  return minus ? -seconds : seconds;
}

std::shared_ptr<const TimeZone> TimeZone::fixed(int64_t offset) {
  TimeZone out;
  out.segments_.push_back({std::numeric_limits<int64_t>::min(), offset});
  return std::make_shared<const TimeZone>(std::move(out));
}

std::shared_ptr<const TimeZone> TimeZone::find(std::string_view name) {
  if (name.empty() || equal_ci(name, "SYSTEM") || equal_ci(name, "UTC")) return fixed(0);
  if (name[0] == '+' || name[0] == '-') {
    const std::optional<int64_t> offset = offset_seconds(name);
    return offset ? fixed(*offset) : nullptr;
  }
  constexpr size_t kNameMax = 64;
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return is_digit(c) || (lowered(c) >= 'a' && lowered(c) <= 'z') || c == '_' || c == '-' ||
           c == '+' || c == '/';
  });
  if (!plain || name.size() > kNameMax || name[0] == '/') return nullptr;
  const std::string path = path_of(name);
  if (path.empty()) return nullptr;
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return parse(bytes);
}

// TZif: a header with six counts, then the same again with times of 64 bits.
std::shared_ptr<const TimeZone> TimeZone::parse(std::string_view bytes) {
  constexpr size_t kHeader = 44;
  size_t at = 0;
  size_t width = 4;
  const auto count = [&](size_t i) {
    return static_cast<size_t>(big_endian(bytes, at + 20 + 4 * i, 4));
  };
  const auto body = [&] {
    return count(3) * (width + 1) + count(4) * 6 + count(5) + count(2) * (width + 4) + count(1) +
           count(0);
  };
  if (bytes.size() < kHeader || !bytes.starts_with("TZif")) return nullptr;
  if (bytes[4] >= '2') {
    at = kHeader + body();
    width = 8;
    if (bytes.size() < at + kHeader || !bytes.substr(at).starts_with("TZif")) return nullptr;
  }
  if (bytes.size() < at + kHeader + body()) return nullptr;
  const size_t times = count(3);
  const size_t types = count(4);
  const size_t times_at = at + kHeader;
  const size_t kinds_at = times_at + times * width;
  const size_t types_at = kinds_at + times;
  if (types == 0) return nullptr;
  const auto offset_of_type = [&](size_t i) { return big_endian(bytes, types_at + 6 * i, 4); };
  size_t first = 0;
  while (first + 1 < types && bytes[types_at + 6 * first + 4] != 0) ++first;
  TimeZone out;
  out.segments_.push_back({std::numeric_limits<int64_t>::min(), offset_of_type(first)});
  for (size_t i = 0; i < times; ++i) {
    const int64_t from = big_endian(bytes, times_at + i * width, width);
    const auto kind = static_cast<unsigned char>(bytes[kinds_at + i]);
    if (kind >= types || from <= out.segments_.back().from) continue;
    if (from > INT32_MAX) break;
    out.segments_.push_back({from, offset_of_type(kind)});
  }
  return std::make_shared<const TimeZone>(std::move(out));
}

int64_t TimeZone::to_local(int64_t utc_us) const {
  size_t i = segments_.size() - 1;
  while (i > 0 && utc_us < segments_[i].from * kMicro) --i;
  return utc_us + segments_[i].offset * kMicro;
}

int64_t TimeZone::to_utc(int64_t local_us) const {
  for (size_t i = 0; i < segments_.size(); ++i) {
    const int64_t offset = segments_[i].offset * kMicro;
    if (i + 1 < segments_.size() && local_us - offset >= segments_[i + 1].from * kMicro) continue;
    if (i > 0 && local_us - offset < segments_[i].from * kMicro) return segments_[i].from * kMicro;
    return local_us - offset;
  }
  return local_us;
}

}  // namespace vif::eval
