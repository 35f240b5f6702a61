#include "vtgate/engine/expression.h"

#include "eval/program.h"
#include "sql/ast_expr.h"
#include "sql/printer.h"
#include "sql/tree.h"
#include "vtgate/engine/exec_context.h"

namespace vif::vtgate::engine {

Expression::Expression() = default;
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

Result<Expression> Expression::make(const sql::Expr& expr) {
  Expression made;
  made.text_ = sql::print(&expr);
  sql::walk(static_cast<const sql::Node*>(&expr), [&](const sql::Node& node) {
    if (const auto* argument = sql::as<sql::Argument>(&node)) made.variables_.emplace_back(argument->name);
    if (const auto* list = sql::as<sql::ListArg>(&node)) made.variables_.emplace_back(list->name);
    return true;
  });
  made.program_ = std::make_unique<eval::Program>(VIF_TRY(eval::compile(expr)));
  return made;
}

Surroundings::Surroundings(ExecContext& context, const Bindings& bindings,
                           const std::vector<const Expression*>& expressions)
    : env_(std::make_unique<eval::Env>()) {
  for (const Expression* expression : expressions) {
    for (const std::string& name : expression->variables()) {
      const types::BindVariable* value = bindings.find(name);
      if (!value) {
        status_ = Error(Code::kInvalidArgument, fmt::format("query arguments missing for {}", name));
        return;
      }
      variables_[name] = *value;
    }
  }
  context.describe_session(*env_);
  env_->bind_variables = &variables_;
}

Surroundings::~Surroundings() = default;

}  // namespace vif::vtgate::engine
