#include "sharding/destination.h"

#include <algorithm>
#include <optional>

namespace vif::sharding {
namespace {

void add(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

Status add_exactly(const KeyRange& range, std::span<const ShardReference> shards,
                   std::vector<std::string>& names) {
  std::vector<const ShardReference*> sorted;
  for (const ShardReference& shard : shards) sorted.push_back(&shard);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const ShardReference* a, const ShardReference* b) {
                     return key_range_compare(a->key_range, b->key_range) < 0;
                   });
  size_t i = 0;
  while (i < sorted.size() && key_range_start_compare(range, sorted[i]->key_range) != 0) ++i;
  for (; i < sorted.size() && key_range_intersect(range, sorted[i]->key_range); ++i) {
    add(names, sorted[i]->name);
    if (key_range_end_compare(range, sorted[i]->key_range) == 0) return {};
  }
  return Error(Code::kInvalidArgument,
               fmt::format("keyrange {} does not exactly match shards", key_range_string(range)));
}

void add_intersecting(const KeyRange& range, std::span<const ShardReference> shards,
                      std::vector<std::string>& names) {
  for (const ShardReference& shard : shards) {
    if (key_range_intersect(range, shard.key_range)) add(names, shard.name);
  }
}

template <typename List, typename Text>
std::string joined(const List& list, Text text) {
  std::string out;
  for (const auto& item : list) {
    if (!out.empty()) out += ',';
    out += text(item);
  }
  return out;
}

}  // namespace

Destination Destination::keyspace_id(std::string id) {
  Destination d{Kind::kKeyspaceId, {}, {}};
  d.ids.push_back(std::move(id));
  return d;
}

Destination Destination::key_range(KeyRange range) {
  Destination d{Kind::kKeyRange, {}, {}};
  d.ranges.push_back(std::move(range));
  return d;
}

Destination Destination::exact_key_range(KeyRange range) {
  Destination d = key_range(std::move(range));
  d.kind = Kind::kExactKeyRange;
  return d;
}

Destination Destination::shard(std::string name) {
  Destination d = keyspace_id(std::move(name));
  d.kind = Kind::kShard;
  return d;
}

bool Destination::is_unique() const {
  switch (kind) {
    case Kind::kNone:
    case Kind::kKeyspaceId:
    case Kind::kShard:
    case Kind::kAnyShard: return true;
    case Kind::kKeyspaceIds:
    case Kind::kShards: return ids.size() <= 1;
    default: return false;
  }
}

std::string Destination::to_string() const {
  const auto plain = [](const std::string& s) { return s; };
  switch (kind) {
    case Kind::kNone: return "DestinationNone()";
    case Kind::kKeyspaceId: return fmt::format("DestinationKeyspaceID({})", joined(ids, to_hex));
    case Kind::kKeyspaceIds: return fmt::format("DestinationKeyspaceIDs({})", joined(ids, to_hex));
    case Kind::kKeyRange:
      return fmt::format("DestinationKeyRange({})", joined(ranges, key_range_string));
    case Kind::kKeyRanges:
      return fmt::format("DestinationKeyRanges({})", joined(ranges, key_range_string));
    case Kind::kExactKeyRange:
      return fmt::format("DestinationExactKeyRange({})", joined(ranges, key_range_string));
    case Kind::kExactKeyRanges:
      return fmt::format("DestinationExactKeyRanges({})", joined(ranges, key_range_string));
    case Kind::kShard: return fmt::format("DestinationShard({})", joined(ids, plain));
    case Kind::kShards: return fmt::format("DestinationShards({})", joined(ids, plain));
    case Kind::kAllShards: return "DestinationAllShards()";
    case Kind::kAnyShard: return "DestinationAnyShard()";
  }
  return {};
}

Result<std::string> shard_for_keyspace_id(std::span<const ShardReference> shards,
                                          std::string_view id) {
  if (shards.empty()) return Error(Code::kUnavailable, "no shard in keyspace");
  for (const ShardReference& shard : shards) {
    if (key_range_contains(shard.key_range, id)) return shard.name;
  }
  const std::string names = joined(shards, [](const ShardReference& s) { return s.name; });
  return Error(Code::kInvalidArgument,
               fmt::format("KeyspaceId {} didn't match any shards [{}]", to_hex(id), names));
}

Result<std::vector<std::string>> resolve(const Destination& destination,
                                         std::span<const ShardReference> shards, uint64_t random) {
  using Kind = Destination::Kind;
  std::vector<std::string> names;
  switch (destination.kind) {
    case Kind::kNone: break;
    case Kind::kKeyspaceId:
    case Kind::kKeyspaceIds:
      for (const std::string& id : destination.ids)
        add(names, VIF_TRY(shard_for_keyspace_id(shards, id)));
      break;
    case Kind::kKeyRange:
    case Kind::kKeyRanges:
      for (const KeyRange& range : destination.ranges) add_intersecting(range, shards, names);
      break;
    case Kind::kExactKeyRange:
    case Kind::kExactKeyRanges:
      for (const KeyRange& range : destination.ranges) VIF_TRY(add_exactly(range, shards, names));
      break;
    case Kind::kShard:
    case Kind::kShards:
      for (const std::string& name : destination.ids) add(names, name);
      break;
    case Kind::kAllShards:
      for (const ShardReference& shard : shards) add(names, shard.name);
      break;
    case Kind::kAnyShard:
      if (shards.empty()) return Error(Code::kUnavailable, "no shard in keyspace");
      names.push_back(shards[random % shards.size()].name);
      break;
  }
  return names;
}

Result<TargetString> parse_target_string(std::string_view text) {
  TargetString target;
  if (const size_t at = text.rfind('@'); at != std::string_view::npos) {
    target.tablet_type = text.substr(at + 1);
    text = text.substr(0, at);
  }
  if (const size_t at = text.find_last_of("/:"); at != std::string_view::npos) {
    target.destination = Destination::shard(std::string(text.substr(at + 1)));
    text = text.substr(0, at);
  }
  if (const size_t at = text.rfind('['); at != std::string_view::npos) {
    const size_t end = text.rfind(']');
    if (end == std::string_view::npos || end < at) {
      return Error(Code::kInvalidArgument,
                   "invalid key range provided. Couldn't find range end ']'");
    }
    const std::string_view inside = text.substr(at + 1, end - at - 1);
    if (inside.find('-') != std::string_view::npos) {
      target.destination = Destination::exact_key_range(VIF_TRY(parse_key_range(inside)));
    } else {
      Result<std::string> id = from_hex(inside);
      if (!id.ok()) {
        return Error(Code::kInvalidArgument,
                     fmt::format("expected valid hex in keyspace id {}", inside));
      }
      target.destination = Destination::keyspace_id(*std::move(id));
    }
    text = text.substr(0, at);
  }
  target.keyspace = text;
  return target;
}

}  // namespace vif::sharding
