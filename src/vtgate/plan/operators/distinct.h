// Leaves out repeated rows, in the gate.
#pragma once

#include "vtgate/plan/operators/operator.h"

namespace vif::vtgate::plan {

class Distinct : public Operator {
 public:
  // By the first `count` columns.
  Distinct(PlanningContext& context, OperatorPtr in, size_t count);

  OperatorPtr input;
  std::vector<engine::OrderBy> columns;

  std::optional<size_t> try_add(PlanningContext& context, sql::Expr* expr, std::string_view alias, bool reuse) override {
    const auto column = input->try_add(context, expr, alias, reuse);
    if (column && *column >= visible_) visible_ = 0;
    return column;
  }
  bool needs_weight(PlanningContext& context, size_t column) override { return input->needs_weight(context, column); }
  int force_weight(PlanningContext& context, size_t column) override {
    const int weight = input->force_weight(context, column);
    if (weight >= 0 && static_cast<size_t>(weight) >= visible_) visible_ = 0;
    return weight;
  }
  int add_weight(PlanningContext& context, size_t column) override {
    const int weight = input->add_weight(context, column);
    if (weight >= 0 && static_cast<size_t>(weight) >= visible_) visible_ = 0;
    return weight;
  }
  uint32_t collation(PlanningContext& context, size_t column) override { return input->collation(context, column); }
  bool push_order(PlanningContext& context, const std::vector<OrderKey>& keys) override {
    return input->push_order(context, keys);
  }
  size_t column_count() const override { return visible_ != 0 ? visible_ : input->column_count(); }
  bool truncate(size_t count) override {
    visible_ = count;
    return true;
  }
  engine::PrimitivePtr build(PlanningContext& context) override;

 private:
  size_t visible_ = 0;
};

}  // namespace vif::vtgate::plan
