// Runs one batch of queries on shards: the only fan-out of the gate.
//
// One query runs on the caller's fiber, its sink passed straight to the tablet's client; several
// run on a fiber each, in one TaskGroup, so that none outlives execute(). Transactions are opened
// here, with the first statement that a shard sees.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "discovery/tablet_gateway.h"
#include "mysql/result_sink.h"
#include "rt/time.h"
#include "vtgate/engine/exec_context.h"
#include "vtgate/session.h"
#include "vtgate/tx.h"

namespace vif::vtgate {

// A query that went out, for VEXPLAIN QUERIES and the query log.
struct SentQuery {
  int batch = 0;  // those of one batch ran at the same time
  clients::Target target;
  std::string sql;
};

// What one statement has sent.
struct Sent {
  int batches = 0;
  int shard_queries = 0;
  int writes_done = 0;  // those that changed data, or might have
  bool keep_texts = false;
  std::vector<SentQuery> queries;  // only when keep_texts
};

class Scatter {
 public:
  Scatter(discovery::TabletGateway& gateway, Tx& tx) : gateway_(gateway), tx_(tx) {}

  // Runs batch.queries[i] into sinks[i] in the session's transaction, if one is open. When one
  // fails, the others are cancelled, and all that truly failed are told in one Error. A statement
  // that wrote to some shards only is undone on them (savepoint) or takes the whole transaction
  // with it. Waits for the slowest shard, or the deadline. In an implicit transaction (the gate's
  // own, around one statement) nothing is undone here: its opener rolls it back. REQUIRES:
  // queries.size() == sinks.size(), not empty.
  Status execute(Session& session, const engine::ShardBatch& batch,
                 std::span<mysql::ResultSink* const> sinks, rt::Deadline deadline, Sent& sent,
                 bool implicit_transaction = false);

  // One query outside of a transaction, for a session that holds no connection. The sink gets what
  // the tablet says.
  Status execute_plain(const Session& session, const clients::Target& target, std::string_view sql,
                       std::optional<std::string_view> parameters, mysql::ResultSink& sink,
                       rt::Deadline deadline);

 private:
  struct Run;
  struct Lane;

  Status run_one(Run& run, const engine::ShardQuery& query, mysql::ResultSink& sink);
  static std::vector<Lane> lanes_of(std::span<const engine::ShardQuery> queries, bool one_a_shard);
  Status check_single_mode(const Run& run) const;
  Status run_many(Run& run, std::span<mysql::ResultSink* const> sinks);
  Status set_statement_savepoint(Run& run, const ShardSession& shard);
  Error after_failure(Run& run, const Error& error);

  discovery::TabletGateway& gateway_;
  Tx& tx_;
};

}  // namespace vif::vtgate
