#include "sharding/vschema.h"

#include <algorithm>
#include <set>

namespace vif::sharding {
namespace {

Error unknown_database(std::string_view keyspace) {
  return Error(Code::kNotFound, 1049, "42000",
               fmt::format("VT05003: unknown database '{}' in vschema", keyspace));
}

Error table_not_found(std::string_view name) {
  return Error(Code::kNotFound, 1146, "42S02", fmt::format("table {} not found", name));
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

// The table of an unsharded keyspace may be one that the vschema does not list.
TablePtr table_of(const KeyspaceSchema& keyspace, std::string_view name, bool assume) {
  if (const auto found = keyspace.tables.find(name); found != keyspace.tables.end())
    return found->second;
  if (!assume || keyspace.keyspace->sharded) return nullptr;
  auto table = std::make_shared<Table>();
  table->name = name;
  table->keyspace = keyspace.keyspace;
  return table;
}

// Under a rule's name with the tablet type first, then without.
template <typename Rules>
const typename Rules::mapped_type* find_rule(const Rules& rules, std::string_view keyspace,
                                             std::string_view name, std::string_view tablet_type) {
  if (rules.empty()) return nullptr;
  const std::string qualified =
      keyspace.empty() ? std::string(name) : fmt::format("{}.{}", keyspace, name);
  auto found = rules.find(fmt::format("{}@{}", qualified, tablet_type));
  if (found == rules.end()) found = rules.find(qualified);
  return found == rules.end() ? nullptr : &found->second;
}

}  // namespace

const Column* Table::find_column(std::string_view column) const {
  for (const Column& candidate : columns) {
    if (same_name(candidate.name, column)) return &candidate;
  }
  return nullptr;
}

const KeyspaceSchema* VSchema::keyspace(std::string_view name) const {
  const auto found = keyspaces_.find(name);
  return found == keyspaces_.end() ? nullptr : &found->second;
}

const Keyspace& VSchema::first_keyspace() const {
  VIF_ASSERT(!keyspaces_.empty());
  return *keyspaces_.begin()->second.keyspace;
}

std::string VSchema::routed_keyspace(std::string_view keyspace,
                                     std::string_view tablet_type) const {
  if (keyspace_routing_rules_.empty()) return std::string(keyspace);
  auto found = keyspace_routing_rules_.end();
  if (tablet_type != "primary")
    found = keyspace_routing_rules_.find(fmt::format("{}@{}", keyspace, tablet_type));
  if (found == keyspace_routing_rules_.end()) found = keyspace_routing_rules_.find(keyspace);
  return found == keyspace_routing_rules_.end() ? std::string(keyspace) : found->second;
}

Result<VSchema::Global> VSchema::lookup_global(std::string_view name, bool assume) const {
  const auto found = global_tables_.find(name);
  if (found != global_tables_.end() && (found->second.table || found->second.view))
    return found->second;
  if (keyspaces_.size() == 1)
    return Global{table_of(keyspaces_.begin()->second, name, assume), nullptr};
  if (found != global_tables_.end()) {
    return Error(Code::kFailedPrecondition, fmt::format("ambiguous table reference: {}", name));
  }
  return Global{};
}

Result<TablePtr> VSchema::lookup_table(std::string_view keyspace, std::string_view name,
                                       bool assume) const {
  if (keyspace.empty()) {
    const Global global = VIF_TRY(lookup_global(name, assume));
    if (global.view) {
      return Error(Code::kInternal,
                   fmt::format("VT13001: [BUG] found view `{}`.`{}`, expecting table",
                               global.view->keyspace->name, name));
    }
    return global.table;
  }
  const auto found = keyspaces_.find(keyspace);
  if (found == keyspaces_.end()) return unknown_database(keyspace);
  return table_of(found->second, name, assume);
}

Result<TablePtr> VSchema::find_table(std::string_view keyspace, std::string_view name) const {
  TablePtr table = VIF_TRY(lookup_table(keyspace, name, true));
  if (!table) return table_not_found(name);
  return table;
}

Result<TablePtr> VSchema::find_routed_table(std::string_view keyspace, std::string_view name,
                                            std::string_view tablet_type) const {
  const std::string routed = routed_keyspace(keyspace, tablet_type);
  if (const RoutingRule* rule = find_rule(routing_rules_, routed, name, tablet_type)) {
    if (rule->error) return *rule->error;
    if (rule->tables.empty()) {
      return Error(Code::kFailedPrecondition, fmt::format("table {} has been disabled", name));
    }
    return rule->tables[0];
  }
  return lookup_table(routed, name, true);
}

Result<VSchema::TableOrVindex> VSchema::find_table_or_vindex(std::string_view keyspace,
                                                             std::string_view name,
                                                             std::string_view tablet_type) const {
  TableOrVindex out;
  out.table = VIF_TRY(find_routed_table(keyspace, name, tablet_type));
  if (out.table) return out;
  out.vindex = VIF_TRY(find_vindex(keyspace, name));
  if (out.vindex) return out;
  return table_not_found(name);
}

Result<std::shared_ptr<const Vindex>> VSchema::find_vindex(std::string_view keyspace,
                                                           std::string_view name) const {
  if (keyspace.empty()) {
    const auto found = unique_vindexes_.find(name);
    if (found == unique_vindexes_.end()) return std::shared_ptr<const Vindex>();
    if (!found->second) {
      return Error(Code::kFailedPrecondition, fmt::format("ambiguous vindex reference: {}", name));
    }
    return found->second;
  }
  const KeyspaceSchema* schema = this->keyspace(keyspace);
  if (!schema) return unknown_database(keyspace);
  const auto found = schema->vindexes.find(name);
  return found == schema->vindexes.end() ? std::shared_ptr<const Vindex>() : found->second;
}

std::shared_ptr<const View> VSchema::find_view(std::string_view keyspace,
                                               std::string_view name) const {
  if (keyspace.empty()) {
    const Result<Global> global = lookup_global(name, false);
    return global.ok() ? global->view : nullptr;
  }
  const KeyspaceSchema* schema = this->keyspace(keyspace);
  if (!schema) return nullptr;
  const auto found = schema->views.find(name);
  return found == schema->views.end() ? nullptr : found->second;
}

std::string_view VSchema::find_routed_shard(std::string_view keyspace,
                                            std::string_view shard) const {
  if (shard_routing_rules_.empty()) return keyspace;
  const auto found = shard_routing_rules_.find(fmt::format("{}.{}", keyspace, shard));
  return found == shard_routing_rules_.end() ? keyspace : std::string_view(found->second);
}

Result<const VSchema::MirrorRule*> VSchema::find_mirror_rule(std::string_view keyspace,
                                                             std::string_view name,
                                                             std::string_view tablet_type) const {
  const MirrorRule* rule = find_rule(mirror_rules_, keyspace, name, tablet_type);
  if (rule && rule->error) return *rule->error;
  return rule;
}

std::vector<std::string> VSchema::aggregate_udfs() const {
  std::set<std::string> names;
  for (const auto& [name, schema] : keyspaces_)
    names.insert(schema.aggregate_udfs.begin(), schema.aggregate_udfs.end());
  return {names.begin(), names.end()};
}

Result<const ColumnVindex*> find_best_vindex(const Table& table) {
  if (table.column_vindexes.empty()) {
    return Error(Code::kInvalidArgument, fmt::format("table {} has no vindex", table.name));
  }
  const ColumnVindex* best = nullptr;
  for (const ColumnVindex& candidate : table.column_vindexes) {
    if (candidate.vindex->needs_vcursor() || !candidate.is_unique) continue;
    if (!best || best->cost > candidate.cost) best = &candidate;
  }
  if (!best) {
    return Error(
        Code::kNotFound,
        fmt::format("could not find a vindex to compute keyspace id for table {}", table.name));
  }
  return best;
}

Result<std::string_view> choose_vindex_for_type(types::Type type) {
  if (types::is_integral(type) || types::is_binary(type)) return std::string_view("xxhash");
  if (types::is_text(type)) return std::string_view("unicode_loose_xxhash");
  return Error(Code::kInvalidArgument,
               fmt::format("type {} is not recommended for a vindex", types::type_name(type)));
}

}  // namespace vif::sharding
