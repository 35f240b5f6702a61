// LIMIT over rows of several shards.
#pragma once

#include "vtgate/plan/operators/over_rows.h"

namespace vif::vtgate::plan {

class Limit : public OverRows {
 public:
  Limit(OperatorPtr in, engine::ValueExpr rows, std::optional<engine::ValueExpr> skip)
      : OverRows(std::move(in)), count(std::move(rows)), offset(std::move(skip)) {}

  engine::ValueExpr count;
  std::optional<engine::ValueExpr> offset;
  bool calc_found_rows = false;

  bool truncate(size_t n) override { return input->truncate(n); }
  engine::PrimitivePtr build(PlanningContext& context) override;
};

}  // namespace vif::vtgate::plan
