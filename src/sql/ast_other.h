// Session, transaction, administration and SHOW statements, and Vitess's own.
#pragma once

#include "sql/ast_ddl.h"

namespace vif::sql {

// SET a = 1; also SET NAMES, SET CHARSET (variables `names`, `charset`) and SET TRANSACTION
// (`transaction_isolation`, `transaction_read_only`).
struct SetExpr : NodeOf<Kind::kSetExpr> {
  Variable* var = nullptr;
  Expr* expr = nullptr;
  std::string_view collate;  // of SET NAMES; Vitess's canonical text leaves it out
  VIF_SQL_FIELDS(var, expr, collate)
};
struct Set : NodeOf<Kind::kSet, Statement> {
  Comments comments;
  List<SetExpr*> exprs;
  VIF_SQL_FIELDS(comments, exprs)
};

struct ShowFilter : NodeOf<Kind::kShowFilter> {
  bool has_like = false;
  std::string_view like;
  Expr* where = nullptr;
  VIF_SQL_FIELDS(has_like, like, where)
};

enum class ShowCommand : uint8_t {
  kCharset,
  kCollation,
  kColumn,
  kCreateDb,
  kCreateE,
  kCreateF,
  kCreateProc,
  kCreateTbl,
  kCreateTr,
  kCreateV,
  kDatabase,
  kEngines,
  kFunctionC,
  kFunction,
  kGtidExecGlobal,
  kIndex,
  kOpenTable,
  kPlugins,
  kPrivilege,
  kProcedureC,
  kProcedure,
  kProcesslist,
  kStatusGlobal,
  kStatusSession,
  kTable,
  kTableStatus,
  kTrigger,
  kVariableGlobal,
  kVariableSession,
  kVGtidExecGlobal,
  kVitessMigrations,
  kVitessReplicationStatus,
  kVitessShards,
  kVitessTablets,
  kVitessTarget,
  kVitessVariables,
  kVschemaTables,
  kVschemaKeyspaces,
  kVschemaVindexes,
  kWarnings,
  kKeyspace,
};
std::string_view to_string(
    ShowCommand command);  // " columns", " create table", " session variables"

struct ShowBasic : NodeOf<Kind::kShowBasic, Statement> {
  ShowCommand command = ShowCommand::kTable;
  bool full = false;
  TableName table;
  std::string_view db_name;
  ShowFilter* filter = nullptr;
  VIF_SQL_FIELDS(command, full, table, db_name, filter)
};
// kCreate*: show create table `op`; the kFunctionC and kProcedureC codes too.
struct ShowCreate : NodeOf<Kind::kShowCreate, Statement> {
  ShowCommand command = ShowCommand::kCreateTbl;
  TableName op;
  VIF_SQL_FIELDS(command, op)
};
// One that the server answers whole: `command` is canonical ("engine", "binary logs"), `text` is as
// written.
struct ShowOther : NodeOf<Kind::kShowOther, Statement> {
  std::string_view command;
  std::string_view text;
  VIF_SQL_FIELDS(command, text)
};
// show transaction status for 'id'; show unresolved transactions [for keyspace]
struct ShowTransactionStatus : NodeOf<Kind::kShowTransactionStatus, Statement> {
  std::string_view transaction_id;
  std::string_view keyspace;
  VIF_SQL_FIELDS(transaction_id, keyspace)
};
struct ShowMigrationLogs : NodeOf<Kind::kShowMigrationLogs, Statement> {
  std::string_view uuid;
  VIF_SQL_FIELDS(uuid)
};
struct ShowThrottledApps : NodeOf<Kind::kShowThrottledApps, Statement> {
  VIF_SQL_FIELDS()
};
struct ShowThrottlerStatus : NodeOf<Kind::kShowThrottlerStatus, Statement> {
  VIF_SQL_FIELDS()
};

// USE keyspace[:shard][@type]: `db_name` is the whole text; empty goes back to none.
struct Use : NodeOf<Kind::kUse, Statement> {
  std::string_view db_name;
  VIF_SQL_FIELDS(db_name)
};

enum class TxAccessMode : uint8_t { kWithConsistentSnapshot, kReadWrite, kReadOnly };
struct Begin : NodeOf<Kind::kBegin, Statement> {
  bool start_transaction = false;  // START TRANSACTION, not BEGIN
  List<TxAccessMode> modes;
  VIF_SQL_FIELDS(start_transaction, modes)
};
struct Commit : NodeOf<Kind::kCommit, Statement> {
  VIF_SQL_FIELDS()
};
struct Rollback : NodeOf<Kind::kRollback, Statement> {
  VIF_SQL_FIELDS()
};
struct SRollback : NodeOf<Kind::kSRollback, Statement> {  // rollback to savepoint
  std::string_view name;
  VIF_SQL_FIELDS(name)
};
struct Savepoint : NodeOf<Kind::kSavepoint, Statement> {
  std::string_view name;
  VIF_SQL_FIELDS(name)
};
struct Release : NodeOf<Kind::kRelease, Statement> {
  std::string_view name;
  VIF_SQL_FIELDS(name)
};

enum class ExplainType : uint8_t { kEmpty, kTree, kJSON, kTraditional, kAnalyze };
struct ExplainStmt : NodeOf<Kind::kExplainStmt, Statement> {
  Comments comments;
  ExplainType type = ExplainType::kEmpty;
  Statement* statement = nullptr;
  VIF_SQL_FIELDS(comments, type, statement)
};
struct ExplainTab : NodeOf<Kind::kExplainTab, Statement> {
  TableName table;
  std::string_view wild;
  VIF_SQL_FIELDS(table, wild)
};
enum class VExplainType : uint8_t { kPlan, kQueries, kAll, kTrace, kKeys };
struct VExplainStmt : NodeOf<Kind::kVExplainStmt, Statement> {
  Comments comments;
  VExplainType type = VExplainType::kPlan;
  Statement* statement = nullptr;
  VIF_SQL_FIELDS(comments, type, statement)
};

struct PrepareStmt : NodeOf<Kind::kPrepareStmt, Statement> {
  Comments comments;
  std::string_view name;
  Expr* statement = nullptr;  // Literal, Argument or Variable
  VIF_SQL_FIELDS(comments, name, statement)
};
struct ExecuteStmt : NodeOf<Kind::kExecuteStmt, Statement> {
  Comments comments;
  std::string_view name;
  List<Variable*> arguments;
  VIF_SQL_FIELDS(comments, name, arguments)
};
struct DeallocateStmt : NodeOf<Kind::kDeallocateStmt, Statement> {
  Comments comments;
  std::string_view name;
  VIF_SQL_FIELDS(comments, name)
};
struct CallProc : NodeOf<Kind::kCallProc, Statement> {
  TableName name;
  List<Expr*> params;
  VIF_SQL_FIELDS(name, params)
};

struct Analyze : NodeOf<Kind::kAnalyze, Statement> {
  bool is_local = false;
  TableName table;
  VIF_SQL_FIELDS(is_local, table)
};
// REPAIR, OPTIMIZE, DO: canonical text is "otheradmin", as Vitess has it; `text` is what was
// written.
struct OtherAdmin : NodeOf<Kind::kOtherAdmin, Statement> {
  std::string_view text;
  VIF_SQL_FIELDS(text)
};
// A statement that MySQL or MariaDB knows and nobody here looks into: XA, GRANT, HANDLER, CREATE
// TRIGGER... `verb` is lower case ("xa", "create trigger"), `text` is as written.
struct OtherStatement : NodeOf<Kind::kOtherStatement, Statement> {
  std::string_view verb;
  std::string_view text;
  VIF_SQL_FIELDS(verb, text)
};

enum class TableLock : uint8_t { kRead, kReadLocal, kWrite, kLowPriorityWrite };
// tables[i] is locked with locks[i].
struct LockTables : NodeOf<Kind::kLockTables, Statement> {
  List<TableExpr*> tables;
  List<TableLock> locks;
  VIF_SQL_FIELDS(tables, locks)
};
struct UnlockTables : NodeOf<Kind::kUnlockTables, Statement> {
  VIF_SQL_FIELDS()
};

struct Flush : NodeOf<Kind::kFlush, Statement> {
  bool is_local = false;
  List<std::string_view>
      options;  // as written, one blank between words; when empty it is FLUSH TABLES
  List<TableName> tables;
  bool with_lock = false;
  bool for_export = false;
  VIF_SQL_FIELDS(is_local, options, tables, with_lock, for_export)
};
enum class KillType : uint8_t { kConnection, kQuery };
struct Kill : NodeOf<Kind::kKill, Statement> {
  KillType type = KillType::kConnection;
  uint64_t process_id = 0;
  VIF_SQL_FIELDS(type, process_id)
};
struct PurgeBinaryLogs : NodeOf<Kind::kPurgeBinaryLogs, Statement> {
  std::string_view to;
  std::string_view before;
  VIF_SQL_FIELDS(to, before)
};
// Nothing but comments, or nothing at all.
struct CommentOnly : NodeOf<Kind::kCommentOnly, Statement> {
  Comments comments;
  VIF_SQL_FIELDS(comments)
};

enum class VschemaAction : uint8_t {
  kCreateVindex,
  kDropVindex,
  kAddTable,
  kDropTable,
  kAddColVindex,
  kDropColVindex,
  kAddSequence,
  kDropSequence,
  kAddAutoInc,
  kDropAutoInc,
};
struct VindexParam {
  std::string_view key;
  std::string_view value;
  VIF_SQL_FIELDS(key, value)
};
struct AlterVschema : NodeOf<Kind::kAlterVschema, Statement> {
  VschemaAction action = VschemaAction::kAddTable;
  TableName table;
  std::string_view vindex_name;  // of the kXColVindex forms
  std::string_view vindex_type;
  List<VindexParam> params;
  Columns columns;
  std::string_view auto_inc_column;
  TableName sequence;
  VIF_SQL_FIELDS(action, table, vindex_name, vindex_type, params, columns, auto_inc_column,
                 sequence)
};

enum class MigrationAction : uint8_t {
  kRetry,
  kCleanup,
  kCleanupAll,
  kLaunch,
  kLaunchAll,
  kComplete,
  kCompleteAll,
  kPostponeComplete,
  kPostponeCompleteAll,
  kCancel,
  kCancelAll,
  kThrottle,
  kThrottleAll,
  kUnthrottle,
  kUnthrottleAll,
  kForceCutOver,
  kForceCutOverAll,
  kSetCutOverThreshold,
};
std::string_view to_string(MigrationAction action);  // "postpone complete all"
struct AlterMigration : NodeOf<Kind::kAlterMigration, Statement> {
  MigrationAction action = MigrationAction::kRetry;
  std::string_view uuid;  // empty in the "all" forms
  std::string_view expire;
  Literal* ratio = nullptr;
  std::string_view shards;
  std::string_view threshold;
  VIF_SQL_FIELDS(action, uuid, expire, ratio, shards, threshold)
};
struct RevertMigration : NodeOf<Kind::kRevertMigration, Statement> {
  Comments comments;
  std::string_view uuid;
  VIF_SQL_FIELDS(comments, uuid)
};

}  // namespace vif::sql
