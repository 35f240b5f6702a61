// VIF_ASSERT: a broken invariant of our own code ends the process, in every build.
// Never for anything that comes from a peer, a file or a user: those get an Error.
#pragma once

namespace vif {

[[noreturn]] void assert_failed(const char* expression, const char* file, int line);

}  // namespace vif

#define VIF_ASSERT(expression) \
  (static_cast<bool>(expression) ? void() : ::vif::assert_failed(#expression, __FILE__, __LINE__))
