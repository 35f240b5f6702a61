// What stands after WHERE, over the rows of plan_from(): pushed into the route as a whole where
// that is right, else taken apart, each part as far down as it goes.
#include <algorithm>

#include "sql/ast_func.h"
#include "sql/printer.h"
#include "sql/tree.h"
#include "vtgate/plan/operators/aggregator.h"
#include "vtgate/plan/operators/distinct.h"
#include "vtgate/plan/operators/filter.h"
#include "vtgate/plan/operators/limit.h"
#include "vtgate/plan/operators/ordering.h"
#include "vtgate/plan/operators/projection.h"
#include "vtgate/plan/steps.h"

namespace vif::vtgate::plan {

namespace {

using semantics::Block;

// Each group of these expressions lives on one shard: one of them is a sharding key.
bool within_one_shard(PlanningContext& context, const Route& route,
                      const std::vector<sql::Expr*>& exprs) {
  return std::any_of(exprs.begin(), exprs.end(), [&](const sql::Expr* expr) {
    return route.routing.decides_shard(context, expr);
  });
}

std::vector<sql::Expr*> plain_items(const sql::Select& select) {
  std::vector<sql::Expr*> exprs;
  for (const sql::SelectExpr* expr : select.exprs) {
    if (const auto* item = sql::as<sql::AliasedExpr>(expr)) exprs.push_back(item->expr);
  }
  return exprs;
}

bool has_star(const sql::Select& select) {
  return std::any_of(select.exprs.begin(), select.exprs.end(),
                     [](const sql::SelectExpr* e) { return !sql::is<sql::AliasedExpr>(e); });
}

bool has_window(const sql::Select& select) {
  bool found = !select.windows.empty();
  sql::walk(static_cast<const sql::Node*>(&select), [&](const sql::Node& node) {
    if (sql::is<sql::Subquery>(&node) || sql::is<sql::DerivedTable>(&node)) return false;
    found = found || sql::is<sql::OverClause>(&node);
    return !found;
  });
  return found;
}

// Every window's rows live on one shard: it is cut by a sharding key.
bool windows_within_one_shard(PlanningContext& context, const Route& route,
                              const sql::Select& select) {
  auto cut = [&](const sql::WindowSpecification* spec) {
    if (!spec || !spec->name.empty()) return false;
    return std::any_of(
        spec->partition_by.begin(), spec->partition_by.end(),
        [&](const sql::Expr* expr) { return route.routing.decides_shard(context, expr); });
  };
  bool all = std::all_of(select.windows.begin(), select.windows.end(),
                         [&](const auto* named) { return cut(named->spec); });
  sql::walk(static_cast<const sql::Node*>(&select), [&](const sql::Node& node) {
    if (sql::is<sql::Subquery>(&node) || sql::is<sql::DerivedTable>(&node)) return false;
    const auto* over = sql::as<sql::OverClause>(&node);
    // One that names a window is as good as that.
    if (over && over->window_name.empty()) all = all && cut(over->spec);
    return all;
  });
  return all;
}

void check_pushable(PlanningContext& context, const Route* route, const sql::Select& select) {
  if (select.into) unsupported("INTO on sharded keyspace");
  if (has_window(select) && (!route || context.analysis.block(select).aggregates ||
                             !windows_within_one_shard(context, *route, select))) {
    unsupported("OVER CLAUSE with sharded keyspace");
  }
  if (select.qualify) unsupported("QUALIFY on sharded keyspace");
  if (select.grouping != sql::Grouping::kPlain)
    unsupported("CUBE and GROUPING SETS on sharded keyspace");
  if (select.with_rollup) unsupported("GROUP BY WITH ROLLUP not supported for sharded queries");
}

// How a block's aggregates are computed over several shards.
struct Aggregation {
  bool from_rows = false;  // shards' partial results would say too little
  sql::Expr* distinct =
      nullptr;  // the one argument of DISTINCT, unless each value of it is on one shard only
  bool distinct_by_shard = false;  // there is such a one, which the shards count
};

// Bits of byte strings are as long as these: of no rows, a shard would give the column's length.
bool has_plain_bits(PlanningContext& context, const sql::Expr* argument) {
  if (context.in.flavor == Flavor::kMariaDb) return true;
  const sql::ColName* column = base_column(context.analysis, argument);
  const auto* table =
      column ? context.analysis.tables[static_cast<size_t>(column->table)].table.get() : nullptr;
  const sharding::Column* known = table ? table->find_column(column->name) : nullptr;
  return known && types::is_number(known->type);
}

void add_aggregate(PlanningContext& context, const Route* route, const sql::AggrFunc& function,
                   Aggregation& all) {
  if (function.over) return;
  switch (function.op) {
    case sql::AggrOp::kMin:
    case sql::AggrOp::kMax:
    case sql::AggrOp::kAnyValue: return;
    case sql::AggrOp::kCount:
    case sql::AggrOp::kSum:
    case sql::AggrOp::kAvg: break;
    case sql::AggrOp::kBitAnd:
    case sql::AggrOp::kBitOr:
    case sql::AggrOp::kBitXor:
      all.from_rows =
          all.from_rows || function.distinct || !has_plain_bits(context, function.args[0]);
      return;
    default: all.from_rows = true; return;
  }
  if (!function.distinct) return;
  auto* argument = const_cast<sql::Expr*>(function.args[0]);
  // Shards cannot group by a constant: a number would be a column's.
  const bool constant =
      function.args.size() == 1 && semantics::tables_of(context.analysis, argument) == 0;
  if (function.args.size() != 1 || function.op == sql::AggrOp::kAvg || constant) {
    all.from_rows = true;
  } else if (!route || !route->routing.unique_vindex(context, argument)) {
    all.from_rows = all.from_rows ||
                    (all.distinct && key_of(context, all.distinct) != key_of(context, argument));
    all.distinct = argument;
  } else {
    all.distinct_by_shard = true;
  }
}

Aggregation aggregation_of(PlanningContext& context, const Route* route, const Block& block) {
  Aggregation all;
  auto look = [&](const sql::Node* root) {
    sql::walk(root, [&](const sql::Node& node) {
      if (sql::is<sql::Subquery>(&node)) return false;
      if (sql::is<sql::GroupConcatExpr>(&node)) all.from_rows = true;
      if (const auto* function = sql::as<sql::AggrFunc>(&node))
        add_aggregate(context, route, *function, all);
      return true;
    });
  };
  for (const sql::SelectExpr* expr : block.select->exprs) look(expr);
  look(block.having);
  for (const Block::Order& order : block.order_by) look(order.expr);
  // Shards that send each value of one argument do not count another's.
  all.from_rows = all.from_rows || (all.distinct && all.distinct_by_shard);
  if (all.from_rows) all.distinct = nullptr;
  return all;
}

class Horizon {
 public:
  Horizon(PlanningContext& context, sql::Select& select)
      : context_(context), select_(select), block_(context.analysis.block(select)) {}

