// One flow of control and the switch between two: Boost.Context's jump, with the exception state
// and the sanitizers' idea of the stack following along. Also the stacks. Private to rt/.
#pragma once

#include <boost/context/detail/fcontext.hpp>
#include <cstddef>
#include <cstring>

// g++ says by a macro what it checks for, clang by a feature.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define VIF_ASAN 1
#elif __has_feature(thread_sanitizer)
#define VIF_TSAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define VIF_ASAN 1
#elif defined(VIF_SANITIZE_THREAD)
#define VIF_TSAN 1
#endif

#if defined(VIF_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#elif defined(VIF_TSAN)
#include <sanitizer/tsan_interface.h>
#endif

namespace vif::rt {

// A sanitizer's frames, and those that are not optimised, are many times as large: what fits a
// fiber's stack must fit it in every build.
#if defined(VIF_ASAN) || defined(VIF_TSAN)
constexpr size_t kStackScale = 32;
#elif !defined(__OPTIMIZE__)
constexpr size_t kStackScale = 8;
#else
constexpr size_t kStackScale = 1;
#endif

// Memory for a fiber to run on, with an inaccessible page below it.
struct Stack {
  char* base = nullptr;  // the guard page
  size_t bytes = 0;      // guard page included
  char* top() const { return base + bytes; }
};

// base is null when the system has no more memory or mappings.
Stack map_stack(size_t bytes);
void unmap_stack(const Stack& stack);
// Gives the pages below `keep_from` back to the system; they read as zero afterwards.
void discard_stack(const Stack& stack, const char* keep_from);

// What __cxa_get_globals() points to: the exceptions a flow has caught and those in flight.
struct ExceptionState {
  void* caught = nullptr;
  unsigned int uncaught = 0;
};
ExceptionState* thread_exception_state();

struct Context {
  boost::context::detail::fcontext_t resume_at = nullptr;
  ExceptionState exceptions;
#if defined(VIF_ASAN)
  void* fake_stack = nullptr;
  const void* stack_bottom = nullptr;
  size_t stack_bytes = 0;
#elif defined(VIF_TSAN)
  void* tsan_fiber = nullptr;
#endif
};

// Makes `context` start at `entry` on the memory [bottom, top) when it is first switched to;
// `entry` gets the Context it came from in transfer_t::data and calls arrived() before all else. It
// must not return.
void make_context(Context& context, char* bottom, char* top,
                  void (*entry)(boost::context::detail::transfer_t));
void destroy_context(Context& context);
// For the flow that a thread is running already.
void adopt_thread(Context& context);

inline void arrived(Context& here, boost::context::detail::transfer_t transfer) {
  auto& came_from = *static_cast<Context*>(transfer.data);
  came_from.resume_at = transfer.fctx;
#if defined(VIF_ASAN)
  __sanitizer_finish_switch_fiber(here.fake_stack, nullptr, nullptr);
#endif
  (void)here;
}

// Saves the running flow in `from` and goes on with `to`; returns when someone switches back to
// `from`.
inline void switch_context(Context& from, Context& to, ExceptionState* exceptions) {
  from.exceptions = *exceptions;
  *exceptions = to.exceptions;
#if defined(VIF_ASAN)
  __sanitizer_start_switch_fiber(&from.fake_stack, to.stack_bottom, to.stack_bytes);
#elif defined(VIF_TSAN)
  __tsan_switch_to_fiber(to.tsan_fiber, 0);
#endif
  arrived(from, boost::context::detail::jump_fcontext(to.resume_at, &from));
}

}  // namespace vif::rt
