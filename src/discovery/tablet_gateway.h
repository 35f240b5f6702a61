// From a Target to a tablet: picks one, tries another when that is safe, waits a bounded time for a
// primary.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "clients/query_service.h"
#include "discovery/health_check.h"
#include "rt/time.h"

namespace vif::discovery {

struct BufferOptions {
  bool enabled = false;  // --enable_buffer
  rt::Duration window =
      std::chrono::seconds(10);  // --buffer_window: the longest wait of one request
  size_t size = 1000;            // --buffer_size: requests waiting at a time
  rt::Duration failover_max = std::chrono::seconds(20);  // --buffer_max_failover_duration
  rt::Duration between_failovers_min =
      std::chrono::minutes(1);               // --buffer_min_time_between_failovers
  std::vector<std::string> keyspace_shards;  // --buffer_keyspace_shards; empty: all
};

struct GatewayOptions {
  std::string cell;
  int retry_count = 2;                                    // --retry-count
  std::vector<clients::TabletType> allowed_tablet_types;  // --allowed-tablet-types; empty: all
  BufferOptions buffer;
};

struct BufferCounters {  // by "keyspace.shard"
  std::map<std::string, int64_t> starts, stops, buffered, drained, evicted, failover_ms_sum;
};

// Any fiber of its scheduler may call. Errors begin with "target: ks.shard.type: ", as Vitess's do.
class TabletGateway {
 public:
  TabletGateway(GatewayOptions options, HealthCheck& health);

  // Runs a statement on the tablet that `pinned` names, or, when it is null, on a healthy tablet of
  // request.target; then another is tried when the tablet said that it did not run it (not
  // serving), or could not be reached and the target is no primary, as long as nothing reached the
  // sink and no transaction was opened. Waits; ends at the deadline.
  Status execute(const clients::ExecuteRequest& request, const clients::TabletAlias* pinned,
                 clients::ExecuteState& state, mysql::ResultSink& sink, rt::Deadline deadline);

  // Of the tablet that holds the transaction. REQUIRES: transaction_id != 0. Returns the reserved
  // id that goes on.
  Result<int64_t> commit(const clients::Target& target, const clients::TabletAlias& alias,
                         int64_t transaction_id, rt::Deadline deadline);
  Result<int64_t> rollback(const clients::Target& target, const clients::TabletAlias& alias,
                           int64_t transaction_id, rt::Deadline deadline);
  Status release(const clients::Target& target, const clients::TabletAlias& alias,
                 int64_t transaction_id, int64_t reserved_id, rt::Deadline deadline);

  HealthCheck& health() { return health_; }
  const BufferCounters& buffer_counters() const { return counters_; }

 private:
  struct Attempt;
  struct Failover {
    rt::Instant began;
    rt::Instant ended;
    size_t waiting = 0;
    bool active = false;
  };

  Result<TabletHealthPtr> pick(const clients::Target& target,
                               const std::vector<clients::TabletAlias>& tried) const;
  Status execute_once(TabletHealthPtr tablet, const clients::ExecuteRequest& request,
                      Attempt& attempt, clients::ExecuteState& state, mysql::ResultSink& sink,
                      rt::Deadline deadline);
  bool may_buffer(const clients::Target& target) const;
  Status wait_for_primary(const clients::Target& target, const TabletHealth* refused_by,
                          rt::Deadline deadline);
  Result<std::shared_ptr<clients::QueryService>> connection_of(const clients::TabletAlias& alias,
                                                               const clients::Target& target) const;

  GatewayOptions options_;
  HealthCheck& health_;
  std::map<std::string, Failover> failovers_;
  BufferCounters counters_;
};

}  // namespace vif::discovery
