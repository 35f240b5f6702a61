#include "testing/server_query_service.h"

#include <cstdlib>

#include "mysql/rows.h"
#include "rt/fiber.h"

namespace vif::testing {

namespace {

constexpr std::string_view kNext = "select next ";

}  // namespace

Result<ServerQueryService::Connection> ServerQueryService::connect(bool found_rows,
                                                                   rt::Deadline deadline) {
  if (!found_rows && !idle_.empty()) {
    Connection connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }
  mysql::ClientOptions options = options_;
  options.found_rows = found_rows;
  return mysql::ClientConnection::connect(options, deadline);
}

Status ServerQueryService::next_values(mysql::ClientConnection& connection, std::string_view sql,
                                       mysql::ResultSink& sink, rt::Deadline deadline) {
  std::string_view rest = sql.substr(kNext.size());
  int64_t count = 1;
  if (!rest.starts_with("value")) count = std::strtoll(std::string(rest).c_str(), nullptr, 10);
  const std::string table(sql.substr(sql.find(" from ") + 6));
  VIF_TRY(connection.execute(
      fmt::format("update {} set next_id = last_insert_id(next_id) + {} where id = 0", table,
                  count),
      deadline));
  return connection.query("select last_insert_id() as nextval", sink, deadline);
}

Status ServerQueryService::run(mysql::ClientConnection& connection, std::string_view sql,
                               mysql::ResultSink& sink, rt::Deadline deadline) {
  if (sql.starts_with(kNext)) return next_values(connection, sql, sink, deadline);
  return connection.query(sql, sink, deadline);
}

Status ServerQueryService::execute(const clients::ExecuteRequest& request,
                                   clients::ExecuteState& state, mysql::ResultSink& sink,
                                   rt::Deadline deadline) {
  if (request.parameters) return Error(Code::kUnimplemented, "statements come as texts here");
  state.alias = alias_;
  state.transaction_id = request.transaction_id;
  if (request.begin) {
    const clients::ExecuteState begun =
        VIF_TRY(begin(request.target, request.begin_options, request.settings, deadline));
    state.transaction_id = begun.transaction_id;
  }
  if (state.transaction_id != 0) {
    const auto found = transactions_.find(state.transaction_id);
    if (found == transactions_.end()) {
      return Error(Code::kAborted,
                   fmt::format("transaction {}: ended (not found)", state.transaction_id));
    }
    return run(*found->second, request.sql, sink, deadline);
  }
  Connection connection = VIF_TRY(connect(request.client_found_rows, deadline));
  for (const std::string& setting : request.settings)
    VIF_TRY(connection->execute(setting, deadline));
  const Status done = run(*connection, request.sql, sink, deadline);
  // A connection that carries somebody's settings is of no use to others.
  if (connection->usable() && request.settings.empty() && !request.client_found_rows) {
    idle_.push_back(std::move(connection));
  }
  return done;
}

Result<clients::ExecuteState> ServerQueryService::begin(const clients::Target&,
                                                        const clients::BeginOptions& options,
                                                        std::span<const std::string> settings,
                                                        rt::Deadline deadline) {
  Connection connection = VIF_TRY(connect(false, deadline));
  for (const std::string& setting : settings) VIF_TRY(connection->execute(setting, deadline));
  if (!options.isolation.empty()) {
    VIF_TRY(connection->execute("set transaction isolation level " + options.isolation, deadline));
  }
  VIF_TRY(
      connection->execute(options.read_only ? "start transaction read only" : "begin", deadline));
  for (const std::string& sql : options.post_begin_queries)
    VIF_TRY(connection->execute(sql, deadline));
  clients::ExecuteState state;
  state.alias = alias_;
  state.transaction_id = next_id_++;
  transactions_[state.transaction_id] = std::move(connection);
  return state;
}

Result<int64_t> ServerQueryService::end_transaction(int64_t transaction_id, std::string_view verb,
                                                    rt::Deadline deadline) {
  const auto found = transactions_.find(transaction_id);
  if (found == transactions_.end()) {
    return Error(Code::kAborted, fmt::format("transaction {}: ended (not found)", transaction_id));
  }
  const Connection connection = std::move(found->second);
  transactions_.erase(found);
  VIF_TRY(connection->execute(verb, deadline));
  return int64_t{0};
}

Result<int64_t> ServerQueryService::commit(const clients::Target&, int64_t transaction_id,
                                           rt::Deadline deadline) {
  return end_transaction(transaction_id, "commit", deadline);
}

Result<int64_t> ServerQueryService::rollback(const clients::Target&, int64_t transaction_id,
                                             rt::Deadline deadline) {
  return end_transaction(transaction_id, "rollback", deadline);
}

Status ServerQueryService::release(const clients::Target&, int64_t transaction_id, int64_t,
                                   rt::Deadline) {
  transactions_.erase(transaction_id);
  return {};
}

Status ServerQueryService::stream_health(
    const std::function<Status(const clients::Health&)>& on_health) {
  clients::Health health;
  health.target = target_;
  health.alias = alias_;
  health.serving = true;
  health.primary_term_start_s = 1;
  VIF_TRY(on_health(health));
  while (true) VIF_TRY(rt::sleep_for(std::chrono::seconds(1)));
}

Status ServerQueryService::get_schema(
    const clients::Target&, clients::SchemaTableKind, std::span<const std::string>,
    const std::function<Status(std::map<std::string, std::string>)>& on_tables,
    rt::Deadline deadline) {
  const Connection connection = VIF_TRY(connect(false, deadline));
  std::map<std::string, std::string> tables;
  const mysql::QueryResult names = VIF_TRY(connection->execute("show tables", deadline));
  for (const types::Row& row : names.rows) {
    const mysql::QueryResult created =
        VIF_TRY(connection->execute(fmt::format("show create table `{}`", row[0].bytes), deadline));
    tables[row[0].bytes] = created.rows[0][1].bytes;
  }
  return on_tables(std::move(tables));
}

}  // namespace vif::testing
