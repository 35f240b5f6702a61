#include "vtgate/plan/planner.h"

#include <algorithm>

#include "semantics/analysis.h"
#include "sharding/vschema.h"
#include "sql/ast.h"
#include "sql/parser.h"
#include "sql/printer.h"
#include "sql/tables.h"
#include "sql/tree.h"
#include "vtgate/engine/description.h"
#include "vtgate/engine/dml.h"
#include "vtgate/engine/insert.h"
#include "vtgate/engine/limit.h"
#include "vtgate/engine/route.h"
#include "vtgate/engine/send.h"
#include "vtgate/plan/steps.h"

namespace vif::vtgate::plan {

namespace {

QueryType query_type_of(const sql::Statement& statement) {
  switch (statement.kind) {
    case sql::Kind::kSelect:
    case sql::Kind::kUnion:
    case sql::Kind::kValuesStatement: return QueryType::kSelect;
    case sql::Kind::kInsert:
      return sql::to<sql::Insert>(statement).replace ? QueryType::kReplace : QueryType::kInsert;
    case sql::Kind::kUpdate: return QueryType::kUpdate;
    case sql::Kind::kDelete: return QueryType::kDelete;
    case sql::Kind::kExplainStmt:
    case sql::Kind::kExplainTab: return QueryType::kExplain;
    case sql::Kind::kLoad: return QueryType::kLoad;
    case sql::Kind::kCallProc: return QueryType::kCall;
    case sql::Kind::kAnalyze: return QueryType::kAnalyze;
    case sql::Kind::kFlush: return QueryType::kFlush;
    case sql::Kind::kLockTables: return QueryType::kLockTables;
    case sql::Kind::kUnlockTables: return QueryType::kUnlockTables;
    case sql::Kind::kOtherAdmin:
    case sql::Kind::kOtherStatement: return QueryType::kOther;
    default: return QueryType::kDdl;
  }
}

const sql::Comments* comments_of(const sql::Statement& statement) {
  switch (statement.kind) {
    case sql::Kind::kSelect: return &sql::to<sql::Select>(statement).comments;
    case sql::Kind::kUnion: return comments_of(*sql::to<sql::Union>(statement).left);
    case sql::Kind::kInsert: return &sql::to<sql::Insert>(statement).comments;
    case sql::Kind::kUpdate: return &sql::to<sql::Update>(statement).comments;
    case sql::Kind::kDelete: return &sql::to<sql::Delete>(statement).comments;
    default: return nullptr;
  }
}

// /*vt+ KEY=value KEY */
void read_directives(PlanningContext& context, const sql::Statement& statement, bool& cacheable) {
  const sql::Comments* comments = comments_of(statement);
  if (!comments) return;
  for (std::string_view comment : *comments) {
    if (!comment.starts_with("/*vt+")) continue;
    comment = comment.substr(5, comment.size() - 7);
    while (!comment.empty()) {
      const size_t end = std::min(comment.find_first_of(" \t\n"), comment.size());
      const std::string_view word = comment.substr(0, end);
      comment.remove_prefix(std::min(end + 1, comment.size()));
      const size_t equals = std::min(word.find('='), word.size());
      const std::string name = sql::lowered(word.substr(0, equals));
      const std::string value =
          equals < word.size() ? sql::lowered(word.substr(equals + 1)) : "true";
      const bool on = value == "1" || value == "true";
      if (name == "query_timeout_ms") {
        // Nought is said too: no bound, whatever the gate's or the tablet's default is.
        const int64_t timeout_ms = std::atoll(value.c_str());
        context.timeout_ms = timeout_ms > 0 ? timeout_ms : -1;
      }
      if (name == "scatter_errors_as_warnings") context.scatter_errors_as_warnings = on;
      if (name == "allow_scatter") context.allow_scatter = on;
      if (name == "multi_shard_autocommit") context.multi_shard_autocommit = on;
      if (name == "skip_query_plan_cache" && on) cacheable = false;
    }
  }
}

void take_names(PlanningContext& context, const sql::Statement& statement) {
  sql::walk(static_cast<const sql::Node*>(&statement), [&](const sql::Node& node) {
    if (const auto* argument = sql::as<sql::Argument>(&node))
      context.names.insert(std::string(argument->name));
    if (const auto* list = sql::as<sql::ListArg>(&node))
      context.names.insert(std::string(list->name));
    if (sql::is<sql::AssignmentExpr>(&node)) unsupported("Assignment expression");
    return true;
  });
}

// A lock is kept by the connection that took it: `get_lock` belongs where every session finds it
// again.
engine::PrimitivePtr plan_lock(PlanningContext& context, sql::Statement& statement) {
  auto* select = sql::as<sql::Select>(&statement);
  if (!select) return nullptr;
  const sql::Expr* lock = nullptr;
  const sql::Expr* other = nullptr;
  for (const sql::SelectExpr* expr : select->exprs) {
    const auto* item = sql::as<sql::AliasedExpr>(expr);
    if (item && sql::is<sql::LockingFunc>(item->expr)) {
      lock = item->expr;
    } else if (item) {
      other = item->expr;
    }
  }
  if (!lock) return nullptr;
  const auto* from =
      select->from.size() == 1 ? sql::as<sql::AliasedTableExpr>(select->from[0]) : nullptr;
  if (!from || from->derived || from->table.name != "dual") {
    fail(Code::kFailedPrecondition, fmt::format("{} allowed only with dual", sql::print(lock)));
  }
  if (other) {
    unsupported(fmt::format("LOCK function and other expression: [{}] in same select query",
                            sql::print(other)));
  }
  const Routing any = Routing::dual(context);
  engine::Send::Spec spec;
  spec.keyspace = any.keyspace();
  spec.sharded = any.sharded();
  spec.destination = sharding::Destination::keyspace_id(std::string(1, '\0'));
  spec.query = query_of(&statement);
  spec.reserve = true;
  spec.lock = true;
  return std::make_unique<engine::Send>(std::move(spec));
}

// All of the statement in one unsharded keyspace: whatever it is, that server understands it.
engine::PrimitivePtr plan_unsharded(PlanningContext& context, sql::Statement& statement) {
  const auto keyspace = only_unsharded_keyspace(context, statement);
  if (!keyspace) return nullptr;
  engine::Routing routing;
  routing.opcode = engine::Opcode::kUnsharded;
  routing.keyspace = keyspace->name;
  strip_all_keyspaces(context, statement);
  engine::Query query = query_of(&statement);
  query.verbatim = !context.rewritten;
  context.as_written = query.verbatim;
  if (sql::is<sql::Update>(&statement) || sql::is<sql::Delete>(&statement)) {
    engine::Dml::Spec spec;
    spec.verb =
        sql::is<sql::Update>(&statement) ? engine::Dml::Verb::kUpdate : engine::Dml::Verb::kDelete;
    spec.routing = std::move(routing);
    spec.query = std::move(query);
    spec.timeout_ms = context.timeout_ms;
    return std::make_unique<engine::Dml>(std::move(spec));
  }
  // The rows that a LIMIT leaves out are counted here: FOUND_ROWS() is the gate's.
  auto* select = sql::as<sql::Select>(&statement);
  const sql::Limit* counted = select && select->sql_calc_found_rows ? select->limit : nullptr;
  if (counted) {
    select->sql_calc_found_rows = false;
    select->limit = nullptr;
    context.as_written = false;
    query = query_of(&statement);
  }
  engine::Route::Spec spec;
  spec.routing = std::move(routing);
  spec.field_query = field_query_of(context, static_cast<sql::TableStatement*>(&statement));
  spec.query = std::move(query);
  spec.timeout_ms = context.timeout_ms;
  auto route = std::make_unique<engine::Route>(std::move(spec));
  if (!counted) return route;
  auto count = value_of(counted->rowcount);
  auto offset = counted->offset ? value_of(counted->offset) : std::nullopt;
  if (!count || (counted->offset && !offset)) unsupported("LIMIT with an expression");
  return std::make_unique<engine::Limit>(std::move(route), std::move(*count), std::move(offset),
                                         true);
}

// Recursion over nothing but itself: any server can run it.
engine::PrimitivePtr plan_tableless_recursion(PlanningContext& context,
                                              sql::TableStatement& statement) {
  if (!statement.with || !statement.with->recursive) return nullptr;
  std::set<std::string, std::less<>> own;
  for (const sql::CommonTableExpr* cte : statement.with->ctes) own.insert(std::string(cte->id));
  bool outside = false;
  sql::for_each_table_name(
      static_cast<const sql::Node*>(&statement), [&](const sql::TableName& name, const sql::Node&) {
        outside =
            outside || !name.qualifier.empty() || (!own.contains(name.name) && name.name != "dual");
      });
  if (outside) return nullptr;
  const Routing any = Routing::dual(context);
  engine::Route::Spec spec;
  spec.routing = any.build(context);
  spec.query = query_of(&statement);
  spec.query.verbatim = !context.rewritten;
  context.as_written = spec.query.verbatim;
  spec.timeout_ms = context.timeout_ms;
  return std::make_unique<engine::Route>(std::move(spec));
}

engine::PrimitivePtr plan_rows(PlanningContext& context, sql::TableStatement& statement) {
  OperatorPtr op = plan_query(context, statement);
  auto* route = dynamic_cast<Route*>(op.get());
  if (route) route->set_root();
  return op->build(context);
}

// `table` with only the vindexes that USE VINDEX names, or without those of IGNORE VINDEX.
sharding::TablePtr with_vindexes(const sharding::Table& table,
                                 const std::vector<std::string_view>& names, bool use) {
  auto copy = std::make_shared<sharding::Table>(table);
  copy->column_vindexes.clear();
  std::map<size_t, size_t> moved;
  for (size_t i = 0; i < table.column_vindexes.size(); ++i) {
    const sharding::ColumnVindex& vindex = table.column_vindexes[i];
    const bool named = std::any_of(names.begin(), names.end(), [&](std::string_view name) {
      return sql::equal_ci(name, vindex.name);
    });
    if (named != use) continue;
    moved[i] = copy->column_vindexes.size();
    copy->column_vindexes.push_back(vindex);
  }
  const auto renumbered = [&](const std::vector<size_t>& from) {
    std::vector<size_t> to;
    for (const size_t i : from) {
      if (const auto found = moved.find(i); found != moved.end()) to.push_back(found->second);
    }
    return to;
  };
  copy->ordered = renumbered(table.ordered);
  copy->owned = renumbered(table.owned);
  return copy;
}

// Vindex hints are the gate's: they choose how rows are found, and no server knows them.
void take_vindex_hints(PlanningContext& context) {
  for (semantics::Table& table : context.analysis.tables) {
    if (table.node == nullptr || table.table == nullptr) continue;
    sql::List<sql::IndexHint*> rest;
    for (sql::IndexHint* hint : table.node->hints) {
      const bool use = hint->type == sql::IndexHintType::kUseVindex;
      if (!use && hint->type != sql::IndexHintType::kIgnoreVindex) {
        rest.push_back(context.arena, hint);
        continue;
      }
      std::vector<std::string_view> names;
      for (const std::string_view name : hint->indexes) {
        names.push_back(name);
        const auto& all = table.table->column_vindexes;
        if (std::any_of(all.begin(), all.end(),
                        [&](const auto& vindex) { return sql::equal_ci(name, vindex.name); }))
          continue;
        fail(Code::kFailedPrecondition,
             fmt::format("VT09021: Vindex '{}' does not exist in table '{}'", name,
                         table.table->name));
      }
      table.table = with_vindexes(*table.table, names, use);
      context.rewritten = true;
    }
    table.node->hints = rest;
  }
}

void analyze(PlanningContext& context, sql::Statement& statement) {
  context.analysis = semantics::analyze(context.arena, statement, analysis_options(context.in));
  take_vindex_hints(context);
}

// Offsets are the planner's own: in a text (":7") they would name a column of nobody's row.
void refuse_offsets(const sql::Statement& statement) {
  sql::walk(&statement, [](const sql::Node& node) {
    if (const auto* offset = sql::as<sql::Offset>(&node))
      unsupported(fmt::format("offset :{}", offset->v));
    return true;
  });
}

// A server would set the variable on a connection that the next client gets.
void refuse_into_variables(const sql::Statement& statement) {
  const bool query = sql::is<sql::Select>(&statement) || sql::is<sql::Union>(&statement);
  const sql::SelectInto* into =
      query ? static_cast<const sql::TableStatement&>(statement).into : nullptr;
  if (into && into->type == sql::IntoType::kVariables) unsupported("SELECT ... INTO @variable");
}

engine::PrimitivePtr plan_statement(PlanningContext& context, sql::Statement& statement) {
  refuse_into_variables(statement);
  refuse_offsets(statement);
  if (context.in.destination) return plan_bypass(context, statement);
  take_names(context, statement);
  switch (statement.kind) {
    case sql::Kind::kSelect:
    case sql::Kind::kUnion:
      if (auto lock = plan_lock(context, statement)) return lock;
      if (auto unsharded = plan_unsharded(context, statement)) return unsharded;
      if (auto recursion =
              plan_tableless_recursion(context, static_cast<sql::TableStatement&>(statement)))
        return recursion;
      analyze(context, statement);
      return plan_rows(context, static_cast<sql::TableStatement&>(statement));
    case sql::Kind::kUpdate:
    case sql::Kind::kDelete:
      if (context.in.read_only_target) {
        const bool update = sql::is<sql::Update>(&statement);
        fail(Code::kFailedPrecondition, fmt::format("VT09002: {} statement with a replica target",
                                                    update ? "update" : "delete"));
      }
      if (auto unsharded = plan_unsharded(context, statement)) return unsharded;
      analyze(context, statement);
      // --no_scatter is about reading, as in Vitess.
      context.allow_scatter = true;
      return sql::is<sql::Update>(&statement)
                 ? plan_update(context, sql::to<sql::Update>(statement))
                 : plan_delete(context, sql::to<sql::Delete>(statement));
    case sql::Kind::kInsert:
      if (context.in.read_only_target)
        fail(Code::kFailedPrecondition, "VT09002: insert statement with a replica target");
      analyze(context, statement);
      return plan_insert(context, sql::to<sql::Insert>(statement));
    default: break;
  }
  if (auto sent = plan_send(context, statement)) return sent;
  unsupported(fmt::format("{} construct in query", sql::kind_name(statement.kind)));
}

PlanType type_of(const engine::Primitive& root) {
  const engine::Description d = root.describe();
  const std::string_view type = d.operator_type;
  if (type == "Join") return PlanType::kJoin;
  if (type == "DDL") return PlanType::kDirectDdl;
  const bool routed = type == "Route" || type == "Update" || type == "Delete";
  if (type == "Insert") return d.sharded ? PlanType::kMultiShard : PlanType::kPassthrough;
  if (type == "Send")
    return d.target_destination == "AllShards()" ? PlanType::kScatter : PlanType::kPassthrough;
  if (!routed) return PlanType::kComplex;
  if (d.variant == "Scatter") return PlanType::kScatter;
  if (d.variant == "None") return PlanType::kLocal;
  if (d.variant == "IN" || d.variant == "MultiEqual" || d.variant == "Between" ||
      d.variant == "SubShard" || d.variant == "Equal") {
    return PlanType::kMultiShard;
  }
  return PlanType::kPassthrough;
}

}  // namespace

Result<std::shared_ptr<const Plan>> build(const sql::Parsed& parsed, const PlanContext& in) {
  try {
    sql::Arena arena;
    sql::Statement& statement = *sql::clone(arena, parsed.statement);
    PlanningContext context(arena, in);
    auto plan = std::make_shared<Plan>();
    read_directives(context, statement, plan->cacheable);
    plan->timeout_ms = context.timeout_ms;
    plan->query_type = query_type_of(statement);
    plan->root = plan_statement(context, statement);
    plan->type = type_of(*plan->root);
    plan->as_written = context.as_written;
    for (const semantics::Table& table : context.analysis.tables) {
      if (table.table)
        context.tables_used.insert(table.table->keyspace->name + "." + table.table->name);
      if (table.dual) context.tables_used.insert(Routing::dual(context).keyspace() + ".dual");
    }
    plan->tables_used.assign(context.tables_used.begin(), context.tables_used.end());
    return std::shared_ptr<const Plan>(std::move(plan));
  } catch (const SqlError& error) {
    return error.error;
  }
}

}  // namespace vif::vtgate::plan
