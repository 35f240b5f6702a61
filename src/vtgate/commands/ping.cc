// COM_PING: the gate itself answers; it says nothing about any shard.

#include "vtgate/commands/commands.h"

namespace vif::vtgate::commands {

Status ping(Command& command) {
  mysql::ResultEnd end;
  end.status = with_session_status(command.session, 0);
  return command.connection.write_ok(end);
}

}  // namespace vif::vtgate::commands
