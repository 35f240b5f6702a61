#include "vtgate/vschema_page.h"

#include "base/metrics.h"

namespace vif::vtgate {

namespace {

using sharding::Column;
using sharding::ColumnVindex;
using sharding::KeyspaceSchema;
using sharding::Table;
using sharding::VSchema;

// A JSON object, member by member; members with nothing in them are left out but for put().
class Object {
 public:
  void put(std::string_view name, std::string_view json) {
    out_ += fmt::format("{}{}:{}", out_.empty() ? "" : ",", json_quote(name), json);
  }
  void text(std::string_view name, std::string_view value) {
    if (!value.empty()) put(name, json_quote(value));
  }
  void number(std::string_view name, int64_t value) {
    if (value != 0) put(name, std::to_string(value));
  }
  void flag(std::string_view name, bool value) {
    if (value) put(name, "true");
  }
  template <typename Items, typename Print>
  void list(std::string_view name, const Items& items, Print print) {
    std::string all;
    for (const auto& item : items) all += (all.empty() ? "" : ",") + print(item);
    if (!all.empty()) put(name, "[" + all + "]");
  }
  void texts(std::string_view name, const std::vector<std::string>& items) {
    list(name, items, [](const std::string& item) { return json_quote(item); });
  }
  std::string json() const { return "{" + out_ + "}"; }

 private:
  std::string out_;
};

template <typename Map, typename Print>
std::string map_json(const Map& map, Print print) {
  Object object;
  for (const auto& [name, item] : map) object.put(name, print(item));
  return object.json();
}

std::string vindex_json(const sharding::Vindex& vindex) {
  Object object;
  if (const sharding::Lookup* lookup = vindex.lookup()) {
    object.text("table", lookup->table());
    object.texts("from_columns", lookup->from_columns());
    object.text("to", lookup->to_column());
    object.flag("write_only", lookup->is_backfilling());
  }
  return object.json();
}

std::string column_vindex_json(const ColumnVindex& column_vindex) {
  Object object;
  object.texts("columns", column_vindex.columns);
  object.text("type", column_vindex.type);
  object.text("name", column_vindex.name);
  object.flag("owned", column_vindex.owned);
  object.put("vindex", vindex_json(*column_vindex.vindex));
  return object.json();
}

std::string column_json(const Column& column) {
  Object object;
  object.put("name", json_quote(column.name));
  object.text("type", types::type_name(column.type));
  object.flag("invisible", column.invisible);
  object.text("default", column.default_expr);
  object.number("size", column.size);
  object.number("scale", column.scale);
  object.flag("nullable", column.nullable);
  object.texts("values", column.values);
  return object.json();
}

std::string foreign_key_json(const sharding::ForeignKey& key, std::string_view other_end) {
  Object object;
  if (const auto table = key.table.lock()) object.text(other_end, table->name);
  object.texts("child_columns", key.child_columns);
  object.texts("parent_columns", key.parent_columns);
  return object.json();
}

std::string_view table_type_name(sharding::TableType type) {
  switch (type) {
    case sharding::TableType::kSequence: return "sequence";
    case sharding::TableType::kReference: return "reference";
    default: return "";
  }
}

std::string table_json(const Table& table) {
  const auto vindex_at = [&](size_t i) { return column_vindex_json(table.column_vindexes[i]); };
  Object object;
  object.text("type", table_type_name(table.type));
  object.put("name", json_quote(table.name));
  object.list("column_vindexes", table.column_vindexes, column_vindex_json);
  object.list("ordered", table.ordered, vindex_at);
  object.list("owned", table.owned, vindex_at);
  if (table.auto_increment) {
    Object increment;
    increment.text("column", table.auto_increment->column);
    increment.put("sequence", table.auto_increment->sequence
                                  ? table_json(*table.auto_increment->sequence)
                                  : "null");
    object.put("auto_increment", increment.json());
  }
  object.list("columns", table.columns, column_json);
  object.flag("column_list_authoritative", table.column_list_authoritative);
  if (table.source) {
    object.text("source", table.source->keyspace.empty()
                              ? table.source->name
                              : table.source->keyspace + "." + table.source->name);
  }
  object.list("child_foreign_keys", table.child_foreign_keys,
              [](const sharding::ForeignKey& key) { return foreign_key_json(key, "child_table"); });
  object.list(
      "parent_foreign_keys", table.parent_foreign_keys,
      [](const sharding::ForeignKey& key) { return foreign_key_json(key, "parent_table"); });
  object.texts("primary_key", table.primary_key);
  object.list("unique_keys", table.unique_keys, [](const std::vector<std::string>& parts) {
    std::string key;
    for (const std::string& part : parts) key += (key.empty() ? "" : ",") + json_quote(part);
    return "[" + key + "]";
  });
  return object.json();
}

std::string_view foreign_key_mode_name(sharding::ForeignKeyMode mode) {
  switch (mode) {
    case sharding::ForeignKeyMode::kDisallow: return "disallow";
    case sharding::ForeignKeyMode::kManaged: return "managed";
    case sharding::ForeignKeyMode::kUnmanaged: return "unmanaged";
    default: return "unspecified";
  }
}

std::string keyspace_json(const KeyspaceSchema& keyspace) {
  Object object;
  object.flag("sharded", keyspace.keyspace->sharded);
  object.text("foreignKeyMode", foreign_key_mode_name(keyspace.foreign_key_mode));
  if (!keyspace.tables.empty()) {
    object.put("tables",
               map_json(keyspace.tables, [](const auto& table) { return table_json(*table); }));
  }
  if (!keyspace.vindexes.empty()) {
    object.put("vindexes", map_json(keyspace.vindexes,
                                    [](const auto& vindex) { return vindex_json(*vindex); }));
  }
  if (!keyspace.views.empty()) {
    object.put("views", map_json(keyspace.views,
                                 [](const auto& view) { return json_quote(view->statement); }));
  }
  if (keyspace.error) object.text("error", keyspace.error->message());
  return object.json();
}

std::string routing_rule_json(const VSchema::RoutingRule& rule) {
  if (rule.error) return json_quote(rule.error->message());
  std::string tables;
  for (const sharding::TablePtr& table : rule.tables) {
    tables += (tables.empty() ? "" : ",") + json_quote(table->keyspace->name + "." + table->name);
  }
  return "[" + tables + "]";
}

std::string mirror_rule_json(const VSchema::MirrorRule& rule) {
  if (rule.error) return json_quote(rule.error->message());
  return fmt::format("{{\"Percent\":{},\"Table\":{}}}", rule.percent,
                     rule.table ? table_json(*rule.table) : "null");
}

}  // namespace

std::string vschema_json(const VSchema& vschema) {
  Object object;
  object.put("mirror_rules", map_json(vschema.mirror_rules(), mirror_rule_json));
  object.put("routing_rules", map_json(vschema.routing_rules(), routing_rule_json));
  object.put("keyspaces", map_json(vschema.keyspaces(), keyspace_json));
  object.put("shard_routing_rules", map_json(vschema.shard_routing_rules(),
                                             [](const std::string& to) { return json_quote(to); }));
  object.put("keyspace_routing_rules",
             map_json(vschema.keyspace_routing_rules(),
                      [](const std::string& to) { return json_quote(to); }));
  return object.json() + "\n";
}

}  // namespace vif::vtgate
