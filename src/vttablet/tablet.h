// A tablet: one mysqld, its query service and its manager. `vttablet` runs one; a process that is
// gate and tablet at once constructs one and calls query_service() without a hop.
//
//   std::unique_ptr<Tablet> tablet = VIF_TRY(Tablet::start(topo_server, options));
//   gateway.add_local(tablet->alias(), tablet->query_service());
//   ...
//   tablet->stop(rt::Deadline::in(10s));
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "clients/query_service.h"
#include "vttablet/query/options.h"

namespace vif::rpc {
class HttpServer;
class Server;
}  // namespace vif::rpc
namespace vif::topo {
class Server;
}

namespace vif::vttablet {

class TabletManager;

struct TabletOptions {
  clients::TabletAlias alias;                                // --tablet-path
  std::string keyspace;                                      // --init-keyspace
  std::string shard;                                         // --init-shard
  clients::TabletType type = clients::TabletType::kReplica;  // --init-tablet-type
  std::string db_name;                 // --init-db-name-override; empty: "vt_<keyspace>"
  std::string hostname = "localhost";  // --tablet-hostname: what the tablet record says
  uint16_t http_port = 0;              // of the tablet record's port_map: "vt"
  uint16_t grpc_port = 0;              // and "grpc"
  // Where replicas of this server connect: of the tablet record. Port 0: asked of mysqld itself.
  std::string mysql_hostname;  // empty: hostname
  uint16_t mysql_port = 0;
  MysqlServer mysql;
  QueryOptions query;
  rt::Duration replication_connect_retry = std::chrono::seconds(10);  // --replication-connect-retry
  bool disable_active_reparents = false;                              // --disable-active-reparents
  std::vector<std::string> cmdline;                                   // for /debug/vars
};

// Belongs to the scheduler that started it, and so does its query service.
class Tablet {
 public:
  // Writes the tablet record (creating keyspace and shard when they are missing), and starts to
  // serve as its own state and mysqld's allow: mysqld need not be up yet, and its coming and going
  // is followed. Errors: of the topology; kInvalidArgument.
  static Result<std::unique_ptr<Tablet>> start(topo::Server& topology, TabletOptions options);
  // REQUIRES: stop() has returned, or the process ends without it.
  ~Tablet();
  Tablet(const Tablet&) = delete;

  const clients::TabletAlias& alias() const;
  clients::QueryService& query_service();
  TabletManager& manager();

  // Registers queryservice.Query and tabletmanagerservice.TabletManager; before the server serves,
  // and to be served on this tablet's scheduler only.
  void add_to(rpc::Server& server);
  // Registers /debug/vars, /healthz, /debug/status, /queryz and the like.
  void add_to(rpc::HttpServer& server);

  // Stops serving, lets transactions end within the grace period, clears the record's addresses.
  // Waits.
  Status stop(rt::Deadline deadline);

 private:
  struct State;
  explicit Tablet(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vif::vttablet
