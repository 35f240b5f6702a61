#include "vttablet/manager/schema_definition.h"

#include <regex.h>

#include <algorithm>

#include "proto/tabletmanagerdata.pb.h"
#include "vttablet/manager/tablet_manager.h"

namespace vif::vttablet {
namespace {

std::string literal(std::string_view text) {
  std::string out;
  types::Value::varchar(std::string(text)).append_sql(out);
  return out;
}

std::string quoted(std::string_view name) {
  std::string out = "`";
  for (const char c : name) {
    if (c == '`') out += '`';
    out += c;
  }
  return out + '`';
}

// A name, or /regular expression/, as Vitess's table lists have them.
bool matches(std::string_view pattern, const std::string& name) {
  if (pattern.size() > 2 && pattern.front() == '/' && pattern.back() == '/') {
    regex_t compiled;
    const std::string text(pattern.substr(1, pattern.size() - 2));
    if (::regcomp(&compiled, text.c_str(), REG_EXTENDED | REG_NOSUB) != 0) return false;
    const bool hit = ::regexec(&compiled, name.c_str(), 0, nullptr, 0) == 0;
    ::regfree(&compiled);
    return hit;
  }
  return pattern == name;
}

bool selected(const tabletmanagerdata::GetSchemaRequest& request, const std::string& name) {
  const auto hit = [&](const std::string& pattern) { return matches(pattern, name); };
  if (std::any_of(request.exclude_tables().begin(), request.exclude_tables().end(), hit))
    return false;
  return request.tables().empty() ||
         std::any_of(request.tables().begin(), request.tables().end(), hit);
}

// Of views, the database's name is a template, so that the text can be used for another shard.
std::string without_database(std::string text, const std::string& database) {
  const std::string name = quoted(database);
  for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
    text.replace(at, name.size(), "`{{.DatabaseName}}`");
  }
  return text;
}

}  // namespace

Status fill_schema_definition(TabletManager& manager,
                              const tabletmanagerdata::GetSchemaRequest& request,
                              tabletmanagerdata::SchemaDefinition& definition,
                              rt::Deadline deadline) {
  Replication& server = manager.replication();
  const std::string& database = manager.queries().database();
  const mysql::QueryResult create =
      VIF_TRY(server.query("show create database " + quoted(database), deadline));
  std::string database_schema = create.rows[0][1].bytes;
  if (const size_t at = database_schema.find(quoted(database)); at != std::string::npos) {
    database_schema.replace(at, quoted(database).size(), "`{{.DatabaseName}}`");
  }
  definition.set_database_schema(database_schema);
  const mysql::QueryResult tables =
      VIF_TRY(server.query(fmt::format("select table_name, table_type, data_length, table_rows "
                                       "from information_schema.tables where "
                                       "table_schema = {} order by table_name",
                                       literal(database)),
                           deadline));
  for (const types::Row& row : tables.rows) {
    const std::string& name = row[0].bytes;
    const bool view = row[1].bytes == "VIEW";
    if ((view && !request.include_views()) || !selected(request, name)) continue;
    tabletmanagerdata::TableDefinition& table = *definition.add_table_definitions();
    table.set_name(name);
    table.set_type(view ? "VIEW" : "BASE TABLE");
    const mysql::QueryResult text = VIF_TRY(server.query(
        fmt::format("show create table {}.{}", quoted(database), quoted(name)), deadline));
    table.set_schema(view ? without_database(text.rows[0][1].bytes, database)
                          : text.rows[0][1].bytes);
    if (request.table_schema_only()) continue;
    if (!row[2].is_null()) table.set_data_length(row[2].to_uint64().ok() ? *row[2].to_uint64() : 0);
    if (!row[3].is_null()) table.set_row_count(row[3].to_uint64().ok() ? *row[3].to_uint64() : 0);
    const mysql::QueryResult columns =
        VIF_TRY(server.query(fmt::format("select column_name, column_key from "
                                         "information_schema.columns where table_schema = {} and "
                                         "table_name = {} order by ordinal_position",
                                         literal(database), literal(name)),
                             deadline));
    for (const types::Row& column : columns.rows) table.add_columns(column[0].bytes);
    if (view) continue;
    const mysql::QueryResult key =
        VIF_TRY(server.query(fmt::format("select column_name from information_schema.statistics "
                                         "where table_schema = {} and table_name "
                                         "= {} and index_name = 'PRIMARY' order by seq_in_index",
                                         literal(database), literal(name)),
                             deadline));
    for (const types::Row& column : key.rows) table.add_primary_key_columns(column[0].bytes);
  }
  return {};
}

}  // namespace vif::vttablet
