// COM_INIT_DB: USE without SQL.

#include "vtgate/commands/commands.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::commands {

Status init_db(Command& command) {
  VIF_TRY(statements::set_target(command.executor, command.session, command.payload));
  mysql::ResultEnd end;
  end.status = with_session_status(command.session, 0);
  return command.connection.write_ok(end);
}

}  // namespace vif::vtgate::commands
