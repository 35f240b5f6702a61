// PREPARE, EXECUTE and DEALLOCATE as SQL statements.

#include "sql/ast.h"
#include "sql/tree.h"
#include "vtgate/mysql_error.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::statements {

namespace {

Result<std::string> text_of(const Context& context, const sql::Expr* expr) {
  if (const auto* literal = sql::as<sql::Literal>(expr)) return std::string(literal->text);
  if (const auto* variable = sql::as<sql::Variable>(expr)) {
    const SessionExtras* extras = context.session.extras_if_any();
    if (extras != nullptr) {
      const auto found = extras->user_variables.find(sql::lowered(variable->name));
      if (found != extras->user_variables.end()) return found->second.bytes;
    }
    return Error(
        Code::kInvalidArgument,
        fmt::format("VT03024: '{}' user defined variable does not exists", variable->name));
  }
  return unsupported("PREPARE from this expression");
}

Status run_prepare_statement(Context& context, const sql::PrepareStmt& prepare) {
  std::string text = VIF_TRY(text_of(context, prepare.statement));
  auto& named = context.session.extras().named_statements;
  named.erase(sql::lowered(prepare.name));
  VIF_TRY(sql::parse(text, {.sql_mode = context.session.sql_mode}));
  named[sql::lowered(prepare.name)] = std::move(text);
  return answer_ok(context);
}

Status run_execute_statement(Context& context, const sql::ExecuteStmt& execute) {
  SessionExtras& extras = context.session.extras();
  const auto found = extras.named_statements.find(sql::lowered(execute.name));
  if (found == extras.named_statements.end())
    return unknown_prepared_statement(execute.name, "EXECUTE");
  types::BindVariables variables;
  int number = 0;
  for (const sql::Variable* argument : execute.arguments) {
    const auto value = extras.user_variables.find(sql::lowered(argument->name));
    variables[fmt::format("v{}", ++number)] =
        value == extras.user_variables.end() ? types::BindVariable() : value->second;
  }
  // A copy: the statement may deallocate itself.
  const std::string sql = found->second;
  const sql::Parsed parsed = VIF_TRY(sql::parse(sql, {.sql_mode = context.session.sql_mode}));
  int wanted = 0;
  sql::walk(static_cast<const sql::Node*>(parsed.statement), [&](const sql::Node& node) {
    wanted += sql::is<sql::Argument>(&node);
    return true;
  });
  if (wanted != number) {
    return Error(Code::kInvalidArgument, 1210, "HY000", "VT03025: Incorrect arguments to EXECUTE");
  }
  sql::Fingerprint print;
  sql::fingerprint(sql, context.session.sql_mode, print);
  return context.executor.execute(context.session, {sql, print, variables, true}, context.sink);
}

}  // namespace

Status run_prepare(Context& context) {
  const sql::Statement& statement = *context.parsed.statement;
  if (const auto* prepare = sql::as<sql::PrepareStmt>(&statement))
    return run_prepare_statement(context, *prepare);
  if (const auto* execute = sql::as<sql::ExecuteStmt>(&statement))
    return run_execute_statement(context, *execute);
  const auto& deallocate = sql::to<sql::DeallocateStmt>(statement);
  if (context.session.extras().named_statements.erase(sql::lowered(deallocate.name)) == 0) {
    return unknown_prepared_statement(deallocate.name, "DEALLOCATE PREPARE");
  }
  return answer_ok(context);
}

}  // namespace vif::vtgate::statements
