#include "vttablet/query/query_server.h"

#include <cstdlib>

#include "base/log.h"
#include "clients/insert_id.h"
#include "mysql/error_codes.h"
#include "mysql/rows.h"
#include "vttablet/query/relay_sink.h"

namespace vif::vttablet {
namespace {

using clients::ExecuteRequest;
using clients::ExecuteState;
using clients::TabletType;
using clients::Target;
using clients::Workload;

// After a KILL QUERY, how long the server has to answer before the connection is given up.
constexpr rt::Duration kKillGrace = std::chrono::seconds(10);

Error canceled_over_time(uint32_t thread_id, rt::Duration elapsed) {
  const int64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count();
  return Error(
      Code::kCanceled, 3024, "HY000",
      fmt::format(
          "Query execution was interrupted, maximum statement execution time exceeded, elapsed "
          "time: {}.{:03}s, killing query ID {}",
          ms / 1000, ms % 1000, thread_id));
}

bool keeps_state(const ExecuteRequest& request) {
  return request.begin || request.reserve || request.transaction_id != 0 ||
         request.reserved_id != 0;
}

// A message that names our database names the keyspace instead: it is what callers know.
std::string with_keyspace(std::string message, std::string_view database,
                          std::string_view keyspace) {
  if (database.empty() || database == keyspace) return message;
  for (size_t at = message.find(database); at != std::string::npos;
       at = message.find(database, at + keyspace.size())) {
    message.replace(at, database.size(), keyspace);
  }
  return message;
}

// The warnings are asked for at once: the next statement on this pooled connection is somebody
// else's. That a server cannot tell them is no reason to fail a statement that succeeded.
void note_warnings(mysql::ClientConnection& wire, mysql::ResultEnd& end, rt::Deadline deadline,
                   std::string_view database, std::string_view keyspace) {
  Result<mysql::QueryResult> told = wire.execute("show warnings", deadline);
  if (!told.ok()) return;
  for (const types::Row& row : told->rows) {
    if (row.size() < 3) continue;
    end.diagnostics.push_back({row[0].bytes, std::atoi(row[1].bytes.c_str()),
                               with_keyspace(row[2].bytes, database, keyspace)});
  }
}

// What LAST_INSERT_ID() says before a statement that may set it: nobody's value, the one that
// Vitess's tablet uses.
constexpr std::string_view kNoInsertId = "18446744073709547416";
static_assert(clients::kInsertIdZero != 18446744073709547416u);

Status set_last_insert_id(mysql::ClientConnection& wire, rt::Deadline deadline) {
  VIF_TRY(wire.execute(fmt::format("select last_insert_id({})", kNoInsertId), deadline));
  return {};
}

// A result set's end has no room for what LAST_INSERT_ID(expr) has set.
Status note_last_insert_id(mysql::ClientConnection& wire, mysql::ResultEnd& end,
                           rt::Deadline deadline) {
  const mysql::QueryResult told = VIF_TRY(wire.execute("select last_insert_id()", deadline));
  if (told.rows.size() != 1 || told.rows[0].size() != 1 || told.rows[0][0].bytes == kNoInsertId)
    return {};
  end.last_insert_id = std::strtoull(told.rows[0][0].bytes.c_str(), nullptr, 10);
  if (end.last_insert_id == 0) end.last_insert_id = clients::kInsertIdZero;
  return {};
}

}  // namespace

Status QueryServer::execute(const ExecuteRequest& request, ExecuteState& state,
                            mysql::ResultSink& sink, rt::Deadline deadline) {
  const bool ongoing = request.transaction_id != 0 || request.reserved_id != 0;
  const Admission admission = VIF_TRY(
      admit(request.target, ongoing ? WhileShuttingDown::kAllow : WhileShuttingDown::kRefuse));
  state.alias = alias_;
  std::string bound;
  std::string_view sql = request.sql;
  if (request.bind_variables && !request.bind_variables->empty()) {
    sql = VIF_TRY(bind_text(sql, *request.bind_variables, database_, bound));
  }
  const StatementKind kind = statement_kind(sql);
  if (request.parameters && kind != StatementKind::kSelect) {
    return Error(Code::kUnimplemented, "only SELECT is run as a prepared statement");
  }
  const rt::Instant started = rt::now();
  Status done = kind == StatementKind::kTransaction
                    ? Status(Error(Code::kInvalidArgument, "invalid SQL"))
                : kind == StatementKind::kNextValue ? execute_next_value(sql, sink, deadline)
                : keeps_state(request) ? execute_stateful(request, sql, kind, state, sink, deadline)
                                       : execute_stateless(request, sql, kind, sink, deadline);
  if (done.ok()) {
    // The turn's clock was read when the server's answer came.
    stats_.record(kind, request.fingerprint, sql, rt::now() - started, 0, nullptr);
    return done;
  }
  const Error error = to_caller(done.error());
  stats_.record(kind, request.fingerprint, sql, rt::now() - started, 0, &error);
  return error;
}

Status QueryServer::execute_stateless(const ExecuteRequest& request, std::string_view sql,
                                      StatementKind kind, mysql::ResultSink& sink,
                                      rt::Deadline deadline) {
  if (kind == StatementKind::kSet) {
    if (request.settings.empty()) {
      return Error(Code::kFailedPrecondition,
                   fmt::format("[BUG] {} not allowed without setting connection", request.sql));
    }
    return sink.end({});  // applied when a statement needs it
  }
  if (kind == StatementKind::kLock) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("{} not allowed without reserved connection", request.sql));
  }
  const bool reads = kind == StatementKind::kSelect || kind == StatementKind::kShow;
  Pool& pool = request.workload == Workload::kOlap && reads ? olap_
               : reads                                      ? oltp_
                                                            : tx_pool(request);
  const rt::Deadline until = statement_deadline(request, kind, deadline);
  for (int attempt = 1;; ++attempt) {
    Result<Pool::Lease> got = pool.get(request.settings, until);
    if (!got.ok()) {
      if (mysql::is_connection_error(got.error())) note_connection_error();
      if (!reads && got.error().code() == Code::kResourceExhausted &&
          got.error().mysql_errno() == 0) {
        return got.error().with_message("transaction pool connection limit exceeded");
      }
      return got.error();
    }
    mysql::ClientConnection& wire = got->wire();
    if (kind == StatementKind::kCall) {
      // What a procedure leaves behind (settings, temporary tables) is nobody else's business.
      got->taint();
      return execute_call(wire, sql, false, sink, until);
    }
    Run ran = run(got->connection(), request, sql, sink, until);
    if (ran.status.ok()) {
      if (kind == StatementKind::kDdl) {
        schema_reload_wanted_ = true;
        schema_reload_.notify_all();
      }
      return {};
    }
    // A pooled connection may have died while idle, with a restart of mysqld. A read is worth
    // another one.
    const bool worth_another = reads && attempt == 1 && !ran.started && !wire.usable() &&
                               mysql::is_connection_error(ran.status.error());
    if (!worth_another || until.passed()) return ran.status;
    got->give_back();
    pool.close_all();
  }
}

