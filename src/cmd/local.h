// The roles `up`, `down`, `status` and the supervisor behind them.
#pragma once

#include "cmd/roles.h"

namespace vif::cmd {

int up_main(Args args);
int down_main(Args args);
int status_main(Args args);
int supervise_main(Args args);

}  // namespace vif::cmd
