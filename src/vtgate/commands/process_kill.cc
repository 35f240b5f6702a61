// COM_PROCESS_KILL: KILL without SQL.

#include "mysql/commands.h"
#include "vtgate/commands/commands.h"
#include "vtgate/mysql_error.h"

namespace vif::vtgate::commands {

Status process_kill(Command& command) {
  if (!command.executor.options().allow_kill)
    return kill_denied("kill statement execution not permitted.");
  VIF_TRY(command.processes.kill(VIF_TRY(mysql::parse_process_kill(command.payload)), false));
  mysql::ResultEnd end;
  end.status = with_session_status(command.session, 0);
  return command.connection.write_ok(end);
}

}  // namespace vif::vtgate::commands
