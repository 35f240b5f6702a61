// Vitess's topology in verbs: cells, keyspaces, shards, tablets, the serving graph, VSchemas and
// routing rules, kept as Vitess's protobuf messages at Vitess's paths, so that Go peers read and
// write the same store.
//
// Each call waits at most Options::operation_timeout on each store access; "update_*_fields" verbs
// read, change and write with the version that was read, and start over when another writer came
// between. Include proto/topodata.pb.h or proto/vschema.pb.h where you call these.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "topo/store.h"

namespace topodata {
class CellInfo;
class CellsAlias;
class Keyspace;
class Shard;
class ShardReplication;
class SrvKeyspace;
class Tablet;
class TabletAlias;
}  // namespace topodata
namespace vschema {
class Keyspace;
class KeyspaceRoutingRules;
class MirrorRules;
class RoutingRules;
class ShardRoutingRules;
class SrvVSchema;
}  // namespace vschema

namespace vif::topo {

inline constexpr std::string_view kGlobalCell = "global";

struct Options {
  rt::Duration operation_timeout = std::chrono::seconds(15);  // --remote-operation-timeout
  rt::Duration lock_timeout = std::chrono::seconds(45);       // --lock-timeout
};

// Returns true to write the changed record, false to leave it ("no update needed"), or an error to
// give up.
template <typename Record>
using Change = std::function<Result<bool>(Record&)>;

// Belongs to one scheduler. Connections to cells are opened on first use and kept.
class Server {
 public:
  // Errors: what connecting said.
  static Result<std::unique_ptr<Server>> open(std::shared_ptr<Store> store,
                                              std::string_view global_address,
                                              std::string_view global_root, Options options = {});
  // `store` may give out connections for as long as this lives.
  Server(std::shared_ptr<Store> store, std::unique_ptr<Connection> global, Options options);
  ~Server();

  Connection& global() { return *global_; }
  // "global", or a cell with a CellInfo record. The connection lives as long as the server, or
  // until the cell's record changes. Errors: kNotFound.
  Result<Connection*> cell(std::string_view name);
  rt::Deadline operation_deadline() const { return rt::Deadline::in(options_.operation_timeout); }

  // Cells. Names are sorted; a store without any cell gives an empty list.
  Result<std::vector<std::string>> cell_names();
  Result<topodata::CellInfo> get_cell_info(std::string_view cell);
  Status create_cell_info(std::string_view cell, const topodata::CellInfo& info);
  // Creates the record when it is missing.
  Status update_cell_info_fields(std::string_view cell, const Change<topodata::CellInfo>& change);
  // Without `force` only when the cell holds no SrvKeyspace any more.
  Status delete_cell_info(std::string_view cell, bool force);
  Result<std::map<std::string, topodata::CellsAlias>> cells_aliases();
  Status create_cells_alias(std::string_view alias, const topodata::CellsAlias& value);
  Status update_cells_alias(std::string_view alias, const Change<topodata::CellsAlias>& change);
  Status delete_cells_alias(std::string_view alias);

  // Keyspaces.
  Result<std::vector<std::string>> keyspace_names();
  Result<topodata::Keyspace> get_keyspace(std::string_view keyspace);
  // Errors: kAlreadyExists; kInvalidArgument for a name with characters that Vitess refuses.
  Status create_keyspace(std::string_view keyspace, const topodata::Keyspace& value);
  Status update_keyspace_fields(std::string_view keyspace,
                                const Change<topodata::Keyspace>& change);
  // Errors: kFailedPrecondition "node not empty" while it has shards.
  Status delete_keyspace(std::string_view keyspace);
  // Empty when the record does not say: "none" is Vitess's default policy.
  Result<std::string> keyspace_durability(std::string_view keyspace);

