#include "cmd/vttablet.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/flags.h"
#include "base/log.h"
#include "cmd/version.h"
#include "cmd/vitess_flags.h"
#include "proto/topodata.pb.h"
#include "rpc/http_server.h"
#include "rpc/server.h"
#include "rt/fiber.h"
#include "rt/process.h"
#include "rt/tls.h"
#include "topo/open.h"
#include "topo/server.h"
#include "vttablet/tablet.h"

namespace vif::cmd {
namespace {

struct Options {
  std::string topo_implementation, topo_address, topo_root;
  topo::Options topo;
  std::string tablet_path, tablet_type = "replica";
  std::string bind_address, grpc_bind_address;
  int64_t grpc_message_max = 16 << 20;
  int port = 0;
  int grpc_port = 0;
  int mysql_port = 0;
  int db_port = 0;
  std::string mycnf_file, credentials_file;
  std::string pid_file, log_dir;
  bool log_to_stderr = false;
  std::chrono::nanoseconds onterm_timeout = std::chrono::seconds(10);
  rt::TlsServerOptions grpc_tls;
  vttablet::TabletOptions tablet;
};

void add_flags(FlagSet& flags, Options& o) {
  vttablet::TabletOptions& t = o.tablet;
  flags.add("topo-implementation", &o.topo_implementation, "the topology implementation to use");
  flags.add("topo-global-server-address", &o.topo_address, "the address of the global topology server");
  flags.add("topo-global-root", &o.topo_root, "the path of the global topology data in the global topology server");
  flags.add("remote-operation-timeout", &o.topo.operation_timeout, "time to wait for a remote operation");
  flags.add("lock-timeout", &o.topo.lock_timeout, "Maximum time to wait when attempting to acquire a lock from the topo server");
  flags.add("tablet-path", &o.tablet_path, "tablet alias");
  flags.add("tablet-hostname", &t.hostname, "if not empty, this hostname will be assumed instead of trying to resolve it");
  flags.add("init-keyspace", &t.keyspace, "keyspace to use for this tablet");
  flags.add("init-shard", &t.shard, "shard to use for this tablet");
  flags.add("init-tablet-type", &o.tablet_type, "tablet type to use for this tablet. Valid values are: REPLICA, RDONLY, and SPARE");
  flags.add("init-db-name-override", &t.db_name, "override the name of the db used by vttablet. Without this flag, the db name defaults to vt_<keyspacename>");
  flags.add("disable-active-reparents", &t.disable_active_reparents, "if set, do not allow active reparents. Use this to protect a cluster using external reparents");
  flags.add("replication-connect-retry", &t.replication_connect_retry, "how long to wait in between replica reconnect attempts. Only precise to the second.");
  flags.add("port", &o.port, "port for the server");
  flags.add("bind-address", &o.bind_address, "Bind address for the server. If empty, the server will listen on all available unicast and anycast IP addresses of the local system.");
  flags.add("grpc-port", &o.grpc_port, "Port to listen on for gRPC calls. If zero, do not listen.");
  flags.add("grpc-bind-address", &o.grpc_bind_address, "Bind address for gRPC calls. If empty, listen on all addresses.");
  flags.add("grpc-max-message-size", &o.grpc_message_max, "Maximum allowed RPC message size. Larger messages will be rejected by gRPC with the error 'exceeding the max size'.");
  flags.add("grpc-cert", &o.grpc_tls.cert_path, "server certificate to use for gRPC connections, requires grpc-key, enables TLS");
  flags.add("grpc-key", &o.grpc_tls.key_path, "server private key to use for gRPC connections, requires grpc-cert, enables TLS");
  flags.add("grpc-ca", &o.grpc_tls.ca_path, "server CA to use for gRPC connections, requires TLS, and enforces client certificate check");
  flags.add("pid-file", &o.pid_file, "If set, the process will write its pid to the named file, and delete it on graceful shutdown.");
  flags.add("log-dir", &o.log_dir, "If non-empty, write log files in this directory");
  flags.add("logtostderr", &o.log_to_stderr, "log to standard error instead of files");
  flags.add("onterm-timeout", &o.onterm_timeout, "wait no more than this for OnTermSync handlers before stopping");
}

void add_mysql_flags(FlagSet& flags, Options& o) {
  vttablet::MysqlServer& m = o.tablet.mysql;
  flags.add("db-socket", &m.socket, "The unix socket to connect on. If this is specified, host and port will not be used.");
  flags.add("db-host", &m.host, "The host name for the tcp connection.");
  flags.add("db-port", &o.db_port, "tcp port");
  flags.add("db-app-user", &m.app.name, "db app user userKey");
  flags.add("db-app-password", &m.app.password, "db app password");
  flags.add("db-dba-user", &m.dba.name, "db dba user userKey");
  flags.add("db-dba-password", &m.dba.password, "db dba password");
  flags.add("db-repl-user", &m.repl.name, "db repl user userKey");
  flags.add("db-repl-password", &m.repl.password, "db repl password");
  flags.add("db-credentials-file", &o.credentials_file, "db credentials file; send SIGHUP to reload this file");
  flags.add("mycnf-file", &o.mycnf_file, "path to my.cnf, if reading all config params from there");
  flags.add("mycnf-mysql-port", &o.mysql_port, "port mysql is listening on");
  flags.add("mysql-hostname", &o.tablet.mysql_hostname, "where replicas find mysqld, if not at the tablet's hostname");
}

void add_query_flags(FlagSet& flags, vttablet::QueryOptions& q) {
  flags.add("queryserver-config-pool-size", &q.oltp.size, "query server read pool size, connection pool is used by regular queries (non streaming, not in a transaction)");
  flags.add("queryserver-config-stream-pool-size", &q.olap.size, "query server stream connection pool size");
  flags.add("queryserver-config-transaction-cap", &q.tx.size, "query server transaction cap is the maximum number of transactions allowed to happen at any given point of a time for a single vttablet");
  flags.add("queryserver-config-query-pool-timeout", &q.oltp.timeout, "query server query pool timeout, it is how long vttablet waits for a connection from the query pool");
  flags.add("queryserver-config-stream-pool-timeout", &q.olap.timeout, "query server stream pool timeout");
  flags.add("queryserver-config-txpool-timeout", &q.tx.timeout, "query server transaction pool timeout, it is how long vttablet waits if tx pool is full");
  flags.add("queryserver-config-idle-timeout", &q.oltp.idle_timeout, "query server idle timeout: a connection that was not used for this long is closed");
  flags.add("queryserver-config-pool-conn-max-lifetime", &q.oltp.max_lifetime, "query server connection max lifetime");
  flags.add("queryserver-config-query-timeout", &q.query_timeout, "query server query timeout. If a query takes more than this timeout, it will be killed.");
  flags.add("queryserver-config-transaction-timeout", &q.transaction_timeout, "query server transaction timeout, a transaction will be killed if it takes longer than this value");
  flags.add("queryserver-config-olap-transaction-timeout", &q.olap_transaction_timeout, "query server transaction timeout, after which a transaction in an OLAP session will be killed");
  flags.add("queryserver-config-terse-errors", &q.terse_errors, "prevent bind vars from escaping in client error messages");
  flags.add("queryserver-config-schema-change-signal", &q.signal_schema_change, "query server schema signal, will signal connected vtgates that schema has changed whenever this is detected.");
  flags.add("queryserver-config-schema-reload-time", &q.schema_reload_interval, "query server schema reload time, how often vttablet reloads schemas from underlying MySQL instance");
  flags.add("shutdown-grace-period", &q.shutdown_grace_period, "how long to wait for queries and transactions to complete during graceful shutdown.");
  flags.add("health-check-interval", &q.health_interval, "Interval between health checks");
  flags.add("degraded-threshold", &q.degraded_threshold, "replication lag after which a replica is considered degraded");
  flags.add("unhealthy-threshold", &q.unhealthy_threshold, "replication lag after which a replica is considered unhealthy");
}

// The value of `key` in a my.cnf, or "".
std::string mycnf_value(const std::string& path, std::string_view key) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const auto trim = [](std::string_view text) {
      while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
      while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
      return text;
    };
    if (trim(std::string_view(line).substr(0, equals)) == key) {
      return std::string(trim(std::string_view(line).substr(equals + 1)));
    }
  }
  return {};
}

