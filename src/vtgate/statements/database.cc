// CREATE, DROP and ALTER DATABASE: keyspaces are made by the control plane, so these mostly say so.

#include "sql/ast.h"
#include "vtgate/mysql_error.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::statements {

namespace {

// Vitess's text, and what to do instead.
Error not_allowed(std::string_view verb, std::string_view name) {
  return unsupported(fmt::format(
      "{} database by failDBDDL; a database is a keyspace here: `vtctldclient {}Keyspace {}` {}s "
      "one, and "
      "--dbddl-plugin=noop lets vtgate ignore the statement",
      verb, verb == "create" ? "Create" : "Delete", name, verb == "create" ? "create" : "delete"));
}

}  // namespace

Status run_database(Context& context) {
  const sql::Statement& statement = *context.parsed.statement;
  const CatalogPtr catalog = context.executor.parts().catalog.current();
  const auto exists = [&](std::string_view name) {
    return catalog->graph->contains(std::string(name)) ||
           catalog->vschema->keyspace(name) != nullptr;
  };
  const bool noop = context.executor.options().dbddl_plugin == "noop";
  if (const auto* create = sql::as<sql::CreateDatabase>(&statement)) {
    if (exists(create->name)) {
      if (!create->if_not_exists) return cannot_create_database(create->name);
      mysql::ResultEnd end;
      end.affected_rows = 1;
      return answer_ok(context, end);
    }
    if (!noop) return not_allowed("create", create->name);
  } else if (const auto* drop = sql::as<sql::DropDatabase>(&statement)) {
    if (!exists(drop->name)) {
      if (!drop->if_exists) return cannot_drop_database(drop->name);
      return answer_ok(context);
    }
    if (!noop) return not_allowed("drop", drop->name);
  } else {
    const auto& alter = sql::to<sql::AlterDatabase>(statement);
    if (!alter.name.empty() && !exists(alter.name)) return cannot_alter_database(alter.name);
    return unsupported("ALTER DATABASE");
  }
  return answer_ok(context);
}

}  // namespace vif::vtgate::statements
