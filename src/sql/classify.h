// What kind of statement a tree is, without planning it.
#pragma once

#include <string_view>

#include "sql/node.h"

namespace vif::sql {

// Vitess's StatementType: its name is what logs, metrics and vtexplain show.
enum class StatementType : uint8_t {
  kSelect,
  kStream,
  kInsert,
  kReplace,
  kUpdate,
  kDelete,
  kDdl,
  kBegin,
  kCommit,
  kRollback,
  kSet,
  kShow,
  kUse,
  kOther,
  kAnalyze,
  kUnknown,
  kComment,
  kPriv,
  kExplain,
  kSavepoint,
  kSRollback,
  kRelease,
  kVStream,
  kLockTables,
  kUnlockTables,
  kFlush,
  kCallProc,
  kRevert,
  kShowMigrationLogs,
  kCommentOnly,
  kPrepare,
  kExecute,
  kDeallocate,
  kKill,
};

// "SELECT", "DDL", "LOCK_TABLES".
std::string_view to_string(StatementType type);

StatementType statement_type(const Statement& statement);

bool is_dml(const Statement& statement);  // INSERT, REPLACE, UPDATE, DELETE
bool is_ddl(const Statement& statement);
// Does it read only, so that a replica may answer it? A locking read is not.
bool is_read_only(const Statement& statement);
// Must it run on a connection that stays the session's: temporary tables, GET_LOCK, LOCK TABLES?
bool needs_reserved_connection(const Statement& statement);

// The type as the first word of the text tells it, without parsing; as Vitess's Preview.
StatementType preview(std::string_view sql);

}  // namespace vif::sql