Status read_credentials(const std::string& path, vttablet::MysqlServer& server) {
  if (path.empty()) return {};
  std::ifstream in(path);
  const nlohmann::json users = nlohmann::json::parse(in, nullptr, false);
  if (!users.is_object()) return Error(Code::kInvalidArgument, "cannot read db-credentials-file " + path);
  for (vttablet::MysqlUser* user : {&server.app, &server.dba, &server.repl}) {
    const auto found = users.find(user->name);
    if (found == users.end() || !found->is_array() || found->empty() || !found->front().is_string()) continue;
    user->password = found->front().get<std::string>();
  }
  return {};
}

Status fill_in(Options& o) {
  vttablet::TabletOptions& t = o.tablet;
  if (o.topo_implementation.empty()) return Error(Code::kInvalidArgument, "topo-implementation flag must be set");
  if (o.tablet_path.empty()) return Error(Code::kInvalidArgument, "--tablet-path required");
  const topodata::TabletAlias alias = VIF_TRY(topo::parse_alias(o.tablet_path));
  t.alias = {alias.cell(), alias.uid()};
  if (t.keyspace.empty() || t.shard.empty()) {
    return Error(Code::kInvalidArgument, "init-keyspace and init-shard must be specified");
  }
  const auto type = clients::parse_tablet_type(o.tablet_type);
  if (!type || (*type != clients::TabletType::kReplica && *type != clients::TabletType::kRdonly &&
                *type != clients::TabletType::kSpare)) {
    return Error(Code::kInvalidArgument, fmt::format("invalid init-tablet-type {}; can only be REPLICA, RDONLY or SPARE",
                                                     o.tablet_type));
  }
  t.type = *type;
  if (t.hostname.empty()) {
    char host[256] = "localhost";
    ::gethostname(host, sizeof host - 1);
    t.hostname = host;
  }
  if (t.mysql.socket.empty() && t.mysql.host.empty() && !o.mycnf_file.empty()) {
    t.mysql.socket = mycnf_value(o.mycnf_file, "socket");
  }
  if (t.mysql.socket.empty() && t.mysql.host.empty()) {
    const char* root = std::getenv("VTDATAROOT");
    t.mysql.socket = fmt::format("{}/vt_{:010}/mysql.sock", root ? root : "/vt/vtdataroot", t.alias.uid);
  }
  t.mysql.port = static_cast<uint16_t>(o.db_port);
  t.mysql_port = static_cast<uint16_t>(t.mysql.socket.empty() ? o.db_port : o.mysql_port);
  t.query.olap.idle_timeout = t.query.tx.idle_timeout = t.query.oltp.idle_timeout;
  t.query.olap.max_lifetime = t.query.tx.max_lifetime = t.query.oltp.max_lifetime;
  return read_credentials(o.credentials_file, t.mysql);
}

