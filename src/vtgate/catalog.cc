#include "vtgate/catalog.h"

#include <google/protobuf/util/json_util.h>

#include "base/log.h"
#include "proto/vschema.pb.h"

namespace vif::vtgate {

CatalogHolder::CatalogHolder() : graph_(std::make_shared<const discovery::ServingGraph>()) {
  rebuild();
}

void CatalogHolder::set_graph(std::shared_ptr<const discovery::ServingGraph> graph) {
  graph_ = std::move(graph);
  // A keyspace that is served but in no vschema yet is an unsharded one without tables.
  bool new_keyspace = false;
  for (const auto& [name, keyspace] : *graph_) new_keyspace |= !spec_.keyspaces.contains(name);
  if (new_keyspace) {
    rebuild();
    return;
  }
  auto next = std::make_shared<Catalog>(*current_);
  next->graph = graph_;
  current_ = std::move(next);
}

void CatalogHolder::set_vschema(std::string_view srv_vschema) {
  ::vschema::SrvVSchema message;
  std::string json;
  const bool parsed =
      message.ParseFromArray(srv_vschema.data(), static_cast<int>(srv_vschema.size())) &&
      google::protobuf::util::MessageToJsonString(message, &json).ok();
  Result<sharding::SrvVSchemaSpec> spec =
      parsed ? sharding::parse_srv_vschema_json(json)
             : Result<sharding::SrvVSchemaSpec>(Error(Code::kInvalidArgument, "not a SrvVSchema"));
  if (!spec.ok()) {
    ++errors_;
    VIF_LOG(kError, "cannot use the new SrvVSchema: {}", spec.error().to_string());
    return;
  }
  spec_ = std::move(*spec);
  ++reloads_;
  rebuild();
}

void CatalogHolder::set_tracked(const std::string& keyspace, sharding::TrackedKeyspace tables) {
  tracked_[keyspace] = std::move(tables);
  rebuild();
}

void CatalogHolder::update_tracked(const std::string& keyspace, std::span<const std::string> names,
                                   sharding::TrackedKeyspace found) {
  sharding::TrackedKeyspace& tracked = tracked_[keyspace];
  for (const std::string& name : names) {
    tracked.tables.erase(name);
    tracked.views.erase(name);
  }
  tracked.tables.merge(found.tables);
  tracked.views.merge(found.views);
  rebuild();
}

void CatalogHolder::rebuild() {
  sharding::SrvVSchemaSpec spec = spec_;
  for (const auto& [name, keyspace] : *graph_) spec.keyspaces.try_emplace(name);
  auto next = std::make_shared<Catalog>();
  next->vschema = sharding::build_vschema(spec, tracked_);
  next->graph = graph_;
  next->generation = current_ ? current_->generation + 1 : 1;
  for (const auto& [name, keyspace] : next->vschema->keyspaces()) {
    if (keyspace.error)
      VIF_LOG(kError, "vschema of keyspace {}: {}", name, keyspace.error->message());
  }
  current_ = std::move(next);
}

}  // namespace vif::vtgate