  // Shards.
  Result<std::vector<std::string>> shard_names(std::string_view keyspace);
  Result<topodata::Shard> get_shard(std::string_view keyspace, std::string_view shard);
  Result<std::map<std::string, topodata::Shard>> shards_of_keyspace(std::string_view keyspace);
  // Takes the keyspace's lock; serving unless its range meets another shard's. Errors:
  // kAlreadyExists.
  Status create_shard(std::string_view keyspace, std::string_view shard);
  // Also creates the keyspace (of type NORMAL) when it is missing.
  Result<topodata::Shard> get_or_create_shard(std::string_view keyspace, std::string_view shard);
  Status update_shard_fields(std::string_view keyspace, std::string_view shard,
                             const Change<topodata::Shard>& change);
  Status delete_shard(std::string_view keyspace, std::string_view shard);

  // Tablets. The record lies in the cell of its alias.
  Result<topodata::Tablet> get_tablet(const topodata::TabletAlias& alias);
  // Also registers it in its shard's ShardReplication. Errors: kAlreadyExists.
  Status create_tablet(const topodata::Tablet& tablet);
  // Creates or overwrites; refuses (kFailedPrecondition) to overwrite a record of another keyspace
  // or shard unless `allow_different_shard`.
  Status init_tablet(const topodata::Tablet& tablet, bool allow_different_shard = false);
  Status update_tablet_fields(const topodata::TabletAlias& alias,
                              const Change<topodata::Tablet>& change);
  // Errors: kNotFound.
  Status delete_tablet(const topodata::TabletAlias& alias);
  // An absent cell or one without tablets gives an empty list. Unreadable records are left out.
  Result<std::vector<topodata::Tablet>> tablets_in_cell(std::string_view cell);
  // In all cells, or only in those named; by the tablets' own records, sorted by alias.
  Result<std::vector<topodata::Tablet>> tablets_of_shard(
      std::string_view keyspace, std::string_view shard,
      const std::vector<std::string>& cells = {});
  Result<topodata::ShardReplication> get_shard_replication(std::string_view cell,
                                                           std::string_view keyspace,
                                                           std::string_view shard);
  Status update_shard_replication_fields(std::string_view cell, std::string_view keyspace,
                                         std::string_view shard,
                                         const Change<topodata::ShardReplication>& change);
  Status delete_shard_replication(std::string_view cell, std::string_view keyspace,
                                  std::string_view shard);

  // VSchema and rules. A missing record is an empty message, but for get_vschema: kNotFound.
  Result<vschema::Keyspace> get_vschema(std::string_view keyspace);
  Status save_vschema(std::string_view keyspace, const vschema::Keyspace& value);
  // A missing one is changed as an empty one.
  Status update_vschema(std::string_view keyspace, const Change<vschema::Keyspace>& change);
  // Writes an empty one when there is none.
  Status ensure_vschema(std::string_view keyspace);
  Result<vschema::RoutingRules> get_routing_rules();
  Status save_routing_rules(const vschema::RoutingRules& rules);
  Result<vschema::ShardRoutingRules> get_shard_routing_rules();
  Status save_shard_routing_rules(const vschema::ShardRoutingRules& rules);
  Result<vschema::KeyspaceRoutingRules> get_keyspace_routing_rules();
  Status save_keyspace_routing_rules(const vschema::KeyspaceRoutingRules& rules);
  Result<vschema::MirrorRules> get_mirror_rules();
  Status save_mirror_rules(const vschema::MirrorRules& rules);

