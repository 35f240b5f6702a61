// Subqueries: one that runs on the same shard as the query around it stays where it is; another one runs first
// and leaves its result in a bind variable.
#include "sql/ast_func.h"
#include "sql/tree.h"
#include "vtgate/plan/operators/subquery.h"
#include "vtgate/plan/steps.h"

namespace vif::vtgate::plan {

using semantics::contains;
using semantics::tables_of;
using Use = engine::UncorrelatedSubquery::Use;

namespace {

struct Place {
  sql::Subquery* subquery = nullptr;
  sql::Node* holder = nullptr;  // what is replaced: the EXISTS, the IN, or the subquery itself
  Use use = Use::kValue;
  sql::Expr* outer_expr = nullptr;  // of IN
};

// Subqueries of an expression, not those inside of them.
std::vector<Place> places_in(sql::Expr* root) {
  std::vector<Place> places;
  sql::walk(static_cast<sql::Node*>(root), [&](sql::Node& node) {
    if (auto* exists = sql::as<sql::ExistsExpr>(&node)) {
      places.push_back({exists->subquery, exists, Use::kExists, nullptr});
      return false;
    }
    if (auto* comparison = sql::as<sql::ComparisonExpr>(&node)) {
      auto* subquery = sql::as<sql::Subquery>(comparison->right);
      const bool in = comparison->op == sql::ComparisonOp::kIn;
      if (subquery && (in || comparison->op == sql::ComparisonOp::kNotIn)) {
        for (Place& left : places_in(comparison->left)) places.push_back(left);
        places.push_back({subquery, comparison, in ? Use::kIn : Use::kNotIn, comparison->left});
        return false;
      }
    }
    if (auto* subquery = sql::as<sql::Subquery>(&node)) {
      places.push_back({subquery, subquery, Use::kValue, nullptr});
      return false;
    }
    return true;
  });
  return places;
}

class Settler {
 public:
  Settler(PlanningContext& context, Operator& op, std::vector<Pulled>& pulled)
      : context_(context), routes_(routes_of(op)), pulled_(pulled), op_(op) {}

  void settle(sql::Expr*& root) {
    for (const Place& place : places_in(root)) {
      const TableSet outside = context_.analysis.outer_of(*place.subquery->select);
      Route* home = home_of(root);
      std::vector<Pulled> inner_pulled;
      auto* select = sql::as<sql::Select>(place.subquery->select);
      OperatorPtr source;
      if (select) {
        source = plan_from(context_, select->from, split_and(select->where));
        settle_subqueries(context_, *source, *select, inner_pulled);
        if (home && inner_pulled.empty() && merge(*home, *source, *select, place)) continue;
      } else if (outside == 0 || (outside & op_.tables) == 0) {
        source = plan_query(context_, *place.subquery->select);
        auto* route = dynamic_cast<Route*>(source.get());
        if (home && route && route->is_pure_but_for_order() && merge_beside(*home, *route)) continue;
      }
      if ((outside & op_.tables) != 0 || !source) {
        if (place.use == Use::kExists) unsupported("correlated EXISTS subquery over several shards");
        unsupported("correlated subquery is only supported for EXISTS");
      }
      if (outside != 0) unsupported("correlated subquery is only supported for EXISTS");
      if (select) source = with_pulled(plan_horizon(context_, *select, std::move(source)), std::move(inner_pulled));
      pull_out(root, place, std::move(source));
    }
  }

 private:
  // The route that will hold the expression; null when it needs several.
  Route* home_of(const sql::Expr* root) {
    const TableSet used = tables_of(context_.analysis, root) & op_.tables;
    for (Route* route : routes_) {
      if (contains(route->tables, used)) return route;
    }
    return nullptr;
  }

  bool merge(Route& home, Operator& source, sql::Select& select, const Place& place) {
    auto* inner = dynamic_cast<Route*>(&source);
    if (!inner) return false;
    std::vector<sql::Expr*> meeting = split_and(select.where);
    const semantics::Block& block = context_.analysis.block(select);
    const bool every_row = !select.limit && !block.aggregates && select.exprs.size() == 1;
    const auto* item = select.exprs.empty() ? nullptr : sql::as<sql::AliasedExpr>(select.exprs[0]);
    if (place.use == Use::kIn && every_row && item) {
      auto* equal = context_.arena.make<sql::ComparisonExpr>();
      equal->left = place.outer_expr;
      equal->right = item->expr;
      meeting.push_back(equal);
    }
    if (merge_beside(home, *inner)) return true;
    if (!Routing::joins_on_vindex(context_, home.routing, inner->routing, meeting)) return false;
    auto merged = Routing::merge(context_, home.routing, inner->routing, meeting, true);
    if (!merged) return false;
    home.routing = std::move(*merged);
    return true;
  }

