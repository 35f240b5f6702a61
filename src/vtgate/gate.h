// A whole gate: discovery, catalog, executor and the parts they share. `vtgate` runs one; a process
// that holds tablets too gives them to it, and calls them without a hop.
//
//   std::unique_ptr<Gate> gate = VIF_TRY(Gate::start(topology, options, metrics));
//   gate->add_local(tablet->alias(), tablet->query_service());     // one process; may be left out
//   VIF_TRY(gate->wait_until_ready());
//   Server server(server_options, gate->executor(), gate->processes(), metrics);
//   server.serve(*listener);
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/result.h"
#include "discovery/health_check.h"
#include "discovery/srv_watch.h"
#include "discovery/tablet_gateway.h"
#include "discovery/topology_watcher.h"
#include "rpc/channel.h"
#include "vtgate/catalog.h"
#include "vtgate/executor.h"
#include "vtgate/processes.h"
#include "vtgate/query_log.h"
#include "vtgate/scatter.h"
#include "vtgate/schema_tracker.h"
#include "vtgate/tx.h"
#include "vtgate/vschema_editor.h"

namespace vif::topo {
class Server;
}
namespace vif::rpc {
class HttpServer;
}

namespace vif::vtgate {

struct GateOptions {
  std::string cell;                                       // --cell
  std::vector<std::string> cells_to_watch;                // --cells_to_watch; empty: `cell`
  std::vector<clients::TabletType> tablet_types_to_wait;  // --tablet-types-to-wait
  rt::Duration initial_tablet_timeout =
      std::chrono::seconds(30);  // --gateway_initial_tablet_timeout
  discovery::HealthCheckOptions health;
  discovery::TopologyWatcherOptions topology;
  discovery::GatewayOptions gateway;
  rpc::ChannelOptions channel;  // to tablets
  ExecutorOptions executor;
  QueryLogOptions query_log;
  TransactionMode transaction_mode = TransactionMode::kMulti;  // --transaction_mode
  bool track_schema = true;                                    // --schema_change_signal
};

// An actor; belongs to one scheduler.
class Gate {
 public:
  // Reads the topology and begins to follow it. `topology` and `metrics` outlive the gate. Waits
  // for the topology only. Errors: a cell that does not exist, a query log that cannot be opened.
  static Result<std::unique_ptr<Gate>> start(topo::Server& topology, GateOptions options,
                                             Metrics& metrics);
  ~Gate();

  // From now on this tablet is called directly. `service` outlives the gate. Before the tablet is
  // found, or the gate has connected to it already.
  void add_local(const clients::TabletAlias& alias, clients::QueryService& service);

  // Until each serving shard has a healthy tablet of each type to wait for, and the columns are
  // known; at most the initial timeout, after which it goes on with a warning. Errors: kCanceled.
  Status wait_until_ready();

  Executor& executor() { return *executor_; }
  Processes& processes() { return processes_; }
  Tx& tx() { return *tx_; }
  discovery::HealthCheck& health() { return *health_; }
  const CatalogHolder& catalog() const { return catalog_; }
  const QueryLog& query_log() const { return query_log_; }
  const GateOptions& options() const { return options_; }

 private:
  Gate(topo::Server& topology, GateOptions options, Metrics& metrics);
  Status open();
  Result<std::shared_ptr<clients::QueryService>> connect(const discovery::Tablet& tablet);
  void register_metrics();
  Status detect_flavor();

  topo::Server& topology_;
  GateOptions options_;
  Metrics& metrics_;
  std::map<clients::TabletAlias, clients::QueryService*> local_;
  CatalogHolder catalog_;
  Processes processes_;
  QueryLog query_log_;
  std::unique_ptr<discovery::SrvWatch> srv_watch_;
  std::unique_ptr<discovery::HealthCheck> health_;
  std::unique_ptr<discovery::TabletGateway> gateway_;
  std::unique_ptr<Tx> tx_;
  std::unique_ptr<Scatter> scatter_;
  std::unique_ptr<SchemaTracker> tracker_;
  std::unique_ptr<VSchemaEditor> vschema_editor_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<discovery::TopologyWatcher> watcher_;
};

// The gate's pages of the debug port: /debug/query_plans, /debug/vschema, /debug/querylogz,
// /debug/queryz, /debug/gateway, /api/health-check/...
void add_debug_pages(rpc::HttpServer& http, Gate& gate);
// Its pieces of /debug/status.
std::vector<std::function<std::string()>> status_parts(Gate& gate);

}  // namespace vif::vtgate
