#include "cmd/vtgate.h"

#include <signal.h>

#include "base/log.h"
#include "base/metrics.h"
#include "clients/vtgate_service.h"
#include "cmd/daemon.h"
#include "cmd/version.h"
#include "mysql/auth.h"
#include "mysql/server_conn.h"
#include "rpc/debug_endpoints.h"
#include "rpc/http_server.h"
#include "rt/fiber.h"
#include "rt/process.h"
#include "vtgate/gate.h"
#include "vtgate/grpc_service.h"
#include "vtgate/server.h"

namespace vif::cmd {

namespace {

struct Options {
  DaemonOptions daemon;
  std::string mysql_bind_address;
  int mysql_port = -1;
  std::string mysql_socket;
  std::string querylog_mode = "all";
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
  mysql::ServerOptions mysql;
  vtgate::GateOptions gate;
};

void add_flags(FlagSet& flags, Options& o) {
  flags.add("cell", &o.gate.cell, "cell this gate runs in; its tablets are preferred");
  flags.add("cells-to-watch", &o.cells_to_watch,
            "cells whose tablets are used, comma list; empty means our own");
  flags.add("tablet-types-to-wait", &o.tablet_types_to_wait,
            "tablet types that must be reachable before we serve, comma list");
  flags.add("gateway-initial-tablet-timeout", &o.gate.initial_tablet_timeout,
            "longest wait at start for those tablets");
  flags.add("keyspaces-to-watch", &o.gate.topology.keyspaces,
            "keyspaces served here, comma list; empty means all");
  flags.add("tablet-filters", &o.gate.topology.tablet_filters,
            "shards served here as 'keyspace|shard', comma list; empty means all");
  flags.add("tablet-refresh-interval", &o.gate.topology.refresh,
            "time between full listings of the tablet records");
  flags.add("healthcheck-retry-delay", &o.gate.health.retry_delay,
            "pause before a lost health stream is opened again");
  flags.add("healthcheck-timeout", &o.gate.health.timeout,
            "silence after which a tablet counts as down");
  flags.add("discovery-low-replication-lag", &o.gate.health.lag.low,
            "replicas lagging no more than this are all used");
  flags.add("discovery-high-replication-lag-minimum-serving", &o.gate.health.lag.high,
            "replicas lagging more than this are a last resort");
  flags.add("min-number-serving-vttablets", &o.gate.health.lag.serving_min,
            "with fewer replicas than this, slower ones are added");
  flags.add("retry-count", &o.gate.gateway.retry_count,
            "further attempts after a query's first one fails");
  flags.add("enable-buffer", &o.gate.gateway.buffer.enabled,
            "hold queries to a primary while it is being replaced");
  flags.add("buffer-window", &o.gate.gateway.buffer.window, "longest time one query is held");
  flags.add("buffer-max-failover-duration", &o.gate.gateway.buffer.failover_max,
            "age of a failover beyond which queries are no longer held");
  flags.add("buffer-min-time-between-failovers", &o.gate.gateway.buffer.between_failovers_min,
            "time after a shard's failover before we hold its queries again");
  flags.add("buffer-keyspace-shards", &o.gate.gateway.buffer.keyspace_shards,
            "keyspaces or shards to hold queries for, comma list; empty means all");
  flags.add("buffer-size", "int", "1000", "how many queries can be held at a time",
            [&o](std::string_view text) -> Status {
              o.gate.gateway.buffer.size = std::strtoull(std::string(text).c_str(), nullptr, 10);
              return {};
            });
  flags.add("transaction-mode", &o.transaction_mode,
            "whether a transaction may span shards: MULTI or SINGLE");
  flags.add("no-scatter", &o.gate.executor.no_scatter,
            "refuse queries that would go to every shard");
  flags.add("allow-kill-statement", &o.gate.executor.allow_kill, "let clients use KILL");
  flags.add("dbddl-plugin", &o.gate.executor.dbddl_plugin,
            "what CREATE and DROP DATABASE do: fail or noop");
  flags.add("enable-system-settings", &o.gate.executor.enable_system_settings,
            "what the variable enable_system_settings shows");
  flags.add("vschema-ddl-authorized-users", &o.gate.executor.vschema_ddl_users,
            "who may use ALTER VSCHEMA: users, comma list, or % for all");
  flags.add("schema-change-signal", &o.gate.track_schema,
            "learn tables and columns from the tablets");
  flags.add("query-timeout", &o.query_timeout,
            "default time limit of a query, in milliseconds; 0 is unset");
  flags.add("log-queries-to-file", &o.gate.query_log.path, "file that gets a line for every query");
  flags.add("querylog-mode", &o.querylog_mode,
            "what the query log has: all queries, or error for those that failed");
  flags.add("querylog-format", &o.gate.query_log.format,
            "form of the query log's lines: text or json");
  flags.add("querylog-filter-tag", &o.gate.query_log.filter_tag,
            "log only queries that contain this text");
  flags.add("querylog-row-threshold", &o.gate.query_log.row_threshold,
            "log only queries with at least this many rows");
}

void add_mysql_server_flags(FlagSet& flags, Options& o) {
  flags.add("mysql-server-port", &o.mysql_port, "MySQL port; -1 turns it off");
  flags.add("mysql-server-bind-address", &o.mysql_bind_address,
            "local address of the MySQL port; empty means all IPv4 addresses");
  flags.add("mysql-server-socket-path", &o.mysql_socket,
            "unix socket for MySQL clients on this machine");
  flags.add("mysql-server-version", &o.gate.executor.version, "version we tell MySQL clients");
  flags.add("mysql-auth-server-impl", &o.auth_impl,
            "how MySQL clients are checked: none or static");
  flags.add("mysql-auth-server-static-file", &o.auth_static_file,
            "JSON file of users and passwords");
  flags.add("mysql-auth-server-static-string", &o.auth_static_string,
            "users and passwords as JSON text, used without a file");
  flags.add("mysql-auth-static-reload-interval", &o.auth_reload,
            "time between readings of the users file; 0 means on SIGHUP only");
  flags.add("mysql-auth-static-auth-method", &o.auth_method,
            "password check: mysql_native_password or caching_sha2_password");
  flags.add("mysql-server-ssl-cert", &o.tls.cert_path,
            "PEM file of the MySQL server's certificate");
  flags.add("mysql-server-ssl-key", &o.tls.key_path, "PEM file of the MySQL server's private key");
  flags.add("mysql-server-ssl-ca", &o.tls.ca_path,
            "PEM file of the authority that MySQL clients' certificates need");
  flags.add("mysql-server-ssl-crl", &o.tls.crl_path, "PEM file of revoked client certificates");
  flags.add("mysql-server-ssl-server-ca", &o.tls.server_ca_path,
            "PEM file of certificates sent along with the server's own");
  flags.add("mysql-server-tls-min-version", &o.tls.min_version,
            "oldest TLS version accepted, such as TLSv1.3");
  flags.add("mysql-server-require-secure-transport", &o.mysql.require_secure_transport,
            "turn away MySQL clients on TCP without TLS");
  flags.add("mysql-server-write-timeout", &o.mysql.write_timeout,
            "longest wait for a MySQL client to take our answer");
  flags.add("mysql-server-query-timeout", &o.query_timeout_ms,
            "time limit of a query when --query-timeout is 0");
  flags.add("mysql-default-workload", &o.default_workload,
            "workload of a new session: OLTP, OLAP or DBA");
  flags.add("mysql-server-drain-onterm", &o.drain_on_term,
            "let busy MySQL clients finish before we stop");
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
  if (o.querylog_mode != "all" && o.querylog_mode != "error") {
    return Error(Code::kInvalidArgument,
                 "invalid querylog-mode: " + o.querylog_mode + "; it is all or error");
  }
  o.gate.query_log.errors_only = o.querylog_mode == "error";
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
    return Error(Code::kUnimplemented,
                 "VT12001: unsupported: transaction_mode TWOPC; use MULTI or SINGLE");
  } else {
    return Error(Code::kInvalidArgument, "invalid transaction_mode: " + o.transaction_mode);
  }
  if (o.default_workload == "OLAP") o.gate.executor.default_workload = clients::Workload::kOlap;
  if (o.default_workload == "DBA") o.gate.executor.default_workload = clients::Workload::kDba;
  o.gate.executor.query_timeout = o.query_timeout > 0
                                      ? rt::Duration(std::chrono::milliseconds(o.query_timeout))
                                      : o.query_timeout_ms;
  o.mysql.version = o.gate.executor.version;
  o.gate.executor.version_comment = version_line();
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
                   "no users: give --mysql-auth-server-static-file, or "
                   "--mysql-auth-server-impl=none to let everyone in");
    }
    doors.static_auth =
        o.auth_static_file.empty()
            ? VIF_TRY(mysql::StaticAuth::from_json(o.auth_static_string, o.auth_method))
            : VIF_TRY(mysql::StaticAuth::from_file(o.auth_static_file, o.auth_method));
    o.mysql.auth = doors.static_auth.get();
    doors.rsa = VIF_TRY(mysql::RsaKey::generate());
    o.mysql.rsa = doors.rsa.get();
  } else {
    return Error(
        Code::kUnimplemented,
        fmt::format("mysql-auth-server-impl {} is not supported; there are none and static",
                    o.auth_impl));
  }
  if (!o.tls.cert_path.empty()) o.mysql.tls = VIF_TRY(rt::tls_server_context(o.tls));
  return {};
}

