// COM_STATISTICS: a line of text about the gate.

#include "vtgate/commands/commands.h"

namespace vif::vtgate::commands {

Status statistics(Command& command) {
  const PlanCache& plans = command.executor.plan_cache();
  return command.connection.write_packet(
      fmt::format("Uptime: {}  Threads: {}  Questions: {}", rt::now().ns / 1'000'000'000,
                  command.processes.all().size(), plans.hits() + plans.misses()));
}

}  // namespace vif::vtgate::commands
