// Whether the query service serves, as what, and who is told: the other half of QueryServer.
#include "base/log.h"
#include "mysql/error_codes.h"
#include "vttablet/query/query_server.h"

namespace vif::vttablet {
namespace {

using clients::TabletType;
using clients::Target;

constexpr rt::Duration kSchemaReloadTimeout = std::chrono::seconds(30);

std::string upper_name(TabletType type) {
  std::string name(clients::tablet_type_name(type));
  for (char& c : name) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name;
}

mysql::ClientOptions with_found_rows(mysql::ClientOptions options) {
  options.found_rows = true;
  return options;
}

}  // namespace

mysql::ClientOptions client_options(const MysqlServer& server, const MysqlUser& user,
                                    std::string database) {
  mysql::ClientOptions options;
  options.address = server.socket.empty() ? rt::Address::tcp(server.host, server.port)
                                          : rt::Address::unix_socket(server.socket);
  options.user = user.name;
  options.password = user.password;
  options.database = std::move(database);
  options.multi_statements = false;
  options.connect_timeout = server.connect_timeout;
  return options;
}

QueryServer::QueryServer(clients::TabletAlias alias, std::string keyspace, std::string shard,
                         std::string database, const MysqlServer& server, QueryOptions options,
                         Metrics& metrics)
    : alias_(std::move(alias)),
      keyspace_(std::move(keyspace)),
      shard_(std::move(shard)),
      database_(std::move(database)),
      options_(options),
      stats_(metrics),
      oltp_("ConnPool", options.oltp, client_options(server, server.app, database_)),
      olap_("StreamConnPool", options.olap, client_options(server, server.app, database_)),
      tx_("TransactionPool", options.tx, client_options(server, server.app, database_)),
      tx_found_rows_("FoundRowsPool", options.tx,
                     with_found_rows(client_options(server, server.app, database_))),
      schema_pool_("SchemaPool", {.size = 3}, client_options(server, server.dba, database_)),
      running_(client_options(server, server.dba, ""), stats_.kills()),
      sequences_(tx_),
      schema_(schema_pool_, database_),
      tick_at_(rt::now()) {
  for (Pool* pool : {&oltp_, &olap_, &tx_, &tx_found_rows_})
    export_pool(metrics, pool->name(), *pool);
  broadcast();
  background_.spawn([this] { running_.watch(); });
  background_.spawn([this] { maintain(); });
  background_.spawn([this] { follow_schema(); });
}

QueryServer::~QueryServer() {
  background_.cancel();
  const rt::Uncancelled to_the_end;
  (void)background_.wait();
}

void QueryServer::export_pool(Metrics& metrics, const std::string& prefix, Pool& pool) {
  metrics.gauge_function(prefix + "Capacity", "Connections that the pool may hold",
                         [&pool] { return pool.size(); });
  metrics.gauge_function(prefix + "Available", "Connections that could be had now",
                         [&pool] { return pool.available(); });
  metrics.gauge_function(prefix + "InUse", "Connections in use", [&pool] { return pool.in_use(); });
  metrics.counter_function(prefix + "WaitCount", "Times that a connection was waited for",
                           [&pool] { return pool.waits(); });
}

QueryServer::Admission::~Admission() {
  if (server_ && --server_->requests_ == 0) server_->requests_ended_.notify_all();
}

Result<QueryServer::Admission> QueryServer::admit(const Target& target,
                                                  WhileShuttingDown while_shutting_down) {
  // vtgate's buffering looks for these very texts.
  if (!serving_now())
    return Error(Code::kClusterEvent, "operation not allowed in state NOT_SERVING");
  if (shutting_down_ && while_shutting_down == WhileShuttingDown::kRefuse) {
    return Error(Code::kClusterEvent, "operation not allowed in state SHUTTING_DOWN");
  }
  if (target.keyspace != keyspace_) {
    return Error(
        Code::kInvalidArgument,
        fmt::format("invalid keyspace {} does not match expected {}", target.keyspace, keyspace_));
  }
  if (target.shard != shard_) {
    return Error(Code::kInvalidArgument,
                 fmt::format("invalid shard {} does not match expected {}", target.shard, shard_));
  }
  if (target.tablet_type != state_.type) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("wrong tablet type: {}, want: {} or []",
                             upper_name(target.tablet_type), upper_name(state_.type)));
  }
  return Admission(*this);
}

void QueryServer::set_serving(ServingState state) {
  const bool ends_primacy = is_primary() && state.type != TabletType::kPrimary;
  if (state_.serving && (!state.serving || ends_primacy)) {
    shutting_down_ = true;
    broadcast();
    drain();
  }
  const bool changed = state_.type != state.type || state_.serving != state.serving;
  if (changed) {
    VIF_LOG(kInfo, "tablet {} is {} {}{}{}", alias_.to_string(),
            clients::tablet_type_name(state.type), state.serving ? "serving" : "not serving",
            state.reason.empty() ? "" : ": ", state.reason);
    sequences_.forget();
  }
  const bool starts = state.serving && !state_.serving;
  state_ = std::move(state);
  shutting_down_ = false;
  if (starts || (changed && is_primary())) {
    schema_reload_wanted_ = true;
    schema_reload_.notify_all();
  }
  broadcast();
}

