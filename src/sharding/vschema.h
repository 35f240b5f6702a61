// The vschema as planners use it: an immutable snapshot built from a SrvVSchemaSpec and from what
// schema tracking learnt of the tablets, with tables found under Vitess's rules (global names,
// ambiguity, routing rules) and Vitess's error texts. Everything found may be kept after the
// snapshot is gone.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sharding/vindex.h"
#include "sharding/vschema_spec.h"
#include "types/type.h"

namespace vif::sharding {

struct Table;

struct Keyspace {
  std::string name;
  bool sharded = false;
};

struct Column {
  std::string name;
  types::Type type = types::Type::kNull;  // kNull: not known
  std::string collation_name;             // "" when not known
  std::string default_expr;               // SQL; "" for none
  bool invisible = false;
  int32_t size = 0;
  int32_t scale = 0;
  bool nullable = true;
  std::vector<std::string> values;  // of enum and set
};

struct ColumnVindex {
  std::vector<std::string> columns;
  std::string type;
  std::string name;
  bool owned = false;
  std::shared_ptr<const Vindex> vindex;
  bool is_unique = false;
  int cost = 0;
  bool partial = false;   // leading columns only of a multi-column vindex
  bool backfill = false;  // a lookup still being filled
};

enum class TableType : uint8_t { kTable, kSequence, kReference };

struct AutoIncrement {
  std::string column;
  std::shared_ptr<const Table> sequence;
};

// A reference table's origin.
struct TableSource {
  std::string keyspace;  // may be empty
  std::string name;
};

enum class ReferenceAction : uint8_t {
  kDefault,
  kRestrict,
  kCascade,
  kNoAction,
  kSetNull,
  kSetDefault
};

// A foreign key, seen from either end: `table` is the other one (of the same snapshot).
struct ForeignKey {
  std::weak_ptr<const Table> table;
  std::vector<std::string> child_columns;
  std::vector<std::string> parent_columns;
  ReferenceAction on_delete = ReferenceAction::kDefault;
  ReferenceAction on_update = ReferenceAction::kDefault;
};

struct Table {
  TableType type = TableType::kTable;
  std::string name;
  std::shared_ptr<const Keyspace> keyspace;
  // As written; [0] is the primary vindex. Partial forms of a multi-column vindex follow it.
  std::vector<ColumnVindex> column_vindexes;
  // Indexes into column_vindexes, cheapest first.
  std::vector<size_t> ordered;
  std::vector<size_t> owned;
  std::optional<AutoIncrement> auto_increment;
  std::vector<Column> columns;
  bool column_list_authoritative = false;
  std::optional<std::string> pinned;  // a keyspace id's bytes
  std::optional<TableSource> source;
  // Reference tables whose source this is, by keyspace; and the resolved source.
  std::map<std::string, std::weak_ptr<const Table>, std::less<>> referenced_by;
  std::vector<ForeignKey> child_foreign_keys;   // tables that refer to this one
  std::vector<ForeignKey> parent_foreign_keys;  // tables that this one refers to
  std::vector<std::string> primary_key;
  std::vector<std::vector<std::string>> unique_keys;  // SQL expressions

  // Null for tables of an unsharded keyspace, reference and pinned tables.
  const ColumnVindex* primary_vindex() const {
    return column_vindexes.empty() ? nullptr : &column_vindexes[0];
  }
  // Case-insensitive; null when not listed.
  const Column* find_column(std::string_view column) const;
};
using TablePtr = std::shared_ptr<const Table>;

struct View {
  std::string name;
  std::shared_ptr<const Keyspace> keyspace;
  std::string statement;  // SELECT text
};

struct KeyspaceSchema {
  std::shared_ptr<const Keyspace> keyspace;
  ForeignKeyMode foreign_key_mode = ForeignKeyMode::kUnmanaged;
  std::map<std::string, std::shared_ptr<Table>, std::less<>> tables;
  std::map<std::string, std::shared_ptr<const Vindex>, std::less<>> vindexes;
  std::map<std::string, std::shared_ptr<const View>, std::less<>> views;
  std::optional<Error> error;  // why the keyspace is only partly there
  std::optional<MultiTenantSpec> multi_tenant_spec;
  std::vector<std::string> aggregate_udfs;
};

// What schema tracking learns from a keyspace's tablets.
struct TrackedForeignKey {
  std::string parent_keyspace;  // "" is this one
  std::string parent_table;
  std::vector<std::string> child_columns;
  std::vector<std::string> parent_columns;
  ReferenceAction on_delete = ReferenceAction::kDefault;
  ReferenceAction on_update = ReferenceAction::kDefault;
};
struct TrackedTable {
  std::vector<Column> columns;
  std::vector<std::string> primary_key;
  std::vector<std::vector<std::string>> unique_keys;
  std::vector<TrackedForeignKey> foreign_keys;
};
struct TrackedKeyspace {
  std::map<std::string, TrackedTable, std::less<>> tables;
  std::map<std::string, std::string, std::less<>> views;  // name to SELECT text
  std::vector<std::string> aggregate_udfs;
};
using TrackedSchema = std::map<std::string, TrackedKeyspace, std::less<>>;

class VSchema {
 public:
  // One keyspace's, or null.
  const KeyspaceSchema* keyspace(std::string_view name) const;
  const std::map<std::string, KeyspaceSchema, std::less<>>& keyspaces() const { return keyspaces_; }
  // The alphabetically first. REQUIRES: there is one.
  const Keyspace& first_keyspace() const;

