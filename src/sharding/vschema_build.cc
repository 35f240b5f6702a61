#include <algorithm>
#include <set>

#include "sharding/vschema.h"

namespace vif::sharding {
namespace {

Error invalid(std::string message) { return Error(Code::kInvalidArgument, std::move(message)); }

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

struct TableRef {
  std::string keyspace;
  std::string name;
};

// "keyspace.table", or "table" where that is allowed. A dot within a name is not.
Result<TableRef> parse_table_ref(std::string_view text, bool allow_unqualified) {
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos && allow_unqualified) return TableRef{"", std::string(text)};
  if (dot == std::string_view::npos || text.find('.', dot + 1) != std::string_view::npos) {
    return invalid(
        fmt::format("invalid table name: '{}', it must be of the {}qualified form "
                    "<keyspace_name>.<table_name> (dots are not "
                    "allowed in either name)",
                    text, allow_unqualified ? "unqualified form <table_name> or the " : ""));
  }
  return TableRef{std::string(text.substr(0, dot)), std::string(text.substr(dot + 1))};
}

// Names in rules may come with backticks.
Result<std::string> unescaped(std::string name) {
  const bool opens = name.starts_with('`');
  const bool closes = name.size() > 1 && name.ends_with('`');
  if (opens != closes)
    return invalid(fmt::format("UnescapeID err: invalid input identifier '{}'", name));
  if (opens) name = name.substr(1, name.size() - 2);
  if (name.empty()) return invalid("UnescapeID err: invalid input identifier ''");
  return name;
}

Result<TableRef> parse_rule_table(std::string_view text, bool allow_unqualified = false) {
  TableRef ref = VIF_TRY(parse_table_ref(text, allow_unqualified));
  if (!ref.keyspace.empty() || !allow_unqualified) ref.keyspace = VIF_TRY(unescaped(ref.keyspace));
  ref.name = VIF_TRY(unescaped(ref.name));
  return ref;
}

Column column_from(const ColumnSpec& spec) {
  Column column;
  column.name = spec.name;
  column.type = spec.type;
  column.collation_name = spec.collation_name;
  column.default_expr = spec.default_expr;
  column.invisible = spec.invisible;
  column.size = spec.size;
  column.scale = spec.scale;
  column.nullable = spec.nullable.value_or(true);
  column.values = spec.values;
  return column;
}

std::vector<size_t> by_cost(const std::vector<ColumnVindex>& vindexes) {
  std::vector<size_t> order(vindexes.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return vindexes[a].cost < vindexes[b].cost; });
  return order;
}

// Columns whose change makes the gate change others, over the foreign keys that it manages.
class ForeignKeyGraph {
 public:
  explicit ForeignKeyGraph(const KeyspaceSchema& schema) {
    for (const auto& [name, table] : schema.tables) {
      for (const ForeignKey& key : table->child_foreign_keys) add(*table, key);
    }
  }

  // The columns along a cycle, the first again at its end; empty when there is none.
  std::vector<std::string> cycle() {
    for (const auto& [column, next] : edges_) {
      std::vector<std::string> path;
      if (visits_.find(column) == visits_.end() && follow(column, path)) return path;
    }
    return {};
  }

 private:
  static std::string column_of(const Table& table, const std::string& column) {
    return fmt::format("{}.{}.{}", table.keyspace->name, table.name, column);
  }
  static bool restricts(ReferenceAction action) {
    return action == ReferenceAction::kRestrict || action == ReferenceAction::kNoAction ||
           action == ReferenceAction::kDefault;
  }

  void add(const Table& parent, const ForeignKey& key) {
    const TablePtr child = key.table.lock();
    if (!child || (restricts(key.on_delete) && restricts(key.on_update))) return;
    // A row that is deleted by cascade changes all its columns.
    std::vector<std::string> changed = key.child_columns;
    if (key.on_delete == ReferenceAction::kCascade) {
      changed.clear();
      for (const Column& column : child->columns) changed.push_back(column.name);
    }
    for (const std::string& from : key.parent_columns) {
      for (const std::string& to : changed)
        edges_[column_of(parent, from)].push_back(column_of(*child, to));
    }
  }

  bool follow(const std::string& column, std::vector<std::string>& path) {
    path.push_back(column);
    visits_[column] = Visit::kOpen;
    if (const auto next = edges_.find(column); next != edges_.end()) {
      for (const std::string& to : next->second) {
        const auto seen = visits_.find(to);
        if (seen == visits_.end()) {
          if (follow(to, path)) return true;
        } else if (seen->second == Visit::kOpen) {
          path.push_back(to);
          return true;
        }
      }
    }
    visits_[column] = Visit::kDone;
    path.pop_back();
    return false;
  }

