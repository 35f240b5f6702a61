// COM_STMT_PREPARE: the text is kept; its plan is found at each execution by its fingerprint.

#include "mysql/error_codes.h"
#include "sql/fingerprint.h"
#include "vtgate/client_charset.h"
#include "vtgate/commands/commands.h"

namespace vif::vtgate::commands {

namespace {

constexpr size_t kStatementsMax = 16'382;  // max_prepared_stmt_count's default

}  // namespace

Status stmt_prepare(Command& command) {
  Session& session = command.session;
  if (session.extras().statements.size() >= kStatementsMax) {
    return mysql::mysql_error(
        1461, fmt::format("Can't create more than max_prepared_stmt_count statements "
                          "(current value: {})",
                          kStatementsMax));
  }
  PreparedStatement statement;
  statement.sql = command.payload;
  if (session.client_charset)
    statement.sql = VIF_TRY(statement_in_utf8(command.payload, *session.client_charset));
  sql::fingerprint(statement.sql, session.sql_mode, statement.print);
  if (statement.print.ok) statement.sql.resize(statement.print.statement_length);
  Executor::Prepared prepared;
  VIF_TRY(run_interruptibly(command, [&]() -> Status {
    prepared = VIF_TRY(command.executor.prepare(session, statement.sql));
    return {};
  }));
  statement.parameters.count = prepared.parameters;
  const uint32_t id = ++session.next_statement_id;
  session.extras().statements[id] = std::make_shared<PreparedStatement>(std::move(statement));
  if (session.results_charset) {
    for (types::Field& field : prepared.columns) field = field_in(field, *session.results_charset);
  }
  return command.connection.write_prepare_ok(id, prepared.columns, prepared.parameters);
}

}  // namespace vif::vtgate::commands