  // The table under routing rules. `tablet_type` is "primary", "replica", ... Null when there is no
  // such table and none may be assumed (unsharded keyspaces have any table). Errors: VT05003,
  // ambiguous table reference, a rule's own error, "table t has been disabled".
  Result<TablePtr> find_routed_table(std::string_view keyspace, std::string_view name,
                                     std::string_view tablet_type) const;
  // Without routing rules; "table t not found" instead of null.
  Result<TablePtr> find_table(std::string_view keyspace, std::string_view name) const;
  // A table, or a vindex used as a table; exactly one is set. Errors: as find_routed_table and
  // find_vindex, "table t not found".
  struct TableOrVindex {
    TablePtr table;
    std::shared_ptr<const Vindex> vindex;
  };
  Result<TableOrVindex> find_table_or_vindex(std::string_view keyspace, std::string_view name,
                                             std::string_view tablet_type) const;
  // Null when unknown. Errors: VT05003, ambiguous vindex reference.
  Result<std::shared_ptr<const Vindex>> find_vindex(std::string_view keyspace,
                                                    std::string_view name) const;
  // Null when there is none.
  std::shared_ptr<const View> find_view(std::string_view keyspace, std::string_view name) const;

  // The keyspace that serves `shard` of `keyspace` now.
  std::string_view find_routed_shard(std::string_view keyspace, std::string_view shard) const;

  struct MirrorRule {
    std::optional<Error> error;
    float percent = 0;
    TablePtr table;
  };
  // Null when none applies.
  Result<const MirrorRule*> find_mirror_rule(std::string_view keyspace, std::string_view name,
                                             std::string_view tablet_type) const;

  struct RoutingRule {
    std::optional<Error> error;
    std::vector<TablePtr> tables;
  };
  const std::map<std::string, RoutingRule, std::less<>>& routing_rules() const {
    return routing_rules_;
  }
  const std::map<std::string, MirrorRule, std::less<>>& mirror_rules() const {
    return mirror_rules_;
  }
  const std::map<std::string, std::string, std::less<>>& shard_routing_rules() const {
    return shard_routing_rules_;
  }
  const std::map<std::string, std::string, std::less<>>& keyspace_routing_rules() const {
    return keyspace_routing_rules_;
  }
  std::vector<std::string> aggregate_udfs() const;

 private:
  friend class VSchemaBuilder;
  struct Global {  // both null: ambiguous
    TablePtr table;
    std::shared_ptr<const View> view;
  };
  Result<TablePtr> lookup_table(std::string_view keyspace, std::string_view name,
                                bool assume) const;
  Result<Global> lookup_global(std::string_view name, bool assume) const;
  std::string routed_keyspace(std::string_view keyspace, std::string_view tablet_type) const;

  std::map<std::string, KeyspaceSchema, std::less<>> keyspaces_;
  std::map<std::string, Global, std::less<>> global_tables_;
  std::map<std::string, std::shared_ptr<const Vindex>, std::less<>>
      unique_vindexes_;  // null: ambiguous
  std::map<std::string, RoutingRule, std::less<>> routing_rules_;
  std::map<std::string, std::string, std::less<>> shard_routing_rules_;  // "keyspace.shard"
  std::map<std::string, std::string, std::less<>> keyspace_routing_rules_;
  std::map<std::string, MirrorRule, std::less<>> mirror_rules_;
};

// Never fails as a whole: a keyspace that is wrong carries its `error`.
std::shared_ptr<const VSchema> build_vschema(const SrvVSchemaSpec& spec,
                                             const TrackedSchema& tracked = {},
                                             const VindexTypes& types = vindex_types());

// Checks one keyspace's spec alone, as ApplyVSchema does first (sequences elsewhere are not looked
// for).
Result<KeyspaceSchema> build_keyspace_schema(const KeyspaceSpec& spec, std::string_view name = "",
                                             const VindexTypes& types = vindex_types());

// The cheapest vindex of a table that computes keyspace ids without queries; the copy of rows needs
// one. Errors: "table t has no vindex", "could not find a vindex to compute keyspace id for table
// t".
Result<const ColumnVindex*> find_best_vindex(const Table& table);

// The vindex type that fits a column's type. Errors: "type JSON is not recommended for a vindex".
Result<std::string_view> choose_vindex_for_type(types::Type type);

}  // namespace vif::sharding
