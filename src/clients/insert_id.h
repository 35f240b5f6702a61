// LAST_INSERT_ID(0) sets the session's insert id to 0, where a result's 0 says that nothing was
// set.
#pragma once

#include <cstdint>

namespace vif::clients {

// Stands in a ResultEnd for "set to 0", between a tablet that was asked to tell
// (fetch_last_insert_id) and the gate's session. No sequence comes to it, and Vitess's tablets use
// another such number.
inline constexpr uint64_t kInsertIdZero = 18446744073709547417u;

}  // namespace vif::clients
