#include "vtgate/tx.h"

#include <algorithm>

#include "base/log.h"
#include "mysql/error_codes.h"
#include "mysql/sinks.h"
#include "rt/fiber.h"
#include "vtgate/mysql_error.h"

namespace vif::vtgate {

namespace {

// The transaction is over for the session; reserved connections stay.
void forget_transaction(Session& session) {
  session.in_transaction = false;
  session.failed_transaction = false;
  session.begin_options = {};
  for (ShardSession& shard : session.shard_sessions) {
    shard.transaction_id = 0;
    shard.rows_affected = false;
  }
  std::erase_if(session.shard_sessions, [](const ShardSession& s) { return s.reserved_id == 0; });
  if (session.extras_if_any() != nullptr) session.extras().savepoints.clear();
}

std::string shard_list(const Session& session) {
  std::string text;
  for (const ShardSession& shard : session.shard_sessions) {
    text += fmt::format("{}target:{{{}}} transaction_id:{} tablet_alias:{{cell:\"{}\" uid:{}}}",
                        text.empty() ? "" : " ", discovery::target_proto_text(shard.target),
                        shard.transaction_id, shard.alias.cell, shard.alias.uid);
  }
  return "[" + text + "]";
}

constexpr size_t kShardsInWarning = 16;

}  // namespace

std::string_view transaction_mode_name(TransactionMode mode) {
  switch (mode) {
    case TransactionMode::kSingle: return "SINGLE";
    case TransactionMode::kMulti: return "MULTI";
    case TransactionMode::kTwoPc: return "TWOPC";
    case TransactionMode::kUnspecified: break;
  }
  return "UNSPECIFIED";
}

ShardSession* find_shard_session(Session& session, const clients::Target& target) {
  for (ShardSession& shard : session.shard_sessions) {
    if (shard.target == target) return &shard;
  }
  return nullptr;
}

Status Tx::begin(Session& session, clients::BeginOptions options, rt::Deadline deadline) {
  if (session.in_transaction) VIF_TRY(commit(session, deadline));
  session.begin_options = std::move(options);
  session.in_transaction = true;
  return {};
}

Status Tx::commit(Session& session, rt::Deadline deadline) {
  if (!session.in_transaction) return {};
  if (session.failed_transaction) return previous_transaction_failed();
  const size_t shards = std::count_if(session.shard_sessions.begin(), session.shard_sessions.end(),
                                      [](const ShardSession& s) { return s.transaction_id != 0; });
  if (shards == 0) {
    forget_transaction(session);
    return {};
  }
  const bool wrote = std::any_of(session.shard_sessions.begin(), session.shard_sessions.end(),
                                 [](const ShardSession& s) { return s.rows_affected; });
  const rt::Instant began = rt::now_exact();
  const Status committed = commit_shards(session, deadline);
  const std::string name = shards == 1 ? "Single" : "Multi";
  ++counters_.commit_count[name];
  counters_.commit_ns[name] += (rt::now_exact() - began).count();
  if (committed.ok()) {
    ++counters_.processed[fmt::format("{}.{}", shards == 1 ? "Single" : "Cross",
                                      wrote ? "ReadWrite" : "ReadOnly")];
  } else {
    const rt::Uncancelled finish;
    (void)rollback(session, rt::Deadline::in(std::chrono::seconds(5)));
  }
  forget_transaction(session);
  return committed;
}

Status Tx::commit_shards(Session& session, rt::Deadline deadline) {
  std::vector<std::string> committed;
  for (ShardSession& shard : session.shard_sessions) {
    if (shard.transaction_id == 0) continue;
    const Result<int64_t> done =
        gateway_.commit(shard.target, shard.alias, shard.transaction_id, deadline);
    if (done.ok()) {
      shard.transaction_id = 0;
      shard.reserved_id = *done;
      committed.push_back(shard.target.shard);
      continue;
    }
    shard.transaction_id = 0;  // whatever became of it, it cannot be rolled back any more
    if (!committed.empty()) {
      const size_t count = committed.size();
      if (count > kShardsInWarning) {
        committed.resize(kShardsInWarning);
        committed.push_back("...");
      }
      ++session.warning_count;
      session.warnings.push_back(
          {"Warning", mysql::er::kNonAtomicCommit,
           fmt::format("multi-db commit failed after committing to {} shards: {}", count,
                       fmt::join(committed, ", "))});
      ++counters_.non_atomic_commits;
    }
    return done.error();
  }
  return {};
}

Status Tx::rollback(Session& session, rt::Deadline deadline) {
  if (!session.in_transaction) return {};
  std::vector<Error> errors;
  for (ShardSession& shard : session.shard_sessions) {
    if (shard.transaction_id == 0) continue;
    const Result<int64_t> done =
        gateway_.rollback(shard.target, shard.alias, shard.transaction_id, deadline);
    shard.reserved_id = done.ok() ? *done : 0;
    if (!done.ok()) errors.push_back(done.error());
  }
  forget_transaction(session);
  // A shard that is gone has rolled back already: that is what was asked for.
  for (const Error& error : errors) VIF_LOG(kWarning, "rollback: {}", error.to_string());
  return {};
}

void Tx::close(Session& session, rt::Deadline deadline) {
  (void)rollback(session, deadline);
  session.has_created_temp_tables = false;
  release(session, deadline);
}

void Tx::release(Session& session, rt::Deadline deadline) {
  const auto give_back = [&](const ShardSession& shard) {
    const Status done = gateway_.release(shard.target, shard.alias, shard.transaction_id,
                                         shard.reserved_id, deadline);
    if (!done.ok()) VIF_LOG(kWarning, "release: {}", done.error().to_string());
  };
  if (!session.has_created_temp_tables) {
    for (const ShardSession& shard : session.shard_sessions) {
      if (shard.reserved_id != 0) give_back(shard);
    }
    session.shard_sessions.clear();
  }
  if (session.extras_if_any() != nullptr && session.extras().lock_session) {
    give_back(*session.extras().lock_session);
    session.extras().lock_session.reset();
  }
}

Status Tx::run_on_open_shards(Session& session, std::string_view sql, rt::Deadline deadline) {
  for (ShardSession& shard : session.shard_sessions) {
    if (shard.transaction_id == 0) continue;
    clients::ExecuteRequest request;
    request.target = shard.target;
    request.sql = sql;
    request.transaction_id = shard.transaction_id;
    request.reserved_id = shard.reserved_id;
    request.caller = &session.caller;
    clients::ExecuteState state;
    mysql::NullSink sink;
    VIF_TRY(gateway_.execute(request, &shard.alias, state, sink, deadline));
  }
  return {};
}

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

Error no_savepoint(std::string_view name) {
  return mysql::mysql_error(1305, fmt::format("SAVEPOINT {} does not exist", name));
}

}  // namespace

