// A derived table whose query does not fit into one route: its columns go by name.
#pragma once

#include "vtgate/plan/operators/operator.h"

namespace vif::vtgate::plan {

class Derived : public Operator {
 public:
  Derived(OperatorPtr in, size_t table) : input(std::move(in)), number(table) {
    tables = semantics::set_of(table);
  }

  OperatorPtr input;
  size_t number;

  bool add_predicate(PlanningContext& context, sql::Expr* predicate) override;
  std::optional<size_t> try_add(PlanningContext& context, sql::Expr* expr, std::string_view alias,
                                bool reuse) override;
  bool needs_weight(PlanningContext& context, size_t column) override {
    return input->needs_weight(context, column);
  }
  int force_weight(PlanningContext& context, size_t column) override {
    return input->force_weight(context, column);
  }
  int add_weight(PlanningContext& context, size_t column) override {
    return input->add_weight(context, column);
  }
  uint32_t collation(PlanningContext& context, size_t column) override {
    return input->collation(context, column);
  }
  bool takes_aliases(TableSet) const override { return false; }
  size_t column_count() const override { return input->column_count(); }
  engine::PrimitivePtr build(PlanningContext& context) override { return input->build(context); }
};

}  // namespace vif::vtgate::plan
