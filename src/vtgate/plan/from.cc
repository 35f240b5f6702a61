// FROM and WHERE: tables become routes, routes that meet on one shard become one, the rest are
// joined in the gate, cheapest pair first.
#include <algorithm>

#include "sql/printer.h"
#include "sql/tree.h"
#include "vtgate/plan/operators/apply.h"
#include "vtgate/plan/operators/derived.h"
#include "vtgate/plan/operators/filter.h"
#include "vtgate/plan/operators/join.h"
#include "vtgate/plan/steps.h"

namespace vif::vtgate::plan {

using semantics::contains;
using semantics::tables_of;

namespace {

struct Graph {
  std::vector<OperatorPtr> items;
  std::vector<sql::Expr*> predicates;
};

// Tables whose columns some condition compares with: rows where an outer join filled in NULLs do
// not pass it.
TableSet null_rejected(const PlanningContext& context, const std::vector<sql::Expr*>& clauses) {
  TableSet tables = 0;
  auto add = [&](const sql::Expr* expr) {
    if (sql::is<sql::ColName>(expr)) tables |= tables_of(context.analysis, expr);
  };
  for (const sql::Expr* clause : clauses) {
    if (const auto* comparison = sql::as<sql::ComparisonExpr>(clause)) {
      if (comparison->op == sql::ComparisonOp::kNullSafeEqual) continue;
      add(comparison->left);
      if (comparison->op != sql::ComparisonOp::kIn && comparison->op != sql::ComparisonOp::kNotIn)
        add(comparison->right);
    } else if (const auto* between = sql::as<sql::BetweenExpr>(clause)) {
      add(between->left);
    } else if (const auto* test = sql::as<sql::IsExpr>(clause)) {
      if (test->op == sql::IsOp::kNotNull) add(test->left);
    }
  }
  return tables;
}

int cost_of(Operator& op) {
  int cost = 0;
  for (const Route* route : routes_of(op)) cost += route->routing.cost();
  return cost;
}

// The condition as the right side of a join sees it, for guessing its cost.
sql::Expr* with_values_for(PlanningContext& context, sql::Expr* predicate, TableSet known) {
  return static_cast<sql::Expr*>(sql::rewrite(
      sql::clone(context.arena, predicate),
      [&](sql::Cursor& cursor) {
        const auto* column = sql::as<sql::ColName>(cursor.node);
        if (column && contains(known, tables_of(context.analysis, column)))
          cursor.replace(context.argument("left"));
        return !sql::is<sql::Subquery>(cursor.node);
      },
      [](sql::Cursor&) {}));
}

class Joiner {
 public:
  Joiner(PlanningContext& context, const std::vector<sql::Expr*>& clauses)
      : context_(context), null_rejected_(null_rejected(context, clauses)) {}

  void add(sql::TableExpr* expr, Graph& graph) {
    if (auto* paren = sql::as<sql::ParenTableExpr>(expr)) {
      for (sql::TableExpr* inner : paren->exprs) add(inner, graph);
    } else if (auto* join = sql::as<sql::JoinTableExpr>(expr)) {
      add_join(join, graph);
    } else {
      graph.items.push_back(leaf(static_cast<sql::AliasedTableExpr*>(expr)));
    }
  }

  OperatorPtr solve(Graph graph) {
    // Conditions on one table first: they decide where it is routed.
    std::vector<sql::Expr*> open;
    for (sql::Expr* predicate : graph.predicates) {
      const TableSet used = own_tables(graph, predicate);
      auto item = std::find_if(graph.items.begin(), graph.items.end(), [&](const OperatorPtr& op) {
        return used != 0 && contains(op->tables, used);
      });
      if (item == graph.items.end()) {
        open.push_back(predicate);
      } else if (!(*item)->add_predicate(context_, predicate)) {
        *item = Filter::over(context_, std::move(*item), predicate);
      }
    }
    while (graph.items.size() > 1) join_cheapest(graph.items, open);
    OperatorPtr op = std::move(graph.items[0]);
    for (sql::Expr* predicate : open) {
      if (!op->add_predicate(context_, predicate))
        op = Filter::over(context_, std::move(op), predicate);
    }
    return op;
  }

 private:
  // Without tables of enclosing queries.
  TableSet own_tables(const Graph& graph, const sql::Expr* predicate) const {
    TableSet all = 0;
    for (const OperatorPtr& item : graph.items) all |= item->tables;
    return tables_of(context_.analysis, predicate) & all;
  }

