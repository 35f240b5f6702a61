// The serving graph of our cell (which shards serve which keyspace) and its SrvVSchema, as
// snapshots that follow the topology.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "clients/query_service.h"
#include "rt/fiber.h"
#include "rt/sync.h"
#include "sharding/destination.h"

namespace vif::topo {
class Server;
}

namespace vif::discovery {

struct ServingKeyspace {
  // In key range order.
  std::map<clients::TabletType, std::vector<sharding::ShardReference>> partitions;
  bool operator==(const ServingKeyspace&) const = default;
};
using ServingGraph = std::map<std::string, ServingKeyspace>;

// An actor; belongs to one scheduler.
class SrvWatch {
 public:
  SrvWatch(std::string cell, topo::Server& topology);

  // Reads both once and starts to follow them. A missing record is an empty one. Errors: those of
  // the topology.
  Status start();

  std::shared_ptr<const ServingGraph> graph() const { return graph_; }
  // The bytes of vschema.SrvVSchema.
  std::shared_ptr<const std::string> srv_vschema() const { return srv_vschema_; }
  // Until either changes. Errors: kCanceled, kDeadlineExceeded.
  Status wait_for_change(rt::Deadline deadline) { return changed_.wait(deadline); }
  // Called after each change; must not wait.
  void listen(std::function<void()> listener) { listeners_.push_back(std::move(listener)); }

 private:
  void keep_watching_graph();
  Status watch_graph_once();
  Status list_graph();
  void keep_watching_vschema();
  Status watch_vschema_once();
  void publish(std::shared_ptr<const ServingGraph> graph);
  void publish(std::string srv_vschema);

  std::string cell_;
  topo::Server& topology_;
  std::shared_ptr<const ServingGraph> graph_ = std::make_shared<const ServingGraph>();
  std::shared_ptr<const std::string> srv_vschema_ = std::make_shared<const std::string>();
  std::vector<std::function<void()>> listeners_;
  rt::WaitQueue changed_;
  rt::TaskGroup tasks_;
};

}  // namespace vif::discovery
