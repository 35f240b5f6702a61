// VEXPLAIN: what the gate would do, or did, with a statement.

#include "base/metrics.h"
#include "mysql/sinks.h"
#include "sql/ast.h"
#include "sql/classify.h"
#include "sql/printer.h"
#include "vtgate/engine/description.h"
#include "vtgate/engine/packets.h"
#include "vtgate/mysql_error.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::statements {

namespace {

types::Value text(std::string_view value) { return types::Value::varchar(std::string(value)); }

Result<Executor::Planned> plan_inner(Context& context, const std::string& sql) {
  sql::Parsed inner = VIF_TRY(sql::parse(sql, {.sql_mode = context.session.sql_mode}));
  if (is_session_statement(*inner.statement, context.session) &&
      !asks_system_schemas_only(*inner.statement, context.session)) {
    return unsupported(
        fmt::format("VEXPLAIN of {}", sql::to_string(sql::statement_type(*inner.statement))));
  }
  return context.executor.plan_parsed(context.session, inner);
}

Result<Sent> run_inner(Context& context, const std::string& sql, Executor::Planned& planned) {
  sql::Fingerprint print;
  sql::fingerprint(sql, context.session.sql_mode, print);
  Sent sent;
  sent.keep_texts = true;
  mysql::NullSink nowhere;
  const StatementText inner{sql, print, context.text.variables, context.text.is_prepared};
  VIF_TRY(context.executor.run_plan(context.session, planned.plan, inner,
                                    std::move(planned.literals), nowhere, sent));
  return sent;
}

bool allows_dml(const sql::VExplainStmt& statement) {
  for (const std::string_view comment : statement.comments) {
    if (comment.find("EXECUTE_DML_QUERIES") != std::string_view::npos) return true;
  }
  return false;
}

// The server's own EXPLAIN of what went out, one for each distinct text.
Result<std::string> explain_json(Context& context, const SentQuery& query) {
  clients::ExecuteRequest request;
  request.target = query.target;
  request.caller = &context.session.caller;
  const std::string sql = "explain format = json " + query.sql;
  request.sql = sql;
  clients::ExecuteState state;
  engine::Collected collected;
  engine::DecodingSink sink(collected);
  VIF_TRY(
      context.executor.parts().gateway.execute(request, nullptr, state, sink, context.deadline));
  return collected.all_rows.empty() ? std::string("{}") : collected.all_rows[0][0].bytes;
}

// The plan, and beside it each query that it sent with the server's explanation.
Result<std::string> all_json(Context& context, const plan::Plan& plan, const Sent& sent) {
  engine::Description description = plan.root->describe();
  std::vector<std::string> seen;
  std::vector<std::string> explained;
  for (const SentQuery& query : sent.queries) {
    if (std::find(seen.begin(), seen.end(), query.sql) != seen.end()) continue;
    seen.push_back(query.sql);
    const Result<std::string> json = explain_json(context, query);
    if (json.ok()) explained.push_back(*json);
  }
  std::string text = engine::to_json(description);
  // Into the one leaf, or, when several queries differ, as a list of the root's.
  const std::string member =
      explained.size() == 1
          ? fmt::format("\"mysql_explain_json\": {}", explained[0])
          : fmt::format("\"mysql_explain_json\": [{}]", fmt::join(explained, ", "));
  const size_t end = text.rfind('}');
  size_t before = end;
  while (before > 0 && (text[before - 1] == '\n' || text[before - 1] == '\t')) --before;
  return text.substr(0, before) + ",\n\t" + member + "\n}";
}

}  // namespace

Status run_vexplain(Context& context) {
  const auto& statement = sql::to<sql::VExplainStmt>(*context.parsed.statement);
  const std::string inner = sql::print(statement.statement, sql::PrintStyle::kMysql);
  Executor::Planned planned = VIF_TRY(plan_inner(context, inner));
  const plan::Plan& plan = *planned.plan.plan;
  switch (statement.type) {
    case sql::VExplainType::kPlan:
      return answer_rows(context, {text_field("JSON")},
                         {{text(engine::to_json(plan.root->describe()))}});
    case sql::VExplainType::kQueries:
    case sql::VExplainType::kAll: break;
    case sql::VExplainType::kTrace: return unsupported("VEXPLAIN TRACE");
    case sql::VExplainType::kKeys: return unsupported("VEXPLAIN KEYS");
  }
  if (sql::is_dml(*statement.statement) && !allows_dml(statement)) {
    return Error(Code::kFailedPrecondition,
                 "VT09008: vexplain queries/all will actually run queries");
  }
  const Sent sent = VIF_TRY(run_inner(context, inner, planned));
  if (statement.type == sql::VExplainType::kAll) {
    return answer_rows(context, {text_field("VExplain")},
                       {{text(VIF_TRY(all_json(context, plan, sent)))}});
  }
  std::vector<types::Row> rows;
  for (const SentQuery& query : sent.queries) {
    rows.push_back({types::Value::int64(query.batch - 1), text(query.target.keyspace),
                    text(query.target.shard), text(query.sql)});
  }
  return answer_rows(
      context,
      {integer_field("#"), text_field("keyspace"), text_field("shard"), text_field("query")},
      std::move(rows));
}

}  // namespace vif::vtgate::statements
