#include "vtgate/engine/computed_values.h"

#include "eval/program.h"
#include "vtgate/engine/description.h"

namespace vif::vtgate::engine {

Status ComputedValues::bind(ExecContext& context, const Bindings& bindings, Bindings& scope) const {
  std::vector<const Expression*> expressions;
  for (const One& one : values_) expressions.push_back(&one.expression);
  const Surroundings surroundings(context, bindings, expressions);
  VIF_TRY(surroundings.status());
  for (const One& one : values_) {
    scope.set(one.name, types::BindVariable(
                            VIF_TRY(one.expression.program().evaluate({}, surroundings.env()))));
  }
  return ignore_ ? Status() : surroundings.strict_error();
}

Status ComputedValues::execute(ExecContext& context, const Bindings& bindings,
                               RowSink& sink) const {
  Bindings scope(&bindings);
  VIF_TRY(bind(context, bindings, scope));
  return user_->execute(context, scope, sink);
}

Status ComputedValues::execute_raw(ExecContext& context, const Bindings& bindings,
                                   mysql::ResultSink& sink) const {
  Bindings scope(&bindings);
  VIF_TRY(bind(context, bindings, scope));
  return user_->execute_raw(context, scope, sink);
}

Result<Fields> ComputedValues::fields(ExecContext& context, const Bindings& bindings) const {
  return user_->fields(context, bindings);
}

Description ComputedValues::describe() const { return user_->describe(); }

}  // namespace vif::vtgate::engine
