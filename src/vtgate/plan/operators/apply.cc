#include "vtgate/plan/operators/apply.h"

#include "sql/tree.h"
#include "vtgate/plan/operators/filter.h"

namespace vif::vtgate::plan {

bool Apply::reads_result(const sql::Expr* expr) const {
  bool found = false;
  sql::walk(static_cast<const sql::Node*>(expr), [&](const sql::Node& node) {
    const auto* column = sql::as<sql::ColName>(&node);
    found = found || (column && column->table < 0 && column->name == result);
    return !found;
  });
  return found;
}

bool Apply::add_predicate(PlanningContext& context, sql::Expr* predicate) {
  if (reads_result(predicate)) return false;
  if (!outer->add_predicate(context, predicate))
    outer = Filter::over(context, std::move(outer), predicate);
  return true;
}

size_t Apply::give(int column) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i] == column) return i;
  }
  columns_.push_back(column);
  return columns_.size() - 1;
}

std::optional<size_t> Apply::try_add(PlanningContext& context, sql::Expr* expr,
                                     std::string_view alias, bool reuse) {
  const auto* column = sql::as<sql::ColName>(expr);
  if (column && column->table < 0 && column->name == result) {
    if (!alias.empty()) name_ = alias;
    if (reuse) return give(engine::Apply::kResult);
    columns_.push_back(engine::Apply::kResult);
    return columns_.size() - 1;
  }
  if (reads_result(expr)) return std::nullopt;
  const auto index = outer->try_add(context, expr, alias, reuse);
  if (!index) return std::nullopt;
  if (reuse) return give(static_cast<int>(*index));
  columns_.push_back(static_cast<int>(*index));
  return columns_.size() - 1;
}

int Apply::add_weight(PlanningContext& context, size_t column) {
  const int of = columns_[column];
  if (of == engine::Apply::kResult) {
    if (use == Use::kExists) return -1;
    unsupported("comparing a correlated subquery's value over several shards");
  }
  const int weight = outer->add_weight(context, static_cast<size_t>(of));
  return weight < 0 ? -1 : static_cast<int>(give(weight));
}

uint32_t Apply::collation(PlanningContext& context, size_t column) {
  const int of = columns_[column];
  return of == engine::Apply::kResult ? 0 : outer->collation(context, static_cast<size_t>(of));
}

engine::PrimitivePtr Apply::build(PlanningContext& context) {
  engine::Apply::Spec spec;
  spec.use = use;
  for (const auto& [name, column] : correlated) {
    const auto index = outer->try_add(context, column, "", true);
    if (!index) unsupported("a correlated subquery over a computed column");
    spec.variables[name] = *index;
  }
  spec.columns = columns_;
  spec.name = name_;
  spec.outer = outer->build(context);
  spec.inner = inner->build(context);
  return std::make_unique<engine::Apply>(std::move(spec));
}

}  // namespace vif::vtgate::plan