  enum class Visit : uint8_t { kOpen, kDone };
  std::map<std::string, std::vector<std::string>> edges_;
  std::map<std::string, Visit> visits_;
};

// One table of one keyspace, from its spec.
class TableBuilder {
 public:
  TableBuilder(const KeyspaceSpec& keyspace, const KeyspaceSchema& schema, std::string_view name,
               const TableSpec& spec)
      : keyspace_(keyspace),
        schema_(schema),
        name_(name),
        spec_(spec),
        table_(std::make_shared<Table>()) {}

  Result<std::shared_ptr<Table>> build() {
    table_->name = name_;
    table_->keyspace = schema_.keyspace;
    table_->column_list_authoritative = spec_.column_list_authoritative;
    VIF_TRY(set_type());
    VIF_TRY(set_pinned());
    const bool sharded = schema_.keyspace->sharded;
    if (sharded && table_->type != TableType::kReference && spec_.pinned.empty() &&
        spec_.column_vindexes.empty()) {
      return Error(Code::kNotFound, fmt::format("missing primary col vindex for table: {}", name_));
    }
    VIF_TRY(set_columns());
    for (size_t i = 0; i < spec_.column_vindexes.size(); ++i)
      VIF_TRY(add_vindex(spec_.column_vindexes[i], i == 0));
    table_->ordered = by_cost(table_->column_vindexes);
    return table_;
  }

 private:
  Status set_type() {
    if (spec_.type == "reference") {
      table_->type = TableType::kReference;
      if (spec_.source.empty()) return {};
      Result<TableRef> source = parse_table_ref(spec_.source, true);
      if (!source.ok()) {
        return invalid(fmt::format("invalid source {} for reference table: {}; {}",
                                   quoted(spec_.source), name_, source.error().message()));
      }
      table_->source = TableSource{source->keyspace, source->name};
    } else if (spec_.type == "sequence") {
      table_->type = TableType::kSequence;
      if (schema_.keyspace->sharded && spec_.pinned.empty()) {
        return Error(
            Code::kFailedPrecondition,
            fmt::format("sequence table has to be in an unsharded keyspace or must be pinned: {}",
                        name_));
      }
    } else if (!spec_.type.empty()) {
      return Error(Code::kNotFound, "unidentified table type " + spec_.type);
    }
    return {};
  }

  Status set_pinned() {
    if (spec_.pinned.empty()) return {};
    Result<std::string> id = from_hex(spec_.pinned);
    if (!id.ok()) {
      return invalid(
          fmt::format("could not decode the keyspace id for pin: {}", id.error().message()));
    }
    table_->pinned = *std::move(id);
    return {};
  }

  Status set_columns() {
    std::set<std::string> names;
    for (const ColumnSpec& column : spec_.columns) {
      if (!names.insert(lower_case(column.name)).second) {
        return invalid(fmt::format("duplicate column name '{}' for table: {}", column.name, name_));
      }
      table_->columns.push_back(column_from(column));
    }
    return {};
  }

  Result<std::vector<std::string>> columns_of(const ColumnVindexSpec& spec) const {
    if (!spec.column.empty()) {
      if (!spec.columns.empty()) {
        return invalid(fmt::format(
            "can't use column and columns at the same time in vindex ({}) and table ({})",
            spec.name, name_));
      }
      return std::vector{spec.column};
    }
    if (spec.columns.empty()) {
      return invalid(fmt::format("must specify at least one column for vindex ({}) and table ({})",
                                 spec.name, name_));
    }
    return spec.columns;
  }

