// Plans for what routes and joins cannot answer: a server computes it, over rows gathered in one
// shard.
#pragma once

#include "vtgate/plan/planner.h"

namespace vif::sql {
struct Statement;
}

namespace vif::vtgate::plan {

// As build(); a query that build() refuses (VT12001), or that the gate may find it cannot compute,
// is planned over gathered rows too. When those cannot travel either, the error is build()'s.
Result<std::shared_ptr<const Plan>> build_gathering(const sql::Parsed& statement,
                                                    const PlanContext& context);

// The plan that gathers the rows of `query`. Throws SqlError when they cannot travel.
std::shared_ptr<Plan> gathered_plan(const sql::Statement& query, const PlanContext& context);

}  // namespace vif::vtgate::plan
