#include "vtgate/engine/send.h"

#include "vtgate/engine/description.h"
#include "vtgate/engine/gather.h"
#include "vtgate/engine/packets.h"

namespace vif::vtgate::engine {

Status Send::execute_raw(ExecContext& context, const Bindings& bindings,
                         mysql::ResultSink& sink) const {
  const auto shards = VIF_TRY(context.shards(spec_.keyspace));
  if (!spec_.sharded && shards.size() != 1) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("Keyspace does not have exactly one shard: {}", spec_.keyspace));
  }
  std::vector<std::string> names =
      VIF_TRY(sharding::resolve(spec_.destination, shards, context.any_shard_choice()));
  if (names.empty()) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("no shards match the destination in {}", spec_.keyspace));
  }
  if (spec_.single_shard_only && names.size() != 1) {
    return Error(
        Code::kInvalidArgument,
        fmt::format("Unexpected error, DestinationKeyspaceID mapping to multiple shards: {}",
                    spec_.query.to_string()));
  }
  const std::string sql = VIF_TRY(fill(spec_.query, bindings));
  std::vector<ShardQuery> queries;
  for (std::string& name : names) queries.push_back({std::move(name), sql});
  ShardBatch batch;
  batch.keyspace = spec_.keyspace;
  batch.queries = queries;
  batch.effect = spec_.effect;
  batch.multi_shard_autocommit = spec_.multi_shard_autocommit;
  batch.reserve = spec_.reserve;
  batch.timeout_ms = spec_.timeout_ms;
  return gather(context, batch, sink);
}

Status Send::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  DecodingSink decoding(sink);
  return execute_raw(context, bindings, decoding);
}

Result<Fields> Send::fields(ExecContext& context, const Bindings& bindings) const {
  Collected collected;
  VIF_TRY(execute(context, bindings, collected));
  return std::move(collected.all_fields);
}

Description Send::describe() const {
  Description d;
  d.operator_type = spec_.ddl ? "DDL" : spec_.lock ? "Lock" : "Send";
  d.keyspace = spec_.keyspace;
  d.sharded = spec_.sharded;
  if (!spec_.ddl)
    d.target_destination =
        spec_.destination.to_string().substr(std::string_view("Destination").size());
  d.other["Query"] = spec_.query.to_string();
  if (spec_.effect == Effect::kWrite) d.other["IsDML"] = true;
  if (spec_.single_shard_only) d.other["SingleShardOnly"] = true;
  if (spec_.multi_shard_autocommit) d.other["MultishardAutocommit"] = true;
  if (spec_.reserve) d.other["ReservedConnectionNeeded"] = true;
  if (spec_.timeout_ms != 0) d.other["QueryTimeout"] = spec_.timeout_ms;
  return d;
}

}  // namespace vif::vtgate::engine
