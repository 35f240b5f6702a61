#include "vtgate/scatter.h"

#include <algorithm>

#include "base/log.h"
#include "mysql/error_codes.h"
#include "mysql/sinks.h"
#include "rt/fiber.h"
#include "vtgate/mysql_error.h"

namespace vif::vtgate {

namespace {

constexpr std::string_view kAtRow = " at row ";

// "... at row 2", where the second of the shard's rows has another number in the statement. That
// number, or 0 when the message names no row.
uint32_t with_row_number(std::string& message, std::span<const uint32_t> rows) {
  const size_t at = message.rfind(kAtRow);
  if (at == std::string::npos) return 0;
  const size_t begin = at + kAtRow.size();
  size_t end = begin;
  size_t number = 0;
  while (end < message.size() && message[end] >= '0' && message[end] <= '9' && number < 1u << 24)
    number = number * 10 + static_cast<size_t>(message[end++] - '0');
  if (number == 0 || number > rows.size()) return 0;
  message.replace(begin, end - begin, std::to_string(rows[number - 1]));
  return rows[number - 1];
}

// Notes what the OK packet says, for the transaction's record.
class EndWatch final : public mysql::ResultSink {
 public:
  EndWatch(mysql::ResultSink& to, std::span<const uint32_t> numbers) : to_(to), rows_(numbers) {}
  Status columns(uint32_t count, std::string_view packets) override {
    return to_.columns(count, packets);
  }
  Status rows(std::string_view packets) override { return to_.rows(packets); }
  Status end(const mysql::ResultEnd& end) override {
    affected = end.affected_rows > 0;
    if (rows_.empty() || end.diagnostics.empty()) return to_.end(end);
    mysql::ResultEnd told = end;
    for (mysql::Diagnostic& one : told.diagnostics) with_row_number(one.message, rows_);
    return to_.end(told);
  }
  bool affected = false;

