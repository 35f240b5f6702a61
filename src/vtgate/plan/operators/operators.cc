// The primitives of the operators that are mere wrappers.
#include "sql/tree.h"
#include "vtgate/engine/concatenate.h"
#include "vtgate/engine/distinct.h"
#include "vtgate/engine/limit.h"
#include "vtgate/engine/memory_sort.h"
#include "vtgate/plan/operators/derived.h"
#include "vtgate/plan/operators/distinct.h"
#include "vtgate/plan/operators/join.h"
#include "vtgate/plan/operators/limit.h"
#include "vtgate/plan/operators/ordering.h"
#include "vtgate/plan/operators/subquery.h"
#include "vtgate/plan/operators/union.h"

namespace vif::vtgate::plan {

engine::PrimitivePtr Ordering::build(PlanningContext& context) {
  return std::make_unique<engine::MemorySort>(input->build(context), order_by, visible_);
}

Distinct::Distinct(PlanningContext& context, OperatorPtr in, size_t count)
    : Narrowing(std::move(in)) {
  for (size_t i = 0; i < count; ++i) columns.push_back(order_column(context, *input, i));
}

engine::PrimitivePtr Distinct::build(PlanningContext& context) {
  return std::make_unique<engine::Distinct>(input->build(context), columns, visible_);
}

engine::PrimitivePtr Limit::build(PlanningContext& context) {
  return std::make_unique<engine::Limit>(input->build(context), count, offset, calc_found_rows);
}

bool Union::needs_weight(PlanningContext& context, size_t column) {
  bool needed = false;
  for (OperatorPtr& input : inputs) {
    // Sides of different collations meet in one that is neither's.
    const bool alike =
        input->collation(context, column) == inputs.front()->collation(context, column);
    needed = needed || !alike || input->needs_weight(context, column);
  }
  return needed;
}

int Union::add_weight(PlanningContext& context, size_t column) {
  // Where one side needs it, all sides get one.
  return needs_weight(context, column) ? force_weight(context, column) : -1;
}

uint32_t Union::collation(PlanningContext& context, size_t column) {
  return inputs.front()->collation(context, column);
}

int Union::force_weight(PlanningContext& context, size_t column) {
  int weight = -1;
  for (OperatorPtr& input : inputs) {
    const int one = input->force_weight(context, column);
    if (weight >= 0 && weight != one) unsupported("comparing text of a UNION over several shards");
    weight = one;
  }
  compared.push_back(column);
  return weight;
}

engine::PrimitivePtr Union::build(PlanningContext& context) {
  std::vector<engine::PrimitivePtr> sources;
  for (OperatorPtr& input : inputs) sources.push_back(input->build(context));
  return std::make_unique<engine::Concatenate>(std::move(sources), compared,
                                               context.in.flavor == Flavor::kMariaDb);
}

// A condition on columns that are columns inside too can be decided there, unless rows are cut or
// counted first.
bool Derived::add_predicate(PlanningContext& context, sql::Expr* predicate) {
  if (!dynamic_cast<Join*>(input.get()) && !dynamic_cast<Derived*>(input.get())) return false;
  if (semantics::has_subquery(predicate)) return false;
  const semantics::Table& table = context.analysis.tables[number];
  bool all = true;
  auto* inside = static_cast<sql::Expr*>(sql::rewrite(
      sql::clone(context.arena, predicate),
      [&](sql::Cursor& cursor) {
        const auto* column = sql::as<sql::ColName>(cursor.node);
        if (!column || column->table != static_cast<int32_t>(number)) return true;
        sql::Expr* expr = nullptr;
        for (const semantics::DerivedColumn& derived : table.derived_columns) {
          if (sql::equal_ci(derived.name, column->name)) expr = derived.expr;
        }
        all = all && expr && sql::is<sql::ColName>(expr);
        if (all) cursor.replace(sql::clone(context.arena, expr));
        return false;
      },
      [](sql::Cursor&) {}));
  return all && input->add_predicate(context, inside);
}

std::optional<size_t> Derived::try_add(PlanningContext& context, sql::Expr* expr, std::string_view,
                                       bool) {
  const auto* column = sql::as<sql::ColName>(expr);
  if (!column || column->table != static_cast<int32_t>(number)) return std::nullopt;
  const semantics::Table& table = context.analysis.tables[number];
  for (size_t i = 0; i < table.derived_columns.size(); ++i) {
    if (sql::equal_ci(table.derived_columns[i].name, column->name)) {
      if (!table.columns_known) fail(Code::kInvalidArgument, "VT09015: schema tracking required");
      return i;
    }
  }
  fail(Code::kInvalidArgument, "VT09015: schema tracking required");
}

engine::PrimitivePtr Subquery::build(PlanningContext& context) {
  engine::UncorrelatedSubquery::Spec spec;
  spec.use = use;
  spec.result = result;
  spec.has_values = has_values;
  spec.subquery = subquery->build(context);
  spec.outer = outer->build(context);
  return std::make_unique<engine::UncorrelatedSubquery>(std::move(spec));
}

}  // namespace vif::vtgate::plan
