// What a running plan may ask of the gate. The executor implements it, once a statement; tests fake
// it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mysql/result_sink.h"
#include "types/value.h"
#include "vtgate/engine/row_sink.h"

namespace vif::sharding {
struct ShardReference;
}
namespace vif::eval {
struct Env;
}

namespace vif::vtgate::engine {

// One statement for one shard; `sql` is complete text.
struct ShardQuery {
  std::string shard;
  std::string sql;
  // Of the client's rows, those that this text inserts: the number in the statement, from 1, of
  // each. What a server says of its third row is told of the statement's. Empty: all of them.
  std::vector<uint32_t> rows = {};
};

// What kind of effect a query has, as far as transactions and retries care.
enum class Effect : uint8_t {
  kRead,
  kWrite,   // opens a transaction on each shard, unless one shard and autocommit
  kSchema,  // DDL and other statements that commit by themselves
};

struct ShardBatch {
  std::string_view keyspace;
  std::span<const ShardQuery> queries;  // not empty; a shard may occur more than once
  Effect effect = Effect::kRead;
  uint64_t fingerprint = 0;  // of the client's text, when that goes out unchanged; else 0
  bool alike = false;        // the same change on each shard: what one of them warns of is all
  bool multi_shard_autocommit = false;  // directive MULTI_SHARD_AUTOCOMMIT
  bool scatter_errors_as_warnings = false;
  bool outside_transaction = false;  // sequences: never part of the session's transaction
  bool reserve = false;  // needs a connection of its own from now on (GET_LOCK, temporary tables)
  bool fetch_last_insert_id = false;  // a result's end is to tell what LAST_INSERT_ID(expr) has set
  std::optional<std::string_view> parameters;  // ExecuteRequest::parameters, of all queries
  int64_t timeout_ms = 0;                      // directive QUERY_TIMEOUT_MS; 0: the session's
};

class ExecContext {
 public:
  virtual ~ExecContext() = default;

  // The shards that serve the session's tablet type, in key range order. The view lives until the
  // statement ends. Errors: VT05003 (kNotFound) and the like when the keyspace is unknown or has
  // none.
  virtual Result<std::span<const sharding::ShardReference>> shards(std::string_view keyspace) = 0;

  // Runs all queries at once, query i into sinks[i], and returns when all have ended. Each sink is
  // called by one fiber at a time, those of different queries concurrently; a sink that waits slows
  // its shard. An Error that a sink returns ends its query, and is that query's error. The first
  // error cancels the others and is returned. Retries (buffering, another replica) happen within,
  // before the first packet only.
  virtual Status execute(const ShardBatch& batch, std::span<mysql::ResultSink* const> sinks) = 0;

  // Runs a statement of the gate's own, planned like a client's: part of the session's transaction,
  // or of none.
  virtual Result<Collected> query(std::string_view sql, const types::BindVariables& variables,
                                  bool autocommit) {
    (void)sql, (void)variables, (void)autocommit;
    return Error(Code::kUnimplemented, 1235, "42000", "VT12001: unsupported: a lookup vindex here");
  }
  // What follows writes in more places than one: a transaction around it, if the client has none
  // open.
  virtual void open_transaction() {}

  // How many rows there would be without the LIMIT (SQL_CALC_FOUND_ROWS), for FOUND_ROWS().
  virtual void set_found_rows(uint64_t) {}

  // The result's insert id is one that the statement itself gave: LAST_INSERT_ID() stays what it
  // was.
  virtual void keep_last_insert_id() {}

  // For SHOW WARNINGS.
  virtual void warn(int mysql_errno, std::string message) = 0;

  // group_concat_max_len, as the session's servers have it: bytes.
  virtual Result<uint64_t> concat_length_max() { return 1024; }

  // The name that a keyspace's database has on its servers; empty when there is no such keyspace.
  virtual std::string database_name(std::string_view keyspace) {
    return "vt_" + std::string(keyspace);
  }

  // Picks the shard of statements that may run on any one; the same number sends them to the same
  // shard.
  virtual uint64_t any_shard_choice() { return 0; }

  // What expressions may ask of the session: clock, time zone, sql_mode, user. Leaves bind
  // variables alone.
  virtual void describe_session(eval::Env& env) { (void)env; }

  // The session's collation (MySQL collation id): what literals and unknown text compare by.
  virtual uint32_t collation() const = 0;
};

}  // namespace vif::vtgate::engine
