// COM_STMT_CLOSE. Has no answer.

#include "mysql/commands.h"
#include "vtgate/commands/commands.h"

namespace vif::vtgate::commands {

Status stmt_close(Command& command) {
  const std::optional<uint32_t> id = mysql::statement_id(command.payload);
  if (id && command.session.extras_if_any() != nullptr)
    command.session.extras().statements.erase(*id);
  return {};
}

}  // namespace vif::vtgate::commands
