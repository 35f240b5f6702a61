// Picks columns, and computes in the gate those that no shard can.
#pragma once

#include <string>

#include "vtgate/plan/operators/operator.h"

namespace vif::vtgate::plan {

class Projection : public Operator {
 public:
  struct Column {
    sql::Expr* expr = nullptr;  // in column numbers of the input
    std::string key;
    std::string name;  // of the result's column; "" keeps the input's
  };
  explicit Projection(OperatorPtr in) : input(std::move(in)) { tables = input->tables; }

  OperatorPtr input;
  std::vector<Column> columns;

  std::optional<size_t> try_add(PlanningContext& context, sql::Expr* expr, std::string_view alias,
                                bool reuse) override;
  bool needs_weight(PlanningContext& context, size_t column) override;
  int add_weight(PlanningContext& context, size_t column) override;
  int force_weight(PlanningContext& context, size_t column) override;
  uint32_t collation(PlanningContext& context, size_t column) override;
  bool push_order(PlanningContext& context, const std::vector<OrderKey>& keys) override;
  void push_limit(PlanningContext& context) override { input->push_limit(context); }
  size_t column_count() const override { return columns.size(); }
  bool truncate(size_t count) override {
    columns.resize(count);
    return true;
  }
  engine::PrimitivePtr build(PlanningContext& context) override;

 private:
  int pass_on(PlanningContext& context, int weight);
};

}  // namespace vif::vtgate::plan
