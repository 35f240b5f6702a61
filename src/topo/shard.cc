#include <algorithm>

#include "proto/topodata.pb.h"
#include "topo/record.h"

namespace vif::topo {
namespace {

// The bytes that `hex` names; a digit missing at the end counts as zero, as in "-8". nullopt: not
// hexadecimal.
std::optional<std::string> from_hex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i < hex.size(); ++i) {
    const char c = hex[i];
    int digit = 0;
    if (c >= '0' && c <= '9')
      digit = c - '0';
    else if (c >= 'a' && c <= 'f')
      digit = c - 'a' + 10;
    else
      return std::nullopt;
    if (i % 2 == 0)
      bytes.push_back(static_cast<char>(digit << 4));
    else
      bytes.back() = static_cast<char>(static_cast<uint8_t>(bytes.back()) | digit);
  }
  return bytes;
}

// Of a validated shard name; nullopt for one that is no key range, such as "0".
std::optional<topodata::KeyRange> key_range_of(std::string_view shard) {
  const size_t dash = shard.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  topodata::KeyRange range;
  range.set_start(from_hex(shard.substr(0, dash)).value_or(""));
  range.set_end(from_hex(shard.substr(dash + 1)).value_or(""));
  return range;
}

bool intersect(const topodata::KeyRange& a, const topodata::KeyRange& b) {
  return (a.end().empty() || b.start() < a.end()) && (b.end().empty() || a.start() < b.end());
}

}  // namespace

Result<std::string> validate_shard_name(std::string_view name) {
  VIF_TRY(validate_keyspace_name(name));
  const size_t dash = name.find('-');
  if (dash == std::string_view::npos) return std::string(name);
  if (name.find('-', dash + 1) != std::string_view::npos) {
    return Error(Code::kInvalidArgument,
                 fmt::format("invalid shardId, can only contain one '-': {}", name));
  }
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const std::optional<std::string> start = from_hex(std::string_view(lower).substr(0, dash));
  const std::optional<std::string> end = from_hex(std::string_view(lower).substr(dash + 1));
  if (!start || !end)
    return Error(Code::kInvalidArgument, fmt::format("invalid key range in shard name: {}", name));
  if (!end->empty() && *start >= *end) {
    return Error(Code::kInvalidArgument,
                 fmt::format("out of order keys: {} is not strictly smaller than {}",
                             lower.substr(0, dash), lower.substr(dash + 1)));
  }
  return lower;
}

Result<std::vector<std::string>> Server::shard_names(std::string_view keyspace) {
  VIF_TRY(validate_keyspace_name(keyspace));
  return names_under(*global_, fmt::format("keyspaces/{}/shards", keyspace));
}

Result<topodata::Shard> Server::get_shard(std::string_view keyspace, std::string_view shard) {
  VIF_TRY(validate_keyspace_name(keyspace));
  VIF_TRY(validate_shard_name(shard));
  return read_record<topodata::Shard>(*global_, path::shard(keyspace, shard), operation_deadline());
}

Result<std::map<std::string, topodata::Shard>> Server::shards_of_keyspace(
    std::string_view keyspace) {
  std::map<std::string, topodata::Shard> shards;
  for (const std::string& name : VIF_TRY(shard_names(keyspace))) {
    Result<topodata::Shard> shard = get_shard(keyspace, name);
    if (!shard.ok() && shard.error().code() == Code::kNotFound) continue;
    shards[name] = VIF_TRY(std::move(shard));
  }
  return shards;
}

Status Server::create_shard(std::string_view keyspace, std::string_view shard) {
  VIF_TRY(validate_keyspace_name(keyspace));
  const std::string name = VIF_TRY(validate_shard_name(shard));
  const std::unique_ptr<Lock> lock = VIF_TRY(lock_keyspace(keyspace, "CreateShard"));
  topodata::Shard value;
  const std::optional<topodata::KeyRange> range = key_range_of(name);
  if (range) *value.mutable_key_range() = *range;
  bool overlaps = false;
  for (const auto& [other_name, other] : VIF_TRY(shards_of_keyspace(keyspace))) {
    // Shards without a range are of custom sharding: a first one serves, a second does not by
    // itself.
    overlaps = overlaps || !range || !other.has_key_range() || intersect(*range, other.key_range());
  }
  value.set_is_primary_serving(!overlaps);
  const Status created =
      create_record(*global_, path::shard(keyspace, name), value, operation_deadline());
  VIF_TRY(lock->unlock(operation_deadline()));
  return created;
}

Result<topodata::Shard> Server::get_or_create_shard(std::string_view keyspace,
                                                    std::string_view shard) {
  const std::string name = VIF_TRY(validate_shard_name(shard));
  Result<topodata::Shard> found = get_shard(keyspace, name);
  if (found.ok() || found.error().code() != Code::kNotFound) return found;
  if (Status created = create_keyspace(keyspace, topodata::Keyspace());
      !created.ok() && created.error().code() != Code::kAlreadyExists) {
    return created.error();
  }
  VIF_TRY(ensure_vschema(keyspace));
  if (Status created = create_shard(keyspace, name);
      !created.ok() && created.error().code() != Code::kAlreadyExists) {
    return created.error();
  }
  return get_shard(keyspace, name);
}

Status Server::update_shard_fields(std::string_view keyspace, std::string_view shard,
                                   const Change<topodata::Shard>& change) {
  VIF_TRY(validate_shard_name(shard));
  return update_record<topodata::Shard>(*global_, path::shard(keyspace, shard), change,
                                        IfMissing::kFail, operation_deadline());
}

Status Server::delete_shard(std::string_view keyspace, std::string_view shard) {
  return global_->remove(path::shard(keyspace, shard), {}, operation_deadline());
}

}  // namespace vif::topo
