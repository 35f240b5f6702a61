#include "vtgate/statements/statements.h"

#include "sql/ast.h"
#include "sql/classify.h"

namespace vif::vtgate::statements {

namespace {

using Runner = Status (*)(Context&);

Status run_nothing(Context& context) { return answer_ok(context); }

// Null for a statement that is planned.
Runner runner_of(const sql::Statement& statement, const Session& session) {
  switch (statement.kind) {
    case sql::Kind::kSet: return run_set;
    case sql::Kind::kShowBasic:
    case sql::Kind::kShowCreate:
    case sql::Kind::kShowOther: return run_show;
    case sql::Kind::kShowTransactionStatus:
    case sql::Kind::kShowMigrationLogs:
    case sql::Kind::kShowThrottledApps:
    case sql::Kind::kShowThrottlerStatus: return run_show_vitess;
    case sql::Kind::kUse: return run_use;
    case sql::Kind::kBegin:
    case sql::Kind::kCommit:
    case sql::Kind::kRollback:
    case sql::Kind::kSRollback:
    case sql::Kind::kSavepoint:
    case sql::Kind::kRelease: return run_transaction;
    case sql::Kind::kVExplainStmt: return run_vexplain;
    case sql::Kind::kExplainStmt:
    case sql::Kind::kExplainTab: return run_explain;
    case sql::Kind::kPrepareStmt:
    case sql::Kind::kExecuteStmt:
    case sql::Kind::kDeallocateStmt: return run_prepare;
    case sql::Kind::kCreateTable:
    case sql::Kind::kAlterTable:
    case sql::Kind::kDropTable:
    case sql::Kind::kRenameTable:
    case sql::Kind::kTruncateTable:
    case sql::Kind::kCreateView:
    case sql::Kind::kAlterView:
    case sql::Kind::kDropView:
    case sql::Kind::kCreateProcedure:
    case sql::Kind::kDropProcedure: return run_ddl;
    case sql::Kind::kCreateDatabase:
    case sql::Kind::kAlterDatabase:
    case sql::Kind::kDropDatabase: return run_database;
    case sql::Kind::kKill: return run_kill;
    case sql::Kind::kCommentOnly: return run_nothing;
    case sql::Kind::kCallProc:
    case sql::Kind::kAnalyze:
    case sql::Kind::kOtherAdmin:
    case sql::Kind::kOtherStatement:
    case sql::Kind::kLockTables:
    case sql::Kind::kUnlockTables:
    case sql::Kind::kFlush:
    case sql::Kind::kPurgeBinaryLogs:
    case sql::Kind::kLoad:
    case sql::Kind::kAlterVschema:
    case sql::Kind::kAlterMigration:
    case sql::Kind::kRevertMigration: return run_server;
    case sql::Kind::kSelect:
    case sql::Kind::kUnion:
      if (selects_into_variables(statement)) return run_select_into;
      [[fallthrough]];
    default: return asks_system_schemas_only(statement, session) ? run_system_schema : nullptr;
  }
}

}  // namespace

bool is_session_statement(const sql::Statement& statement, const Session& session) {
  return runner_of(statement, session) != nullptr;
}

namespace {

// SHOW WARNINGS and its like tell of the statement before.
bool reads_diagnostics(const sql::Statement& statement) {
  if (const auto* show = sql::as<sql::ShowBasic>(&statement))
    return show->command == sql::ShowCommand::kWarnings;
  const auto* other = sql::as<sql::ShowOther>(&statement);
  return other != nullptr &&
         (sql::equal_ci(other->command, "errors") || sql::equal_ci(other->command, "warnings") ||
          sql::equal_ci(other->command, "count"));
}

}  // namespace

Status run(Context& context) {
  const Runner runner = runner_of(*context.parsed.statement, context.session);
  if (!reads_diagnostics(*context.parsed.statement)) {
    // MariaDB keeps telling of the statement before, when one uses no table and warns of nothing.
    const bool keeps = context.executor.options().flavor == plan::Flavor::kMariaDb &&
                       sql::is<sql::Set>(context.parsed.statement);
    if (!keeps) context.session.warnings.clear();
    context.session.warning_count = 0;
  }
  const size_t before = context.session.warnings.size();
  Status done = runner(context);
  // Its own error is all that there is to tell.
  if (!done.ok() && before != 0 && context.session.warnings.size() >= before) {
    auto& warnings = context.session.warnings;
    if (!reads_diagnostics(*context.parsed.statement))
      warnings.erase(warnings.begin(), warnings.begin() + static_cast<ptrdiff_t>(before));
  }
  return done;
}

}  // namespace vif::vtgate::statements