 private:
  mysql::ResultSink& to_;
  std::span<const uint32_t> rows_;
};

// A name that no client takes; one is enough, since a later statement's moves it.
constexpr std::string_view kStatementSavepoint = "_vt_statement";

}  // namespace

struct Scatter::Run {
  Session& session;
  const engine::ShardBatch& batch;
  rt::Deadline deadline;
  Sent& sent;
  bool in_transaction;
  bool implicit_transaction;
  bool undo_by_savepoint;  // a write to many shards within the client's own transaction
};

namespace {

// What goes to each shard, and the BEGIN before it where the transaction comes to a shard first.
void note_texts(Session& session, const engine::ShardBatch& batch, bool in_transaction,
                Sent& sent) {
  std::vector<std::string_view> begun;
  for (const engine::ShardQuery& query : batch.queries) {
    const clients::Target target{std::string(batch.keyspace), query.shard, session.tablet_type};
    const ShardSession* shard = in_transaction ? find_shard_session(session, target) : nullptr;
    const bool begins = in_transaction && (shard == nullptr || shard->transaction_id == 0) &&
                        std::find(begun.begin(), begun.end(), query.shard) == begun.end();
    if (begins) {
      begun.push_back(query.shard);
      sent.queries.push_back({sent.batches, target, "begin"});
    }
    sent.queries.push_back({sent.batches, target, query.sql});
  }
}

}  // namespace

Status Scatter::execute(Session& session, const engine::ShardBatch& batch,
                        std::span<mysql::ResultSink* const> sinks, rt::Deadline deadline,
                        Sent& sent, bool implicit_transaction) {
  const bool in_transaction = session.in_transaction && !batch.outside_transaction;
  if (in_transaction && session.failed_transaction) return previous_transaction_failed();
  const bool undo = in_transaction && !implicit_transaction &&
                    batch.effect == engine::Effect::kWrite && batch.queries.size() > 1;
  Run run{session, batch, deadline, sent, in_transaction, implicit_transaction, undo};
  ++sent.batches;
  sent.shard_queries += static_cast<int>(batch.queries.size());
  if (sent.keep_texts) {
    note_texts(session, batch, in_transaction, sent);
  }
  const Status done =
      batch.queries.size() == 1 ? run_one(run, batch.queries[0], *sinks[0]) : run_many(run, sinks);
  if (done.ok()) return done;
  return after_failure(run, done.error());
}

namespace {

// What every statement of a session says.
void fill_request(const Session& session, clients::ExecuteRequest& request) {
  request.workload = session.workload;
  request.timeout_ms = session.query_timeout_ms;
  request.caller = &session.caller;
  request.client_found_rows = session.client_found_rows;
  if (session.settings && !session.settings->empty()) request.settings = *session.settings;
}

}  // namespace

Status Scatter::execute_plain(const Session& session, const clients::Target& target,
                              std::string_view sql, std::optional<std::string_view> parameters,
                              mysql::ResultSink& sink, rt::Deadline deadline) {
  clients::ExecuteRequest request;
  request.target = target;
  request.sql = sql;
  request.parameters = parameters;
  fill_request(session, request);
  clients::ExecuteState state;
  return gateway_.execute(request, nullptr, state, sink, deadline);
}

namespace {

// The connection that the session had there, outside a transaction, is no more (it was idle for too
// long, a statement on it was killed): another one does as well, as for Vitess, unless temporary
// tables went with it.
bool is_reservation_lost(const Session& session, const clients::ExecuteRequest& request,
                         const Error& error) {
  if (request.transaction_id != 0 || request.reserved_id == 0 || session.has_created_temp_tables)
    return false;
  const std::string id = fmt::format("transaction {}: ", request.reserved_id);
  return error.code() == Code::kAborted &&
         (error.message().find(id + "ended") != std::string::npos ||
          error.message().find(id + "not found") != std::string::npos);
}

}  // namespace

Status Scatter::run_one(Run& run, const engine::ShardQuery& query, mysql::ResultSink& sink) {
  Session& session = run.session;
  clients::ExecuteRequest request;
  request.target.keyspace = run.batch.keyspace;
  request.target.shard = query.shard;
  request.target.tablet_type = session.tablet_type;
  request.sql = query.sql;
  request.fingerprint = run.batch.fingerprint;
  fill_request(session, request);
  if (run.batch.timeout_ms != 0) request.timeout_ms = run.batch.timeout_ms;
  request.fetch_last_insert_id = run.batch.fetch_last_insert_id;
  request.parameters = run.batch.parameters;
  clients::ExecuteState state;
  if (!run.in_transaction && session.shard_sessions.empty() && !run.batch.reserve) {
    return gateway_.execute(request, nullptr, state, sink, run.deadline);
  }

  ShardSession* shard =
      run.batch.outside_transaction ? nullptr : find_shard_session(session, request.target);
  clients::TabletAlias alias;
  if (shard != nullptr) {
    alias = shard->alias;
    request.transaction_id = shard->transaction_id;
    request.reserved_id = shard->reserved_id;
  }
  request.reserve = run.batch.reserve && request.reserved_id == 0;
  if (run.in_transaction && request.transaction_id == 0) {
    VIF_TRY(tx_.may_join(session, request.target));
    request.begin = true;
    request.begin_options = session.begin_options;
    if (session.extras_if_any() != nullptr) {
      for (const Savepoint& savepoint : session.extras().savepoints) {
        request.begin_options.post_begin_queries.push_back(savepoint.sql);
      }
    }
    if (run.undo_by_savepoint) {
      request.begin_options.post_begin_queries.push_back(
          fmt::format("savepoint {}", kStatementSavepoint));
    }
  } else if (run.undo_by_savepoint) {
    VIF_TRY(set_statement_savepoint(run, *shard));
  }
  state.transaction_id = request.transaction_id;
  state.reserved_id = request.reserved_id;
  EndWatch watch(sink, query.rows);
  Status done =
      gateway_.execute(request, shard != nullptr ? &alias : nullptr, state, watch, run.deadline);
  if (!done.ok() && is_reservation_lost(session, request, done.error())) {
    std::erase_if(session.shard_sessions,
                  [&](const ShardSession& one) { return one.target == request.target; });
    request.reserved_id = 0;
    request.reserve = true;
    state = {};
    done = gateway_.execute(request, nullptr, state, watch, run.deadline);
  }

  if (done.ok() && run.batch.effect == engine::Effect::kWrite) ++run.sent.writes_done;

  // Other fibers may have added theirs meanwhile, so it is looked for again.
  shard = run.batch.outside_transaction ? nullptr : find_shard_session(session, request.target);
  if (shard == nullptr && (state.transaction_id != 0 || state.reserved_id != 0)) {
    session.shard_sessions.push_back({request.target, state.alias, 0, 0, false});
    shard = &session.shard_sessions.back();
  }
  if (shard != nullptr) {
    shard->transaction_id = state.transaction_id;
    shard->reserved_id = state.reserved_id;
    shard->rows_affected |= watch.affected;
  }
  return done;
}

// The queries of one shard, one after the other: a transaction runs one statement at a time.
struct Scatter::Lane {
  std::vector<size_t> queries;
  std::optional<Error> error;
  uint32_t row = 0;  // of an INSERT: the first that may have failed
};

namespace {

// Of an INSERT's errors that comes first which one server would have met first.
struct RowError {
  uint32_t row;
  Error error;
};

Error first_of_rows(std::vector<RowError> errors) {
  std::stable_sort(errors.begin(), errors.end(),
                   [](const RowError& a, const RowError& b) { return a.row < b.row; });
  std::string message;
  for (const RowError& one : errors)
    message += fmt::format("{}{}", message.empty() ? "" : "\n", one.error.message());
  return errors[0].error.with_message(std::move(message));
}

// `error` in the statement's numbers.
RowError in_rows(const Error& error, std::span<const uint32_t> rows) {
  std::string message = error.message();
  const uint32_t row = with_row_number(message, rows);
  return {row != 0 ? row : rows[0], error.with_message(std::move(message))};
}

}  // namespace

std::vector<Scatter::Lane> Scatter::lanes_of(std::span<const engine::ShardQuery> queries,
                                             bool one_a_shard) {
  std::vector<Lane> lanes;
  std::map<std::string_view, size_t> lane_of;
  for (size_t i = 0; i < queries.size(); ++i) {
    const auto [at, is_new] = lane_of.try_emplace(queries[i].shard, lanes.size());
    if (is_new || !one_a_shard) {
      lanes.push_back({{i}, {}});
    } else {
      lanes[at->second].queries.push_back(i);
    }
  }
  return lanes;
}

// In the mode SINGLE a transaction has one shard.
Status Scatter::check_single_mode(const Run& run) const {
  if (tx_.mode(run.session) != TransactionMode::kSingle || run.batch.outside_transaction) return {};
  const std::span<const engine::ShardQuery> queries = run.batch.queries;
  for (const engine::ShardQuery& query : queries) {
    if (query.shard != queries[0].shard) {
      return Error(Code::kAborted,
                   fmt::format("multi-db transaction attempted: [{}.{} {}.{}]", run.batch.keyspace,
                               queries[0].shard, run.batch.keyspace, query.shard));
    }
  }
  return {};
}

Status Scatter::run_many(Run& run, std::span<mysql::ResultSink* const> sinks) {
  const std::span<const engine::ShardQuery> queries = run.batch.queries;
  // A shard where the session has a connection of its own runs one statement at a time.
  const bool keeps_connections =
      run.in_transaction || run.batch.reserve ||
      (!run.batch.outside_transaction && !run.session.shard_sessions.empty());
  if (run.in_transaction) VIF_TRY(check_single_mode(run));
  std::vector<Lane> lanes = lanes_of(queries, keeps_connections);

  rt::TaskGroup group;
  bool failing = false;
  const bool tolerate = run.batch.scatter_errors_as_warnings;
  for (Lane& lane : lanes) {
    group.spawn([&, this] {
      for (const size_t i : lane.queries) {
        const Status done = run_one(run, queries[i], *sinks[i]);
        if (done.ok()) continue;
        // What we cancelled ourselves is no news.
        if (failing && done.error().code() == Code::kCanceled) return;
        lane.error = done.error();
        if (!queries[i].rows.empty()) {
          RowError of_row = in_rows(done.error(), queries[i].rows);
          lane.row = of_row.row;
          lane.error = std::move(of_row.error);
        }
        // Cancelling a statement costs its connection, and with that what the session has on it.
        if (!tolerate && !failing && !keeps_connections) {
          failing = true;
          group.cancel();
        }
        return;
      }
    });
  }
  const Status waited = group.wait();
  std::vector<Error> errors;
  for (const Lane& lane : lanes) {
    if (lane.error) errors.push_back(*lane.error);
  }
  if (errors.empty()) return waited;
  if (!queries[0].rows.empty() && !tolerate) {
    std::vector<RowError> of_rows;
    for (const Lane& lane : lanes) {
      if (lane.error) of_rows.push_back({lane.row, *lane.error});
    }
    return first_of_rows(std::move(of_rows));
  }
  if (tolerate && errors.size() < lanes.size()) {
    for (const Error& error : errors) {
      const mysql::ClientError client = mysql::client_error(error);
      run.session.warnings.push_back({"Warning", client.mysql_errno, error.message()});
      ++run.session.warning_count;
    }
    return {};
  }
  return aggregate(errors);
}

Status Scatter::set_statement_savepoint(Run& run, const ShardSession& shard) {
  clients::ExecuteRequest request;
  request.target = shard.target;
  const std::string sql = fmt::format("savepoint {}", kStatementSavepoint);
  request.sql = sql;
  request.transaction_id = shard.transaction_id;
  request.reserved_id = shard.reserved_id;
  request.caller = &run.session.caller;
  const clients::TabletAlias alias = shard.alias;
  clients::ExecuteState state;
  mysql::NullSink sink;
  return gateway_.execute(request, &alias, state, sink, run.deadline);
}

Error Scatter::after_failure(Run& run, const Error& error) {
  if (!run.in_transaction || run.implicit_transaction) return error;
  Session& session = run.session;
  const rt::Uncancelled finish;
  const rt::Deadline soon = rt::Deadline::in(std::chrono::seconds(5));
  const Code code = error.code();
  // The server has undone the whole transaction there (deadlock), or refuses to go on: so it must
  // be undone everywhere.
  if (code == Code::kAborted || code == Code::kResourceExhausted) {
    (void)tx_.rollback(session, soon);
    return error;
  }
  // The shard is gone with what the transaction did there.
  const bool from_server = error.mysql_errno() != 0 && error.mysql_errno() < 2000;
  if (code == Code::kUnavailable || code == Code::kClusterEvent ||
      (!from_server && (code == Code::kNotFound || mysql::is_connection_error(error)))) {
    const bool joined =
        std::any_of(session.shard_sessions.begin(), session.shard_sessions.end(),
                    [](const ShardSession& shard) { return shard.transaction_id != 0; });
    // Nothing was done yet in this transaction, so nothing is lost.
    if (!joined) return error;
    (void)tx_.rollback(session, soon);
    session.in_transaction = true;
    session.failed_transaction = true;
    return fatal_in_transaction(error);
  }
  if (!run.undo_by_savepoint) return error;
  const std::string sql = fmt::format("rollback to {}", kStatementSavepoint);
  for (const engine::ShardQuery& query : run.batch.queries) {
    ShardSession* shard = find_shard_session(
        session, {std::string(run.batch.keyspace), query.shard, session.tablet_type});
    if (shard == nullptr || shard->transaction_id == 0) continue;
    clients::ExecuteRequest request;
    request.target = shard->target;
    request.sql = sql;
    request.transaction_id = shard->transaction_id;
    request.reserved_id = shard->reserved_id;
    request.caller = &session.caller;
    const clients::TabletAlias alias = shard->alias;
    clients::ExecuteState state;
    mysql::NullSink sink;
    const Status undone = gateway_.execute(request, &alias, state, sink, soon);
    // A shard that failed before its savepoint was set has nothing to undo (1305).
    if (undone.ok() || undone.error().mysql_errno() == 1305) continue;
    (void)tx_.rollback(session, soon);
    return error.with_message(
        error.message() + ": transaction rolled back to reverse changes of partial DML execution");
  }
  return error;
}

}  // namespace vif::vtgate
