// `vif eval`: expressions for scripts. One JSON request a line on standard input, one JSON answer a
// line on standard output, in order (the forms are in eval/requests.h).
#pragma once

#include <span>
#include <string_view>

namespace vif::cmd {

// Flags: --flavor mysql|mariadb, --now "YYYY-MM-DD hh:mm:ss", --time-zone, --sql-mode, --collation.
// Returns the exit code: 0 at the end of the input, 2 for arguments that it does not know.
int eval_main(std::span<const std::string_view> args);

}  // namespace vif::cmd
