// COM_STMT_SEND_LONG_DATA: a parameter in pieces. Has no answer.

#include "mysql/commands.h"
#include "vtgate/commands/commands.h"
#include "vtgate/commands/statement.h"

namespace vif::vtgate::commands {

Status stmt_send_long_data(Command& command) {
  const Result<std::shared_ptr<PreparedStatement>> statement =
      find_statement(command, "mysql_stmt_send_long_data");
  if (!statement.ok()) return {};
  const Status added = mysql::add_long_data(command.payload, (*statement)->parameters,
                                            command.connection.options().packet_max);
  if (!added.ok()) (*statement)->long_data_error = added.error();
  return {};
}

}  // namespace vif::vtgate::commands
