#include "vtgate/execution.h"

#include <algorithm>

#include "discovery/tablet.h"
#include "eval/program.h"
#include "rt/fiber.h"
#include "sql/parser.h"
#include "vtgate/engine/packets.h"
#include "vtgate/mysql_error.h"
#include "vtgate/plan/planner.h"

namespace vif::vtgate {

Result<std::span<const sharding::ShardReference>> serving_shards(const Catalog& catalog,
                                                                 std::string_view keyspace,
                                                                 clients::TabletType type) {
  const auto found = catalog.graph->find(std::string(keyspace));
  if (found == catalog.graph->end()) return unknown_database(keyspace);
  const auto partition = found->second.partitions.find(type);
  if (partition == found->second.partitions.end() || partition->second.empty()) {
    return Error(Code::kUnavailable,
                 fmt::format("no valid tablet: no shard of keyspace {} serves tablet type {}",
                             keyspace, discovery::tablet_type_upper(type)));
  }
  return std::span<const sharding::ShardReference>(partition->second);
}

Result<std::span<const sharding::ShardReference>> Execution::shards(std::string_view keyspace) {
  return serving_shards(*catalog_, keyspace, session_.tablet_type);
}

namespace {

// Of what is written in the statement, a server warns once: of a deprecated word, a hint, a column
// without a value, a literal that is no number.
bool is_of_statement(const mysql::Diagnostic& diagnostic, std::string_view sql) {
  constexpr int kTruncatedWrongValue = 1292;
  constexpr int kOfStatement[] = {
      1052,              // Column '%s' in %s is ambiguous
      1287,              // '%s' is deprecated and will be removed in a future release
      1364,              // Field '%s' doesn't have a default value
      1681,              // '%s' is deprecated
      3126, 3127, 3128,  // hints
      3719, 3720,        // 'utf8' is currently an alias; NCHAR is UTF8MB3
      4095, 4096,        // delimiters and spaces in date and time values
  };
  if (std::find(std::begin(kOfStatement), std::end(kOfStatement), diagnostic.code) !=
      std::end(kOfStatement))
    return true;
  if (diagnostic.code != kTruncatedWrongValue) return false;
  // In a condition it is converted before there are rows, in the select list for each of them.
  const size_t quote = diagnostic.message.find(": '");
  if (quote == std::string::npos) return false;
  const size_t at = sql.find(std::string_view(diagnostic.message).substr(quote + 2));
  return at != std::string_view::npos &&
         sql::lowered(sql.substr(0, at)).find("where ") != std::string::npos;
}

// The other shards read the same statement.
bool told_already(std::span<const Warning> before, const mysql::Diagnostic& diagnostic,
                  std::string_view sql) {
  return is_of_statement(diagnostic, sql) &&
         std::any_of(before.begin(), before.end(), [&](const Warning& told) {
           return told.code == diagnostic.code && told.message == diagnostic.message;
         });
}

}  // namespace

void note_warnings(Session& session, const mysql::ResultEnd& end, std::string_view sql) {
  session.warning_count += end.warnings;
  const size_t before = session.warnings.size();
  for (const mysql::Diagnostic& one : end.diagnostics) {
    if (told_already(std::span(session.warnings).first(before), one, sql)) {
      --session.warning_count;
    } else {
      session.warnings.push_back({one.level, one.code, one.message});
    }
  }
}

namespace {

// Takes the warnings out of a result's end.
class WarningsSink final : public mysql::ResultSink {
 public:
  WarningsSink(mysql::ResultSink& to, Session& session, std::string_view sql, bool drops = false)
      : to_(to), session_(session), sql_(sql), drops_(drops) {}
  Status columns(uint32_t count, std::string_view packets) override {
    return to_.columns(count, packets);
  }
  Status rows(std::string_view packets) override { return to_.rows(packets); }
  Status end(const mysql::ResultEnd& end) override {
    if (end.warnings == 0) return to_.end(end);
    if (!drops_) note_warnings(session_, end, sql_);
    mysql::ResultEnd without = end;
    without.warnings = 0;
    without.diagnostics.clear();
    return to_.end(without);
  }

 private:
  mysql::ResultSink& to_;
  Session& session_;
  std::string_view sql_;  // what the shard was sent
  bool drops_;
};

// "... at row 3": 3; 0 when the message names none.
int row_number(std::string_view message) {
  constexpr std::string_view kAtRow = " at row ";
  const size_t at = message.rfind(kAtRow);
  return at == std::string_view::npos
             ? 0
             : std::atoi(std::string(message.substr(at + kAtRow.size(), 9)).c_str());
}

// A name that no client takes, in lower case.
constexpr std::string_view kUndo = "_vt_dml";

}  // namespace

// A tablet bounds the rows of a statement that it does not stream. What a write needs to know is
// streamed, however the client reads: fibers of one statement share the session, so the first sets
// its workload and the last puts it back.
class Execution::Streaming {
 public:
  explicit Streaming(Execution* execution) : execution_(execution) {
    if (execution_ == nullptr || execution_->streaming_++ != 0) return;
    execution_->workload_ = execution_->session_.workload;
    execution_->session_.workload = clients::Workload::kOlap;
  }
  ~Streaming() {
    if (execution_ != nullptr && --execution_->streaming_ == 0)
      execution_->session_.workload = execution_->workload_;
  }
  Streaming(const Streaming&) = delete;

