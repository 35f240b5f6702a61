// COM_SET_OPTION: multi-statements on or off.

#include "mysql/commands.h"
#include "mysql/error_codes.h"
#include "vtgate/commands/commands.h"

namespace vif::vtgate::commands {

Status set_option(Command& command) {
  const uint16_t option = VIF_TRY(mysql::parse_set_option(command.payload));
  if (option > 1) return mysql::mysql_error(mysql::er::kUnknownComError, "Unknown command");
  command.connection.set_multi_statements(option == 0);
  return command.connection.write_eof(with_session_status(command.session, 0));
}

}  // namespace vif::vtgate::commands
