#include "vtgate/plan/operators/operator.h"

#include "sql/ast_func.h"
#include "sql/printer.h"
#include "sql/tree.h"

namespace vif::vtgate::plan {

namespace {

sql::Node* offsets_in(PlanningContext& context, Operator& input, sql::Node* node) {
  auto is_constant = [](const sql::Node* n) {
    return sql::is<sql::Literal>(n) || sql::is<sql::Argument>(n) || sql::is<sql::ListArg>(n) ||
           sql::is<sql::NullVal>(n) || sql::is<sql::BoolVal>(n) || sql::is<sql::ValTuple>(n);
  };
  return sql::rewrite(
      node,
      [&](sql::Cursor& cursor) {
        if (cursor.node->kind > sql::Kind::kLiteral && cursor.node->kind <= sql::Kind::kJSONValueExpr) {
          const bool expression = !sql::is<sql::When>(cursor.node) && !sql::is<sql::ConvertType>(cursor.node) &&
                                  !sql::is<sql::Order>(cursor.node) && !is_constant(cursor.node);
          if (expression) {
            auto* expr = static_cast<sql::Expr*>(cursor.node);
            if (auto column = input.try_add(context, expr, "", true)) {
              auto* offset = context.arena.make<sql::Offset>();
              offset->v = static_cast<int32_t>(*column);
              offset->original = expr;
              cursor.replace(offset);
              return false;
            }
            if (sql::is<sql::ColName>(expr) || sql::is<sql::Subquery>(expr)) {
              unsupported(fmt::format("column {} of several shards in an expression", sql::print(expr)));
            }
          }
        }
        return true;
      },
      [](sql::Cursor&) {});
}

}  // namespace

sql::Expr* to_offsets(PlanningContext& context, Operator& input, sql::Expr* expr) {
  return static_cast<sql::Expr*>(offsets_in(context, input, sql::clone(context.arena, expr)));
}

bool needs_weight(const PlanningContext& context, const sql::Expr* expr) {
  if (sql::is<sql::Literal>(expr)) return sql::to<sql::Literal>(*expr).type == sql::LiteralType::kStrVal;
  if (sql::is<sql::CountStar>(expr) || sql::is<sql::WeightStringFuncExpr>(expr)) return false;
  if (const auto* argument = sql::as<sql::Argument>(expr)) return !types::is_number(argument->type);
  if (const auto* aggregate = sql::as<sql::AggrFunc>(expr)) {
    switch (aggregate->op) {
      case sql::AggrOp::kMin:
      case sql::AggrOp::kMax:
      case sql::AggrOp::kAnyValue: return aggregate->args.empty() || needs_weight(context, aggregate->args[0]);
      default: return false;
    }
  }
  if (const auto* binary = sql::as<sql::BinaryExpr>(expr)) {
    return binary->op == sql::BinaryOp::kJSONExtract || binary->op == sql::BinaryOp::kJSONUnquoteExtract;
  }
  const auto* column = sql::as<sql::ColName>(expr);
  if (!column || column->table < 0) return true;
  const semantics::Table& table = context.analysis.tables[static_cast<size_t>(column->table)];
  for (const semantics::DerivedColumn& derived : table.derived_columns) {
    if (sql::equal_ci(derived.name, column->name)) return !derived.expr || needs_weight(context, derived.expr);
  }
  const sharding::Column* known = table.table ? table.table->find_column(column->name) : nullptr;
  return !known || known->type == types::Type::kNull || !engine::compares_by_itself(known->type);
}

bool is_member(const PlanningContext& context, const sql::Expr* expr) {
  const auto* column = sql::as<sql::ColName>(expr);
  if (!column || column->table < 0) return false;
  const semantics::Table& table = context.analysis.tables[static_cast<size_t>(column->table)];
  for (const semantics::DerivedColumn& derived : table.derived_columns) {
    if (sql::equal_ci(derived.name, column->name)) return derived.expr && is_member(context, derived.expr);
  }
  const sharding::Column* known = table.table ? table.table->find_column(column->name) : nullptr;
  return known && (known->type == types::Type::kEnum || known->type == types::Type::kSet);
}

bool ignores_trailing_spaces(const PlanningContext& context, const sql::Expr* expr) {
  std::optional<bool> known;
  sql::walk(expr, [&](const sql::Node& node) {
    const auto* column = sql::as<sql::ColName>(&node);
    if (!column || column->table < 0 || known) return !known;
    const auto& table = context.analysis.tables[static_cast<size_t>(column->table)].table;
    const sharding::Column* listed = table ? table->find_column(column->name) : nullptr;
    if (!listed || listed->collation_name.empty()) return true;
    const std::string& name = listed->collation_name;
    const bool no_pad = name == "binary" || name.find("_0900_") != std::string::npos || name.find("nopad") != std::string::npos;
    known = !no_pad;
    return true;
  });
  return known.value_or(context.in.flavor == Flavor::kMariaDb);
}

engine::OrderBy order_column(PlanningContext& context, Operator& input, size_t column, bool descending) {
  return {column, input.add_weight(context, column), descending};
}

}  // namespace vif::vtgate::plan
