// Queries whose columns are told as a server has them, where the gate computes some, and whose
// groupings are refused as a server does, where the gate groups.
#pragma once

#include "sql/parser.h"
#include "vtgate/engine/primitive.h"
#include "vtgate/plan/planner.h"

namespace vif::vtgate::plan {

// `root`, the plan of `statement`, under the types of a server's own columns; or just `root`, where
// they are those already and no grouping can be refused, or no server has all the tables.
engine::PrimitivePtr with_server_types(const sql::Statement& statement, const PlanContext& in,
                                       engine::PrimitivePtr root);

}  // namespace vif::vtgate::plan
