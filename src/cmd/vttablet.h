// The role `vttablet`: serves and looks after one MySQL server.
#pragma once

#include <span>
#include <string_view>

namespace vif::cmd {

int vttablet_main(std::span<const std::string_view> args);

}  // namespace vif::cmd