Status QueryServer::execute_next_value(std::string_view sql, mysql::ResultSink& sink,
                                       rt::Deadline deadline) {
  if (!is_primary()) {
    return Error(Code::kFailedPrecondition, "sequences are served by the primary only");
  }
  const NextValue wanted = VIF_TRY(parse_next_value(sql));
  const int64_t value = VIF_TRY(sequences_.next(wanted, deadline));
  types::Field field;
  field.name = "nextval";
  field.type = types::Type::kInt64;
  field.column_length = 20;
  mysql::RowEncoder rows(sink);
  const types::Value row = types::Value::int64(value);
  VIF_TRY(rows.fields(std::span(&field, 1)));
  VIF_TRY(rows.row(std::span(&row, 1)));
  return rows.end({});
}

Status QueryServer::execute_call(mysql::ClientConnection& wire, std::string_view sql,
                                 bool in_transaction, mysql::ResultSink& sink,
                                 rt::Deadline deadline) {
  const mysql::QueryResult result = VIF_TRY(wire.execute(sql, deadline));
  if (!result.fields.empty()) {
    return Error(Code::kUnimplemented, "Multi-Resultset not supported in stored procedure");
  }
  if (wire.in_transaction() != in_transaction) {
    return Error(
        Code::kCanceled,
        in_transaction
            ? "Transaction state change inside the stored procedure is not allowed"
            : "Transaction not concluded inside the stored procedure, leaking transaction from "
              "stored procedure is not allowed");
  }
  return sink.end(result.end);
}

