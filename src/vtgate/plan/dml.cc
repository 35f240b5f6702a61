// UPDATE and DELETE: FROM and WHERE say where the rows are, checks say whether they may be changed
// there.
#include "vtgate/engine/dml.h"

#include <algorithm>
#include <map>

#include "sharding/vindex.h"
#include "sql/printer.h"
#include "sql/tree.h"
#include "vtgate/engine/dml_with_input.h"
#include "vtgate/plan/operators/apply.h"
#include "vtgate/plan/operators/filter.h"
#include "vtgate/plan/operators/ordering.h"
#include "vtgate/plan/steps.h"

namespace vif::vtgate::plan {

namespace {

// A reference table's rows are changed where they come from.
void redirect_references(PlanningContext& context, bool joined) {
  for (semantics::Table& table : context.analysis.tables) {
    if (!table.table || !table.table->source) continue;
    if (joined) unsupported("DML on reference table with join");
    auto source =
        context.in.vschema->find_table(table.table->source->keyspace, table.table->source->name);
    if (!source.ok()) throw SqlError{source.error()};
    if ((*source)->keyspace->name == table.table->keyspace->name) continue;
    table.table = *source;
    table.keyspace = table.table->keyspace->name;
    table.sharded = table.table->keyspace->sharded;
    context.rewritten = true;
  }
}

// Does a lookup vindex get other entries?
bool check_vindex_changes(const PlanningContext& context, const sql::Update& statement) {
  bool moves = false;
  for (const sql::UpdateExpr* change : statement.exprs) {
    const auto number = static_cast<size_t>(change->name->table);
    const semantics::Table& target = context.analysis.tables[number];
    if (target.derived) {
      fail(Code::kInvalidArgument,
           fmt::format("VT03032: the target table {} of the UPDATE is not updatable",
                       sql::print(target.node)));
    }
    if (!target.table || !target.sharded) continue;
    // Set to itself, a column does not change.
    const auto* same = sql::as<sql::ColName>(change->expr);
    if (same && same->table == change->name->table && sql::equal_ci(same->name, change->name->name))
      continue;
    for (size_t i = 0; i < target.table->column_vindexes.size(); ++i) {
      const sharding::ColumnVindex& vindex = target.table->column_vindexes[i];
      const bool changes = std::any_of(
          vindex.columns.begin(), vindex.columns.end(),
          [&](const std::string& column) { return sql::equal_ci(column, change->name->name); });
      if (!changes) continue;
      if (i == 0) {
        unsupported(fmt::format(
            "you cannot UPDATE primary vindex columns; invalid update on vindex: {}", vindex.name));
      }
      if (!vindex.vindex || !vindex.vindex->needs_vcursor()) {
        unsupported(fmt::format("you can only UPDATE lookup vindexes; invalid update on vindex: {}",
                                vindex.name));
      }
      moves = true;
    }
  }
  return moves;
}

void check_duplicate_sets(const sql::Update& statement) {
  std::set<std::string> seen;
  for (const sql::UpdateExpr* change : statement.exprs) {
    const std::string key =
        fmt::format("{}.{}", change->name->table, sql::lowered(change->name->name));
    if (!seen.insert(key).second) {
      fail(Code::kInvalidArgument,
           fmt::format("VT03015: column has duplicate set values: '{}'", change->name->name));
    }
  }
}

std::string target_name(const PlanningContext& context) {
  for (const semantics::Table& table : context.analysis.tables) {
    if (table.table) return table.table->name;
  }
  return "";
}

sql::SelectExpr* item(PlanningContext& context, sql::Expr* expr) {
  auto* one = context.arena.make<sql::AliasedExpr>();
  one->expr = sql::clone(context.arena, expr);
  return one;
}

struct Change {
  engine::Dml::Verb verb;
  sql::Statement* statement;
  sql::List<sql::TableExpr*>* tables;
  sql::Expr** where;
  sql::Limit** limit;
  sql::List<sql::Order*>* order_by;
  std::vector<size_t> targets;  // tables that rows are changed in
  std::vector<sql::UpdateExpr*> sets = {};
  bool moves_entries = false;  // of lookup vindexes
};

engine::PrimitivePtr wrap_pulled(PlanningContext& context, engine::PrimitivePtr primitive,
                                 std::vector<Pulled> pulled) {
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

using Assigned = std::map<std::string, sql::Expr*>;  // by column, in lower case

// What columns will have, in terms of what they have now: MySQL assigns from left to right, and
// reads what it has assigned.
Assigned assigned_by(PlanningContext& context, const sql::Update& update) {
  Assigned assigned;
  for (const sql::UpdateExpr* set : update.exprs) {
    if (sql::is<sql::Default>(set->expr)) {
      // Alone it is a value in SET only.
      auto* value = context.arena.make<sql::Default>();
      value->col_name = set->name->name;
      assigned[sql::lowered(set->name->name)] = value;
      continue;
    }
    assigned[sql::lowered(set->name->name)] = static_cast<sql::Expr*>(sql::rewrite(
        sql::clone(context.arena, set->expr),
        [&](sql::Cursor& cursor) {
          if (sql::is<sql::Subquery>(cursor.node)) return false;
          const auto* column = sql::as<sql::ColName>(cursor.node);
          const auto before = column ? assigned.find(sql::lowered(column->name)) : assigned.end();
          if (before == assigned.end()) return true;
          cursor.replace(sql::clone(context.arena, before->second));
          return false;
        },
        [](sql::Cursor&) {}));
  }
  return assigned;
}

// Entries of lookup vindexes that the change touches: of all that the table owns for a DELETE, of
// those whose columns are set for an UPDATE. REQUIRES: the statement is about one table, as it will
// be sent.
std::optional<engine::OwnedLookups> owned_lookups(PlanningContext& context, const Change& change) {
  if (change.targets.size() != 1) return std::nullopt;
  const semantics::Table& target = context.analysis.tables[change.targets[0]];
  const auto* update = sql::as<sql::Update>(change.statement);
  engine::OwnedLookups owned;
  auto* select = context.arena.make<sql::Select>();
  const bool joined =
      change.tables->size() != 1 || !sql::is<sql::AliasedTableExpr>((*change.tables)[0]);
  auto column = [&](std::string_view name) -> size_t {
    auto* named = context.arena.make<sql::ColName>();
    named->name = context.arena.copy(name);
    if (joined) named->qualifier.name = context.arena.copy(target.alias);
    select->exprs.push_back(context.arena, item(context, named));
    return select->exprs.size() - 1;
  };
  const sharding::ColumnVindex* primary = target.table ? target.table->primary_vindex() : nullptr;
  if (!primary) return std::nullopt;
  const Assigned assigned = update ? assigned_by(context, *update) : Assigned();
  for (const std::string& name : primary->columns) column(name);
  owned.primary = primary->vindex;
  owned.primary_columns = primary->columns.size();
  for (const sharding::ColumnVindex& vindex : target.table->column_vindexes) {
    if (!vindex.owned || !vindex.vindex || !vindex.vindex->lookup()) continue;
    std::vector<sql::Expr*> after;
    bool changes = !update;
    for (const std::string& name : vindex.columns) {
      const auto set = assigned.find(sql::lowered(name));
      sql::Expr* value = set == assigned.end() ? nullptr : set->second;
      changes = changes || value;
      after.push_back(value);
    }
    if (!changes) continue;
    engine::OwnedLookups::Entry& entry = owned.entries.emplace_back();
    entry.vindex = vindex.vindex;
    entry.columns = vindex.columns;
    for (const std::string& name : vindex.columns) entry.before.push_back(column(name));
    for (size_t i = 0; update && i < after.size(); ++i) {
      if (after[i] && semantics::has_subquery(after[i]))
        unsupported("UPDATE of a lookup vindex column by a subquery");
      if (!after[i]) {
        entry.after.push_back(entry.before[i]);
      } else {
        select->exprs.push_back(context.arena, item(context, after[i]));
        entry.after.push_back(select->exprs.size() - 1);
      }
    }
  }
  if (owned.entries.empty()) return std::nullopt;
  if (change.tables->size() != 1)
    unsupported("multi-table change of a table that owns a lookup vindex");
  select->from = *change.tables;
  select->where = *change.where;
  select->order_by = *change.order_by;
  select->limit = *change.limit;
  select->lock = sql::Lock::kForUpdate;
  owned.query = query_of(select);
  return owned;
}

// The statement for one of several tables.
Change only_for(PlanningContext& context, const Change& change, size_t target) {
  Change one = change;
  one.targets = {target};
  if (const auto* update = sql::as<sql::Update>(change.statement)) {
    auto* copy = context.arena.make<sql::Update>(*update);
    copy->exprs = {};
    one.sets.clear();
    for (sql::UpdateExpr* set : change.sets) {
      if (static_cast<size_t>(set->name->table) != target) continue;
      copy->exprs.push_back(context.arena, set);
      one.sets.push_back(set);
    }
    one.statement = copy;
    one.tables = &copy->tables;
    one.where = &copy->where;
    one.limit = &copy->limit;
    one.order_by = &copy->order_by;
  } else {
    auto* copy = context.arena.make<sql::Delete>(sql::to<sql::Delete>(*change.statement));
    copy->targets = {};
    for (const sql::TableName& name : sql::to<sql::Delete>(*change.statement).targets) {
      if (name.name == context.analysis.tables[target].alias)
        copy->targets.push_back(context.arena, name);
    }
    one.statement = copy;
    one.tables = &copy->tables;
    one.where = &copy->where;
    one.limit = &copy->limit;
    one.order_by = &copy->order_by;
  }
  return one;
}

// The columns of `op` that make the target's primary key, and the condition that a row has one of
// those found.
sql::Expr* find_by_key(PlanningContext& context, std::string_view verb, size_t target, Operator& op,
                       std::vector<size_t>& key) {
  const semantics::Table& table = context.analysis.tables[target];
  auto* tuple = context.arena.make<sql::ValTuple>();
  for (const std::string& name : table.table->primary_key) {
    auto* column = context.arena.make<sql::ColName>();
    column->name = context.arena.copy(name);
    column->table = static_cast<int32_t>(target);
    tuple->exprs.push_back(context.arena, sql::clone(context.arena, column));
    column->qualifier.name = context.arena.copy(table.alias);
    const auto index = op.try_add(context, column, "", true);
    if (!index) unsupported(fmt::format("multi-table {} over several shards", verb));
    key.push_back(*index);
  }
  auto* in = context.arena.make<sql::ComparisonExpr>();
  in->op = sql::ComparisonOp::kIn;
  in->left = tuple->exprs.size() == 1 ? tuple->exprs[0] : tuple;
  in->right = context.list_argument(engine::kDmlValuesVariable);
  return in;
}

// Columns of other tables in what is assigned become bind variables, given anew for each row.
void take_values(PlanningContext& context, const Change& change, Operator& op,
                 std::map<std::string, size_t>& values) {
  for (sql::UpdateExpr* set : change.sets) {
    set->expr = static_cast<sql::Expr*>(sql::rewrite(
        set->expr,
        [&](sql::Cursor& cursor) {
          auto* column = sql::as<sql::ColName>(cursor.node);
          if (!column || column->table < 0 ||
              static_cast<size_t>(column->table) == change.targets[0])
            return true;
          const auto index = op.try_add(context, column, "", true);
          if (!index) unsupported("UPDATE with values of another table over several shards");
          const std::string name = context.reserve(fmt::format("dml_{}", column->name));
          values[name] = *index;
          cursor.replace(context.argument(name));
          return false;
        },
        [](sql::Cursor&) {}));
  }
}

engine::PrimitivePtr dml_by_key(PlanningContext& context, const Change& change, sql::Expr* by_key) {
  const semantics::Table& table = context.analysis.tables[change.targets[0]];
  Routing routing = Routing::table(context, change.targets[0]);
  routing.add_predicate(context, by_key);
  *change.where = by_key;
  *change.limit = nullptr;
  *change.order_by = {};
  *change.tables = {};
  change.tables->push_back(context.arena, table.node);
  engine::Dml::Spec spec;
  spec.verb = change.verb;
  spec.routing = routing.build(context);
  spec.copies = routing.kind() == Routing::Kind::kAnyShard;
  if (spec.copies) spec.routing.opcode = engine::Opcode::kScatter;
  strip_keyspaces(context, change.statement);
  spec.owned = owned_lookups(context, change);
  spec.query = query_of(change.statement);
  spec.table = table.table->name;
  spec.multi_shard_autocommit = context.multi_shard_autocommit;
  spec.timeout_ms = context.timeout_ms;
  return std::make_unique<engine::Dml>(std::move(spec));
}

// The rows are found by `op`, and changed by their primary keys.
engine::PrimitivePtr plan_by_primary_key(PlanningContext& context, const Change& change,
                                         OperatorPtr op) {
  const std::string_view verb = change.verb == engine::Dml::Verb::kUpdate ? "UPDATE" : "DELETE";
  std::vector<engine::DmlWithInput::Target> targets;
  std::vector<Change> parts;
  std::vector<sql::Expr*> by_key;
  for (const size_t target : change.targets) {
    const semantics::Table& table = context.analysis.tables[target];
    if (!table.table || table.table->primary_key.empty()) {
      if (*change.limit) unsupported(fmt::format("multi shard {} with LIMIT", verb));
      unsupported(fmt::format(
          "multi-table {} over several shards, of a table without a known primary key", verb));
    }
    parts.push_back(change.targets.size() == 1 ? change : only_for(context, change, target));
    engine::DmlWithInput::Target& one = targets.emplace_back();
    by_key.push_back(find_by_key(context, verb, target, *op, one.key));
    take_values(context, parts.back(), *op, one.values);
  }
  std::vector<OrderKey> order;
  for (const sql::Order* by : *change.order_by) {
    const auto index = op->try_add(context, by->expr, "", true);
    if (!index)
      unsupported(fmt::format("{} with ORDER BY an expression over several shards", verb));
    order.push_back({by->expr, *index, by->descending});
  }
  if (!order.empty() && !op->push_order(context, order)) {
    std::vector<engine::OrderBy> by;
    for (const OrderKey& one : order)
      by.push_back(order_column(context, *op, one.column, one.descending));
    op = std::make_unique<Ordering>(std::move(op), std::move(by));
  }
  if (*change.limit && dynamic_cast<Route*>(op.get())) op->push_limit(context);
  op = with_limit(context, std::move(op), *change.limit);
  engine::PrimitivePtr input = op->build(context);
  for (size_t i = 0; i < targets.size(); ++i)
    targets[i].dml = dml_by_key(context, parts[i], by_key[i]);
  return std::make_unique<engine::DmlWithInput>(std::move(input), std::move(targets));
}

// Every shard has a reference table's rows, but no more than its own of what decides which of them
// change.
bool would_differ(const PlanningContext& context, const Change& change, const Route& found) {
  if (found.routing.kind() == Routing::Kind::kAnyShard) return false;
  return std::any_of(change.targets.begin(), change.targets.end(), [&](size_t target) {
    const sharding::TablePtr& table = context.analysis.tables[target].table;
    return table && table->type == sharding::TableType::kReference && table->keyspace->sharded;
  });
}

engine::PrimitivePtr plan_change(PlanningContext& context, const Change& change) {
  std::vector<sql::Expr*> clauses = split_and(*change.where);
  OperatorPtr op = plan_from(context, *change.tables, clauses);
  std::vector<Pulled> pulled;
  sql::Expr* where = nullptr;
  for (sql::Expr* clause : clauses) {
    const bool had = semantics::has_subquery(clause);
    settle_subqueries(context, op, clause, pulled);
    where = context.conjunction(where, clause);
    if (!had) continue;
    for (sql::Expr* term : split_and(clause)) {
      if (!op->add_predicate(context, term)) op = Filter::over(context, std::move(op), term);
    }
  }
  *change.where = where;
  const auto* found = dynamic_cast<Route*>(op.get());
  if (!found || (*change.limit && !found->routing.is_single_shard()) ||
      would_differ(context, change, *found)) {
    for (sql::UpdateExpr* set : change.sets) {
      const auto number = static_cast<size_t>(set->name->table);
      OperatorPtr target = Route::over(context, Routing::table(context, number), number,
                                       context.analysis.tables[number].node);
      settle_subqueries(context, target, set->expr, pulled);
      if (!dynamic_cast<Route*>(target.get()))
        unsupported("correlated subquery in UPDATE over several shards");
    }
    return wrap_pulled(context, plan_by_primary_key(context, change, std::move(op)),
                       std::move(pulled));
  }
  if (change.moves_entries && *change.limit && change.order_by->empty()) {
    unsupported("Vindex update should have ORDER BY clause when using LIMIT");
  }
  for (sql::UpdateExpr* set : change.sets) settle_subqueries(context, op, set->expr, pulled);
  auto* route = dynamic_cast<Route*>(op.get());
  if (!route) unsupported("correlated subquery in UPDATE over several shards");
  engine::Dml::Spec spec;
  spec.verb = change.verb;
  spec.routing = route->routing.build(context);
  // A reference table without a source is changed on every shard.
  spec.copies = route->routing.kind() == Routing::Kind::kAnyShard;
  if (spec.copies) spec.routing.opcode = engine::Opcode::kScatter;
  strip_keyspaces(context, change.statement);
  spec.owned = owned_lookups(context, change);
  spec.query = query_of(change.statement);
  spec.query.verbatim = !context.rewritten && pulled.empty();
  spec.table = target_name(context);
  spec.multi_shard_autocommit = context.multi_shard_autocommit;
  spec.timeout_ms = context.timeout_ms;
  return wrap_pulled(context, std::make_unique<engine::Dml>(std::move(spec)), std::move(pulled));
}

}  // namespace

namespace {

// Of the table names in a FROM clause, those that rows are changed in.
struct ChangedTable {
  const sql::TableName* name;
  std::string_view alias;
};

void tables_in(const sql::TableExpr* expr, std::vector<ChangedTable>& tables) {
  if (const auto* join = sql::as<sql::JoinTableExpr>(expr)) {
    tables_in(join->left, tables);
    tables_in(join->right, tables);
  } else if (const auto* paren = sql::as<sql::ParenTableExpr>(expr)) {
    for (const sql::TableExpr* each : paren->exprs) tables_in(each, tables);
  } else if (const auto* table = sql::as<sql::AliasedTableExpr>(expr); table && !table->derived) {
    tables.push_back({&table->table, table->as.empty() ? table->table.name : table->as});
  }
}

std::vector<ChangedTable> changed_tables(const sql::Statement& statement) {
  std::vector<ChangedTable> tables;
  std::set<std::string_view> targets;
  const auto* update = sql::as<sql::Update>(&statement);
  if (update) {
    for (const sql::TableExpr* expr : update->tables) tables_in(expr, tables);
    for (const sql::UpdateExpr* set : update->exprs) targets.insert(set->name->qualifier.name);
  } else {
    const auto& gone = sql::to<sql::Delete>(statement);
    for (const sql::TableExpr* expr : gone.tables) tables_in(expr, tables);
    for (const sql::TableName& name : gone.targets) targets.insert(name.name);
  }
  if (tables.size() > 1)
    std::erase_if(tables, [&](const ChangedTable& one) { return !targets.contains(one.alias); });
  return tables;
}

}  // namespace

void refuse_reading_targets(const PlanContext& in, const sql::Statement& statement) {
  const std::vector<ChangedTable> targets = changed_tables(statement);
  const auto keyspace_of = [&](const sql::TableName& name) {
    return name.qualifier.empty() ? std::string_view(in.keyspace) : name.qualifier;
  };
  int depth = 0;
  const auto look = [&](const auto& self, const sql::Node& root) -> void {
    sql::walk(&root, [&](const sql::Node& node) {
      if (const auto* subquery = sql::as<sql::Subquery>(&node); subquery && &node != &root) {
        ++depth;
        self(self, *subquery->select);
        --depth;
        return false;
      }
      const auto* table = sql::as<sql::AliasedTableExpr>(&node);
      if (!table || depth == 0) return true;
      // The rows of a derived table are there before the change.
      if (table->derived) return false;
      for (const ChangedTable& target : targets) {
        if (target.name->name != table->table.name ||
            keyspace_of(*target.name) != keyspace_of(table->table))
          continue;
        throw SqlError{
            Error(Code::kFailedPrecondition, 1093, "HY000",
                  fmt::format("You can't specify target table '{}' for update in FROM clause",
                              target.alias))};
      }
      return true;
    });
  };
  look(look, statement);
}

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
  const bool moves = check_vindex_changes(context, statement);
  return plan_change(context, {engine::Dml::Verb::kUpdate,
                               &statement,
                               &statement.tables,
                               &statement.where,
                               &statement.limit,
                               &statement.order_by,
                               {targets.begin(), targets.end()},
                               {statement.exprs.begin(), statement.exprs.end()},
                               moves});
}

engine::PrimitivePtr plan_delete(PlanningContext& context, sql::Delete& statement) {
  const bool joined = context.analysis.tables.size() > 1;
  std::vector<size_t> targets;
  for (size_t number = 0; number < context.analysis.tables.size(); ++number) {
    const semantics::Table& table = context.analysis.tables[number];
    if (!table.table) continue;
    // Tables of subqueries come after those of the statement.
    bool target = statement.single_table() && number == 0;
    for (const sql::TableName& name : statement.targets) {
      target = target || (!statement.single_table() && name.name == table.alias);
    }
    if (!target) continue;
    targets.push_back(number);
    if (table.table->source && joined) unsupported("DML on reference table with join");
  }
  if (!joined) redirect_references(context, joined);
  if (!statement.returning.empty()) unsupported("DELETE ... RETURNING on sharded keyspace");
  return plan_change(context,
                     {engine::Dml::Verb::kDelete, &statement, &statement.tables, &statement.where,
                      &statement.limit, &statement.order_by, std::move(targets)});
}

}  // namespace vif::vtgate::plan
