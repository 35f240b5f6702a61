// The deadline of what a test waits for and must come: a test that waits it out has failed. Far
// enough for a build under a sanitizer on a busy machine.
#pragma once

#include "rt/time.h"

namespace vif::testing {

inline rt::Deadline soon() {
#if defined(__SANITIZE_ADDRESS__) || defined(VIF_SANITIZE_THREAD)
  return rt::Deadline::in(std::chrono::seconds(240));
#else
  return rt::Deadline::in(std::chrono::seconds(60));
#endif
}

}  // namespace vif::testing