  Status add_vindex(const ColumnVindexSpec& spec, bool primary) {
    const auto declared = keyspace_.vindexes.find(spec.name);
    if (declared == keyspace_.vindexes.end()) {
      return Error(Code::kNotFound,
                   fmt::format("vindex {} not found for table {}", spec.name, name_));
    }
    ColumnVindex column;
    column.vindex = schema_.vindexes.find(spec.name)->second;
    const Lookup* lookup = column.vindex->lookup();
    column.owned = lookup && declared->second.owner == name_;
    column.columns = VIF_TRY(columns_of(spec));
    column.type = declared->second.type;
    column.name = spec.name;
    column.is_unique = column.vindex->is_unique();
    column.cost = column.vindex->cost();
    column.backfill = lookup && lookup->is_backfilling();
    if (primary && !column.is_unique) {
      return invalid(fmt::format("primary vindex {} is not Unique for table {}", spec.name, name_));
    }
    if (primary && column.owned) {
      return invalid(
          fmt::format("primary vindex {} cannot be owned for table {}", spec.name, name_));
    }
    if (column.owned && lookup->is_consistent() &&
        column.columns.size() != lookup->from_columns().size()) {
      return Error(
          Code::kInvalidArgument, 1136, "21S01",
          fmt::format(
              "VT03029: column count does not match value count with the row for vindex '{}'",
              spec.name));
    }
    if (column.owned) table_->owned.push_back(table_->column_vindexes.size());
    table_->column_vindexes.push_back(column);

    const MultiColumn* multi = column.vindex->multi_column();
    if (!multi) return {};
    if (!primary) {
      return Error(Code::kUnimplemented,
                   fmt::format("multi-column vindex {} should be a primary vindex for table {}",
                               spec.name, name_));
    }
    if (multi->partial_vindex()) add_partial(column);
    return {};
  }

  // The leading columns alone, each a little dearer than the one before.
  void add_partial(ColumnVindex column) {
    column.partial = true;
    column.is_unique = false;
    while (column.columns.size() > 1) {
      column.columns.pop_back();
      ++column.cost;
      table_->column_vindexes.push_back(column);
    }
  }

  const KeyspaceSpec& keyspace_;
  const KeyspaceSchema& schema_;
  std::string_view name_;
  const TableSpec& spec_;
  std::shared_ptr<Table> table_;
};

}  // namespace

class VSchemaBuilder {
 public:
  VSchemaBuilder(const SrvVSchemaSpec& spec, const TrackedSchema& tracked, const VindexTypes& types)
      : spec_(spec), tracked_(tracked), types_(types), vschema_(std::make_shared<VSchema>()) {}

  std::shared_ptr<const VSchema> build() {
    for (const auto& [name, keyspace] : spec_.keyspaces) build_keyspace(name, keyspace);
    add_global_tables();
    for (auto& [name, schema] : vschema_->keyspaces_) {
      const Status status = resolve_references(schema);
      if (!status.ok() && !schema.error) schema.error = status.error();
    }
    build_routing_rules();
    build_shard_and_keyspace_rules();
    build_mirror_rules();
    resolve_auto_increments();
    if (!tracked_.empty()) add_tracked();
    return vschema_;
  }

  KeyspaceSchema build_one(std::string_view name, const KeyspaceSpec& keyspace) {
    build_keyspace(name, keyspace);
    return vschema_->keyspaces_.begin()->second;
  }

 private:
  void build_keyspace(std::string_view name, const KeyspaceSpec& spec) {
    KeyspaceSchema& schema = vschema_->keyspaces_[std::string(name)];
    schema.keyspace = std::make_shared<Keyspace>(Keyspace{std::string(name), spec.sharded});
    schema.foreign_key_mode = spec.foreign_key_mode == ForeignKeyMode::kUnspecified
                                  ? ForeignKeyMode::kUnmanaged
                                  : spec.foreign_key_mode;
    schema.multi_tenant_spec = spec.multi_tenant_spec;
    const Status status = build_tables(spec, schema);
    if (!status.ok()) schema.error = status.error();
  }

  Status build_tables(const KeyspaceSpec& spec, KeyspaceSchema& schema) {
    for (const auto& [name, vindex_spec] : spec.vindexes) {
      std::shared_ptr<const Vindex> vindex =
          VIF_TRY(create_vindex(vindex_spec.type, name, vindex_spec.params, types_));
      if (!spec.require_explicit_routing) {
        const auto [at, is_new] = vschema_->unique_vindexes_.emplace(name, vindex);
        if (!is_new) at->second = nullptr;
      }
      schema.vindexes[name] = std::move(vindex);
    }
    for (const auto& [name, table] : spec.tables) {
      schema.tables[name] = VIF_TRY(TableBuilder(spec, schema, name, table).build());
    }
    return {};
  }

  void add_global_tables() {
    for (const auto& [name, schema] : vschema_->keyspaces_) {
      if (spec_.keyspaces.find(name)->second.require_explicit_routing) continue;
      for (const auto& [table_name, table] : schema.tables) add_global_table(table_name, table);
    }
  }

