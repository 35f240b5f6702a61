// A vschema as its author wrote it: the messages of Vitess's vschema.proto as plain structs, with
// their JSON (protojson: lowerCamel and snake_case names are read, snake_case is written). Nothing
// is checked here beyond the form; build_vschema() (vschema.h) does.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/type.h"

namespace vif::sharding {

enum class ForeignKeyMode : uint8_t {
  kUnspecified = 0,
  kDisallow = 1,
  kUnmanaged = 2,
  kManaged = 3
};

struct VindexSpec {
  std::string type;
  std::map<std::string, std::string, std::less<>> params;
  std::string owner;
  bool operator==(const VindexSpec&) const = default;
};

struct ColumnVindexSpec {
  std::string column;  // or `columns`, not both
  std::string name;
  std::vector<std::string> columns;
  bool operator==(const ColumnVindexSpec&) const = default;
};

struct AutoIncrementSpec {
  std::string column;
  std::string sequence;  // "name" or "keyspace.name"
  bool operator==(const AutoIncrementSpec&) const = default;
};

struct ColumnSpec {
  std::string name;
  types::Type type = types::Type::kNull;
  bool invisible = false;
  std::string default_expr;  // SQL; "" for none
  std::string collation_name;
  int32_t size = 0;
  int32_t scale = 0;
  std::optional<bool> nullable;     // absent means nullable
  std::vector<std::string> values;  // of enum and set
  bool operator==(const ColumnSpec&) const = default;
};

struct TableSpec {
  std::string type;  // "", "sequence", "reference"
  std::vector<ColumnVindexSpec> column_vindexes;
  std::optional<AutoIncrementSpec> auto_increment;
  std::vector<ColumnSpec> columns;
  std::string pinned;  // hex keyspace id
  bool column_list_authoritative = false;
  std::string source;  // of a reference table
  bool operator==(const TableSpec&) const = default;
};

struct MultiTenantSpec {
  std::string tenant_id_column_name;
  types::Type tenant_id_column_type = types::Type::kNull;
  bool operator==(const MultiTenantSpec&) const = default;
};

struct KeyspaceSpec {
  bool sharded = false;
  std::map<std::string, VindexSpec, std::less<>> vindexes;
  std::map<std::string, TableSpec, std::less<>> tables;
  bool require_explicit_routing = false;
  ForeignKeyMode foreign_key_mode = ForeignKeyMode::kUnspecified;
  std::optional<MultiTenantSpec> multi_tenant_spec;
  bool operator==(const KeyspaceSpec&) const = default;
};

struct RoutingRuleSpec {
  std::string from_table;
  std::vector<std::string> to_tables;
  bool operator==(const RoutingRuleSpec&) const = default;
};
struct ShardRoutingRuleSpec {
  std::string from_keyspace, to_keyspace, shard;
  bool operator==(const ShardRoutingRuleSpec&) const = default;
};
struct KeyspaceRoutingRuleSpec {
  std::string from_keyspace, to_keyspace;
  bool operator==(const KeyspaceRoutingRuleSpec&) const = default;
};
struct MirrorRuleSpec {
  std::string from_table, to_table;
  float percent = 0;
  bool operator==(const MirrorRuleSpec&) const = default;
};

struct SrvVSchemaSpec {
  std::map<std::string, KeyspaceSpec, std::less<>> keyspaces;
  std::vector<RoutingRuleSpec> routing_rules;
  std::vector<ShardRoutingRuleSpec> shard_routing_rules;
  std::vector<KeyspaceRoutingRuleSpec> keyspace_routing_rules;
  std::vector<MirrorRuleSpec> mirror_rules;
  bool operator==(const SrvVSchemaSpec&) const = default;
};

// Errors: kInvalidArgument: bad JSON, a wrong kind of value, an unknown field or enum name, each
// naming its place.
Result<KeyspaceSpec> parse_keyspace_json(std::string_view json);
Result<SrvVSchemaSpec> parse_srv_vschema_json(std::string_view json);
// The "rules" documents of ApplyRoutingRules and the like: {"rules": [...]}.
Result<std::vector<RoutingRuleSpec>> parse_routing_rules_json(std::string_view json);
Result<std::vector<ShardRoutingRuleSpec>> parse_shard_routing_rules_json(std::string_view json);
Result<std::vector<KeyspaceRoutingRuleSpec>> parse_keyspace_routing_rules_json(
    std::string_view json);
Result<std::vector<MirrorRuleSpec>> parse_mirror_rules_json(std::string_view json);

// Fields with their zero value are left out. indent < 0: one line.
std::string keyspace_json(const KeyspaceSpec& spec, int indent = 2);
std::string srv_vschema_json(const SrvVSchemaSpec& spec, int indent = 2);

}  // namespace vif::sharding
