#include "base/log.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <ctime>

namespace vif {
namespace {

// The process's log destinations: set once at start, read by every thread afterwards.
std::atomic<LogLevel> stderr_threshold{LogLevel::kInfo};
std::atomic<int> level_fds[3] = {-1, -1, -1};

constexpr std::string_view kLevelNames[] = {"INFO", "WARNING", "ERROR"};

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // a log that cannot be written has nowhere to complain
    text.remove_prefix(static_cast<size_t>(written));
  }
}

std::string user_name() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry ? entry->pw_name : fmt::format("{}", ::geteuid());
}

}  // namespace

void log_line(LogLevel level, std::string_view file, int line, std::string_view text) {
  timeval now{};
  ::gettimeofday(&now, nullptr);
  tm local{};
  ::localtime_r(&now.tv_sec, &local);
  const size_t slash = file.rfind('/');
  if (slash != std::string_view::npos) file.remove_prefix(slash + 1);
  const std::string whole = fmt::format("{}{:02}{:02} {:02}:{:02}:{:02}.{:06} {:7} {}:{}] {}\n",
                                        kLevelNames[static_cast<int>(level)][0], local.tm_mon + 1,
                                        local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec,
                                        now.tv_usec, ::getpid(), file, line, text);
  if (level >= stderr_threshold.load(std::memory_order_relaxed)) write_all(STDERR_FILENO, whole);
  for (int i = 0; i <= static_cast<int>(level); ++i) {
    const int fd = level_fds[i].load(std::memory_order_relaxed);
    if (fd >= 0) write_all(fd, whole);
  }
}

void set_stderr_threshold(LogLevel level) { stderr_threshold = level; }

Status open_log_files(const std::string& dir, const std::string& binary) {
  char host[256] = "localhost";
  ::gethostname(host, sizeof host - 1);
  const std::time_t now = std::time(nullptr);
  tm local{};
  ::localtime_r(&now, &local);
  char date[32];
  std::strftime(date, sizeof date, "%Y%m%d-%H%M%S", &local);
  for (size_t i = 0; i < std::size(kLevelNames); ++i) {
    const std::string name = fmt::format("{}.{}.{}.log.{}.{}.{}", binary, host, user_name(),
                                         kLevelNames[i], date, ::getpid());
    const std::string path = dir + "/" + name;
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0) {
      return Error(Code::kInternal,
                   fmt::format("cannot open log file {}: {}", path, strerror(errno)));
    }
    const std::string link = fmt::format("{}/{}.{}", dir, binary, kLevelNames[i]);
    ::unlink(link.c_str());
    if (::symlink(name.c_str(), link.c_str()) != 0) {
      log_line(LogLevel::kWarning, __FILE__, __LINE__, "cannot link " + link);
    }
    level_fds[i] = fd;
  }
  return {};
}

}  // namespace vif
