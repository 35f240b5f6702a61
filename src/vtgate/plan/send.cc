// Statements that are sent as they are, and whither.
#include "vtgate/engine/send.h"

#include "sql/ast.h"
#include "sql/printer.h"
#include "sql/tree.h"
#include "vtgate/engine/rows.h"
#include "vtgate/plan/steps.h"

namespace vif::vtgate::plan {

namespace {

constexpr std::string_view kNoDatabase =
    "VT09005: no database selected: use keyspace<:shard><@type> or keyspace<[range]><@type> (<> "
    "are optional)";

bool is_system_schema(std::string_view name) {
  for (const std::string_view schema :
       {"information_schema", "performance_schema", "mysql", "sys"}) {
    if (sql::equal_ci(name, schema)) return true;
  }
  return false;
}

std::shared_ptr<const sharding::Keyspace> keyspace_named(PlanningContext& context,
                                                         std::string_view name) {
  const auto* schema = context.in.vschema->keyspace(name);
  if (!schema)
    fail(Code::kNotFound, fmt::format("VT05003: unknown database '{}' in vschema", name));
  return schema->keyspace;
}

std::shared_ptr<const sharding::Keyspace> any_keyspace(PlanningContext& context) {
  if (!context.in.keyspace.empty() && !is_system_schema(context.in.keyspace)) {
    return keyspace_named(context, context.in.keyspace);
  }
  if (context.in.vschema->keyspaces().empty())
    fail(Code::kFailedPrecondition, std::string(kNoDatabase));
  return keyspace_named(context, context.in.vschema->keyspace("main")
                                     ? "main"
                                     : context.in.vschema->first_keyspace().name);
}

// The keyspace of a table to be made or changed: the one it is qualified with, the one it is known
// in, the session's.
std::shared_ptr<const sharding::Keyspace> keyspace_of(PlanningContext& context,
                                                      const sql::TableName& name) {
  if (!name.qualifier.empty()) return keyspace_named(context, name.qualifier);
  if (!context.in.keyspace.empty()) return keyspace_named(context, context.in.keyspace);
  auto found = context.in.vschema->find_table(context.in.keyspace, name.name);
  if (!found.ok() || !*found) fail(Code::kFailedPrecondition, std::string(kNoDatabase));
  return (*found)->keyspace;
}

// Real tables that the statement names: neither common table expressions nor dual.
std::vector<sql::TableName> tables_named_in(const sql::Statement& statement) {
  std::set<std::string_view> ctes;
  sql::walk(static_cast<const sql::Node*>(&statement), [&](const sql::Node& node) {
    if (const auto* cte = sql::as<sql::CommonTableExpr>(&node)) ctes.insert(cte->id);
    return true;
  });
  std::vector<sql::TableName> tables;
  sql::for_each_table_name(
      static_cast<const sql::Node*>(&statement),
      [&](const sql::TableName& name, const sql::Node& owner) {
        // DELETE's targets name tables of its FROM clause, by alias.
        if (sql::is<sql::Delete>(&owner)) return;
        if (name.empty() ||
            (name.qualifier.empty() && (name.name == "dual" || ctes.count(name.name) != 0)))
          return;
        tables.push_back(name);
      });
  return tables;
}

engine::Send::Spec send_to(const std::shared_ptr<const sharding::Keyspace>& keyspace,
                           sharding::Destination destination) {
  engine::Send::Spec spec;
  spec.keyspace = keyspace->name;
  spec.sharded = keyspace->sharded;
  spec.destination = std::move(destination);
  return spec;
}

bool is_ddl(const sql::Statement& statement) {
  switch (statement.kind) {
    case sql::Kind::kCreateTable:
    case sql::Kind::kAlterTable:
    case sql::Kind::kDropTable:
    case sql::Kind::kRenameTable:
    case sql::Kind::kTruncateTable:
    case sql::Kind::kCreateView:
    case sql::Kind::kAlterView:
    case sql::Kind::kDropView:
    case sql::Kind::kCreateProcedure:
    case sql::Kind::kDropProcedure: return true;
    default: return false;
  }
}

// A view's query must be one that each server can answer for its own rows.
void check_view(PlanningContext& context, sql::Statement& statement,
                const sharding::Keyspace& keyspace) {
  sql::TableStatement* query = nullptr;
  if (auto* created = sql::as<sql::CreateView>(&statement)) query = created->select;
  if (auto* altered = sql::as<sql::AlterView>(&statement)) query = altered->select;
  auto* copy = sql::clone(context.arena, query);
  PlanningContext inner(context.arena, context.in);
  inner.analysis = semantics::analyze(inner.arena, *copy, analysis_options(context.in));
  for (const semantics::Table& table : inner.analysis.tables) {
    if (table.table && table.keyspace != keyspace.name &&
        table.table->type != sharding::TableType::kReference) {
      unsupported("Select query does not belong to the same keyspace as the view statement");
    }
  }
  if (!keyspace.sharded) return;
  const OperatorPtr op = plan_query(inner, *copy);
  const auto* route = dynamic_cast<const Route*>(op.get());
  if (!route || !route->is_pure())
    unsupported("Complex select queries are not supported in create or alter view statements");
}

engine::PrimitivePtr plan_ddl(PlanningContext& context, sql::Statement& statement) {
  std::shared_ptr<const sharding::Keyspace> keyspace;
  const bool view = sql::is<sql::CreateView>(&statement) || sql::is<sql::AlterView>(&statement);
  std::set<std::string> used;
  sql::for_each_table_name(
      static_cast<const sql::Node*>(&statement),
      [&](const sql::TableName& name, const sql::Node& owner) {
        if (name.empty()) return;
        if (view && keyspace) return;
        // A foreign key's parent need not be known yet.
        if (sql::is<sql::ReferenceDefinition>(&owner) && name.qualifier.empty()) return;
        if (sql::is<sql::AliasedTableExpr>(&owner)) return;
        const auto one = keyspace_of(context, name);
        used.insert(one->name + "." + std::string(name.name));
        if (!keyspace) keyspace = one;
        if (keyspace->name == one->name) return;
        if (sql::is<sql::RenameTable>(&statement)) {
          fail(Code::kInvalidArgument,
               fmt::format("VT03002: changing schema from '{}' to '{}' is not allowed",
                           keyspace->name, one->name));
        }
        unsupported("Tables or Views specified in the query do not belong to the same destination");
      });
  if (!keyspace) keyspace = any_keyspace(context);
  if (view) check_view(context, statement, *keyspace);
  strip_all_keyspaces(context, statement);
  context.tables_used = std::move(used);
  engine::Send::Spec spec = send_to(keyspace, sharding::Destination::all_shards());
  spec.query = query_of(&statement);
  spec.effect = engine::Effect::kSchema;
  spec.ddl = true;
  return std::make_unique<engine::Send>(std::move(spec));
}

// Keyspaces are made and dropped by the control plane.
void check_database_ddl(PlanningContext& context, const sql::Statement& statement) {
  if (const auto* altered = sql::as<sql::AlterDatabase>(&statement)) {
    if (!altered->name.empty() && !context.in.vschema->keyspace(altered->name)) {
      fail(Code::kNotFound,
           fmt::format("VT05002: cannot alter database '{}'; unknown database", altered->name));
    }
    unsupported("ALTER DATABASE");
  }
  if (const auto* dropped = sql::as<sql::DropDatabase>(&statement)) {
    if (!dropped->if_exists && !context.in.vschema->keyspace(dropped->name)) {
      fail(Code::kNotFound,
           fmt::format("VT05001: cannot drop database '{}'; database does not exists",
                       dropped->name));
    }
    unsupported(fmt::format("DROP DATABASE; use `vtctldclient DeleteKeyspace {}`", dropped->name));
  }
  if (const auto* created = sql::as<sql::CreateDatabase>(&statement)) {
    unsupported(
        fmt::format("CREATE DATABASE; use `vtctldclient CreateKeyspace {}`", created->name));
  }
}

engine::PrimitivePtr plan_explain(PlanningContext& context, sql::Statement& statement) {
  std::shared_ptr<const sharding::Keyspace> keyspace;
  for (const sql::TableName& name : tables_named_in(statement)) {
    if (is_system_schema(name.qualifier)) continue;
    auto found = context.in.vschema->find_routed_table(
        name.qualifier.empty() ? std::string_view(context.in.keyspace) : name.qualifier, name.name,
        "primary");
    if (!found.ok()) throw SqlError{found.error()};
    if (!*found) fail(Code::kNotFound, fmt::format("table {} not found", name.name));
    if (keyspace && keyspace->name != (*found)->keyspace->name) {
      fail(Code::kInvalidArgument, "VT03031: EXPLAIN is only supported for single keyspace");
    }
    keyspace = (*found)->keyspace;
  }
  if (!keyspace) keyspace = any_keyspace(context);
  strip_all_keyspaces(context, statement);
  engine::Send::Spec spec = send_to(keyspace, sharding::Destination::any_shard());
  spec.query = query_of(&statement);
  spec.single_shard_only = true;
  return std::make_unique<engine::Send>(std::move(spec));
}

engine::PrimitivePtr plan_describe(PlanningContext& context, sql::ExplainTab& statement) {
  std::shared_ptr<const sharding::Keyspace> keyspace;
  if (is_system_schema(statement.table.qualifier)) {
    keyspace = any_keyspace(context);
  } else {
    const std::string_view in = statement.table.qualifier.empty()
                                    ? std::string_view(context.in.keyspace)
                                    : statement.table.qualifier;
    auto found = context.in.vschema->find_routed_table(in, statement.table.name, "primary");
    if (!found.ok()) throw SqlError{found.error()};
    if (!*found) fail(Code::kNotFound, fmt::format("table {} not found", statement.table.name));
    keyspace = (*found)->keyspace;
    statement.table.name = context.arena.copy((*found)->name);
    statement.table.qualifier = {};
  }
  engine::Send::Spec spec = send_to(keyspace, sharding::Destination::any_shard());
  spec.query = query_of(&statement);
  spec.single_shard_only = true;
  return std::make_unique<engine::Send>(std::move(spec));
}

}  // namespace

void strip_all_keyspaces(PlanningContext& context, sql::Statement& statement) {
  sql::for_each_table_name(
      static_cast<sql::Node*>(&statement), [&](sql::TableName& name, const sql::Node& owner) {
        if (name.empty() || is_system_schema(name.qualifier)) return;
        if (!name.qualifier.empty() && !context.in.vschema->keyspace(name.qualifier)) return;
        auto found = context.in.vschema->find_routed_table(
            name.qualifier.empty() ? std::string_view(context.in.keyspace) : name.qualifier,
            name.name, "primary");
        if (!name.qualifier.empty()) context.rewritten = true;
        name.qualifier = {};
        if (!found.ok() || !*found || sql::is<sql::Delete>(&owner)) return;
        context.tables_used.insert((*found)->keyspace->name + "." + (*found)->name);
        if ((*found)->name == name.name) return;
        context.rewritten = true;
        if (const auto* aliased = sql::as<sql::AliasedTableExpr>(&owner);
            aliased && aliased->as.empty()) {
          const_cast<sql::AliasedTableExpr*>(aliased)->as = name.name;
        }
        name.name = context.arena.copy((*found)->name);
      });
  sql::walk(static_cast<sql::Node*>(&statement), [&](sql::Node& node) {
    if (auto* column = sql::as<sql::ColName>(&node)) {
      if (!column->qualifier.qualifier.empty() &&
          context.in.vschema->keyspace(column->qualifier.qualifier)) {
        column->qualifier.qualifier = {};
        context.rewritten = true;
      }
    } else if (auto* star = sql::as<sql::StarExpr>(&node)) {
      if (!star->table.qualifier.empty()) context.rewritten = true;
      star->table.qualifier = {};
    }
    return true;
  });
}

std::shared_ptr<const sharding::Keyspace> only_unsharded_keyspace(PlanningContext& context,
                                                                  const sql::Statement& statement) {
  std::shared_ptr<const sharding::Keyspace> keyspace;
  for (const sql::TableName& name : tables_named_in(statement)) {
    if (is_system_schema(name.qualifier) ||
        (name.qualifier.empty() && is_system_schema(context.in.keyspace)))
      return nullptr;
    auto found = context.in.vschema->find_table_or_vindex(
        name.qualifier.empty() ? std::string_view(context.in.keyspace) : name.qualifier, name.name,
        "primary");
    if (!found.ok() || !found->table || found->table->keyspace->sharded) return nullptr;
    const bool reads = sql::is<sql::Select>(&statement) || sql::is<sql::Union>(&statement);
    if (found->table->type == sharding::TableType::kSequence && reads) return nullptr;
    if (found->table->source) return nullptr;
    if (keyspace && keyspace->name != found->table->keyspace->name) return nullptr;
    keyspace = found->table->keyspace;
  }
  return keyspace;
}

engine::PrimitivePtr plan_bypass(PlanningContext& context, sql::Statement& statement) {
  engine::Send::Spec spec =
      send_to(keyspace_named(context, context.in.keyspace), *context.in.destination);
  switch (statement.kind) {
    case sql::Kind::kInsert:
    case sql::Kind::kUpdate:
    case sql::Kind::kDelete: spec.effect = engine::Effect::kWrite; break;
    case sql::Kind::kLoad:
      spec.effect = engine::Effect::kWrite;
      spec.single_shard_only = true;
      break;
    default: spec.effect = is_ddl(statement) ? engine::Effect::kSchema : engine::Effect::kRead;
  }
  strip_all_keyspaces(context, statement);
  context.tables_used.clear();
  spec.query = query_of(&statement);
  spec.query.verbatim = !context.rewritten;
  spec.timeout_ms = context.timeout_ms;
  spec.multi_shard_autocommit = context.multi_shard_autocommit;
  return std::make_unique<engine::Send>(std::move(spec));
}

engine::PrimitivePtr plan_send(PlanningContext& context, sql::Statement& statement) {
  if (is_ddl(statement)) return plan_ddl(context, statement);
  check_database_ddl(context, statement);
  using sharding::Destination;
  engine::Send::Spec spec;
  switch (statement.kind) {
    case sql::Kind::kExplainStmt: return plan_explain(context, statement);
    case sql::Kind::kExplainTab: return plan_describe(context, sql::to<sql::ExplainTab>(statement));
    case sql::Kind::kAnalyze:
      spec = send_to(keyspace_of(context, sql::to<sql::Analyze>(statement).table),
                     Destination::all_shards());
      spec.effect = engine::Effect::kSchema;
      break;
    case sql::Kind::kOtherAdmin:
      spec = send_to(any_keyspace(context), Destination::any_shard());
      spec.single_shard_only = true;
      break;
    case sql::Kind::kCallProc: {
      const auto& call = sql::to<sql::CallProc>(statement);
      spec = send_to(keyspace_of(context, call.name), Destination::any_shard());
      if (spec.sharded) unsupported("CALL is not supported for sharded keyspace");
      spec.effect = engine::Effect::kWrite;
      break;
    }
    case sql::Kind::kFlush: {
      const auto& flush = sql::to<sql::Flush>(statement);
      auto keyspace =
          flush.tables.empty() ? any_keyspace(context) : keyspace_of(context, flush.tables[0]);
      spec = send_to(keyspace, Destination::all_shards());
      spec.reserve = flush.with_lock;
      break;
    }
    case sql::Kind::kLoad:
      spec = send_to(any_keyspace(context), Destination::any_shard());
      if (spec.sharded) unsupported("LOAD is not supported on sharded keyspace");
      spec.effect = engine::Effect::kWrite;
      break;
    default: return nullptr;
  }
  strip_all_keyspaces(context, statement);
  spec.query = query_of(&statement);
  return std::make_unique<engine::Send>(std::move(spec));
}

}  // namespace vif::vtgate::plan
