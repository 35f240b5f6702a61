#include "vttablet/query/schema_engine.h"

#include <algorithm>

namespace vif::vttablet {
namespace {

constexpr size_t kBatch = 50;  // CREATE statements in one message

void mix(uint64_t& hash, const types::Row& row) {
  for (const types::Value& value : row) {
    for (const char c : value.bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3u;
    hash = (hash ^ (value.is_null() ? 0x100u : 0x101u)) * 0x100000001b3u;
  }
}

std::string quoted(std::string_view name) {
  std::string out = "`";
  for (const char c : name) {
    if (c == '`') out += '`';
    out += c;
  }
  return out + '`';
}

}  // namespace

Result<SchemaEngine::Objects> SchemaEngine::look(rt::Deadline deadline) {
  Pool::Lease lease = VIF_TRY(pool_.get({}, deadline));
  std::string name;
  types::Value::varchar(database_).append_sql(name);
  Objects objects;
  const mysql::QueryResult tables =
      VIF_TRY(lease.wire().execute(fmt::format("select table_name, table_type, table_comment from "
                                               "information_schema.tables where table_schema = {}",
                                               name),
                                   deadline));
  for (const types::Row& row : tables.rows) {
    Object& object = objects[row[0].bytes];
    object.view = row[1].bytes == "VIEW";
    object.hash = 0xcbf29ce484222325u;
    // A view's comment is an error text that depends on who looks.
    if (!object.view) mix(object.hash, row);
  }
  const mysql::QueryResult columns = VIF_TRY(lease.wire().execute(
      fmt::format("select table_name, column_name, column_type, is_nullable, column_default, "
                  "column_key, extra, "
                  "collation_name from information_schema.columns where table_schema = {} "
                  "order by table_name, ordinal_position",
                  name),
      deadline));
  for (const types::Row& row : columns.rows) {
    if (const auto it = objects.find(row[0].bytes); it != objects.end()) mix(it->second.hash, row);
  }
  const mysql::QueryResult views =
      VIF_TRY(lease.wire().execute(fmt::format("select table_name, view_definition from "
                                               "information_schema.views where table_schema = {}",
                                               name),
                                   deadline));
  for (const types::Row& row : views.rows) {
    if (const auto it = objects.find(row[0].bytes); it != objects.end()) mix(it->second.hash, row);
  }
  return objects;
}

Result<SchemaChange> SchemaEngine::reload(rt::Deadline deadline) {
  Objects now = VIF_TRY(look(deadline));
  SchemaChange change;
  const auto report = [&](const std::string& name, bool view) {
    (view ? change.views : change.tables).push_back(name);
  };
  if (loaded_) {
    for (const auto& [name, object] : now) {
      const auto before = objects_.find(name);
      if (before == objects_.end() || !(before->second == object)) report(name, object.view);
    }
    for (const auto& [name, object] : objects_) {
      if (!now.contains(name)) report(name, object.view);
    }
    std::sort(change.tables.begin(), change.tables.end());
    std::sort(change.views.begin(), change.views.end());
  }
  objects_ = std::move(now);
  loaded_ = true;
  return change;
}

Status SchemaEngine::create_statements(
    clients::SchemaTableKind kind, std::span<const std::string> names,
    const std::function<Status(std::map<std::string, std::string>)>& on_tables,
    rt::Deadline deadline) {
  if (kind == clients::SchemaTableKind::kUdfs) return on_tables({});
  std::vector<std::string> all;
  if (names.empty()) {
    // A look at thousands of tables takes the server a second, so that some are asked by name.
    for (const auto& [name, object] : VIF_TRY(look(deadline))) all.push_back(name);
    names = all;
  }
  Pool::Lease lease = VIF_TRY(pool_.get({}, deadline));
  std::map<std::string, std::string> batch;
  for (const std::string& name : names) {
    Result<mysql::QueryResult> created =
        lease.wire().execute(fmt::format("show create table {}", quoted(name)), deadline);
    if (!created.ok()) {
      // Dropped meanwhile, or a view on something dropped.
      if (created.error().mysql_errno() != 0 && lease.wire().usable()) continue;
      return created.error();
    }
    if (created->rows.empty() || created->rows[0].size() < 2) continue;
    const bool view = created->fields[0].name == "View";
    if (kind != clients::SchemaTableKind::kAll &&
        view != (kind == clients::SchemaTableKind::kViews))
      continue;
    batch[name] = std::move(created->rows[0][1].bytes);
    if (batch.size() < kBatch) continue;
    VIF_TRY(on_tables(std::exchange(batch, {})));
  }
  return on_tables(std::move(batch));
}

}  // namespace vif::vttablet
