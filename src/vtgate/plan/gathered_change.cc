#include "vtgate/plan/gathered_change.h"

#include "semantics/analysis.h"
#include "sharding/vschema.h"
#include "sql/ast.h"
#include "sql/tree.h"
#include "vtgate/engine/dml_with_input.h"
#include "vtgate/plan/context.h"
#include "vtgate/plan/gathered.h"

namespace vif::vtgate::plan {

namespace {

// The parts that UPDATE and DELETE have in common.
struct Parts {
  sql::List<sql::TableExpr*>* tables;
  sql::Expr** where;
  sql::List<sql::Order*>* order_by;
  sql::Limit** limit;
};

Parts parts_of(sql::Statement& statement) {
  if (auto* update = sql::as<sql::Update>(&statement)) {
    for (const sql::UpdateExpr* set : update->exprs) {
      if (semantics::has_subquery(set->expr))
        unsupported("a subquery's value in an UPDATE over several shards");
    }
    if (update->with) unsupported("WITH expression in UPDATE statement");
    return {&update->tables, &update->where, &update->order_by, &update->limit};
  }
  auto& gone = sql::to<sql::Delete>(statement);
  if (gone.with) unsupported("WITH expression in DELETE statement");
  if (!gone.single_table()) unsupported("multi-table DELETE over several shards");
  if (!gone.returning.empty()) unsupported("DELETE ... RETURNING on sharded keyspace");
  return {&gone.tables, &gone.where, &gone.order_by, &gone.limit};
}

sql::AliasedTableExpr& only_table(const Parts& parts) {
  auto* table =
      parts.tables->size() == 1 ? sql::as<sql::AliasedTableExpr>((*parts.tables)[0]) : nullptr;
  if (!table || table->derived) unsupported("a change of several tables over several shards");
  return *table;
}

sql::ColName* column_of(sql::Arena& arena, std::string_view table, const std::string& name) {
  auto* column = arena.make<sql::ColName>();
  column->qualifier.name = arena.copy(table);
  column->name = arena.copy(name);
  return column;
}

std::shared_ptr<Plan> plan_change(const sql::Parsed& parsed, const PlanContext& in) {
  sql::Parsed change;
  change.arena = std::make_unique<sql::Arena>();
  sql::Arena& arena = *change.arena;
  change.statement = sql::clone(arena, parsed.statement);
  const Parts parts = parts_of(*change.statement);
  const sql::AliasedTableExpr& target = only_table(parts);
  const std::string_view keyspace =
      target.table.qualifier.empty() ? std::string_view(in.keyspace) : target.table.qualifier;
  const Result<sharding::TablePtr> table = in.vschema->find_table(keyspace, target.table.name);
  if (!table.ok()) throw SqlError{table.error()};
  if (!(*table)->keyspace->sharded || (*table)->primary_key.empty() ||
      (*table)->type == sharding::TableType::kReference)
    unsupported("a change of a table without a known primary key over several shards");
  PlanningContext context(arena, in);
  const std::string_view alias = target.as.empty() ? target.table.name : target.as;
  auto* find = arena.make<sql::Select>();
  auto* key = arena.make<sql::ValTuple>();
  std::vector<size_t> columns;
  for (const std::string& name : (*table)->primary_key) {
    auto* item = arena.make<sql::AliasedExpr>();
    item->expr = column_of(arena, alias, name);
    find->exprs.push_back(arena, item);
    key->exprs.push_back(arena, column_of(arena, alias, name));
    columns.push_back(columns.size());
  }
  for (const sql::TableExpr* from : *parts.tables)
    find->from.push_back(arena, const_cast<sql::TableExpr*>(sql::clone(arena, from)));
  find->where = *parts.where;
  find->order_by = *parts.order_by;
  find->limit = *parts.limit;
  auto* found = arena.make<sql::ComparisonExpr>();
  found->op = sql::ComparisonOp::kIn;
  found->left = key->exprs.size() == 1 ? key->exprs[0] : key;
  found->right = context.list_argument(engine::kDmlValuesVariable);
  *parts.where = found;
  *parts.order_by = {};
  *parts.limit = nullptr;
  std::shared_ptr<Plan> plan = gathered_plan(*find, in);
  PlanContext own_text = in;
  own_text.is_own = true;
  Result<std::shared_ptr<const Plan>> changes = build(change, own_text);
  if (!changes.ok()) throw SqlError{changes.error()};
  // Nobody else has it yet.
  const auto own = std::const_pointer_cast<Plan>(*changes);
  std::vector<engine::DmlWithInput::Target> targets;
  targets.push_back({std::move(columns), {}, std::move(own->root)});
  plan->root = std::make_unique<engine::DmlWithInput>(std::move(plan->root), std::move(targets));
  plan->query_type = own->query_type;
  plan->timeout_ms = own->timeout_ms;
  return plan;
}

}  // namespace

Result<std::shared_ptr<const Plan>> build_gathered_change(const sql::Parsed& parsed,
                                                          const PlanContext& in) {
  try {
    return std::shared_ptr<const Plan>(plan_change(parsed, in));
  } catch (const SqlError& error) {
    return error.error;
  }
}

}  // namespace vif::vtgate::plan
