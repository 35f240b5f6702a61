// Threads for calls that block. Private to rt/.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace vif::rt {

class OffloadPool {
 public:
  explicit OffloadPool(int threads_max) : threads_max_(threads_max < 1 ? 1 : threads_max) {}
  ~OffloadPool();  // REQUIRES: no call of run() is under way
  // On one of the threads; the current fiber waits. Not cancellable.
  void run(const std::function<void()>& work);

 private:
  struct Job;
  void thread_main();

  const int threads_max_;
  std::mutex mutex_;
  std::condition_variable work_came_;
  std::deque<Job*> queue_;
  std::vector<std::thread> threads_;
  int idle_ = 0;
  bool closing_ = false;
};

}  // namespace vif::rt
