#include "vtgate/engine/route.h"

#include "vtgate/engine/description.h"
#include "vtgate/engine/exec_context.h"
#include "vtgate/engine/gather.h"
#include "vtgate/engine/merge_sort.h"
#include "vtgate/engine/packets.h"
#include "vtgate/engine/trim.h"

namespace vif::vtgate::engine {

namespace {

ShardBatch batch_of(const Route::Spec& spec, const Routing& routing,
                    std::span<const ShardQuery> queries) {
  ShardBatch batch;
  batch.keyspace = routing.keyspace;
  batch.queries = queries;
  batch.timeout_ms = spec.timeout_ms;
  batch.scatter_errors_as_warnings = spec.scatter_errors_as_warnings;
  return batch;
}

// information_schema asked about a keyspace: that keyspace's servers answer, where its database has
// a name of its own. Any other name is a database's own.
Result<Routing> for_system_schema(const Routing& routing, ExecContext& context,
                                  const Bindings& bindings, Bindings& scope) {
  Routing settled = routing;
  settled.system_schema.reset();
  types::Value schema = VIF_TRY(evaluate(*routing.system_schema, bindings));
  if (!schema.is_null() && context.shards(schema.bytes).ok()) {
    settled.keyspace = schema.bytes;
    schema.bytes = context.database_name(schema.bytes);
  }
  scope.set(std::string(kSchemaVariable), std::move(schema));
  return settled;
}

}  // namespace

Result<std::vector<ShardQuery>> shard_queries(const Routing& routing, const Query& query,
                                              ExecContext& context, const Bindings& bindings,
                                              bool at_least_one) {
  std::vector<ShardTarget> targets = VIF_TRY(resolve(routing, context, bindings));
  if (targets.empty() && at_least_one)
    targets.push_back({VIF_TRY(any_shard(routing, context)), {}});
  std::vector<ShardQuery> queries;
  queries.reserve(targets.size());
  for (ShardTarget& target : targets) {
    if (routing.splits_list) {
      Bindings part(&bindings);
      part.set(std::string(kListVariable), types::BindVariable::tuple(std::move(target.list)));
      queries.push_back({std::move(target.shard), VIF_TRY(fill(query, part))});
    } else if (queries.empty()) {
      queries.push_back({std::move(target.shard), VIF_TRY(fill(query, bindings))});
    } else {
      queries.push_back({std::move(target.shard), queries[0].sql});
    }
  }
  return queries;
}

Status Route::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  Bindings scope(&bindings);
  std::optional<Routing> settled;
  if (spec_.routing.system_schema)
    settled = VIF_TRY(for_system_schema(spec_.routing, context, bindings, scope));
  const Routing& routing = settled ? *settled : spec_.routing;
  const std::vector<ShardQuery> queries =
      VIF_TRY(shard_queries(routing, spec_.query, context, scope, true));
  const ShardBatch batch = batch_of(spec_, routing, queries);
  TrimSink trim(sink, spec_.columns);
  RowSink& to = spec_.columns == 0 ? sink : trim;
  if (!spec_.order_by.empty() && queries.size() > 1)
    return merge_sort(context, batch, spec_.order_by, to);
  DecodingSink decoding(to);
  return gather(context, batch, decoding);
}

Status Route::execute_raw(ExecContext& context, const Bindings& bindings,
                          mysql::ResultSink& sink) const {
  if (!passes_through()) return Primitive::execute_raw(context, bindings, sink);
  Bindings scope(&bindings);
  std::optional<Routing> settled;
  if (spec_.routing.system_schema)
    settled = VIF_TRY(for_system_schema(spec_.routing, context, bindings, scope));
  const Routing& routing = settled ? *settled : spec_.routing;
  const std::vector<ShardQuery> queries =
      VIF_TRY(shard_queries(routing, spec_.query, context, scope, true));
  return gather(context, batch_of(spec_, routing, queries), sink);
}

Result<Fields> Route::fields(ExecContext& context, const Bindings& bindings) const {
  Bindings scope(&bindings);
  if (spec_.routing.splits_list)
    scope.set(std::string(kListVariable), types::BindVariable::tuple({}));
  if (spec_.routing.system_schema) scope.set(std::string(kSchemaVariable), types::Value::null());
  const Query& query = spec_.field_query.empty() ? spec_.query : spec_.field_query;
  const ShardQuery only{VIF_TRY(any_shard(spec_.routing, context)), VIF_TRY(fill(query, scope))};
  Collected collected;
  TrimSink trim(collected, spec_.columns);
  DecodingSink decoding(spec_.columns == 0 ? static_cast<RowSink&>(collected) : trim);
  VIF_TRY(gather(context, batch_of(spec_, spec_.routing, std::span(&only, 1)), decoding));
  return std::move(collected.all_fields);
}

Description Route::describe() const {
  Description d;
  d.operator_type = "Route";
  engine::describe(spec_.routing, d);
  if (!spec_.field_query.empty()) d.other["FieldQuery"] = spec_.field_query.to_string();
  d.other["Query"] = spec_.query.to_string();
  if (!spec_.order_by.empty()) d.other["OrderBy"] = to_string(spec_.order_by);
  if (spec_.columns != 0) d.other["ResultColumns"] = static_cast<int64_t>(spec_.columns);
  if (spec_.timeout_ms != 0) d.other["QueryTimeout"] = spec_.timeout_ms;
  if (spec_.scatter_errors_as_warnings) d.other["ScatterErrorsAsWarnings"] = true;
  return d;
}

}  // namespace vif::vtgate::engine
