#include "discovery/topology_watcher.h"

#include <algorithm>

#include "base/log.h"
#include "proto/topodata.pb.h"
#include "topo/server.h"

namespace vif::discovery {

namespace {

Tablet from_record(const topodata::Tablet& record) {
  Tablet tablet;
  tablet.alias = {record.alias().cell(), record.alias().uid()};
  tablet.keyspace = record.keyspace();
  tablet.shard = record.shard();
  tablet.type = static_cast<clients::TabletType>(record.type());
  tablet.hostname = record.hostname();
  const auto port = [&](const char* name) {
    const auto found = record.port_map().find(name);
    return found == record.port_map().end() ? uint16_t{0} : static_cast<uint16_t>(found->second);
  };
  tablet.grpc_port = port("grpc");
  tablet.web_port = port("vt");
  tablet.mysql_hostname = record.mysql_hostname();
  tablet.mysql_port = static_cast<uint16_t>(record.mysql_port());
  tablet.primary_term_start_s = record.primary_term_start_time().seconds();
  return tablet;
}

}  // namespace

TopologyWatcher::TopologyWatcher(TopologyWatcherOptions options, topo::Server& topology,
                                 HealthCheck& health)
    : options_(std::move(options)), topology_(topology), health_(health) {}

Status TopologyWatcher::start() {
  for (const std::string& cell : options_.cells) {
    VIF_TRY(topology_.get_cell_info(cell));
    VIF_TRY(list(cell));
  }
  for (const std::string& cell : options_.cells) {
    tasks_.spawn([this, cell] { keep_listing(cell); });
    tasks_.spawn([this, cell] { keep_watching(cell); });
  }
  return {};
}

bool TopologyWatcher::wanted(const Tablet& tablet) const {
  const auto& keyspaces = options_.keyspaces;
  if (!keyspaces.empty() &&
      std::find(keyspaces.begin(), keyspaces.end(), tablet.keyspace) == keyspaces.end()) {
    return false;
  }
  const auto& filters = options_.tablet_filters;
  return filters.empty() || std::find(filters.begin(), filters.end(),
                                      tablet.keyspace + "|" + tablet.shard) != filters.end();
}

Status TopologyWatcher::list(const std::string& cell) {
  const std::vector<topodata::Tablet> records = VIF_TRY(topology_.tablets_in_cell(cell));
  std::map<clients::TabletAlias, Tablet> found;
  for (const topodata::Tablet& record : records) {
    Tablet tablet = from_record(record);
    if (wanted(tablet)) found.emplace(tablet.alias, std::move(tablet));
  }
  std::map<clients::TabletAlias, Tablet>& known = known_[cell];
  for (const auto& [alias, tablet] : known) {
    if (!found.contains(alias)) health_.remove_tablet(alias);
  }
  for (const auto& [alias, tablet] : found) health_.add_tablet(tablet);
  known = std::move(found);
  return {};
}

void TopologyWatcher::keep_listing(const std::string& cell) {
  bool failing = false;
  while (rt::sleep_for(options_.refresh).ok()) {
    const Status listed = list(cell);
    if (!listed.ok()) {
      ++errors_["ListTablets." + cell];
      if (!failing)
        VIF_LOG(kError, "cannot list tablets of cell {}: {}", cell, listed.error().to_string());
    }
    failing = !listed.ok();
  }
}

void TopologyWatcher::keep_watching(const std::string& cell) {
  while (!rt::cancelled()) {
    const Status ended = watch_once(cell);
    if (!ended.ok()) ++errors_["WatchTablets." + cell];
    if (!rt::sleep_for(std::chrono::seconds(1)).ok()) return;
  }
}

Status TopologyWatcher::watch_once(const std::string& cell) {
  topo::Connection* connection = VIF_TRY(topology_.cell(cell));
  const std::unique_ptr<topo::Watch> watch =
      VIF_TRY(connection->watch_recursive("tablets", topology_.operation_deadline()));
  while (true) {
    VIF_TRY(watch->next(rt::Deadline::never()));
    if (watch->caught_up()) VIF_TRY(list(cell));
  }
}

}  // namespace vif::discovery
