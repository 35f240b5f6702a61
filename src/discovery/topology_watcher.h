// Finds the tablets of the watched cells in the topology and tells a HealthCheck of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "discovery/health_check.h"
#include "rt/fiber.h"

namespace vif::topo {
class Server;
}

namespace vif::discovery {

struct TopologyWatcherOptions {
  std::vector<std::string> cells;                  // --cells_to_watch, or our own
  rt::Duration refresh = std::chrono::minutes(1);  // --tablet_refresh_interval
  std::vector<std::string> keyspaces;              // --keyspaces_to_watch; empty: all
  std::vector<std::string> tablet_filters;         // --tablet_filters: "keyspace|shard"; empty: all
};

// An actor: one fiber a cell listens for changes of its records, another lists them all every
// `refresh`, so that a lost watch costs at most that long. Errors are counted, logged once, and
// waited out.
class TopologyWatcher {
 public:
  TopologyWatcher(TopologyWatcherOptions options, topo::Server& topology, HealthCheck& health);

  // Lists each cell once. Waits. Errors: those of the topology; kNotFound names a cell that does
  // not exist.
  Status start();
  // By "cell.operation" (TopologyWatcherErrors).
  const std::map<std::string, int64_t>& error_counts() const { return errors_; }

 private:
  bool wanted(const Tablet& tablet) const;
  Status list(const std::string& cell);
  void keep_listing(const std::string& cell);
  void keep_watching(const std::string& cell);
  Status watch_once(const std::string& cell);

  TopologyWatcherOptions options_;
  topo::Server& topology_;
  HealthCheck& health_;
  std::map<std::string, std::map<clients::TabletAlias, Tablet>> known_;  // by cell
  std::map<std::string, int64_t> errors_;
  rt::TaskGroup tasks_;
};

}  // namespace vif::discovery
