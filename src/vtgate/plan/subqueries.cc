// Subqueries: one that runs on the same shard as the query around it stays where it is; another one
// runs first and leaves its result in a bind variable.
#include "sql/ast_func.h"
#include "sql/tree.h"
#include "vtgate/plan/operators/apply.h"
#include "vtgate/plan/operators/filter.h"
#include "vtgate/plan/operators/literal_types.h"
#include "vtgate/plan/operators/subquery.h"
#include "vtgate/plan/steps.h"

#include <map>

namespace vif::vtgate::plan {

using semantics::contains;
using semantics::tables_of;
using Use = engine::UncorrelatedSubquery::Use;

namespace {

// The column that has what a subquery gives for a row.
constexpr std::string_view kApplied = "__apply";

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
  Settler(PlanningContext& context, OperatorPtr& op, std::vector<Pulled>& pulled)
      : context_(context), routes_(routes_of(*op)), pulled_(pulled), op_(op) {}

  void settle(sql::Expr*& root) {
    for (const Place& place : places_in(root)) {
      const TableSet outside = context_.analysis.outer_of(*place.subquery->select);
      Route* home = home_of(root);
      std::vector<Pulled> inner_pulled;
      auto* select = sql::as<sql::Select>(place.subquery->select);
      OperatorPtr source;
      if (select) {
        source = plan_from(context_, select->from, split_and(select->where));
        settle_subqueries(context_, source, *select, inner_pulled);
        if (home && inner_pulled.empty() && merge(*home, *source, *select, place)) continue;
      } else if (outside == 0 || (outside & op_->tables) == 0) {
        source = plan_query(context_, *place.subquery->select);
        auto* route = dynamic_cast<Route*>(source.get());
        if (home && route && route->is_pure_but_for_order() && merge_beside(*home, *route))
          continue;
      }
      if (select && (outside & op_->tables) != 0 && contains(op_->tables, outside)) {
        apply(root, place, *select, std::move(inner_pulled));
        continue;
      }
      if ((outside & op_->tables) != 0 || !source) {
        if (place.use == Use::kExists)
          unsupported("correlated EXISTS subquery over several shards");
        unsupported("correlated subquery is only supported for EXISTS");
      }
      if (outside != 0) unsupported("correlated subquery is only supported for EXISTS");
      if (select)
        source = with_pulled(plan_horizon(context_, *select, std::move(source)),
                             std::move(inner_pulled));
      pull_out(root, place, std::move(source));
    }
  }

