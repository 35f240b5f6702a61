#include "vtgate/plan/operators/operator.h"

#include <algorithm>

#include "sql/ast_func.h"
#include "sql/printer.h"
#include "sql/tree.h"
#include "types/collation/collation.h"
#include "vtgate/plan/routing.h"

namespace vif::vtgate::plan {

namespace {

// Digits behind the point of an exact number: 0 for integers. kNoDigits for NULL, which has any;
// nothing when the expression is no exact number, or not known.
constexpr int kNoDigits = -1;
std::optional<int> digits_of(const PlanningContext& context, const sql::Expr* expr) {
  if (const auto* offset = sql::as<sql::Offset>(expr))
    return offset->original ? digits_of(context, offset->original) : std::nullopt;
  if (sql::is<sql::NullVal>(expr)) return kNoDigits;
  if (sql::is<sql::CountStar>(expr)) return 0;
  if (const auto* argument = sql::as<sql::Argument>(expr)) {
    if (types::is_integral(argument->type)) return 0;
    return argument->type == types::Type::kDecimal ? std::optional(argument->scale) : std::nullopt;
  }
  if (const auto* aggregate = sql::as<sql::AggrFunc>(expr);
      aggregate && aggregate->args.size() == 1) {
    const bool same = aggregate->op == sql::AggrOp::kSum || aggregate->op == sql::AggrOp::kMin ||
                      aggregate->op == sql::AggrOp::kMax;
    if (aggregate->op == sql::AggrOp::kCount) return 0;
    return same ? digits_of(context, aggregate->args[0]) : std::nullopt;
  }
  const sql::ColName* column = base_column(context.analysis, expr);
  if (!column) return std::nullopt;
  const auto& table = context.analysis.tables[static_cast<size_t>(column->table)].table;
  const sharding::Column* known = table ? table->find_column(column->name) : nullptr;
  if (!known) return std::nullopt;
  if (types::is_integral(known->type)) return 0;
  return known->type == types::Type::kDecimal ? std::optional(static_cast<int>(known->scale))
                                              : std::nullopt;
}

// What an expression may give, one of them.
std::vector<const sql::Expr*> choices_of(const sql::Node* node) {
  std::vector<const sql::Expr*> choices;
  if (const auto* cases = sql::as<sql::CaseExpr>(node)) {
    for (const sql::When* when : cases->whens) choices.push_back(when->val);
    if (cases->els) choices.push_back(cases->els);
  } else if (const auto* call = sql::as<sql::FuncExpr>(node)) {
    const bool any = sql::equal_ci(call->name, "coalesce") || sql::equal_ci(call->name, "ifnull");
    if (!any && !sql::equal_ci(call->name, "if")) return choices;
    for (size_t i = any ? 0 : 1; i < call->exprs.size(); ++i) choices.push_back(call->exprs[i]);
  }
  return choices;
}

// A choice between numbers of different scales has the largest of them, whichever is chosen: it is
// converted to that.
sql::Node* with_common_scale(PlanningContext& context, sql::Node* node) {
  int most = 0;
  bool differ = false;
  for (const sql::Expr* choice : choices_of(node)) {
    const auto digits = digits_of(context, choice);
    if (!digits) return node;
    differ = differ || (*digits >= 0 && *digits != most);
    most = std::max(most, *digits);
  }
  if (!differ || most == 0) return node;
  auto* convert = context.arena.make<sql::ConvertExpr>();
  convert->expr = static_cast<sql::Expr*>(node);
  convert->type = context.arena.make<sql::ConvertType>();
  convert->type->type = "decimal";
  convert->type->length = 65;
  convert->type->scale = most;
  return convert;
}

sql::Node* offsets_in(PlanningContext& context, Operator& input, sql::Node* node) {
  auto is_constant = [](const sql::Node* n) {
    return sql::is<sql::Literal>(n) || sql::is<sql::Argument>(n) || sql::is<sql::ListArg>(n) ||
           sql::is<sql::NullVal>(n) || sql::is<sql::BoolVal>(n) || sql::is<sql::ValTuple>(n);
  };
  return sql::rewrite(
      node,
      [&](sql::Cursor& cursor) {
        if (cursor.node->kind > sql::Kind::kLiteral &&
            cursor.node->kind <= sql::Kind::kJSONValueExpr) {
          const bool expression = !sql::is<sql::When>(cursor.node) &&
                                  !sql::is<sql::ConvertType>(cursor.node) &&
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
              unsupported(
                  fmt::format("column {} of several shards in an expression", sql::print(expr)));
            }
          }
        }
        return true;
      },
      [&](sql::Cursor& cursor) {
        if (sql::Node* scaled = with_common_scale(context, cursor.node); scaled != cursor.node)
          cursor.replace(scaled);
      });
}

}  // namespace

