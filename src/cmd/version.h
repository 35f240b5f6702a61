// What `--version` says.
#pragma once

#include <string>

namespace vif::cmd {

// "Version: 23.0.0-SNAPSHOT (Git revision R branch 'B') built on DATE by USER@HOST using ...": the
// form and the major version that Vitess's tests read; Vif's own version follows.
std::string version_line();

}  // namespace vif::cmd
