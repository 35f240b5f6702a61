// Leaves out repeated rows, in the gate.
#pragma once

#include "vtgate/plan/operators/over_rows.h"

namespace vif::vtgate::plan {

class Distinct : public Narrowing {
 public:
  // By the first `count` columns.
  Distinct(PlanningContext& context, OperatorPtr in, size_t count);

  std::vector<engine::OrderBy> columns;

  bool push_order(PlanningContext& context, const std::vector<OrderKey>& keys) override {
    return input->push_order(context, keys);
  }
  engine::PrimitivePtr build(PlanningContext& context) override;
};

}  // namespace vif::vtgate::plan
