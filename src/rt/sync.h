// Waiting for each other. All of these are for fibers of one scheduler, but Event, whose set() any
// thread may call. Waiters are woken in the order they came (in a seeded order under simulation).
#pragma once

#include <deque>
#include <optional>

#include "base/result.h"
#include "rt/time.h"

namespace vif::rt {

// The waiters of one condition. The other classes here are made of it; use them when they fit.
class WaitQueue {
 public:
  WaitQueue();
  ~WaitQueue();  // REQUIRES: nobody waits
  WaitQueue(const WaitQueue&) = delete;
  WaitQueue& operator=(const WaitQueue&) = delete;

  // Until notified. The condition must be looked at again afterwards: wake-ups may be spurious.
  // Errors: kCanceled, kDeadlineExceeded.
  Status wait(Deadline deadline);
  void notify_one();
  void notify_all();
  bool empty() const;

 private:
  friend struct WaitAccess;
  void* first_ = nullptr;  // intrusive list of waiting fibers
  void* last_ = nullptr;
};

class Mutex {
 public:
  // Errors: kCanceled, kDeadlineExceeded; then it is not held.
  Status lock(Deadline deadline = Deadline::never());
  bool try_lock();
  void unlock();

 private:
  bool held_ = false;
  WaitQueue waiters_;
};

// Set once, stays set. set() may be called from any thread while the event lives.
class Event {
 public:
  Event();
  ~Event();
  Event(const Event&) = delete;
  void set();
  bool is_set() const;
  // Errors: kCanceled, kDeadlineExceeded.
  Status wait(Deadline deadline = Deadline::never());

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// A counted resource, first come first served.
class Semaphore {
 public:
  explicit Semaphore(int64_t count) : count_(count) {}
  Status acquire(Deadline deadline = Deadline::never(), int64_t n = 1);
  bool try_acquire(int64_t n = 1);
  void release(int64_t n = 1);
  int64_t available() const { return count_; }

 private:
  int64_t count_;
  WaitQueue waiters_;
};

// A bounded queue between fibers of one scheduler.
template <typename T>
class Channel {
 public:
  explicit Channel(size_t capacity) : capacity_(capacity) {}

  // Waits while full. Errors: kCanceled, kDeadlineExceeded; kUnavailable once closed.
  Status send(T value, Deadline deadline = Deadline::never()) {
    while (!closed_ && queue_.size() >= capacity_) VIF_TRY(not_full_.wait(deadline));
    if (closed_) return Error(Code::kUnavailable, "channel is closed");
    queue_.push_back(std::move(value));
    not_empty_.notify_one();
    return {};
  }
  // False when full or closed. Never waits.
  bool try_send(T value) {
    if (closed_ || queue_.size() >= capacity_) return false;
    queue_.push_back(std::move(value));
    not_empty_.notify_one();
    return true;
  }
  // Waits while empty. nullopt: closed and drained. Errors: kCanceled, kDeadlineExceeded.
  Result<std::optional<T>> receive(Deadline deadline = Deadline::never()) {
    while (queue_.empty() && !closed_) VIF_TRY(not_empty_.wait(deadline));
    if (queue_.empty()) return std::optional<T>();
    std::optional<T> value(std::move(queue_.front()));
    queue_.pop_front();
    not_full_.notify_one();
    return value;
  }
  // Senders fail from now on; receivers drain what is left.
  void close() {
    closed_ = true;
    not_empty_.notify_all();
    not_full_.notify_all();
  }
  bool closed() const { return closed_; }
  size_t size() const { return queue_.size(); }

 private:
  size_t capacity_;
  bool closed_ = false;
  std::deque<T> queue_;
  WaitQueue not_empty_;
  WaitQueue not_full_;
};

}  // namespace vif::rt
