// Statements that leave values in user variables: SELECT ... INTO @x, and CALL with variables as
// arguments. The variables are the session's; servers have them for as long as such a statement
// runs.

#include <algorithm>

#include "mysql/sinks.h"
#include "rt/fiber.h"
#include "sql/ast.h"
#include "sql/lexer.h"
#include "sql/printer.h"
#include "sql/tree.h"
#include "types/value.h"
#include "vtgate/engine/packets.h"
#include "vtgate/mysql_error.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::statements {

types::Value as_user_variable(types::Value value) {
  using types::Type;
  if (value.is_null()) return value;
  if (types::is_unsigned(value.type)) {
    value.type = Type::kUint64;
  } else if (types::is_integral(value.type)) {
    value.type = Type::kInt64;
  } else if (value.type == Type::kFloat32) {
    value.type = Type::kFloat64;
  } else if (!types::is_number(value.type) && !types::is_binary(value.type)) {
    value.type = Type::kVarchar;
  }
  return value;
}

namespace {

bool is_user_variable(const sql::Expr* expr) {
  const auto* variable = sql::as<sql::Variable>(expr);
  return variable != nullptr && variable->scope == sql::Scope::kVariableScope;
}

Error wrong_columns() {
  return Error(Code::kInvalidArgument, 1222, "21000",
               "The used SELECT statements have a different number of columns");
}

// MariaDB wants INTO to stand before FROM.
bool stands_late(const StatementText& text, const sql::SqlMode& mode) {
  sql::Lexer lexer(text.sql, mode, sql::ParseOptions{}.mysql_version);
  int depth = 0;
  bool from = false;
  for (sql::Token token = lexer.next();; token = lexer.next()) {
    if (token.tok == sql::Tok::kEnd || token.tok == sql::Tok::kError) return false;
    if (token.tok == sql::Tok::kOpen) ++depth;
    if (token.tok == sql::Tok::kClose) --depth;
    if (depth != 0) continue;
    if (token.tok == sql::Tok::kw_into) return from;
    from = from || token.tok == sql::Tok::kw_from;
  }
}

void warn(Session& session, int code, std::string text) {
  session.warnings.push_back({"Warning", code, std::move(text)});
  ++session.warning_count;
}

// While it lives the session reads text as we print it, whatever its sql_mode says of reading.
class OurRules {
 public:
  explicit OurRules(Session& session) : session_(session), mode_(session.sql_mode) { set({}); }
  ~OurRules() { set(mode_); }
  OurRules(const OurRules&) = delete;