class Process {
 public:
  Process(Options& options, std::vector<std::string> cmdline)
      : o_(options), cmdline_(std::move(cmdline)) {}

  Status run() {
    rt::Signals signals({SIGTERM, SIGINT, SIGHUP});
    VIF_TRY(open_doors(o_, doors_));
    topology_ = VIF_TRY(open_topology(o_.daemon));
    const rpc::ServerOptions grpc = VIF_TRY(grpc_options(o_.daemon));
    grpc_ = std::make_unique<rpc::Server>(grpc);
    o_.gate.channel.message_bytes_max = grpc.message_bytes_max;
    gate_ = VIF_TRY(vtgate::Gate::start(*topology_, o_.gate, metrics_));
    server_ =
        std::make_unique<vtgate::Server>(o_.mysql, gate_->executor(), gate_->processes(), metrics_);
    VIF_TRY(start_debug_port());
    VIF_TRY(gate_->wait_until_ready());
    VIF_TRY(start_grpc());
    VIF_TRY(start_mysql());
    const PidFile pid_file(o_.daemon.pid_file);
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
    endpoints.healthz = [this] {
      return serving_ ? Status() : Error(Code::kUnavailable, "not serving yet");
    };
    vtgate::add_debug_pages(http_, *gate_);
    rpc::add_debug_endpoints(http_, std::move(endpoints));
    return serve(VIF_TRY(listen_for("HTTP", o_.daemon.bind_address, o_.daemon.port)),
                 [this](rt::Listener& listener) { return http_.serve(listener); });
  }