  void add_global_table(const std::string& name, const std::shared_ptr<Table>& table) {
    const bool sourced = table->type == TableType::kReference && table->source;
    const auto found = vschema_->global_tables_.find(name);
    if (found == vschema_->global_tables_.end()) {
      // A reference table is reached through its source of the same name.
      if (!sourced || table->source->name != name)
        vschema_->global_tables_[name] = {table, nullptr};
      return;
    }
    const TablePtr& known = found->second.table;
    if (!known) return;
    if (sourced &&
        (table->source->keyspace.empty() || table->source->keyspace == known->keyspace->name))
      return;
    found->second = {};
  }

  Status resolve_references(KeyspaceSchema& schema) {
    for (const auto& [name, table] : schema.tables) {
      if (table->type == TableType::kReference && table->source)
        VIF_TRY(resolve_reference(schema, name, table));
    }
    return {};
  }

  Status resolve_reference(const KeyspaceSchema& schema, const std::string& name,
                           const std::shared_ptr<Table>& table) {
    const TableSource& source = *table->source;
    const std::string text =
        source.keyspace.empty() ? source.name : source.keyspace + "." + source.name;
    if (source.keyspace == schema.keyspace->name) {
      return Error(
          Code::kUnimplemented,
          fmt::format("source {} may not reference a table in the same keyspace as table: {}",
                      quoted(text), name));
    }
    const Result<TablePtr> found = vschema_->lookup_table(source.keyspace, source.name, false);
    if (!found.ok()) {
      if (found.error().mysql_errno() != 1049) return found.error();
      return Error(Code::kNotFound, fmt::format("source {} references a non-existent keyspace {}",
                                                quoted(text), quoted(source.keyspace)));
    }
    // All tables found are ours, still under construction.
    auto origin = std::const_pointer_cast<Table>(*found);
    if (!origin) {
      return Error(
          Code::kNotFound,
          fmt::format(
              "source {} references a table {} that is not present in the VSchema of keyspace {}",
              quoted(text), quoted(source.name), quoted(source.keyspace)));
    }
    if (origin->type == TableType::kSequence) {
      return Error(Code::kUnimplemented,
                   fmt::format("source {} may not reference a table of type \"sequence\": {}",
                               quoted(text), name));
    }
    const auto [at, is_new] = origin->referenced_by.emplace(schema.keyspace->name, table);
    if (!is_new) {
      std::string first = at->second.lock()->name;
      std::string second = name;
      if (second < first) std::swap(first, second);
      return Error(
          Code::kUnimplemented,
          fmt::format("source {} may not be referenced more than once per keyspace: {}, {}",
                      quoted(text), first, second));
    }
    if (origin->source) {
      const TableSource& next = *origin->source;
      const std::string next_text =
          next.keyspace.empty() ? next.name : next.keyspace + "." + next.name;
      return Error(Code::kUnimplemented,
                   fmt::format("reference chaining is not allowed {} => {} => {}: {}", name,
                               origin->keyspace->name + "." + origin->name, next_text, name));
    }
    return {};
  }

  void build_routing_rules() {
    for (const RoutingRuleSpec& spec : spec_.routing_rules) {
      Result<VSchema::RoutingRule> rule = routing_rule(spec);
      vschema_->routing_rules_[spec.from_table] =
          rule.ok() ? *std::move(rule) : VSchema::RoutingRule{rule.error(), {}};
    }
  }

  Result<VSchema::RoutingRule> routing_rule(const RoutingRuleSpec& spec) const {
    if (spec.to_tables.size() > 1) {
      return invalid(fmt::format("table {} has more than one target: [{}]", spec.from_table,
                                 fmt::join(spec.to_tables, " ")));
    }
    VSchema::RoutingRule rule;
    for (const std::string& to : spec.to_tables) {
      if (vschema_->routing_rules_.contains(spec.from_table)) {
        return Error(Code::kAlreadyExists, "duplicate rule for entry " + spec.from_table);
      }
      const TableRef ref = VIF_TRY(parse_rule_table(to));
      rule.tables.push_back(VIF_TRY(vschema_->find_table(ref.keyspace, ref.name)));
    }
    return rule;
  }

  void build_shard_and_keyspace_rules() {
    for (const ShardRoutingRuleSpec& rule : spec_.shard_routing_rules) {
      vschema_->shard_routing_rules_[rule.from_keyspace + "." + rule.shard] = rule.to_keyspace;
    }
    for (const KeyspaceRoutingRuleSpec& rule : spec_.keyspace_routing_rules) {
      vschema_->keyspace_routing_rules_[rule.from_keyspace] = rule.to_keyspace;
    }
  }