  // The serving graph, per cell.
  Result<std::vector<std::string>> srv_keyspace_names(std::string_view cell);
  Result<topodata::SrvKeyspace> get_srv_keyspace(std::string_view cell, std::string_view keyspace);
  Status update_srv_keyspace(std::string_view cell, std::string_view keyspace,
                             const topodata::SrvKeyspace& value);
  Status delete_srv_keyspace(std::string_view cell, std::string_view keyspace);
  Result<vschema::SrvVSchema> get_srv_vschema(std::string_view cell);
  Status update_srv_vschema(std::string_view cell, const vschema::SrvVSchema& value);
  Status delete_srv_vschema(std::string_view cell);
  // Partitions of PRIMARY, REPLICA and RDONLY from the serving shards, checked to cover the key
  // space without gap or overlap unless `allow_partial`. Takes the keyspace's lock. Empty `cells`:
  // all.
  Status rebuild_srv_keyspace(std::string_view keyspace, const std::vector<std::string>& cells = {},
                              bool allow_partial = false);
  // Every keyspace's VSchema and all rules, into the SrvVSchema of `cells` (empty: all).
  Status rebuild_srv_vschema(const std::vector<std::string>& cells = {});

  // Locks, held in the global cell with Vitess's JSON saying who and why. `action` is
  // "PlannedReparentShard(...)".
  Result<std::unique_ptr<Lock>> lock_keyspace(std::string_view keyspace, std::string_view action);
  Result<std::unique_ptr<Lock>> lock_shard(std::string_view keyspace, std::string_view shard,
                                           std::string_view action);
  // kAlreadyExists at once when held.
  Result<std::unique_ptr<Lock>> try_lock_shard(std::string_view keyspace, std::string_view shard,
                                               std::string_view action);
  Result<std::unique_ptr<Lock>> lock_routing_rules(std::string_view action);
  // For whoever changes a VSchema and rebuilds the SrvVSchemas after it.
  Result<std::unique_ptr<Lock>> lock_srv_vschema(std::string_view action);

  // Watches of one record, decoded by topo::decode(); see topo/store.h for what next() gives.
  Result<std::unique_ptr<Watch>> watch_shard(std::string_view keyspace, std::string_view shard);
  Result<std::unique_ptr<Watch>> watch_srv_keyspace(std::string_view cell,
                                                    std::string_view keyspace);
  Result<std::unique_ptr<Watch>> watch_srv_vschema(std::string_view cell);

 private:
  struct CellConnection;

  Result<std::vector<std::string>> names_under(Connection& connection, std::string_view dir);

  std::shared_ptr<Store> store_;
  std::unique_ptr<Connection> global_;
  Options options_;
  std::map<std::string, std::unique_ptr<CellConnection>, std::less<>> cells_;
};

// "zone1-0000000100". Errors: kInvalidArgument "invalid tablet alias: '<text>', expecting format:
// '<cell>-<uid>'".
std::string alias_text(const topodata::TabletAlias& alias);
Result<topodata::TabletAlias> parse_alias(std::string_view text);

// `contents` as `record`, a protobuf message. Errors: kInternal naming `path`.
template <typename Record>
Status decode(const File& file, Record& record) {
  if (record.ParseFromString(file.contents)) return {};
  return Error(Code::kInternal, "bad data at " + file.path);
}

// Errors: kInvalidArgument. A shard name with a '-' is a key range ("-80"), lower-cased.
Status validate_keyspace_name(std::string_view name);
Result<std::string> validate_shard_name(std::string_view name);

// The paths of records, as Vitess has them.
namespace path {
std::string cell_info(std::string_view cell);
std::string cells_alias(std::string_view alias);
std::string keyspace(std::string_view keyspace);
std::string shard(std::string_view keyspace, std::string_view shard);
std::string tablet(std::string_view alias);
std::string vschema(std::string_view keyspace);
std::string srv_keyspace(std::string_view keyspace);
std::string shard_replication(std::string_view keyspace, std::string_view shard);
inline constexpr std::string_view kSrvVSchema = "SrvVSchema";
inline constexpr std::string_view kRoutingRules = "RoutingRules";
inline constexpr std::string_view kShardRoutingRules = "ShardRoutingRules";
inline constexpr std::string_view kMirrorRules = "MirrorRules";
inline constexpr std::string_view kKeyspaceRoutingRules = "routing_rules/keyspace/Rules";
}  // namespace path

}  // namespace vif::topo
