// COM_INIT_DB: USE without SQL.

#include "vtgate/client_charset.h"
#include "vtgate/commands/commands.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::commands {

Status init_db(Command& command) {
  const types::Charset* charset = command.session.client_charset;
  const std::string name =
      charset ? in_utf8(command.payload, *charset) : std::string(command.payload);
  VIF_TRY(statements::set_target(command.executor, command.session, name));
  mysql::ResultEnd end;
  end.status = with_session_status(command.session, 0);
  return command.connection.write_ok(end);
}

}  // namespace vif::vtgate::commands