Status write_pid_file(const std::string& path) {
  if (path.empty()) return {};
  std::ofstream out(path, std::ios::trunc);
  out << ::getpid() << '\n';
  out.close();
  return out ? Status() : Error(Code::kUnavailable, "cannot write pid file " + path);
}

class Process {
 public:
  explicit Process(Options& options) : o_(options) {}

  Status run() {
    rt::Signals signals({SIGTERM, SIGINT});
    topology_ = VIF_TRY(topo::Server::open(VIF_TRY(topo::make_store(o_.topo_implementation)), o_.topo_address,
                                           o_.topo_root, o_.topo));
    rpc::ServerOptions grpc_options;
    grpc_options.message_bytes_max = static_cast<size_t>(std::max<int64_t>(o_.grpc_message_max, 0));
    if (!o_.grpc_tls.cert_path.empty()) grpc_options.tls = VIF_TRY(rt::tls_server_context(o_.grpc_tls));
    grpc_ = std::make_unique<rpc::Server>(grpc_options);
    // The record names the ports, so they must be had first.
    http_listener_ = VIF_TRY(listen(o_.bind_address, o_.port, "HTTP"));
    grpc_listener_ = VIF_TRY(listen(o_.grpc_bind_address, o_.grpc_port, "gRPC"));
    if (http_listener_) o_.tablet.http_port = http_listener_->address().port;
    if (grpc_listener_) o_.tablet.grpc_port = grpc_listener_->address().port;
    tablet_ = VIF_TRY(vttablet::Tablet::start(*topology_, o_.tablet));
    tablet_->add_to(*grpc_);
    tablet_->add_to(http_);
    if (http_listener_) tasks_.spawn([this] { (void)http_.serve(*http_listener_); });
    if (grpc_listener_) tasks_.spawn([this] { (void)grpc_->serve(*grpc_listener_); });
    VIF_TRY(write_pid_file(o_.pid_file));
    (void)signals.receive();
    VIF_LOG(kInfo, "stopping");
    const Status stopped = tablet_->stop(rt::Deadline::in(o_.onterm_timeout));
    if (!stopped.ok()) VIF_LOG(kWarning, "stopped with: {}", stopped.error().to_string());
    if (http_listener_) http_listener_->close();
    if (grpc_listener_) grpc_listener_->close();
    tasks_.cancel();
    (void)tasks_.wait();
    tablet_.reset();
    if (!o_.pid_file.empty()) ::unlink(o_.pid_file.c_str());
    return {};
  }

