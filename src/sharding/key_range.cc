#include "sharding/key_range.h"

#include <algorithm>
#include <cmath>

namespace vif::sharding {
namespace {

bool is_min(const KeyRange& range) { return normalize_id(range.start).empty(); }
bool is_max(const KeyRange& range) { return normalize_id(range.end).empty(); }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Error invalid(std::string message) { return Error(Code::kInvalidArgument, std::move(message)); }

std::vector<std::string_view> split_dashes(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t dash = text.find('-');
    parts.push_back(text.substr(0, dash));
    if (dash == std::string_view::npos) return parts;
    text.remove_prefix(dash + 1);
  }
}

std::string big_endian(uint64_t value) {
  std::string bytes(8, '\0');
  for (int i = 7; i >= 0; --i, value >>= 8)
    bytes[static_cast<size_t>(i)] = static_cast<char>(value & 0xff);
  return bytes;
}

}  // namespace

std::string_view normalize_id(std::string_view id) {
  while (!id.empty() && id.back() == '\0') id.remove_suffix(1);
  return id;
}

int compare_ids(std::string_view a, std::string_view b) {
  const int order = normalize_id(a).compare(normalize_id(b));
  return (order > 0) - (order < 0);
}

std::string to_hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char c : bytes) {
    out += kDigits[c >> 4];
    out += kDigits[c & 15];
  }
  return out;
}

Result<std::string> from_hex(std::string_view hex) {
  std::string out;
  out.reserve(hex.size() / 2);
  for (size_t i = 0; i < hex.size(); i += 2) {
    for (size_t j = i; j < std::min(i + 2, hex.size()); ++j) {
      if (hex_digit(hex[j]) >= 0) continue;
      const auto byte = static_cast<unsigned char>(hex[j]);
      const bool printable = byte >= 0x20 && byte < 0x7f && byte != '\'' && byte != '\\';
      return invalid(printable
                         ? fmt::format("encoding/hex: invalid byte: U+{:04X} '{}'", byte, hex[j])
                         : fmt::format("encoding/hex: invalid byte: U+{:04X}", byte));
    }
    if (i + 1 == hex.size()) return invalid("encoding/hex: odd length hex string");
    out += static_cast<char>(hex_digit(hex[i]) << 4 | hex_digit(hex[i + 1]));
  }
  return out;
}

Result<KeyRange> parse_key_range_parts(std::string_view start, std::string_view end) {
  KeyRange range;
  range.start = VIF_TRY(from_hex(start));
  range.end = VIF_TRY(from_hex(end));
  return range;
}

Result<KeyRange> parse_key_range(std::string_view text) {
  const std::vector<KeyRange> ranges = VIF_TRY(parse_sharding_spec(text));
  if (ranges.size() != 1 || text.find('-') == std::string_view::npos) {
    return invalid(fmt::format("single keyrange expected in {}", text));
  }
  return ranges[0];
}

Result<std::vector<KeyRange>> parse_sharding_spec(std::string_view spec) {
  std::vector<std::string_view> parts = split_dashes(spec);
  if (parts.size() == 1) {
    if (spec != "0")
      return invalid(fmt::format("malformed spec: doesn't define a range: \"{}\"", spec));
    parts = {"", ""};
  }
  std::vector<KeyRange> ranges;
  for (size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].empty() && i + 1 != parts.size()) {
      return invalid(fmt::format(
          "malformed spec: MinKey/MaxKey cannot be in the middle of the spec: \"{}\"", spec));
    }
    if (!parts[i].empty() && parts[i] <= parts[i - 1]) {
      return invalid(fmt::format("malformed spec: shard limits should be in order: \"{}\"", spec));
    }
    ranges.push_back(VIF_TRY(parse_key_range_parts(parts[i - 1], parts[i])));
  }
  return ranges;
}

bool is_valid_key_range(std::string_view text) {
  if (text == "0") return true;
  const std::vector<std::string_view> parts = split_dashes(text);
  return parts.size() == 2 && from_hex(parts[0]).ok() && from_hex(parts[1]).ok();
}

std::string key_range_string(const KeyRange& range) {
  if (key_range_is_complete(range)) return "-";
  return to_hex(range.start) + "-" + to_hex(range.end);
}

bool key_range_is_complete(const KeyRange& range) { return is_min(range) && is_max(range); }