  OperatorPtr plan(OperatorPtr source) {
    if (has_one_row()) {
      select_.order_by = {};
      context_.analysis.blocks.at(&select_).order_by.clear();
    }
    auto* route = dynamic_cast<Route*>(source.get());
    if (route && route->routing.is_single_shard()) {
      route->take_whole(context_, &select_);
      return source;
    }
    check_pushable(context_, route, select_);
    if (route && (!block_.aggregates || within_one_shard(context_, *route, block_.group_by))) {
      return over_route(std::move(source), *route);
    }
    return apart(std::move(source));
  }

 private:
  // Servers then do not look at its order, which may be by what is not in the row.
  bool has_one_row() const {
    return block_.group_by.empty() &&
           std::any_of(select_.exprs.begin(), select_.exprs.end(),
                       [](const sql::SelectExpr* expr) { return semantics::has_aggregate(expr); });
  }

  // The block goes to every shard as it is; what is left is to put the shards' results together.
  OperatorPtr over_route(OperatorPtr source, Route& route) {
    route.take_whole(context_, &select_);
    const bool limited = select_.limit != nullptr;
    const sql::Limit* limit = select_.limit;
    select_.limit = nullptr;
    const bool distinct =
        select_.distinct && !within_one_shard(context_, route, plain_items(select_));
    if (distinct) expand_stars_or_fail();
    size_t visible = select_.exprs.size();
    if (!block_.order_by.empty()) {
      expand_stars_or_fail();
      visible = select_.exprs.size();
      std::vector<engine::OrderBy> order;
      for (const Block::Order& key : block_.order_by) {
        order.push_back(order_column(context_, route, *route.try_add(context_, key.expr, "", true),
                                     key.descending));
      }
      route.order_by = std::move(order);
    }
    if (route.column_count() > visible) route.truncate(visible);
    OperatorPtr op = std::move(source);
    if (distinct) {
      op = std::make_unique<Distinct>(context_, std::move(op), visible);
      route.truncate(0);
      if (route.column_count() > visible) op->truncate(visible);
    }
    if (limited && !distinct) route.push_limit(context_);
    return with_limit(context_, std::move(op), limit);
  }

