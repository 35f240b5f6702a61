#include "vtgate/gate.h"

#include "base/log.h"
#include "clients/grpc_query_service.h"
#include "topo/server.h"
#include "vtgate/engine/packets.h"

namespace vif::vtgate {

namespace {

std::string json_of(const std::map<std::string, int64_t>& counts) {
  std::string json = "{";
  for (const auto& [name, count] : counts) {
    json += fmt::format("{}{}: {}", json.size() == 1 ? "" : ", ", json_quote(name), count);
  }
  return json + "}";
}

}  // namespace

Result<std::unique_ptr<Gate>> Gate::start(topo::Server& topology, GateOptions options,
                                          Metrics& metrics) {
  std::unique_ptr<Gate> gate(new Gate(topology, std::move(options), metrics));
  VIF_TRY(gate->open());
  return gate;
}

Gate::Gate(topo::Server& topology, GateOptions options, Metrics& metrics)
    : topology_(topology),
      options_(std::move(options)),
      metrics_(metrics),
      query_log_(options_.query_log) {
  options_.executor.cell = options_.cell;
  options_.gateway.cell = options_.cell;
  if (options_.cells_to_watch.empty()) options_.cells_to_watch = {options_.cell};
  options_.topology.cells = options_.cells_to_watch;
}

// Who feeds others goes first.
Gate::~Gate() {
  watcher_.reset();
  if (health_) health_->stop();
  tracker_.reset();
}

void Gate::add_local(const clients::TabletAlias& alias, clients::QueryService& service) {
  local_[alias] = &service;
}

Result<std::shared_ptr<clients::QueryService>> Gate::connect(const discovery::Tablet& tablet) {
  const auto found = local_.find(tablet.alias);
  if (found != local_.end()) {
    return std::shared_ptr<clients::QueryService>(found->second, [](clients::QueryService*) {});
  }
  auto channel = std::make_unique<rpc::Channel>(rt::Address::tcp(tablet.hostname, tablet.grpc_port),
                                                options_.channel);
  return std::shared_ptr<clients::QueryService>(
      std::make_shared<clients::GrpcQueryService>(std::move(channel)));
}

Status Gate::open() {
  VIF_TRY(query_log_.open());
  srv_watch_ = std::make_unique<discovery::SrvWatch>(options_.cell, topology_);
  srv_watch_->listen([this] {
    catalog_.set_graph(srv_watch_->graph());
    catalog_.set_vschema(*srv_watch_->srv_vschema());
  });
  health_ = std::make_unique<discovery::HealthCheck>(
      options_.health, [this](const discovery::Tablet& tablet) { return connect(tablet); });
  gateway_ = std::make_unique<discovery::TabletGateway>(options_.gateway, *health_);
  tx_ = std::make_unique<Tx>(*gateway_, options_.transaction_mode);
  scatter_ = std::make_unique<Scatter>(*gateway_, *tx_);
  if (options_.track_schema) tracker_ = std::make_unique<SchemaTracker>(*health_, catalog_);
  vschema_editor_ = std::make_unique<VSchemaEditor>(topology_, *srv_watch_, options_.cell);
  executor_ = std::make_unique<Executor>(
      options_.executor, ExecutorParts{catalog_, *gateway_, *tx_, *scatter_, tracker_.get(),
                                       *vschema_editor_, processes_, query_log_, metrics_});
  watcher_ = std::make_unique<discovery::TopologyWatcher>(options_.topology, topology_, *health_);
  register_metrics();
  VIF_TRY(srv_watch_->start());
  VIF_TRY(watcher_->start());
  if (tracker_) tracker_->start();
  return {};
}

Status Gate::wait_until_ready() {
  const rt::Deadline deadline = rt::Deadline::in(options_.initial_tablet_timeout);
  const auto targets = [&] {
    std::vector<clients::Target> all;
    for (const auto& [keyspace, served] : *catalog_.current()->graph) {
      for (const clients::TabletType type : options_.tablet_types_to_wait) {
        const auto partition = served.partitions.find(type);
        if (partition == served.partitions.end()) continue;
        for (const sharding::ShardReference& shard : partition->second)
          all.push_back({keyspace, shard.name, type});
      }
    }
    return all;
  };
  VIF_LOG(kInfo, "waiting for serving tablets");
  Status waited = health_->wait_for_healthy(targets(), deadline);
  if (waited.ok() && tracker_) waited = tracker_->wait_until_loaded(deadline);
  if (!waited.ok()) {
    if (waited.error().code() != Code::kDeadlineExceeded) return waited;
    VIF_LOG(kWarning,
            "timeout waiting for all keyspaces and shards to have healthy tablets; may be in "
            "degraded mode");
  }
  const Status detected = detect_flavor();
  if (!detected.ok())
    VIF_LOG(kWarning, "cannot tell the servers' version: {}", detected.error().to_string());
  return {};
}

Status Gate::detect_flavor() {
  for (const discovery::TabletHealthPtr& tablet : health_->all()) {
    if (!tablet->usable()) continue;
    clients::ExecuteRequest request;
    request.target = tablet->target;
    request.sql = "select @@version";
    clients::ExecuteState state;
    engine::Collected answer;
    engine::DecodingSink sink(answer);
    VIF_TRY(tablet->connection->execute(request, state, sink,
                                        rt::Deadline::in(std::chrono::seconds(5))));
    if (answer.all_rows.empty()) continue;
    const bool mariadb = answer.all_rows[0][0].bytes.find("MariaDB") != std::string::npos;
    executor_->set_flavor(mariadb ? plan::Flavor::kMariaDb : plan::Flavor::kMySql);
    return {};
  }
  return {};
}

void Gate::register_metrics() {
  metrics_.json_function("HealthcheckConnections",
                         [this] { return json_of(health_->connection_counts()); });
  metrics_.json_function("HealthcheckErrors", [this] { return json_of(health_->error_counts()); });
  metrics_.json_function("HealthcheckPrimaryPromoted",
                         [this] { return json_of(health_->promotions()); });
  metrics_.json_function("TopologyWatcherErrors",
                         [this] { return json_of(watcher_->error_counts()); });
  metrics_.json_function("BufferStarts",
                         [this] { return json_of(gateway_->buffer_counters().starts); });
  metrics_.json_function("BufferStops",
                         [this] { return json_of(gateway_->buffer_counters().stops); });
  metrics_.json_function("BufferRequestsBuffered",
                         [this] { return json_of(gateway_->buffer_counters().buffered); });
  metrics_.json_function("BufferRequestsDrained",
                         [this] { return json_of(gateway_->buffer_counters().drained); });
  metrics_.json_function("BufferRequestsEvicted",
                         [this] { return json_of(gateway_->buffer_counters().evicted); });
  metrics_.json_function("BufferFailoverDurationSumMs",
                         [this] { return json_of(gateway_->buffer_counters().failover_ms_sum); });
  metrics_.json_function("VtgateVSchemaCounts", [this] {
    std::map<std::string, int64_t> counts = {{"Reload", catalog_.reload_count()}};
    if (catalog_.error_count() > 0) counts["Parsing"] = catalog_.error_count();
    return json_of(counts);
  });
  metrics_.json_function("TransactionsProcessed",
                         [this] { return json_of(tx_->counters().processed); });
  metrics_.json_function("CommitModeTimings",
                         [this] { return json_of(tx_->counters().commit_count); });
  metrics_.gauge_function("MysqlServerConnCount", "Active MySQL server connections",
                          [this] { return static_cast<int64_t>(processes_.all().size()); });
  metrics_.gauge_function("QueryPlanCacheLength", "Query plan cache length",
                          [this] { return static_cast<int64_t>(executor_->plan_cache().size()); });
  metrics_.gauge_function("QueryPlanCacheCapacity", "Query plan cache capacity", [this] {
    return static_cast<int64_t>(executor_->plan_cache().capacity());
  });
  metrics_.counter_function("QueryPlanCacheHits", "Query plan cache hits",
                            [this] { return executor_->plan_cache().hits(); });
  metrics_.counter_function("QueryPlanCacheMisses", "Query plan cache misses",
                            [this] { return executor_->plan_cache().misses(); });
  metrics_.counter_function("QueryPlanCacheEvictions", "Query plan cache evictions",
                            [this] { return executor_->plan_cache().evictions(); });
}

}  // namespace vif::vtgate
