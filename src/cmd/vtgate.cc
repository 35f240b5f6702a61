#include "cmd/vtgate.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "base/flags.h"
#include "base/log.h"
#include "base/metrics.h"
#include "cmd/version.h"
#include "cmd/vitess_flags.h"
#include "clients/vtgate_service.h"
#include "mysql/auth.h"
#include "mysql/server_conn.h"
#include "rpc/debug_endpoints.h"
#include "rpc/http_server.h"
#include "rpc/server.h"
#include "rt/fiber.h"
#include "rt/process.h"
#include "rt/tls.h"
#include "topo/open.h"
#include "topo/server.h"
#include "vtgate/gate.h"
#include "vtgate/grpc_service.h"
#include "vtgate/server.h"

namespace vif::cmd {

namespace {

struct Options {
  std::string topo_implementation, topo_address, topo_root;
  std::string bind_address, grpc_bind_address, mysql_bind_address;
  int port = 0;
  int grpc_port = 0;
  int64_t grpc_message_max = 16 << 20;
  int mysql_port = -1;
  std::string mysql_socket;
  std::string auth_impl = "static";
  std::string auth_static_file, auth_static_string;
  std::string auth_method = "caching_sha2_password";
  std::chrono::nanoseconds auth_reload{0};
  rt::TlsServerOptions tls;
  std::string default_workload = "OLTP";
  std::string transaction_mode = "MULTI";
  std::string cells_to_watch, tablet_types_to_wait;
  std::chrono::nanoseconds query_timeout_ms{0};
  int64_t query_timeout = 0;
  bool drain_on_term = false;
  std::chrono::nanoseconds onterm_timeout = std::chrono::seconds(10);
  std::string pid_file, log_dir;
  bool log_to_stderr = false;
  mysql::ServerOptions mysql;
  vtgate::GateOptions gate;
};

void add_flags(FlagSet& flags, Options& o) {
  flags.add("topo-implementation", &o.topo_implementation, "the topology implementation to use");
  flags.add("topo-global-server-address", &o.topo_address, "the address of the global topology server");
  flags.add("topo-global-root", &o.topo_root, "the path of the global topology data in the global topology server");
  flags.add("cell", &o.gate.cell, "cell to use");
  flags.add("cells-to-watch", &o.cells_to_watch, "comma-separated list of cells for watching tablets");
  flags.add("tablet-types-to-wait", &o.tablet_types_to_wait,
            "Wait till connected for specified tablet types during Gateway initialization. Should be provided as a "
            "comma-separated set of tablet types.");
  flags.add("gateway-initial-tablet-timeout", &o.gate.initial_tablet_timeout,
            "At startup, the tabletGateway will wait up to this duration to get at least one tablet per "
            "keyspace/shard/tablet type");
  flags.add("keyspaces-to-watch", &o.gate.topology.keyspaces, "Specifies which keyspaces this vtgate should have access to");
  flags.add("tablet-filters", &o.gate.topology.tablet_filters, "comma-separated list of 'keyspace|shard' to watch");
  flags.add("tablet-refresh-interval", &o.gate.topology.refresh, "Tablet refresh interval.");
  flags.add("healthcheck-retry-delay", &o.gate.health.retry_delay, "health check retry delay");
  flags.add("healthcheck-timeout", &o.gate.health.timeout, "the health check timeout period");
  flags.add("discovery-low-replication-lag", &o.gate.health.lag.low,
            "Threshold below which replication lag is considered low enough to be healthy.");
  flags.add("discovery-high-replication-lag-minimum-serving", &o.gate.health.lag.high,
            "Threshold above which replication lag is considered too high.");
  flags.add("min-number-serving-vttablets", &o.gate.health.lag.serving_min,
            "The minimum number of vttablets for each replicating tablet type that will continue to be used.");
  flags.add("retry-count", &o.gate.gateway.retry_count, "retry count");
  flags.add("enable-buffer", &o.gate.gateway.buffer.enabled, "Enable buffering (stalling) of primary traffic during failovers.");
  flags.add("buffer-window", &o.gate.gateway.buffer.window, "Duration for how long a request should be buffered at most.");
  flags.add("buffer-max-failover-duration", &o.gate.gateway.buffer.failover_max, "Stop buffering completely if a failover takes longer than this duration.");
  flags.add("buffer-min-time-between-failovers", &o.gate.gateway.buffer.between_failovers_min,
            "Minimum time between the end of a failover and the start of the next one (tracked per shard).");
  flags.add("buffer-keyspace-shards", &o.gate.gateway.buffer.keyspace_shards, "If not empty, limit buffering to these entries (comma separated).");
  flags.add("buffer-size", "int", "1000", "Maximum number of buffered requests in flight (across all ongoing failovers).",
            [&o](std::string_view text) -> Status {
              o.gate.gateway.buffer.size = std::strtoull(std::string(text).c_str(), nullptr, 10);
              return {};
            });
  flags.add("transaction-mode", &o.transaction_mode, "SINGLE: disallow multi-db transactions, MULTI: allow multi-db transactions with best effort commit, TWOPC: allow multi-db transactions with 2pc commit");
  flags.add("no-scatter", &o.gate.executor.no_scatter, "when set to true, the planner will fail instead of producing a plan that includes scatter queries");
  flags.add("allow-kill-statement", &o.gate.executor.allow_kill, "Allows the execution of kill statement");
  flags.add("dbddl-plugin", &o.gate.executor.dbddl_plugin, "controls how to handle CREATE/DROP DATABASE. use it if you are using your own database provisioning service");
  flags.add("enable-system-settings", &o.gate.executor.enable_system_settings, "This will enable the system settings to be changed per session at the database connection level");
  flags.add("schema-change-signal", &o.gate.track_schema, "Enable the schema tracker");
  flags.add("query-timeout", &o.query_timeout, "Sets the default query timeout (in ms). Can be overridden by session variable (query_timeout) or comment directive (QUERY_TIMEOUT_MS)");
  flags.add("log-queries-to-file", &o.gate.query_log.path, "Enable query logging to the specified file");
  flags.add("querylog-format", &o.gate.query_log.format, "format for query logs (\"text\" or \"json\")");
  flags.add("querylog-filter-tag", &o.gate.query_log.filter_tag, "string that must be present in the query for it to be logged");
  flags.add("querylog-row-threshold", &o.gate.query_log.row_threshold, "Number of rows a query has to return or affect before being logged; not useful for streaming queries.");
}

void add_server_flags(FlagSet& flags, Options& o) {
  flags.add("port", &o.port, "port for the server");
  flags.add("bind-address", &o.bind_address, "Bind address for the server. If empty, the server will listen on all available unicast and anycast IP addresses of the local system.");
  flags.add("grpc-port", &o.grpc_port, "Port to listen on for gRPC calls. If zero, do not listen.");
  flags.add("grpc-max-message-size", &o.grpc_message_max,
            "Maximum allowed RPC message size. Larger messages will be rejected by gRPC with the error 'exceeding the max size'.");
  flags.add("grpc-bind-address", &o.grpc_bind_address, "Bind address for gRPC calls. If empty, listen on all addresses.");
  flags.add("mysql-server-port", &o.mysql_port, "If set, also listen for MySQL binary protocol connections on this port.");
  flags.add("mysql-server-bind-address", &o.mysql_bind_address, "Binds on this address when listening to MySQL binary protocol.");
  flags.add("mysql-server-socket-path", &o.mysql_socket, "This option specifies the Unix socket file to use when listening for local connections.");
  flags.add("mysql-server-version", &o.gate.executor.version, "MySQL server version to advertise.");
  flags.add("mysql-auth-server-impl", &o.auth_impl, "Which auth server implementation to use. Options: none, static.");
  flags.add("mysql-auth-server-static-file", &o.auth_static_file, "JSON File to read the users/passwords from.");
  flags.add("mysql-auth-server-static-string", &o.auth_static_string, "JSON representation of the users/passwords config.");
  flags.add("mysql-auth-static-reload-interval", &o.auth_reload, "Ticker to reload credentials");
  flags.add("mysql-auth-static-auth-method", &o.auth_method, "client-side auth method to use. Supported values: mysql_native_password, caching_sha2_password");
  flags.add("mysql-server-ssl-cert", &o.tls.cert_path, "Path to the ssl cert for mysql server plugin SSL");
  flags.add("mysql-server-ssl-key", &o.tls.key_path, "Path to ssl key for mysql server plugin SSL");
  flags.add("mysql-server-ssl-ca", &o.tls.ca_path, "Path to ssl CA for mysql server plugin SSL. If specified, server will require and validate client certs.");
  flags.add("mysql-server-ssl-crl", &o.tls.crl_path, "Path to ssl CRL for mysql server plugin SSL");
  flags.add("mysql-server-ssl-server-ca", &o.tls.server_ca_path, "path to server CA in PEM format, which will be combine with server cert, return full certificate chain to clients");
  flags.add("mysql-server-tls-min-version", &o.tls.min_version, "Configures the minimal TLS version negotiated when SSL is enabled.");
  flags.add("mysql-server-require-secure-transport", &o.mysql.require_secure_transport, "Reject insecure connections but only if mysql-server-ssl-cert and mysql-server-ssl-key are provided");
  flags.add("mysql-server-write-timeout", &o.mysql.write_timeout, "connection write timeout");
  flags.add("mysql-server-query-timeout", &o.query_timeout_ms, "mysql query timeout");
  flags.add("mysql-default-workload", &o.default_workload, "Default session workload (OLTP, OLAP, DBA)");
  flags.add("mysql-server-drain-onterm", &o.drain_on_term, "If set, the server waits for --onterm-timeout for already connected clients to complete their in flight work");
  flags.add("onterm-timeout", &o.onterm_timeout, "wait no more than this for OnTermSync handlers before stopping");
  flags.add("pid-file", &o.pid_file, "If set, the process will write its pid to the named file, and delete it on graceful shutdown.");
  flags.add("log-dir", &o.log_dir, "If non-empty, write log files in this directory");
  flags.add("logtostderr", &o.log_to_stderr, "log to standard error instead of files");
}

std::vector<std::string> split_commas(const std::string& text) {
  std::vector<std::string> parts;
  for (size_t at = 0; at < text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    if (comma > at) parts.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return parts;
}

Status fill_in(Options& o) {
  if (o.gate.cell.empty()) return Error(Code::kInvalidArgument, "cell flag must be set");
  if (o.topo_implementation.empty()) return Error(Code::kInvalidArgument, "topo-implementation flag must be set");
  o.gate.cells_to_watch = split_commas(o.cells_to_watch);
  for (const std::string& name : split_commas(o.tablet_types_to_wait)) {
    const std::optional<clients::TabletType> type = clients::parse_tablet_type(name);
    if (!type) return Error(Code::kInvalidArgument, "unknown TabletType " + name);
    o.gate.tablet_types_to_wait.push_back(*type);
  }
  std::string mode = o.transaction_mode;
  for (char& c : mode) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  if (mode == "SINGLE") {
    o.gate.transaction_mode = vtgate::TransactionMode::kSingle;
  } else if (mode == "MULTI") {
    o.gate.transaction_mode = vtgate::TransactionMode::kMulti;
  } else if (mode == "TWOPC") {
    return Error(Code::kUnimplemented, "VT12001: unsupported: transaction_mode TWOPC; use MULTI or SINGLE");
  } else {
    return Error(Code::kInvalidArgument, "invalid transaction_mode: " + o.transaction_mode);
  }
  if (o.default_workload == "OLAP") o.gate.executor.default_workload = clients::Workload::kOlap;
  if (o.default_workload == "DBA") o.gate.executor.default_workload = clients::Workload::kDba;
  o.gate.executor.query_timeout =
      o.query_timeout > 0 ? rt::Duration(std::chrono::milliseconds(o.query_timeout)) : o.query_timeout_ms;
  o.mysql.version = o.gate.executor.version;
  return {};
}

// The MySQL side's secrets: who may come in, and how passwords travel.
struct Doors {
  std::unique_ptr<mysql::AuthServer> none;
  std::unique_ptr<mysql::StaticAuth> static_auth;
  std::unique_ptr<mysql::RsaKey> rsa;
};

Status open_doors(Options& o, Doors& doors) {
  if (o.auth_impl == "none") {
    doors.none = mysql::make_none_auth();
    o.mysql.auth = doors.none.get();
  } else if (o.auth_impl == "static") {
    if (o.auth_static_file.empty() && o.auth_static_string.empty()) {
      return Error(Code::kInvalidArgument,
                   "no users: give --mysql-auth-server-static-file, or --mysql-auth-server-impl=none to let everyone in");
    }
    doors.static_auth = o.auth_static_file.empty()
                            ? VIF_TRY(mysql::StaticAuth::from_json(o.auth_static_string, o.auth_method))
                            : VIF_TRY(mysql::StaticAuth::from_file(o.auth_static_file, o.auth_method));
    o.mysql.auth = doors.static_auth.get();
    doors.rsa = VIF_TRY(mysql::RsaKey::generate());
    o.mysql.rsa = doors.rsa.get();
  } else {
    return Error(Code::kUnimplemented, fmt::format("mysql-auth-server-impl {} is not supported; there are none and static",
                                                   o.auth_impl));
  }
  if (!o.tls.cert_path.empty()) o.mysql.tls = VIF_TRY(rt::tls_server_context(o.tls));
  return {};
}

rt::Address listen_address(const std::string& bind, int port) {
  return rt::Address::tcp(bind.empty() ? "0.0.0.0" : bind, static_cast<uint16_t>(port));
}

// Made exclusively, as Vitess does: two gates must not share one.
Status write_pid_file(const std::string& path) {
  if (path.empty()) return {};
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return Error(Code::kAlreadyExists, fmt::format("cannot create pid file {}", path));
  const std::string text = fmt::format("{}\n", ::getpid());
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  return written ? Status() : Error(Code::kUnavailable, fmt::format("cannot write pid file {}", path));
}

class Process {
 public:
  Process(Options& options, std::vector<std::string> cmdline) : o_(options), cmdline_(std::move(cmdline)) {}

  Status run() {
    rt::Signals signals({SIGTERM, SIGINT, SIGHUP});
    VIF_TRY(open_doors(o_, doors_));
    const std::shared_ptr<topo::Store> store = VIF_TRY(topo::make_store(o_.topo_implementation));
    topology_ = VIF_TRY(topo::Server::open(store, o_.topo_address, o_.topo_root));
    o_.gate.channel.message_bytes_max = static_cast<size_t>(std::max<int64_t>(o_.grpc_message_max, 0));
    gate_ = VIF_TRY(vtgate::Gate::start(*topology_, o_.gate, metrics_));
    server_ = std::make_unique<vtgate::Server>(o_.mysql, gate_->executor(), gate_->processes(), metrics_);
    VIF_TRY(start_debug_port());
    VIF_TRY(gate_->wait_until_ready());
    VIF_TRY(start_grpc());
    VIF_TRY(start_mysql());
    VIF_TRY(write_pid_file(o_.pid_file));
    serving_ = true;
    if (doors_.static_auth && o_.auth_reload.count() > 0) {
      tasks_.spawn([this] {
        while (rt::sleep_for(o_.auth_reload).ok()) reload();
      });
    }
    wait_for_end(signals);
    stop();
    return {};
  }

 private:
  Status start_debug_port() {
    if (o_.port == 0) return {};
    rpc::DebugEndpoints endpoints;
    endpoints.binary = "vtgate";
    endpoints.cmdline = cmdline_;
    endpoints.build.version = "23.0.0-SNAPSHOT";
    endpoints.metrics = &metrics_;
    endpoints.status_parts = vtgate::status_parts(*gate_);
    endpoints.health = [this]() -> Result<std::string> {
      if (serving_) return std::string("ok");
      return Error(Code::kUnavailable, "not serving yet: waiting for tablets");
    };
    endpoints.healthz = [this] { return serving_ ? Status() : Error(Code::kUnavailable, "not serving yet"); };
    vtgate::add_debug_pages(http_, *gate_);
    rpc::add_debug_endpoints(http_, std::move(endpoints));
    return listen_and(listen_address(o_.bind_address, o_.port), "HTTP",
                      [this](rt::Listener& listener) { return http_.serve(listener); });
  }

  Status start_grpc() {
    if (o_.grpc_port == 0) return {};
    grpc_service_ = std::make_unique<vtgate::GrpcService>(gate_->executor());
    clients::add_vtgate_service(grpc_, *grpc_service_);
    return listen_and(listen_address(o_.grpc_bind_address, o_.grpc_port), "gRPC",
                      [this](rt::Listener& listener) { return grpc_.serve(listener); });
  }

  Status start_mysql() {
    const auto serve = [this](rt::Listener& listener) { return server_->serve(listener); };
    if (o_.mysql_port >= 0) {
      VIF_TRY(listen_and(listen_address(o_.mysql_bind_address, o_.mysql_port), "MySQL", serve));
    }
    if (!o_.mysql_socket.empty()) VIF_TRY(listen_and(rt::Address::unix_socket(o_.mysql_socket), "MySQL", serve));
    return {};
  }

  Status listen_and(const rt::Address& address, std::string_view what, std::function<Status(rt::Listener&)> serve) {
    auto listening = rt::listen(address);
    if (!listening.ok()) {
      return listening.error().with_prefix(fmt::format("cannot listen on {} for {}", address.to_string(), what));
    }
    VIF_LOG(kInfo, "listening on {} for {}", (*listening)->address().to_string(), what);
    listeners_.push_back(std::move(*listening));
    tasks_.spawn([listener = listeners_.back().get(), serve = std::move(serve)] { (void)serve(*listener); });
    return {};
  }

  void reload() {
    if (!doors_.static_auth) return;
    const Status reloaded = doors_.static_auth->reload();
    if (!reloaded.ok()) VIF_LOG(kError, "users are as before: {}", reloaded.error().to_string());
  }

  void wait_for_end(rt::Signals& signals) {
    while (true) {
      const Result<int> signal = signals.receive();
      if (!signal.ok()) return;
      if (*signal != SIGHUP) return;
      reload();
    }
  }

  void stop() {
    VIF_LOG(kInfo, "stopping");
    serving_ = false;
    for (const auto& listener : listeners_) listener->close();
    if (o_.drain_on_term) {
      const Status drained = server_->drain(rt::Deadline::in(o_.onterm_timeout));
      if (!drained.ok()) VIF_LOG(kWarning, "clients are still busy after --onterm-timeout");
    }
    server_.reset();
    tasks_.cancel();
    (void)tasks_.wait();
    gate_.reset();
    if (!o_.pid_file.empty()) ::unlink(o_.pid_file.c_str());
  }

  Options& o_;
  std::vector<std::string> cmdline_;
  Doors doors_;
  Metrics metrics_;
  std::unique_ptr<topo::Server> topology_;
  std::unique_ptr<vtgate::Gate> gate_;
  std::unique_ptr<vtgate::Server> server_;
  rpc::HttpServer http_;
  std::unique_ptr<vtgate::GrpcService> grpc_service_;
  rpc::Server grpc_;
  std::vector<std::unique_ptr<rt::Listener>> listeners_;
  bool serving_ = false;
  rt::TaskGroup tasks_;
};

int fail(const Error& error) {
  fmt::print(stderr, "vtgate: {}\n", error.message());
  return 1;
}

}  // namespace

int vtgate_main(std::span<const std::string_view> args) {
  FlagSet flags("vtgate");
  Options options;
  options.gate.health.retry_delay = std::chrono::milliseconds(2);
  add_flags(flags, options);
  add_server_flags(flags, options);
  accept_vitess_flags("vtgate", flags);
  const Status parsed = flags.parse(args);
  if (!parsed.ok()) return fail(parsed.error());
  if (flags.help_wanted()) {
    fmt::print("{}", flags.help_text("vtgate speaks MySQL's protocol to clients and routes their queries to shards."));
    return 0;
  }
  if (flags.version_wanted()) {
    fmt::print("{}\n", version_line());
    return 0;
  }
  if (!options.log_dir.empty() && !options.log_to_stderr) {
    const Status opened = open_log_files(options.log_dir, "vtgate");
    if (!opened.ok()) return fail(opened.error());
  }
  VIF_LOG(kInfo, "{}", version_line());
  if (!flags.without_effect().empty()) {
    VIF_LOG(kInfo, "flags accepted without effect: {}", fmt::join(flags.without_effect(), " "));
  }
  const Status filled = fill_in(options);
  if (!filled.ok()) return fail(filled.error());
  std::vector<std::string> cmdline = {"vtgate"};
  for (const std::string_view arg : args) cmdline.emplace_back(arg);
  const Status ended = rt::run({}, [&]() -> Status {
    Process process(options, cmdline);
    return process.run();
  });
  if (ended.ok()) return 0;
  VIF_LOG(kError, "{}", ended.error().to_string());
  return fail(ended.error());
}

}  // namespace vif::cmd
