#include "vtgate/commands/statement.h"

#include "mysql/commands.h"
#include "mysql/error_codes.h"

namespace vif::vtgate::commands {

Result<std::shared_ptr<PreparedStatement>> find_statement(Command& command,
                                                          std::string_view command_name) {
  const std::optional<uint32_t> id = mysql::statement_id(command.payload);
  const SessionExtras* extras = command.session.extras_if_any();
  if (id && extras != nullptr) {
    const auto found = extras->statements.find(*id);
    if (found != extras->statements.end()) return found->second;
  }
  return mysql::mysql_error(1243, fmt::format("Unknown prepared statement handler ({}) given to {}",
                                              id.value_or(0), command_name));
}

}  // namespace vif::vtgate::commands
