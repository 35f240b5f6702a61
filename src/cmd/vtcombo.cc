#include "cmd/vtcombo.h"

#include <signal.h>

#include "base/log.h"
#include "base/metrics.h"
#include "cmd/daemon.h"
#include "mysql/auth.h"
#include "mysql/server_conn.h"
#include "proto/topodata.pb.h"
#include "proto/vschema.pb.h"
#include "rt/fiber.h"
#include "rt/process.h"
#include "topo/memory_store.h"
#include "topo/server.h"
#include "vtgate/gate.h"
#include "vtgate/server.h"
#include "vttablet/manager/tablet_manager.h"
#include "vttablet/tablet.h"

namespace vif::cmd {
namespace {

struct Options {
  std::string cell = "test";
  std::vector<std::string> keyspaces;
  std::string bind_address = "127.0.0.1";
  int mysql_port = 15306;
  std::string vschema_ddl_users;
  vttablet::TabletOptions tablet;
};

// One unsharded keyspace, served by a tablet of this process.
Result<std::unique_ptr<vttablet::Tablet>> start_tablet(topo::Server& topology,
                                                       const Options& options, uint32_t uid,
                                                       const std::string& keyspace) {
  VIF_TRY(topology.create_keyspace(keyspace, topodata::Keyspace()));
  VIF_TRY(topology.create_shard(keyspace, "0"));
  VIF_TRY(topology.save_vschema(keyspace, vschema::Keyspace()));
  vttablet::TabletOptions tablet = options.tablet;
  tablet.alias = {options.cell, uid};
  tablet.keyspace = keyspace;
  tablet.shard = "0";
  tablet.hostname = options.bind_address;
  auto started = VIF_TRY(vttablet::Tablet::start(topology, tablet));
  const rt::Deadline deadline = rt::Deadline::in(std::chrono::seconds(30));
  while (true) {  // its server may still be coming up
    const auto primary = started->manager().init_primary(false, deadline);
    if (primary.ok()) return started;
    if (deadline.passed()) return primary.error();
    VIF_TRY(rt::sleep_for(std::chrono::milliseconds(50)));
  }
}

Status serve(Options& options) {
  rt::Signals signals({SIGTERM, SIGINT});
  const auto topology = VIF_TRY(
      topo::Server::open(std::make_shared<topo::MemoryStore>(), "memory", "/vitess/global"));
  topodata::CellInfo cell;
  cell.set_server_address("memory");
  cell.set_root("/vitess/" + options.cell);
  VIF_TRY(topology->create_cell_info(options.cell, cell));
  std::vector<std::unique_ptr<vttablet::Tablet>> tablets;
  for (const std::string& keyspace : options.keyspaces) {
    tablets.push_back(VIF_TRY(
        start_tablet(*topology, options, static_cast<uint32_t>(tablets.size() + 1), keyspace)));
    VIF_TRY(topology->rebuild_srv_keyspace(keyspace));
  }
  VIF_TRY(topology->rebuild_srv_vschema());

  Metrics metrics;
  vtgate::GateOptions gate_options;
  gate_options.cell = options.cell;
  gate_options.executor.vschema_ddl_users = options.vschema_ddl_users;
  gate_options.tablet_types_to_wait = {clients::TabletType::kPrimary};
  const auto gate = VIF_TRY(vtgate::Gate::start(*topology, gate_options, metrics));
  for (const auto& tablet : tablets) gate->add_local(tablet->alias(), tablet->query_service());
  VIF_TRY(gate->wait_until_ready());
  const auto auth = mysql::make_none_auth();
  mysql::ServerOptions mysql_options;
  mysql_options.auth = auth.get();
  vtgate::Server server(mysql_options, gate->executor(), gate->processes(), metrics);
  const auto listener = VIF_TRY(rt::listen(
      rt::Address::tcp(options.bind_address, static_cast<uint16_t>(options.mysql_port))));
  VIF_LOG(kInfo, "listening on {} for MySQL", listener->address().to_string());
  rt::TaskGroup tasks;
  tasks.spawn([&] { (void)server.serve(*listener); });
  (void)signals.receive();
  listener->close();
  tasks.cancel();
  (void)tasks.wait();
  for (const auto& tablet : tablets) (void)tablet->stop(rt::Deadline::in(std::chrono::seconds(5)));
  return {};
}

}  // namespace

int vtcombo_main(Args args) {
  Options options;
  vttablet::MysqlServer& mysql = options.tablet.mysql;
  FlagSet flags("vtcombo");
  flags.add("cell", &options.cell, "name of the one cell");
  flags.add("keyspaces", &options.keyspaces,
            "unsharded keyspaces to serve, each from the database vt_<keyspace>");
  flags.add("mysql-server-bind-address", &options.bind_address, "address of the MySQL port");
  flags.add("mysql-server-port", &options.mysql_port, "port for MySQL clients");
  flags.add("vschema-ddl-authorized-users", &options.vschema_ddl_users,
            "who may use ALTER VSCHEMA: users, comma list, or % for all");
  flags.add("db-socket", &mysql.socket, "unix socket of the MySQL server");
  flags.add("db-host", &mysql.host, "host of the MySQL server, without a socket");
  flags.add("db-app-user", &mysql.app.name, "account for queries");
  flags.add("db-app-password", &mysql.app.password, "its password");
  flags.add("db-dba-user", &mysql.dba.name, "account for administration");
  flags.add("db-dba-password", &mysql.dba.password, "its password");
  return run_role("vtcombo", "Gate and tablets in one process, over one MySQL server.", flags, args,
                  [&]() -> Status {
                    if (options.keyspaces.empty())
                      return Error(Code::kInvalidArgument, "--keyspaces names no keyspace");
                    if (mysql.socket.empty() && mysql.host.empty())
                      return Error(Code::kInvalidArgument, "--db-socket or --db-host is needed");
                    return rt::run({}, [&] { return serve(options); });
                  });
}

}  // namespace vif::cmd
