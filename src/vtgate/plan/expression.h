// Expressions that the gate computes itself: from the planner's tree to eval's programs.
#pragma once

#include <string>
#include <vector>

#include "vtgate/engine/primitive.h"
#include "vtgate/plan/context.h"

namespace vif::vtgate::plan {

// Keeps the rows for which `predicate` (in column numbers, sql::Offset) is true. Throws VT12001
// when eval cannot compute it as MySQL would.
engine::PrimitivePtr filter_primitive(PlanningContext& context, engine::PrimitivePtr input,
                                      const sql::Expr* predicate);

struct ProjectedColumn {
  const sql::Expr* expr = nullptr;  // in column numbers of the input
  std::string name;                 // "" keeps the input column's
};
engine::PrimitivePtr projection_primitive(PlanningContext& context, engine::PrimitivePtr input,
                                          const std::vector<ProjectedColumn>& columns);

}  // namespace vif::vtgate::plan