 private:
  // Null without a port.
  Result<std::unique_ptr<rt::Listener>> listen(const std::string& bind, int port, std::string_view what) {
    if (port == 0) return std::unique_ptr<rt::Listener>();
    const auto address = rt::Address::tcp(bind.empty() ? "0.0.0.0" : bind, static_cast<uint16_t>(port));
    auto listening = rt::listen(address);
    if (!listening.ok()) {
      return listening.error().with_prefix(fmt::format("cannot listen on {} for {}", address.to_string(), what));
    }
    VIF_LOG(kInfo, "listening on {} for {}", (*listening)->address().to_string(), what);
    return listening;
  }

  Options& o_;
  std::unique_ptr<topo::Server> topology_;
  std::unique_ptr<vttablet::Tablet> tablet_;
  std::unique_ptr<rpc::Server> grpc_;
  rpc::HttpServer http_;
  std::unique_ptr<rt::Listener> http_listener_, grpc_listener_;
  rt::TaskGroup tasks_;
};

int fail(const Error& error) {
  std::fputs(fmt::format("vttablet: {}\n", error.message()).c_str(), stderr);
  return 1;
}

}  // namespace

int vttablet_main(std::span<const std::string_view> args) {
  FlagSet flags("vttablet");
  Options options;
  add_flags(flags, options);
  add_mysql_flags(flags, options);
  add_query_flags(flags, options.tablet.query);
  accept_vitess_flags("vttablet", flags);
  const Status parsed = flags.parse(args);
  if (!parsed.ok()) return fail(parsed.error());
  if (flags.help_wanted()) {
    std::fputs(flags.help_text("vttablet serves and looks after one MySQL server.").c_str(), stdout);
    return 0;
  }
  if (flags.version_wanted()) {
    std::puts(version_line().c_str());
    return 0;
  }
  if (!options.log_dir.empty() && !options.log_to_stderr) {
    const Status opened = open_log_files(options.log_dir, "vttablet");
    if (!opened.ok()) return fail(opened.error());
  }
  VIF_LOG(kInfo, "{}", version_line());
  if (!flags.without_effect().empty()) {
    VIF_LOG(kInfo, "flags accepted without effect: {}", fmt::join(flags.without_effect(), " "));
  }
  const Status filled = fill_in(options);
  if (!filled.ok()) return fail(filled.error());
  options.tablet.cmdline = {"vttablet"};
  for (const std::string_view arg : args) options.tablet.cmdline.emplace_back(arg);
  const Status ended = rt::run({}, [&]() -> Status {
    Process process(options);
    return process.run();
  });
  if (ended.ok()) return 0;
  VIF_LOG(kError, "{}", ended.error().to_string());
  return fail(ended.error());
}

}  // namespace vif::cmd
