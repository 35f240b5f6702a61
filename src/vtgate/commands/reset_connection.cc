// COM_RESET_CONNECTION: as after a new login, but for the user and the database.

#include "vtgate/commands/commands.h"
#include "vtgate/settings.h"

namespace vif::vtgate::commands {

Status reset_connection(Command& command) {
  Session& old = command.session;
  command.executor.parts().tx.close(old, rt::Deadline::in(std::chrono::seconds(5)));
  Session fresh;
  fresh.keyspace = std::move(old.keyspace);
  fresh.tablet_type = old.tablet_type;
  fresh.destination = std::move(old.destination);
  fresh.target_string = std::move(old.target_string);
  fresh.caller = std::move(old.caller);
  fresh.connection_id = old.connection_id;
  fresh.client_found_rows = old.client_found_rows;
  fresh.collation = default_collation(command.executor.options().flavor);
  fresh.workload = command.executor.options().default_workload;
  old = std::move(fresh);
  mysql::ResultEnd end;
  end.status = with_session_status(old, 0);
  return command.connection.write_ok(end);
}

}  // namespace vif::vtgate::commands
