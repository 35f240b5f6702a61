#include "rt/offload_pool.h"

#include <csignal>

#include "rt/scheduler.h"

namespace vif::rt {

// Lives on the stack of the fiber that waits for it.
struct OffloadPool::Job : Mail {
  const std::function<void()>* work = nullptr;
  Scheduler* home = nullptr;
  Fiber* fiber = nullptr;
  bool done = false;
};

OffloadPool::~OffloadPool() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  work_came_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void OffloadPool::run(const std::function<void()>& work) {
  Scheduler& home = Scheduler::current();
  Job job;
  job.work = &work;
  job.home = &home;
  job.fiber = home.fiber();
  job.deliver = [](Mail& mail) {
    auto& finished = static_cast<Job&>(mail);
    finished.done = true;
    finished.home->wake(*finished.fiber, Woken::kNotified);
  };
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(&job);
    if (static_cast<int>(queue_.size()) > idle_ &&
        static_cast<int>(threads_.size()) < threads_max_) {
      threads_.emplace_back([this] { thread_main(); });
    }
  }
  work_came_.notify_one();
  while (!job.done) home.suspend(Deadline::never(), /*cancellable=*/false);
}

void OffloadPool::thread_main() {
  // Signals are for the first core, which may be reading them from a signalfd.
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    work_came_.wait(lock, [this] { return closing_ || !queue_.empty(); });
    --idle_;
    if (queue_.empty()) return;
    Job* job = queue_.front();
    queue_.pop_front();
    lock.unlock();
    (*job->work)();
    job->home->send(*job);
    lock.lock();
  }
}

}  // namespace vif::rt
