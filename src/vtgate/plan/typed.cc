#include "vtgate/plan/typed.h"

#include <algorithm>
#include <set>

#include "sharding/vschema.h"
#include "sql/ast.h"
#include "sql/ast_func.h"
#include "sql/printer.h"
#include "sql/tables.h"
#include "sql/tree.h"
#include "vtgate/engine/description.h"
#include "vtgate/engine/typed.h"
#include "vtgate/plan/context.h"
#include "vtgate/plan/steps.h"

namespace vif::vtgate::plan {

namespace {

bool makes_columns(const engine::Description& d) {
  for (const char* type :
       {"Projection", "Concatenate", "Join", "SemiJoin", "Apply", "UncorrelatedSubquery"}) {
    if (d.operator_type == type) return true;
  }
  return std::any_of(d.inputs.begin(), d.inputs.end(),
                     [](const engine::Description& input) { return makes_columns(input); });
}

bool makes_groups(const engine::Description& d) {
  if (d.operator_type == "Aggregate") return true;
  return std::any_of(d.inputs.begin(), d.inputs.end(),
                     [](const engine::Description& input) { return makes_groups(input); });
}

bool is_bare(const sql::SelectExpr* expr) {
  const auto* item = sql::as<sql::AliasedExpr>(expr);
  return !item || sql::is<sql::ColName>(item->expr);
}

// Does a column stand outside of aggregates that GROUP BY does not name?
bool may_miss_grouping(const sql::Select& select) {
  std::set<std::string> groups;
  for (const sql::Expr* group : select.group_by) {
    const auto* column = sql::as<sql::ColName>(group);
    groups.insert(column ? sql::lowered(column->name) : sql::print(group));
  }
  bool missing = false;
  for (const sql::SelectExpr* one : select.exprs) {
    const auto* item = sql::as<sql::AliasedExpr>(one);
    if (!item) return true;
    sql::walk(static_cast<const sql::Node*>(item->expr), [&](const sql::Node& node) {
      if (sql::is<sql::AggrFunc>(&node) || sql::is<sql::GroupConcatExpr>(&node)) return false;
      if (sql::is<sql::Subquery>(&node)) return false;
      if (node.kind > sql::Kind::kLiteral && node.kind <= sql::Kind::kJSONValueExpr &&
          groups.contains(sql::print(static_cast<const sql::Expr*>(&node))))
        return false;
      const auto* column = sql::as<sql::ColName>(&node);
      missing = missing || (column && !groups.contains(sql::lowered(column->name)));
      return !missing;
    });
  }
  return missing;
}

// Is a DISTINCT ordered by what it may not have?
bool may_order_beyond(const sql::Select& select) {
  if (!select.distinct || select.order_by.empty()) return false;
  std::set<std::string> items;
  for (const sql::SelectExpr* one : select.exprs) {
    const auto* item = sql::as<sql::AliasedExpr>(one);
    if (!item) return false;  // whole rows
    items.insert(sql::print(item->expr));
    items.insert(sql::lowered(item->as));
  }
  return std::any_of(select.order_by.begin(), select.order_by.end(), [&](const sql::Order* order) {
    const auto* column = sql::as<sql::ColName>(order->expr);
    return !sql::is<sql::Literal>(order->expr) && !items.contains(sql::print(order->expr)) &&
           !(column && items.contains(sql::lowered(column->name)));
  });
}

// The one keyspace of all tables; null when there are several, or none, or a name is no table's.
std::shared_ptr<const sharding::Keyspace> only_keyspace(const sql::Statement& statement,
                                                        const PlanContext& in) {
  std::set<std::string, std::less<>> ctes;
  sql::walk(static_cast<const sql::Node*>(&statement), [&](const sql::Node& node) {
    if (const auto* cte = sql::as<sql::CommonTableExpr>(&node)) ctes.insert(std::string(cte->id));
    return true;
  });
  std::shared_ptr<const sharding::Keyspace> only;
  bool same = true;
  sql::for_each_table_name(&statement, [&](const sql::TableName& name, const sql::Node& owner) {
    if (sql::is<sql::ColName>(&owner) || sql::is<sql::StarExpr>(&owner) || name.empty() || !same)
      return;
    if (name.qualifier.empty() && ctes.contains(name.name)) return;
    const std::string_view keyspace =
        name.qualifier.empty() ? std::string_view(in.keyspace) : name.qualifier;
    const auto found = in.vschema->find_table_or_vindex(keyspace, name.name, "primary");
    same = found.ok() && found->table && found->table->name == name.name &&
           found->table->keyspace->sharded && (!only || only == found->table->keyspace);
    if (same) only = found->table->keyspace;
  });
  return same ? only : nullptr;
}

}  // namespace

engine::PrimitivePtr with_server_types(const sql::Statement& statement, const PlanContext& in,
                                       engine::PrimitivePtr root) {
  const sql::TableStatement* first = static_cast<const sql::TableStatement*>(&statement);
  while (const auto* both = sql::as<sql::Union>(first)) first = both->left;
  const auto* select = sql::as<sql::Select>(first);
  if (!select || select->sql_calc_found_rows) return root;
  const engine::Description shape = root->describe();
  const bool united = first != &statement;
  const bool columns =
      makes_columns(shape) &&
      (united || !std::all_of(select->exprs.begin(), select->exprs.end(), is_bare));
  const bool groups =
      !united && in.flavor == Flavor::kMySql &&
      ((makes_groups(shape) && may_miss_grouping(*select)) || may_order_beyond(*select));
  if (!columns && !groups) return root;
  const auto keyspace = only_keyspace(statement, in);
  if (!keyspace) return root;
  sql::Arena arena;
  PlanningContext context(arena, in);
  auto* copy = sql::clone(arena, static_cast<const sql::TableStatement*>(&statement));
  strip_all_keyspaces(context, *copy);
  engine::Typed::Spec spec;
  if (columns) spec.columns = field_query_of(context, copy);
  if (groups) spec.grouping = grouped_field_query_of(context, copy);
  spec.routing.keyspace = keyspace->name;
  spec.routing.sharded = true;
  spec.input = std::move(root);
  return std::make_unique<engine::Typed>(std::move(spec));
}

}  // namespace vif::vtgate::plan
