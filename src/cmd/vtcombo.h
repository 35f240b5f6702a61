// The role `vtcombo`: gate and tablets in one process, over one MySQL server, with the topology in
// memory.
#pragma once

#include "cmd/roles.h"

namespace vif::cmd {

// Runs until SIGTERM or SIGINT. Returns the exit status.
int vtcombo_main(Args args);

}  // namespace vif::cmd
