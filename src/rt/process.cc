#include "rt/process.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "rt/fiber.h"
#include "rt/net.h"
#include "rt/runtime.h"
#include "rt/scheduler.h"

namespace vif::rt {
namespace {

// All that the child needs, made before the fork: after it only async-signal-safe calls are
// allowed.
struct Plan {
  std::vector<std::string> programs;  // to try, in order
  std::vector<char*> argv;
  std::vector<std::string> env_text;
  std::vector<char*> env;
  int fds[3] = {-1, -1, -1};
  bool change_user = false;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;

  ~Plan() {
    for (const int fd : fds) {
      if (fd >= 0) ::close(fd);
    }
  }
};

Error failed(std::string_view verb, std::string_view what, int error) {
  return Error(error == ENOENT ? Code::kNotFound : Code::kInternal,
               fmt::format("{} {}: {}", verb, what, strerror(error)));
}

void plan_programs(const std::string& name, Plan& plan) {
  if (name.find('/') != std::string::npos) {
    plan.programs.push_back(name);
    return;
  }
  const char* path = ::getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/sbin:/usr/bin:/sbin:/bin" : path;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(':'), rest.size());
    plan.programs.push_back(fmt::format("{}/{}", end == 0 ? "." : rest.substr(0, end), name));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void plan_environment(const std::map<std::string, std::string>& added, Plan& plan) {
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string_view entry(*at);
    if (!added.contains(std::string(entry.substr(0, entry.find('=')))))
      plan.env_text.emplace_back(entry);
  }
  for (const auto& [name, value] : added) plan.env_text.push_back(name + "=" + value);
  for (std::string& text : plan.env_text) plan.env.push_back(text.data());
  plan.env.push_back(nullptr);
}

Status plan_user(const std::string& user, Plan& plan) {
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) return Error(Code::kNotFound, fmt::format("no such user: {}", user));
  plan.change_user = true;
  plan.uid = entry->pw_uid;
  plan.gid = entry->pw_gid;
  int count = 64;
  plan.groups.resize(static_cast<size_t>(count));
  if (::getgrouplist(user.c_str(), plan.gid, plan.groups.data(), &count) < 0) {
    plan.groups.resize(static_cast<size_t>(count));
    ::getgrouplist(user.c_str(), plan.gid, plan.groups.data(), &count);
  }
  plan.groups.resize(static_cast<size_t>(count));
  return {};
}

Status plan_files(const ProcessOptions& options, Plan& plan) {
  const std::string* paths[3] = {&options.stdin_path, &options.stdout_path, &options.stderr_path};
  for (int i = 0; i < 3; ++i) {
    if (paths[i]->empty()) continue;
    const int flags = i == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_APPEND;
    plan.fds[i] = ::open(paths[i]->c_str(), flags | O_CLOEXEC, 0644);
    if (plan.fds[i] < 0) return failed("cannot open", *paths[i], errno);
  }
  return {};
}

// In the child. Returns only the errno of what failed.
int become(const ProcessOptions& options, const Plan& plan, pid_t parent) {
  struct sigaction defaults {};
  defaults.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &defaults, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (options.new_session && ::setsid() < 0) return errno;
  for (int i = 0; i < 3; ++i) {
    if (plan.fds[i] >= 0 && ::dup2(plan.fds[i], i) < 0) return errno;
  }
  if (plan.change_user && (::setgroups(plan.groups.size(), plan.groups.data()) != 0 ||
                           ::setgid(plan.gid) != 0 || ::setuid(plan.uid) != 0)) {
    return errno;
  }
  if (options.die_with_parent) {
    // After setuid(), which clears it. The parent may have died before.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
    if (::getppid() != parent) ::_exit(1);
  }
  if (!options.working_dir.empty() && ::chdir(options.working_dir.c_str()) != 0) return errno;
  int error = ENOENT;
  for (const std::string& program : plan.programs) {
    ::execve(program.c_str(), plan.argv.data(), plan.env.data());
    if (errno != ENOENT && errno != ENOTDIR) error = errno;
  }
  return error;
}

// Forks on the calling thread, which lives as long as run(): PR_SET_PDEATHSIG watches the thread,
// not the process.
Result<int> spawn(const ProcessOptions& options, Plan& plan) {
  int report[2];
  if (::pipe2(report, O_CLOEXEC) != 0) return failed("cannot start", options.argv[0], errno);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) {
    const int error = become(options, plan, parent);
    [[maybe_unused]] const ssize_t written = ::write(report[1], &error, sizeof error);
    ::_exit(127);
  }
  const int fork_error = errno;
  ::close(report[1]);
  int error = 0;
  ssize_t got = 0;
  if (pid > 0) {
    do {
      got = ::read(report[0], &error, sizeof error);
    } while (got < 0 && errno == EINTR);
  }
  ::close(report[0]);
  if (pid < 0) return failed("cannot start", options.argv[0], fork_error);
  if (got == 0) return pid;
  ::waitpid(pid, nullptr, 0);
  return failed("cannot start", options.argv[0], error);
}

