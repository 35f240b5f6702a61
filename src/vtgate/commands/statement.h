// Finding the prepared statement that a COM_STMT_* command is about.
#pragma once

#include <memory>
#include <string_view>

#include "vtgate/commands/commands.h"

namespace vif::vtgate::commands {

// Kept alive by the pointer even when the client closes it meanwhile. Errors: 1243, naming
// `command_name`.
Result<std::shared_ptr<PreparedStatement>> find_statement(Command& command,
                                                          std::string_view command_name);

}  // namespace vif::vtgate::commands
