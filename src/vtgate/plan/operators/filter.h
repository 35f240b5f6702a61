// Conditions that no shard can decide: computed in the gate.
#pragma once

#include "vtgate/plan/operators/operator.h"

namespace vif::vtgate::plan {

class Filter : public Operator {
 public:
  static OperatorPtr over(PlanningContext& context, OperatorPtr input, sql::Expr* predicate);
  explicit Filter(OperatorPtr in) : input(std::move(in)) { tables = input->tables; }

  OperatorPtr input;
  std::vector<sql::Expr*> predicates;  // in column numbers of the input

  bool add_predicate(PlanningContext& context, sql::Expr* predicate) override;
  std::optional<size_t> try_add(PlanningContext& context, sql::Expr* expr, std::string_view alias, bool reuse) override {
    return input->try_add(context, expr, alias, reuse);
  }
  int add_weight(PlanningContext& context, size_t column) override { return input->add_weight(context, column); }
  uint32_t collation(PlanningContext& context, size_t column) override { return input->collation(context, column); }
  int force_weight(PlanningContext& context, size_t column) override { return input->force_weight(context, column); }
  bool push_order(PlanningContext& context, const std::vector<OrderKey>& keys) override {
    return input->push_order(context, keys);
  }
  size_t column_count() const override { return input->column_count(); }
  engine::PrimitivePtr build(PlanningContext& context) override;
};

}  // namespace vif::vtgate::plan
