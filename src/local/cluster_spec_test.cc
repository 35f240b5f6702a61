#include "local/cluster_spec.h"

#include <gtest/gtest.h>

namespace vif::local {
namespace {

constexpr const char* kDocument = R"(
apiVersion: planetscale.com/v2
kind: VitessCluster
metadata: {name: example}
spec:
  images: {vtgate: x}
  cells:
  - name: zone1
    gateway: {replicas: 1, resources: {}, extraFlags: {mysql_server_version: 8.0.40-Vitess}}
  keyspaces:
  - name: main
    turndownPolicy: Immediate
    partitionings:
    - equal: {parts: 1, shardTemplate: {tabletPools: [{cell: zone1, type: replica, replicas: 1}]}}
  - name: customer
    databaseName: customer_db
    durabilityPolicy: none
    partitionings:
    - equal:
        parts: 2
        shardTemplate:
          databaseInitScriptSecret: {name: s, key: k}
          tabletPools:
          - {cell: zone1, type: replica, replicas: 2, mysqld: {configOverrides: "[mysqld]\nlong_query_time=1\n"}}
          - {cell: zone1, type: rdonly, replicas: 1, dataVolumeClaimTemplate: {}}
---
apiVersion: v1
kind: Secret
)";

TEST(ClusterSpec, ReadsAVitessCluster) {
  const auto spec = parse_vitess_cluster(kDocument);
  ASSERT_TRUE(spec.ok()) << spec.error().to_string();
  EXPECT_EQ(spec->name, "example");
  EXPECT_EQ(spec->gateway.extra_flags,
            std::vector<std::string>{"--mysql_server_version=8.0.40-Vitess"});
  ASSERT_EQ(spec->keyspaces.size(), 2u);
  EXPECT_EQ(spec->keyspaces[0].shards[0].name, "-");
  EXPECT_FALSE(spec->keyspaces[0].sharded());
  const KeyspaceSpec& customer = spec->keyspaces[1];
  EXPECT_EQ(spec->keyspaces[0].database, "");
  EXPECT_EQ(customer.database, "customer_db");
  EXPECT_EQ(customer.durability_policy, "none");
  ASSERT_EQ(customer.shards.size(), 2u);
  EXPECT_EQ(customer.shards[1].name, "80-");
  ASSERT_EQ(customer.shards[1].tablets.size(), 3u);
  EXPECT_TRUE(customer.shards[1].tablets[2].rdonly);
  EXPECT_EQ(customer.shards[1].tablets[2].uid, 106u);
  EXPECT_EQ(customer.shards[0].tablets[0].extra_cnf, "[mysqld]\nlong_query_time=1\n");
  EXPECT_EQ(fmt::format("{}", fmt::join(std::set<std::string>(spec->ignored_fields.begin(),
                                                              spec->ignored_fields.end()),
                                        " ")),
            "spec.cells[0].gateway.resources spec.images spec.keyspaces[0].turndownPolicy "
            "spec.keyspaces[1].partitionings[0].equal.shardTemplate.databaseInitScriptSecret "
            "spec.keyspaces[1].partitionings[0].equal.shardTemplate.tabletPools[1]."
            "dataVolumeClaimTemplate");
}

TEST(ClusterSpec, NamesThePlaceOfAFault) {
  const struct {
    const char* yaml;
    const char* error;
  } cases[] = {
      {"kind: VitessCluster\nspec: {}", "spec.cells must name at least one cell"},
      {"kind: Pod", "the file holds no VitessCluster document"},
      {"[1, 2", "yaml-cpp: error at line 1, column 1: end of sequence flow not found"},
      {"kind: VitessCluster\nspec: {cells: [{name: a}], keyspaces: [{name: k, partitionings: "
       "[{equal: {parts: 3}}]}]}",
       "spec.keyspaces[0].partitionings[0].equal.parts must be a power of two from 1 to 256"},
  };
  for (const auto& c : cases) {
    const auto spec = parse_vitess_cluster(c.yaml);
    ASSERT_FALSE(spec.ok()) << c.yaml;
    EXPECT_EQ(spec.error().message(), c.error);
  }
}

TEST(ClusterSpec, EqualShardsCoverTheRange) {
  EXPECT_EQ(equal_shards(1), std::vector<std::string>{"-"});
  EXPECT_EQ(equal_shards(4), (std::vector<std::string>{"-40", "40-80", "80-c0", "c0-"}));
}

TEST(ClusterSpec, TheExampleHasReplicasInEveryShard) {
  const ClusterSpec spec = commerce_example();
  for (const KeyspaceSpec& keyspace : spec.keyspaces) {
    for (const ShardSpec& shard : keyspace.shards)
      EXPECT_EQ(shard.tablets.size(), 2u) << shard.name;
  }
}

}  // namespace
}  // namespace vif::local
