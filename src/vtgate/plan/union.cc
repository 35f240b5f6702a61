// UNION: sides that run on the same shard stay one query; others are put one after the other in the
// gate.
#include "vtgate/plan/operators/union.h"

#include "sql/tree.h"
#include "types/collation/collation.h"
#include "vtgate/plan/operators/distinct.h"
#include "vtgate/plan/operators/limit.h"
#include "vtgate/plan/operators/ordering.h"
#include "vtgate/plan/steps.h"

namespace vif::vtgate::plan {

namespace {

size_t width_of(const sql::TableStatement* statement) {
  while (const auto* both = sql::as<sql::Union>(statement)) statement = both->left;
  const auto* select = sql::as<sql::Select>(statement);
  if (!select) return 0;
  for (const sql::SelectExpr* expr : select->exprs) {
    if (!sql::is<sql::AliasedExpr>(expr)) return 0;
  }
  return select->exprs.size();
}

void check_widths(const sql::Union& statement) {
  const size_t left = width_of(statement.left);
  const size_t right = width_of(statement.right);
  if (left == 0 || right == 0 || left == right) return;
  throw SqlError{
      Error(Code::kFailedPrecondition, 1222, "21000",
            fmt::format("The used SELECT statements have a different number of columns: {}, {}",
                        left, right))};
}

// Columns are compared by number, so their number must be known.
void expand_stars(PlanningContext& context, sql::TableStatement* side) {
  if (auto* both = sql::as<sql::Union>(side)) {
    expand_stars(context, both->left);
    expand_stars(context, both->right);
    return;
  }
  auto* select = sql::as<sql::Select>(side);
  if (!select || width_of(select) != 0 || !context.analysis.using_predicates.empty()) return;
  const auto items = semantics::expand_stars(context.arena, context.analysis, *select);
  if (!items) return;
  select->exprs = {};
  for (sql::AliasedExpr* item : *items) select->exprs.push_back(context.arena, item);
  context.rewritten = true;
}

// In a union, what an ENUM or a SET has is text, and compared as that.
void members_as_text(PlanningContext& context, sql::TableStatement* side) {
  if (auto* both = sql::as<sql::Union>(side)) {
    members_as_text(context, both->left);
    members_as_text(context, both->right);
    return;
  }
  auto* select = sql::as<sql::Select>(side);
  if (!select) return;
  for (sql::SelectExpr* expr : select->exprs) {
    auto* item = sql::as<sql::AliasedExpr>(expr);
    if (!item || !is_member(context, item->expr)) continue;
    auto* text = context.arena.make<sql::FuncExpr>();
    text->name = "concat";
    if (item->as.empty()) item->as = context.arena.copy(semantics::column_name(*item));
    text->exprs.push_back(context.arena, item->expr);
    item->expr = text;
    context.rewritten = true;
  }
}

// Names in ORDER BY that were behind a star when the statement was analyzed.
void find_expanded(const sql::Union& statement, std::vector<int>& columns) {
  const sql::TableStatement* first = &statement;
  while (const auto* both = sql::as<sql::Union>(first)) first = both->left;
  const auto* select = sql::as<sql::Select>(first);
  for (size_t i = 0; select && i < columns.size(); ++i) {
    const auto* name = sql::as<sql::ColName>(statement.order_by[i]->expr);
    for (size_t c = 0; columns[i] < 0 && name && c < select->exprs.size(); ++c) {
      const auto* item = sql::as<sql::AliasedExpr>(select->exprs[c]);
      if (item && sql::equal_ci(semantics::column_name(*item), name->name))
        columns[i] = static_cast<int>(c);
    }
  }
}

// The name of the collation that a column of this side compares by, "" for one that is not known;
// nothing for what has no text column in it.
std::optional<std::string> collation_of(const PlanningContext& context,
                                        const sql::TableStatement* side, size_t column) {
  while (const auto* both = sql::as<sql::Union>(side)) side = both->left;
  const auto* select = sql::as<sql::Select>(side);
  const auto* item = select && column < select->exprs.size()
                         ? sql::as<sql::AliasedExpr>(select->exprs[column])
                         : nullptr;
  if (!item) return std::nullopt;
  std::optional<std::string> collation;
  sql::walk(static_cast<const sql::Node*>(item->expr), [&](const sql::Node& node) {
    if (sql::is<sql::Subquery>(&node)) return false;
    const auto* named = sql::as<sql::ColName>(&node);
    const sql::ColName* base = named ? base_column(context.analysis, named) : nullptr;
    if (!base) return true;
    const sharding::Column* known =
        context.analysis.tables[static_cast<size_t>(base->table)].table->find_column(base->name);
    const bool member =
        known && (known->type == types::Type::kEnum || known->type == types::Type::kSet);
    if (!known || (!types::is_text(known->type) && !member)) return true;
    collation = !collation || *collation == known->collation_name ? known->collation_name : "";
    return true;
  });
  return collation;
}

// Weight strings of two collations say nothing of each other. Beside a column's, text without a
// column compares by the column's collation, but is weighed by the session's.
void check_collations(const PlanningContext& context, const sql::Union& statement, size_t width,
                      bool compares) {
  const types::Collation* session = types::find_collation(
      context.in.collation,
      context.in.flavor == Flavor::kMariaDb ? types::Dialect::kMariaDb : types::Dialect::kMySql);
  const std::string own = session != nullptr ? std::string(session->name) : "";
  for (size_t i = 0; i < width; ++i) {
    const auto left = collation_of(context, statement.left, i);
    const auto right = collation_of(context, statement.right, i);
    if (left && right && is_illegal_mix(*left, *right))
      throw SqlError{Error(Code::kInvalidArgument, 1271, "HY000",
                           "Illegal mix of collations for operation 'UNION'")};
    if (compares && (left || right) && left.value_or(own) != right.value_or(own))
      unsupported("comparing text of different collations in a UNION over several shards");
  }
}

}  // namespace

OperatorPtr plan_union(PlanningContext& context, sql::Union& statement) {
  if (statement.distinct || !statement.order_by.empty()) {
    expand_stars(context, statement.left);
    expand_stars(context, statement.right);
    members_as_text(context, statement.left);
    members_as_text(context, statement.right);
  }
  check_widths(statement);
  // Planning a side may add columns to compare by to its select list.
  const size_t written = width_of(&statement);
  OperatorPtr left = plan_query(context, *statement.left);
  OperatorPtr right = plan_query(context, *statement.right);
  const size_t width = written != 0 ? written : width_of(&statement);
  auto* l = dynamic_cast<Route*>(left.get());
  auto* r = dynamic_cast<Route*>(right.get());
  if (l && r && l->is_pure() && r->is_pure() && l->whole && r->whole) {
    if (auto routing = Routing::merge_beside(l->routing, r->routing, true)) {
      const bool one = routing->is_single_shard();
      // What one shard has, and another has not, only a union is made of.
      const bool last =
          statement.op == sql::SetOp::kUnion && statement.order_by.empty() && !statement.limit;
      if (one || last) {
        auto route = std::make_unique<Route>(std::move(*routing));
        route->take_whole(context, &statement);
        if (one || !statement.distinct) return route;
        check_collations(context, statement, width, true);
        if (width == 0) fail(Code::kInvalidArgument, "VT09015: schema tracking required");
        auto distinct = std::make_unique<Distinct>(context, std::move(route), width);
        // What was added to compare by is not for the client.
        if (distinct->column_count() > width) distinct->truncate(width);
        return distinct;
      }
    }
  }
  if (statement.op != sql::SetOp::kUnion) unsupported("INTERSECT or EXCEPT on several shards");
  const bool compares = statement.distinct || !statement.order_by.empty();
  if (compares && width == 0) fail(Code::kInvalidArgument, "VT09015: schema tracking required");
  check_collations(context, statement, width, compares);
  std::vector<OperatorPtr> inputs;
  for (OperatorPtr* side : {&left, &right}) {
    // A chain of UNION ALLs is one list.
    auto* nested = dynamic_cast<Union*>(side->get());
    if (nested) {
      for (OperatorPtr& input : nested->inputs) inputs.push_back(std::move(input));
    } else {
      inputs.push_back(std::move(*side));
    }
  }
  OperatorPtr op = std::make_unique<Union>(std::move(inputs));
  if (statement.distinct) op = std::make_unique<Distinct>(context, std::move(op), width);
  if (!statement.order_by.empty()) {
    std::vector<engine::OrderBy> by;
    std::vector<int> columns = context.analysis.unions.at(&statement).order_columns;
    find_expanded(statement, columns);
    for (size_t i = 0; i < columns.size(); ++i) {
      if (columns[i] < 0 || static_cast<size_t>(columns[i]) >= width)
        unsupported("ORDER BY an expression of a UNION");
      by.push_back(order_column(context, *op, static_cast<size_t>(columns[i]),
                                statement.order_by[i]->descending));
    }
    op = std::make_unique<Ordering>(std::move(op), std::move(by));
  }
  if (compares) op->truncate(width);
  return with_limit(context, std::move(op), statement.limit);
}

}  // namespace vif::vtgate::plan
