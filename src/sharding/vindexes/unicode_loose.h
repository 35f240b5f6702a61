// Case- and accent-insensitive text hashing as Vitess's unicode_loose_* vindexes do it: the primary
// weights of the Unicode Collation Algorithm under the (old) CLDR root order that Vitess froze,
// hashed.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace vif::sharding {

// Big-endian primary weights of `text`. Errors: `cannot normalize string containing invalid UTF-8`.
// Trailing spaces do not count.
Result<std::string> unicode_weights(std::string_view text);

}  // namespace vif::sharding
