// The query service of one mysqld: pools, transactions, reserved connections, timeouts, sequences,
// serving state and health. What to serve as is decided outside (vttablet/tablet_state) and told by
// set_serving().
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "clients/query_service.h"
#include "rt/fiber.h"
#include "rt/sync.h"
#include "vttablet/query/health_streamer.h"
#include "vttablet/query/options.h"
#include "vttablet/query/pool.h"
#include "vttablet/query/query_stats.h"
#include "vttablet/query/running.h"
#include "vttablet/query/schema_engine.h"
#include "vttablet/query/sequences.h"
#include "vttablet/query/stateful.h"
#include "vttablet/query/statement.h"

namespace vif::vttablet {

struct ServingState {
  clients::TabletType type = clients::TabletType::kReplica;
  bool serving = false;
  int64_t primary_term_start_s = 0;
  std::string reason;  // why not serving
};

// How one of our users logs in to `server`, with `database` as its default ("" for none).
mysql::ClientOptions client_options(const MysqlServer& server, const MysqlUser& user,
                                    std::string database);

class QueryServer : public clients::QueryService {
 public:
  QueryServer(clients::TabletAlias alias, std::string keyspace, std::string shard,
              std::string database, const MysqlServer& server, QueryOptions options,
              Metrics& metrics);
  // Cancels its fibers. REQUIRES: no call in progress.
  ~QueryServer() override;

  Status execute(const clients::ExecuteRequest& request, clients::ExecuteState& state,
                 mysql::ResultSink& sink, rt::Deadline deadline) override;
  Result<clients::ExecuteState> begin(const clients::Target& target,
                                      const clients::BeginOptions& options,
                                      std::span<const std::string> settings,
                                      rt::Deadline deadline) override;
  Result<int64_t> commit(const clients::Target& target, int64_t transaction_id,
                         rt::Deadline deadline) override;
  Result<int64_t> rollback(const clients::Target& target, int64_t transaction_id,
                           rt::Deadline deadline) override;
  Status release(const clients::Target& target, int64_t transaction_id, int64_t reserved_id,
                 rt::Deadline deadline) override;
  Status stream_health(const std::function<Status(const clients::Health&)>& on_health) override;
  Status get_schema(const clients::Target& target, clients::SchemaTableKind kind,
                    std::span<const std::string> names,
                    const std::function<Status(std::map<std::string, std::string>)>& on_tables,
                    rt::Deadline deadline) override;

  // Serves as `state` says from now on. When that ends serving, or primacy, new calls are refused
  // ("operation not allowed in state SHUTTING_DOWN") while open transactions have the grace period
  // to end; then they are ended.
  void set_serving(ServingState state);
  const ServingState& serving_state() const { return state_; }
  // "SERVING" or "NOT_SERVING": Vitess's TabletStateName.
  std::string_view state_name() const { return serving_now() ? "SERVING" : "NOT_SERVING"; }
  // What the replication tracker found: lag, or why replication does not run (then a replica does
  // not serve).
  void set_replication(uint32_t lag_s, std::string error);
  // mysqld went away: idle connections are closed.
  void mysql_lost();
  // Called when a connection broke, from within the call that noticed; must not wait.
  void on_connection_error(std::function<void()> callback) {
    on_connection_error_ = std::move(callback);
  }

  // Sends health out now.
  void broadcast(SchemaChange change = {});
  // Looks at the schema and, on a serving primary, tells the gates what changed.
  Status reload_schema(rt::Deadline deadline);
  void reset_sequences() { sequences_.forget(); }
  // Ends streams of health; set_serving(not serving) first.
  void close();

  const std::string& database() const { return database_; }
  const std::string& keyspace() const { return keyspace_; }
  const std::string& shard() const { return shard_; }
  HealthStreamer& health() { return health_; }
  RunningStatements& running() { return running_; }
  StatefulConnections& stateful() { return stateful_; }
  QueryStats& stats() { return stats_; }
  uint32_t replication_lag_s() const { return replication_lag_s_; }
  const std::string& replication_error() const { return replication_error_; }

