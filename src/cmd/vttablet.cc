#include "cmd/vttablet.h"

#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "cmd/daemon.h"
#include "proto/topodata.pb.h"
#include "rpc/http_server.h"
#include "rt/fiber.h"
#include "rt/process.h"
#include "vttablet/tablet.h"

namespace vif::cmd {
namespace {

struct Options {
  DaemonOptions daemon;
  std::string tablet_path, tablet_type = "replica";
  std::string grpc_socket;
  int mysql_port = 0;
  int db_port = 0;
  std::string mycnf_file, credentials_file;
  vttablet::TabletOptions tablet;
};

void add_flags(FlagSet& flags, Options& o) {
  vttablet::TabletOptions& t = o.tablet;
  flags.add("tablet-path", &o.tablet_path, "this tablet's alias, such as zone1-100");
  flags.add("tablet-hostname", &t.hostname, "host name to publish; empty means this machine's");
  flags.add("init-keyspace", &t.keyspace, "keyspace this tablet belongs to");
  flags.add("init-shard", &t.shard, "shard this tablet belongs to");
  flags.add("init-tablet-type", &o.tablet_type, "type to start as: REPLICA, RDONLY or SPARE");
  flags.add("init-db-name-override", &t.db_name,
            "name of the MySQL database; empty means vt_ and the keyspace");
  flags.add("disable-active-reparents", &t.disable_active_reparents,
            "leave MySQL's replication source to others");
  flags.add("replication-connect-retry", &t.replication_connect_retry,
            "pause of a replica between connects, in whole seconds");
  flags.add("grpc-socket-file", &o.grpc_socket,
            "unix socket for gates on this machine, which find it by themselves; empty means none");
}

void add_mysql_flags(FlagSet& flags, Options& o) {
  vttablet::MysqlServer& m = o.tablet.mysql;
  flags.add("db-socket", &m.socket, "unix socket of mysqld; goes before --db-host");
  flags.add("db-host", &m.host, "host of mysqld");
  flags.add("db-port", &o.db_port, "TCP port of mysqld, used with --db-host");
  flags.add("db-app-user", &m.app.name, "MySQL user for clients' queries");
  flags.add("db-app-password", &m.app.password, "password of the user for clients' queries");
  flags.add("db-dba-user", &m.dba.name, "MySQL user for administration");
  flags.add("db-dba-password", &m.dba.password, "password of the user for administration");
  flags.add("db-repl-user", &m.repl.name, "MySQL user that replicas connect as");
  flags.add("db-repl-password", &m.repl.password, "password of the user that replicas connect as");
  flags.add("db-credentials-file", &o.credentials_file,
            "JSON file of MySQL users' passwords, read at start");
  flags.add("mycnf-file", &o.mycnf_file, "my.cnf to take mysqld's socket from");
  flags.add("mycnf-mysql-port", &o.mysql_port,
            "mysqld's TCP port to publish when we use its socket");
  flags.add("mysql-hostname", &o.tablet.mysql_hostname,
            "host where replicas find mysqld; empty means the tablet's");
}

void add_query_flags(FlagSet& flags, vttablet::QueryOptions& q) {
  flags.add("queryserver-config-pool-size", &q.oltp.size,
            "connections for queries outside transactions");
  flags.add("queryserver-config-stream-pool-size", &q.olap.size,
            "connections for streaming queries");
  flags.add("queryserver-config-transaction-cap", &q.tx.size,
            "connections for transactions, so the most open at a time");
  flags.add("queryserver-config-query-pool-timeout", &q.oltp.timeout,
            "longest wait for a query connection; 0 means no own limit");
  flags.add("queryserver-config-stream-pool-timeout", &q.olap.timeout,
            "longest wait for a streaming connection; 0 means no own limit");
  flags.add("queryserver-config-txpool-timeout", &q.tx.timeout,
            "longest wait for a transaction connection");
  flags.add("queryserver-config-idle-timeout", &q.oltp.idle_timeout,
            "time unused after which a connection is closed");
  flags.add("queryserver-config-pool-conn-max-lifetime", &q.oltp.max_lifetime,
            "age at which a connection is replaced; 0 means never");
  flags.add("queryserver-config-query-timeout", &q.query_timeout,
            "time after which a query is killed");
  flags.add("queryserver-config-transaction-timeout", &q.transaction_timeout,
            "time after which a transaction is rolled back");
  flags.add("queryserver-config-olap-transaction-timeout", &q.olap_transaction_timeout,
            "the same for transactions of OLAP sessions");
  flags.add("queryserver-config-terse-errors", &q.terse_errors,
            "keep MySQL's messages, which may show values, from clients");
  flags.add("queryserver-config-schema-change-signal", &q.signal_schema_change,
            "tell the gates when tables change");
  flags.add("queryserver-config-schema-reload-time", &q.schema_reload_interval,
            "time between readings of the schema from MySQL");
  flags.add("shutdown-grace-period", &q.shutdown_grace_period,
            "longest wait for queries and transactions when we stop serving");
  flags.add("health-check-interval", &q.health_interval, "time between health reports");
  flags.add("degraded-threshold", &q.degraded_threshold,
            "lag from which a replica counts as slow; no effect yet");
  flags.add("unhealthy-threshold", &q.unhealthy_threshold,
            "replication lag from which a replica counts as unhealthy");
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
  if (!users.is_object())
    return Error(Code::kInvalidArgument, "cannot read db-credentials-file " + path);
  for (vttablet::MysqlUser* user : {&server.app, &server.dba, &server.repl}) {
    const auto found = users.find(user->name);
    if (found == users.end() || !found->is_array() || found->empty() || !found->front().is_string())
      continue;
    user->password = found->front().get<std::string>();
  }
  return {};
}

Status fill_in(Options& o) {
  vttablet::TabletOptions& t = o.tablet;
  if (o.tablet_path.empty()) return Error(Code::kInvalidArgument, "--tablet-path required");
  const topodata::TabletAlias alias = VIF_TRY(topo::parse_alias(o.tablet_path));
  t.alias = {alias.cell(), alias.uid()};
  if (t.keyspace.empty() || t.shard.empty()) {
    return Error(Code::kInvalidArgument, "init-keyspace and init-shard must be specified");
  }
  const auto type = clients::parse_tablet_type(o.tablet_type);
  if (!type || (*type != clients::TabletType::kReplica && *type != clients::TabletType::kRdonly &&
                *type != clients::TabletType::kSpare)) {
    return Error(Code::kInvalidArgument,
                 fmt::format("invalid init-tablet-type {}; can only be REPLICA, RDONLY or SPARE",
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
    t.mysql.socket =
        fmt::format("{}/vt_{:010}/mysql.sock", root ? root : "/vt/vtdataroot", t.alias.uid);
  }
  t.mysql.port = static_cast<uint16_t>(o.db_port);
  t.mysql_port = static_cast<uint16_t>(t.mysql.socket.empty() ? o.db_port : o.mysql_port);
  t.query.olap.idle_timeout = t.query.tx.idle_timeout = t.query.oltp.idle_timeout;
  t.query.olap.max_lifetime = t.query.tx.max_lifetime = t.query.oltp.max_lifetime;
  return read_credentials(o.credentials_file, t.mysql);
}

class Process {
 public:
  explicit Process(Options& options) : o_(options) {}

  Status run() {
    rt::Signals signals({SIGTERM, SIGINT});
    topology_ = VIF_TRY(open_topology(o_.daemon));
    rpc::ServerOptions grpc = VIF_TRY(grpc_options(o_.daemon));
    grpc.lean = true;
    grpc.unix_path = o_.grpc_socket;
    grpc_ = std::make_unique<rpc::Server>(grpc);
    // The record names the ports, so they must be had first.
    http_listener_ = VIF_TRY(listen_for("HTTP", o_.daemon.bind_address, o_.daemon.port));
    grpc_listener_ = VIF_TRY(listen_for("gRPC", o_.daemon.grpc_bind_address, o_.daemon.grpc_port));
    if (!o_.grpc_socket.empty()) {
      grpc_unix_listener_ = VIF_TRY(listen_for("gRPC", rt::Address::unix_socket(o_.grpc_socket)));
    }
    if (http_listener_) o_.tablet.http_port = http_listener_->address().port;
    if (grpc_listener_) o_.tablet.grpc_port = grpc_listener_->address().port;
    tablet_ = VIF_TRY(vttablet::Tablet::start(*topology_, o_.tablet));
    tablet_->add_to(*grpc_);
    tablet_->add_to(http_);
    if (http_listener_) tasks_.spawn([this] { (void)http_.serve(*http_listener_); });
    if (grpc_listener_) tasks_.spawn([this] { (void)grpc_->serve(*grpc_listener_); });
    if (grpc_unix_listener_) tasks_.spawn([this] { (void)grpc_->serve(*grpc_unix_listener_); });
    const PidFile pid_file(o_.daemon.pid_file);
    (void)signals.receive();
    VIF_LOG(kInfo, "stopping");
    const Status stopped = tablet_->stop(rt::Deadline::in(o_.daemon.onterm_timeout));
    if (!stopped.ok()) VIF_LOG(kWarning, "stopped with: {}", stopped.error().to_string());
    if (http_listener_) http_listener_->close();
    if (grpc_listener_) grpc_listener_->close();
    if (grpc_unix_listener_) {
      grpc_unix_listener_->close();
      ::unlink(o_.grpc_socket.c_str());
    }
    tasks_.cancel();
    (void)tasks_.wait();
    tablet_.reset();
    return {};
  }

 private:
  Options& o_;
  std::unique_ptr<topo::Server> topology_;
  std::unique_ptr<vttablet::Tablet> tablet_;
  std::unique_ptr<rpc::Server> grpc_;
  rpc::HttpServer http_;
  std::unique_ptr<rt::Listener> http_listener_, grpc_listener_, grpc_unix_listener_;
  rt::TaskGroup tasks_;
};

}  // namespace

int vttablet_main(std::span<const std::string_view> args) {
  FlagSet flags("vttablet");
  Options options;
  add_daemon_flags(flags, options.daemon);
  add_flags(flags, options);
  add_mysql_flags(flags, options);
  add_query_flags(flags, options.tablet.query);
  return run_daemon("vttablet", "vttablet serves and looks after one MySQL server.", flags,
                    options.daemon, args, [&]() -> Status {
                      VIF_TRY(fill_in(options));
                      options.tablet.cmdline = command_line("vttablet", args);
                      Process process(options);
                      return process.run();
                    });
}

}  // namespace vif::cmd
