// BEGIN, COMMIT, ROLLBACK and savepoints.

#include "sql/ast.h"
#include "vtgate/mysql_error.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::statements {

namespace {

Status run_begin(Context& context, const sql::Begin& begin) {
  Session& session = context.session;
  // What SET TRANSACTION said for this one.
  clients::BeginOptions options =
      session.in_transaction ? clients::BeginOptions{} : session.begin_options;
  // MySQL's next one begins as the one that it ends did.
  if (session.in_transaction && context.executor.options().flavor == plan::Flavor::kMySql)
    options.read_only = session.begin_options.read_only;
  for (const sql::TxAccessMode mode : begin.modes) {
    switch (mode) {
      case sql::TxAccessMode::kReadOnly: options.read_only = true; break;
      case sql::TxAccessMode::kReadWrite: options.read_only = false; break;
      case sql::TxAccessMode::kWithConsistentSnapshot: options.consistent_snapshot = true; break;
    }
  }
  return context.executor.parts().tx.begin(session, std::move(options), context.deadline);
}

}  // namespace

Status run_transaction(Context& context) {
  Session& session = context.session;
  Tx& tx = context.executor.parts().tx;
  const sql::Statement& statement = *context.parsed.statement;
  const rt::Instant began = rt::now_exact();
  if (session.failed_transaction && !sql::is<sql::Rollback>(&statement))
    return previous_transaction_failed();
  Status done;
  switch (statement.kind) {
    case sql::Kind::kBegin: done = run_begin(context, sql::to<sql::Begin>(statement)); break;
    case sql::Kind::kCommit: done = tx.commit(session, context.deadline); break;
    case sql::Kind::kRollback: done = tx.rollback(session, context.deadline); break;
    case sql::Kind::kSavepoint:
      done = tx.savepoint(session, sql::to<sql::Savepoint>(statement).name, context.text.sql,
                          context.deadline);
      break;
    case sql::Kind::kSRollback:
      done = tx.rollback_to(session, sql::to<sql::SRollback>(statement).name, context.text.sql,
                            context.deadline);
      break;
    default:
      done = tx.release_savepoint(session, sql::to<sql::Release>(statement).name, context.text.sql,
                                  context.deadline);
      break;
  }
  context.record.commit_time = rt::now_exact() - began;
  VIF_TRY(std::move(done));
  return answer_ok(context);
}

}  // namespace vif::vtgate::statements
