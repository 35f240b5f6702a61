// What the query service is told at start: Vitess's `queryserver-config-*` flags, with Vitess's
// defaults.
#pragma once

#include <chrono>
#include <string>

#include "rt/time.h"

namespace vif::vttablet {

// How one of our users reaches mysqld.
struct MysqlUser {
  std::string name;
  std::string password;
};

// Where mysqld is and who we are there.
struct MysqlServer {
  std::string socket;  // non-empty: this unix socket; else host and port
  std::string host;
  uint16_t port = 0;
  MysqlUser app{"vt_app", ""};
  MysqlUser dba{"vt_dba", ""};
  MysqlUser repl{"vt_repl", ""};
  rt::Duration connect_timeout = std::chrono::seconds(5);
};

struct PoolOptions {
  int size = 16;
  rt::Duration timeout{0};  // of waiting for a connection; zero: as long as the caller's deadline
  rt::Duration idle_timeout = std::chrono::minutes(30);
  rt::Duration max_lifetime{0};  // zero: none
};

struct QueryOptions {
  PoolOptions oltp{.size = 16};   // queryserver-config-pool-size
  PoolOptions olap{.size = 200};  // queryserver-config-stream-pool-size
  PoolOptions tx{.size = 20,
                 .timeout = std::chrono::seconds(1)};     // queryserver-config-transaction-cap
  rt::Duration query_timeout = std::chrono::seconds(30);  // queryserver-config-query-timeout
  rt::Duration transaction_timeout =
      std::chrono::seconds(30);  // queryserver-config-transaction-timeout
  rt::Duration olap_transaction_timeout =
      std::chrono::seconds(30);  // queryserver-config-olap-transaction-timeout
  bool terse_errors = false;     // queryserver-config-terse-errors
  rt::Duration shutdown_grace_period = std::chrono::seconds(3);  // shutdown_grace_period
  rt::Duration health_interval = std::chrono::seconds(20);       // health-check-interval
  rt::Duration degraded_threshold = std::chrono::seconds(30);    // degraded-threshold
  rt::Duration unhealthy_threshold = std::chrono::hours(2);      // unhealthy_threshold
  bool signal_schema_change = true;  // queryserver-config-schema-change-signal
  rt::Duration schema_reload_interval =
      std::chrono::minutes(30);  // queryserver-config-schema-reload-time
};

}  // namespace vif::vttablet
