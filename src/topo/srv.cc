// The serving graph: what gates read, built from what the control plane writes.
#include <algorithm>

#include "proto/topodata.pb.h"
#include "proto/vschema.pb.h"
#include "topo/record.h"

namespace vif::topo {
namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<uint8_t>(c));
  return text;
}

Error partition_error(std::string_view what) {
  return Error(Code::kFailedPrecondition, std::string(what));
}

// Sorts the shards of each partition by range and checks that together they cover all keys once.
Status order_and_check(topodata::SrvKeyspace& value, std::string_view cell) {
  for (topodata::SrvKeyspace::KeyspacePartition& partition : *value.mutable_partitions()) {
    auto& shards = *partition.mutable_shard_references();
    std::sort(shards.begin(), shards.end(), [](const auto& a, const auto& b) {
      return std::pair(a.key_range().start(), a.name()) <
             std::pair(b.key_range().start(), b.name());
    });
    const std::string& type = topodata::TabletType_Name(partition.served_type());
    if (!shards.begin()->key_range().start().empty()) {
      return partition_error(fmt::format(
          "keyspace partition for {} in cell {} does not start with min key", type, cell));
    }
    if (!shards.rbegin()->key_range().end().empty()) {
      return partition_error(fmt::format(
          "keyspace partition for {} in cell {} does not end with max key", type, cell));
    }
    for (int i = 0; i + 1 < shards.size(); ++i) {
      if (shards[i].has_key_range() != shards[i + 1].has_key_range()) {
        return partition_error(
            fmt::format("shards with inconsistent KeyRanges for {} in cell {}. shards: {}, {}",
                        type, cell, shards[i].name(), shards[i + 1].name()));
      }
      const std::string& end = shards[i].key_range().end();
      const std::string& start = shards[i + 1].key_range().start();
      if (shards[i].has_key_range() && end != start) {
        return partition_error(fmt::format(
            "non-contiguous KeyRange values for {} in cell {} at shard {} to {}: {} != {}", type,
            cell, i, i + 1, hex(end), hex(start)));
      }
    }
  }
  return {};
}

Status no_migration_under_way(const topodata::SrvKeyspace& value) {
  for (const auto& partition : value.partitions()) {
    for (const auto& control : partition.shard_tablet_controls()) {
      if (!control.query_service_disabled()) continue;
      return partition_error(
          fmt::format("can't rebuild serving keyspace while a migration is on going. "
                      "TabletControls is set for partition {}",
                      topodata::TabletType_Name(partition.served_type())));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> Server::srv_keyspace_names(std::string_view cell_name) {
  Connection& connection = *VIF_TRY(cell(cell_name));
  std::vector<std::string> names;
  for (std::string& name : VIF_TRY(names_under(connection, "keyspaces"))) {
    // The directory may hold no more than ShardReplication records.
    if (connection.get(path::srv_keyspace(name), operation_deadline()).ok())
      names.push_back(std::move(name));
  }
  return names;
}

Result<topodata::SrvKeyspace> Server::get_srv_keyspace(std::string_view cell_name,
                                                       std::string_view keyspace) {
  Connection& connection = *VIF_TRY(cell(cell_name));
  return read_record<topodata::SrvKeyspace>(connection, path::srv_keyspace(keyspace),
                                            operation_deadline());
}

Status Server::update_srv_keyspace(std::string_view cell_name, std::string_view keyspace,
                                   const topodata::SrvKeyspace& value) {
  Connection& connection = *VIF_TRY(cell(cell_name));
  return write_record(connection, path::srv_keyspace(keyspace), value, operation_deadline());
}

Status Server::delete_srv_keyspace(std::string_view cell_name, std::string_view keyspace) {
  Connection& connection = *VIF_TRY(cell(cell_name));
  return connection.remove(path::srv_keyspace(keyspace), {}, operation_deadline());
}

Result<vschema::SrvVSchema> Server::get_srv_vschema(std::string_view cell_name) {
  Connection& connection = *VIF_TRY(cell(cell_name));
  return read_record<vschema::SrvVSchema>(connection, path::kSrvVSchema, operation_deadline());
}

Status Server::update_srv_vschema(std::string_view cell_name, const vschema::SrvVSchema& value) {
  Connection& connection = *VIF_TRY(cell(cell_name));
  return write_record(connection, path::kSrvVSchema, value, operation_deadline());
}

Status Server::delete_srv_vschema(std::string_view cell_name) {
  Connection& connection = *VIF_TRY(cell(cell_name));
  return connection.remove(path::kSrvVSchema, {}, operation_deadline());
}

Status Server::rebuild_srv_keyspace(std::string_view keyspace,
                                    const std::vector<std::string>& cells, bool allow_partial) {
  const std::unique_ptr<Lock> lock = VIF_TRY(lock_keyspace(keyspace, "RebuildKeyspace"));
  const topodata::Keyspace record = VIF_TRY(get_keyspace(keyspace));
  const std::map<std::string, topodata::Shard> shards = VIF_TRY(shards_of_keyspace(keyspace));

  topodata::SrvKeyspace value;
  if (record.has_throttler_config()) *value.mutable_throttler_config() = record.throttler_config();
  for (const auto type : {topodata::PRIMARY, topodata::REPLICA, topodata::RDONLY}) {
    topodata::SrvKeyspace::KeyspacePartition partition;
    partition.set_served_type(type);
    for (const auto& [name, shard] : shards) {
      if (!shard.is_primary_serving()) continue;
      topodata::ShardReference& reference = *partition.add_shard_references();
      reference.set_name(name);
      if (shard.has_key_range()) *reference.mutable_key_range() = shard.key_range();
    }
    if (partition.shard_references_size() > 0) *value.add_partitions() = std::move(partition);
  }

  const std::vector<std::string> names = cells.empty() ? VIF_TRY(cell_names()) : cells;
  for (const std::string& name : names) {
    const Result<topodata::SrvKeyspace> before = get_srv_keyspace(name, keyspace);
    if (before.ok())
      VIF_TRY(no_migration_under_way(*before));
    else if (before.error().code() != Code::kNotFound)
      return before.error();
    if (!(record.keyspace_type() == topodata::SNAPSHOT && allow_partial))
      VIF_TRY(order_and_check(value, name));
  }
  for (const std::string& name : names) {
    if (Status written = update_srv_keyspace(name, keyspace, value); !written.ok()) {
      return written.error().with_prefix("writing serving data failed");
    }
  }
  return lock->unlock(operation_deadline());
}

Status Server::rebuild_srv_vschema(const std::vector<std::string>& cells) {
  vschema::SrvVSchema value;
  for (const std::string& keyspace : VIF_TRY(keyspace_names())) {
    Result<vschema::Keyspace> keyspace_vschema = get_vschema(keyspace);
    if (!keyspace_vschema.ok() && keyspace_vschema.error().code() != Code::kNotFound) {
      return keyspace_vschema.error();
    }
    (*value.mutable_keyspaces())[keyspace] =
        keyspace_vschema.ok() ? std::move(*keyspace_vschema) : vschema::Keyspace();
  }
  *value.mutable_routing_rules() = VIF_TRY(get_routing_rules());
  *value.mutable_shard_routing_rules() = VIF_TRY(get_shard_routing_rules());
  *value.mutable_keyspace_routing_rules() = VIF_TRY(get_keyspace_routing_rules());
  *value.mutable_mirror_rules() = VIF_TRY(get_mirror_rules());
  for (const std::string& name : cells.empty() ? VIF_TRY(cell_names()) : cells) {
    VIF_TRY(update_srv_vschema(name, value));
  }
  return {};
}

}  // namespace vif::topo
