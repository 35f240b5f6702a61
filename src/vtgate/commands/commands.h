// MySQL's commands: one file each, and one table.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "mysql/server_conn.h"
#include "vtgate/executor.h"
#include "vtgate/processes.h"
#include "vtgate/session.h"

namespace vif::vtgate::commands {

// One command in flight. `payload` is without the command byte.
struct Command {
  mysql::ServerConnection& connection;
  Session& session;
  Executor& executor;
  Processes& processes;
  Processes::Entry& process;  // this connection's line in the process list
  std::string_view payload;
};

struct Entry {
  uint8_t command;
  std::string_view name;  // as SHOW PROCESSLIST has it
  Status (*run)(Command& command);
};
// Null for a command that is not served (COM_QUIT and COM_CHANGE_USER never come here).
const Entry* find(uint8_t command);

Status query(Command& command);
Status init_db(Command& command);
Status ping(Command& command);
Status stmt_prepare(Command& command);
Status stmt_execute(Command& command);
Status stmt_fetch(Command& command);
Status stmt_send_long_data(Command& command);
Status stmt_reset(Command& command);
Status stmt_close(Command& command);
Status reset_connection(Command& command);
Status set_option(Command& command);
Status field_list(Command& command);
Status statistics(Command& command);
Status process_kill(Command& command);

// Runs `work` so that KILL QUERY can end it: then it is MySQL's error 1317.
Status run_interruptibly(Command& command, const std::function<Status()>& work);

}  // namespace vif::vtgate::commands
