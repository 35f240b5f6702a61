// UPDATE and DELETE: FROM and WHERE say where the rows are, checks say whether they may be changed there.
#include "vtgate/engine/dml.h"

#include <algorithm>

#include "sharding/vindex.h"
#include "sql/printer.h"
#include "sql/tree.h"
#include "vtgate/plan/steps.h"

namespace vif::vtgate::plan {

namespace {

// A reference table's rows are changed where they come from.
void redirect_references(PlanningContext& context, bool joined) {
  for (semantics::Table& table : context.analysis.tables) {
    if (!table.table || !table.table->source) continue;
    if (joined) unsupported("DML on reference table with join");
    auto source = context.in.vschema->find_table(table.table->source->keyspace, table.table->source->name);
    if (!source.ok()) throw SqlError{source.error()};
    if ((*source)->keyspace->name == table.table->keyspace->name) continue;
    table.table = *source;
    table.keyspace = table.table->keyspace->name;
    table.sharded = table.table->keyspace->sharded;
    context.rewritten = true;
  }
}

void check_no_lookups(const sharding::Table& table, std::string_view verb) {
  for (const sharding::ColumnVindex& vindex : table.column_vindexes) {
    if (vindex.owned && vindex.vindex && vindex.vindex->needs_vcursor()) {
      unsupported(fmt::format("{} on a table that owns a lookup vindex ({})", verb, vindex.name));
    }
  }
}

void check_vindex_changes(const PlanningContext& context, const sql::Update& statement) {
  for (const sql::UpdateExpr* change : statement.exprs) {
    const auto number = static_cast<size_t>(change->name->table);
    const semantics::Table& target = context.analysis.tables[number];
    if (target.derived) {
      fail(Code::kInvalidArgument, fmt::format("VT03032: the target table {} of the UPDATE is not updatable", sql::print(target.node)));
    }
    if (!target.table || !target.sharded) continue;
    // Set to itself, a column does not change.
    const auto* same = sql::as<sql::ColName>(change->expr);
    if (same && same->table == change->name->table && sql::equal_ci(same->name, change->name->name)) continue;
    bool owned_lookup = false;
    for (size_t i = 0; i < target.table->column_vindexes.size(); ++i) {
      const sharding::ColumnVindex& vindex = target.table->column_vindexes[i];
      const bool changes = std::any_of(vindex.columns.begin(), vindex.columns.end(), [&](const std::string& column) {
        return sql::equal_ci(column, change->name->name);
      });
      if (!changes) continue;
      if (i == 0) {
        unsupported(fmt::format("you cannot UPDATE primary vindex columns; invalid update on vindex: {}", vindex.name));
      }
      if (!vindex.vindex || !vindex.vindex->needs_vcursor()) {
        unsupported(fmt::format("you can only UPDATE lookup vindexes; invalid update on vindex: {}", vindex.name));
      }
      if (statement.limit && statement.order_by.empty()) {
        unsupported("Vindex update should have ORDER BY clause when using LIMIT");
      }
      owned_lookup = true;
    }
    if (owned_lookup) unsupported("UPDATE of a lookup vindex column");
  }
}

void check_duplicate_sets(const sql::Update& statement) {
  std::set<std::string> seen;
  for (const sql::UpdateExpr* change : statement.exprs) {
    const std::string key = fmt::format("{}.{}", change->name->table, sql::lowered(change->name->name));
    if (!seen.insert(key).second) {
      fail(Code::kInvalidArgument, fmt::format("VT03015: column has duplicate set values: '{}'", change->name->name));
    }
  }
}

std::string target_name(const PlanningContext& context) {
  for (const semantics::Table& table : context.analysis.tables) {
    if (table.table) return table.table->name;
  }
  return "";
}

struct Change {
  engine::Dml::Verb verb;
  sql::Statement* statement;
  const sql::List<sql::TableExpr*>* tables;
  sql::Expr** where;
  const sql::Limit* limit;
  bool ordered;
};

engine::PrimitivePtr wrap_pulled(PlanningContext& context, engine::PrimitivePtr primitive, std::vector<Pulled> pulled) {
  for (auto it = pulled.rbegin(); it != pulled.rend(); ++it) {
    engine::UncorrelatedSubquery::Spec spec;
    spec.use = it->use;
    spec.result = it->result;
    spec.has_values = it->has_values;
    spec.subquery = it->query->build(context);
    spec.outer = std::move(primitive);
    primitive = std::make_unique<engine::UncorrelatedSubquery>(std::move(spec));
  }
  return primitive;
}

engine::PrimitivePtr plan_change(PlanningContext& context, const Change& change,
                                 std::vector<sql::Expr**> set_expressions) {
  const std::string_view verb = change.verb == engine::Dml::Verb::kUpdate ? "UPDATE" : "DELETE";
  std::vector<sql::Expr*> clauses = split_and(*change.where);
  OperatorPtr op = plan_from(context, *change.tables, clauses);
  std::vector<Pulled> pulled;
  sql::Expr* where = nullptr;
  for (sql::Expr* clause : clauses) {
    const bool had = semantics::has_subquery(clause);
    settle_subqueries(context, *op, clause, pulled);
    where = context.conjunction(where, clause);
    if (!had) continue;
    for (sql::Expr* term : split_and(clause)) op->add_predicate(context, term);
  }
  *change.where = where;
  for (sql::Expr** expr : set_expressions) settle_subqueries(context, *op, *expr, pulled);
  auto* route = dynamic_cast<Route*>(op.get());
  if (!route) unsupported(fmt::format("multi-table {} over several shards", verb));
  if (change.limit && !route->routing.is_single_shard()) unsupported(fmt::format("multi shard {} with LIMIT", verb));
  engine::Dml::Spec spec;
  spec.verb = change.verb;
  spec.routing = route->routing.build(context);
  // A reference table without a source is changed on every shard.
  if (route->routing.kind() == Routing::Kind::kAnyShard) spec.routing.opcode = engine::Opcode::kScatter;
  strip_keyspaces(context, change.statement);
  spec.query = query_of(change.statement);
  spec.query.verbatim = !context.rewritten && pulled.empty();
  spec.table = target_name(context);
  spec.multi_shard_autocommit = context.multi_shard_autocommit;
  spec.timeout_ms = context.timeout_ms;
  return wrap_pulled(context, std::make_unique<engine::Dml>(std::move(spec)), std::move(pulled));
}

}  // namespace

engine::PrimitivePtr plan_update(PlanningContext& context, sql::Update& statement) {
  const bool joined = context.analysis.tables.size() > 1;
  check_duplicate_sets(statement);
  std::set<int32_t> targets;
  for (const sql::UpdateExpr* change : statement.exprs) targets.insert(change->name->table);
  for (const int32_t target : targets) {
    const auto& table = context.analysis.tables[static_cast<size_t>(target)].table;
    if (table && table->source && joined) unsupported("DML on reference table with join");
  }
  if (!joined) redirect_references(context, joined);
  check_vindex_changes(context, statement);
  std::vector<sql::Expr**> sets;
  for (sql::UpdateExpr* change : statement.exprs) sets.push_back(&change->expr);
  return plan_change(context,
                     {engine::Dml::Verb::kUpdate, &statement, &statement.tables, &statement.where, statement.limit,
                      !statement.order_by.empty()},
                     sets);
}

engine::PrimitivePtr plan_delete(PlanningContext& context, sql::Delete& statement) {
  const bool joined = context.analysis.tables.size() > 1;
  for (const semantics::Table& table : context.analysis.tables) {
    if (!table.table) continue;
    bool target = statement.single_table();
    for (const sql::TableName& name : statement.targets) target = target || name.name == table.alias;
    if (!target) continue;
    if (table.table->source && joined) unsupported("DML on reference table with join");
    check_no_lookups(*table.table, "DELETE");
  }
  if (!joined) redirect_references(context, joined);
  if (!statement.returning.empty()) unsupported("DELETE ... RETURNING on sharded keyspace");
  return plan_change(context,
                     {engine::Dml::Verb::kDelete, &statement, &statement.tables, &statement.where, statement.limit,
                      !statement.order_by.empty()},
                     {});
}

}  // namespace vif::vtgate::plan
