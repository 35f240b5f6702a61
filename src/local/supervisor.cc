#include "local/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "base/log.h"
#include "local/control.h"

namespace vif::local {
namespace {

// The lock goes with the process, however it ends.
Status take_lock(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return Error(Code::kInternal, fmt::format("cannot open {}: {}", path, std::strerror(errno)));
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return {};
  ::close(fd);
  return Error(Code::kAlreadyExists, "another supervisor runs in this data folder");
}

}  // namespace

Status run_supervisor(ClusterOptions options) {
  std::error_code error;
  std::filesystem::create_directories(options.layout.root, error);
  if (error) return Error(Code::kInternal, fmt::format("cannot make {}: {}", options.layout.root, error.message()));
  VIF_TRY(take_lock(options.layout.lock_file()));
  const auto listener = VIF_TRY(rt::listen(rt::Address::unix_socket(options.layout.control_socket())));
  rt::Signals signals({SIGTERM, SIGINT, SIGHUP});
  rt::Event stop;
  Progress progress;
  Cluster cluster(std::move(options), progress);

  rt::TaskGroup control;
  control.spawn([&] { (void)serve_control(*listener, cluster, progress, stop); });
  control.spawn([&] {
    if (signals.receive().ok()) stop.set();
  });
  rt::TaskGroup starting;
  starting.spawn([&] {
    const Status started = cluster.start();
    if (started.ok()) {
      progress.set_phase(Phase::kReady);
    } else if (started.error().code() != Code::kCanceled) {
      VIF_LOG(kError, "the cluster does not come up: {}", started.error().to_string());
      progress.set_phase(Phase::kFailed, started.error().message());
    }
  });
  const Status told = stop.wait();
  progress.set_phase(Phase::kStopping);
  {
    const rt::Uncancelled finish;
    starting.cancel();
    (void)starting.wait();
    cluster.stop();
  }
  control.cancel();
  (void)control.wait();
  return told;
}

}  // namespace vif::local