bool key_range_contains(const KeyRange& range, std::string_view id) {
  return (is_min(range) || compare_ids(id, range.start) >= 0) &&
         (is_max(range) || compare_ids(id, range.end) < 0);
}

bool key_range_contains_range(const KeyRange& outer, const KeyRange& inner) {
  return key_range_start_compare(inner, outer) >= 0 && key_range_end_compare(inner, outer) <= 0;
}

bool key_range_intersect(const KeyRange& a, const KeyRange& b) {
  return (is_max(a) || compare_ids(b.start, a.end) < 0) &&
         (is_max(b) || compare_ids(a.start, b.end) < 0);
}

bool key_range_contiguous(const KeyRange& a, const KeyRange& b) {
  return !key_range_is_complete(a) && !key_range_is_complete(b) && compare_ids(a.end, b.start) == 0;
}

int key_range_start_compare(const KeyRange& a, const KeyRange& b) {
  return compare_ids(a.start, b.start);
}

int key_range_end_compare(const KeyRange& a, const KeyRange& b) {
  if (is_max(a) || is_max(b)) return static_cast<int>(is_max(a)) - static_cast<int>(is_max(b));
  return compare_ids(a.end, b.end);
}

int key_range_compare(const KeyRange& a, const KeyRange& b) {
  const int start = key_range_start_compare(a, b);
  return start != 0 ? start : key_range_end_compare(a, b);
}

bool key_range_add(const KeyRange& a, const KeyRange& b, KeyRange& sum) {
  if (!is_max(a) && compare_ids(a.end, b.start) == 0) {
    sum = {a.start, b.end};
    return true;
  }
  if (!is_max(b) && compare_ids(b.end, a.start) == 0) {
    sum = {b.start, a.end};
    return true;
  }
  return false;
}

Result<KeyRange> even_shards_key_range(int i, int n) {
  if (n <= 0) return invalid(fmt::format("the shard count must be > 0: {}", n));
  if (i >= n) {
    return invalid(fmt::format(
        "the index of the shard must be less than the total number of shards: {} < {}", i, n));
  }
  if ((n & (n - 1)) != 0)
    return invalid(fmt::format("the shard count must be a power of two: {}", n));
  size_t bytes = 0;
  for (int rest = n - 1; rest > 0; rest >>= 8) ++bytes;
  const uint64_t width = ~0ull / static_cast<uint64_t>(n) + 1;  // 0 for one shard: 2^64
  const uint64_t start = static_cast<uint64_t>(i) * width;
  const uint64_t end = start + width;
  KeyRange range;
  if (start != 0) range.start = big_endian(start).substr(0, bytes);
  if (end != 0) range.end = big_endian(end).substr(0, bytes);
  return range;
}

Result<std::vector<std::string>> generate_shard_ranges(int shards) {
  if (shards <= 0) return invalid("shards must be greater than zero");
  // The number in the message is Vitess's.
  if (shards > 65536) {
    return invalid("this function does not support more than 65336 shards in a single keyspace");
  }
  const int digits = shards <= 256 ? 2 : 4;
  const int limit = shards <= 256 ? 256 : 65536;
  const double size = static_cast<double>(limit) / shards;
  const auto bound = [&](int at) {
    return at == 0 || at == limit ? std::string() : fmt::format("{:0{}x}", at, digits);
  };
  std::vector<std::string> names;
  int start = 0;
  for (int i = 1; i <= shards; ++i) {
    const int end = static_cast<int>(i * size);
    names.push_back(bound(start) + "-" + bound(end));
    start = end;
  }
  return names;
}

Result<ShardName> validate_shard_name(std::string_view shard) {
  if (shard.empty()) return invalid("name cannot be empty");
  if (shard.find('/') != std::string_view::npos) {
    return invalid(fmt::format("name cannot contain '/': {}", shard));
  }
  if (shard.find('-') == std::string_view::npos) return ShardName{std::string(shard), {}};
  const std::vector<std::string_view> parts = split_dashes(shard);
  if (parts.size() != 2)
    return invalid(fmt::format("invalid shardId, can only contain one '-': {}", shard));
  ShardName out;
  out.range = VIF_TRY(parse_key_range_parts(parts[0], parts[1]));
  if (!out.range.end.empty() && out.range.start >= out.range.end) {
    return invalid(fmt::format("out of order keys: {} is not strictly smaller than {}",
                               to_hex(out.range.start), to_hex(out.range.end)));
  }
  out.name = shard;
  for (char& c : out.name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace vif::sharding
