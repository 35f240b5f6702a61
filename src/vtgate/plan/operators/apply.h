// A correlated subquery that runs elsewhere than the query around it: once for each of its rows.
#pragma once

#include <map>
#include <string>

#include "vtgate/engine/apply.h"
#include "vtgate/plan/operators/operator.h"

namespace vif::vtgate::plan {

class Apply : public Operator {
 public:
  using Use = engine::Apply::Use;
  // `result` is the name of a column without a table that stands for the subquery in the outer
  // expressions. `columns` are what the inner query reads of the outer one: bind variable ->
  // column.
  Apply(OperatorPtr in, OperatorPtr query, Use use_of, std::string result_name,
        std::map<std::string, sql::Expr*> columns)
      : outer(std::move(in)),
        inner(std::move(query)),
        use(use_of),
        result(std::move(result_name)),
        correlated(std::move(columns)) {
    tables = outer->tables;
  }

  OperatorPtr outer;
  OperatorPtr inner;
  Use use;
  std::string result;
  std::map<std::string, sql::Expr*> correlated;

  bool add_predicate(PlanningContext& context, sql::Expr* predicate) override;
  std::optional<size_t> try_add(PlanningContext& context, sql::Expr* expr, std::string_view alias,
                                bool reuse) override;
  int add_weight(PlanningContext& context, size_t column) override;
  uint32_t collation(PlanningContext& context, size_t column) override;
  bool takes_aliases(TableSet used) const override { return outer->takes_aliases(used); }
  size_t column_count() const override { return columns_.size(); }
  engine::PrimitivePtr build(PlanningContext& context) override;

 private:
  bool reads_result(const sql::Expr* expr) const;
  size_t give(int column);
  std::vector<int> columns_;
  std::string name_;  // the subquery's own, as an item of a select list
};

}  // namespace vif::vtgate::plan