QueryServer::Run QueryServer::run(PooledConnection& connection, const ExecuteRequest& request,
                                  std::string_view sql, mysql::ResultSink& sink,
                                  rt::Deadline deadline) {
  mysql::ClientConnection& wire = *connection.wire;
  RunningStatement statement;
  statement.thread_id = wire.thread_id();
  statement.deadline = deadline;
  statement.started = rt::now();
  statement.sql = sql;
  running_.add(statement);
  RelaySink relay(sink, statement, database_, keyspace_);
  const rt::Deadline hard =
      deadline.is_never() ? deadline : rt::Deadline::at(deadline.instant() + kKillGrace);
  Status status;
  if (request.fetch_last_insert_id) {
    relay.hold_end();
    status = set_last_insert_id(wire, hard);
  }
  if (status.ok()) {
    status = request.parameters
                 ? connection.prepared.execute(wire, sql, *request.parameters, relay, hard)
                 : wire.query(sql, relay, hard);
  }
  if (status.ok() && relay.waiting() != nullptr) {
    mysql::ResultEnd& end = *relay.waiting();
    if (end.warnings != 0) note_warnings(wire, end, hard, database_, keyspace_);
    if (request.fetch_last_insert_id && end.last_insert_id == 0)
      status = note_last_insert_id(wire, end, hard);
    if (status.ok()) status = relay.finish();
  }
  running_.remove(statement);
  if (!status.ok() && !wire.usable()) {
    if (mysql::is_connection_error(status.error()))
      note_connection_error();
    else
      running_.kill_connection(statement.thread_id);
  }
  if (statement.killed)
    status = canceled_over_time(statement.thread_id, rt::now() - statement.started);
  return {std::move(status), relay.started(), relay.affected_rows()};
}

rt::Deadline QueryServer::statement_deadline(const ExecuteRequest& request, StatementKind kind,
                                             rt::Deadline deadline) const {
  if (request.timeout_ms > 0) {
    return deadline.earlier(rt::Deadline::in(std::chrono::milliseconds(request.timeout_ms)));
  }
  const bool unlimited = request.timeout_ms < 0 || kind == StatementKind::kDdl ||
                         request.workload == Workload::kOlap ||
                         request.workload == Workload::kDba || options_.query_timeout.count() == 0;
  return unlimited ? deadline : deadline.earlier(rt::Deadline::in(options_.query_timeout));
}

Status QueryServer::execute_stateful(const ExecuteRequest& request, std::string_view sql,
                                     StatementKind kind, ExecuteState& state,
                                     mysql::ResultSink& sink, rt::Deadline deadline) {
  StatefulConnections::Locked locked = VIF_TRY(open_stateful(request, deadline));
  if (request.begin && !locked->in_transaction) {
    const Status begun =
        begin_on(*locked, request.begin_options, request.workload, state, deadline);
    if (!begun.ok()) {
      if (!locked->reserved)
        locked.release("initFail");
      else if (locked->lease.wire().usable())
        state.reserved_id = locked->id;
      return begun;
    }
  }
  if (locked->in_transaction) state.transaction_id = locked->id;
  if (locked->reserved) state.reserved_id = locked->id;
  if (kind == StatementKind::kDdl && locked->in_transaction) {
    return Error(Code::kInternal, "DDL statement executed inside a transaction");
  }
  // Its pool, which gives connections by their settings, does not know of this one.
  if (kind == StatementKind::kSet) locked->lease.taint();
  const rt::Deadline until = statement_deadline(request, kind, deadline).earlier(locked->expiry());
  mysql::ClientConnection& wire = locked->lease.wire();
  if (kind == StatementKind::kCall) {
    locked->lease.taint();
    return execute_call(wire, sql, locked->in_transaction, sink, until);
  }
  if (kind == StatementKind::kSet) locked->lease.connection().prepared.forget(wire);
  Run ran = run(locked->lease.connection(), request, sql, sink, until);
  if (ran.status.ok() && kind == StatementKind::kDdl) {
    schema_reload_wanted_ = true;
    schema_reload_.notify_all();
  }
  return ran.status;
}