 private:
  enum class WhileShuttingDown : uint8_t { kRefuse, kAllow };
  // Counts a call, for as long as it lives, so that set_serving() can wait for it.
  class Admission {
   public:
    explicit Admission(QueryServer& server) : server_(&server) { ++server_->requests_; }
    Admission(Admission&& other) noexcept : server_(std::exchange(other.server_, nullptr)) {}
    Admission& operator=(Admission&&) = delete;
    ~Admission();

   private:
    QueryServer* server_;
  };
  struct Run {
    Status status;
    bool started = false;  // something reached the caller
    uint64_t affected_rows = 0;
  };

  Pool& tx_pool(const clients::ExecuteRequest& request) {
    return request.client_found_rows ? tx_found_rows_ : tx_;
  }
  bool serving_now() const {
    return state_.serving && (replication_error_.empty() || is_primary());
  }
  bool is_primary() const { return state_.type == clients::TabletType::kPrimary; }
  Result<Admission> admit(const clients::Target& target, WhileShuttingDown while_shutting_down);
  void drain();
  void maintain();
  void follow_schema();
  void export_pool(Metrics& metrics, const std::string& prefix, Pool& pool);

  Status execute_stateless(const clients::ExecuteRequest& request, std::string_view sql,
                           StatementKind kind, mysql::ResultSink& sink, rt::Deadline deadline);
  Status execute_stateful(const clients::ExecuteRequest& request, std::string_view sql,
                          StatementKind kind, clients::ExecuteState& state, mysql::ResultSink& sink,
                          rt::Deadline deadline);
  Status execute_next_value(std::string_view sql, mysql::ResultSink& sink, rt::Deadline deadline);
  Status execute_call(mysql::ClientConnection& wire, std::string_view sql, bool in_transaction,
                      mysql::ResultSink& sink, rt::Deadline deadline);
  Run run(PooledConnection& connection, const clients::ExecuteRequest& request,
          std::string_view sql, mysql::ResultSink& sink, rt::Deadline deadline);
  rt::Deadline statement_deadline(const clients::ExecuteRequest& request, StatementKind kind,
                                  rt::Deadline deadline) const;

  Result<StatefulConnections::Locked> open_stateful(const clients::ExecuteRequest& request,
                                                    rt::Deadline deadline);
  Status apply_settings(StatefulConnection& connection, std::span<const std::string> settings,
                        rt::Deadline deadline);
  Status begin_on(StatefulConnection& connection, const clients::BeginOptions& options,
                  clients::Workload workload, clients::ExecuteState& state, rt::Deadline deadline);
  Result<int64_t> conclude(const clients::Target& target, int64_t transaction_id,
                           std::string_view statement, std::string_view purpose,
                           std::string_view reason, rt::Deadline deadline);

  void note_connection_error();
  Error to_caller(const Error& error) const;

  clients::TabletAlias alias_;
  std::string keyspace_;
  std::string shard_;
  std::string database_;
  QueryOptions options_;

  QueryStats stats_;
  Pool oltp_;
  Pool olap_;
  Pool tx_;
  Pool tx_found_rows_;  // for clients that want matched rows counted
  Pool schema_pool_;
  RunningStatements running_;
  StatefulConnections stateful_;
  Sequences sequences_;
  SchemaEngine schema_;
  HealthStreamer health_;

  ServingState state_;
  bool shutting_down_ = false;
  uint32_t replication_lag_s_ = 0;
  std::string replication_error_;
  int64_t requests_ = 0;
  rt::WaitQueue requests_ended_;
  bool schema_reload_wanted_ = false;
  rt::WaitQueue schema_reload_;
  std::function<void()> on_connection_error_;
  double qps_ = 0;
  int64_t statements_at_tick_ = 0;
  rt::Instant tick_at_;

  rt::TaskGroup background_;  // last: its fibers use the rest
};

}  // namespace vif::vttablet
