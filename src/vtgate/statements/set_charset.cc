// SET NAMES, SET CHARACTER SET, SET character_set_client = ...: which character set the client
// speaks.
#include "mysql/error_codes.h"
#include "sql/ast.h"
#include "types/collation/collation.h"
#include "vtgate/client_charset.h"
#include "vtgate/settings.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::statements {

namespace {

types::Dialect dialect_of(const Context& context) {
  return context.executor.options().flavor == plan::Flavor::kMariaDb ? types::Dialect::kMariaDb
                                                                     : types::Dialect::kMySql;
}

Result<const types::Charset*> charset_named(const Context& context, std::string_view name) {
  const types::Charset* charset = types::find_charset(name);
  const bool has = charset && (dialect_of(context) == types::Dialect::kMariaDb ? charset->of_mariadb
                                                                               : charset->of_mysql);
  if (!has) return mysql::mysql_error(1115, fmt::format("Unknown character set: '{}'", name));
  return charset;
}

Result<const types::Collation*> collation_named(const Context& context, std::string_view name,
                                                const types::Charset& charset) {
  const types::Collation* collation = types::find_collation(name, dialect_of(context));
  if (!collation) return mysql::mysql_error(1273, fmt::format("Unknown collation: '{}'", name));
  if (collation->charset != &charset) {
    return mysql::mysql_error(
        1253, fmt::format("COLLATION '{}' is not valid for CHARACTER SET '{}'", collation->name,
                          charset.name));
  }
  return collation;
}

// What reading the variable gives back: the servers' connections are UTF-8's.
void tell(Session& session, std::string_view variable, std::string_view charset) {
  session.extras().told_variables[std::string(variable)] =
      types::BindVariable(types::Value::varchar(std::string(charset)));
}

Error cannot_be_of_client(std::string_view variable, std::string_view charset) {
  return mysql::mysql_error(
      1231, fmt::format("Variable '{}' can't be set to the value of '{}'", variable, charset));
}

Status set_collation(Context& context, const types::Collation& collation) {
  VIF_TRY(set_server_variable(context.executor, context.session, "collation_connection",
                              types::Value::varchar(collation.name), context.deadline));
  context.session.collation = collation.id;
  context.session.login_collation = 0;
  return {};
}

void forget_collation(Context& context) {
  const SessionExtras* extras = context.session.extras_if_any();
  if (context.session.login_collation != 0 ||
      (extras && extras->system_variables.contains("collation_connection"))) {
    // A held connection that is gone says so itself, at its next statement.
    (void)forget_server_variable(context.executor, context.session, "collation_connection",
                                 context.deadline);
  }
  context.session.collation = default_collation(context.executor.options().flavor);
}

}  // namespace

void set_names_to_default(Context& context) {
  Session& session = context.session;
  session.client_charset = session.results_charset = nullptr;
  for (const char* name : {"character_set_client", "character_set_results"})
    session.extras().told_variables.erase(name);
  forget_collation(context);
  session.plan_context = 0;
}

Status set_names(Context& context, std::string_view name, std::string_view collate,
                 bool also_connection) {
  if (name.empty() || sql::equal_ci(name, "default")) {
    set_names_to_default(context);
    return {};
  }
  const types::Charset& charset = *VIF_TRY(charset_named(context, name));
  const types::Collation* collation = nullptr;
  if (!collate.empty()) collation = VIF_TRY(collation_named(context, collate, charset));
  if (!can_be_of_client(charset)) return cannot_be_of_client("character_set_client", charset.name);
  Session& session = context.session;
  const bool spoken = is_spoken_here(charset);
  if (also_connection) {
    if (collation || !spoken) {
      VIF_TRY(set_collation(context, collation ? *collation
                                               : *types::find_collation(charset.default_collation,
                                                                        dialect_of(context))));
    } else {
      forget_collation(context);
    }
  }
  session.client_charset = session.results_charset = spoken ? nullptr : &charset;
  tell(session, "character_set_client", charset.name);
  tell(session, "character_set_results", charset.name);
  session.plan_context = 0;
  return {};
}

Status set_one_charset(Context& context, std::string_view variable, const types::Value& value) {
  Session& session = context.session;
  const bool client = variable == "character_set_client";
  if (value.is_null()) {
    if (client) return cannot_be_of_client(variable, "NULL");
    session.results_charset = nullptr;
    session.extras().told_variables[std::string(variable)] = types::BindVariable();
    session.plan_context = 0;
    return {};
  }
  const types::Charset& charset = *VIF_TRY(charset_named(context, value.bytes));
  if (client && !can_be_of_client(charset)) return cannot_be_of_client(variable, charset.name);
  if (variable == "character_set_connection") {
    return set_collation(context,
                         *types::find_collation(charset.default_collation, dialect_of(context)));
  }
  (client ? session.client_charset : session.results_charset) =
      is_spoken_here(charset) ? nullptr : &charset;
  tell(session, variable, charset.name);
  session.plan_context = 0;
  return {};
}

}  // namespace vif::vtgate::statements
