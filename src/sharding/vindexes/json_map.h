// The JSON objects of numbers that some vindexes take as a parameter or read from a file.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vif::sharding {

// {"US": 1, ...}; null is an empty map.
Result<std::map<std::string, uint64_t, std::less<>>> parse_number_map(std::string_view json);
// [3, 5]
Result<std::vector<int>> parse_int_list(std::string_view json);

}  // namespace vif::sharding
