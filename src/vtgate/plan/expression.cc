#include "vtgate/plan/expression.h"

#include "vtgate/engine/filter.h"
#include "vtgate/engine/projection.h"

namespace vif::vtgate::plan {

namespace {

engine::Expression compiled(const sql::Expr* expr) {
  auto expression = engine::Expression::make(*expr);
  if (!expression.ok()) throw SqlError{expression.error()};
  return std::move(*expression);
}

}  // namespace

engine::PrimitivePtr filter_primitive(PlanningContext&, engine::PrimitivePtr input, const sql::Expr* predicate) {
  return std::make_unique<engine::Filter>(std::move(input), compiled(predicate));
}

engine::PrimitivePtr projection_primitive(PlanningContext&, engine::PrimitivePtr input,
                                          const std::vector<ProjectedColumn>& columns) {
  std::vector<engine::Projection::Column> computed;
  for (const ProjectedColumn& column : columns) {
    engine::Projection::Column one;
    one.name = column.name;
    if (const auto* offset = sql::as<sql::Offset>(column.expr)) {
      one.index = static_cast<size_t>(offset->v);
    } else {
      one.expression = compiled(column.expr);
    }
    computed.push_back(std::move(one));
  }
  return std::make_unique<engine::Projection>(std::move(input), std::move(computed));
}

}  // namespace vif::vtgate::plan