  void expand_stars_or_fail() {
    if (!has_star(select_)) return;
    auto items = semantics::expand_stars(context_.arena, context_.analysis, select_);
    if (!items) fail(Code::kInvalidArgument, "VT09015: schema tracking required");
    check_using();
    select_.exprs = {};
    for (sql::AliasedExpr* item : *items) select_.exprs.push_back(context_.arena, item);
    context_.rewritten = true;
  }

  // `*` names a USING column once, wherever it comes from.
  void check_using() const {
    sql::walk(static_cast<const sql::Node*>(&select_), [&](const sql::Node& node) {
      const auto* join = sql::as<sql::JoinTableExpr>(&node);
      if (join && !join->use.empty()) unsupported("SELECT * over JOIN ... USING on several shards");
      return !sql::is<sql::Subquery>(&node) && !sql::is<sql::DerivedTable>(&node);
    });
  }

  OperatorPtr apart(OperatorPtr op) {
    expand_stars_or_fail();
    if (block_.aggregates) {
      const Aggregation how =
          aggregation_of(context_, dynamic_cast<const Route*>(op.get()), block_);
      const auto from = how.from_rows ? Aggregator::From::kRows : Aggregator::From::kShards;
      auto aggregator = std::make_unique<Aggregator>(context_, std::move(op), from, block_.group_by,
                                                     how.distinct, block_.order_by);
      sorted_by_ = aggregator->sorted_by();
      op = std::move(aggregator);
    }
    if (block_.having) op = Filter::over(context_, std::move(op), block_.having);
    op = with_items(std::move(op));
    const size_t visible = select_.exprs.size();
    if (select_.distinct) op = std::make_unique<Distinct>(context_, std::move(op), visible);
    if (!block_.order_by.empty()) op = ordered(std::move(op));
    if (op->column_count() > visible && !op->truncate(visible))
      op = trimmed(std::move(op), visible);
    const bool whole_below =
        !block_.aggregates && !select_.distinct && !dynamic_cast<Ordering*>(op.get());
    if (select_.limit && whole_below && dynamic_cast<Route*>(op.get())) op->push_limit(context_);
    return with_limit(context_, std::move(op), select_.limit);
  }

  // The select list as the first columns.
  OperatorPtr with_items(OperatorPtr op) {
    std::vector<std::optional<size_t>> columns;
    bool direct = op->column_count() == 0 || block_.aggregates;
    for (size_t i = 0; i < select_.exprs.size(); ++i) {
      const auto& item = sql::to<sql::AliasedExpr>(*select_.exprs[i]);
      columns.push_back(op->try_add(context_, item.expr, item.as, false));
      direct = direct && columns.back() == i;
    }
    const bool renamed =
        std::any_of(select_.exprs.begin(), select_.exprs.end(), [&](const sql::SelectExpr* one) {
          const auto& item = sql::to<sql::AliasedExpr>(*one);
          return !item.as.empty() && (block_.aggregates || !op->takes_aliases(semantics::tables_of(
                                                               context_.analysis, item.expr)));
        });
    if (direct && !renamed) return op;
    auto projection = std::make_unique<Projection>(std::move(op));
    for (size_t i = 0; i < select_.exprs.size(); ++i) {
      const auto& item = sql::to<sql::AliasedExpr>(*select_.exprs[i]);
      sql::Expr* expr = nullptr;
      if (columns[i]) {
        auto* offset = context_.arena.make<sql::Offset>();
        offset->v = static_cast<int32_t>(*columns[i]);
        offset->original = item.expr;
        expr = offset;
      } else {
        expr = to_offsets(context_, *projection->input, item.expr);
      }
      // A literal is called by its value, which the next run of the plan has another of.
      const auto* literal = item.as.empty() ? sql::as<sql::Argument>(item.expr) : nullptr;
      std::string name = literal ? fmt::format(":{}", literal->name) : semantics::column_name(item);
      projection->columns.push_back({expr, key_of(context_, item.expr), std::move(name)});
    }
    return projection;
  }

