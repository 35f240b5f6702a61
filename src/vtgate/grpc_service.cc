#include "vtgate/grpc_service.h"

#include "clients/convert.h"
#include "proto/query.pb.h"
#include "proto/vtgate.pb.h"
#include "sql/split.h"
#include "vtgate/settings.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate {

namespace {

ShardSession shard_from_proto(const ::vtgate::Session::ShardSession& from) {
  return {clients::from_proto(from.target()), clients::from_proto(from.tablet_alias()),
          from.transaction_id(), from.reserved_id(), from.rows_affected()};
}

void shard_to_proto(const ShardSession& from, ::vtgate::Session::ShardSession& to) {
  clients::to_proto(from.target, *to.mutable_target());
  clients::to_proto(from.alias, *to.mutable_tablet_alias());
  to.set_transaction_id(from.transaction_id);
  to.set_reserved_id(from.reserved_id);
  to.set_rows_affected(from.rows_affected);
}

}  // namespace

Status session_from_proto(Executor& executor, const ::vtgate::Session& from, Session& to) {
  VIF_TRY(statements::set_target(executor, to, from.target_string()));
  to.autocommit = from.autocommit();
  to.in_transaction = from.in_transaction();
  to.failed_transaction = from.error_until_rollback();
  to.transaction_mode = static_cast<TransactionMode>(from.transaction_mode());
  for (const auto& shard : from.shard_sessions())
    to.shard_sessions.push_back(shard_from_proto(shard));
  to.last_insert_id = from.last_insert_id();
  to.found_rows = from.found_rows();
  to.row_count = from.row_count();
  to.query_timeout_ms = from.query_timeout();
  const query::ExecuteOptions& options = from.options();
  to.begin_options = clients::begin_options_of(options);
  to.client_found_rows = options.client_found_rows();
  to.sql_select_limit = options.sql_select_limit();
  to.skip_query_plan_cache = options.skip_query_plan_cache();
  to.has_created_temp_tables = options.has_created_temp_tables();
  to.workload = options.workload() == query::ExecuteOptions::UNSPECIFIED
                    ? executor.options().default_workload
                    : static_cast<clients::Workload>(options.workload());
  for (const auto& warning : from.warnings()) {
    to.warnings.push_back({"Warning", static_cast<int>(warning.code()), warning.message()});
  }
  for (const auto& [name, value] : from.user_defined_variables()) {
    to.extras().user_variables[name] = clients::from_proto(value);
  }
  for (const auto& [name, value] : from.system_variables())
    to.extras().system_variables[name] = value;
  for (const std::string& sql : from.savepoints()) {
    to.extras().savepoints.push_back({sql.substr(sql.rfind(' ') + 1), sql});
  }
  for (const auto& [name, data] : from.prepare_statement()) {
    to.extras().named_statements[name] = data.prepare_statement();
  }
  if (!from.ddlstrategy().empty()) to.extras().gate_variables["ddl_strategy"] = from.ddlstrategy();
  if (!from.sessionuuid().empty()) to.extras().gate_variables["session_uuid"] = from.sessionuuid();
  if (!from.migration_context().empty())
    to.extras().gate_variables["migration_context"] = from.migration_context();
  if (from.has_lock_session()) to.extras().lock_session = shard_from_proto(from.lock_session());
  refresh_settings(to);
  return {};
}

