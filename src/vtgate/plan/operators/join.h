// A join whose sides live in different places: nested loop, the left side's values travel as bind
// variables.
#pragma once

#include <map>
#include <string>

#include "vtgate/plan/operators/operator.h"

namespace vif::vtgate::plan {

class Join : public Operator {
 public:
  Join(OperatorPtr l, OperatorPtr r, bool left_outer)
      : left(std::move(l)), right(std::move(r)), outer(left_outer) {
    tables = left->tables | right->tables;
  }

  OperatorPtr left;
  OperatorPtr right;
  bool outer;

  // A condition of the join itself (ON). REQUIRES: it is about these two sides only.
  void add_join_predicate(PlanningContext& context, sql::Expr* predicate);

  bool add_predicate(PlanningContext& context, sql::Expr* predicate) override;
  std::optional<size_t> try_add(PlanningContext& context, sql::Expr* expr, std::string_view alias,
                                bool reuse) override;
  bool needs_weight(PlanningContext& context, size_t column) override {
    const Column& of = columns_[column];
    return (of.left ? left : right)->needs_weight(context, of.index);
  }
  int add_weight(PlanningContext& context, size_t column) override;
  uint32_t collation(PlanningContext& context, size_t column) override;
  int force_weight(PlanningContext& context, size_t column) override;
  bool push_order(PlanningContext& context, const std::vector<OrderKey>& keys) override;
  bool takes_aliases(TableSet used) const override {
    return (semantics::contains(left->tables, used & tables) ? left : right)->takes_aliases(used);
  }
  size_t column_count() const override { return columns_.size(); }
  engine::PrimitivePtr build(PlanningContext& context) override;

 private:
  struct Column {
    bool left = true;
    size_t index = 0;
    std::string key;
  };
  int pass_on(bool from_left, int weight);
  // `expr` as the right side can compute it: the left side's columns are bind variables.
  sql::Expr* for_right(PlanningContext& context, sql::Expr* expr);

  std::vector<Column> columns_;
  std::map<std::string, size_t> variables_;         // bind variable -> left column
  std::map<std::string, std::string> variable_of_;  // key of a left column -> bind variable
};

}  // namespace vif::vtgate::plan
