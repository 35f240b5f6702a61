// Keyspace ids and ranges of them: how a keyspace is cut into shards. A keyspace id is a byte
// string that sorts as bytes do, trailing zero bytes not counting ("80" = "8000"); a range is half
// open, [start, end), an empty bound is none. Semantics, names and error texts are those of
// Vitess's go/vt/key.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vif::sharding {

struct KeyRange {
  std::string start;  // bytes, not hex
  std::string end;
  bool operator==(const KeyRange&) const =
      default;  // of the spelling; key_range_equal() is of the meaning
};

// Keyspace ids. `normalize_id` drops the trailing zero bytes; the view is into `id`.
std::string_view normalize_id(std::string_view id);
int compare_ids(std::string_view a, std::string_view b);

// "-80", "80-c0", "-". A name without '-' (an unsharded shard's "0") is an error here.
Result<KeyRange> parse_key_range(std::string_view text);
// From both bounds in hex. Errors: Go's hex texts ("encoding/hex: odd length hex string").
Result<KeyRange> parse_key_range_parts(std::string_view start, std::string_view end);
// "-40-80-" or "0": adjacent ranges, in order.
Result<std::vector<KeyRange>> parse_sharding_spec(std::string_view spec);
// True for "0" and whatever parse_key_range takes.
bool is_valid_key_range(std::string_view text);

// "40-80", lower-case hex; "-" when complete.
std::string key_range_string(const KeyRange& range);
bool key_range_is_complete(const KeyRange& range);
bool key_range_contains(const KeyRange& range, std::string_view id);
bool key_range_contains_range(const KeyRange& outer, const KeyRange& inner);
bool key_range_intersect(const KeyRange& a, const KeyRange& b);
// a ends where b starts, and neither is complete.
bool key_range_contiguous(const KeyRange& a, const KeyRange& b);
int key_range_start_compare(const KeyRange& a, const KeyRange& b);
int key_range_end_compare(const KeyRange& a, const KeyRange& b);
// By start, then by end: the order in which shards are listed.
int key_range_compare(const KeyRange& a, const KeyRange& b);
inline bool key_range_equal(const KeyRange& a, const KeyRange& b) {
  return key_range_compare(a, b) == 0;
}
// The union of two adjacent ranges, or nullopt-like false when they are not adjacent.
bool key_range_add(const KeyRange& a, const KeyRange& b, KeyRange& sum);

// Shard `i` of `n` equal ones; n a power of two.
Result<KeyRange> even_shards_key_range(int i, int n);
// {"-55", "55-aa", "aa-"}: names of `shards` near-equal ranges.
Result<std::vector<std::string>> generate_shard_ranges(int shards);

// A shard's name as the topology has it: checks and canonical form. "0" (any name without '-') is
// unsharded: `range` is the complete range. Errors: Vitess's ("invalid shardName ...").
struct ShardName {
  std::string name;
  KeyRange range;
};
Result<ShardName> validate_shard_name(std::string_view shard);

// Bytes to lower-case hex and back (errors: Go's texts).
std::string to_hex(std::string_view bytes);
Result<std::string> from_hex(std::string_view hex);

}  // namespace vif::sharding