  Status start_grpc() {
    grpc_service_ = std::make_unique<vtgate::GrpcService>(gate_->executor());
    clients::add_vtgate_service(*grpc_, *grpc_service_);
    return serve(VIF_TRY(listen_for("gRPC", o_.daemon.grpc_bind_address, o_.daemon.grpc_port)),
                 [this](rt::Listener& listener) { return grpc_->serve(listener); });
  }

  Status start_mysql() {
    const auto clients = [this](rt::Listener& listener) { return server_->serve(listener); };
    if (o_.mysql_port >= 0) {
      const std::string host = o_.mysql_bind_address.empty() ? "0.0.0.0" : o_.mysql_bind_address;
      const rt::Address address =
          rt::Address::tcp(host, static_cast<uint16_t>(o_.mysql_port));  // 0 is any free port
      VIF_TRY(serve(VIF_TRY(listen_for("MySQL", address)), clients));
    }
    if (o_.mysql_socket.empty()) return {};
    return serve(VIF_TRY(listen_for("MySQL", rt::Address::unix_socket(o_.mysql_socket))), clients);
  }

  // Does nothing without a listener: that port is off.
  Status serve(std::unique_ptr<rt::Listener> listener, std::function<Status(rt::Listener&)> with) {
    if (!listener) return {};
    listeners_.push_back(std::move(listener));
    tasks_.spawn(
        [listening = listeners_.back().get(), with = std::move(with)] { (void)with(*listening); });
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
      const Status drained = server_->drain(rt::Deadline::in(o_.daemon.onterm_timeout));
      if (!drained.ok()) VIF_LOG(kWarning, "clients are still busy after --onterm-timeout");
    }
    server_.reset();
    tasks_.cancel();
    (void)tasks_.wait();
    gate_.reset();
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
  std::unique_ptr<rpc::Server> grpc_;
  std::vector<std::unique_ptr<rt::Listener>> listeners_;
  bool serving_ = false;
  rt::TaskGroup tasks_;
};

}  // namespace

int vtgate_main(std::span<const std::string_view> args) {
  FlagSet flags("vtgate");
  Options options;
  options.gate.health.retry_delay = std::chrono::milliseconds(2);
  add_daemon_flags(flags, options.daemon);
  add_flags(flags, options);
  add_mysql_server_flags(flags, options);
  return run_daemon("vtgate",
                    "vtgate speaks MySQL's protocol to clients and routes their queries to shards.",
                    flags, options.daemon, args, [&]() -> Status {
                      VIF_TRY(fill_in(options));
                      Process process(options, command_line("vtgate", args));
                      return process.run();
                    });
}

}  // namespace vif::cmd
