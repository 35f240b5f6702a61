// What one client has set and opened. Data: the commands, the executor and the transactions change
// it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clients/query_service.h"
#include "mysql/commands.h"
#include "mysql/server_conn.h"
#include "sharding/destination.h"
#include "sql/fingerprint.h"
#include "sql/parser.h"
#include "types/value.h"

namespace vif {
class Histogram;
}
namespace vif::types {
class Charset;
}

namespace vif::vtgate {

// A shard on which this session holds a transaction or a connection of its own.
struct ShardSession {
  clients::Target target;
  clients::TabletAlias alias;
  int64_t transaction_id = 0;
  int64_t reserved_id = 0;
  bool rows_affected = false;
};

// vtgate.TransactionMode.
enum class TransactionMode : uint8_t { kUnspecified = 0, kSingle = 1, kMulti = 2, kTwoPc = 3 };

struct Warning {
  std::string level = "Warning";
  int code = 0;
  std::string message;
};

// A statement's open cursor: rows of the binary protocol, as packets, of which the first `at` bytes
// were taken.
struct Cursor {
  std::string rows;
  size_t at = 0;
};

struct PreparedStatement {
  std::string sql;
  sql::Fingerprint print;
  mysql::StatementParameters parameters;
  std::optional<Error> long_data_error;  // told at the next execution, as MySQL does
  std::unique_ptr<Cursor> cursor;        // null: none is open
};

// A savepoint of the open transaction, for shards that join it later.
struct Savepoint {
  std::string name;  // lower case
  std::string sql;
};

// What few sessions use; made when first needed, so that an idle connection stays small.
struct SessionExtras {
  // Lower-case name to the value as SQL, of those that the servers must have.
  std::map<std::string, std::string, std::less<>> system_variables;
  // Variables of the gate's own that hold plain text: ddl_strategy, migration_context,
  // session_uuid, read_after_write_gtid...
  std::map<std::string, std::string, std::less<>> gate_variables;
  // System variables that were set and change nothing here (wait_timeout...): what reading them
  // gives back.
  types::BindVariables told_variables;
  types::BindVariables user_variables;  // lower-case names
  std::vector<Savepoint> savepoints;
  std::map<uint32_t, std::shared_ptr<PreparedStatement>> statements;  // of the binary protocol
  std::map<std::string, std::string, std::less<>> named_statements;   // PREPARE name FROM
  std::optional<ShardSession> lock_session;                           // GET_LOCK
};

struct Session final : mysql::Attachment {
  // Where statements go: as USE said.
  std::string keyspace;
  clients::TabletType tablet_type = clients::TabletType::kPrimary;
  std::unique_ptr<sharding::Destination> destination;
  std::string target_string;  // as given; what DATABASE() and SHOW VITESS_TARGET give back

  // Transaction. Invariant: shard_sessions is empty unless in_transaction or some are reserved.
  bool autocommit = true;
  bool in_transaction = false;
  bool failed_transaction = false;  // VT15001 was told: only ROLLBACK helps (VT09032)
  TransactionMode transaction_mode = TransactionMode::kUnspecified;
  clients::BeginOptions begin_options;  // of the transaction that is open, or of the next
  std::vector<ShardSession> shard_sessions;

  // SET statements that server connections must have, made from extras; pooled by their text.
  std::shared_ptr<const std::vector<std::string>> settings;

  // Of the last statement.
  uint64_t last_insert_id = 0;
  uint64_t found_rows = 0;
  bool found_rows_counted = false;  // beyond what went to the client (SQL_CALC_FOUND_ROWS)
  int64_t row_count = -1;
  std::vector<Warning> warnings;  // what SHOW WARNINGS tells, errors too
  uint32_t warning_count = 0;     // may be more than are listed

  clients::Workload workload = clients::Workload::kOltp;
  bool client_found_rows = false;
  bool skip_query_plan_cache = false;
  bool has_created_temp_tables = false;  // on connections reserved for it
  int64_t sql_select_limit = 0;          // 0: none
  int64_t query_timeout_ms = 0;          // 0: the gate's
  uint32_t collation = 255;              // of the client's connection
  // The login's, where the servers' default is another and nothing was SET: a setting that costs an
  // idle connection no extras. 0: none.
  uint32_t login_collation = 0;
  // What the client writes in, and wants results in; null: UTF-8, or bytes, which go through as
  // they are (client_charset.h).
  const types::Charset* client_charset = nullptr;
  const types::Charset* results_charset = nullptr;
  uint32_t next_statement_id = 0;
  uint32_t connection_id = 0;
  sql::SqlMode sql_mode;              // as far as it changes how text is read
  mutable uint64_t plan_context = 0;  // plan_context_hash() of the above; 0 after any of it changed
  Histogram* api_timing =
      nullptr;  // of this plan_context, so that it is not looked up for each statement:
  uint64_t api_timing_context = 0;
  clients::CallerId caller;

  SessionExtras& extras() {
    if (!extras_) extras_ = std::make_unique<SessionExtras>();
    return *extras_;
  }
  const SessionExtras* extras_if_any() const { return extras_.get(); }
  void drop_extras() { extras_.reset(); }

 private:
  std::unique_ptr<SessionExtras> extras_;
};

}  // namespace vif::vtgate