  size_t number_of(const sql::AliasedTableExpr* expr) const {
    for (size_t i = 0; i < context_.analysis.tables.size(); ++i) {
      if (context_.analysis.tables[i].node == expr) return i;
    }
    fail(Code::kInternal, "a table was not analyzed");
  }

  OperatorPtr leaf(sql::AliasedTableExpr* expr) {
    const size_t number = number_of(expr);
    const semantics::Table& table = context_.analysis.tables[number];
    if (table.vindex) unsupported("a vindex used as a table");
    if (table.derived) return derived(expr, number);
    if (table.dual) return Route::over(context_, Routing::dual(context_), number, expr);
    if (table.system_schema) return Route::over(context_, Routing::system(context_), number, expr);
    return Route::over(context_, Routing::table(context_, number), number, expr);
  }

  OperatorPtr derived(sql::AliasedTableExpr* expr, size_t number) {
    if (auto* select = sql::as<sql::Select>(expr->derived->select); select && !select->limit) {
      // An order inside of a derived table means nothing outside, unless a limit cuts by it.
      select->order_by = {};
      context_.analysis.blocks.at(select).order_by.clear();
    }
    OperatorPtr inner = plan_query(context_, *expr->derived->select);
    auto* route = dynamic_cast<Route*>(inner.get());
    if (route && (route->whole || route->routing.is_single_shard()) &&
        route->is_pure_but_for_order()) {
      expr->derived->select = route->statement;
      const auto* select = sql::as<sql::Select>(route->statement);
      const auto block = context_.analysis.blocks.find(select);
      if (block == context_.analysis.blocks.end() || block->second.aggregates)
        route->routing.any_shard_if_none();
      return Route::over(context_, route->routing, number, expr);
    }
    return std::make_unique<Derived>(std::move(inner), number);
  }

  void add_join(sql::JoinTableExpr* join, Graph& graph) {
    sql::Expr* condition = join->on;
    auto with_using = context_.analysis.using_predicates.find(join);
    if (with_using != context_.analysis.using_predicates.end()) condition = with_using->second;
    if (join->join == sql::JoinType::kNormal || join->join == sql::JoinType::kStraight) {
      add(join->left, graph);
      add(join->right, graph);
      add_conditions(graph, condition);
      return;
    }
    Graph left;
    Graph right;
    const bool mirrored = join->join == sql::JoinType::kRight;
    add(mirrored ? join->right : join->left, left);
    add(mirrored ? join->left : join->right, right);
    TableSet right_tables = 0;
    for (const OperatorPtr& item : right.items) right_tables |= item->tables;
    if ((right_tables & null_rejected_) != 0) {
      // Its unmatched rows would not pass WHERE: it is an inner join.
      for (Graph* side : {&left, &right}) {
        std::move(side->items.begin(), side->items.end(), std::back_inserter(graph.items));
        graph.predicates.insert(graph.predicates.end(), side->predicates.begin(),
                                side->predicates.end());
      }
      add_conditions(graph, condition);
      return;
    }
    graph.items.push_back(outer_join(std::move(left), std::move(right), condition));
  }

  void add_conditions(Graph& graph, sql::Expr* condition) {
    for (sql::Expr* term : split_and(condition)) {
      if (semantics::has_subquery(term)) unsupported("subquery in join predicate");
      graph.predicates.push_back(term);
    }
  }

  OperatorPtr outer_join(Graph left_graph, Graph right_graph, sql::Expr* condition) {
    std::vector<sql::Expr*> between;
    TableSet right_tables = 0;
    for (const OperatorPtr& item : right_graph.items) right_tables |= item->tables;
    for (sql::Expr* term : split_and(condition)) {
      if (semantics::has_subquery(term)) unsupported("subquery in outer join predicate");
      const TableSet used = tables_of(context_.analysis, term);
      (used != 0 && contains(right_tables, used) ? right_graph.predicates : between)
          .push_back(term);
    }
    OperatorPtr left = solve(std::move(left_graph));
    OperatorPtr right = solve(std::move(right_graph));
    auto* l = dynamic_cast<Route*>(left.get());
    auto* r = dynamic_cast<Route*>(right.get());
    if (l && r) {
      if (auto merged = Route::merge(context_, *l, *r, between, true)) return merged;
    }
    auto join = std::make_unique<Join>(std::move(left), std::move(right), true);
    for (sql::Expr* term : between) join->add_join_predicate(context_, term);
    return join;
  }

  struct Choice {
    size_t left = 0;
    size_t right = 0;
    int cost = INT_MAX;
    bool merges = false;
  };

