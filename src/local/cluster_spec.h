// What a local cluster consists of: read from the VitessCluster document that the Kubernetes
// operator reads, or the built-in commerce example.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vif::local {

struct TabletSpec {
  std::string cell;
  uint32_t uid = 0;
  uint16_t web_port = 0;    // 15000+uid, unless shifted
  uint16_t grpc_port = 0;   // 16000+uid
  uint16_t mysql_port = 0;  // 17000+uid, of its server
  bool rdonly = false;
  std::vector<std::string> extra_flags;  // "--name=value", for vttablet
  std::string extra_cnf;                 // lines for my.cnf
};

struct ShardSpec {
  std::string name;  // "-80", "0"
  std::vector<TabletSpec> tablets;
};

struct KeyspaceSpec {
  std::string name;
  std::string database;  // MySQL's name of it; empty: vttablet's choice, "vt_<keyspace>"
  std::string durability_policy = "semi_sync";
  std::string
      vschema_json;        // empty: an unsharded keyspace's {} or a sharded one's {"sharded": true}
  std::string schema_sql;  // run through the gate once, after the first start
  std::string every_shard_sql;  // then run on each shard by itself: what a reference table holds
  std::vector<ShardSpec> shards;
  bool sharded() const { return shards.size() > 1; }
};

struct GatewaySpec {
  uint16_t web_port = 15001;
  uint16_t grpc_port = 15991;
  uint16_t mysql_port = 15306;
  std::vector<std::string> extra_flags;
};

struct ClusterSpec {
  std::string name = "commerce";
  std::vector<std::string> cells;
  GatewaySpec gateway;
  std::vector<KeyspaceSpec> keyspaces;
  std::string data_sql;  // run through the gate once, after every schema
  // Fields of the document that make no sense on one machine: "spec.images", ...
  std::vector<std::string> ignored_fields;
};

// Keyspace `commerce` in shards -80 and 80- (users, orders; products as a reference table), and
// `unsharded` with the sequences and the source of products; one primary and one replica a shard.
ClusterSpec commerce_example();

// Errors: kInvalidArgument with the place in the document.
Result<ClusterSpec> parse_vitess_cluster(const std::string& yaml);

// Reads `<dir>/<keyspace>/*.sql` and `<dir>/<keyspace>/vschema.json`, as vttestserver's
// --schema_dir, into `spec`.
Status add_schema_dir(const std::string& dir, ClusterSpec& spec);

// Fills in every port: Vitess's usual ones, each `shift` higher, so that several clusters can share
// a machine. Errors: kInvalidArgument when one would be over 65535.
Status assign_ports(ClusterSpec& spec, int shift);

// The names of `parts` equal key ranges: 2 gives "-80", "80-"; 1 gives "-".
std::vector<std::string> equal_shards(int parts);

}  // namespace vif::local
