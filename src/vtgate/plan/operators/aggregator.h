// GROUP BY and aggregate functions over rows of several shards. Over a route, the shards aggregate
// first and the gate adds up; over a join, the gate does it all.
#pragma once

#include <string>

#include "vtgate/engine/aggregate.h"
#include "vtgate/plan/operators/operator.h"

namespace vif::vtgate::plan {

class Route;

class Aggregator : public Operator {
 public:
  // Who aggregates. kRows: parts of the result say too little (GROUP_CONCAT, STD, several
  // DISTINCTs), so that the gate takes the rows, each group's in the order of the table's primary
  // key, as one server would read them.
  enum class From : uint8_t { kShards, kRows };

  // `order`: how the rows shall come out, as far as it is an order of the groups; it may be empty.
  // `distinct`: the one argument of the query's DISTINCT aggregates, null when there are none, or
  // when they come from rows.
  Aggregator(PlanningContext& context, OperatorPtr input, From from,
             const std::vector<sql::Expr*>& groups, sql::Expr* distinct,
             const std::vector<semantics::Block::Order>& order);

  OperatorPtr input;

  // Its rows come sorted by these expressions, in this order.
  const std::vector<std::pair<std::string, bool>>& sorted_by() const { return sorted_by_; }

  std::optional<size_t> try_add(PlanningContext& context, sql::Expr* expr, std::string_view alias,
                                bool reuse) override;
  bool needs_weight(PlanningContext& context, size_t column) override;
  int add_weight(PlanningContext& context, size_t column) override;
  uint32_t collation(PlanningContext& context, size_t column) override;
  size_t column_count() const override { return outputs_.size(); }
  engine::PrimitivePtr build(PlanningContext& context) override;

 private:
  struct Group {
    std::string key;
    size_t output = 0;
    engine::OrderBy column;  // of the input
  };
  struct Output {
    std::string key;
    engine::Aggregate aggregate;
    sql::Expr* expr = nullptr;
  };
  size_t add_output(PlanningContext& context, engine::Aggregate aggregate, sql::Expr* expr);
  size_t input_column(PlanningContext& context, sql::Expr* expr);
  std::optional<size_t> add_function(PlanningContext& context, sql::AggrFunc* function);
  size_t add_concatenation(PlanningContext& context, sql::GroupConcatExpr* concat);
  // A function without partial results: over the rows, or over what shards made of them.
  size_t add_of_rows(PlanningContext& context, engine::Aggregate aggregate,
                     sql::AggrFunc* function);
  engine::OrderBy compared_column(PlanningContext& context, sql::Expr* expr);

  const From from_;
  bool over_route_ = false;
  Route* pushed_ = nullptr;  // the input, when the shards aggregate first
  std::vector<Group> groups_;
  std::optional<engine::OrderBy>
      distinct_;  // the DISTINCT argument's column; rows come sorted by it within a group
  std::string distinct_key_;
  std::vector<Output> outputs_;
  std::vector<std::pair<std::string, bool>> sorted_by_;
};

}  // namespace vif::vtgate::plan
