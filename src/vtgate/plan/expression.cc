#include "vtgate/plan/expression.h"

#include "sql/tree.h"
#include "vtgate/engine/filter.h"
#include "vtgate/engine/projection.h"
#include "vtgate/plan/operators/operator.h"

namespace vif::vtgate::plan {

namespace {

engine::Expression compiled(const PlanningContext& context, const sql::Expr* expr) {
  engine::Collations collations;
  collations.connection = context.in.collation;
  sql::walk(static_cast<const sql::Node*>(expr), [&](const sql::Node& node) {
    const auto* offset = sql::as<sql::Offset>(&node);
    const uint32_t collation =
        offset && offset->original ? text_collation(context, offset->original) : 0;
    if (collation == 0) return true;
    const auto index = static_cast<size_t>(offset->v);
    if (index >= collations.columns.size()) collations.columns.resize(index + 1);
    collations.columns[index] = collation;
    return true;
  });
  auto expression =
      engine::Expression::make(*expr, std::move(collations), context.in.flavor == Flavor::kMariaDb);
  if (!expression.ok()) throw SqlError{expression.error()};
  return std::move(*expression);
}

}  // namespace

engine::PrimitivePtr filter_primitive(PlanningContext& context, engine::PrimitivePtr input,
                                      const sql::Expr* predicate) {
  return std::make_unique<engine::Filter>(std::move(input), compiled(context, predicate));
}

engine::PrimitivePtr projection_primitive(PlanningContext& context, engine::PrimitivePtr input,
                                          const std::vector<ProjectedColumn>& columns) {
  std::vector<engine::Projection::Column> computed;
  for (const ProjectedColumn& column : columns) {
    engine::Projection::Column one;
    one.name = column.name;
    if (const auto* offset = sql::as<sql::Offset>(column.expr)) {
      one.index = static_cast<size_t>(offset->v);
    } else {
      one.expression = compiled(context, column.expr);
    }
    computed.push_back(std::move(one));
  }
  return std::make_unique<engine::Projection>(std::move(input), std::move(computed));
}

}  // namespace vif::vtgate::plan
