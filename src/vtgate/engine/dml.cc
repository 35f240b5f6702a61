#include "vtgate/engine/dml.h"

#include <set>

#include "vtgate/engine/description.h"
#include "vtgate/engine/exec_context.h"
#include "vtgate/engine/gather.h"
#include "vtgate/engine/lookup.h"
#include "vtgate/engine/packets.h"
#include "vtgate/engine/route.h"

namespace vif::vtgate::engine {

namespace {

sharding::RowValues pick(const types::Row& row, const std::vector<size_t>& columns) {
  sharding::RowValues values;
  for (const size_t column : columns) values.push_back(row[column]);
  return values;
}

bool same(const sharding::RowValues& a, const sharding::RowValues& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].is_null() != b[i].is_null() || a[i].bytes != b[i].bytes) return false;
  }
  return true;
}

// A join finds a row as often as it meets others, and changes it once.
void leave_one_of_each(Rows& rows) {
  std::set<std::string> seen;
  std::erase_if(rows, [&](const types::Row& row) {
    std::string text;
    for (const types::Value& value : row) {
      value.append_sql(text);
      text += ',';
    }
    return !seen.insert(std::move(text)).second;
  });
}

}  // namespace

Status Dml::change_entries(ExecContext& context, const Bindings& bindings) const {
  const OwnedLookups& owned = *spec_.owned;
  context.open_transaction();
  const std::vector<ShardQuery> queries =
      VIF_TRY(shard_queries(spec_.routing, owned.query, context, bindings, false));
  if (queries.empty()) return {};
  ShardBatch batch;
  batch.keyspace = spec_.routing.keyspace;
  batch.queries = queries;
  batch.timeout_ms = spec_.timeout_ms;
  Collected found;
  DecodingSink decoding(found);
  VIF_TRY(gather(context, batch, decoding));
  if (found.all_rows.empty()) return {};
  leave_one_of_each(found.all_rows);
  std::vector<sharding::RowValues> keys;
  for (const types::Row& row : found.all_rows)
    keys.emplace_back(row.begin(), row.begin() + static_cast<ptrdiff_t>(owned.primary_columns));
  std::vector<std::string> ids;
  for (const sharding::Destination& destination :
       VIF_TRY(map_rows(context, *owned.primary, keys))) {
    if (destination.kind != sharding::Destination::Kind::kKeyspaceId) {
      return Error(Code::kInternal, "VT13001: [BUG] a row has no keyspace id");
    }
    ids.push_back(destination.ids[0]);
  }
  for (const OwnedLookups::Entry& entry : owned.entries) {
    std::vector<sharding::RowValues> gone;
    std::vector<sharding::RowValues> come;
    std::vector<std::string> moved;
    for (size_t i = 0; i < ids.size(); ++i) {
      sharding::RowValues before = pick(found.all_rows[i], entry.before);
      sharding::RowValues after = pick(found.all_rows[i], entry.after);
      if (!after.empty() && same(before, after)) continue;
      gone.push_back(std::move(before));
      if (!after.empty()) come.push_back(std::move(after));
      moved.push_back(ids[i]);
    }
    VIF_TRY(delete_entries(context, *entry.vindex->lookup(), gone, moved));
    if (come.empty()) continue;
    const Owner owner{spec_.routing.keyspace, spec_.table, entry.columns};
    VIF_TRY(create_entries(context, *entry.vindex->lookup(), come, moved, false, &owner));
  }
  return {};
}

Status Dml::execute_raw(ExecContext& context, const Bindings& bindings,
                        mysql::ResultSink& sink) const {
  const std::vector<ShardQuery> queries =
      VIF_TRY(shard_queries(spec_.routing, spec_.query, context, bindings, false));
  if (queries.empty()) return sink.end({});
  // Only now: the entries may be what said where the rows are.
  if (spec_.owned) VIF_TRY(change_entries(context, bindings));
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
  if (spec_.owned) d.other["OwnedVindexQuery"] = spec_.owned->query.to_string();
  if (spec_.multi_shard_autocommit) d.other["MultiShardAutocommit"] = true;
  if (spec_.timeout_ms != 0) d.other["QueryTimeout"] = spec_.timeout_ms;
  return d;
}

}  // namespace vif::vtgate::engine
