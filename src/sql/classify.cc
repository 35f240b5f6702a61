#include "sql/classify.h"

#include "sql/ast.h"
#include "sql/comments.h"
#include "sql/tree.h"

namespace vif::sql {

std::string_view to_string(StatementType type) {
  static constexpr std::string_view kNames[] = {"SELECT",        "STREAM",    "INSERT",
                                                "REPLACE",       "UPDATE",    "DELETE",
                                                "DDL",           "BEGIN",     "COMMIT",
                                                "ROLLBACK",      "SET",       "SHOW",
                                                "USE",           "OTHER",     "ANALYZE",
                                                "UNKNOWN",       "COMMENT",   "PRIV",
                                                "EXPLAIN",       "SAVEPOINT", "SAVEPOINT_ROLLBACK",
                                                "RELEASE",       "VSTREAM",   "LOCK_TABLES",
                                                "UNLOCK_TABLES", "FLUSH",     "CALL_PROC",
                                                "MIGRATION",     "MIGRATION", "COMMENT_ONLY",
                                                "PREPARE",       "EXECUTE",   "DEALLOCATE PREPARE",
                                                "KILL"};
  return kNames[static_cast<size_t>(type)];
}

StatementType statement_type(const Statement& statement) {
  switch (statement.kind) {
    case Kind::kSelect:
    case Kind::kUnion:
    case Kind::kValuesStatement: return StatementType::kSelect;
    case Kind::kInsert: return StatementType::kInsert;
    case Kind::kUpdate: return StatementType::kUpdate;
    case Kind::kDelete: return StatementType::kDelete;
    case Kind::kSet: return StatementType::kSet;
    case Kind::kShowBasic:
    case Kind::kShowCreate:
    case Kind::kShowOther:
    case Kind::kShowTransactionStatus:
    case Kind::kShowThrottledApps:
    case Kind::kShowThrottlerStatus: return StatementType::kShow;
    case Kind::kAlterMigration:
    case Kind::kRevertMigration: return StatementType::kRevert;
    case Kind::kShowMigrationLogs: return StatementType::kShowMigrationLogs;
    case Kind::kUse: return StatementType::kUse;
    case Kind::kOtherAdmin:
    case Kind::kOtherStatement:
    case Kind::kLoad: return is_ddl(statement) ? StatementType::kDdl : StatementType::kOther;
    case Kind::kAnalyze: return StatementType::kAnalyze;
    case Kind::kExplainStmt:
    case Kind::kExplainTab:
    case Kind::kVExplainStmt: return StatementType::kExplain;
    case Kind::kBegin: return StatementType::kBegin;
    case Kind::kCommit: return StatementType::kCommit;
    case Kind::kRollback: return StatementType::kRollback;
    case Kind::kSavepoint: return StatementType::kSavepoint;
    case Kind::kSRollback: return StatementType::kSRollback;
    case Kind::kRelease: return StatementType::kRelease;
    case Kind::kLockTables: return StatementType::kLockTables;
    case Kind::kUnlockTables: return StatementType::kUnlockTables;
    case Kind::kFlush: return StatementType::kFlush;
    case Kind::kCallProc: return StatementType::kCallProc;
    case Kind::kStream: return StatementType::kStream;
    case Kind::kVStream: return StatementType::kVStream;
    case Kind::kCommentOnly: return StatementType::kCommentOnly;
    case Kind::kPrepareStmt: return StatementType::kPrepare;
    case Kind::kExecuteStmt: return StatementType::kExecute;
    case Kind::kDeallocateStmt: return StatementType::kDeallocate;
    case Kind::kKill: return StatementType::kKill;
    default: return is_ddl(statement) ? StatementType::kDdl : StatementType::kUnknown;
  }
}

bool is_dml(const Statement& statement) {
  return statement.kind == Kind::kInsert || statement.kind == Kind::kUpdate ||
         statement.kind == Kind::kDelete;
}

bool is_ddl(const Statement& statement) {
  switch (statement.kind) {
    case Kind::kCreateTable:
    case Kind::kAlterTable:
    case Kind::kDropTable:
    case Kind::kRenameTable:
    case Kind::kTruncateTable:
    case Kind::kCreateView:
    case Kind::kAlterView:
    case Kind::kDropView:
    case Kind::kCreateDatabase:
    case Kind::kAlterDatabase:
    case Kind::kDropDatabase:
    case Kind::kCreateProcedure:
    case Kind::kDropProcedure:
    case Kind::kAlterVschema: return true;
    case Kind::kOtherStatement: {
      const std::string_view verb = to<OtherStatement>(statement).verb;
      return verb.starts_with("create ") || verb.starts_with("alter ") || verb.starts_with("drop ");
    }
    default: return false;
  }
}

bool is_read_only(const Statement& statement) {
  switch (statement.kind) {
    case Kind::kSelect:
    case Kind::kUnion:
    case Kind::kValuesStatement: break;
    case Kind::kShowBasic:
    case Kind::kShowCreate:
    case Kind::kShowOther:
    case Kind::kExplainTab:
    case Kind::kUse:
    case Kind::kCommentOnly: return true;
    case Kind::kExplainStmt: {
      const auto& explain = to<ExplainStmt>(statement);
      return explain.type != ExplainType::kAnalyze || is_read_only(*explain.statement);
    }
    default: return false;
  }
  bool read_only = true;
  walk(&statement, [&](const Node& node) {
    if (node.kind == Kind::kLockingFunc || node.kind == Kind::kNextval) read_only = false;
    if (node.kind == Kind::kSelect || node.kind == Kind::kUnion) {
      const auto& query = static_cast<const TableStatement&>(node);
      if (query.lock != Lock::kNoLock || query.into != nullptr) read_only = false;
    }
    return read_only;
  });
  return read_only;
}

bool needs_reserved_connection(const Statement& statement) {
  switch (statement.kind) {
    case Kind::kLockTables: return true;
    case Kind::kCreateTable: return to<CreateTable>(statement).temp;
    case Kind::kDropTable: return to<DropTable>(statement).temp;
    default: break;
  }
  bool needs = false;
  walk(&statement, [&](const Node& node) {
    if (const auto* lock = as<LockingFunc>(&node)) {
      needs = needs || lock->fn == LockingFuncType::kGetLock;
    }
    return !needs;
  });
  return needs;
}

StatementType preview(std::string_view sql) {
  const std::string_view trimmed = strip_leading_comments(sql);
  if (trimmed.starts_with("/*!")) return StatementType::kComment;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  std::string_view first = trimmed;
  while (!first.empty() && !is_letter(first.front())) first.remove_prefix(1);
  size_t end = 0;
  while (end < first.size() && first[end] != ' ' && !(first[end] >= '\t' && first[end] <= '\r'))
    ++end;
  first = first.substr(0, end);
  struct Entry {
    std::string_view word;
    StatementType type;
  };
  static constexpr Entry kFirst[] = {
      {"select", StatementType::kSelect},       {"stream", StatementType::kStream},
      {"vstream", StatementType::kVStream},     {"revert", StatementType::kRevert},
      {"insert", StatementType::kInsert},       {"replace", StatementType::kReplace},
      {"update", StatementType::kUpdate},       {"delete", StatementType::kDelete},
      {"savepoint", StatementType::kSavepoint}, {"lock", StatementType::kLockTables},
      {"unlock", StatementType::kUnlockTables}};
  for (const Entry& entry : kFirst) {
    if (equal_ci(first, entry.word)) return entry.type;
  }
  // These only when they are the whole statement: BEGIN JUNK is none.
  static constexpr Entry kWhole[] = {{"begin", StatementType::kBegin},
                                     {"start transaction", StatementType::kBegin},
                                     {"commit", StatementType::kCommit},
                                     {"rollback", StatementType::kRollback}};
  const std::string_view whole = split_margin_comments(trimmed).query;
  for (const Entry& entry : kWhole) {
    if (equal_ci(whole, entry.word)) return entry.type;
  }
  static constexpr Entry kLater[] = {{"create", StatementType::kDdl},
                                     {"alter", StatementType::kDdl},
                                     {"rename", StatementType::kDdl},
                                     {"drop", StatementType::kDdl},
                                     {"truncate", StatementType::kDdl},
                                     {"flush", StatementType::kFlush},
                                     {"set", StatementType::kSet},
                                     {"show", StatementType::kShow},
                                     {"use", StatementType::kUse},
                                     {"describe", StatementType::kExplain},
                                     {"desc", StatementType::kExplain},
                                     {"explain", StatementType::kExplain},
                                     {"repair", StatementType::kOther},
                                     {"optimize", StatementType::kOther},
                                     {"analyze", StatementType::kAnalyze},
                                     {"grant", StatementType::kPriv},
                                     {"revoke", StatementType::kPriv},
                                     {"release", StatementType::kRelease},
                                     {"rollback", StatementType::kSRollback},
                                     {"kill", StatementType::kKill}};
  for (const Entry& entry : kLater) {
    if (equal_ci(first, entry.word)) return entry.type;
  }
  return StatementType::kUnknown;
}

}  // namespace vif::sql
