// The vtgate role.
#pragma once

#include <span>
#include <string_view>

namespace vif::cmd {

// Runs until SIGTERM or SIGINT. Returns the exit status.
int vtgate_main(std::span<const std::string_view> args);

}  // namespace vif::cmd
