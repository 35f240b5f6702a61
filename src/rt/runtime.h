// The process's schedulers and the threads that they run on, and the system's clocks. Private to
// rt/.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vif::rt {

int64_t system_clock_ns();
int64_t system_wall_us();
void system_random(char* into, size_t size);

}  // namespace vif::rt