 private:
  void set(const sql::SqlMode& mode) {
    session_.sql_mode = mode;
    session_.plan_context = 0;
  }
  Session& session_;
  const sql::SqlMode mode_;
};

std::vector<std::string> variables_of(const sql::CallProc& call) {
  std::vector<std::string> names;
  for (const sql::Expr* param : call.params) {
    sql::walk(static_cast<const sql::Node*>(param), [&](const sql::Node& node) {
      const auto* variable = sql::as<sql::Variable>(&node);
      if (variable == nullptr || variable->scope != sql::Scope::kVariableScope) return true;
      std::string name = sql::lowered(variable->name);
      if (std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(std::move(name));
      return true;
    });
  }
  return names;
}

std::string quoted_variable(std::string_view name) {
  std::string out = "@";
  sql::append_quoted_name(out, name);
  return out;
}

// On one connection, which the session keeps meanwhile: its variables, the call, what the variables
// are then.
Status call_with_variables(Context& context, const std::string& keyspace,
                           const std::vector<std::string>& names) {
  types::BindVariables& variables = context.session.extras().user_variables;
  std::string set;
  std::string read;
  for (const std::string& name : names) {
    set += fmt::format("{}{} = ", set.empty() ? "set " : ", ", quoted_variable(name));
    const auto found = variables.find(name);
    (found == variables.end() ? types::Value::null() : found->second.value()).append_sql(set);
    read += fmt::format("{}{}", read.empty() ? "select " : ", ", quoted_variable(name));
  }
  engine::Collected ignored;
  engine::DecodingSink dropping(ignored);
  VIF_TRY(send(context, keyspace, Where::kAnyShard, set, engine::Effect::kRead, dropping, true));
  mysql::HeldEnd held(context.sink);
  context.session.row_count = 0;
  VIF_TRY(send(context, keyspace, Where::kAnyShard,
               text_for_server(context, *context.parsed.statement), engine::Effect::kWrite, held,
               true));
  const int64_t row_count = context.session.row_count;
  engine::Collected told;
  engine::DecodingSink telling(told);
  VIF_TRY(send(context, keyspace, Where::kAnyShard, read, engine::Effect::kRead, telling, true));
  if (told.all_rows.size() != 1 || told.all_rows[0].size() != names.size())
    return bug("a server does not tell its variables");
  for (size_t i = 0; i < names.size(); ++i)
    variables[names[i]] = types::BindVariable(as_user_variable(std::move(told.all_rows[0][i])));
  context.session.row_count = row_count;
  return context.sink.end(held.held);
}

}  // namespace

Status run_call(Context& context, const std::string& keyspace) {
  const auto& call = sql::to<sql::CallProc>(*context.parsed.statement);
  const std::vector<std::string> names = variables_of(call);
  if (names.empty()) {
    return relay(context, keyspace, Where::kAnyShard,
                 text_for_server(context, *context.parsed.statement), engine::Effect::kWrite);
  }
  const bool kept =
      std::any_of(context.session.shard_sessions.begin(), context.session.shard_sessions.end(),
                  [](const ShardSession& shard) { return shard.reserved_id != 0; });
  const Status done = call_with_variables(context, keyspace, names);
  if (!kept && !context.session.in_transaction) {
    const rt::Uncancelled give_back;
    context.executor.parts().tx.release(context.session, rt::Deadline::in(std::chrono::seconds(5)));
  }
  return done;
}

bool selects_into_variables(const sql::Statement& statement) {
  if (!sql::is<sql::Select>(&statement) && !sql::is<sql::Union>(&statement)) return false;
  const auto* into = static_cast<const sql::TableStatement&>(statement).into;
  return into != nullptr && into->type == sql::IntoType::kVariables &&
         std::all_of(into->var_list.begin(), into->var_list.end(), is_user_variable);
}

Status run_select_into(Context& context) {
  auto& query = static_cast<sql::TableStatement&>(*context.parsed.statement);
  const sql::SelectInto& into = *query.into;
  const sql::SqlMode mode = context.session.sql_mode;
  query.into = nullptr;
  const std::string text = sql::print(&query, sql::PrintStyle::kMysql);
  const OurRules rules(context.session);
  sql::Fingerprint print;
  sql::fingerprint(text, context.session.sql_mode, print);
  engine::Collected found;
  engine::DecodingSink sink(found);
  VIF_TRY(context.executor.execute(context.session, {text, print, context.text.variables}, sink));
  if (found.all_fields.size() != into.var_list.size()) return wrong_columns();
  if (found.all_rows.size() > 1) {
    return Error(Code::kInvalidArgument, 1172, "42000", "Result consisted of more than one row");
  }
  if (context.executor.options().flavor == plan::Flavor::kMariaDb &&
      stands_late(context.text, mode)) {
    constexpr int kDeprecated = 1287;
    warn(context.session, kDeprecated,
         "'<select expression> INTO <destination>;' is deprecated and will be removed in a future "
         "release. Please use 'SELECT <select list> INTO <destination> FROM...' instead");
  }
  if (found.all_rows.empty()) {
    constexpr int kNoData = 1329;
    warn(context.session, kNoData, "No data - zero rows fetched, selected, or processed");
    return answer_ok(context);
  }
  size_t i = 0;
  for (const sql::Expr* expr : into.var_list) {
    const std::string name = sql::lowered(sql::to<sql::Variable>(*expr).name);
    context.session.extras().user_variables[name] =
        types::BindVariable(as_user_variable(std::move(found.all_rows[0][i++])));
  }
  mysql::ResultEnd end;
  end.affected_rows = 1;
  return answer_ok(context, end);
}

}  // namespace vif::vtgate::statements
