// EXPLAIN and DESCRIBE: a server's own answer, from one shard.

#include "sql/ast.h"
#include "vtgate/mysql_error.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::statements {

namespace {

// A vindex has rows in the gate only; of a table that is not there either a server would say that
// it does not exist.
bool is_vindex(const Context& context, const sql::TableName& name) {
  const Session& session = context.session;
  const sharding::VSchema& vschema = *context.executor.parts().catalog.current()->vschema;
  const std::string_view keyspace =
      name.qualifier.empty() ? std::string_view(session.keyspace) : name.qualifier;
  const auto found = vschema.find_table_or_vindex(keyspace, name.name,
                                                  clients::tablet_type_name(session.tablet_type));
  return found.ok() && found->vindex != nullptr;
}

}  // namespace

Status run_explain(Context& context) {
  const sql::Statement& statement = *context.parsed.statement;
  const auto* table = sql::as<sql::ExplainTab>(&statement);
  if (table != nullptr && is_vindex(context, table->table)) {
    return Error(Code::kNotFound, 1109, "42S02",
                 fmt::format("VT05004: table '{}' does not exist", table->table.name));
  }
  const Result<std::string> keyspace =
      table != nullptr ? keyspace_of_table(context, table->table.qualifier, table->table.name)
                       : keyspace_of_tables(context, statement);
  if (!keyspace.ok()) {
    if (keyspace.error().code() == Code::kUnimplemented) {
      return Error(Code::kInvalidArgument,
                   "VT03031: EXPLAIN is only supported for single keyspace");
    }
    return keyspace.error();
  }
  return relay(context, *keyspace, Where::kAnyShard, text_for_server(context, statement));
}

}  // namespace vif::vtgate::statements
