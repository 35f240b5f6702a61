#include "vtgate/engine/dml.h"

#include "vtgate/engine/description.h"
#include "vtgate/engine/exec_context.h"
#include "vtgate/engine/gather.h"
#include "vtgate/engine/packets.h"
#include "vtgate/engine/route.h"

namespace vif::vtgate::engine {

Status Dml::execute_raw(ExecContext& context, const Bindings& bindings, mysql::ResultSink& sink) const {
  const std::vector<ShardQuery> queries =
      VIF_TRY(shard_queries(spec_.routing, spec_.query, context, bindings, false));
  if (queries.empty()) return sink.end({});
  ShardBatch batch;
  batch.keyspace = spec_.routing.keyspace;
  batch.queries = queries;
  batch.effect = Effect::kWrite;
  batch.multi_shard_autocommit = spec_.multi_shard_autocommit;
  batch.timeout_ms = spec_.timeout_ms;
  return spec_.copies ? gather_alike(context, batch, sink) : gather(context, batch, sink);
}

Status Dml::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  DecodingSink decoding(sink);
  return execute_raw(context, bindings, decoding);
}

Result<Fields> Dml::fields(ExecContext&, const Bindings&) const { return Fields(); }

Description Dml::describe() const {
  Description d;
  switch (spec_.verb) {
    case Verb::kUpdate: d.operator_type = "Update"; break;
    case Verb::kDelete: d.operator_type = "Delete"; break;
    case Verb::kInsertSelect: d.operator_type = "Insert"; break;
  }
  engine::describe(spec_.routing, d);
  d.other["Query"] = spec_.query.to_string();
  if (!spec_.table.empty()) d.other["Table"] = spec_.table;
  if (spec_.multi_shard_autocommit) d.other["MultiShardAutocommit"] = true;
  if (spec_.timeout_ms != 0) d.other["QueryTimeout"] = spec_.timeout_ms;
  return d;
}

}  // namespace vif::vtgate::engine
