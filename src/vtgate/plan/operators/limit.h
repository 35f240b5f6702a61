// LIMIT over rows of several shards.
#pragma once

#include "vtgate/plan/operators/operator.h"

namespace vif::vtgate::plan {

class Limit : public Operator {
 public:
  Limit(OperatorPtr in, engine::ValueExpr rows, std::optional<engine::ValueExpr> skip)
      : input(std::move(in)), count(std::move(rows)), offset(std::move(skip)) {
    tables = input->tables;
  }

  OperatorPtr input;
  engine::ValueExpr count;
  std::optional<engine::ValueExpr> offset;
  bool calc_found_rows = false;

  std::optional<size_t> try_add(PlanningContext& context, sql::Expr* expr, std::string_view alias, bool reuse) override {
    return input->try_add(context, expr, alias, reuse);
  }
  bool needs_weight(PlanningContext& context, size_t column) override { return input->needs_weight(context, column); }
  int add_weight(PlanningContext& context, size_t column) override { return input->add_weight(context, column); }
  uint32_t collation(PlanningContext& context, size_t column) override { return input->collation(context, column); }
  int force_weight(PlanningContext& context, size_t column) override { return input->force_weight(context, column); }
  size_t column_count() const override { return input->column_count(); }
  bool truncate(size_t n) override { return input->truncate(n); }
  engine::PrimitivePtr build(PlanningContext& context) override;
};

}  // namespace vif::vtgate::plan
