// Where a query or a row goes within a keyspace, before shards are known; and its resolution
// against the keyspace's shards. Vitess's key.ShardDestination.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sharding/key_range.h"

namespace vif::sharding {

// A shard of the serving graph: topodata.ShardReference.
struct ShardReference {
  std::string name;
  KeyRange key_range;  // complete when the shard has none
  bool operator==(const ShardReference&) const = default;
};

struct Destination {
  enum class Kind : uint8_t {
    kNone,
    kKeyspaceId,   // ids has one
    kKeyspaceIds,  // ids
    kKeyRange,     // ranges has one; all shards that intersect it
    kKeyRanges,
    kExactKeyRange,  // ranges has one; shards must add up to it exactly
    kExactKeyRanges,
    kShard,  // ids has its name
    kShards,
    kAllShards,
    kAnyShard,  // any one will do: a reference table's row
  };
  Kind kind = Kind::kNone;
  std::vector<std::string> ids;
  std::vector<KeyRange> ranges;
  bool operator==(const Destination&) const = default;

  static Destination none() { return {}; }
  static Destination all_shards() { return {Kind::kAllShards, {}, {}}; }
  static Destination any_shard() { return {Kind::kAnyShard, {}, {}}; }
  static Destination keyspace_id(std::string id);
  static Destination keyspace_ids(std::vector<std::string> list) {
    return {Kind::kKeyspaceIds, std::move(list), {}};
  }
  static Destination key_range(KeyRange range);
  static Destination exact_key_range(KeyRange range);
  static Destination shard(std::string name);

  // At most one shard, whatever the shards are.
  bool is_unique() const;
  // Vitess's form: "DestinationKeyspaceID(8a)", "DestinationAllShards()".
  std::string to_string() const;
};

// The names of the shards that `destination` means, in the order of `shards` (for keyspace ids: of
// the ids, each shard once). `random` picks for kAnyShard. kNone gives none. Errors: Vitess's
// texts, as "KeyspaceId 81 didn't match any shards".
Result<std::vector<std::string>> resolve(const Destination& destination,
                                         std::span<const ShardReference> shards,
                                         uint64_t random = 0);

// The shard that holds a keyspace id. Errors: as resolve().
Result<std::string> shard_for_keyspace_id(std::span<const ShardReference> shards,
                                          std::string_view id);

// USE's and the router's target strings: "ks", "ks:-80", "ks/80-", "ks@replica", "ks[8a]",
// "ks[-80]".
struct TargetString {
  std::string keyspace;
  std::string tablet_type;  // "" when not said; not checked here
  std::optional<Destination> destination;
};
// Errors: kInvalidArgument when a bracketed part is no hex.
Result<TargetString> parse_target_string(std::string_view text);

}  // namespace vif::sharding