Result<int> spawn(const ProcessOptions& options, int output_fd) {
  if (Scheduler::current().world().simulated()) {
    return Error(Code::kUnimplemented, "no processes under simulation");
  }
  if (options.argv.empty()) return Error(Code::kInvalidArgument, "empty command");
  Plan plan;
  plan_programs(options.argv[0], plan);
  plan_environment(options.env, plan);
  if (!options.user.empty()) VIF_TRY(plan_user(options.user, plan));
  VIF_TRY(plan_files(options, plan));
  for (const std::string& argument : options.argv)
    plan.argv.push_back(const_cast<char*>(argument.c_str()));
  plan.argv.push_back(nullptr);
  if (output_fd >= 0) {
    for (const int i : {1, 2}) {
      if (plan.fds[i] < 0) plan.fds[i] = ::dup(output_fd);
    }
  }
  return spawn(options, plan);
}

}  // namespace

Result<std::unique_ptr<Process>> Process::start(const ProcessOptions& options) {
  const int pid = VIF_TRY(spawn(options, /*output_fd=*/-1));
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (pidfd < 0) return failed("cannot watch", options.argv[0], errno);
  return std::unique_ptr<Process>(new Process(pid, pidfd));
}

Process::~Process() { ::close(pidfd_); }

void Process::signal(int signal_number) {
  if (status_ < 0) ::syscall(SYS_pidfd_send_signal, pidfd_, signal_number, nullptr, 0);
}

Result<int> Process::wait(Deadline deadline) {
  while (status_ < 0) {
    VIF_TRY(wait_readable(pidfd_, deadline));
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  }
  return status_;
}

bool Process::running() const {
  if (status_ >= 0) return false;
  pollfd readable{pidfd_, POLLIN, 0};
  return ::poll(&readable, 1, 0) == 0;
}

Result<CommandOutput> run_command(const ProcessOptions& options, Deadline deadline) {
  int output[2];
  if (::pipe2(output, O_CLOEXEC | O_NONBLOCK) != 0)
    return failed("cannot start", "a command", errno);
  ::fcntl(output[1], F_SETFL, 0);  // the child's end blocks, as programs expect
  const Result<int> pid = spawn(options, output[1]);
  ::close(output[1]);
  CommandOutput result;
  Status read_status;
  constexpr size_t kKept = 1 << 20;
  while (pid.ok()) {
    char buffer[16384];
    const ssize_t got = ::read(output[0], buffer, sizeof buffer);
    if (got == 0) break;
    if (got > 0) {
      result.text.append(
          buffer, std::min(static_cast<size_t>(got), kKept - std::min(kKept, result.text.size())));
      continue;
    }
    if (errno == EINTR) continue;
    read_status = wait_readable(output[0], deadline);
    if (!read_status.ok()) break;
  }
  ::close(output[0]);
  if (!pid.ok()) return pid.error();
  if (!read_status.ok()) {
    ::kill(*pid, SIGKILL);
    offload([&] { ::waitpid(*pid, &result.status, 0); });
    return read_status.error();
  }
  // It has closed its output; a program that lingers on is waited for off the core.
  if (::waitpid(*pid, &result.status, WNOHANG) != *pid) {
    offload([&] { ::waitpid(*pid, &result.status, 0); });
  }
  return result;
}

Signals::Signals(std::vector<int> signal_numbers) {
  // Other threads of run() block every signal, so this one's mask decides.
  VIF_ASSERT(this_core() == 0);
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : signal_numbers) ::sigaddset(&set, number);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  fd_ = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  VIF_ASSERT(fd_ >= 0);
}

Signals::~Signals() { ::close(fd_); }

Result<int> Signals::receive(Deadline deadline) {
  for (;;) {
    signalfd_siginfo info;
    if (::read(fd_, &info, sizeof info) == sizeof info) return static_cast<int>(info.ssi_signo);
    VIF_TRY(wait_readable(fd_, deadline));
  }
}

}  // namespace vif::rt
