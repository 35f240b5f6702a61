// COM_STMT_RESET: forgets long data and closes the cursor.

#include "vtgate/commands/commands.h"
#include "vtgate/commands/statement.h"

namespace vif::vtgate::commands {

Status stmt_reset(Command& command) {
  const std::shared_ptr<PreparedStatement> statement =
      VIF_TRY(find_statement(command, "mysqld_stmt_reset"));
  statement->parameters.long_data.clear();
  statement->long_data_error.reset();
  statement->cursor.reset();
  mysql::ResultEnd end;
  end.status = with_session_status(command.session, 0);
  return command.connection.write_ok(end);
}

}  // namespace vif::vtgate::commands
