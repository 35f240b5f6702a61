// Go's duration syntax, which Vitess's flags, JSON and topology use: "1h2m3.5s", "500ms", "-1.5h",
// "0".
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vif {

// Errors: kInvalidArgument, `time: invalid duration "x"`, as Go says it.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);
// Go's Duration.String(): "1h2m3.5s", "500ms", "0s".
std::string format_duration(std::chrono::nanoseconds duration);

}  // namespace vif