void session_to_proto(const Session& from, ::vtgate::Session& to) {
  to.set_target_string(from.target_string);
  to.set_autocommit(from.autocommit);
  to.set_in_transaction(from.in_transaction);
  to.set_error_until_rollback(from.failed_transaction);
  to.set_transaction_mode(static_cast<::vtgate::TransactionMode>(from.transaction_mode));
  to.clear_shard_sessions();
  bool reserved = false;
  for (const ShardSession& shard : from.shard_sessions) {
    shard_to_proto(shard, *to.add_shard_sessions());
    reserved |= shard.reserved_id != 0;
  }
  to.set_in_reserved_conn(reserved);
  to.set_last_insert_id(from.last_insert_id);
  to.set_found_rows(from.found_rows);
  to.set_row_count(from.row_count);
  to.set_query_timeout(from.query_timeout_ms);
  query::ExecuteOptions& options = *to.mutable_options();
  clients::to_proto(from.begin_options, options);
  options.set_client_found_rows(from.client_found_rows);
  options.set_sql_select_limit(from.sql_select_limit);
  options.set_skip_query_plan_cache(from.skip_query_plan_cache);
  options.set_has_created_temp_tables(from.has_created_temp_tables);
  options.set_workload(static_cast<query::ExecuteOptions::Workload>(from.workload));
  to.clear_warnings();
  for (const Warning& warning : from.warnings) {
    auto* added = to.add_warnings();
    added->set_code(static_cast<uint32_t>(warning.code));
    added->set_message(warning.message);
  }
  to.clear_user_defined_variables();
  to.clear_system_variables();
  to.clear_savepoints();
  to.clear_prepare_statement();
  to.clear_lock_session();
  const SessionExtras* extras = from.extras_if_any();
  if (extras == nullptr) return;
  for (const auto& [name, value] : extras->user_variables) {
    clients::to_proto(value, (*to.mutable_user_defined_variables())[name]);
  }
  for (const auto& [name, value] : extras->system_variables)
    (*to.mutable_system_variables())[name] = value;
  for (const Savepoint& savepoint : extras->savepoints) to.add_savepoints(savepoint.sql);
  for (const auto& [name, sql] : extras->named_statements) {
    (*to.mutable_prepare_statement())[name].set_prepare_statement(sql);
  }
  if (extras->lock_session) shard_to_proto(*extras->lock_session, *to.mutable_lock_session());
  const auto text = [&](const char* name) {
    const auto found = extras->gate_variables.find(name);
    return found == extras->gate_variables.end() ? std::string() : found->second;
  };
  to.set_ddlstrategy(text("ddl_strategy"));
  to.set_sessionuuid(text("session_uuid"));
  to.set_migration_context(text("migration_context"));
}

Status GrpcService::execute(::vtgate::Session& session, const clients::CallerId& caller,
                            const clients::VtgateQuery& query, mysql::ResultSink& sink,
                            rt::Deadline) {
  Session ours;
  VIF_TRY(session_from_proto(executor_, session, ours));
  ours.caller = caller;
  const types::BindVariables none;
  sql::Fingerprint print;
  sql::fingerprint(query.sql, ours.sql_mode, print);
  const StatementText text{query.sql, print,
                           query.bind_variables != nullptr ? *query.bind_variables : none};
  const Status done = executor_.execute(ours, text, sink);
  session_to_proto(ours, session);
  return done;
}

Result<std::vector<std::string>> GrpcService::split(std::string_view sql) {
  std::vector<std::string> statements;
  for (const std::string_view statement : VIF_TRY(sql::split_statements(sql)))
    statements.emplace_back(statement);
  return statements;
}

Result<clients::VtgateService::Prepared> GrpcService::prepare(::vtgate::Session& session,
                                                              const clients::CallerId& caller,
                                                              const clients::VtgateQuery& query,
                                                              rt::Deadline) {
  Session ours;
  VIF_TRY(session_from_proto(executor_, session, ours));
  ours.caller = caller;
  Executor::Prepared prepared = VIF_TRY(executor_.prepare(ours, query.sql));
  session_to_proto(ours, session);
  return Prepared{std::move(prepared.columns), prepared.parameters};
}

Status GrpcService::close_session(::vtgate::Session& session, rt::Deadline deadline) {
  Session ours;
  VIF_TRY(session_from_proto(executor_, session, ours));
  executor_.parts().tx.close(ours, deadline);
  session_to_proto(ours, session);
  return {};
}

}  // namespace vif::vtgate