void QueryServer::drain() {
  const rt::Uncancelled to_the_end;
  const rt::Deadline grace = rt::Deadline::in(options_.shutdown_grace_period);
  const auto requests_end = [&](rt::Deadline until) -> Status {
    while (requests_ > 0) VIF_TRY(requests_ended_.wait(until));
    return {};
  };
  const bool ended = stateful_.wait_empty(grace).ok() && requests_end(grace).ok();
  if (ended) return;
  VIF_LOG(kWarning, "grace period is over: ending {} transactions and {} calls", stateful_.count(),
          requests_);
  running_.kill_all();
  (void)requests_end(rt::Deadline::in(std::chrono::seconds(5)));
  stateful_.end_all("closed");
}

void QueryServer::set_replication(uint32_t lag_s, std::string error) {
  const auto limit =
      std::chrono::duration_cast<std::chrono::seconds>(options_.unhealthy_threshold).count();
  if (error.empty() && lag_s > limit) {
    error = fmt::format("reported replication lag: {}s higher than unhealthy threshold: {}s", lag_s,
                        limit);
  }
  const bool news = error != replication_error_;
  const bool was_serving = serving_now();
  replication_lag_s_ = lag_s;
  replication_error_ = std::move(error);
  if (!news) return;
  if (serving_now() && !was_serving) {
    schema_reload_wanted_ = true;
    schema_reload_.notify_all();
  }
  broadcast();
}

void QueryServer::mysql_lost() {
  for (Pool* pool : {&oltp_, &olap_, &tx_, &tx_found_rows_, &schema_pool_}) pool->close_all();
  stateful_.end_all("closed");
}

void QueryServer::broadcast(SchemaChange change) {
  clients::Health health;
  health.target = {keyspace_, shard_, state_.type};
  health.alias = alias_;
  health.serving = serving_now() && !shutting_down_;
  health.primary_term_start_s = is_primary() ? state_.primary_term_start_s : 0;
  if (!state_.serving)
    health.error = state_.reason;
  else if (!is_primary())
    health.error = replication_error_;
  health.replication_lag_s = is_primary() ? 0 : replication_lag_s_;
  health.qps = qps_;
  health.changed_tables = std::move(change.tables);
  health.changed_views = std::move(change.views);
  health_.publish(std::move(health));
}

Status QueryServer::reload_schema(rt::Deadline deadline) {
  SchemaChange change = VIF_TRY(schema_.reload(deadline));
  if (!change.empty() && options_.signal_schema_change && serving_now() && is_primary())
    broadcast(std::move(change));
  return {};
}

void QueryServer::follow_schema() {
  while (!rt::cancelled()) {
    if (!schema_reload_wanted_)
      (void)schema_reload_.wait(rt::Deadline::in(options_.schema_reload_interval));
    schema_reload_wanted_ = false;
    if (rt::cancelled() || !serving_now()) continue;
    const Status reloaded = reload_schema(rt::Deadline::in(kSchemaReloadTimeout));
    if (!reloaded.ok() && !rt::cancelled())
      VIF_LOG(kWarning, "schema reload failed: {}", reloaded.error().to_string());
  }
}

void QueryServer::maintain() {
  const rt::Duration tick = std::clamp<rt::Duration>(
      std::min(options_.transaction_timeout, options_.olap_transaction_timeout) / 10,
      std::chrono::milliseconds(10), std::chrono::seconds(1));
  rt::Instant next_reap = rt::now() + std::chrono::seconds(10);
  rt::Instant next_health = rt::now() + options_.health_interval;
  while (rt::sleep_for(tick).ok()) {
    stateful_.end_expired();
    if (rt::now() >= next_reap) {
      next_reap = rt::now() + std::chrono::seconds(10);
      for (Pool* pool : {&oltp_, &olap_, &tx_, &tx_found_rows_, &schema_pool_}) pool->reap();
    }
    if (rt::now() < next_health) continue;
    next_health = rt::now() + options_.health_interval;
    const double seconds = std::chrono::duration<double>(rt::now() - tick_at_).count();
    qps_ =
        seconds > 0 ? static_cast<double>(stats_.statements() - statements_at_tick_) / seconds : 0;
    statements_at_tick_ = stats_.statements();
    tick_at_ = rt::now();
    broadcast();
  }
}

void QueryServer::close() { health_.close(); }

}  // namespace vif::vttablet
