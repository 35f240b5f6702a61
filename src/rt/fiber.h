// Fibers: code that waits, written straight down.
//
// A fiber belongs to the scheduler (one a core) that started it and never migrates. Fibers of one
// scheduler never run at the same time, and switch only inside the waits of rt/, so data of one
// scheduler needs no lock as long as no wait stands between the reading and the writing.
//
// Cancellation: every wait of a cancelled fiber returns Code::kCanceled at once, except those of
// Uncancelled scopes. Code cleans up by returning.
#pragma once

#include <functional>
#include <memory>

#include "base/result.h"
#include "rt/task.h"
#include "rt/time.h"

namespace vif::rt {

struct Options {
  int cores = 1;            // schedulers, one thread each
  int offload_threads = 4;  // for calls that block
  size_t stack_bytes = 256 * 1024;
};

// Runs `main` on a fiber of core 0, and the schedulers until it and all that it spawned have
// returned. Errors: what main returned. One run() at a time in a process.
Status run(const Options& options, std::function<Status()> main);

// Waits. Errors: kCanceled.
Status sleep_for(Duration d);
Status sleep_until(Instant instant);
// Lets the other runnable fibers go first. Does not wait for I/O.
void yield();
// True once the current fiber's group was cancelled (and no Uncancelled scope stands in between).
bool cancelled();
// kOk, kCanceled or kDeadlineExceeded: for loops that compute.
Status check(Deadline deadline);

// Owns fibers: none outlives its group. Not movable; lives on one scheduler.
class TaskGroup {
 public:
  TaskGroup();
  // Cancels what still runs, then waits for it.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts `task` on a pooled stack; it runs at the next switch. A cancelled spawner's groups are
  // cancelled too.
  void spawn(Task task);
  // Until every task has returned. Errors: kCanceled (the tasks are then cancelled as well, and
  // still waited for), kDeadlineExceeded (the tasks go on).
  Status wait(Deadline deadline = Deadline::never());
  void cancel();
  size_t running() const;

 private:
  friend class Scheduler;
  friend struct Fiber;
  struct State;
  std::unique_ptr<State> state_;
};

// While one of these lives, the current fiber's waits ignore cancellation: for clean-up that must
// finish.
class Uncancelled {
 public:
  Uncancelled();
  ~Uncancelled();
  Uncancelled(const Uncancelled&) = delete;
};

// Runs `callback` once, on the scheduler itself (it must not wait), when the current loop turn has
// no runnable fiber left and before it polls: where the writes of one turn are gathered into one
// syscall.
void before_poll(std::function<void()> callback);

// Cores. `post` may be called from any thread; the task runs as a fiber of that core.
int core_count();
int this_core();
void post(int core, Task task);

// Runs `work` on the offload pool and waits for it; not cancellable. For calls that block (DNS,
// fsync, foreign libraries). Under simulation it runs in place.
void offload(const std::function<void()>& work);

// Randomness: seeded under simulation; from the operating system otherwise.
uint64_t random_u64();
// In [0, below). REQUIRES: below > 0
uint64_t random_below(uint64_t below);
// Fit for keys and nonces.
void random_bytes(char* into, size_t size);

}  // namespace vif::rt
