#include "rt/cancel_scope.h"

#include "rt/scheduler.h"

namespace vif::rt {
namespace {

Fiber& this_fiber() {
  Fiber* fiber = Scheduler::current().fiber();
  VIF_ASSERT(fiber != nullptr);
  return *fiber;
}

}  // namespace

CancelScope::CancelScope() : fiber_(this_fiber()) {}

CancelScope::~CancelScope() {
  if (ours_) fiber_.cancel_requested = false;
}

void CancelScope::cancel() {
  cancelled_ = true;
  if (fiber_.cancel_requested) return;
  ours_ = true;
  fiber_.scheduler->cancel(fiber_);
}

}  // namespace vif::rt
