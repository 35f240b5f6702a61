// What every long-running role does alike: shared flags, log files, the pid file, ports, and the
// way in and out.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/flags.h"
#include "base/result.h"
#include "rpc/server.h"
#include "rt/net.h"
#include "rt/tls.h"
#include "topo/server.h"

namespace vif::cmd {

struct DaemonOptions {
  std::string topo_implementation, topo_address, topo_root;
  topo::Options topo;
  std::string bind_address, grpc_bind_address;
  int port = 0;                         // of HTTP; 0 is off
  int grpc_port = 0;                    // 0 is off
  int64_t grpc_message_max = 16 << 20;  // bytes
  rt::TlsServerOptions grpc_tls;
  std::string pid_file, log_dir;
  bool log_to_stderr = false;
  std::chrono::nanoseconds onterm_timeout = std::chrono::seconds(10);
};

void add_daemon_flags(FlagSet& flags, DaemonOptions& options);

// Reads `args` (help and version are answered here) and runs `body`. Returns the exit status; an
// error is told on standard error.
int run_role(std::string_view role, std::string_view summary, FlagSet& flags,
             std::span<const std::string_view> args, const std::function<Status()>& body);

// The same for a role with `options`, whose logs are opened first; `body` runs on a scheduler.
int run_daemon(std::string_view role, std::string_view summary, FlagSet& flags,
               const DaemonOptions& options, std::span<const std::string_view> args,
               const std::function<Status()>& body);

// Errors: kInvalidArgument without --topo-implementation, and what connecting said.
Result<std::unique_ptr<topo::Server>> open_topology(const DaemonOptions& options);

// Errors: unreadable certificates.
Result<rpc::ServerOptions> grpc_options(const DaemonOptions& options);

// `what` is named in the log and in errors.
Result<std::unique_ptr<rt::Listener>> listen_for(std::string_view what, const rt::Address& address);
// Null when `port` is 0. An empty `bind` is every IPv4 address.
Result<std::unique_ptr<rt::Listener>> listen_for(std::string_view what, const std::string& bind,
                                                 int port);

// The program's name and its arguments, as /debug/vars shows them.
std::vector<std::string> command_line(std::string_view role,
                                      std::span<const std::string_view> args);

// Holds our process id while this lives. As Vitess does (go/vt/servenv/pid_file.go): a file that
// exists already is left to its owner, which is logged and stops nothing.
class PidFile {
 public:
  explicit PidFile(std::string path);  // "" is none
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;
  ~PidFile();

 private:
  std::string path_;
  bool created_ = false;
};

}  // namespace vif::cmd
