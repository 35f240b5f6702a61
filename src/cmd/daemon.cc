#include "cmd/daemon.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/log.h"
#include "cmd/version.h"
#include "cmd/vitess_flags.h"
#include "rt/fiber.h"
#include "topo/open.h"

namespace vif::cmd {

void add_daemon_flags(FlagSet& flags, DaemonOptions& o) {
  flags.add("topo-implementation", &o.topo_implementation, "topology store: etcd2, file or memory");
  flags.add("topo-global-server-address", &o.topo_address,
            "where the global topology store listens");
  flags.add("topo-global-root", &o.topo_root,
            "path under which the global topology records are kept");
  flags.add("remote-operation-timeout", &o.topo.operation_timeout,
            "time limit of one topology operation");
  flags.add("lock-timeout", &o.topo.lock_timeout, "longest wait for a topology lock");
  flags.add("port", &o.port, "HTTP port for status and debug pages; 0 turns it off");
  flags.add("bind-address", &o.bind_address,
            "local address of the HTTP port; empty means all IPv4 addresses");
  flags.add("grpc-port", &o.grpc_port, "gRPC port; 0 turns it off");
  flags.add("grpc-bind-address", &o.grpc_bind_address,
            "local address of the gRPC port; empty means all IPv4 addresses");
  flags.add("grpc-max-message-size", &o.grpc_message_max,
            "size limit of one gRPC message, in bytes");
  flags.add("grpc-cert", &o.grpc_tls.cert_path,
            "PEM file of the gRPC server's certificate; turns TLS on");
  flags.add("grpc-key", &o.grpc_tls.key_path, "PEM file of the gRPC server's private key");
  flags.add("grpc-ca", &o.grpc_tls.ca_path,
            "PEM file of the authority that gRPC clients' certificates need");
  flags.add("pid-file", &o.pid_file, "file that holds our process id while we run");
  flags.add("log-dir", &o.log_dir, "directory for the log files; empty means standard error");
  flags.add("logtostderr", &o.log_to_stderr, "send the log to standard error even with --log-dir");
  flags.add("onterm-timeout", &o.onterm_timeout, "time limit of an orderly stop");
}

int run_role(std::string_view role, std::string_view summary, FlagSet& flags,
             std::span<const std::string_view> args, const std::function<Status()>& body) {
  const auto fail = [&](const Error& error) {
    std::fputs(fmt::format("{}: {}\n", role, error.message()).c_str(), stderr);
    return 1;
  };
  accept_vitess_flags(role, flags);
  const Status parsed = flags.parse(args);
  if (!parsed.ok()) return fail(parsed.error());
  if (flags.help_wanted()) {
    std::fputs(flags.help_text(std::string(summary)).c_str(), stdout);
    return 0;
  }
  if (flags.version_wanted()) {
    std::puts(version_line().c_str());
    return 0;
  }
  const Status ended = body();
  return ended.ok() ? 0 : fail(ended.error());
}

int run_daemon(std::string_view role, std::string_view summary, FlagSet& flags,
               const DaemonOptions& options, std::span<const std::string_view> args,
               const std::function<Status()>& body) {
  return run_role(role, summary, flags, args, [&]() -> Status {
    if (!options.log_dir.empty() && !options.log_to_stderr)
      VIF_TRY(open_log_files(options.log_dir, std::string(role)));
    VIF_LOG(kInfo, "{}", version_line());
    if (!flags.without_effect().empty()) {
      VIF_LOG(kInfo, "flags accepted without effect: {}", fmt::join(flags.without_effect(), " "));
    }
    const Status ended = rt::run({}, body);
    if (!ended.ok()) VIF_LOG(kError, "{}", ended.error().to_string());
    return ended;
  });
}

Result<std::unique_ptr<topo::Server>> open_topology(const DaemonOptions& options) {
  if (options.topo_implementation.empty())
    return Error(Code::kInvalidArgument, "topo-implementation flag must be set");
  return topo::Server::open(VIF_TRY(topo::make_store(options.topo_implementation)),
                            options.topo_address, options.topo_root, options.topo);
}

Result<rpc::ServerOptions> grpc_options(const DaemonOptions& options) {
  rpc::ServerOptions grpc;
  grpc.message_bytes_max = static_cast<size_t>(std::max<int64_t>(options.grpc_message_max, 0));
  if (!options.grpc_tls.cert_path.empty())
    grpc.tls = VIF_TRY(rt::tls_server_context(options.grpc_tls));
  return grpc;
}

Result<std::unique_ptr<rt::Listener>> listen_for(std::string_view what,
                                                 const rt::Address& address) {
  auto listening = rt::listen(address);
  if (!listening.ok()) {
    return listening.error().with_prefix(
        fmt::format("cannot listen on {} for {}", address.to_string(), what));
  }
  VIF_LOG(kInfo, "listening on {} for {}", (*listening)->address().to_string(), what);
  return listening;
}

Result<std::unique_ptr<rt::Listener>> listen_for(std::string_view what, const std::string& bind,
                                                 int port) {
  if (port == 0) return std::unique_ptr<rt::Listener>();
  return listen_for(what,
                    rt::Address::tcp(bind.empty() ? "0.0.0.0" : bind, static_cast<uint16_t>(port)));
}

std::vector<std::string> command_line(std::string_view role,
                                      std::span<const std::string_view> args) {
  std::vector<std::string> words = {std::string(role)};
  words.insert(words.end(), args.begin(), args.end());
  return words;
}

PidFile::PidFile(std::string path) : path_(std::move(path)) {
  if (path_.empty()) return;
  const int fd = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) {
    VIF_LOG(kError, "Unable to create pid file '{}': {}", path_, std::strerror(errno));
    return;
  }
  created_ = true;
  const std::string text = fmt::format("{}\n", ::getpid());
  if (::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    VIF_LOG(kError, "cannot write pid file '{}': {}", path_, std::strerror(errno));
  }
  ::close(fd);
}

PidFile::~PidFile() {
  if (created_) ::unlink(path_.c_str());
}

}  // namespace vif::cmd