sql::Expr* to_offsets(PlanningContext& context, Operator& input, sql::Expr* expr) {
  return static_cast<sql::Expr*>(offsets_in(context, input, sql::clone(context.arena, expr)));
}

namespace {

// Of several columns' text; digits compare alike by any. 0 when that is not known.
uint32_t concatenated_collation(const PlanningContext& context,
                                const sql::GroupConcatExpr& concat) {
  uint32_t collation = 0;
  for (const sql::Expr* expr : concat.exprs) {
    if (value_of(expr)) continue;  // a constant gives way to columns
    if (const uint32_t own = text_collation(context, expr); own != 0) {
      if (collation != 0 && own != collation) return 0;
      collation = own;
    } else if (needs_weight(context, expr)) {
      return 0;
    }
  }
  return collation != 0 ? collation : context.in.collation;
}

}  // namespace

uint32_t text_collation(const PlanningContext& context, const sql::Expr* expr) {
  if (const auto* concat = sql::as<sql::GroupConcatExpr>(expr))
    return concatenated_collation(context, *concat);
  if (const auto* aggregate = sql::as<sql::AggrFunc>(expr)) {
    const bool same = aggregate->op == sql::AggrOp::kMin || aggregate->op == sql::AggrOp::kMax ||
                      aggregate->op == sql::AggrOp::kAnyValue;
    return same && aggregate->args.size() == 1 ? text_collation(context, aggregate->args[0]) : 0;
  }
  const auto* column = sql::as<sql::ColName>(expr);
  if (!column || column->table < 0) return 0;
  const semantics::Table& table = context.analysis.tables[static_cast<size_t>(column->table)];
  for (const semantics::DerivedColumn& derived : table.derived_columns) {
    if (sql::equal_ci(derived.name, column->name))
      return derived.expr ? text_collation(context, derived.expr) : 0;
  }
  const sharding::Column* known = table.table ? table.table->find_column(column->name) : nullptr;
  if (!known || !types::is_text(known->type) || known->collation_name.empty()) return 0;
  const auto dialect =
      context.in.flavor == Flavor::kMariaDb ? types::Dialect::kMariaDb : types::Dialect::kMySql;
  const types::Collation* collation = types::find_collation(known->collation_name, dialect);
  if (!collation || !collation->is_known() || !collation->sorts_as_it_compares()) return 0;
  // Rows are compared by the number alone, which means another collation to the other server for a
  // few. It takes letters that weigh the same for different when one of them is of several bytes,
  // but sorts by their weights.
  if (collation->name == "gb18030_chinese_ci") return 0;
  const types::Collation* numbered = types::find_collation(collation->id);
  const bool same =
      numbered && numbered->name == collation->name && numbered->kind == collation->kind &&
      numbered->weights == collation->weights && numbered->pad_space == collation->pad_space &&
      numbered->levels == collation->levels && numbered->own_section == collation->own_section;
  return same ? collation->id : 0;
}

namespace {

// Empty for what is no text, or not known.
std::string_view collation_name_of(const PlanningContext& context, const sql::ColName& named) {
  const sql::ColName* column = base_column(context.analysis, &named);
  if (!column) return {};
  const auto& table = context.analysis.tables[static_cast<size_t>(column->table)].table;
  const sharding::Column* known = table ? table->find_column(column->name) : nullptr;
  return known && types::is_text(known->type) ? std::string_view(known->collation_name)
                                              : std::string_view();
}

// Would the first be what both are compared by?
bool prevails(std::string_view one, std::string_view other) {
  if (one == other || one.empty() || other.empty()) return false;
  const std::string_view charset = one.substr(0, one.find('_'));
  const std::string_view others = other.substr(0, other.find('_'));
  if (charset == others) return one.ends_with("_bin") && !other.ends_with("_bin");
  return charset == "utf8mb4" || (charset.starts_with("utf8") && !others.starts_with("utf8"));
}

}  // namespace

bool is_illegal_mix(std::string_view one, std::string_view other) {
  if (one == other || one.empty() || other.empty() || one == "binary" || other == "binary")
    return false;
  return one.substr(0, one.find('_')) == other.substr(0, other.find('_')) &&
         !one.ends_with("_bin") && !other.ends_with("_bin");
}