 private:
  Execution* execution_;
};

Status Execution::execute(const engine::ShardBatch& batch,
                          std::span<mysql::ResultSink* const> sinks) {
  engine::ShardBatch run = batch;
  run.outside_transaction |= outside_;
  run.fetch_last_insert_id |= fetches_last_insert_id_;
  const Streaming streaming(writes_ && run.effect == engine::Effect::kRead ? this : nullptr);
  const bool writes_many = run.effect == engine::Effect::kWrite && run.queries.size() > 1 &&
                           !run.multi_shard_autocommit && !run.outside_transaction;
  if (writes_many && !session_.in_transaction) open_transaction();
  if (several_writes_ && !implicit_transaction_ && !has_savepoint_ && tx_ != nullptr &&
      run.effect == engine::Effect::kWrite && !run.outside_transaction) {
    VIF_TRY(tx_->savepoint(session_, kUndo, fmt::format("savepoint {}", kUndo), deadline_));
    has_savepoint_ = true;
  }
  if (run.outside_transaction)
    return scatter_.execute(session_, run, sinks, deadline_, sent_, implicit_transaction_);
  if (sinks.size() == 1) {
    WarningsSink noting(*sinks[0], session_, run.queries[0].sql);
    mysql::ResultSink* const only = &noting;
    return scatter_.execute(session_, run, std::span(&only, 1), deadline_, sent_,
                            implicit_transaction_);
  }
  const size_t told = session_.warnings.size();
  std::vector<WarningsSink> noting;
  std::vector<mysql::ResultSink*> pointers;
  noting.reserve(sinks.size());
  for (mysql::ResultSink* sink : sinks) {
    const bool drops = run.alike && !noting.empty();
    pointers.push_back(
        &noting.emplace_back(*sink, session_, run.queries[noting.size()].sql, drops));
  }
  const Status done =
      scatter_.execute(session_, run, pointers, deadline_, sent_, implicit_transaction_);
  // One server warns of a row after the other.
  if (!run.queries[0].rows.empty()) {
    std::stable_sort(session_.warnings.begin() + static_cast<ptrdiff_t>(told),
                     session_.warnings.end(), [](const Warning& a, const Warning& b) {
                       return row_number(a.message) < row_number(b.message);
                     });
  }
  return done;
}

void Execution::forget_savepoint() {
  if (!has_savepoint_ || session_.extras_if_any() == nullptr) return;
  std::erase_if(session_.extras().savepoints,
                [](const Savepoint& savepoint) { return savepoint.name == kUndo; });
}

Error Execution::undo(const Error& error) {
  // A transaction that the failure has ended has nothing left to undo.
  if (!has_savepoint_ || !session_.in_transaction || session_.failed_transaction) return error;
  const rt::Uncancelled finish_it;
  const rt::Deadline soon = rt::Deadline::in(std::chrono::seconds(5));
  const Status undone =
      tx_->rollback_to(session_, kUndo, fmt::format("rollback to {}", kUndo), soon);
  if (undone.ok())
    return error.with_message("reverted partial DML execution failure: " + error.message());
  (void)tx_->rollback(session_, soon);
  return reversed(error);
}

void Execution::open_transaction() {
  several_writes_ = true;
  if (session_.in_transaction) return;
  session_.in_transaction = true;
  implicit_transaction_ = true;
}

Result<engine::Collected> Execution::query(std::string_view sql,
                                           const types::BindVariables& variables, bool autocommit) {
  const sql::Parsed parsed = VIF_TRY(sql::parse(sql));
  plan::PlanContext context;
  context.vschema = catalog_->vschema.get();
  context.keyspace = session_.keyspace;
  const std::shared_ptr<const plan::Plan> plan = VIF_TRY(plan::build(parsed, context));
  const bool before = outside_;
  outside_ = outside_ || autocommit;
  engine::Collected collected;
  engine::DecodingSink decoding(collected);
  const Status done = plan->root->execute_raw(*this, engine::Bindings(variables), decoding);
  outside_ = before;
  VIF_TRY(done);
  return collected;
}

namespace {

// A system variable that the session has set, without its quotes; empty when it has not.
std::string set_value(const Session& session, std::string_view name) {
  const SessionExtras* extras = session.extras_if_any();
  if (extras == nullptr) return {};
  const auto found = extras->system_variables.find(name);
  if (found == extras->system_variables.end()) return {};
  const std::string& sql = found->second;
  return sql.size() >= 2 && sql.front() == '\'' ? sql.substr(1, sql.size() - 2) : sql;
}

}  // namespace

Result<uint64_t> Execution::concat_length_max() {
  constexpr std::string_view kName = "group_concat_max_len";
  types::Value value{types::Type::kUint64, set_value(session_, kName)};
  if (value.bytes.empty()) {
    const engine::Collected asked =
        VIF_TRY(query(fmt::format("select @@{} from dual", kName), {}, true));
    if (asked.all_rows.size() != 1)
      return Error(Code::kInternal, fmt::format("no server tells {}", kName));
    value.bytes = asked.all_rows[0][0].bytes;
  }
  return VIF_TRY(value.to_uint64());
}

void Execution::describe_session(eval::Env& env) {
  // One clock reading for the whole statement, as NOW() demands.
  if (began_us_ == 0) {
    began_us_ = rt::wall_now_us();
    time_zone_ = set_value(session_, "time_zone");
    sql_mode_ = set_value(session_, "sql_mode");
  }
  env.now_us = began_us_;
  if (!time_zone_.empty()) env.time_zone = time_zone_;
  // A session that has set none has the server's, which `env` names.
  const SessionExtras* extras = session_.extras_if_any();
  if (extras != nullptr && extras->system_variables.contains("sql_mode")) env.sql_mode = sql_mode_;
  env.user = session_.caller.principal;
  env.database = session_.target_string;
}

void Execution::warn(int mysql_errno, std::string message) {
  session_.warnings.push_back({"Warning", mysql_errno, std::move(message)});
  ++session_.warning_count;
}

}  // namespace vif::vtgate
