// Statements that servers answer as they are: to one shard, or to all.

#include "sql/ast.h"
#include "vtgate/mysql_error.h"
#include "vtgate/statements/statements.h"
#include "vtgate/vschema_editor.h"

namespace vif::vtgate::statements {

namespace {

bool is_sharded(const Context& context, const std::string& keyspace) {
  const sharding::KeyspaceSchema* schema =
      context.executor.parts().catalog.current()->vschema->keyspace(keyspace);
  return schema != nullptr && schema->keyspace->sharded;
}

// CALL and LOAD DATA run wherever all the data is: an unsharded keyspace, or the shard that USE
// named.
Result<std::string> one_place(Context& context, std::string_view qualifier, std::string_view what) {
  const std::string keyspace = VIF_TRY(keyspace_or_error(context, qualifier));
  if (is_sharded(context, keyspace) && !context.session.destination) return unsupported(what);
  return keyspace;
}

Status run_load(Context& context) {
  const std::string keyspace = VIF_TRY(one_place(context, {}, "LOAD DATA in a sharded keyspace"));
  return relay(context, keyspace, Where::kAnyShard,
               text_for_server(context, *context.parsed.statement), engine::Effect::kWrite);
}

Status alter_vschema(Context& context, const sql::AlterVschema& ddl) {
  Executor& executor = context.executor;
  VIF_TRY(
      check_vschema_user(executor.options().vschema_ddl_users, context.session.caller.username));
  const std::string keyspace = VIF_TRY(keyspace_or_error(context, ddl.table.qualifier));
  VIF_TRY(executor.parts().vschema_editor.apply(ddl, keyspace, context.deadline));
  return answer_ok(context);
}

// They would change, or read, the state of whichever pooled connection came, or stop a server that
// tablets look after.
bool is_of_connection_or_server(std::string_view verb) {
  for (const std::string_view one : {"xa", "handler", "get", "shutdown", "restart", "clone",
                                     "binlog", "change", "stop", "start"}) {
    if (sql::equal_ci(verb, one)) return true;
  }
  return false;
}

// COMMIT and ROLLBACK with [AND [NO] CHAIN] [[NO] RELEASE]: a chain begins the next transaction
// like this one.
Status end_transaction(Context& context, const sql::OtherStatement& statement) {
  Session& session = context.session;
  Tx& tx = context.executor.parts().tx;
  std::vector<std::string> words;
  for (const char c : sql::lowered(statement.text)) {
    if (c < 'a' || c > 'z') {
      if (words.empty() || !words.back().empty()) words.emplace_back();
    } else {
      if (words.empty()) words.emplace_back();
      words.back() += c;
    }
  }
  const std::string text = fmt::format("{} ", fmt::join(words, " "));
  const bool chain = text.find(" and chain") != std::string::npos;
  if (!chain && text.find(" and no chain") == std::string::npos &&
      text.find(" no release") == std::string::npos) {
    return unsupported(fmt::format("{} of this form", statement.verb));
  }
  const clients::BeginOptions options = session.begin_options;
  VIF_TRY(sql::equal_ci(statement.verb, "commit") ? tx.commit(session, context.deadline)
                                                  : tx.rollback(session, context.deadline));
  if (chain) VIF_TRY(tx.begin(session, options, context.deadline));
  return answer_ok(context);
}

}  // namespace

Status run_server(Context& context) {
  const sql::Statement& statement = *context.parsed.statement;
  switch (statement.kind) {
    case sql::Kind::kCallProc:
      return run_call(context,
                      VIF_TRY(one_place(context, sql::to<sql::CallProc>(statement).name.qualifier,
                                        "CALL is not supported for sharded keyspace")));
    case sql::Kind::kLoad: return run_load(context);
    case sql::Kind::kAnalyze: {
      const std::string keyspace = VIF_TRY(keyspace_of_tables(context, statement));
      return relay(context, keyspace, Where::kAllShards, text_for_server(context, statement));
    }
    // Vitess takes LOCK TABLES and does nothing: pooled connections cannot hold them.
    case sql::Kind::kLockTables: return answer_ok(context);
    case sql::Kind::kUnlockTables:
      if (!context.session.in_transaction)
        context.executor.parts().tx.release(context.session, context.deadline);
      return answer_ok(context);
    case sql::Kind::kFlush: {
      const auto& flush = sql::to<sql::Flush>(statement);
      if (flush.with_lock || flush.for_export) return unsupported("FLUSH TABLES WITH READ LOCK");
      return relay(context, VIF_TRY(any_keyspace(context)), Where::kAllShards,
                   text_for_server(context, statement));
    }
    case sql::Kind::kAlterVschema:
      return alter_vschema(context, sql::to<sql::AlterVschema>(statement));
    case sql::Kind::kAlterMigration:
    case sql::Kind::kRevertMigration: return unsupported("online schema migrations");
    case sql::Kind::kOtherStatement: {
      const auto& other = sql::to<sql::OtherStatement>(statement);
      if (sql::equal_ci(other.verb, "commit") || sql::equal_ci(other.verb, "rollback"))
        return end_transaction(context, other);
      if (is_of_connection_or_server(other.verb)) return unsupported(sql::lowered(other.verb));
      const std::string keyspace = VIF_TRY(any_keyspace(context));
      // Grants, triggers, events and the like are of one server; on many they would drift apart.
      if (is_sharded(context, keyspace) && !context.session.destination) {
        return unsupported(
            fmt::format("{} in a sharded keyspace; choose a shard with USE `{}:<shard>`",
                        other.verb, keyspace));
      }
      return relay(context, keyspace, Where::kAnyShard, context.text.sql, engine::Effect::kSchema);
    }
    default:
      return relay(context, VIF_TRY(any_keyspace(context)), Where::kAnyShard,
                   text_for_server(context, statement));
  }
}

}  // namespace vif::vtgate::statements