void refuse_mixed_collations(const PlanningContext& context, const sql::Expr* left,
                             const sql::Expr* right, sql::ComparisonOp op) {
  const auto* one = sql::as<sql::ColName>(left);
  const auto* other = sql::as<sql::ColName>(right);
  if (!one || !other || one->table < 0 || other->table < 0) return;
  const std::string_view first = collation_name_of(context, *one);
  const std::string_view second = collation_name_of(context, *other);
  if (!is_illegal_mix(first, second)) return;
  std::string_view operation = sql::to_string(op);
  if (op == sql::ComparisonOp::kNotEqual) operation = "<>";
  if (op == sql::ComparisonOp::kIn || op == sql::ComparisonOp::kNotIn) operation = "=";
  throw SqlError{Error(
      Code::kInvalidArgument, 1267, "HY000",
      fmt::format("Illegal mix of collations ({},IMPLICIT) and ({},IMPLICIT) for operation '{}'",
                  first, second, operation))};
}

void refuse_mixed_collations(const PlanningContext& context, const sql::Node* root) {
  sql::walk(root, [&](const sql::Node& node) {
    if (const auto* comparison = sql::as<sql::ComparisonExpr>(&node))
      refuse_mixed_collations(context, comparison->left, comparison->right, comparison->op);
    return !sql::is<sql::Subquery>(&node);
  });
}

sql::Expr* with_collation(PlanningContext& context, const sql::ColName& column, sql::Expr* argument,
                          const sql::Node& beside, TableSet apart) {
  const std::string_view own = collation_name_of(context, column);
  if (own.empty()) return argument;
  bool needed = false;
  sql::walk(&beside, [&](const sql::Node& node) {
    if (sql::is<sql::Subquery>(&node)) return false;
    const auto* other = sql::as<sql::ColName>(&node);
    if (!other || other->table < 0) return true;
    if ((semantics::set_of(static_cast<size_t>(other->table)) & apart) == 0)
      needed = needed || prevails(own, collation_name_of(context, *other));
    return true;
  });
  if (!needed) return argument;
  // NULL by itself has no charset that the collation belongs to.
  auto* text = context.arena.make<sql::ConvertUsingExpr>();
  text->expr = argument;
  text->charset = context.arena.copy(own.substr(0, own.find('_')));
  auto* collate = context.arena.make<sql::CollateExpr>();
  collate->expr = text;
  collate->collation = context.arena.copy(own);
  return collate;
}

bool needs_weight(const PlanningContext& context, const sql::Expr* expr) {
  if (sql::is<sql::Literal>(expr))
    return sql::to<sql::Literal>(*expr).type == sql::LiteralType::kStrVal;
  if (sql::is<sql::CountStar>(expr) || sql::is<sql::WeightStringFuncExpr>(expr)) return false;
  if (const auto* argument = sql::as<sql::Argument>(expr)) return !types::is_number(argument->type);
  if (const auto* aggregate = sql::as<sql::AggrFunc>(expr)) {
    switch (aggregate->op) {
      case sql::AggrOp::kMin:
      case sql::AggrOp::kMax:
      case sql::AggrOp::kAnyValue:
        return aggregate->args.empty() || needs_weight(context, aggregate->args[0]);
      default: return false;
    }
  }
  if (const auto* binary = sql::as<sql::BinaryExpr>(expr)) {
    return binary->op == sql::BinaryOp::kJSONExtract ||
           binary->op == sql::BinaryOp::kJSONUnquoteExtract;
  }
  const auto* column = sql::as<sql::ColName>(expr);
  if (!column || column->table < 0) return true;
  const semantics::Table& table = context.analysis.tables[static_cast<size_t>(column->table)];
  for (const semantics::DerivedColumn& derived : table.derived_columns) {
    if (sql::equal_ci(derived.name, column->name))
      return !derived.expr || needs_weight(context, derived.expr);
  }
  const sharding::Column* known = table.table ? table.table->find_column(column->name) : nullptr;
  if (!known || known->type == types::Type::kNull) return true;
  return !engine::compares_by_itself(known->type) && text_collation(context, expr) == 0;
}

bool is_member(const PlanningContext& context, const sql::Expr* expr) {
  const auto* column = sql::as<sql::ColName>(expr);
  if (!column || column->table < 0) return false;
  const semantics::Table& table = context.analysis.tables[static_cast<size_t>(column->table)];
  for (const semantics::DerivedColumn& derived : table.derived_columns) {
    if (sql::equal_ci(derived.name, column->name))
      return derived.expr && is_member(context, derived.expr);
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
    const bool no_pad = name == "binary" || name.find("_0900_") != std::string::npos ||
                        name.find("nopad") != std::string::npos;
    known = !no_pad;
    return true;
  });
  return known.value_or(context.in.flavor == Flavor::kMariaDb);
}

engine::OrderBy order_column(PlanningContext& context, Operator& input, size_t column,
                             bool descending) {
  engine::OrderBy by{column, input.add_weight(context, column), descending};
  if (by.weight_column < 0) by.collation = input.collation(context, column);
  return by;
}

}  // namespace vif::vtgate::plan
