#include "vtgate/plan/expression.h"

#include "sql/printer.h"

namespace vif::vtgate::plan {

engine::PrimitivePtr filter_primitive(PlanningContext&, engine::PrimitivePtr, const sql::Expr* predicate) {
  unsupported(fmt::format("condition over several shards: {}", sql::print(predicate)));
}

engine::PrimitivePtr projection_primitive(PlanningContext&, engine::PrimitivePtr,
                                          const std::vector<ProjectedColumn>& columns) {
  for (const ProjectedColumn& column : columns) {
    if (!sql::is<sql::Offset>(column.expr)) unsupported(fmt::format("expression over several shards: {}", sql::print(column.expr)));
  }
  unsupported("projection");
}

}  // namespace vif::vtgate::plan