  void build_mirror_rules() {
    std::map<std::string, std::string> from_keyspaces;
    std::set<std::string> to_keyspaces;
    for (const MirrorRuleSpec& spec : spec_.mirror_rules) {
      std::string from;
      std::string to;
      Result<VSchema::MirrorRule> rule = mirror_rule(spec, from, to);
      if (!rule.ok()) {
        vschema_->mirror_rules_[spec.from_table] = {rule.error(), 0, nullptr};
        continue;
      }
      vschema_->mirror_rules_[spec.from_table] = *std::move(rule);
      from_keyspaces[spec.from_table] = from;
      to_keyspaces.insert(to);
    }
    for (auto& [from_table, rule] : vschema_->mirror_rules_) {
      if (!rule.error && to_keyspaces.contains(from_keyspaces[from_table])) {
        rule.error = invalid("mirror chaining is not allowed");
      }
    }
  }

  Result<VSchema::MirrorRule> mirror_rule(const MirrorRuleSpec& spec, std::string& from,
                                          std::string& to) const {
    if (vschema_->mirror_rules_.contains(spec.from_table)) {
      return Error(Code::kAlreadyExists,
                   fmt::format("from table: duplicate rule for entry '{}'", spec.from_table));
    }
    const auto failed = [](std::string_view end, const Error& error) {
      return invalid(fmt::format("{} table: {}", end, error.message()));
    };
    const size_t at = spec.from_table.find('@');
    const Result<TableRef> from_table = parse_rule_table(spec.from_table.substr(0, at));
    if (!from_table.ok()) return failed("from", from_table.error());
    const Result<TablePtr> source = vschema_->find_table(from_table->keyspace, from_table->name);
    if (!source.ok()) return failed("from", source.error());
    if (at != std::string::npos && !is_tablet_type(spec.from_table.substr(at + 1))) {
      return invalid(fmt::format("from table: invalid tablet type: '{}'", spec.from_table));
    }
    if (spec.to_table.find('@') != std::string::npos) {
      return invalid(
          fmt::format("to table: tablet type may not be specified: '{}'", spec.to_table));
    }
    const Result<TableRef> to_table = parse_rule_table(spec.to_table);
    if (!to_table.ok()) return failed("to", to_table.error());
    if (from_table->keyspace == to_table->keyspace) {
      return invalid("to table: cannot reside in same keyspace as from table");
    }
    const Result<TablePtr> target = vschema_->find_table(to_table->keyspace, to_table->name);
    if (!target.ok()) return failed("to", target.error());
    from = from_table->keyspace;
    to = to_table->keyspace;
    return VSchema::MirrorRule{std::nullopt, spec.percent, *target};
  }

  static bool is_tablet_type(std::string_view text) {
    constexpr std::string_view kTypes[] = {"unknown",      "primary", "replica", "rdonly", "spare",
                                           "experimental", "backup",  "restore", "drained"};
    return std::find(std::begin(kTypes), std::end(kTypes), text) != std::end(kTypes);
  }

  // After routing rules: they hold for sequences too.
  void resolve_auto_increments() {
    for (const auto& [keyspace, spec] : spec_.keyspaces) {
      KeyspaceSchema& schema = vschema_->keyspaces_[keyspace];
      for (const auto& [name, table_spec] : spec.tables) {
        const auto table = schema.tables.find(name);
        if (table == schema.tables.end() || !table_spec.auto_increment) continue;
        Result<TablePtr> sequence = find_sequence(table_spec.auto_increment->sequence);
        if (sequence.ok()) {
          table->second->auto_increment =
              AutoIncrement{table_spec.auto_increment->column, *std::move(sequence)};
          continue;
        }
        // Better no table than half of one.
        schema.tables.erase(table);
        vschema_->global_tables_.erase(name);
        schema.error = Error(Code::kNotFound, fmt::format("cannot resolve sequence {}: {}",
                                                          table_spec.auto_increment->sequence,
                                                          sequence.error().message()));
      }
    }
  }

  Result<TablePtr> find_sequence(const std::string& text) const {
    const TableRef ref = VIF_TRY(parse_rule_table(text, true));
    TablePtr table = VIF_TRY(vschema_->find_routed_table(ref.keyspace, ref.name, "primary"));
    if (!table) return Error(Code::kNotFound, fmt::format("table {} not found", ref.name));
    return table;
  }

