#include "vtgate/plan/operators/filter.h"

#include "vtgate/plan/expression.h"

namespace vif::vtgate::plan {

OperatorPtr Filter::over(PlanningContext& context, OperatorPtr input, sql::Expr* predicate) {
  auto filter = std::make_unique<Filter>(std::move(input));
  filter->add_predicate(context, predicate);
  return filter;
}

bool Filter::add_predicate(PlanningContext& context, sql::Expr* predicate) {
  if (input->add_predicate(context, predicate)) return true;
  predicates.push_back(to_offsets(context, *input, predicate));
  return true;
}

engine::PrimitivePtr Filter::build(PlanningContext& context) {
  if (predicates.empty()) return input->build(context);
  sql::Expr* all = nullptr;
  for (sql::Expr* predicate : predicates) all = context.conjunction(all, predicate);
  return filter_primitive(context, input->build(context), all);
}

}  // namespace vif::vtgate::plan