  OperatorPtr ordered(OperatorPtr op) {
    std::vector<OrderKey> keys;
    bool sorted =
        block_.aggregates && !select_.distinct && block_.order_by.size() <= sorted_by_.size();
    for (size_t i = 0; i < block_.order_by.size(); ++i) {
      const Block::Order& order = block_.order_by[i];
      sorted = sorted && sorted_by_[i] == std::pair(key_of(context_, order.expr), order.descending);
    }
    if (sorted) return op;
    for (const Block::Order& order : block_.order_by) {
      const auto column = op->try_add(context_, order.expr, "", true);
      if (!column) {
        op = std::make_unique<Projection>(std::move(op));
        return ordered_over(std::move(op));
      }
      keys.push_back({order.expr, *column, order.descending});
    }
    if (!block_.aggregates && !select_.distinct && op->push_order(context_, keys)) return op;
    std::vector<engine::OrderBy> by;
    for (const OrderKey& key : keys)
      by.push_back(order_column(context_, *op, key.column, key.descending));
    return std::make_unique<Ordering>(std::move(op), std::move(by));
  }

  OperatorPtr ordered_over(OperatorPtr op) {
    auto& projection = static_cast<Projection&>(*op);
    std::vector<OrderKey> keys;
    for (size_t i = 0; i < select_.exprs.size(); ++i) {
      const auto& item = sql::to<sql::AliasedExpr>(*select_.exprs[i]);
      auto* offset = context_.arena.make<sql::Offset>();
      offset->v = static_cast<int32_t>(i);
      projection.columns.push_back({offset, key_of(context_, item.expr), ""});
    }
    std::vector<engine::OrderBy> by;
    for (const Block::Order& order : block_.order_by) {
      by.push_back(order_column(context_, projection,
                                *projection.try_add(context_, order.expr, "", true),
                                order.descending));
    }
    return std::make_unique<Ordering>(std::move(op), std::move(by));
  }

  OperatorPtr trimmed(OperatorPtr op, size_t visible) {
    auto projection = std::make_unique<Projection>(std::move(op));
    for (size_t i = 0; i < visible; ++i) {
      auto* offset = context_.arena.make<sql::Offset>();
      offset->v = static_cast<int32_t>(i);
      projection->columns.push_back({offset, fmt::format("#{}", i), ""});
    }
    return projection;
  }

  PlanningContext& context_;
  sql::Select& select_;
  const Block& block_;
  std::vector<std::pair<std::string, bool>> sorted_by_;
};

// HAVING that looks at no group is one more condition on rows.
void having_to_where(PlanningContext& context, sql::Select& select,
                     std::vector<sql::Expr*>& clauses) {
  Block& block = context.analysis.blocks.at(&select);
  if (!block.having || block.aggregates) return;
  for (sql::Expr* term : split_and(block.having)) clauses.push_back(term);
}

}  // namespace

OperatorPtr plan_horizon(PlanningContext& context, sql::Select& select, OperatorPtr source) {
  return Horizon(context, select).plan(std::move(source));
}

OperatorPtr with_limit(PlanningContext&, OperatorPtr op, const sql::Limit* limit) {
  if (!limit) return op;
  auto count = value_of(limit->rowcount);
  std::optional<engine::ValueExpr> offset;
  if (limit->offset) {
    offset = value_of(limit->offset);
    if (!offset) unsupported("LIMIT with an expression");
  }
  if (!count) unsupported("LIMIT with an expression");
  return std::make_unique<Limit>(std::move(op), std::move(*count), std::move(offset));
}

OperatorPtr plan_select(PlanningContext& context, sql::Select& select) {
  std::vector<sql::Expr*> clauses = split_and(select.where);
  having_to_where(context, select, clauses);
  OperatorPtr op = plan_from(context, select.from, clauses);
  if (!context.analysis.block(select).aggregates && !dynamic_cast<Route*>(op.get())) {
    context.analysis.blocks.at(&select).having = nullptr;
  }
  std::vector<Pulled> pulled;
  settle_subqueries(context, op, select, pulled);
  return with_pulled(plan_horizon(context, select, std::move(op)), std::move(pulled));
}

// All rows, counted; the limit is the gate's own.
OperatorPtr plan_calc_found_rows(PlanningContext& context, sql::Select& select) {
  sql::Limit* limit = select.limit;
  select.sql_calc_found_rows = false;
  select.limit = nullptr;
  context.rewritten = true;
  OperatorPtr op = with_limit(context, plan_select(context, select), limit);
  if (auto* limited = dynamic_cast<Limit*>(op.get()); limit && limited)
    limited->calc_found_rows = true;
  return op;
}

OperatorPtr plan_query(PlanningContext& context, sql::TableStatement& statement) {
  if (auto* select = sql::as<sql::Select>(&statement)) {
    return select->sql_calc_found_rows ? plan_calc_found_rows(context, *select)
                                       : plan_select(context, *select);
  }
  if (auto* both = sql::as<sql::Union>(&statement)) return plan_union(context, *both);
  unsupported("VALUES statement");
}

}  // namespace vif::vtgate::plan
