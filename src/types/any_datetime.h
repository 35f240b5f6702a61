// A date as TIMEDIFF and TIME_FORMAT take it, which do not ask whether there is such a day.
#pragma once

#include <optional>
#include <string_view>

#include "types/temporal.h"

namespace vif::types {

// As parse_datetime(), of any month up to 12 and any day up to 31, zeros too.
std::optional<ParsedTemporal> parse_any_datetime(std::string_view text);
// Whether there is such a day, with a month and a day.
bool is_real_date(const Temporal& t);

}  // namespace vif::types
