// A subquery that runs before the query that uses it, which sees its result as bind variables.
#pragma once

#include <string>

#include "vtgate/engine/uncorrelated_subquery.h"
#include "vtgate/plan/operators/operator.h"

namespace vif::vtgate::plan {

class Subquery : public Operator {
 public:
  using Use = engine::UncorrelatedSubquery::Use;
  Subquery(OperatorPtr query, OperatorPtr in, Use use_of, std::string result_name,
           std::string has_values_name)
      : subquery(std::move(query)),
        outer(std::move(in)),
        use(use_of),
        result(std::move(result_name)),
        has_values(std::move(has_values_name)) {
    tables = outer->tables;
  }

  OperatorPtr subquery;
  OperatorPtr outer;
  Use use;
  std::string result;
  std::string has_values;

  bool add_predicate(PlanningContext& context, sql::Expr* predicate) override {
    return outer->add_predicate(context, predicate);
  }
  std::optional<size_t> try_add(PlanningContext& context, sql::Expr* expr, std::string_view alias,
                                bool reuse) override {
    return outer->try_add(context, expr, alias, reuse);
  }
  bool needs_weight(PlanningContext& context, size_t column) override {
    return outer->needs_weight(context, column);
  }
  int force_weight(PlanningContext& context, size_t column) override {
    return outer->force_weight(context, column);
  }
  int add_weight(PlanningContext& context, size_t column) override {
    return outer->add_weight(context, column);
  }
  uint32_t collation(PlanningContext& context, size_t column) override {
    return outer->collation(context, column);
  }
  bool takes_aliases(TableSet used) const override { return outer->takes_aliases(used); }
  size_t column_count() const override { return outer->column_count(); }
  bool truncate(size_t n) override { return outer->truncate(n); }
  engine::PrimitivePtr build(PlanningContext& context) override;
};

}  // namespace vif::vtgate::plan
