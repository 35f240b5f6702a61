// One query for the shards of one keyspace: all that could be pushed down is in its statement.
#pragma once

#include <string>

#include "vtgate/plan/operators/operator.h"
#include "vtgate/plan/routing.h"

namespace vif::vtgate::plan {

class Route : public Operator {
 public:
  // Over one table of a FROM clause.
  static std::unique_ptr<Route> over(PlanningContext& context, Routing routing, size_t table,
                                     sql::TableExpr* from);
  // Two routes as one query, if their rows meet on one shard; `on` are the conditions between them.
  // Null when they must run apart; then neither has changed.
  static std::unique_ptr<Route> merge(PlanningContext& context, const Route& left,
                                      const Route& right, const std::vector<sql::Expr*>& on,
                                      bool left_outer);

  Routing routing;
  sql::TableStatement* statement = nullptr;
  // The statement is the client's own query block; its select list is not to be composed.
  bool whole = false;
  std::vector<engine::OrderBy> order_by;  // how the shards' results are merged

  explicit Route(Routing r) : routing(std::move(r)) {}
  sql::Select* select() { return sql::as<sql::Select>(statement); }
  // Takes the client's block (or union) as its statement.
  void take_whole(PlanningContext& context, sql::TableStatement* statement);
  // It is all of the plan: the client's own text may be sent.
  void set_root() { root_ = true; }
  // Nothing is left to do above it: it can stand inside another query.
  bool is_pure() const { return order_by.empty() && visible_ == 0; }
  bool is_pure_but_for_order() const { return visible_ == 0 || visible_ == column_total(); }
  // Makes the statement a derived table, so that columns can be added to any.
  void wrap(PlanningContext& context);
  // The column's expression; null when it is not known.
  sql::Expr* column_expr(size_t column) const;

  bool add_predicate(PlanningContext& context, sql::Expr* predicate) override;
  std::optional<size_t> try_add(PlanningContext& context, sql::Expr* expr, std::string_view alias,
                                bool reuse) override;
  int add_weight(PlanningContext& context, size_t column) override;
  bool needs_weight(PlanningContext& context, size_t column) override {
    const sql::Expr* expr = column_expr(column);
    return !expr || plan::needs_weight(context, expr);
  }
  uint32_t collation(PlanningContext& context, size_t column) override;
  int force_weight(PlanningContext& context, size_t column) override;
  bool push_order(PlanningContext& context, const std::vector<OrderKey>& keys) override;
  void push_limit(PlanningContext& context) override;
  size_t column_count() const override;
  bool truncate(size_t count) override;
  engine::PrimitivePtr build(PlanningContext& context) override;

 private:
  bool has_star() const;
  int add_member_number(PlanningContext& context, sql::Expr* expr);
  size_t column_total() const;
  size_t visible_ = 0;
  bool root_ = false;
};

}  // namespace vif::vtgate::plan