Result<StatefulConnections::Locked> QueryServer::open_stateful(const ExecuteRequest& request,
                                                               rt::Deadline deadline) {
  if (request.transaction_id != 0 && request.reserved_id != 0 &&
      request.transaction_id != request.reserved_id) {
    return Error(Code::kInternal,
                 "[BUG] transactionID and reserveID must match if both are non-zero");
  }
  if (const int64_t id = request.transaction_id ? request.transaction_id : request.reserved_id;
      id != 0) {
    StatefulConnections::Locked locked = VIF_TRY(stateful_.lock(id, "for query"));
    if (request.reserve && !locked->reserved) {
      locked->lease.taint();
      locked->reserved = true;
    }
    VIF_TRY(apply_settings(*locked, request.settings, deadline));
    return locked;
  }
  const rt::Deadline until = statement_deadline(request, StatementKind::kOther, deadline);
  Result<Pool::Lease> lease = request.reserve
                                  ? tx_pool(request).open_outside(request.settings, until)
                                  : tx_pool(request).get(request.settings, until);
  if (!lease.ok()) {
    if (mysql::is_connection_error(lease.error())) note_connection_error();
    if (lease.error().code() == Code::kResourceExhausted && lease.error().mysql_errno() == 0) {
      return lease.error().with_message("transaction pool connection limit exceeded");
    }
    return lease.error();
  }
  StatefulConnections::Locked locked = stateful_.add(std::move(*lease), "for query");
  locked->reserved = request.reserve;
  locked->settings = locked->lease.connection().settings;
  if (request.caller) locked->user = request.caller->username;
  return locked;
}

Status QueryServer::apply_settings(StatefulConnection& connection,
                                   std::span<const std::string> settings, rt::Deadline deadline) {
  if (settings.empty()) return {};
  std::string key = settings_key(settings);
  if (key == connection.settings) return {};
  for (const std::string& setting : settings) {
    const Result<mysql::QueryResult> applied = connection.lease.wire().execute(setting, deadline);
    if (!applied.ok())
      return applied.error().with_prefix("failed to execute system setting on the connection");
  }
  connection.lease.connection().prepared.forget(connection.lease.wire());
  // It now has settings that its pool does not know of.
  connection.lease.taint();
  connection.settings = std::move(key);
  return {};
}

Status QueryServer::begin_on(StatefulConnection& connection, const clients::BeginOptions& options,
                             Workload workload, ExecuteState& state, rt::Deadline deadline) {
  const bool read_only = options.read_only || !is_primary();
  std::string_view begin = read_only ? "start transaction read only" : "begin";
  if (options.consistent_snapshot) {
    begin = read_only ? "start transaction with consistent snapshot, read only"
                      : "start transaction with consistent snapshot";
  }
  mysql::ClientConnection& wire = connection.lease.wire();
  const auto run_one = [&](std::string_view sql) -> Result<mysql::QueryResult> {
    Result<mysql::QueryResult> result = wire.execute(sql, deadline);
    if (!result.ok() && !wire.usable() && mysql::is_connection_error(result.error()))
      note_connection_error();
    return result;
  };
  if (!options.isolation.empty()) {
    VIF_TRY(run_one(fmt::format("set transaction isolation level {}", options.isolation)));
  }
  const mysql::QueryResult begun = VIF_TRY(run_one(begin));
  state.session_state_changes = begun.end.session_state_changes;
  for (const std::string& query : options.post_begin_queries) VIF_TRY(run_one(query));
  connection.in_transaction = true;
  connection.read_only = read_only;
  connection.started = rt::now();
  connection.timeout = workload == Workload::kOlap ? options_.olap_transaction_timeout
                                                   : options_.transaction_timeout;
  state.transaction_id = connection.id;
  return {};
}

