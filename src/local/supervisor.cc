#include "local/supervisor.h"

#include <signal.h>

#include <filesystem>

#include "base/log.h"
#include "local/control.h"
#include "local/folder_lock.h"

namespace vif::local {
Status run_supervisor(ClusterOptions options) {
  std::error_code error;
  std::filesystem::create_directories(options.layout.root, error);
  if (error)
    return Error(Code::kInternal,
                 fmt::format("cannot make {}: {}", options.layout.root, error.message()));
  const FolderLock lock =
      VIF_TRY(FolderLock::take(options.layout.lock_file(), rt::Deadline::in({})));
  const auto listener =
      VIF_TRY(rt::listen(rt::Address::unix_socket(options.layout.control_socket())));
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
