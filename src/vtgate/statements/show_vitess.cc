// SHOW of what only a Vitess gate knows: shards, tablets, the target, the vschema.

#include <ctime>

#include "base/log.h"
#include "rt/fiber.h"
#include "sql/ast.h"
#include "vtgate/engine/packets.h"
#include "vtgate/execution.h"
#include "vtgate/mysql_error.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::statements {

namespace {

types::Value text(std::string_view value) { return types::Value::varchar(std::string(value)); }

std::vector<types::Field> text_fields(std::initializer_list<std::string_view> names) {
  std::vector<types::Field> fields;
  for (const std::string_view name : names) fields.push_back(text_field(std::string(name)));
  return fields;
}

std::string rfc3339(int64_t seconds) {
  const time_t when = seconds;
  std::tm parts{};
  gmtime_r(&when, &parts);
  char buffer[32];
  return std::string(buffer, std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%SZ", &parts));
}

Status show_shards(Context& context, const sql::ShowBasic& show) {
  const CatalogPtr catalog = context.executor.parts().catalog.current();
  std::vector<types::Row> rows;
  for (const auto& [keyspace, served] : *catalog->graph) {
    const auto shards = serving_shards(*catalog, keyspace, context.session.tablet_type);
    if (!shards.ok()) continue;
    for (const sharding::ShardReference& shard : *shards)
      rows.push_back({text(keyspace + "/" + shard.name)});
  }
  std::vector<types::Field> fields = text_fields({"Shards"});
  rows = VIF_TRY(filter_rows(show.filter, fields, std::move(rows)));
  return answer_rows(context, std::move(fields), std::move(rows));
}

Status show_tablets(Context& context, const sql::ShowBasic& show) {
  std::vector<types::Row> rows;
  for (const discovery::TabletHealthPtr& tablet : context.executor.parts().gateway.health().all()) {
    rows.push_back(
        {text(tablet->tablet.alias.cell), text(tablet->target.keyspace), text(tablet->target.shard),
         text(discovery::tablet_type_upper(tablet->target.tablet_type)),
         text(tablet->usable() ? "SERVING" : "NOT_SERVING"), text(tablet->tablet.alias.to_string()),
         text(tablet->tablet.hostname),
         text(tablet->primary_term_start_s > 0 ? rfc3339(tablet->primary_term_start_s) : "")});
  }
  std::sort(rows.begin(), rows.end(), [](const types::Row& a, const types::Row& b) {
    const auto key = [](const types::Row& row) {
      return std::tie(row[0].bytes, row[1].bytes, row[2].bytes, row[3].bytes, row[5].bytes);
    };
    return key(a) < key(b);
  });
  std::vector<types::Field> fields =
      text_fields({"Cell", "Keyspace", "Shard", "TabletType", "State", "Alias", "Hostname",
                   "PrimaryTermStartTime"});
  constexpr size_t kHostname = 6;
  rows = VIF_TRY(filter_rows(show.filter, fields, std::move(rows), kHostname));
  return answer_rows(context, std::move(fields), std::move(rows));
}

struct ReplicaState {
  std::string source_host;
  std::string source_port = "0";
  std::string io_running;
  std::string sql_running;
  std::string last_error;
  std::string lag = "-1";
};

// Of whatever the server calls its columns: Source_Host or Master_Host, ...
ReplicaState read_replica_state(const engine::Collected& status) {
  ReplicaState state;
  if (status.all_rows.empty()) return state;
  const types::Row& row = status.all_rows[0];
  for (size_t i = 0; i < status.all_fields.size(); ++i) {
    const std::string& name = status.all_fields[i].name;
    const std::string& value = row[i].bytes;
    if (name == "Master_Host" || name == "Source_Host") state.source_host = value;
    if (name == "Master_Port" || name == "Source_Port") state.source_port = value;
    if (name == "Slave_IO_Running" || name == "Replica_IO_Running") state.io_running = value;
    if (name == "Slave_SQL_Running" || name == "Replica_SQL_Running") state.sql_running = value;
    if (name == "Last_Error") state.last_error = value;
    if (name == "Seconds_Behind_Master" || name == "Seconds_Behind_Source") {
      state.lag = row[i].is_null() ? "NULL" : value;
    }
  }
  return state;
}

ReplicaState ask_replica(Context& context, const discovery::TabletHealth& tablet) {
  clients::ExecuteRequest request;
  request.target = tablet.target;
  request.caller = &context.session.caller;
  request.sql = context.executor.options().flavor == plan::Flavor::kMariaDb ? "show slave status"
                                                                            : "show replica status";
  clients::ExecuteState state;
  engine::Collected collected;
  engine::DecodingSink sink(collected);
  const rt::Deadline deadline = rt::Deadline::in(std::chrono::seconds(5)).earlier(context.deadline);
  const Status asked = context.executor.parts().gateway.execute(request, &tablet.tablet.alias,
                                                                state, sink, deadline);
  if (!asked.ok()) {
    VIF_LOG(kWarning, "cannot get replication status from {}: {}", tablet.tablet.alias.to_string(),
            asked.error().to_string());
  }
  return read_replica_state(collected);
}

Status show_replication_status(Context& context, const sql::ShowBasic& show) {
  std::vector<types::Row> rows;
  for (const discovery::TabletHealthPtr& tablet : context.executor.parts().gateway.health().all()) {
    const clients::Target& target = tablet->target;
    if (target.tablet_type != clients::TabletType::kReplica &&
        target.tablet_type != clients::TabletType::kRdonly) {
      continue;
    }
    if (show.filter != nullptr && show.filter->has_like &&
        !matches_like(show.filter->like, target.keyspace + "/" + target.shard)) {
      continue;
    }
    ReplicaState state = ask_replica(context, *tablet);
    if (tablet->replication_lag_s > 0) state.lag = std::to_string(tablet->replication_lag_s);
    rows.push_back({text(target.keyspace), text(target.shard),
                    text(discovery::tablet_type_upper(target.tablet_type)),
                    text(tablet->tablet.alias.to_string()), text(tablet->tablet.hostname),
                    text(state.source_host + ":" + state.source_port),
                    text(fmt::format("{{\"EventStreamRunning\":\"{}\",\"EventApplierRunning\":\"{}"
                                     "\",\"LastError\":\"{}\"}}",
                                     state.io_running, state.sql_running, state.last_error)),
                    text(state.lag), text("")});
  }
  return answer_rows(
      context,
      text_fields({"Keyspace", "Shard", "TabletType", "Alias", "Hostname", "ReplicationSource",
                   "ReplicationHealth", "ReplicationLag", "ThrottlerStatus"}),
      std::move(rows));
}

std::string_view foreign_key_mode_name(sharding::ForeignKeyMode mode) {
  switch (mode) {
    case sharding::ForeignKeyMode::kDisallow: return "disallow";
    case sharding::ForeignKeyMode::kManaged: return "managed";
    default: return "unmanaged";
  }
}

Status show_vschema_keyspaces(Context& context) {
  std::vector<types::Row> rows;
  const CatalogPtr catalog = context.executor.parts().catalog.current();
  for (const auto& [name, schema] : catalog->vschema->keyspaces()) {
    rows.push_back({text(name), text(schema.keyspace->sharded ? "true" : "false"),
                    text(foreign_key_mode_name(schema.foreign_key_mode)),
                    text(schema.error ? schema.error->message() : "")});
  }
  return answer_rows(context, text_fields({"Keyspace", "Sharded", "Foreign Key", "Comment"}),
                     std::move(rows));
}

Status show_vschema_tables(Context& context, const sql::ShowBasic& show) {
  const std::string keyspace = VIF_TRY(keyspace_or_error(context, show.db_name));
  const CatalogPtr catalog = context.executor.parts().catalog.current();
  const sharding::KeyspaceSchema* schema = catalog->vschema->keyspace(keyspace);
  if (schema == nullptr) return unknown_database(keyspace);
  std::vector<types::Row> rows;
  for (const auto& [name, table] : schema->tables) rows.push_back({text(name)});
  return answer_rows(context, text_fields({"Tables"}), std::move(rows));
}

std::string params_text(const std::map<std::string, std::string, std::less<>>& params) {
  std::string all;
  for (const auto& [name, value] : params)
    all += fmt::format("{}{}={}", all.empty() ? "" : "; ", name, value);
  return all;
}

Status show_vschema_vindexes(Context& context, const sql::ShowBasic& show) {
  const sharding::SrvVSchemaSpec& spec = context.executor.parts().catalog.vschema_spec();
  std::vector<types::Row> rows;
  if (show.table.empty()) {
    for (const auto& [keyspace, schema] : spec.keyspaces) {
      for (const auto& [name, vindex] : schema.vindexes) {
        rows.push_back({text(keyspace), text(name), text(vindex.type),
                        text(params_text(vindex.params)), text(vindex.owner)});
      }
    }
    return answer_rows(context, text_fields({"Keyspace", "Name", "Type", "Params", "Owner"}),
                       std::move(rows));
  }
  const std::string keyspace = VIF_TRY(keyspace_or_error(context, show.table.qualifier));
  const std::vector<types::Field> fields =
      text_fields({"Columns", "Name", "Type", "Params", "Owner"});
  const auto schema = spec.keyspaces.find(keyspace);
  if (schema == spec.keyspaces.end() || !schema->second.sharded)
    return answer_rows(context, fields, {});
  const auto table = schema->second.tables.find(show.table.name);
  if (table == schema->second.tables.end()) {
    return Error(Code::kNotFound, 1146, "42S02",
                 fmt::format("VT05005: table '{}' does not exist in keyspace '{}'", show.table.name,
                             keyspace));
  }
  for (const sharding::ColumnVindexSpec& column : table->second.column_vindexes) {
    const std::string columns =
        column.columns.empty() ? column.column : fmt::format("{}", fmt::join(column.columns, ", "));
    const auto vindex = schema->second.vindexes.find(column.name);
    const bool known = vindex != schema->second.vindexes.end();
    rows.push_back({text(columns), text(column.name), text(known ? vindex->second.type : ""),
                    text(known ? params_text(vindex->second.params) : ""),
                    text(known ? vindex->second.owner : "")});
  }
  return answer_rows(context, fields, std::move(rows));
}

// One row a shard: what each primary has executed.
Status show_gtid_executed(Context& context, const sql::ShowBasic& show) {
  const std::string keyspace = VIF_TRY(keyspace_or_error(context, show.db_name));
  const CatalogPtr catalog = context.executor.parts().catalog.current();
  const auto shards = VIF_TRY(serving_shards(*catalog, keyspace, context.session.tablet_type));
  const bool mariadb = context.executor.options().flavor == plan::Flavor::kMariaDb;
  std::vector<engine::ShardQuery> queries;
  std::vector<engine::Collected> answers(shards.size());
  std::vector<engine::DecodingSink> decoders;
  decoders.reserve(shards.size());
  std::vector<mysql::ResultSink*> sinks;
  for (size_t i = 0; i < shards.size(); ++i) {
    queries.push_back({shards[i].name, mariadb ? "select @@global.gtid_current_pos"
                                               : "select @@global.gtid_executed"});
    sinks.push_back(&decoders.emplace_back(answers[i]));
  }
  engine::ShardBatch batch;
  batch.keyspace = keyspace;
  batch.queries = queries;
  batch.outside_transaction = true;
  Sent sent;
  VIF_TRY(context.executor.parts().scatter.execute(context.session, batch, sinks, context.deadline,
                                                   sent));
  std::vector<types::Row> rows;
  std::string vgtid;
  for (size_t i = 0; i < shards.size(); ++i) {
    const std::string gtid = answers[i].all_rows.empty() ? "" : answers[i].all_rows[0][0].bytes;
    rows.push_back({text(keyspace), text(gtid), text(shards[i].name)});
    const std::string prefix = mariadb ? "MariaDB/" : "MySQL56/";
    vgtid += fmt::format("{}shard_gtids:{{keyspace:\"{}\" shard:\"{}\" gtid:\"{}{}\"}}",
                         vgtid.empty() ? "" : " ", keyspace, shards[i].name, prefix, gtid);
  }
  if (show.command == sql::ShowCommand::kVGtidExecGlobal) {
    return answer_rows(context, text_fields({"db_name", "global vgtid_executed"}),
                       {{text(keyspace), text(vgtid)}});
  }
  return answer_rows(context, text_fields({"db_name", "gtid_executed", "shard"}), std::move(rows));
}

}  // namespace

Status run_show_vitess(Context& context) {
  const auto* show = sql::as<sql::ShowBasic>(context.parsed.statement);
  if (show == nullptr) return unsupported("this form of SHOW: " + std::string(context.text.sql));
  using Show = sql::ShowCommand;
  switch (show->command) {
    case Show::kVitessShards: return show_shards(context, *show);
    case Show::kVitessTablets: return show_tablets(context, *show);
    case Show::kVitessTarget:
      return answer_rows(context, text_fields({"Target"}), {{text(context.session.target_string)}});
    case Show::kVitessReplicationStatus: return show_replication_status(context, *show);
    case Show::kVitessVariables: return answer_rows(context, text_fields({"Key", "Value"}), {});
    case Show::kVschemaKeyspaces: return show_vschema_keyspaces(context);
    case Show::kVschemaTables: return show_vschema_tables(context, *show);
    case Show::kVschemaVindexes: return show_vschema_vindexes(context, *show);
    case Show::kGtidExecGlobal:
    case Show::kVGtidExecGlobal: return show_gtid_executed(context, *show);
    default: return unsupported("online schema migrations");
  }
}

}  // namespace vif::vtgate::statements
