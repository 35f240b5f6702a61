#include "vtgate/plan/operators/route.h"

#include "sql/ast_func.h"
#include "sql/printer.h"
#include "sql/tree.h"
#include "vtgate/engine/limit.h"
#include "vtgate/engine/route.h"

namespace vif::vtgate::plan {

namespace {

const sql::Select* first_select(const sql::TableStatement* statement) {
  while (const auto* both = sql::as<sql::Union>(statement)) statement = both->left;
  return sql::as<sql::Select>(statement);
}

// FROM a, b as one table expression.
sql::TableExpr* as_one(PlanningContext& context, const sql::List<sql::TableExpr*>& from) {
  if (from.size() == 1) return const_cast<sql::TableExpr*>(from[0]);
  auto* paren = context.arena.make<sql::ParenTableExpr>();
  for (const auto* expr : from)
    paren->exprs.push_back(context.arena, const_cast<sql::TableExpr*>(expr));
  return paren;
}

}  // namespace

std::unique_ptr<Route> Route::over(PlanningContext& context, Routing routing, size_t table,
                                   sql::TableExpr* from) {
  auto route = std::make_unique<Route>(std::move(routing));
  route->tables = semantics::set_of(table);
  auto* select = context.arena.make<sql::Select>();
  select->from.push_back(context.arena, from);
  route->statement = select;
  return route;
}

std::unique_ptr<Route> Route::merge(PlanningContext& context, const Route& left, const Route& right,
                                    const std::vector<sql::Expr*>& on, bool left_outer) {
  auto routing = Routing::merge(context, left.routing, right.routing, on, left_outer);
  if (!routing) return nullptr;
  const auto& l = sql::to<sql::Select>(*left.statement);
  const auto& r = sql::to<sql::Select>(*right.statement);
  auto merged = std::make_unique<Route>(std::move(*routing));
  merged->tables = left.tables | right.tables;
  auto* select = context.arena.make<sql::Select>();
  if (left_outer) {
    auto* join = context.arena.make<sql::JoinTableExpr>();
    join->join = sql::JoinType::kLeft;
    join->left = as_one(context, l.from);
    join->right = as_one(context, r.from);
    join->on = r.where;
    for (sql::Expr* predicate : on) join->on = context.conjunction(join->on, predicate);
    if (!join->on) {
      auto* yes = context.arena.make<sql::BoolVal>();
      yes->value = true;
      join->on = yes;
    }
    select->from.push_back(context.arena, join);
    select->where = l.where;
    merged->statement = select;
    merged->routing.mark_nullable(right.tables);
    return merged;
  }
  for (const auto* side : {&l, &r}) {
    for (const sql::TableExpr* expr : side->from)
      select->from.push_back(context.arena, const_cast<sql::TableExpr*>(expr));
  }
  select->where = context.conjunction(l.where, r.where);
  merged->statement = select;
  for (sql::Expr* predicate : on) merged->add_predicate(context, predicate);
  return merged;
}

void Route::take_whole(PlanningContext&, sql::TableStatement* block) {
  statement = block;
  whole = true;
}

bool Route::has_star() const {
  const sql::Select* first = first_select(statement);
  for (const sql::SelectExpr* expr : first->exprs) {
    if (!sql::is<sql::AliasedExpr>(expr)) return true;
  }
  return false;
}

size_t Route::column_total() const { return first_select(statement)->exprs.size(); }

size_t Route::column_count() const { return visible_ != 0 ? visible_ : column_total(); }

sql::Expr* Route::column_expr(size_t column) const {
  const auto* select = sql::as<sql::Select>(statement);
  if (!select || column >= select->exprs.size()) return nullptr;
  const auto* item = sql::as<sql::AliasedExpr>(select->exprs[column]);
  return item ? item->expr : nullptr;
}

bool Route::add_predicate(PlanningContext& context, sql::Expr* predicate) {
  routing.add_predicate(context, predicate);
  select()->where = context.conjunction(select()->where, predicate);
  return true;
}

// MariaDB has no `dt(c0, c1)`: the first query's own columns get the names.
void Route::wrap(PlanningContext& context) {
  if (statement->limit) unsupported("ORDER BY over a UNION with LIMIT");
  statement->order_by = {};
  sql::TableStatement* at = statement;
  while (auto* both = sql::as<sql::Union>(at)) {
    both->order_by = {};
    at = both->left;
  }
  auto& first = sql::to<sql::Select>(*at);
  auto* outer = context.arena.make<sql::Select>();
  auto* from = context.arena.make<sql::AliasedTableExpr>();
  from->derived = context.arena.make<sql::DerivedTable>();
  from->derived->select = statement;
  from->as = "dt";
  for (size_t i = 0; i < first.exprs.size(); ++i) {
    auto& item = sql::to<sql::AliasedExpr>(*first.exprs[i]);
    auto* column = context.arena.make<sql::ColName>();
    column->qualifier.name = "dt";
    column->name = context.arena.copy(fmt::format("c{}", i));
    auto* outer_item = context.arena.make<sql::AliasedExpr>();
    outer_item->expr = column;
    outer_item->as = context.arena.copy(semantics::column_name(item));
    item.as = column->name;
    outer->exprs.push_back(context.arena, outer_item);
  }
  outer->from.push_back(context.arena, from);
  outer->lock = statement->lock;
  statement->lock = sql::Lock::kNoLock;
  statement = outer;
  context.rewritten = true;
}

std::optional<size_t> Route::try_add(PlanningContext& context, sql::Expr* expr,
                                     std::string_view alias, bool reuse) {
  if (has_star()) fail(Code::kInvalidArgument, "VT09015: schema tracking required");
  if (!select()) wrap(context);
  sql::Select& block = *select();
  if (reuse) {
    const std::string key = key_of(context, expr);
    for (size_t i = 0; i < block.exprs.size(); ++i) {
      if (key_of(context, sql::to<sql::AliasedExpr>(*block.exprs[i]).expr) != key) continue;
      if (i >= visible_) visible_ = 0;
      return i;
    }
  }
  auto* item = context.arena.make<sql::AliasedExpr>();
  item->expr = expr;
  item->as = context.arena.copy(alias);
  // Who asks for a column wants to see it.
  visible_ = 0;
  block.exprs.push_back(context.arena, item);
  context.rewritten = true;
  return block.exprs.size() - 1;
}

int Route::add_weight(PlanningContext& context, size_t column) {
  if (has_star()) fail(Code::kInvalidArgument, "VT09015: schema tracking required");
  const sql::Expr* expr = select() ? column_expr(column) : nullptr;
  return expr && !plan::needs_weight(context, expr) ? -1 : force_weight(context, column);
}

uint32_t Route::collation(PlanningContext& context, size_t column) {
  const sql::Expr* expr = select() ? column_expr(column) : nullptr;
  return expr ? text_collation(context, expr) : 0;
}

int Route::force_weight(PlanningContext& context, size_t column) {
  if (has_star()) fail(Code::kInvalidArgument, "VT09015: schema tracking required");
  if (!select()) wrap(context);
  sql::Expr* expr = column_expr(column);
  if (is_member(context, expr)) return add_member_number(context, expr);
  auto* weight = context.arena.make<sql::WeightStringFuncExpr>();
  weight->expr = sql::clone(context.arena, expr);
  // MIN and MAX of an ENUM compare its text, which the ENUM's own weight is not.
  if (const auto* extreme = sql::as<sql::AggrFunc>(expr);
      extreme && extreme->args.size() == 1 && is_member(context, extreme->args[0])) {
    auto* text = context.arena.make<sql::FuncExpr>();
    text->name = "concat";
    text->exprs.push_back(context.arena, weight->expr);
    weight->expr = text;
  }
  if (ignores_trailing_spaces(context, expr)) {
    auto* trimmed = context.arena.make<sql::TrimFuncExpr>();
    trimmed->fn = sql::TrimFuncType::kRTrim;
    trimmed->string_arg = weight->expr;
    weight->expr = trimmed;
  }
  const std::string key = key_of(context, weight);
  bool grouped = false;
  for (sql::Expr* group : select()->group_by) grouped = grouped || key_of(context, group) == key;
  // ONLY_FULL_GROUP_BY does not see that a function of a grouped expression is grouped too.
  if (!select()->group_by.empty() && !grouped && !semantics::has_aggregate(expr)) {
    select()->group_by.push_back(context.arena, weight);
  }
  return static_cast<int>(*try_add(context, weight, "", true));
}

// An ENUM or SET sorts by its member's number: `column + 0`.
int Route::add_member_number(PlanningContext& context, sql::Expr* expr) {
  auto* number = context.arena.make<sql::BinaryExpr>();
  number->op = sql::BinaryOp::kPlus;
  number->left = sql::clone(context.arena, expr);
  auto* zero = context.arena.make<sql::Literal>();
  zero->type = sql::LiteralType::kIntVal;
  zero->text = "0";
  number->right = zero;
  const std::string key = key_of(context, number);
  bool grouped = select()->group_by.empty();
  for (sql::Expr* group : select()->group_by) grouped = grouped || key_of(context, group) == key;
  if (!grouped) select()->group_by.push_back(context.arena, number);
  return static_cast<int>(*try_add(context, number, "", true));
}

bool Route::push_order(PlanningContext& context, const std::vector<OrderKey>& keys) {
  if (!select()) wrap(context);
  std::vector<engine::OrderBy> columns;
  const bool many = !routing.is_single_shard();
  for (const OrderKey& key : keys) {
    if (many) columns.push_back(order_column(context, *this, key.column, key.descending));
  }
  order_by = std::move(columns);
  select()->order_by = {};
  for (const OrderKey& key : keys) {
    sql::Expr* by = column_expr(key.column) ? column_expr(key.column) : key.expr;
    // A number alone would name a column by its place.
    if (sql::is<sql::Literal>(by) || sql::is<sql::Argument>(by)) continue;
    auto* order = context.arena.make<sql::Order>();
    order->expr = by;
    order->descending = key.descending;
    select()->order_by.push_back(context.arena, order);
  }
  return true;
}

void Route::push_limit(PlanningContext& context) {
  auto* limit = context.arena.make<sql::Limit>();
  limit->rowcount = context.argument(engine::kUpperLimitVariable);
  statement->limit = limit;
  context.rewritten = true;
}

bool Route::truncate(size_t count) {
  visible_ = count;
  return true;
}

engine::PrimitivePtr Route::build(PlanningContext& context) {
  if (auto* block = select(); block && block->exprs.empty()) {
    auto* one = context.arena.make<sql::Literal>();
    one->type = sql::LiteralType::kIntVal;
    one->text = "1";
    try_add(context, one, "", false);
  }
  engine::Route::Spec spec;
  spec.routing = routing.build(context);
  strip_keyspaces(context, statement);
  spec.field_query = field_query_of(context, statement);
  spec.query = query_of(statement);
  spec.query.verbatim = root_ && whole && !context.rewritten;
  if (spec.query.verbatim) context.as_written = true;
  spec.order_by = order_by;
  const sql::Select* first = first_select(statement);
  spec.columns = visible_ < first->exprs.size() ? visible_ : 0;
  spec.timeout_ms = context.timeout_ms;
  spec.scatter_errors_as_warnings = context.scatter_errors_as_warnings;
  spec.locks = statement->lock != sql::Lock::kNoLock;
  return std::make_unique<engine::Route>(std::move(spec));
}

}  // namespace vif::vtgate::plan
