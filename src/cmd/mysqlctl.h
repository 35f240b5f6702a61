// The role `mysqlctl`: initialises, starts and stops the MySQL server of one tablet.
#pragma once

#include "cmd/roles.h"

namespace vif::cmd {

int mysqlctl_main(Args args);

}  // namespace vif::cmd