  void add_tracked() {
    for (const auto& [name, tracked] : tracked_) {
      const auto found = vschema_->keyspaces_.find(name);
      if (found == vschema_->keyspaces_.end()) continue;
      KeyspaceSchema& schema = found->second;
      for (const auto& [view, statement] : tracked.views) {
        schema.views[view] = std::make_shared<View>(View{view, schema.keyspace, statement});
      }
      for (const auto& [table, facts] : tracked.tables) add_tracked_table(schema, table, facts);
      schema.aggregate_udfs = tracked.aggregate_udfs;
    }
    for (const auto& [name, tracked] : tracked_) add_foreign_keys(name, tracked);
    for (auto& [name, schema] : vschema_->keyspaces_) refuse_foreign_key_cycles(name, schema);
    add_tracked_global_tables();
  }

  static void add_tracked_table(KeyspaceSchema& schema, const std::string& name,
                                const TrackedTable& facts) {
    std::shared_ptr<Table>& table = schema.tables[name];
    if (!table) {
      table = std::make_shared<Table>();
      table->name = name;
      table->keyspace = schema.keyspace;
    }
    if (!table->column_list_authoritative) {
      table->columns = facts.columns;
      table->column_list_authoritative = true;
    }
    table->primary_key = facts.primary_key;
    table->unique_keys = facts.unique_keys;
  }

  void add_foreign_keys(const std::string& keyspace, const TrackedKeyspace& tracked) {
    const auto schema = vschema_->keyspaces_.find(keyspace);
    if (schema == vschema_->keyspaces_.end()) return;
    for (const auto& [name, facts] : tracked.tables) {
      const std::shared_ptr<Table>& child = schema->second.tables[name];
      for (const TrackedForeignKey& key : facts.foreign_keys) {
        const std::string& parent_keyspace =
            key.parent_keyspace.empty() ? keyspace : key.parent_keyspace;
        const Result<TablePtr> parent =
            vschema_->find_routed_table(parent_keyspace, key.parent_table, "primary");
        if (!parent.ok() || !*parent) continue;
        const auto owned = std::const_pointer_cast<Table>(*parent);
        child->parent_foreign_keys.push_back(
            {owned, key.child_columns, key.parent_columns, key.on_delete, key.on_update});
        owned->child_foreign_keys.push_back(
            {child, key.child_columns, key.parent_columns, key.on_delete, key.on_update});
      }
    }
  }

  static void refuse_foreign_key_cycles(const std::string& name, KeyspaceSchema& schema) {
    if (schema.foreign_key_mode != ForeignKeyMode::kManaged) return;
    const std::vector<std::string> cycle = ForeignKeyGraph(schema).cycle();
    if (cycle.empty()) return;
    schema.error = Error(
        Code::kFailedPrecondition,
        fmt::format("VT09019: keyspace '{}' has cyclic foreign keys. Cycle exists between [{}]",
                    name, fmt::join(cycle, " ")));
  }

  // Names that the vschema does not have and that only one keyspace's tablets have become global:
  // views of any keyspace, tables of unsharded ones.
  void add_tracked_global_tables() {
    std::map<std::string, VSchema::Global, std::less<>> found;
    const auto add = [&](const std::string& name, VSchema::Global global) {
      if (vschema_->global_tables_.contains(name)) return;
      const auto [at, is_new] = found.emplace(name, std::move(global));
      if (!is_new) at->second = {};
    };
    for (const auto& [name, spec] : spec_.keyspaces) {
      if (spec.require_explicit_routing) continue;
      const KeyspaceSchema& schema = vschema_->keyspaces_[name];
      for (const auto& [view_name, view] : schema.views) add(view_name, {nullptr, view});
      if (spec.sharded) continue;
      for (const auto& [table_name, table] : schema.tables) add(table_name, {table, nullptr});
    }
    vschema_->global_tables_.merge(found);
  }

  const SrvVSchemaSpec& spec_;
  const TrackedSchema& tracked_;
  const VindexTypes& types_;
  std::shared_ptr<VSchema> vschema_;
};

std::shared_ptr<const VSchema> build_vschema(const SrvVSchemaSpec& spec,
                                             const TrackedSchema& tracked,
                                             const VindexTypes& types) {
  return VSchemaBuilder(spec, tracked, types).build();
}

Result<KeyspaceSchema> build_keyspace_schema(const KeyspaceSpec& spec, std::string_view name,
                                             const VindexTypes& types) {
  SrvVSchemaSpec whole;
  KeyspaceSchema schema = VSchemaBuilder(whole, {}, types).build_one(name, spec);
  if (schema.error) return *schema.error;
  return schema;
}

}  // namespace vif::sharding