Status Tx::savepoint(Session& session, std::string_view name, std::string_view sql,
                     rt::Deadline deadline) {
  if (!session.in_transaction) {
    if (session.autocommit) return {};
    session.in_transaction = true;  // any statement begins one then, and this may be the first
  }
  VIF_TRY(run_on_open_shards(session, sql, deadline));
  std::vector<Savepoint>& savepoints = session.extras().savepoints;
  // The same name again moves the savepoint.
  std::erase_if(savepoints, [&](const Savepoint& s) { return s.name == lower(name); });
  savepoints.push_back({lower(name), std::string(sql)});
  return {};
}

Status Tx::rollback_to(Session& session, std::string_view name, std::string_view sql,
                       rt::Deadline deadline) {
  std::vector<Savepoint>& savepoints = session.extras().savepoints;
  const auto found = std::find_if(savepoints.begin(), savepoints.end(),
                                  [&](const Savepoint& s) { return s.name == lower(name); });
  if (found == savepoints.end()) return no_savepoint(name);
  VIF_TRY(run_on_open_shards(session, sql, deadline));
  savepoints.erase(found + 1, savepoints.end());
  return {};
}

Status Tx::release_savepoint(Session& session, std::string_view name, std::string_view sql,
                             rt::Deadline deadline) {
  std::vector<Savepoint>& savepoints = session.extras().savepoints;
  const auto found = std::find_if(savepoints.begin(), savepoints.end(),
                                  [&](const Savepoint& s) { return s.name == lower(name); });
  if (found == savepoints.end()) return no_savepoint(name);
  VIF_TRY(run_on_open_shards(session, sql, deadline));
  savepoints.erase(found, savepoints.end());
  return {};
}

Status Tx::may_join(const Session& session, const clients::Target& target) const {
  if (mode(session) != TransactionMode::kSingle) return {};
  for (const ShardSession& shard : session.shard_sessions) {
    if (shard.transaction_id != 0 && shard.target != target) {
      return Error(Code::kAborted, "multi-db transaction attempted: " + shard_list(session));
    }
  }
  return {};
}

}  // namespace vif::vtgate