  std::vector<sql::Expr*> conditions_between(const Operator& a, const Operator& b,
                                             const std::vector<sql::Expr*>& open) {
    std::vector<sql::Expr*> between;
    const TableSet both = a.tables | b.tables;
    for (sql::Expr* predicate : open) {
      const TableSet used = tables_of(context_.analysis, predicate) & all_tables_;
      if (used != 0 && contains(both, used)) between.push_back(predicate);
    }
    return between;
  }

  int join_cost(Operator& a, Operator& b, const std::vector<sql::Expr*>& between, bool& merges) {
    auto* l = dynamic_cast<Route*>(&a);
    auto* r = dynamic_cast<Route*>(&b);
    merges = false;
    if (l && r) {
      if (auto merged = Routing::merge(context_, l->routing, r->routing, between, false)) {
        merges = true;
        for (sql::Expr* predicate : between) merged->add_predicate(context_, predicate);
        return merged->cost();
      }
    }
    int right_cost = cost_of(b);
    if (r && !between.empty()) {
      Routing shifted = r->routing;
      for (sql::Expr* predicate : between)
        shifted.add_predicate(context_, with_values_for(context_, predicate, a.tables));
      right_cost = shifted.cost();
    }
    // What cannot take a condition from the left side had better be the left side itself.
    constexpr int kCannotFilter = 1000;
    if (!r && !dynamic_cast<Join*>(&b)) right_cost += kCannotFilter;
    return cost_of(a) + right_cost;
  }

  void join_cheapest(std::vector<OperatorPtr>& items, std::vector<sql::Expr*>& open) {
    all_tables_ = 0;
    for (const OperatorPtr& item : items) all_tables_ |= item->tables;
    Choice best;
    for (const bool cross : {false, true}) {
      for (size_t i = 0; i < items.size(); ++i) {
        for (size_t j = 0; j < items.size(); ++j) {
          if (i == j) continue;
          const auto between = conditions_between(*items[i], *items[j], open);
          if (between.empty() && !cross) continue;
          bool merges;
          const int cost = join_cost(*items[i], *items[j], between, merges);
          if (cost < best.cost) best = {i, j, cost, merges};
        }
      }
      if (best.cost != INT_MAX) break;
    }
    const auto between = conditions_between(*items[best.left], *items[best.right], open);
    std::erase_if(open, [&](sql::Expr* p) {
      return std::find(between.begin(), between.end(), p) != between.end();
    });
    OperatorPtr joined;
    if (best.merges) {
      joined = Route::merge(context_, static_cast<Route&>(*items[best.left]),
                            static_cast<Route&>(*items[best.right]), between, false);
    } else {
      auto join =
          std::make_unique<Join>(std::move(items[best.left]), std::move(items[best.right]), false);
      for (sql::Expr* predicate : between) join->add_join_predicate(context_, predicate);
      joined = std::move(join);
    }
    items.erase(items.begin() + static_cast<ptrdiff_t>(std::max(best.left, best.right)));
    items.erase(items.begin() + static_cast<ptrdiff_t>(std::min(best.left, best.right)));
    items.push_back(std::move(joined));
  }

  PlanningContext& context_;
  TableSet null_rejected_;
  TableSet all_tables_ = 0;
};

}  // namespace

std::vector<Route*> routes_of(Operator& op) {
  if (auto* route = dynamic_cast<Route*>(&op)) return {route};
  if (auto* filter = dynamic_cast<Filter*>(&op)) return routes_of(*filter->input);
  if (auto* apply = dynamic_cast<Apply*>(&op)) return routes_of(*apply->outer);
  std::vector<Route*> routes;
  if (auto* join = dynamic_cast<Join*>(&op)) {
    routes = routes_of(*join->left);
    const std::vector<Route*> right = routes_of(*join->right);
    routes.insert(routes.end(), right.begin(), right.end());
  }
  return routes;
}

OperatorPtr plan_from(PlanningContext& context, const sql::List<sql::TableExpr*>& from,
                      const std::vector<sql::Expr*>& clauses) {
  Joiner joiner(context, clauses);
  Graph graph;
  for (const sql::TableExpr* expr : from) joiner.add(const_cast<sql::TableExpr*>(expr), graph);
  for (sql::Expr* clause : clauses) {
    if (!semantics::has_subquery(clause)) graph.predicates.push_back(clause);
  }
  return joiner.solve(std::move(graph));
}

}  // namespace vif::vtgate::plan
