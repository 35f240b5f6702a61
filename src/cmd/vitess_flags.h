// Vitess's flags that a role takes without giving them a meaning.
#pragma once

#include <string_view>

#include "base/flags.h"

namespace vif::cmd {

// Lets `flags` accept every flag of Vitess's program `role` that was not added to it. Call it after
// the adds.
void accept_vitess_flags(std::string_view role, FlagSet& flags);

}  // namespace vif::cmd
