#include "vtgate/schema_tracker.h"

#include <algorithm>

#include "base/log.h"
#include "sql/ast.h"
#include "sql/parser.h"
#include "sql/printer.h"

namespace vif::vtgate {

namespace {

struct TypeName {
  std::string_view name;
  types::Type plain;
  types::Type as_unsigned;
};

constexpr types::Type kText = types::Type::kText;
constexpr TypeName kTypeNames[] = {
    {"tinyint", types::Type::kInt8, types::Type::kUint8},
    {"bool", types::Type::kInt8, types::Type::kInt8},
    {"boolean", types::Type::kInt8, types::Type::kInt8},
    {"smallint", types::Type::kInt16, types::Type::kUint16},
    {"mediumint", types::Type::kInt24, types::Type::kUint24},
    {"int", types::Type::kInt32, types::Type::kUint32},
    {"integer", types::Type::kInt32, types::Type::kUint32},
    {"bigint", types::Type::kInt64, types::Type::kUint64},
    {"decimal", types::Type::kDecimal, types::Type::kDecimal},
    {"numeric", types::Type::kDecimal, types::Type::kDecimal},
    {"float", types::Type::kFloat32, types::Type::kFloat32},
    {"double", types::Type::kFloat64, types::Type::kFloat64},
    {"real", types::Type::kFloat64, types::Type::kFloat64},
    {"bit", types::Type::kBit, types::Type::kBit},
    {"date", types::Type::kDate, types::Type::kDate},
    {"datetime", types::Type::kDatetime, types::Type::kDatetime},
    {"timestamp", types::Type::kTimestamp, types::Type::kTimestamp},
    {"time", types::Type::kTime, types::Type::kTime},
    {"year", types::Type::kYear, types::Type::kYear},
    {"char", types::Type::kChar, types::Type::kChar},
    {"varchar", types::Type::kVarchar, types::Type::kVarchar},
    {"binary", types::Type::kBinary, types::Type::kBinary},
    {"varbinary", types::Type::kVarbinary, types::Type::kVarbinary},
    {"tinytext", kText, kText},
    {"text", kText, kText},
    {"mediumtext", kText, kText},
    {"longtext", kText, kText},
    {"tinyblob", types::Type::kBlob, types::Type::kBlob},
    {"blob", types::Type::kBlob, types::Type::kBlob},
    {"mediumblob", types::Type::kBlob, types::Type::kBlob},
    {"longblob", types::Type::kBlob, types::Type::kBlob},
    {"enum", types::Type::kEnum, types::Type::kEnum},
    {"set", types::Type::kSet, types::Type::kSet},
    {"json", types::Type::kJson, types::Type::kJson},
    {"vector", types::Type::kVector, types::Type::kVector},
    {"geometry", types::Type::kGeometry, types::Type::kGeometry},
    {"point", types::Type::kGeometry, types::Type::kGeometry},
};

types::Type type_of(const sql::ColumnType& column) {
  const std::string name = sql::lowered(column.type);
  for (const TypeName& known : kTypeNames) {
    if (known.name == name) return column.is_unsigned ? known.as_unsigned : known.plain;
  }
  return types::Type::kNull;
}

sharding::Column column_of(const sql::ColumnDefinition& definition,
                           std::string_view table_collation) {
  sharding::Column column;
  column.name = definition.name;
  column.type = type_of(*definition.type);
  column.size = definition.type->length.value_or(0);
  column.scale = definition.type->scale.value_or(0);
  for (const std::string_view value : definition.type->enum_values)
    column.values.emplace_back(value);
  if (types::is_text(column.type) || column.type == types::Type::kEnum ||
      column.type == types::Type::kSet) {
    column.collation_name = table_collation;
  }
  if (const sql::ColumnTypeOptions* options = definition.type->options) {
    column.nullable =
        options->null.value_or(true) && options->key != sql::ColumnKeyOption::kPrimary;
    column.invisible = options->invisible.value_or(false);
    if (!options->collate.empty()) column.collation_name = options->collate;
    if (options->default_val != nullptr) column.default_expr = sql::print(options->default_val);
  }
  return column;
}

sharding::ReferenceAction action_of(sql::ReferenceAction action) {
  return static_cast<sharding::ReferenceAction>(static_cast<uint8_t>(action));
}

sharding::TrackedTable table_of(const sql::TableSpec& spec) {
  sharding::TrackedTable table;
  std::string_view collation;
  for (const sql::TableOption* option : spec.options) {
    if (sql::equal_ci(option->name, "collate")) collation = option->text;
  }
  for (const sql::ColumnDefinition* definition : spec.columns) {
    table.columns.push_back(column_of(*definition, collation));
    const sql::ColumnTypeOptions* options = definition->type->options;
    if (options == nullptr) continue;
    if (options->key == sql::ColumnKeyOption::kPrimary)
      table.primary_key = {std::string(definition->name)};
    if (options->key == sql::ColumnKeyOption::kUnique ||
        options->key == sql::ColumnKeyOption::kUniqueKey) {
      table.unique_keys.push_back({std::string(definition->name)});
    }
  }
  for (const sql::IndexDefinition* index : spec.indexes) {
    if (index->type != sql::IndexType::kPrimary && index->type != sql::IndexType::kUnique) continue;
    std::vector<std::string> parts;
    for (const sql::IndexColumn* part : index->columns) {
      parts.push_back(part->expression != nullptr ? sql::print(part->expression)
                                                  : std::string(part->column));
    }
    if (index->type == sql::IndexType::kPrimary) {
      table.primary_key = std::move(parts);
    } else {
      table.unique_keys.push_back(std::move(parts));
    }
  }
  for (const sql::ConstraintDefinition* constraint : spec.constraints) {
    if (constraint->constraint != sql::ConstraintKind::kForeignKey) continue;
    const sql::ReferenceDefinition& reference = *constraint->reference;
    sharding::TrackedForeignKey key;
    key.parent_keyspace = reference.table.qualifier;
    key.parent_table = reference.table.name;
    for (const std::string_view name : constraint->source) key.child_columns.emplace_back(name);
    for (const std::string_view name : reference.columns) key.parent_columns.emplace_back(name);
    key.on_delete = action_of(reference.on_delete);
    key.on_update = action_of(reference.on_update);
    table.foreign_keys.push_back(std::move(key));
  }
  return table;
}

// `create view v(a, b) as select x, y` names the columns beside the query; a derived table needs
// them in it.
void name_columns(const sql::CreateView& view) {
  sql::TableStatement* first = view.select;
  while (auto* both = sql::as<sql::Union>(first)) first = both->left;
  auto* select = sql::as<sql::Select>(first);
  if (select == nullptr || select->exprs.size() != view.columns.size()) return;
  for (size_t i = 0; i < view.columns.size(); ++i) {
    if (auto* item = sql::as<sql::AliasedExpr>(select->exprs[i])) item->as = view.columns[i];
  }
}

}  // namespace

sharding::TrackedKeyspace track_tables(
    const std::map<std::string, std::string>& create_statements) {
  sharding::TrackedKeyspace keyspace;
  for (const auto& [name, text] : create_statements) {
    const Result<sql::Parsed> parsed = sql::parse(text);
    if (!parsed.ok()) {
      VIF_LOG(kWarning, "schema tracking: cannot read the definition of {}: {}", name,
              parsed.error().message());
      continue;
    }
    if (const auto* table = sql::as<sql::CreateTable>(parsed->statement);
        table != nullptr && table->spec != nullptr) {
      keyspace.tables[name] = table_of(*table->spec);
    } else if (const auto* view = sql::as<sql::CreateView>(parsed->statement)) {
      name_columns(*view);
      keyspace.views[name] = sql::print(view->select);
    }
  }
  return keyspace;
}

SchemaTracker::SchemaTracker(discovery::HealthCheck& health, CatalogHolder& catalog)
    : health_(health), catalog_(catalog) {}

void SchemaTracker::start() {
  health_.listen([this](const discovery::TabletHealth& tablet, const clients::Health* message) {
    on_health(tablet, message);
  });
  for (const discovery::TabletHealthPtr& tablet : health_.all()) on_health(*tablet, nullptr);
  tasks_.spawn([this] { keep_loading(); });
}

void SchemaTracker::on_health(const discovery::TabletHealth& tablet,
                              const clients::Health* message) {
  if (!tablet.usable() || tablet.target.tablet_type != clients::TabletType::kPrimary) return;
  const bool changed =
      message != nullptr && (!message->changed_tables.empty() || !message->changed_views.empty());
  const std::string& keyspace = tablet.target.keyspace;
  if (!changed && loaded_.contains(keyspace)) return;
  const auto [wanted, first] = wanted_.try_emplace(keyspace);
  if (!changed) {
    wanted->second.clear();
  } else if (first || !wanted->second.empty()) {
    wanted->second.insert(message->changed_tables.begin(), message->changed_tables.end());
    wanted->second.insert(message->changed_views.begin(), message->changed_views.end());
  }
  work_.notify_all();
}

void SchemaTracker::keep_loading() {
  while (!rt::cancelled()) {
    if (wanted_.empty()) {
      if (!work_.wait(rt::Deadline::never()).ok()) return;
      continue;
    }
    const auto wanted = wanted_.extract(wanted_.begin());
    const std::string& keyspace = wanted.key();
    const std::vector<std::string> names(wanted.mapped().begin(), wanted.mapped().end());
    const Status loaded = load(keyspace, names, rt::Deadline::in(std::chrono::seconds(30)));
    if (loaded.ok()) continue;
    VIF_LOG(kWarning, "schema tracking of keyspace {}: {}", keyspace, loaded.error().to_string());
    loaded_.erase(keyspace);
    if (!rt::sleep_for(std::chrono::seconds(1)).ok()) return;
    wanted_[keyspace].clear();
  }
}

Status SchemaTracker::wait_until_loaded(rt::Deadline deadline) {
  const auto loaded = [&] {
    for (const discovery::TabletHealthPtr& tablet : health_.all()) {
      if (tablet->usable() && tablet->target.tablet_type == clients::TabletType::kPrimary &&
          !loaded_.contains(tablet->target.keyspace)) {
        return false;
      }
    }
    return true;
  };
  while (!loaded()) VIF_TRY(progress_.wait(deadline));
  return {};
}

Status SchemaTracker::load(const std::string& keyspace, std::span<const std::string> names,
                           rt::Deadline deadline) {
  const CatalogPtr catalog = catalog_.current();
  const auto served = catalog->graph->find(keyspace);
  if (served == catalog->graph->end()) return Error(Code::kNotFound, "keyspace is not served");
  const auto partition = served->second.partitions.find(clients::TabletType::kPrimary);
  if (partition == served->second.partitions.end() || partition->second.empty()) {
    return Error(Code::kNotFound, "keyspace has no shard");
  }
  // Every shard has the same tables; the first whose primary is up tells.
  for (const sharding::ShardReference& shard : partition->second) {
    const clients::Target target{keyspace, shard.name, clients::TabletType::kPrimary};
    const std::vector<discovery::TabletHealthPtr>& healthy = health_.healthy(target);
    if (healthy.empty()) continue;
    const std::shared_ptr<clients::QueryService> tablet = healthy.front()->connection;
    if (!loaded_.contains(keyspace)) names = {};
    std::map<std::string, std::string> found;
    VIF_TRY(tablet->get_schema(
        target, clients::SchemaTableKind::kAll, names,
        [&](std::map<std::string, std::string> tables) -> Status {
          found.merge(tables);
          return {};
        },
        deadline));
    if (names.empty()) {
      loaded_.insert(keyspace);
      catalog_.set_tracked(keyspace, track_tables(found));
    } else {
      catalog_.update_tracked(keyspace, names, track_tables(found));
    }
    progress_.notify_all();
    return {};
  }
  return Error(Code::kUnavailable, "no healthy primary");
}

}  // namespace vif::vtgate