 private:
  // The route that will hold the expression; null when it needs several.
  Route* home_of(const sql::Expr* root) {
    const TableSet used = tables_of(context_.analysis, root) & op_->tables;
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
    if (home.routing.kind() != Routing::Kind::kDual && inner.routing.kind() == Routing::Kind::kDual)
      return true;
    if (inner.routing.kind() == Routing::Kind::kAnyShard &&
        home.routing.keyspace() == inner.routing.keyspace() && home.routing.sharded()) {
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

  // Once for each row of what is outside. The subquery's outer columns become bind variables, and
  // then it is a query like any other.
  void apply(sql::Expr*& root, const Place& place, sql::Select& select,
             std::vector<Pulled> inner_pulled) {
    const bool exists = place.use == Use::kExists || place.use == Use::kIn;
    if (place.use == Use::kNotIn) unsupported("correlated NOT IN subquery over several shards");
    refuse_applied(select);
    if (place.use == Use::kIn) in_as_exists(root, place, select);
    std::map<std::string, sql::Expr*> columns;
    take_outer_columns(select, columns);
    OperatorPtr inner = with_pulled(plan_query(context_, select), std::move(inner_pulled));
    auto* result = context_.arena.make<sql::ColName>();
    result->name = context_.arena.copy(context_.reserve_numbered(std::string(kApplied)));
    replace(root, place, result);
    op_ = std::make_unique<Apply>(std::move(op_), std::move(inner),
                                  exists ? Apply::Use::kExists : Apply::Use::kValue,
                                  std::string(result->name), std::move(columns));
  }

  // What is run once a row in its own right is not found again when the query is planned anew.
  static void refuse_applied(const sql::Select& select) {
    sql::walk(static_cast<const sql::Node*>(&select), [](const sql::Node& node) {
      const auto* column = sql::as<sql::ColName>(&node);
      if (column && column->table < 0 && column->name.starts_with(kApplied))
        unsupported("correlated subqueries within each other over several shards");
      return true;
    });
  }

  // `x in (select y ...)` is true where a row has y = x; where it is not, a WHERE does not ask
  // whether it is false or NULL.
  void in_as_exists(const sql::Expr* root, const Place& place, sql::Select& select) {
    const semantics::Block& block = context_.analysis.block(select);
    const auto* item =
        select.exprs.size() == 1 ? sql::as<sql::AliasedExpr>(select.exprs[0]) : nullptr;
    if (!in_where_ || root != place.holder || select.limit || block.aggregates || !item) {
      unsupported("correlated IN subquery over several shards");
    }
    auto* equal = context_.arena.make<sql::ComparisonExpr>();
    equal->left = item->expr;
    equal->right = place.outer_expr;
    select.where = context_.conjunction(select.where, equal);
  }

  sql::Node* with_variables(sql::Node* node, std::map<std::string, sql::Expr*>& columns) {
    return sql::rewrite(
        node,
        [&](sql::Cursor& cursor) {
          auto* column = sql::as<sql::ColName>(cursor.node);
          if (!column || column->table < 0) return true;
          if ((semantics::set_of(static_cast<size_t>(column->table)) & op_->tables) == 0)
            return true;
          const std::string key = key_of(context_, column);
          std::string& name = variable_of_[key];
          if (name.empty()) {
            const semantics::Table& table =
                context_.analysis.tables[static_cast<size_t>(column->table)];
            name = context_.reserve(fmt::format("{}_{}", table.alias, column->name));
          }
          columns[name] = column;
          sql::Expr* argument = context_.argument(name);
          if (const auto* comparison = sql::as<sql::ComparisonExpr>(cursor.parent)) {
            refuse_mixed_collations(context_, comparison->left, comparison->right, comparison->op);
            refuse_unlike_types(context_, comparison, op_->tables);
          }
          if (cursor.parent && sql::is<sql::ComparisonExpr>(cursor.parent))
            argument = with_collation(context_, *column, argument, *cursor.parent, op_->tables);
          cursor.replace(with_type(context_, *column, argument, cursor.parent));
          return false;
        },
        [](sql::Cursor&) {});
  }

  void take_outer_columns(sql::Select& select, std::map<std::string, sql::Expr*>& columns) {
    std::vector<sql::Select*> blocks;
    sql::walk(static_cast<sql::Node*>(&select), [&](sql::Node& node) {
      if (auto* nested = sql::as<sql::Select>(&node)) blocks.push_back(nested);
      return true;
    });
    variable_of_.clear();
    with_variables(&select, columns);
    for (sql::Select* nested : blocks) {
      const auto known = context_.analysis.blocks.find(nested);
      if (known == context_.analysis.blocks.end()) continue;
      semantics::Block& block = known->second;
      auto renew = [&](sql::Expr*& expr) {
        if (expr) expr = static_cast<sql::Expr*>(with_variables(expr, columns));
      };
      for (sql::Expr*& group : block.group_by) renew(group);
      for (semantics::Block::Order& order : block.order_by) renew(order.expr);
      const bool of_outside =
          block.having &&
          (semantics::tables_of(context_.analysis, block.having) & op_->tables) != 0;
      renew(block.having);
      if (of_outside) nested->having = block.having;  // as written its columns are not bound
      block.outer &= ~op_->tables;
    }
  }

  void replace(sql::Expr*& root, const Place& place, sql::Expr* replacement) {
    root = static_cast<sql::Expr*>(sql::rewrite(
        root,
        [&](sql::Cursor& cursor) {
          if (cursor.node != place.holder) return true;
          cursor.replace(replacement);
          return false;
        },
        [](sql::Cursor&) {}));
    context_.rewritten = true;
  }

  // The column whose values a subquery gives; null when it is more than that.
  static const sql::ColName* column_given(const sql::TableStatement& statement) {
    const auto* select = sql::as<sql::Select>(&statement);
    const auto* item =
        select && select->exprs.size() == 1 ? sql::as<sql::AliasedExpr>(select->exprs[0]) : nullptr;
    if (!item) return nullptr;
    const auto* aggregate = sql::as<sql::AggrFunc>(item->expr);
    const bool same = aggregate && aggregate->args.size() == 1 &&
                      (aggregate->op == sql::AggrOp::kMin || aggregate->op == sql::AggrOp::kMax);
    return sql::as<sql::ColName>(same ? aggregate->args[0] : item->expr);
  }

  // The comparison that a subquery is one side of; null when it is none's.
  static sql::ComparisonExpr* comparison_with(sql::Expr* root, const sql::Node* side) {
    sql::ComparisonExpr* found = nullptr;
    sql::walk(static_cast<sql::Node*>(root), [&](sql::Node& node) {
      auto* comparison = sql::as<sql::ComparisonExpr>(&node);
      if (comparison && (comparison->left == side || comparison->right == side)) found = comparison;
      return !found && !sql::is<sql::Subquery>(&node);
    });
    return found;
  }

  // A value that comes as a literal gives way to the column beside it, which the subquery's own
  // column would not have done.
  void keep_collation(sql::Expr* root, const Place& place, sql::Expr*& replacement) {
    const sql::ColName* column = column_given(*place.subquery->select);
    if (!column || column->table < 0) return;
    if (place.use == Use::kValue) {
      auto* beside = comparison_with(root, place.subquery);
      if (!beside) return;
      const bool on_left = beside->left == place.subquery;
      refuse_mixed_collations(context_, on_left ? column : beside->left,
                              on_left ? beside->right : column, beside->op);
      refuse_unlike_types(context_, column, on_left ? beside->right : beside->left);
      replacement = with_collation(context_, *column, replacement, *beside, 0);
    } else if (auto* comparison = sql::as<sql::ComparisonExpr>(place.holder)) {
      refuse_mixed_collations(context_, comparison->left, column, comparison->op);
      refuse_unlike_types(context_, column, comparison->left);
      if (!sql::is<sql::ValTuple>(comparison->left))
        comparison->left = with_collation(context_, *column, comparison->left, *comparison, 0);
    }
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
    keep_collation(root, place, replacement);
    replace(root, place, replacement);
    pulled_.push_back(std::move(pulled));
  }

  PlanningContext& context_;
  std::vector<Route*> routes_;
  std::vector<Pulled>& pulled_;
  OperatorPtr& op_;
  std::map<std::string, std::string> variable_of_;  // key of an outer column -> bind variable

 public:
  bool in_where_ = false;  // `root` is a term of WHERE
};

}  // namespace

void settle_subqueries(PlanningContext& context, OperatorPtr& op, sql::Expr*& root,
                       std::vector<Pulled>& pulled) {
  if (semantics::has_subquery(root)) Settler(context, op, pulled).settle(root);
}

namespace {

// A subquery's value in ORDER BY, were it a number alone, would name a column by its place.
sql::Expr* no_position(PlanningContext& context, sql::Expr* expr) {
  if (!sql::is<sql::Argument>(expr)) return expr;
  auto* sum = context.arena.make<sql::BinaryExpr>();
  sum->op = sql::BinaryOp::kPlus;
  sum->left = expr;
  auto* zero = context.arena.make<sql::Literal>();
  zero->type = sql::LiteralType::kIntVal;
  zero->text = "0";
  sum->right = zero;
  return sum;
}

}  // namespace

void settle_subqueries(PlanningContext& context, OperatorPtr& op, sql::Select& select,
                       std::vector<Pulled>& pulled) {
  std::vector<sql::Expr*> terms = split_and(select.where);
  sql::Expr* where = nullptr;
  for (sql::Expr*& term : terms) {
    const bool had = semantics::has_subquery(term);
    if (had) {
      Settler settler(context, op, pulled);
      settler.in_where_ = true;
      settler.settle(term);
    }
    where = context.conjunction(where, term);
    if (!had) continue;
    for (sql::Expr* part : split_and(term)) {
      if (!op->add_predicate(context, part)) op = Filter::over(context, std::move(op), part);
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
  for (semantics::Block::Order& order : block.order_by) {
    if (!semantics::has_subquery(order.expr)) continue;
    settle_subqueries(context, op, order.expr, pulled);
    order.expr = no_position(context, order.expr);
  }
  if (pulled.size() == before || !dynamic_cast<Route*>(op.get())) return;
  // A route sends these clauses as the client wrote them, where the subquery would still stand.
  if (semantics::has_subquery(select.having))
    select.having = sql::clone(context.arena, block.having);
  for (size_t i = 0; i < select.order_by.size() && i < block.order_by.size(); ++i) {
    if (semantics::has_subquery(select.order_by[i]->expr)) {
      select.order_by[i]->expr = sql::clone(context.arena, block.order_by[i].expr);
    }
  }
}

OperatorPtr with_pulled(OperatorPtr op, std::vector<Pulled> pulled) {
  for (auto it = pulled.rbegin(); it != pulled.rend(); ++it) {
    op = std::make_unique<Subquery>(std::move(it->query), std::move(op), it->use, it->result,
                                    it->has_values);
  }
  return op;
}

}  // namespace vif::vtgate::plan
