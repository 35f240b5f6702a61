// A gate over fake tablets and a topology in memory: commerce (-80, 80-; users by hash) and main (0). For tests.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "proto/topodata.pb.h"
#include "proto/vschema.pb.h"
#include "rt/fiber.h"
#include "testing/fake_query_service.h"
#include "topo/memory_store.h"
#include "topo/server.h"
#include "vtgate/engine/packets.h"
#include "vtgate/gate.h"

namespace vif::vtgate {

class FakeCluster {
 public:
  explicit FakeCluster(GateOptions options = {}) : options_(std::move(options)) {}

  Status start() {
    topology_ = VIF_TRY(topo::Server::open(std::make_shared<topo::MemoryStore>(), "", ""));
    topodata::CellInfo cell;
    cell.set_server_address("memory");
    VIF_TRY(topology_->create_cell_info("zone1", cell));
    VIF_TRY(add_shard("commerce", "-80", 100));
    VIF_TRY(add_shard("commerce", "80-", 200));
    VIF_TRY(add_shard("main", "0", 300));
    vschema::Keyspace sharded;
    sharded.set_sharded(true);
    (*sharded.mutable_vindexes())["hash"].set_type("hash");
    auto* column = (*sharded.mutable_tables())["users"].add_column_vindexes();
    column->set_column("user_id");
    column->set_name("hash");
    VIF_TRY(topology_->save_vschema("commerce", sharded));
    VIF_TRY(topology_->save_vschema("main", vschema::Keyspace()));
    for (const char* keyspace : {"commerce", "main"}) VIF_TRY(topology_->rebuild_srv_keyspace(keyspace));
    VIF_TRY(topology_->rebuild_srv_vschema());
    options_.cell = "zone1";
    options_.tablet_types_to_wait = {clients::TabletType::kPrimary};
    gate_ = VIF_TRY(Gate::start(*topology_, options_, metrics_));
    for (auto& [shard, tablet] : tablets_) gate_->add_local({"zone1", uids_[shard]}, *tablet);
    return gate_->wait_until_ready();
  }

  // "commerce/-80"
  testing::FakeQueryService& tablet(const std::string& shard) { return *tablets_.at(shard); }
  Gate& gate() { return *gate_; }

  Result<engine::Collected> run(Session& session, std::string_view sql) {
    return gate_->executor().execute_collected(session, sql);
  }
  // Forgets what the tablets were asked so far.
  void forget_calls() {
    for (auto& [shard, tablet] : tablets_) tablet->calls.clear();
  }

 private:
  Status add_shard(const std::string& keyspace, const std::string& shard, uint32_t uid) {
    VIF_TRY(topology_->get_or_create_shard(keyspace, shard));
    topodata::Tablet record;
    record.mutable_alias()->set_cell("zone1");
    record.mutable_alias()->set_uid(uid);
    record.set_hostname("localhost");
    (*record.mutable_port_map())["grpc"] = 1;
    record.set_keyspace(keyspace);
    record.set_shard(shard);
    record.set_type(topodata::PRIMARY);
    VIF_TRY(topology_->create_tablet(record));
    auto service = std::make_unique<testing::FakeQueryService>(clients::TabletAlias{"zone1", uid});
    clients::Health health;
    health.target = {keyspace, shard, clients::TabletType::kPrimary};
    health.serving = true;
    health.primary_term_start_s = 1;
    service->set_health(health);
    tablets_[keyspace + "/" + shard] = std::move(service);
    uids_[keyspace + "/" + shard] = uid;
    return {};
  }

  GateOptions options_;
  Metrics metrics_;
  std::map<std::string, std::unique_ptr<testing::FakeQueryService>> tablets_;
  std::map<std::string, uint32_t> uids_;
  std::unique_ptr<topo::Server> topology_;
  std::unique_ptr<Gate> gate_;
};

// Runs `body` with a cluster that has started, on a fiber.
inline void with_cluster(const std::function<void(FakeCluster&)>& body, GateOptions options = {}) {
  const Status ran = rt::run({}, [&]() -> Status {
    FakeCluster cluster(options);
    VIF_TRY(cluster.start());
    cluster.forget_calls();
    body(cluster);
    return {};
  });
  ASSERT_TRUE(ran.ok()) << ran.error().to_string();
}

}  // namespace vif::vtgate
