// Lets others cancel what the current fiber does for a while, without a fiber of its own for that:
// what a TaskGroup with one task would do.
#pragma once

namespace vif::rt {

struct Fiber;

// Made and destroyed by one fiber, on its stack, properly nested.
class CancelScope {
 public:
  CancelScope();
  // The fiber is as before: a cancellation through this scope ends here.
  ~CancelScope();
  CancelScope(const CancelScope&) = delete;

  // From another fiber of the scheduler: the waits of the scope's fiber, and the groups that it has
  // made, end with kCanceled, as if its group were cancelled.
  void cancel();
  bool was_cancelled() const { return cancelled_; }

 private:
  Fiber& fiber_;
  bool cancelled_ = false;
  bool ours_ = false;  // nobody had cancelled the fiber before
};

}  // namespace vif::rt
