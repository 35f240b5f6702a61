// What statements are planned against: the vschema with the tables' columns, and the serving graph;
// one immutable snapshot that is replaced as a whole.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "discovery/srv_watch.h"
#include "sharding/vschema.h"

namespace vif::vtgate {

struct Catalog {
  std::shared_ptr<const sharding::VSchema> vschema;
  std::shared_ptr<const discovery::ServingGraph> graph;
  uint64_t generation = 0;  // grows with each vschema; plans of another generation are of no use
};
using CatalogPtr = std::shared_ptr<const Catalog>;

// Keeps the current Catalog. Belongs to one scheduler; never waits.
class CatalogHolder {
 public:
  CatalogHolder();

  CatalogPtr current() const { return current_; }

  void set_graph(std::shared_ptr<const discovery::ServingGraph> graph);
  // `srv_vschema`: bytes of vschema.SrvVSchema. Bad bytes are logged and change nothing.
  void set_vschema(std::string_view srv_vschema);
  // What schema tracking learnt of one keyspace: replaces what was known of it.
  void set_tracked(const std::string& keyspace, sharding::TrackedKeyspace tables);
  // The same for these tables and views alone; those that `found` does not hold are gone.
  void update_tracked(const std::string& keyspace, std::span<const std::string> names,
                      sharding::TrackedKeyspace found);

  int64_t reload_count() const { return reloads_; }
  int64_t error_count() const { return errors_; }
  const sharding::SrvVSchemaSpec& vschema_spec() const { return spec_; }

 private:
  void rebuild();

  std::shared_ptr<const discovery::ServingGraph> graph_;
  sharding::SrvVSchemaSpec spec_;
  sharding::TrackedSchema tracked_;
  int64_t reloads_ = 0;
  int64_t errors_ = 0;
  CatalogPtr current_;
};

}  // namespace vif::vtgate
