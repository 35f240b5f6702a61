#include "discovery/srv_watch.h"

#include <algorithm>

#include "base/log.h"
#include "proto/topodata.pb.h"
#include "proto/vschema.pb.h"
#include "topo/server.h"

namespace vif::discovery {

namespace {

constexpr rt::Duration kRetry = std::chrono::seconds(1);

ServingKeyspace from_record(const topodata::SrvKeyspace& record) {
  ServingKeyspace keyspace;
  for (const auto& partition : record.partitions()) {
    std::vector<sharding::ShardReference> shards;
    for (const auto& reference : partition.shard_references()) {
      shards.push_back(
          {reference.name(), {reference.key_range().start(), reference.key_range().end()}});
    }
    std::sort(shards.begin(), shards.end(), [](const auto& a, const auto& b) {
      return std::tie(a.key_range.start, a.name) < std::tie(b.key_range.start, b.name);
    });
    keyspace.partitions[static_cast<clients::TabletType>(partition.served_type())] =
        std::move(shards);
  }
  return keyspace;
}

}  // namespace

SrvWatch::SrvWatch(std::string cell, topo::Server& topology)
    : cell_(std::move(cell)), topology_(topology) {}

Status SrvWatch::start() {
  VIF_TRY(list_graph());
  const Result<vschema::SrvVSchema> vschema = topology_.get_srv_vschema(cell_);
  if (vschema.ok()) {
    publish(vschema->SerializeAsString());
  } else if (vschema.error().code() != Code::kNotFound) {
    return vschema.error();
  }
  tasks_.spawn([this] { keep_watching_graph(); });
  tasks_.spawn([this] { keep_watching_vschema(); });
  return {};
}

Status SrvWatch::list_graph() {
  auto graph = std::make_shared<ServingGraph>();
  for (const std::string& name : VIF_TRY(topology_.srv_keyspace_names(cell_))) {
    const Result<topodata::SrvKeyspace> record = topology_.get_srv_keyspace(cell_, name);
    if (record.ok()) {
      (*graph)[name] = from_record(*record);
    } else if (record.error().code() != Code::kNotFound) {
      return record.error();
    }
  }
  publish(std::move(graph));
  return {};
}

void SrvWatch::keep_watching_graph() {
  while (!rt::cancelled()) {
    const Status ended = watch_graph_once();
    if (rt::cancelled()) return;
    if (!ended.ok())
      VIF_LOG(kWarning, "watch of the serving graph of {}: {}", cell_, ended.error().to_string());
    if (!rt::sleep_for(kRetry).ok()) return;
  }
}

Status SrvWatch::watch_graph_once() {
  topo::Connection* connection = VIF_TRY(topology_.cell(cell_));
  const std::unique_ptr<topo::Watch> watch =
      VIF_TRY(connection->watch_recursive("keyspaces", topology_.operation_deadline()));
  while (true) {
    VIF_TRY(watch->next(rt::Deadline::never()));
    if (watch->caught_up()) VIF_TRY(list_graph());
  }
}

void SrvWatch::keep_watching_vschema() {
  while (!rt::cancelled()) {
    const Status ended = watch_vschema_once();
    if (rt::cancelled()) return;
    if (!ended.ok() && ended.error().code() != Code::kNotFound) {
      VIF_LOG(kWarning, "watch of the SrvVSchema of {}: {}", cell_, ended.error().to_string());
    }
    if (!rt::sleep_for(kRetry).ok()) return;
  }
}

Status SrvWatch::watch_vschema_once() {
  const std::unique_ptr<topo::Watch> watch = VIF_TRY(topology_.watch_srv_vschema(cell_));
  while (true) {
    topo::WatchEvent event = VIF_TRY(watch->next(rt::Deadline::never()));
    publish(event.deleted ? std::string() : std::move(event.file.contents));
  }
}

void SrvWatch::publish(std::shared_ptr<const ServingGraph> graph) {
  if (*graph == *graph_) return;
  graph_ = std::move(graph);
  for (const auto& listener : listeners_) listener();
  changed_.notify_all();
}

void SrvWatch::publish(std::string srv_vschema) {
  if (srv_vschema == *srv_vschema_) return;
  srv_vschema_ = std::make_shared<const std::string>(std::move(srv_vschema));
  for (const auto& listener : listeners_) listener();
  changed_.notify_all();
}

}  // namespace vif::discovery
