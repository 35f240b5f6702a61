// One process that is kept running: started, watched until it is ready, started again when it dies.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "rt/fiber.h"
#include "rt/process.h"
#include "rt/sync.h"

namespace vif::local {

enum class ProcessState : uint8_t { kStopped, kStarting, kReady, kBackoff };
std::string_view process_state_name(ProcessState state);

class Supervised {
 public:
  struct Options {
    std::string name;                                     // "mysqld zone1-0000000100"
    std::function<Result<rt::ProcessOptions>()> command;  // asked at each start
    std::function<Status(rt::Deadline)> ready;            // waits until it serves
    std::string pid_path;  // written at each start, removed at the end
    int stop_signal = 15;
    rt::Duration stop_timeout = std::chrono::seconds(30);  // then SIGKILL
    rt::Duration ready_timeout = std::chrono::seconds(60);
  };

  explicit Supervised(Options options);
  ~Supervised();

  // Starts keeping it; returns at once.
  void start();
  // Until it was ready once. Errors: what ready() said, or the exit of a process that does not come
  // up three times in a row; kDeadlineExceeded; kCanceled.
  Status wait_ready(rt::Deadline deadline);
  // Ends the process (stop_signal, then SIGKILL) and stops keeping it. Waits.
  void stop();

  const std::string& name() const { return options_.name; }
  ProcessState state() const { return state_; }
  int pid() const { return pid_; }
  int restarts() const { return restarts_; }
  const std::string& last_exit() const { return last_exit_; }

 private:
  void keep();
  Status run_once();

  Options options_;
  ProcessState state_ = ProcessState::kStopped;
  int pid_ = 0;
  int restarts_ = 0;
  int failures_in_a_row_ = 0;  // starts that ended before they were ready
  std::string last_exit_;
  bool stopping_ = false;
  rt::WaitQueue changed_;
  std::unique_ptr<rt::TaskGroup> keeper_;
};

// "exit status 1", "killed by signal 9".
std::string describe_exit(int wait_status);
// Ends the processes of the data folder `root` that a supervisor which was killed has left behind,
// and waits for their end; after `deadline` they are killed. Whoever calls holds the folder's lock.
// Gives how many there were.
Result<int> end_leftovers(const std::string& root, rt::Deadline deadline);

}  // namespace vif::local
