// UNION of queries that run in different places.
#pragma once

#include "vtgate/plan/operators/operator.h"

namespace vif::vtgate::plan {

class Union : public Operator {
 public:
  explicit Union(std::vector<OperatorPtr> in) : inputs(std::move(in)) {}

  std::vector<OperatorPtr> inputs;
  std::vector<size_t> compared;  // columns with weight strings

  // Nothing can be added by expression: a column has another one in each input.
  std::optional<size_t> try_add(PlanningContext&, sql::Expr*, std::string_view, bool) override {
    return std::nullopt;
  }
  bool needs_weight(PlanningContext& context, size_t column) override;
  int add_weight(PlanningContext& context, size_t column) override;
  uint32_t collation(PlanningContext& context, size_t column) override;
  int force_weight(PlanningContext& context, size_t column) override;
  size_t column_count() const override { return inputs[0]->column_count(); }
  void push_limit(PlanningContext& context) override {
    for (OperatorPtr& input : inputs) input->push_limit(context);
  }
  engine::PrimitivePtr build(PlanningContext& context) override;
};

}  // namespace vif::vtgate::plan
