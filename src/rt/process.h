// Child processes and signals. Not under simulation.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "rt/sync.h"
#include "rt/time.h"

namespace vif::rt {

struct ProcessOptions {
  std::vector<std::string> argv;           // argv[0] is a path, or found in PATH
  std::map<std::string, std::string> env;  // added to ours
  std::string stdout_path;                 // appended to; empty: inherited
  std::string stderr_path;                 // appended to; empty: inherited; may equal stdout_path
  std::string stdin_path = "/dev/null";
  std::string user;  // non-empty: run as this user (REQUIRES root)
  std::string working_dir;
  bool new_session = false;      // setsid: outlives our terminal
  bool die_with_parent = false;  // PR_SET_PDEATHSIG SIGKILL
};

// A child we started. Destroying does not kill it (a child of the dead parent goes on) but stops
// reaping it.
class Process {
 public:
  static Result<std::unique_ptr<Process>> start(const ProcessOptions& options);
  ~Process();
  int pid() const { return pid_; }
  void signal(int signal_number);
  // Until it ends; the wait status as of waitpid(2). Errors: kDeadlineExceeded, kCanceled.
  Result<int> wait(Deadline deadline = Deadline::never());
  bool running() const;

 private:
  Process(int pid, int pidfd) : pid_(pid), pidfd_(pidfd) {}
  int pid_;
  int pidfd_;
  int status_ = -1;
};

// Runs to the end, output captured (stdout and stderr together, first 1 MiB); the wait status in
// `status`.
struct CommandOutput {
  int status = 0;
  std::string text;
};
Result<CommandOutput> run_command(const ProcessOptions& options, Deadline deadline);

// Delivers the given signals to receive() instead of their default action, from construction on.
class Signals {
 public:
  explicit Signals(std::vector<int> signal_numbers);
  ~Signals();
  // Errors: kCanceled, kDeadlineExceeded.
  Result<int> receive(Deadline deadline = Deadline::never());

 private:
  int fd_;
};

}  // namespace vif::rt
