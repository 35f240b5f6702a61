// Conditions that no shard can decide: computed in the gate.
#pragma once

#include "vtgate/plan/operators/over_rows.h"

namespace vif::vtgate::plan {

class Filter : public OverRows {
 public:
  static OperatorPtr over(PlanningContext& context, OperatorPtr input, sql::Expr* predicate);
  using OverRows::OverRows;

  std::vector<sql::Expr*> predicates;  // in column numbers of the input

  bool add_predicate(PlanningContext& context, sql::Expr* predicate) override;
  bool push_order(PlanningContext& context, const std::vector<OrderKey>& keys) override {
    return input->push_order(context, keys);
  }
  engine::PrimitivePtr build(PlanningContext& context) override;
};

}  // namespace vif::vtgate::plan
