#include "topo/server.h"

#include <charconv>

#include "proto/topodata.pb.h"
#include "proto/vschema.pb.h"
#include "topo/record.h"

namespace vif::topo {

struct Server::CellConnection {
  std::string address;
  std::string root;
  std::unique_ptr<Connection> connection;
};

Result<std::unique_ptr<Server>> Server::open(std::shared_ptr<Store> store,
                                             std::string_view global_address,
                                             std::string_view global_root, Options options) {
  std::unique_ptr<Connection> global =
      VIF_TRY(store->connect(kGlobalCell, global_address, global_root));
  return std::make_unique<Server>(std::move(store), std::move(global), options);
}

Server::Server(std::shared_ptr<Store> store, std::unique_ptr<Connection> global, Options options)
    : store_(std::move(store)), global_(std::move(global)), options_(options) {}

Server::~Server() = default;

Result<Connection*> Server::cell(std::string_view name) {
  if (name == kGlobalCell) return global_.get();
  if (const auto it = cells_.find(name); it != cells_.end()) return it->second->connection.get();
  const topodata::CellInfo info = VIF_TRY(get_cell_info(name));
  std::unique_ptr<Connection> connection =
      VIF_TRY(store_->connect(name, info.server_address(), info.root()));
  // Another fiber may have connected while this one waited; the first stays, as it may be in use.
  std::unique_ptr<CellConnection>& slot = cells_[std::string(name)];
  if (!slot) {
    slot = std::make_unique<CellConnection>(
        CellConnection{info.server_address(), info.root(), std::move(connection)});
  }
  return slot->connection.get();
}

Result<std::vector<std::string>> Server::names_under(Connection& connection, std::string_view dir) {
  const Result<std::vector<DirEntry>> entries = connection.list_dir(dir, operation_deadline());
  std::vector<std::string> names;
  if (!entries.ok()) {
    if (entries.error().code() == Code::kNotFound) return names;
    return entries.error();
  }
  for (const DirEntry& entry : *entries) names.push_back(entry.name);
  return names;
}

std::string alias_text(const topodata::TabletAlias& alias) {
  return fmt::format("{}-{:010}", alias.cell(), alias.uid());
}

Result<topodata::TabletAlias> parse_alias(std::string_view text) {
  const Error bad(
      Code::kInvalidArgument,
      fmt::format("invalid tablet alias: '{}', expecting format: '<cell>-<uid>'", text));
  // A cell's name may hold dashes itself.
  const size_t dash = text.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return bad;
  const std::string_view digits = text.substr(dash + 1);
  uint32_t uid = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), uid);
  if (digits.empty() || ec != std::errc() || end != digits.data() + digits.size()) return bad;
  topodata::TabletAlias alias;
  alias.set_cell(std::string(text.substr(0, dash)));
  alias.set_uid(uid);
  return alias;
}

Status validate_keyspace_name(std::string_view name) {
  if (name.empty()) return Error(Code::kInvalidArgument, "empty name");
  if (name.size() > 64)
    return Error(Code::kInvalidArgument, fmt::format("name {} is too long", name));
  for (const char c : name) {
    const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_';
    if (!fine)
      return Error(Code::kInvalidArgument, fmt::format("invalid character {} in name {}", c, name));
  }
  return {};
}

namespace path {
std::string cell_info(std::string_view cell) { return fmt::format("cells/{}/CellInfo", cell); }
std::string cells_alias(std::string_view alias) {
  return fmt::format("cells_aliases/{}/CellsAlias", alias);
}
std::string keyspace(std::string_view keyspace) {
  return fmt::format("keyspaces/{}/Keyspace", keyspace);
}
std::string shard(std::string_view keyspace, std::string_view shard) {
  return fmt::format("keyspaces/{}/shards/{}/Shard", keyspace, shard);
}
std::string tablet(std::string_view alias) { return fmt::format("tablets/{}/Tablet", alias); }
std::string vschema(std::string_view keyspace) {
  return fmt::format("keyspaces/{}/VSchema", keyspace);
}
std::string srv_keyspace(std::string_view keyspace) {
  return fmt::format("keyspaces/{}/SrvKeyspace", keyspace);
}
std::string shard_replication(std::string_view keyspace, std::string_view shard) {
  return fmt::format("keyspaces/{}/shards/{}/ShardReplication", keyspace, shard);
}
}  // namespace path

}  // namespace vif::topo
