// Unplanned statements on their way to servers.

#include <algorithm>

#include "mysql/sinks.h"
#include "rt/fiber.h"
#include "sharding/destination.h"
#include "sql/ast.h"
#include "sql/printer.h"
#include "sql/tables.h"
#include "sql/tree.h"
#include "vtgate/execution.h"
#include "vtgate/mysql_error.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::statements {

namespace {

// Of the answers of many shards one is shown; the others must be alike and only count.
class CountingSink final : public mysql::ResultSink {
 public:
  Status columns(uint32_t, std::string_view) override { return {}; }
  Status rows(std::string_view) override { return {}; }
  Status end(const mysql::ResultEnd& end) override {
    affected += end.affected_rows;
    return {};
  }
  uint64_t affected = 0;
};

}  // namespace

Result<std::string> keyspace_or_error(const Context& context, std::string_view qualifier) {
  const std::string name(qualifier.empty() ? std::string_view(context.session.keyspace)
                                           : qualifier);
  if (name.empty()) return no_database_selected();
  const CatalogPtr catalog = context.executor.parts().catalog.current();
  if (!catalog->graph->contains(name)) return unknown_database(name);
  return name;
}

Result<std::string> any_keyspace(const Context& context) {
  const CatalogPtr catalog = context.executor.parts().catalog.current();
  if (!context.session.keyspace.empty() && catalog->graph->contains(context.session.keyspace)) {
    return context.session.keyspace;
  }
  for (const auto& [name, keyspace] : *catalog->graph) {
    if (serving_shards(*catalog, name, context.session.tablet_type).ok()) return name;
  }
  return Error(Code::kUnavailable, "VT14004: cannot find keyspace for: the cell serves none");
}

Status send(Context& context, std::string_view keyspace, Where where, std::string_view sql,
            engine::Effect effect, mysql::ResultSink& sink, bool reserve) {
  Session& session = context.session;
  const CatalogPtr catalog = context.executor.parts().catalog.current();
  const auto shards = VIF_TRY(serving_shards(*catalog, keyspace, session.tablet_type));
  sharding::Destination destination = where == Where::kAllShards
                                          ? sharding::Destination::all_shards()
                                          : sharding::Destination::any_shard();
  if (session.destination && session.keyspace == keyspace) destination = *session.destination;
  const std::vector<std::string> names =
      VIF_TRY(sharding::resolve(destination, shards, rt::random_u64()));
  if (names.empty())
    return Error(Code::kUnavailable, fmt::format("no shard of keyspace {} to ask", keyspace));

  std::vector<engine::ShardQuery> queries;
  std::vector<std::unique_ptr<CountingSink>> rest;
  std::vector<mysql::ResultSink*> sinks;
  mysql::HeldEnd first(sink);
  for (const std::string& name : names) {
    queries.push_back({name, std::string(sql)});
    if (sinks.empty()) {
      sinks.push_back(&first);
    } else {
      rest.push_back(std::make_unique<CountingSink>());
      sinks.push_back(rest.back().get());
    }
  }
  engine::ShardBatch batch;
  batch.keyspace = keyspace;
  batch.queries = queries;
  batch.effect = effect;
  // A temporary table is known to its own connection only, by the name that another may have.
  batch.outside_transaction = effect == engine::Effect::kSchema && !session.has_created_temp_tables;
  batch.reserve = reserve;
  Sent sent;
  Execution execution(session, catalog, context.executor.parts().scatter, context.deadline, sent);
  VIF_TRY(execution.execute(batch, sinks));
  context.record.shard_queries += sent.shard_queries;
  mysql::ResultEnd end = std::move(first.held);
  for (const auto& other : rest) end.affected_rows += other->affected;
  if (effect != engine::Effect::kRead) session.row_count = static_cast<int64_t>(end.affected_rows);
  // Of all shards' warnings, which are alike, one's are told.
  session.warning_count += end.warnings;
  for (const mysql::Diagnostic& one : end.diagnostics)
    session.warnings.push_back({one.level, one.code, one.message});
  end.diagnostics.clear();
  end.warnings = static_cast<uint16_t>(std::min<uint32_t>(session.warning_count, UINT16_MAX));
  end.status = with_session_status(session, end.status);
  end.session_state_changes.clear();
  return sink.end(end);
}

Status relay(Context& context, std::string_view keyspace, Where where, std::string_view sql,
             engine::Effect effect) {
  context.session.row_count = effect == engine::Effect::kRead ? -1 : 0;
  return send(context, keyspace, where, sql, effect, context.sink);
}

bool is_system_schema(std::string_view name) {
  for (const std::string_view known :
       {"information_schema", "mysql", "performance_schema", "sys"}) {
    if (sql::equal_ci(name, known)) return true;
  }
  return false;
}

Result<std::string> keyspace_of_table(const Context& context, std::string_view qualifier,
                                      std::string_view table) {
  if (is_system_schema(qualifier)) return any_keyspace(context);
  if (!qualifier.empty()) return keyspace_or_error(context, qualifier);
  const Session& session = context.session;
  const CatalogPtr catalog = context.executor.parts().catalog.current();
  const Result<sharding::TablePtr> found = catalog->vschema->find_routed_table(
      session.keyspace, table, clients::tablet_type_name(session.tablet_type));
  return keyspace_or_error(context,
                           found.ok() && *found ? (*found)->keyspace->name : session.keyspace);
}

Result<std::string> keyspace_of_tables(const Context& context, const sql::Statement& statement) {
  std::string keyspace;
  for (const sql::TableName& table : sql::tables_of(statement)) {
    // What a foreign key of `ks.t` refers to is in the same place.
    if (!keyspace.empty() && table.qualifier.empty() && context.session.keyspace.empty()) continue;
    std::string of_table = VIF_TRY(keyspace_of_table(context, table.qualifier, table.name));
    if (!keyspace.empty() && keyspace != of_table)
      return unsupported("tables of several keyspaces in one statement");
    keyspace = std::move(of_table);
  }
  return keyspace.empty() ? keyspace_or_error(context, {}) : Result<std::string>(keyspace);
}

std::string text_for_server(const Context& context, const sql::Statement& statement) {
  bool qualified = false;
  sql::for_each_table_name(
      static_cast<const sql::Node*>(&statement),
      [&](const sql::TableName& name, const sql::Node&) { qualified |= !name.qualifier.empty(); });
  // What the client wrote is the best text there is.
  if (!qualified) return std::string(context.text.sql);
  sql::Arena arena;
  sql::Statement* copy = sql::clone(arena, &statement);
  const CatalogPtr catalog = context.executor.parts().catalog.current();
  sql::for_each_table_name(static_cast<sql::Node*>(copy),
                           [&](sql::TableName& name, const sql::Node&) {
                             if (catalog->graph->contains(std::string(name.qualifier)))
                               name.qualifier = {};
                           });
  return sql::print(copy, sql::PrintStyle::kMysql);
}

}  // namespace vif::vtgate::statements
