// EXPLAIN and DESCRIBE: a server's own answer, from one shard.

#include "sql/ast.h"
#include "vtgate/mysql_error.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::statements {

Status run_explain(Context& context) {
  const sql::Statement& statement = *context.parsed.statement;
  const auto* table = sql::as<sql::ExplainTab>(&statement);
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