Result<ExecuteState> QueryServer::begin(const Target& target, const clients::BeginOptions& options,
                                        std::span<const std::string> settings,
                                        rt::Deadline deadline) {
  const Admission admission = VIF_TRY(admit(target, WhileShuttingDown::kRefuse));
  ExecuteRequest request;
  request.settings = settings;
  ExecuteState state;
  state.alias = alias_;
  Result<StatefulConnections::Locked> locked = open_stateful(request, deadline);
  if (!locked.ok()) return to_caller(locked.error());
  if (Status begun = begin_on(**locked, options, Workload::kOltp, state, deadline); !begun.ok()) {
    locked->release("initFail");
    return to_caller(begun.error());
  }
  return state;
}

Result<int64_t> QueryServer::commit(const Target& target, int64_t transaction_id,
                                    rt::Deadline deadline) {
  return conclude(target, transaction_id, "commit", "for commit", "transaction committed",
                  deadline);
}

Result<int64_t> QueryServer::rollback(const Target& target, int64_t transaction_id,
                                      rt::Deadline deadline) {
  return conclude(target, transaction_id, "rollback", "for rollback", "transaction rolled back",
                  deadline);
}

Result<int64_t> QueryServer::conclude(const Target& target, int64_t transaction_id,
                                      std::string_view statement, std::string_view purpose,
                                      std::string_view reason, rt::Deadline deadline) {
  const Admission admission = VIF_TRY(admit(target, WhileShuttingDown::kAllow));
  StatefulConnections::Locked locked = VIF_TRY(stateful_.lock(transaction_id, purpose));
  if (!locked->in_transaction) return Error(Code::kInternal, "not in a transaction");
  // A caller that goes away must not leave it open whether this was done.
  const rt::Uncancelled to_the_end;
  const Result<mysql::QueryResult> done = locked->lease.wire().execute(statement, deadline);
  stats_.transactions()
      .at({locked->reserved ? "Reserved" : "Completed"})
      .add((rt::now() - locked->started).count());
  if (!done.ok()) {
    if (!locked->lease.wire().usable() && mysql::is_connection_error(done.error()))
      note_connection_error();
    locked->lease.wire().close();
    locked.release(fmt::format("{} failed", statement));
    return to_caller(done.error());
  }
  locked->in_transaction = false;
  if (locked->reserved) return locked.renew(reason);
  locked.release(reason);
  return int64_t{0};
}

Status QueryServer::release(const Target& target, int64_t transaction_id, int64_t reserved_id,
                            rt::Deadline) {
  if (transaction_id == 0 && reserved_id == 0) {
    return Error(Code::kInvalidArgument, "connection ID and transaction ID do not exist");
  }
  const Admission admission = VIF_TRY(admit(target, WhileShuttingDown::kAllow));
  StatefulConnections::Locked locked =
      VIF_TRY(stateful_.lock(reserved_id ? reserved_id : transaction_id, "for release"));
  // Closing rolls back, unlocks and drops all that the session had.
  locked->lease.wire().close();
  locked.release("connection released");
  return {};
}

Status QueryServer::stream_health(const std::function<Status(const clients::Health&)>& on_health) {
  return health_.stream(on_health);
}

Status QueryServer::get_schema(
    const Target& target, clients::SchemaTableKind kind, std::span<const std::string> names,
    const std::function<Status(std::map<std::string, std::string>)>& on_tables,
    rt::Deadline deadline) {
  const Admission admission = VIF_TRY(admit(target, WhileShuttingDown::kRefuse));
  return schema_.create_statements(kind, names, on_tables, deadline);
}

void QueryServer::note_connection_error() {
  if (on_connection_error_) on_connection_error_();
}

Error QueryServer::to_caller(const Error& error) const {
  // The server's message may hold values of the statement.
  if (!options_.terse_errors || error.mysql_errno() == 0 ||
      error.code() == Code::kFailedPrecondition) {
    return error.mysql_errno() == 0
               ? error
               : error.with_message(with_keyspace(error.message(), database_, keyspace_));
  }
  return error.with_message(
      fmt::format("(errno {}) (sqlstate {})", error.mysql_errno(), error.sqlstate()));
}

}  // namespace vif::vttablet
