#include "rt/context.h"

#include <cxxabi.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/assert.h"

namespace vif::rt {
namespace {

constexpr size_t kPage = 4096;
constexpr int kGuardInstall = 102;  // MADV_GUARD_INSTALL, newer than Debian 12's headers

}  // namespace

Stack map_stack(size_t bytes) {
  bytes = (bytes + kPage - 1) / kPage * kPage + kPage;
  void* at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (at == MAP_FAILED) return {};
  // A lightweight guard does not split the mapping, so neighbouring stacks share one and the
  // system's limit on mappings (65530) does not limit the fibers. Linux before 6.13 needs the page
  // protected.
  if (::madvise(at, kPage, kGuardInstall) != 0 && ::mprotect(at, kPage, PROT_NONE) != 0) {
    ::munmap(at, bytes);
    return {};
  }
  // Huge pages would make 2 MiB resident of every few stacks.
  ::madvise(at, bytes, MADV_NOHUGEPAGE);
  return {static_cast<char*>(at), bytes};
}

void unmap_stack(const Stack& stack) {
#if defined(VIF_ASAN)
  // A fiber that goes away stands in its loop, near the top; below that nothing is
  // poisoned, and to say so of all of it would make an eighth of it resident.
  constexpr size_t kLoopFrames = 64 << 10;
  const size_t used = std::min(stack.bytes, kLoopFrames);
  __asan_unpoison_memory_region(stack.top() - used, used);
#endif
  ::munmap(stack.base, stack.bytes);
}

void discard_stack(const Stack& stack, const char* keep_from) {
  char* begin = stack.base + kPage;
  const size_t keep_offset = static_cast<size_t>(keep_from - begin) / kPage * kPage;
  if (keep_offset > 0) ::madvise(begin, keep_offset, MADV_DONTNEED);
}

ExceptionState* thread_exception_state() {
  return reinterpret_cast<ExceptionState*>(abi::__cxa_get_globals());
}

void make_context(Context& context, char* bottom, char* top,
                  void (*entry)(boost::context::detail::transfer_t)) {
  const auto bytes = static_cast<size_t>(top - bottom);
  context.resume_at = boost::context::detail::make_fcontext(top, bytes, entry);
#if defined(VIF_ASAN)
  context.stack_bottom = bottom;
  context.stack_bytes = bytes;
#elif defined(VIF_TSAN)
  context.tsan_fiber = __tsan_create_fiber(0);
#endif
}

void destroy_context(Context& context) {
#if defined(VIF_TSAN)
  __tsan_destroy_fiber(context.tsan_fiber);
#endif
  context.resume_at = nullptr;
}

void adopt_thread(Context& context) {
#if defined(VIF_ASAN)
  pthread_attr_t attributes;
  VIF_ASSERT(::pthread_getattr_np(::pthread_self(), &attributes) == 0);
  void* bottom = nullptr;
  VIF_ASSERT(::pthread_attr_getstack(&attributes, &bottom, &context.stack_bytes) == 0);
  context.stack_bottom = bottom;
  ::pthread_attr_destroy(&attributes);
#elif defined(VIF_TSAN)
  context.tsan_fiber = __tsan_get_current_fiber();
#endif
  (void)context;
}

}  // namespace vif::rt
