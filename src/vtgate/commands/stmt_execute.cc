// COM_STMT_EXECUTE: the statement's parameters are bind variables v1, v2, ...; rows go out in
// binary, or are kept for the cursor that the client asked for. A statement of one shard may go as
// it came, to be executed there in binary (passage.h).

#include <functional>
#include <optional>

#include "mysql/commands.h"
#include "mysql/error_codes.h"
#include "mysql/rows.h"
#include "vtgate/client_charset.h"
#include "vtgate/commands/commands.h"
#include "vtgate/commands/cursor.h"
#include "vtgate/commands/statement.h"

namespace vif::vtgate::commands {

Status stmt_execute(Command& command) {
  const std::shared_ptr<PreparedStatement> statement =
      VIF_TRY(find_statement(command, "mysqld_stmt_execute"));
  if (statement->long_data_error) {
    const Error error = *std::exchange(statement->long_data_error, std::nullopt);
    return error;
  }
  mysql::ExecuteCommand execute = VIF_TRY(mysql::parse_execute(
      command.payload, command.connection.capabilities(), statement->parameters));
  types::BindVariables variables;
  int number = 0;
  const types::Charset* charset = command.session.client_charset;
  for (types::BindVariable& value : execute.values) {
    const bool convert = charset && types::is_text(value.type);
    if (convert)
      value = types::BindVariable(types::Value{value.type, in_utf8(value.value().bytes, *charset)});
    variables[fmt::format("v{}", ++number)] = std::move(value);
  }
  command.process.sql = statement->sql;
  statement->cursor.reset();
  const Session& session = command.session;
  // What must be converted on its way cannot be left to the server.
  std::optional<std::string> relayed;
  if (!session.client_charset && !session.results_charset) {
    relayed = mysql::relayed_parameters(execute, statement->parameters);
  }
  const auto run = [&](auto& sink) -> Status {
    mysql::BinaryRowSink from_text(sink);
    std::optional<CharsetSink> converting;
    if (session.results_charset) converting.emplace(from_text, *session.results_charset);
    mysql::ResultSink& to = converting ? static_cast<mysql::ResultSink&>(*converting) : from_text;
    const BinaryExecution binary{relayed ? std::string_view(*relayed) : std::string_view(), sink};
    const StatementText text{statement->sql, statement->print, variables, true,
                             relayed ? &binary : nullptr};
    const auto work = [&] { return command.executor.execute(command.session, text, to); };
    const Status done = run_interruptibly(command, std::ref(work));  // by reference: no allocation
    if (done.ok() && sink.row_count() > 0 && !command.session.found_rows_counted) {
      command.session.found_rows = sink.row_count();
    }
    return done;
  };
  if (execute.cursor == mysql::kCursorTypeReadOnly) {
    CursorSink sink(command.connection, *statement);
    return run(sink);
  }
  mysql::ClientResultSink sink(command.connection);
  return run(sink);
}

}  // namespace vif::vtgate::commands
