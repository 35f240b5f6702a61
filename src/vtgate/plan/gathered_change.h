// UPDATE and DELETE whose conditions no plan of routes and joins can decide.
#pragma once

#include "sql/parser.h"
#include "vtgate/plan/plan.h"
#include "vtgate/plan/planner.h"

namespace vif::vtgate::plan {

// A query that gathers rows (gathered.h) finds the primary keys of the rows to change, which are
// then changed by those. Errors: VT12001 where that is not possible: several tables, no known
// primary key, subqueries in what is assigned.
Result<std::shared_ptr<const Plan>> build_gathered_change(const sql::Parsed& parsed,
                                                          const PlanContext& in);

}  // namespace vif::vtgate::plan