  // Both run on one shard, the same one.
  bool merge_beside(Route& home, const Route& inner) {
    if (home.routing.kind() != Routing::Kind::kDual && inner.routing.kind() == Routing::Kind::kDual) return true;
    if (inner.routing.kind() == Routing::Kind::kAnyShard && home.routing.keyspace() == inner.routing.keyspace() &&
        home.routing.sharded()) {
      // Every shard has all of a reference table.
      auto with = Routing::merge(context_, home.routing, inner.routing, {}, true);
      if (!with) return false;
      home.routing = std::move(*with);
      return true;
    }
    auto merged = Routing::merge_beside(home.routing, inner.routing, false);
    if (!merged) return false;
    home.routing = std::move(*merged);
    return true;
  }

  void pull_out(sql::Expr*& root, const Place& place, OperatorPtr query) {
    Pulled pulled{std::move(query), place.use, "", ""};
    if (place.use != Use::kValue) pulled.has_values = context_.reserve("__sq_has_values");
    if (place.use != Use::kExists) pulled.result = context_.reserve_numbered("__sq");
    sql::Expr* replacement = nullptr;
    auto* comparison = sql::as<sql::ComparisonExpr>(place.holder);
    switch (place.use) {
      case Use::kValue: replacement = context_.argument(pulled.result); break;
      case Use::kExists: replacement = context_.argument(pulled.has_values); break;
      case Use::kIn:
        comparison->right = context_.list_argument(pulled.result);
        replacement = context_.conjunction(context_.argument(pulled.has_values), comparison);
        break;
      case Use::kNotIn: {
        comparison->right = context_.list_argument(pulled.result);
        auto* either = context_.arena.make<sql::OrExpr>();
        auto* none = context_.arena.make<sql::NotExpr>();
        none->expr = context_.argument(pulled.has_values);
        either->left = none;
        either->right = comparison;
        replacement = either;
        break;
      }
    }
    root = static_cast<sql::Expr*>(sql::rewrite(
        root,
        [&](sql::Cursor& cursor) {
          if (cursor.node != place.holder) return true;
          cursor.replace(replacement);
          return false;
        },
        [](sql::Cursor&) {}));
    context_.rewritten = true;
    pulled_.push_back(std::move(pulled));
  }

  PlanningContext& context_;
  std::vector<Route*> routes_;
  std::vector<Pulled>& pulled_;
  Operator& op_;
};

}  // namespace

void settle_subqueries(PlanningContext& context, Operator& op, sql::Expr*& root, std::vector<Pulled>& pulled) {
  if (semantics::has_subquery(root)) Settler(context, op, pulled).settle(root);
}

void settle_subqueries(PlanningContext& context, Operator& op, sql::Select& select, std::vector<Pulled>& pulled) {
  std::vector<sql::Expr*> terms = split_and(select.where);
  sql::Expr* where = nullptr;
  for (sql::Expr*& term : terms) {
    const bool had = semantics::has_subquery(term);
    settle_subqueries(context, op, term, pulled);
    where = context.conjunction(where, term);
    if (!had) continue;
    for (sql::Expr* part : split_and(term)) {
      if (!op.add_predicate(context, part)) unsupported("subquery in a condition over several shards");
    }
  }
  select.where = where;
  for (sql::SelectExpr* expr : select.exprs) {
    auto* item = sql::as<sql::AliasedExpr>(expr);
    if (!item || !semantics::has_subquery(item->expr)) continue;
    if (item->as.empty()) item->as = context.arena.copy(semantics::column_name(*item));
    settle_subqueries(context, op, item->expr, pulled);
  }
  semantics::Block& block = context.analysis.blocks.at(&select);
  const size_t before = pulled.size();
  settle_subqueries(context, op, block.having, pulled);
  for (semantics::Block::Order& order : block.order_by) settle_subqueries(context, op, order.expr, pulled);
  if (pulled.size() == before || !dynamic_cast<Route*>(&op)) return;
  // A route sends these clauses as the client wrote them, and there the subquery would still stand.
  bool stands = semantics::has_subquery(select.having);
  for (const sql::Order* order : select.order_by) stands = stands || semantics::has_subquery(order->expr);
  if (stands) unsupported("subquery in HAVING or ORDER BY over several shards");
}

OperatorPtr with_pulled(OperatorPtr op, std::vector<Pulled> pulled) {
  for (auto it = pulled.rbegin(); it != pulled.rend(); ++it) {
    op = std::make_unique<Subquery>(std::move(it->query), std::move(op), it->use, it->result, it->has_values);
  }
  return op;
}

}  // namespace vif::vtgate::plan
