// Transactions over one and many shards. A transaction begins in the session only; each shard joins
// it with the first statement that goes there. Commits go shard by shard in the order in which they
// joined.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"
#include "discovery/tablet_gateway.h"
#include "rt/time.h"
#include "vtgate/session.h"

namespace vif::vtgate {

struct TxCounters {
  std::map<std::string, int64_t> processed;     // "Single.ReadOnly", "Cross.ReadWrite"
  std::map<std::string, int64_t> commit_count;  // by mode: "Single", "Multi"
  std::map<std::string, int64_t> commit_ns;
  int64_t non_atomic_commits = 0;
};

// All of these wait for the shards, at the longest until the deadline.
class Tx {
 public:
  Tx(discovery::TabletGateway& gateway, TransactionMode mode) : gateway_(gateway), mode_(mode) {}

  // Commits what is open, then begins.
  Status begin(Session& session, clients::BeginOptions options, rt::Deadline deadline);
  // No effect without a transaction. When a shard fails, those after it are rolled back; if one was
  // committed before it, the session gets Vitess's warning 301. Either way the transaction is over.
  Status commit(Session& session, rt::Deadline deadline);
  // Ends the transaction whatever the shards say; a shard that cannot be told ends it by itself.
  Status rollback(Session& session, rt::Deadline deadline);
  // The client goes or starts anew: rolls back, and gives reserved connections and locks back.
  void close(Session& session, rt::Deadline deadline);
  // The reserved connections alone, as after UNLOCK TABLES or RELEASE_ALL_LOCKS, but for those that
  // temporary tables live on. No transaction may be open.
  void release(Session& session, rt::Deadline deadline);

  Status savepoint(Session& session, std::string_view name, std::string_view sql,
                   rt::Deadline deadline);
  // Errors: 1305 when there is no such savepoint.
  Status rollback_to(Session& session, std::string_view name, std::string_view sql,
                     rt::Deadline deadline);
  Status release_savepoint(Session& session, std::string_view name, std::string_view sql,
                           rt::Deadline deadline);

  // Runs `sql` on each shard that the transaction has joined; results are dropped.
  Status run_on_open_shards(Session& session, std::string_view sql, rt::Deadline deadline);

  // Whether a transaction of `session` may go to `target` too. Errors: kAborted in mode SINGLE when
  // it is already elsewhere.
  Status may_join(const Session& session, const clients::Target& target) const;
  TransactionMode mode(const Session& session) const {
    return session.transaction_mode == TransactionMode::kUnspecified ? mode_
                                                                     : session.transaction_mode;
  }
  TransactionMode default_mode() const { return mode_; }
  void set_default_mode(TransactionMode mode) { mode_ = mode; }
  const TxCounters& counters() const { return counters_; }

 private:
  Status commit_shards(Session& session, rt::Deadline deadline);

  discovery::TabletGateway& gateway_;
  TransactionMode mode_;
  TxCounters counters_;
};

// Null when the session holds nothing on that shard.
ShardSession* find_shard_session(Session& session, const clients::Target& target);

std::string_view transaction_mode_name(TransactionMode mode);  // "MULTI"

}  // namespace vif::vtgate
