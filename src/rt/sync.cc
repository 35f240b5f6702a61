#include "rt/sync.h"

#include <atomic>

#include "rt/runtime.h"
#include "rt/scheduler.h"

namespace vif::rt {

WaitQueue::WaitQueue() = default;
WaitQueue::~WaitQueue() { VIF_ASSERT(first_ == nullptr); }

void WaitAccess::push(WaitQueue& queue, Fiber& fiber) {
  fiber.queue = &queue;
  fiber.queue_next = nullptr;
  fiber.queue_previous = static_cast<Fiber*>(queue.last_);
  if (fiber.queue_previous != nullptr) {
    fiber.queue_previous->queue_next = &fiber;
  } else {
    queue.first_ = &fiber;
  }
  queue.last_ = &fiber;
}

void WaitAccess::unlink(Fiber& fiber) {
  WaitQueue& queue = *fiber.queue;
  if (fiber.queue_previous != nullptr) {
    fiber.queue_previous->queue_next = fiber.queue_next;
  } else {
    queue.first_ = fiber.queue_next;
  }
  if (fiber.queue_next != nullptr) {
    fiber.queue_next->queue_previous = fiber.queue_previous;
  } else {
    queue.last_ = fiber.queue_previous;
  }
  fiber.queue = nullptr;
  fiber.queue_previous = fiber.queue_next = nullptr;
}

Status WaitQueue::wait(Deadline deadline) {
  Scheduler& scheduler = Scheduler::current();
  Fiber* self = scheduler.fiber();
  VIF_ASSERT(self != nullptr);
  WaitAccess::push(*this, *self);
  const Woken woken = scheduler.suspend(deadline);
  if (self->queue != nullptr) WaitAccess::unlink(*self);  // did not wait at all
  return wait_status(woken);
}

void WaitQueue::notify_one() {
  if (Fiber* fiber = WaitAccess::first(*this)) fiber->scheduler->wake(*fiber, Woken::kNotified);
}

void WaitQueue::notify_all() {
  while (first_ != nullptr) notify_one();
}

bool WaitQueue::empty() const { return first_ == nullptr; }

Status Mutex::lock(Deadline deadline) {
  if (!held_ && waiters_.empty()) {
    held_ = true;
    return {};
  }
  // unlock() hands the mutex over, so that nobody overtakes.
  return waiters_.wait(deadline);
}

bool Mutex::try_lock() {
  if (held_) return false;
  held_ = true;
  return true;
}

void Mutex::unlock() {
  VIF_ASSERT(held_);
  if (waiters_.empty()) {
    held_ = false;
  } else {
    waiters_.notify_one();
  }
}

Status Semaphore::acquire(Deadline deadline, int64_t n) {
  if (try_acquire(n)) return {};
  Fiber* self = Scheduler::current().fiber();
  VIF_ASSERT(self != nullptr);
  self->wanted = n;
  const Status status = waiters_.wait(deadline);
  // Its units came with the notification. If it gives up instead, the next in line may want less.
  if (!status.ok()) release(0);
  return status;
}

bool Semaphore::try_acquire(int64_t n) {
  if (count_ < n || !waiters_.empty()) return false;
  count_ -= n;
  return true;
}

void Semaphore::release(int64_t n) {
  count_ += n;
  for (Fiber* first = WaitAccess::first(waiters_); first != nullptr && first->wanted <= count_;
       first = WaitAccess::first(waiters_)) {
    count_ -= first->wanted;
    waiters_.notify_one();
  }
}

struct Event::State {
  std::atomic<bool> set = false;
  std::atomic<Scheduler*> home = nullptr;  // whose fibers wait
  WaitQueue waiters;

  struct Wakeup : Mail {
    std::shared_ptr<State> state;
  };
};

Event::Event() : state_(std::make_shared<State>()) {}
Event::~Event() = default;

bool Event::is_set() const { return state_->set.load(std::memory_order_acquire); }

void Event::set() {
  const std::shared_ptr<State> state =
      state_;  // the waiter may destroy the event the moment it sees it set
  // Pairs with wait(): either it sees the event set, or we see where it waits.
  if (state->set.exchange(true)) return;
  Scheduler* home = state->home.load();
  if (home == nullptr) return;
  if (home == Scheduler::current_or_null()) {
    state->waiters.notify_all();
    return;
  }
  auto* wakeup = new State::Wakeup;
  wakeup->state = state;
  wakeup->deliver = [](Mail& mail) {
    const std::unique_ptr<State::Wakeup> owned(static_cast<State::Wakeup*>(&mail));
    owned->state->waiters.notify_all();
  };
  home->send(*wakeup);
}

Status Event::wait(Deadline deadline) {
  if (is_set()) return {};
  const std::shared_ptr<State> state =
      state_;  // whoever we wait for may destroy the event once it is set
  Scheduler* here = &Scheduler::current();
  Scheduler* home = state->home.exchange(here);
  VIF_ASSERT(home == nullptr || home == here);
  while (!state->set.load()) VIF_TRY(state->waiters.wait(deadline));
  return {};
}

}  // namespace vif::rt
