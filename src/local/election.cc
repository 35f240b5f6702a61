#include "local/election.h"

#include "proto/tabletmanagerdata.pb.h"
#include "proto/topodata.pb.h"
#include "rpc/channel.h"
#include "rt/fiber.h"
#include "topo/open.h"
#include "topo/server.h"

namespace vif::local {
namespace {

constexpr std::string_view kService = "/tabletmanagerservice.TabletManager/";

Status call(const TabletSpec& tablet, std::string_view method, const rpc::MessageLite& request,
            rpc::MessageLite& response, rt::Deadline deadline) {
  rpc::Channel channel(rt::Address::tcp("127.0.0.1", tablet.grpc_port));
  rpc::CallOptions options;
  options.deadline = deadline;
  options.wait_for_ready = true;
  const Status done =
      channel.unary(std::string(kService) + std::string(method), request, response, options);
  if (done.ok()) return {};
  return done.error().with_prefix(fmt::format("{} of tablet {}", method, alias(tablet)));
}

Status elect(const ShardSpec& shard, bool semi_sync, rt::Deadline deadline) {
  const TabletSpec& primary = shard.tablets.front();
  tabletmanagerdata::InitPrimaryRequest init;
  // Semi-sync without a replica would wait for ever.
  init.set_semisync(semi_sync && shard.tablets.size() > 1);
  tabletmanagerdata::InitPrimaryResponse position;
  // The other tablets see the shard record that this writes and follow the primary by themselves,
  // from its first transaction on; an InitReplica beside that would reset what they have just
  // begun.
  VIF_TRY(call(primary, "InitPrimary", init, position, deadline));
  return {};
}

}  // namespace

Status elect_primaries(const ClusterSpec& spec, const Layout& layout, rt::Deadline deadline) {
  const auto server = VIF_TRY(
      topo::Server::open(VIF_TRY(topo::make_store("file")), layout.topo_dir(), "/vitess/global"));
  rt::TaskGroup group;
  Status first;
  for (const KeyspaceSpec& keyspace : spec.keyspaces) {
    for (const ShardSpec& shard : keyspace.shards) {
      const topodata::Shard record = VIF_TRY(server->get_shard(keyspace.name, shard.name));
      if (record.primary_alias().uid() != 0) continue;
      group.spawn([&] {
        const Status elected = elect(shard, keyspace.durability_policy != "none", deadline);
        if (!elected.ok() && first.ok())
          first = elected.error().with_prefix(keyspace.name + "/" + shard.name);
      });
    }
  }
  VIF_TRY(group.wait());
  return first;
}

}  // namespace vif::local
