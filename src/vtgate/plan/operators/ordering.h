// Sorts in the gate.
#pragma once

#include "vtgate/plan/operators/over_rows.h"

namespace vif::vtgate::plan {

class Ordering : public Narrowing {
 public:
  Ordering(OperatorPtr in, std::vector<engine::OrderBy> by)
      : Narrowing(std::move(in)), order_by(std::move(by)) {}

  std::vector<engine::OrderBy> order_by;

  engine::PrimitivePtr build(PlanningContext& context) override;
};

}  // namespace vif::vtgate::plan
