#include "local/topology.h"

#include <google/protobuf/util/json_util.h>

#include "proto/topodata.pb.h"
#include "proto/vschema.pb.h"
#include "topo/open.h"
#include "topo/server.h"

namespace vif::local {
namespace {

Status write_cells(const ClusterSpec& spec, const Layout& layout, topo::Server& server) {
  for (const std::string& cell : spec.cells) {
    if (server.get_cell_info(cell).ok()) continue;
    topodata::CellInfo info;
    info.set_server_address(layout.topo_dir());
    info.set_root("/vitess/" + cell);
    VIF_TRY(server.create_cell_info(cell, info));
  }
  return {};
}

Status write_keyspace(const KeyspaceSpec& keyspace, topo::Server& server) {
  if (!server.get_keyspace(keyspace.name).ok()) {
    topodata::Keyspace record;
    record.set_durability_policy(keyspace.durability_policy);
    VIF_TRY(server.create_keyspace(keyspace.name, record));
  }
  std::vector<std::string> wanted;
  for (const ShardSpec& shard : keyspace.shards) wanted.push_back(shard.name);
  std::sort(wanted.begin(), wanted.end());
  auto present = VIF_TRY(server.shard_names(keyspace.name));
  std::sort(present.begin(), present.end());
  if (!present.empty() && present != wanted) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("keyspace {} has the shards {}, not {}: that is a resharding; start "
                             "with --wipe to begin anew",
                             keyspace.name, fmt::join(present, " "), fmt::join(wanted, " ")));
  }
  for (const std::string& shard : wanted) {
    if (present.empty()) VIF_TRY(server.create_shard(keyspace.name, shard));
  }
  if (server.get_vschema(keyspace.name).ok()) return {};
  vschema::Keyspace record;
  const std::string json = !keyspace.vschema_json.empty() ? keyspace.vschema_json
                           : keyspace.sharded()           ? "{\"sharded\": true}"
                                                          : "{}";
  // As Vitess reads it: fields of other versions and tools are passed over.
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, &record, options);
  if (!parsed.ok()) {
    return Error(Code::kInvalidArgument,
                 fmt::format("vschema of {}: {}", keyspace.name, std::string(parsed.message())));
  }
  return server.save_vschema(keyspace.name, record);
}

}  // namespace

Status write_topology(const ClusterSpec& spec, const Layout& layout) {
  const auto server = VIF_TRY(
      topo::Server::open(VIF_TRY(topo::make_store("file")), layout.topo_dir(), "/vitess/global"));
  VIF_TRY(write_cells(spec, layout, *server));
  for (const KeyspaceSpec& keyspace : spec.keyspaces) VIF_TRY(write_keyspace(keyspace, *server));
  for (const KeyspaceSpec& keyspace : spec.keyspaces)
    VIF_TRY(server->rebuild_srv_keyspace(keyspace.name));
  return server->rebuild_srv_vschema();
}

}  // namespace vif::local
