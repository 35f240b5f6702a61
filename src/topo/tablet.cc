#include <algorithm>

#include "base/log.h"
#include "proto/topodata.pb.h"
#include "topo/record.h"

namespace vif::topo {

Result<topodata::Tablet> Server::get_tablet(const topodata::TabletAlias& alias) {
  Connection& connection = *VIF_TRY(cell(alias.cell()));
  return read_record<topodata::Tablet>(connection, path::tablet(alias_text(alias)),
                                       operation_deadline());
}

Status Server::create_tablet(const topodata::Tablet& tablet) {
  Connection& connection = *VIF_TRY(cell(tablet.alias().cell()));
  VIF_TRY(create_record(connection, path::tablet(alias_text(tablet.alias())), tablet,
                        operation_deadline()));
  const Change<topodata::ShardReplication> add =
      [&](topodata::ShardReplication& replication) -> Result<bool> {
    for (const auto& node : replication.nodes()) {
      if (node.tablet_alias().cell() == tablet.alias().cell() &&
          node.tablet_alias().uid() == tablet.alias().uid()) {
        return false;
      }
    }
    *replication.add_nodes()->mutable_tablet_alias() = tablet.alias();
    return true;
  };
  return update_shard_replication_fields(tablet.alias().cell(), tablet.keyspace(), tablet.shard(),
                                         add);
}

Status Server::init_tablet(const topodata::Tablet& tablet, bool allow_different_shard) {
  const Status created = create_tablet(tablet);
  if (created.ok() || created.error().code() != Code::kAlreadyExists) return created;
  const Change<topodata::Tablet> overwrite = [&](topodata::Tablet& record) -> Result<bool> {
    if (!allow_different_shard &&
        (record.keyspace() != tablet.keyspace() || record.shard() != tablet.shard())) {
      return Error(
          Code::kFailedPrecondition,
          fmt::format(
              "old tablet has shard {}/{}. Cannot override with shard {}/{}. Delete and re-add "
              "tablet if you want to change the tablet's keyspace/shard",
              record.keyspace(), record.shard(), tablet.keyspace(), tablet.shard()));
    }
    record = tablet;
    return true;
  };
  VIF_TRY(update_tablet_fields(tablet.alias(), overwrite));
  // The earlier start may have ended between the two records.
  const Change<topodata::ShardReplication> add =
      [&](topodata::ShardReplication& replication) -> Result<bool> {
    for (const auto& node : replication.nodes()) {
      if (node.tablet_alias().uid() == tablet.alias().uid()) return false;
    }
    *replication.add_nodes()->mutable_tablet_alias() = tablet.alias();
    return true;
  };
  return update_shard_replication_fields(tablet.alias().cell(), tablet.keyspace(), tablet.shard(),
                                         add);
}

Status Server::update_tablet_fields(const topodata::TabletAlias& alias,
                                    const Change<topodata::Tablet>& change) {
  Connection& connection = *VIF_TRY(cell(alias.cell()));
  return update_record<topodata::Tablet>(connection, path::tablet(alias_text(alias)), change,
                                         IfMissing::kFail, operation_deadline());
}

Status Server::delete_tablet(const topodata::TabletAlias& alias) {
  Connection& connection = *VIF_TRY(cell(alias.cell()));
  const Result<topodata::Tablet> tablet = get_tablet(alias);
  VIF_TRY(connection.remove(path::tablet(alias_text(alias)), {}, operation_deadline()));
  if (!tablet.ok()) return {};
  const Change<topodata::ShardReplication> drop =
      [&](topodata::ShardReplication& replication) -> Result<bool> {
    auto& nodes = *replication.mutable_nodes();
    const auto kept = std::remove_if(nodes.begin(), nodes.end(), [&](const auto& node) {
      return node.tablet_alias().uid() == alias.uid();
    });
    if (kept == nodes.end()) return false;
    nodes.erase(kept, nodes.end());
    return true;
  };
  return update_shard_replication_fields(alias.cell(), tablet->keyspace(), tablet->shard(), drop);
}

Result<std::vector<topodata::Tablet>> Server::tablets_in_cell(std::string_view name) {
  std::vector<topodata::Tablet> tablets;
  const Result<Connection*> connection = cell(name);
  if (!connection.ok()) {
    if (connection.error().code() == Code::kNotFound) return tablets;
    return connection.error();
  }
  const Result<std::vector<File>> files = (*connection)->list("tablets/", operation_deadline());
  if (!files.ok()) {
    if (files.error().code() == Code::kNotFound) return tablets;
    return files.error();
  }
  for (const File& file : *files) {
    if (!file.path.ends_with("/Tablet")) continue;
    topodata::Tablet tablet;
    if (Status decoded = decode(file, tablet); !decoded.ok()) {
      VIF_LOG(kWarning, "{}", decoded.error().message());
      continue;
    }
    tablets.push_back(std::move(tablet));
  }
  return tablets;
}

Result<std::vector<topodata::Tablet>> Server::tablets_of_shard(
    std::string_view keyspace, std::string_view shard, const std::vector<std::string>& cells) {
  std::vector<topodata::Tablet> tablets;
  for (const std::string& name : cells.empty() ? VIF_TRY(cell_names()) : cells) {
    for (topodata::Tablet& tablet : VIF_TRY(tablets_in_cell(name))) {
      if (tablet.keyspace() == keyspace && tablet.shard() == shard)
        tablets.push_back(std::move(tablet));
    }
  }
  std::sort(tablets.begin(), tablets.end(),
            [](const topodata::Tablet& a, const topodata::Tablet& b) {
              return std::pair(a.alias().cell(), a.alias().uid()) <
                     std::pair(b.alias().cell(), b.alias().uid());
            });
  return tablets;
}

Result<topodata::ShardReplication> Server::get_shard_replication(std::string_view cell_name,
                                                                 std::string_view keyspace,
                                                                 std::string_view shard) {
  Connection& connection = *VIF_TRY(cell(cell_name));
  return read_record<topodata::ShardReplication>(
      connection, path::shard_replication(keyspace, shard), operation_deadline());
}

Status Server::update_shard_replication_fields(std::string_view cell_name,
                                               std::string_view keyspace, std::string_view shard,
                                               const Change<topodata::ShardReplication>& change) {
  Connection& connection = *VIF_TRY(cell(cell_name));
  return update_record<topodata::ShardReplication>(connection,
                                                   path::shard_replication(keyspace, shard), change,
                                                   IfMissing::kCreate, operation_deadline());
}

Status Server::delete_shard_replication(std::string_view cell_name, std::string_view keyspace,
                                        std::string_view shard) {
  Connection& connection = *VIF_TRY(cell(cell_name));
  return connection.remove(path::shard_replication(keyspace, shard), {}, operation_deadline());
}

}  // namespace vif::topo
