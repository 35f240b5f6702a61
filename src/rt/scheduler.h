// One core's fibers, ready queue and timers, over a World that tells the time and brings in what
// happens outside. Private to rt/.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "rt/context.h"
#include "rt/fiber.h"
#include "rt/net.h"
#include "rt/sync.h"
#include "rt/timers.h"

namespace vif::rt {

class Scheduler;

// Something in the ready queue: a fiber to resume (run is null), or what a fresh fiber is to run.
struct Runnable {
  Runnable* next = nullptr;
  void (*run)(Runnable*) = nullptr;
};

enum class Woken : uint8_t { kNotified, kDeadline, kCanceled };

// Lives at the top of its own stack, and outlives its tasks: a finished fiber takes the next.
struct Fiber : Runnable, Timer {
  Context context;
  Scheduler* scheduler = nullptr;
  Runnable* first = nullptr;  // what to run when switched to afresh
  Stack stack;
  char* stack_top = nullptr;

  // Of the task that runs now:
  TaskGroup::State* group = nullptr;  // it belongs to; null for the scheduler's own
  Fiber* group_previous = nullptr;
  Fiber* group_next = nullptr;
  TaskGroup::State* owned = nullptr;  // groups that it made
  WaitQueue* queue = nullptr;         // it waits in
  Fiber* queue_previous = nullptr;
  Fiber* queue_next = nullptr;
  int64_t wanted = 0;  // units of a semaphore
  uint32_t id = 0;
  uint32_t host = 0;  // under simulation
  uint16_t uncancelled = 0;
  bool waiting = false;
  bool cancellable_wait = false;
  bool cancel_requested = false;
  bool trimmed = false;  // no dirty pages but the topmost, while unused
  Woken woken = Woken::kNotified;

  bool cancelled() const { return cancel_requested && uncancelled == 0; }
};

struct TaskGroup::State {
  Scheduler* scheduler = nullptr;
  Fiber* owner = nullptr;
  State* owner_previous = nullptr;
  State* owner_next = nullptr;
  Fiber* members = nullptr;
  size_t running = 0;  // members and those yet to start
  uint32_t host = 0;   // under simulation
  bool cancelled = false;
  bool shielded =
      false;  // made inside an Uncancelled scope: the owner's cancellation does not reach it
  WaitQueue done;
};

// The doors between runtime pieces and what the public headers keep private.
struct WaitAccess {
  static void push(WaitQueue& queue, Fiber& fiber);
  static void unlink(Fiber& fiber);
  static Fiber* first(const WaitQueue& queue) { return static_cast<Fiber*>(queue.first_); }
};

// What stands outside a scheduler: the machine, or a simulation of it.
class World {
 public:
  virtual ~World() = default;
  virtual int64_t clock_ns() = 0;
  virtual int64_t wall_us() = 0;
  // Hands over what has happened; if `may_block`, waits for something to, until `until_ns` at most.
  virtual void poll(int64_t until_ns, bool may_block) = 0;
  // From any thread: ends a poll() that waits, or the next one.
  virtual void nudge() {}
  virtual uint64_t random_u64() = 0;
  virtual void random_bytes(char* into, size_t size) = 0;
  virtual void offload(const std::function<void()>& work) = 0;
  virtual bool simulated() const { return false; }
  // Which of `count` ready runnables goes next.
  virtual size_t choose(size_t) { return 0; }
  // A fiber is about to run.
  virtual void note_step(const Fiber&) {}
  virtual Result<std::unique_ptr<Listener>> listen(const Address&, const ListenOptions&) = 0;
  virtual Result<std::unique_ptr<Stream>> dial(const Address&, Deadline) = 0;
};

// What one thread has to tell a scheduler. Owned by the sender until delivered.
struct Mail {
  Mail* next_mail = nullptr;
  void (*deliver)(Mail&) = nullptr;  // called on the receiving scheduler's own flow
};

class Scheduler {
 public:
  Scheduler(World& world, size_t stack_bytes, int core);
  ~Scheduler();  // REQUIRES: no fiber is left
  Scheduler(const Scheduler&) = delete;

  // The calling thread's; null on a thread that runs none.
  static Scheduler* current_or_null();
  static Scheduler& current();

  // Runs fibers until `done` says so, which is asked once a turn.
  void run(const std::function<bool()>& done);

  World& world() { return world_; }
  int core() const { return core_; }
  int64_t now_ns() const { return now_ns_; }
  // Null on the scheduler's own flow.
  Fiber* fiber() { return fiber_; }
  Timers& timers() { return timers_; }
  size_t live() const { return live_; }
  bool anything_ready() const { return ready_first_ != nullptr || !shuffled_.empty(); }

  // From any thread.
  void send(Mail& mail);

  // Starts a task. `group` null: the scheduler's own, which nobody waits for but run().
  void start(Task task, TaskGroup::State* group, uint32_t host);
  // As a fresh fiber: `runnable.run` is called on it. Owned by the caller.
  void start(Runnable& runnable) {
    ++live_;
    make_ready(runnable);
  }
  // Forgets a runnable that was started and has not run yet.
  void take_back(Runnable& runnable);

  // Waits for wake(). Returns at once when cancelled or past `deadline`.
  Woken suspend(Deadline deadline, bool cancellable = true);
  // No effect unless it waits.
  void wake(Fiber& fiber, Woken why);
  void yield();
  void cancel(Fiber& fiber);
  void cancel(TaskGroup::State& group);
  // Cancels every fiber there is.
  void cancel_all();
  void before_poll(std::function<void()> callback) { gathered_.push_back(std::move(callback)); }

 private:
  static void fiber_entry(boost::context::detail::transfer_t transfer);
  void fiber_loop(Fiber& self);
  void make_ready(Runnable& runnable);
  void finish_task(Fiber& self);
  Runnable* take_next();
  Runnable* take_shuffled();
  // Null when there is no memory for one.
  Fiber* fresh_fiber();
  void switch_out(Context& from);
  void enter(Context& from, Runnable& runnable);
  void run_gathered();
  void deliver_mail();
  void trim_stacks();
  void destroy(Fiber& fiber);

  World& world_;
  const size_t stack_bytes_;
  const int core_;
  ExceptionState* exceptions_ = nullptr;
  Context loop_;
  Fiber* fiber_ = nullptr;

  Runnable* ready_first_ = nullptr;
  Runnable* ready_last_ = nullptr;
  Runnable* starved_ = nullptr;      // could not start for want of memory
  std::vector<Runnable*> shuffled_;  // the ready ones, under simulation
  bool shuffle_;
  int budget_ = 0;  // runs left in this turn

  std::atomic<Mail*> inbox_ = nullptr;  // latest first
  std::atomic<bool> asleep_ = false;

  int64_t now_ns_ = 0;
  Timers timers_;
  std::vector<std::function<void()>> gathered_;

  std::vector<Fiber*> free_;  // the last is the hottest
  std::vector<Fiber*> all_;
  size_t free_least_ = 0;  // since the last trim: these were not needed
  int64_t trim_at_ns_ = 0;
  size_t live_ = 0;  // tasks started or to be started
  uint32_t next_id_ = 1;
  struct Start;
  Start* spare_starts_ = nullptr;
  size_t spare_start_count_ = 0;
};

// The Status of a wait that ended so.
Status wait_status(Woken woken);

}  // namespace vif::rt
