#include "vtgate/plan/operators/join.h"

#include "sql/tree.h"
#include "vtgate/engine/join.h"
#include "vtgate/plan/operators/filter.h"
#include "vtgate/plan/operators/literal_types.h"

namespace vif::vtgate::plan {

using semantics::contains;
using semantics::tables_of;

sql::Expr* Join::for_right(PlanningContext& context, sql::Expr* expr) {
  auto* copy = sql::clone(context.arena, expr);
  return static_cast<sql::Expr*>(sql::rewrite(
      copy,
      [&](sql::Cursor& cursor) {
        if (sql::is<sql::Subquery>(cursor.node))
          unsupported("correlated subquery is only supported for EXISTS");
        auto* column = sql::as<sql::ColName>(cursor.node);
        if (!column) return true;
        if (!contains(left->tables, tables_of(context.analysis, column))) return false;
        const std::string key = key_of(context, column);
        auto known = variable_of_.find(key);
        if (known == variable_of_.end()) {
          const auto index = left->try_add(context, column, "", true);
          if (!index) unsupported("a join on a computed column");
          const semantics::Table& table =
              context.analysis.tables[static_cast<size_t>(column->table)];
          const std::string name = context.reserve(fmt::format("{}_{}", table.alias, column->name));
          variables_[name] = *index;
          known = variable_of_.emplace(key, name).first;
        }
        sql::Expr* argument =
            with_collation(context, *column, context.argument(known->second), *expr, left->tables);
        cursor.replace(with_type(context, *column, argument, cursor.parent));
        return false;
      },
      [](sql::Cursor&) {}));
}

void Join::add_join_predicate(PlanningContext& context, sql::Expr* predicate) {
  const TableSet used = tables_of(context.analysis, predicate);
  if (!outer && contains(left->tables, used)) {
    if (!left->add_predicate(context, predicate))
      left = Filter::over(context, std::move(left), predicate);
    return;
  }
  refuse_mixed_collations(context, predicate);
  refuse_unlike_types(context, predicate, left->tables);
  sql::Expr* shifted = contains(right->tables, used) ? predicate : for_right(context, predicate);
  if (!right->add_predicate(context, shifted))
    right = Filter::over(context, std::move(right), shifted);
}

bool Join::add_predicate(PlanningContext& context, sql::Expr* predicate) {
  const TableSet used = tables_of(context.analysis, predicate) & tables;
  if (contains(left->tables, used)) {
    if (!left->add_predicate(context, predicate))
      left = Filter::over(context, std::move(left), predicate);
    return true;
  }
  if (outer) return false;
  add_join_predicate(context, predicate);
  return true;
}

std::optional<size_t> Join::try_add(PlanningContext& context, sql::Expr* expr,
                                    std::string_view alias, bool reuse) {
  const std::string key = key_of(context, expr);
  if (reuse) {
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].key == key) return i;
    }
  }
  const TableSet used = tables_of(context.analysis, expr) & tables;
  if (semantics::has_aggregate(expr)) return std::nullopt;
  if (contains(left->tables, used)) {
    const auto index = left->try_add(context, expr, alias, reuse);
    if (!index) return std::nullopt;
    columns_.push_back({true, *index, key});
    return columns_.size() - 1;
  }
  // Where the left row found no match the right side computes nothing, but an expression may still
  // have a value.
  if (outer && !sql::is<sql::ColName>(expr)) return std::nullopt;
  if (!contains(right->tables, used)) {
    const std::string name = semantics::column_name([&] {
      sql::AliasedExpr item;
      item.expr = expr;
      return item;
    }());
    refuse_unlike_types(context, expr, left->tables);
    expr = for_right(context, expr);
    if (alias.empty()) alias = context.arena.copy(name);
  }
  const auto index = right->try_add(context, expr, alias, reuse);
  if (!index) return std::nullopt;
  columns_.push_back({false, *index, key});
  return columns_.size() - 1;
}

int Join::pass_on(bool from_left, int weight) {
  if (weight < 0) return -1;
  const auto index = static_cast<size_t>(weight);
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].left == from_left && columns_[i].index == index) return static_cast<int>(i);
  }
  columns_.push_back({from_left, index, ""});
  return static_cast<int>(columns_.size()) - 1;
}

int Join::add_weight(PlanningContext& context, size_t column) {
  const Column of = columns_[column];
  return pass_on(of.left, (of.left ? left : right)->add_weight(context, of.index));
}

uint32_t Join::collation(PlanningContext& context, size_t column) {
  const Column of = columns_[column];
  return (of.left ? left : right)->collation(context, of.index);
}

int Join::force_weight(PlanningContext& context, size_t column) {
  const Column of = columns_[column];
  return pass_on(of.left, (of.left ? left : right)->force_weight(context, of.index));
}

bool Join::push_order(PlanningContext& context, const std::vector<OrderKey>& keys) {
  std::vector<OrderKey> lower;
  for (const OrderKey& key : keys) {
    if (!columns_[key.column].left) return false;
    lower.push_back({key.expr, columns_[key.column].index, key.descending});
  }
  // The loop keeps the left side's order.
  return left->push_order(context, lower);
}

engine::PrimitivePtr Join::build(PlanningContext& context) {
  engine::Join::Spec spec;
  spec.left_outer = outer;
  spec.left = left->build(context);
  spec.right = right->build(context);
  for (const Column& column : columns_) spec.columns.push_back({column.left, column.index});
  spec.variables = variables_;
  return std::make_unique<engine::Join>(std::move(spec));
}

}  // namespace vif::vtgate::plan
