#include "vtgate/engine/expression.h"

#include <algorithm>

#include "eval/program.h"
#include "mysql/error_codes.h"
#include "sql/ast_func.h"
#include "sql/printer.h"
#include "sql/tree.h"
#include "vtgate/engine/exec_context.h"

namespace vif::vtgate::engine {

namespace {

// What depends on the server's clock, zone, connection or chance must come from a server.
bool needs_server(const sql::Node& node) {
  if (sql::is<sql::CurTimeFuncExpr>(&node)) return true;
  const auto* function = sql::as<sql::FuncExpr>(&node);
  if (!function) return false;
  for (const std::string_view name : {"now",
                                      "sysdate",
                                      "curdate",
                                      "curtime",
                                      "current_date",
                                      "current_time",
                                      "current_timestamp",
                                      "localtime",
                                      "localtimestamp",
                                      "utc_date",
                                      "utc_time",
                                      "utc_timestamp",
                                      "unix_timestamp",
                                      "from_unixtime",
                                      "convert_tz",
                                      "rand",
                                      "uuid",
                                      "user",
                                      "current_user",
                                      "session_user",
                                      "system_user",
                                      "database",
                                      "schema",
                                      "version",
                                      "connection_id",
                                      "last_insert_id",
                                      "found_rows",
                                      "row_count",
                                      "random_bytes"}) {
    if (sql::equal_ci(function->name, name)) return true;
  }
  return false;
}

// What servers start with, for a session that has set none.
constexpr std::string_view kMysqlMode =
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_"
    "ZERO,NO_ENGINE_SUBSTITUTION";
constexpr std::string_view kMariadbMode =
    "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION";

}  // namespace

Expression::Expression() = default;
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

Result<Expression> Expression::make(const sql::Expr& expr, Collations collations, bool mariadb) {
  Expression made;
  made.mariadb_ = mariadb;
  made.text_ = sql::print(&expr);
  const sql::Node* refused = nullptr;
  sql::walk(static_cast<const sql::Node*>(&expr), [&](const sql::Node& node) {
    if (const auto* argument = sql::as<sql::Argument>(&node))
      made.variables_.emplace_back(argument->name);
    if (const auto* list = sql::as<sql::ListArg>(&node)) made.variables_.emplace_back(list->name);
    if (needs_server(node)) refused = &node;
    return true;
  });
  if (refused) {
    return Error(Code::kUnimplemented, 1235, "42000",
                 fmt::format("VT12001: unsupported: {} over several shards", sql::print(refused)));
  }
  eval::CompileOptions options;
  options.mariadb = mariadb;
  options.connection_collation = collations.connection;
  made.program_ = std::make_unique<eval::Program>(VIF_TRY(eval::compile(expr, options)));
  made.column_collations_ = std::move(collations.columns);
  return made;
}

void Expression::tell_collations(std::span<eval::StaticType> columns) const {
  for (size_t i = 0; i < std::min(columns.size(), column_collations_.size()); ++i) {
    if (types::is_text(columns[i].type) && column_collations_[i] != 0)
      columns[i].collation = column_collations_[i];
  }
}

Surroundings::Surroundings(ExecContext& context, const Bindings& bindings,
                           const std::vector<const Expression*>& expressions)
    : context_(context),
      env_(std::make_unique<eval::Env>()),
      warnings_(std::make_unique<std::vector<eval::Warning>>()),
      told_(std::make_unique<std::vector<const void*>>()) {
  for (const Expression* expression : expressions) {
    for (const std::string& name : expression->variables()) {
      const types::BindVariable* value = bindings.find(name);
      if (!value) {
        status_ =
            Error(Code::kInvalidArgument, fmt::format("query arguments missing for {}", name));
        return;
      }
      variables_[name] = *value;
    }
  }
  env_->mariadb = std::any_of(expressions.begin(), expressions.end(),
                              [](const Expression* e) { return e->is_mariadb(); });
  env_->sql_mode = env_->mariadb ? kMariadbMode : kMysqlMode;
  context.describe_session(*env_);
  env_->bind_variables = &variables_;
  env_->warnings = warnings_.get();
  env_->told = told_.get();
  for (const Expression* expression : expressions) {
    for (const eval::Warning& w : expression->program().deprecations()) warnings_->push_back(w);
    expression->program().resolve(*env_);
  }
}

Status Surroundings::strict_error() const {
  // Data cut, out of range or of no such value; a division by zero; a logarithm, a date or a text
  // that cannot be.
  constexpr int kErrors[] = {1260, 1264, 1265, 1292, 1301, 1365, 1366, 1411, 1441, 3020};
  if (env_->sql_mode.find("STRICT_") == std::string_view::npos) return {};
  for (const eval::Warning& w : *warnings_) {
    if (std::find(std::begin(kErrors), std::end(kErrors), w.code) != std::end(kErrors))
      return Error(Code::kInvalidArgument, w.code, std::string(mysql::sqlstate_of(w.code)),
                   w.message);
  }
  return {};
}

Surroundings::~Surroundings() {
  for (eval::Warning& w : *warnings_) context_.warn(w.code, std::move(w.message));
}

}  // namespace vif::vtgate::engine
