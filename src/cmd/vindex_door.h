// `vif vindex`: vindexes for scripts and linters. One JSON request a line on standard input, one
// JSON answer a line on standard output, in order (the forms are in sharding/vindex_requests.h).
#pragma once

#include <span>
#include <string_view>

namespace vif::cmd {

// Returns the process's exit code: 0 at the end of the input, 2 for arguments that it does not
// know.
int vindex_main(std::span<const std::string_view> args);

}  // namespace vif::cmd
