// DDL: sent to every shard of the keyspace.

#include "base/log.h"
#include "rt/fiber.h"
#include "sharding/vschema.h"
#include "sql/ast.h"
#include "sql/parser.h"
#include "sql/printer.h"
#include "sql/tables.h"
#include "sql/tree.h"
#include "vtgate/mysql_error.h"
#include "vtgate/schema_tracker.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::statements {

namespace {

// As on a server, DDL ends the transaction. A temporary table does not, and is tied to its
// connection.
bool is_temporary(const sql::Statement& statement) {
  if (const auto* create = sql::as<sql::CreateTable>(&statement)) return create->temp;
  if (const auto* drop = sql::as<sql::DropTable>(&statement)) return drop->temp;
  return false;
}

Status run_temporary(Context& context, const sql::Statement& statement,
                     const std::string& keyspace) {
  const sharding::KeyspaceSchema* schema =
      context.executor.parts().catalog.current()->vschema->keyspace(keyspace);
  if (schema != nullptr && schema->keyspace->sharded) {
    return Error(Code::kUnimplemented, 1235, "42000",
                 fmt::format("Temporary table not supported in sharded database {}", keyspace));
  }
  context.session.has_created_temp_tables = true;
  return send(context, keyspace, Where::kAllShards, text_for_server(context, statement),
              engine::Effect::kWrite, context.sink, true);
}

// Routing rules give a table another name: ALTER TABLE and CREATE INDEX are about the table that it
// means.
std::string ddl_text(const Context& context, const std::string& keyspace,
                     const sql::Statement& statement) {
  const auto* alter = sql::as<sql::AlterTable>(&statement);
  if (alter == nullptr) return text_for_server(context, statement);
  const auto found = context.executor.parts().catalog.current()->vschema->find_routed_table(
      alter->table.qualifier.empty() ? std::string_view(keyspace) : alter->table.qualifier,
      alter->table.name, "primary");
  if (!found.ok() || *found == nullptr || (*found)->name == alter->table.name ||
      (*found)->keyspace->name != keyspace) {
    return text_for_server(context, statement);
  }
  sql::Arena arena;
  auto* copy = sql::clone(arena, alter);
  copy->table.qualifier = {};
  copy->table.name = (*found)->name;
  return sql::print(copy, sql::PrintStyle::kMysql);
}

// Each shard fills its own table: a query whose answer is not the sum of the shards' own answers
// (aggregates, LIMIT, no table at all) would be stored several times over.
Status check_copied(const Context& context, const std::string& keyspace,
                    const sql::Statement& statement) {
  const auto* create = sql::as<sql::CreateTable>(&statement);
  if (create == nullptr || create->select == nullptr) return {};
  plan::PlanContext in;
  const auto catalog = context.executor.parts().catalog.current();
  in.vschema = catalog->vschema.get();
  in.keyspace = keyspace;
  const sharding::KeyspaceSchema* schema = in.vschema->keyspace(keyspace);
  if (schema == nullptr || !schema->keyspace->sharded) return {};
  const sql::Parsed query =
      VIF_TRY(sql::parse(sql::print(create->select, sql::PrintStyle::kMysql)));
  const std::shared_ptr<const plan::Plan> plan = VIF_TRY(plan::build(query, in));
  if (plan->type == plan::PlanType::kScatter || plan->type == plan::PlanType::kMultiShard)
    return {};
  return Error(
      Code::kUnimplemented, 1235, "42000",
      "VT12001: unsupported: CREATE TABLE ... SELECT in a sharded keyspace, of what is not "
      "each shard's own rows");
}

}  // namespace

Status run_ddl(Context& context) {
  const sql::Statement& statement = *context.parsed.statement;
  Session& session = context.session;
  Executor& executor = context.executor;
  if (session.tablet_type != clients::TabletType::kPrimary) return statement_on_replica("DDL");
  const std::string keyspace = VIF_TRY(keyspace_of_tables(context, statement));
  if (is_temporary(statement)) return run_temporary(context, statement, keyspace);
  VIF_TRY(check_copied(context, keyspace, statement));
  if (session.in_transaction) VIF_TRY(executor.parts().tx.commit(session, context.deadline));
  VIF_TRY(relay(context, keyspace, Where::kAllShards, ddl_text(context, keyspace, statement),
                engine::Effect::kSchema));
  if (executor.parts().tracker != nullptr) {
    // So that this client's next statement knows the columns; the others hear of it from the
    // tablets.
    std::vector<std::string> names;
    for (const sql::TableName& table : sql::tables_of(statement)) names.emplace_back(table.name);
    const Status loaded =
        executor.parts().tracker->load(keyspace, names, rt::Deadline::in(std::chrono::seconds(5)));
    if (!loaded.ok())
      VIF_LOG(kWarning, "schema of {} after DDL: {}", keyspace, loaded.error().to_string());
  }
  return {};
}

}  // namespace vif::vtgate::statements
