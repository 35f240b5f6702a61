#include "vtgate/execution.h"

#include "discovery/tablet.h"
#include "vtgate/mysql_error.h"

namespace vif::vtgate {

Result<std::span<const sharding::ShardReference>> serving_shards(const Catalog& catalog, std::string_view keyspace,
                                                                 clients::TabletType type) {
  const auto found = catalog.graph->find(std::string(keyspace));
  if (found == catalog.graph->end()) return unknown_database(keyspace);
  const auto partition = found->second.partitions.find(type);
  if (partition == found->second.partitions.end() || partition->second.empty()) {
    return Error(Code::kUnavailable, fmt::format("no valid tablet: no shard of keyspace {} serves tablet type {}",
                                                 keyspace, discovery::tablet_type_upper(type)));
  }
  return std::span<const sharding::ShardReference>(partition->second);
}

Result<std::span<const sharding::ShardReference>> Execution::shards(std::string_view keyspace) {
  return serving_shards(*catalog_, keyspace, session_.tablet_type);
}

Status Execution::execute(const engine::ShardBatch& batch, std::span<mysql::ResultSink* const> sinks) {
  engine::ShardBatch run = batch;
  run.outside_transaction |= outside_;
  const bool writes_many = run.effect == engine::Effect::kWrite && run.queries.size() > 1 &&
                           !run.multi_shard_autocommit && !run.outside_transaction;
  if (writes_many && !session_.in_transaction) {
    session_.in_transaction = true;
    implicit_transaction_ = true;
  }
  return scatter_.execute(session_, run, sinks, deadline_, sent_, implicit_transaction_);
}

void Execution::warn(int mysql_errno, std::string message) {
  session_.warnings.push_back({"Warning", mysql_errno, std::move(message)});
}

}  // namespace vif::vtgate
