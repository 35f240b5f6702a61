#include "rt/runtime.h"

#include <atomic>
#include <csignal>
#include <thread>

#include "rt/machine.h"
#include "rt/scheduler.h"

namespace vif::rt {
namespace {

class Runtime;
// What post() and core_count() of any thread refer to; set for the length of run().
std::atomic<Runtime*> running = nullptr;

// A task under way to a core, or running there.
struct Posted : Mail, Runnable {
  Task task;
  Runtime* runtime = nullptr;
};

class Runtime {
 public:
  explicit Runtime(const Options& options) : offload_pool_(options.offload_threads) {
    for (int core = 0; core < std::max(1, options.cores); ++core) {
      cores_.push_back(std::make_unique<Core>(offload_pool_, options.stack_bytes, core));
    }
  }

  int core_count() const { return static_cast<int>(cores_.size()); }

  void post(int core, Task task) {
    ++tasks_;
    auto* posted = new Posted;
    posted->task = std::move(task);
    posted->runtime = this;
    posted->deliver = [](Mail& mail) { Scheduler::current().start(static_cast<Posted&>(mail)); };
    posted->run = [](Runnable* runnable) {
      auto* self = static_cast<Posted*>(runnable);
      self->task();
      Runtime& runtime = *self->runtime;
      delete self;
      if (--runtime.tasks_ == 0) runtime.nudge_all();
    };
    cores_.at(static_cast<size_t>(core))->scheduler.send(*posted);
  }

  void run() {
    std::vector<std::thread> threads;
    for (size_t i = 1; i < cores_.size(); ++i) {
      threads.emplace_back([this, i] {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
        run_core(*cores_[i]);
      });
    }
    run_core(*cores_[0]);
    for (std::thread& thread : threads) thread.join();
  }

 private:
  struct Core {
    Core(OffloadPool& offload_pool, size_t stack_bytes, int number)
        : machine(offload_pool), scheduler(machine, stack_bytes, number) {}
    Machine machine;
    Scheduler scheduler;
    bool idle = false;
  };

  void run_core(Core& core) {
    core.scheduler.run([this, &core] { return finished(core); });
  }

  // A core may stop only when no task is anywhere and no core runs a fiber that could post one.
  bool finished(Core& core) {
    if (closed_.load(std::memory_order_relaxed)) return core.scheduler.live() == 0;
    const bool idle = core.scheduler.live() == 0 && tasks_.load() == 0;
    if (idle != core.idle) {
      core.idle = idle;
      idle_cores_ += idle ? 1 : -1;
      if (idle) nudge_all();
    }
    if (!idle || idle_cores_.load() != core_count() || tasks_.load() != 0) return false;
    closed_ = true;
    nudge_all();
    return true;
  }

  void nudge_all() {
    for (auto& core : cores_) core->machine.nudge();
  }

  std::vector<std::unique_ptr<Core>> cores_;
  OffloadPool
      offload_pool_;  // joined first: its threads may be on their way out of Scheduler::send()
  std::atomic<int64_t> tasks_ = 0;  // posted and not returned
  std::atomic<int> idle_cores_ = 0;
  std::atomic<bool> closed_ = false;
};

}  // namespace

Status run(const Options& options, std::function<Status()> main) {
  Runtime runtime(options);
  Runtime* none = nullptr;
  VIF_ASSERT(running.compare_exchange_strong(none, &runtime));
  Status result;
  runtime.post(0, [&] { result = main(); });
  runtime.run();
  running = nullptr;
  return result;
}

int core_count() {
  const Runtime* runtime = running;
  return runtime == nullptr ? 1 : runtime->core_count();
}

int this_core() { return Scheduler::current().core(); }

void post(int core, Task task) {
  Scheduler* here = Scheduler::current_or_null();
  if (here != nullptr && here->world().simulated()) {
    const Fiber* fiber = here->fiber();
    here->start(std::move(task), nullptr, fiber == nullptr ? 0 : fiber->host);
    return;
  }
  Runtime* runtime = running;
  VIF_ASSERT(runtime != nullptr);
  runtime->post(core, std::move(task));
}

Result<std::unique_ptr<Listener>> listen(const Address& address, const ListenOptions& options) {
  return Scheduler::current().world().listen(address, options);
}

Result<std::unique_ptr<Stream>> dial(const Address& address, Deadline deadline) {
  return Scheduler::current().world().dial(address, deadline);
}

}  // namespace vif::rt
