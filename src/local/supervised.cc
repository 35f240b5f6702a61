#include "local/supervised.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/log.h"

namespace vif::local {
namespace {

constexpr int kFailuresMax = 3;
constexpr auto kBackoffFirst = std::chrono::milliseconds(100);
constexpr auto kBackoffMax = std::chrono::seconds(5);

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Not there, or a zombie: whatever it listened to is free. A killed process loses its command line
// long before its sockets.
bool has_ended(int pid) {
  const std::string stat = read_text(fmt::format("/proc/{}/stat", pid));
  const size_t name_end = stat.rfind(')');
  return name_end == std::string::npos || stat.compare(name_end, 3, ") Z") == 0;
}

// Ends the process that `pid_path` names if it is still the one that was started (its command line
// holds `marker`), and says whether it was.
Result<bool> end_leftover(const std::string& pid_path, const std::string& marker,
                          rt::Deadline deadline) {
  const int pid = std::atoi(read_text(pid_path).c_str());
  if (pid <= 1) return false;
  const bool found =
      read_text(fmt::format("/proc/{}/cmdline", pid)).find(marker) != std::string::npos;
  if (found) {
    VIF_LOG(kInfo, "ending process {} left behind by an earlier run ({})", pid, marker);
    ::kill(pid, SIGTERM);
    while (!has_ended(pid)) {
      if (deadline.passed()) ::kill(pid, SIGKILL);
      VIF_TRY(rt::sleep_for(std::chrono::milliseconds(20)));
    }
  }
  ::unlink(pid_path.c_str());
  return found;
}

}  // namespace

std::string_view process_state_name(ProcessState state) {
  switch (state) {
    case ProcessState::kStopped: return "stopped";
    case ProcessState::kStarting: return "starting";
    case ProcessState::kReady: return "ready";
    case ProcessState::kBackoff: return "waiting to restart";
  }
  return "";
}

std::string describe_exit(int wait_status) {
  if (WIFSIGNALED(wait_status)) return fmt::format("killed by signal {}", WTERMSIG(wait_status));
  return fmt::format("exit status {}", WEXITSTATUS(wait_status));
}

Supervised::Supervised(Options options) : options_(std::move(options)) {}

Supervised::~Supervised() { stop(); }

void Supervised::start() {
  VIF_ASSERT(!keeper_);
  stopping_ = false;
  state_ = ProcessState::kStarting;
  keeper_ = std::make_unique<rt::TaskGroup>();
  keeper_->spawn([this] { keep(); });
}

void Supervised::keep() {
  rt::Duration backoff = kBackoffFirst;
  while (!stopping_) {
    const Status ran = run_once();
    if (stopping_ || rt::cancelled()) break;
    if (!ran.ok()) last_exit_ = ran.error().message();
    if (failures_in_a_row_ == 0) backoff = kBackoffFirst;
    VIF_LOG(kWarning, "{} ended: {}; starting it again in {} ms", options_.name, last_exit_,
            std::chrono::duration_cast<std::chrono::milliseconds>(backoff).count());
    ++restarts_;
    state_ = ProcessState::kBackoff;
    changed_.notify_all();
    if (!rt::sleep_for(backoff).ok()) break;
    backoff = std::min<rt::Duration>(backoff * 2, kBackoffMax);
  }
  state_ = ProcessState::kStopped;
  changed_.notify_all();
}

// From start to end of one process.
Status Supervised::run_once() {
  state_ = ProcessState::kStarting;
  changed_.notify_all();
  ++failures_in_a_row_;
  const rt::ProcessOptions command = VIF_TRY(options_.command());
  const auto process = VIF_TRY(rt::Process::start(command));
  pid_ = process->pid();
  std::ofstream(options_.pid_path) << pid_ << "\n";

  rt::TaskGroup readiness;
  readiness.spawn([&] {
    const Status ready = options_.ready(rt::Deadline::in(options_.ready_timeout));
    if (ready.ok()) {
      failures_in_a_row_ = 0;
      state_ = ProcessState::kReady;
      changed_.notify_all();
    } else if (ready.error().code() != Code::kCanceled) {
      last_exit_ = ready.error().message();
      process->signal(SIGKILL);
    }
  });
  Result<int> ended = process->wait();
  if (!ended.ok()) {  // cancelled: we are told to stop it
    const rt::Uncancelled finish;
    process->signal(options_.stop_signal);
    ended = process->wait(rt::Deadline::in(options_.stop_timeout));
    if (!ended.ok()) {
      VIF_LOG(kWarning, "{} does not end; killing it", options_.name);
      process->signal(SIGKILL);
      ended = process->wait();
    }
  }
  readiness.cancel();
  pid_ = 0;
  ::unlink(options_.pid_path.c_str());
  if (ended.ok()) last_exit_ = describe_exit(*ended);
  return {};
}

Status Supervised::wait_ready(rt::Deadline deadline) {
  while (state_ != ProcessState::kReady) {
    if (state_ == ProcessState::kStopped)
      return Error(Code::kUnavailable, options_.name + " was stopped");
    if (failures_in_a_row_ >= kFailuresMax && state_ == ProcessState::kBackoff) {
      return Error(Code::kUnavailable,
                   fmt::format("{} does not start: {}", options_.name, last_exit_));
    }
    VIF_TRY(changed_.wait(deadline));
  }
  return {};
}

void Supervised::stop() {
  if (!keeper_) return;
  stopping_ = true;
  const rt::Uncancelled finish;
  keeper_->cancel();
  (void)keeper_->wait();
  keeper_.reset();
}

Result<int> end_leftovers(const std::string& root, rt::Deadline deadline) {
  std::error_code error;
  std::vector<std::string> pid_files;
  for (const auto& entry : std::filesystem::directory_iterator(root + "/run", error))
    pid_files.push_back(entry.path().string());
  int ended = 0;
  // As a cluster stops: the gate, tablets, servers, and those of a kind together. Tablets and gate
  // name the data folder in their flags, servers in --defaults-file.
  for (const char* kind : {"vtgate", "vttablet", "mysqld"}) {
    rt::TaskGroup group;
    for (const std::string& path : pid_files) {
      if (!std::filesystem::path(path).filename().string().starts_with(kind)) continue;
      group.spawn([&, deadline] {
        const Result<bool> found = end_leftover(path, root, deadline);
        ended += found.ok() && *found ? 1 : 0;
      });
    }
    VIF_TRY(group.wait());
  }
  return ended;
}

}  // namespace vif::local
