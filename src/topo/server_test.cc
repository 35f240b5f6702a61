#include "topo/server.h"

#include <gtest/gtest.h>

#include "proto/topodata.pb.h"
#include "proto/vschema.pb.h"
#include "rt/fiber.h"
#include "topo/memory_store.h"

namespace vif::topo {
namespace {

// Runs `body` on a fiber with a server that has the cells zone1 and zone2.
void with_server(const std::function<void(Server&)>& body) {
  const Status ran = rt::run({}, [&]() -> Status {
    const std::unique_ptr<Server> server =
        VIF_TRY(Server::open(std::make_shared<MemoryStore>(), "", "/vitess/global"));
    for (const char* cell : {"zone1", "zone2"}) {
      topodata::CellInfo info;
      info.set_root(fmt::format("/{}", cell));
      VIF_TRY(server->create_cell_info(cell, info));
    }
    body(*server);
    return {};
  });
  EXPECT_TRUE(ran.ok()) << ran.error().to_string();
}

TEST(Alias, IsCellAndTenDigits) {
  const topodata::TabletAlias alias = *parse_alias("zone-1-0000000100");
  EXPECT_EQ(alias.cell(), "zone-1");
  EXPECT_EQ(alias.uid(), 100u);
  EXPECT_EQ(alias_text(alias), "zone-1-0000000100");
  for (const char* bad : {"", "zone1", "zone1-", "-100", "zone1-x", "zone1-99999999999"}) {
    EXPECT_EQ(parse_alias(bad).error().code(), Code::kInvalidArgument) << bad;
  }
  EXPECT_EQ(parse_alias("zone1").error().message(),
            "invalid tablet alias: 'zone1', expecting format: '<cell>-<uid>'");
}

TEST(ShardName, IsAKeyRangeOrAWord) {
  EXPECT_EQ(*validate_shard_name("-80"), "-80");
  EXPECT_EQ(*validate_shard_name("A0-C0"), "a0-c0");
  EXPECT_EQ(*validate_shard_name("0"), "0");
  for (const char* bad : {"", "80-40", "80-80", "1-2-3", "g0-", "a/b"})
    EXPECT_FALSE(validate_shard_name(bad).ok()) << bad;
  EXPECT_EQ(validate_shard_name("80-40").error().message(),
            "out of order keys: 80 is not strictly smaller than 40");
}

TEST(Server, FirstShardsServeAndOverlappingOnesDoNot) {
  with_server([](Server& server) {
    for (const char* shard : {"-80", "80-", "-40", "80-c0"})
      ASSERT_TRUE(server.get_or_create_shard("ks", shard).ok());
    EXPECT_TRUE(server.get_shard("ks", "-80")->is_primary_serving());
    EXPECT_TRUE(server.get_shard("ks", "80-")->is_primary_serving());
    EXPECT_FALSE(server.get_shard("ks", "-40")->is_primary_serving());
    EXPECT_FALSE(server.get_shard("ks", "80-c0")->is_primary_serving());
    EXPECT_EQ(server.get_shard("ks", "80-")->key_range().start(), "\x80");
    EXPECT_EQ(server.create_shard("ks", "-80").error().code(), Code::kAlreadyExists);
    EXPECT_TRUE(server.global().get("keyspaces/ks/VSchema", server.operation_deadline()).ok());
    EXPECT_EQ(server.get_shard("ks", "0").error().message(),
              "node doesn't exist: keyspaces/ks/shards/0/Shard");
    EXPECT_EQ(server.delete_keyspace("ks").error().code(), Code::kFailedPrecondition);
  });
}

TEST(Server, UpdateStartsOverWhenAnotherWriterCameBetween) {
  with_server([](Server& server) {
    ASSERT_TRUE(server.get_or_create_shard("ks", "0").ok());
    int calls = 0;
    const Status updated =
        server.update_shard_fields("ks", "0", [&](topodata::Shard& shard) -> Result<bool> {
          if (++calls == 1) {
            VIF_TRY(
                server.update_shard_fields("ks", "0", [](topodata::Shard& other) -> Result<bool> {
                  other.mutable_primary_alias()->set_uid(7);
                  return true;
                }));
          }
          shard.set_is_primary_serving(false);
          return true;
        });
    ASSERT_TRUE(updated.ok());
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(server.get_shard("ks", "0")->primary_alias().uid(), 7u);
    EXPECT_FALSE(server.get_shard("ks", "0")->is_primary_serving());
  });
}

topodata::Tablet tablet(const char* cell, uint32_t uid, const char* shard) {
  topodata::Tablet record;
  record.mutable_alias()->set_cell(cell);
  record.mutable_alias()->set_uid(uid);
  record.set_keyspace("ks");
  record.set_shard(shard);
  record.set_type(topodata::REPLICA);
  return record;
}

TEST(Server, FindsTheTabletsOfAShard) {
  with_server([](Server& server) {
    ASSERT_TRUE(server.init_tablet(tablet("zone2", 300, "-80")).ok());
    ASSERT_TRUE(server.init_tablet(tablet("zone1", 101, "-80")).ok());
    ASSERT_TRUE(server.init_tablet(tablet("zone1", 102, "-80")).ok());
    ASSERT_TRUE(server.init_tablet(tablet("zone1", 100, "80-")).ok());
    ASSERT_TRUE(server.init_tablet(tablet("zone1", 101, "-80")).ok());
    EXPECT_EQ(server.init_tablet(tablet("zone1", 101, "80-")).error().code(),
              Code::kFailedPrecondition);
    const std::vector<topodata::Tablet> found = *server.tablets_of_shard("ks", "-80");
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(alias_text(found[0].alias()), "zone1-0000000101");
    EXPECT_EQ(alias_text(found[1].alias()), "zone1-0000000102");
    EXPECT_EQ(alias_text(found[2].alias()), "zone2-0000000300");
    // What else stands below a tablet is none.
    const std::string record = tablet("zone1", 103, "-80").SerializeAsString();
    ASSERT_TRUE((*server.cell("zone1"))
                    ->create("tablets/zone1-0000000101/Other", record, server.operation_deadline())
                    .ok());
    EXPECT_EQ(server.tablets_in_cell("zone1")->size(), 3u);
    EXPECT_EQ(server.tablets_in_cell("nowhere")->size(), 0u);
    EXPECT_EQ(server.get_shard_replication("zone1", "ks", "-80")->nodes_size(), 2);
    ASSERT_TRUE(server.delete_tablet(found[0].alias()).ok());
    EXPECT_EQ(server.get_shard_replication("zone1", "ks", "-80")->nodes_size(), 1);
    EXPECT_EQ(server.get_tablet(found[0].alias()).error().code(), Code::kNotFound);
  });
}

TEST(Server, RebuildsTheServingGraph) {
  with_server([](Server& server) {
    for (const char* shard : {"80-", "-80", "-40"})
      ASSERT_TRUE(server.get_or_create_shard("ks", shard).ok());
    const Status rebuilt = server.rebuild_srv_keyspace("ks");
    ASSERT_TRUE(rebuilt.ok()) << rebuilt.error().to_string();
    const topodata::SrvKeyspace value = *server.get_srv_keyspace("zone2", "ks");
    ASSERT_EQ(value.partitions_size(), 3);
    EXPECT_EQ(value.partitions(0).served_type(), topodata::PRIMARY);
    ASSERT_EQ(value.partitions(0).shard_references_size(), 2);
    EXPECT_EQ(value.partitions(0).shard_references(0).name(), "-80");
    EXPECT_EQ(*server.srv_keyspace_names("zone1"), std::vector<std::string>{"ks"});

    ASSERT_TRUE(server.delete_shard("ks", "-80").ok());
    EXPECT_EQ(server.rebuild_srv_keyspace("ks").error().message(),
              "keyspace partition for PRIMARY in cell zone1 does not start with min key");
  });
}

TEST(Server, RebuildsSrvVSchemaWithKeyspacesAndRules) {
  with_server([](Server& server) {
    ASSERT_TRUE(server.create_keyspace("bare", topodata::Keyspace()).ok());
    ASSERT_TRUE(server.create_keyspace("sharded", topodata::Keyspace()).ok());
    vschema::Keyspace sharded;
    sharded.set_sharded(true);
    ASSERT_TRUE(server.save_vschema("sharded", sharded).ok());
    vschema::RoutingRules rules;
    rules.add_rules()->set_from_table("t");
    ASSERT_TRUE(server.save_routing_rules(rules).ok());
    ASSERT_TRUE(server.rebuild_srv_vschema().ok());
    const vschema::SrvVSchema value = *server.get_srv_vschema("zone1");
    EXPECT_EQ(value.keyspaces_size(), 2);
    EXPECT_TRUE(value.keyspaces().at("sharded").sharded());
    EXPECT_EQ(value.routing_rules().rules(0).from_table(), "t");
  });
}

TEST(Server, LockSaysWhoHoldsIt) {
  with_server([](Server& server) {
    ASSERT_TRUE(server.get_or_create_shard("ks", "0").ok());
    const std::unique_ptr<Lock> lock =
        std::move(*server.lock_shard("ks", "0", "PlannedReparentShard"));
    EXPECT_EQ(server.try_lock_shard("ks", "0", "x").error().code(), Code::kAlreadyExists);
    EXPECT_TRUE(lock->check(server.operation_deadline()).ok());
    EXPECT_TRUE(lock->unlock(server.operation_deadline()).ok());
    EXPECT_TRUE(server.try_lock_shard("ks", "0", "x").ok());
  });
}

}  // namespace
}  // namespace vif::topo
