#include "vtgate/engine/insert.h"

#include <algorithm>
#include <map>

#include "mysql/sinks.h"
#include "sharding/vindex.h"
#include "vtgate/engine/column_value.h"
#include "vtgate/engine/description.h"
#include "vtgate/engine/exec_context.h"
#include "vtgate/engine/gather.h"
#include "vtgate/engine/lookup.h"
#include "vtgate/engine/packets.h"

namespace vif::vtgate::engine {

namespace {

using types::Value;

std::string sequence_variable(size_t row) { return fmt::format("__seq{}", row); }

// MySQL generates for NULL, and for 0 unless NO_AUTO_VALUE_ON_ZERO is set, as Vitess has it.
bool asks_for_value(const Value& value) { return value.is_null() || value.bytes == "0"; }

}  // namespace

Result<Insert::Generated> generate_values(const Insert::Generate& generate, ExecContext& context,
                                          const Bindings& bindings, Bindings& scope) {
  std::vector<Value> values;
  int64_t wanted = 0;
  for (const ValueExpr& row : generate.rows) {
    values.push_back(VIF_TRY(evaluate(row, bindings)));
    wanted += asks_for_value(values.back());
  }
  int64_t first = 0;
  if (wanted != 0) {
    const auto shards = VIF_TRY(context.shards(generate.keyspace));
    if (shards.size() != 1) {
      return Error(Code::kFailedPrecondition,
                   fmt::format("Keyspace does not have exactly one shard: {}", generate.keyspace));
    }
    Bindings count(&bindings);
    count.set("n", Value::int64(wanted));
    const ShardQuery query{shards[0].name, VIF_TRY(fill(generate.query, count))};
    ShardBatch batch;
    batch.keyspace = generate.keyspace;
    batch.queries = std::span(&query, 1);
    batch.outside_transaction = true;
    Collected collected;
    DecodingSink decoding(collected);
    VIF_TRY(gather(context, batch, decoding));
    if (collected.all_rows.size() != 1 || collected.all_rows[0].empty()) {
      return Error(Code::kInternal, "a sequence gave no value");
    }
    first = VIF_TRY(collected.all_rows[0][0].to_int64());
  }
  int64_t next = first;
  Insert::Generated generated;
  generated.first = first;
  for (size_t i = 0; i < values.size(); ++i) {
    const bool asks = asks_for_value(values[i]);
    if (!asks) generated.last_given = values[i].to_uint64().ok() ? *values[i].to_uint64() : 0;
    scope.set(sequence_variable(i), asks ? Value::int64(next++) : values[i]);
  }
  return generated;
}

namespace {

std::string join_values(std::span<const Value> values) {
  std::string out;
  for (const Value& value : values) out += (out.empty() ? "" : " ") + value.to_string();
  return "[" + out + "]";
}

// Gives the client the insert id of a sequence instead of the servers'.
class InsertIdSink : public mysql::ResultSink {
 public:
  InsertIdSink(mysql::ResultSink& to, uint64_t id) : to_(to), id_(id) {}
  Status columns(uint32_t count, std::string_view packets) override {
    return to_.columns(count, packets);
  }
  Status rows(std::string_view packets) override { return to_.rows(packets); }
  Status end(const mysql::ResultEnd& end) override {
    mysql::ResultEnd changed = end;
    if (id_ != 0 && end.affected_rows != 0) changed.last_insert_id = id_;
    return to_.end(changed);
  }

 private:
  mysql::ResultSink& to_;
  uint64_t id_;
};

// A row's values, as they will be in the table.
Result<sharding::RowValues> stored(const Insert::ColumnVindex& vindex,
                                   const std::vector<ValueExpr>& row, const Bindings& bindings) {
  sharding::RowValues values;
  for (const ValueExpr& value : row) {
    Value given = VIF_TRY(evaluate(value, bindings));
    values.push_back(vindex.is_integer ? stored_as_integer(std::move(given)) : std::move(given));
  }
  return values;
}

}  // namespace

// A row's keyspace id; empty for a row that INSERT IGNORE leaves out.
Result<std::vector<std::string>> Insert::keyspace_ids(ExecContext& context,
                                                      const Bindings& bindings) const {
  std::vector<std::string> ids;
  const ColumnVindex& primary = spec_.vindexes[0];
  std::vector<sharding::RowValues> rows;
  for (const auto& row : primary.rows) rows.push_back(VIF_TRY(stored(primary, row, bindings)));
  const auto destinations = VIF_TRY(map_rows(context, *primary.vindex, rows));
  for (size_t i = 0; i < destinations.size(); ++i) {
    if (destinations[i].kind == sharding::Destination::Kind::kKeyspaceId) {
      ids.push_back(destinations[i].ids[0]);
    } else if (destinations[i].kind == sharding::Destination::Kind::kNone && spec_.ignore) {
      ids.emplace_back();
    } else {
      const bool without =
          std::any_of(rows[i].begin(), rows[i].end(), [](const Value& v) { return v.is_null(); });
      if (without && primary.null_error) return *primary.null_error;
      if (!without && primary.is_integer && types::is_text(rows[i][0].type)) {
        return Error(Code::kInvalidArgument, 1366, "HY000",
                     fmt::format("Incorrect integer value: '{}' for column '{}' at row {}",
                                 rows[i][0].bytes, primary.columns[0], i + 1));
      }
      return Error(Code::kFailedPrecondition,
                   fmt::format("VT09023: could not map {} to a keyspace id", join_values(rows[i])));
    }
  }
  for (size_t i = 1; i < spec_.vindexes.size(); ++i) {
    const ColumnVindex& vindex = spec_.vindexes[i];
    if (vindex.owned) VIF_TRY(create(context, bindings, vindex, ids));
    // An entry that was there already may be another row's.
    if (!vindex.owned || spec_.ignore) VIF_TRY(verify(context, bindings, vindex, ids));
  }
  return ids;
}

Status Insert::create(ExecContext& context, const Bindings& bindings, const ColumnVindex& vindex,
                      const std::vector<std::string>& ids) const {
  std::vector<sharding::RowValues> rows;
  for (const auto& row : vindex.rows) rows.push_back(VIF_TRY(stored(vindex, row, bindings)));
  context.open_transaction();
  const Owner owner{spec_.keyspace, spec_.table, vindex.columns};
  return create_entries(context, *vindex.vindex->lookup(), rows, ids, spec_.ignore, &owner);
}

Status Insert::verify(ExecContext& context, const Bindings& bindings, const ColumnVindex& vindex,
                      std::vector<std::string>& ids) const {
  std::vector<sharding::RowValues> rows;
  std::vector<std::string> row_ids;
  std::vector<size_t> numbers;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i].empty()) continue;
    sharding::RowValues values = VIF_TRY(stored(vindex, vindex.rows[i], bindings));
    // Without a value there is nothing to disagree with.
    if (std::any_of(values.begin(), values.end(), [](const Value& v) { return v.is_null(); }))
      continue;
    numbers.push_back(i);
    rows.push_back(std::move(values));
    row_ids.push_back(ids[i]);
  }
  const std::vector<bool> good = VIF_TRY(verify_rows(context, *vindex.vindex, rows, row_ids));
  for (size_t i = 0; i < good.size(); ++i) {
    if (good[i]) continue;
    if (!spec_.ignore) {
      return Error(Code::kUnknown,
                   fmt::format("values [{}] for column [{}] does not map to keyspace ids",
                               join_values(rows[i]), fmt::join(vindex.columns, " ")));
    }
    ids[numbers[i]].clear();
  }
  return {};
}

// INSERT IGNORE has left rows out, which the gate learns by their number only: entries that no row
// has go again.
Status Insert::drop_unused(ExecContext& context, const Bindings& bindings,
                           const std::vector<std::string>& ids) const {
  const ColumnVindex& primary = spec_.vindexes[0];
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i].empty()) continue;
    for (size_t v = 1; v < spec_.vindexes.size(); ++v) {
      const ColumnVindex& vindex = spec_.vindexes[v];
      if (!vindex.owned) continue;
      std::vector<std::string> columns = primary.columns;
      columns.insert(columns.end(), vindex.columns.begin(), vindex.columns.end());
      sharding::RowValues values;
      for (const ColumnVindex* one : {&primary, &vindex}) {
        sharding::RowValues of_one = VIF_TRY(stored(*one, one->rows[i], bindings));
        std::move(of_one.begin(), of_one.end(), std::back_inserter(values));
      }
      if (std::any_of(values.begin(), values.end(),
                      [](const Value& value) { return value.is_null(); }))
        continue;
      if (VIF_TRY(has_row(context, {spec_.keyspace, spec_.table, columns}, values))) continue;
      values.erase(values.begin(), values.begin() + static_cast<ptrdiff_t>(primary.columns.size()));
      VIF_TRY(delete_entries(context, *vindex.vindex->lookup(), std::span(&values, 1),
                             std::span(&ids[i], 1)));
    }
  }
  return {};
}

Status Insert::execute_raw(ExecContext& context, const Bindings& bindings,
                           mysql::ResultSink& sink) const {
  Bindings scope(&bindings);
  uint64_t insert_id = 0;
  if (spec_.generate) {
    const Generated generated = VIF_TRY(generate_values(*spec_.generate, context, bindings, scope));
    insert_id =
        generated.first != 0 ? static_cast<uint64_t>(generated.first) : generated.last_given;
    if (generated.first == 0) context.keep_last_insert_id();
  }

  const auto shards = VIF_TRY(context.shards(spec_.keyspace));
  std::vector<ShardQuery> queries;
  std::vector<std::string> ids;
  if (!spec_.sharded) {
    if (shards.size() != 1) {
      return Error(Code::kFailedPrecondition,
                   fmt::format("Keyspace does not have exactly one shard: {}", spec_.keyspace));
    }
    queries.push_back({shards[0].name, VIF_TRY(fill(spec_.prefix, scope))});
  } else if (spec_.copies) {
    const std::string text = VIF_TRY(fill(spec_.prefix, scope));
    for (const sharding::ShardReference& shard : shards) queries.push_back({shard.name, text});
  } else {
    ids = VIF_TRY(keyspace_ids(context, scope));
    const std::string prefix = VIF_TRY(fill(spec_.prefix, scope));
    for (size_t i = 0; i < ids.size(); ++i) {
      if (ids[i].empty()) continue;
      const std::string shard = VIF_TRY(sharding::shard_for_keyspace_id(shards, ids[i]));
      auto it = std::find_if(queries.begin(), queries.end(),
                             [&](const ShardQuery& q) { return q.shard == shard; });
      if (it == queries.end()) {
        it = queries.insert(queries.end(), {shard, prefix});
      } else {
        it->sql += ", ";
      }
      it->rows.push_back(static_cast<uint32_t>(i + 1));
      VIF_TRY(append_filled(spec_.rows[i], scope, it->sql));
    }
    const std::string suffix = VIF_TRY(fill(spec_.suffix, scope));
    for (ShardQuery& query : queries) query.sql += suffix;
  }
  if (queries.empty()) return sink.end({});

  ShardBatch batch;
  batch.keyspace = spec_.keyspace;
  batch.queries = queries;
  batch.effect = Effect::kWrite;
  batch.multi_shard_autocommit = spec_.multi_shard_autocommit;
  batch.timeout_ms = spec_.timeout_ms;
  InsertIdSink with_id(sink, insert_id);
  if (spec_.copies) return gather_alike(context, batch, with_id);
  const bool owns = std::any_of(spec_.vindexes.begin(), spec_.vindexes.end(),
                                [](const ColumnVindex& vindex) { return vindex.owned; });
  if (!spec_.ignore || !owns) return gather(context, batch, with_id);
  mysql::HeldEnd end(with_id);
  VIF_TRY(gather(context, batch, end));
  const size_t sent = ids.size() - static_cast<size_t>(std::count(ids.begin(), ids.end(), ""));
  if (end.held.affected_rows < sent) VIF_TRY(drop_unused(context, scope, ids));
  return with_id.end(end.held);
}

Status Insert::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  DecodingSink decoding(sink);
  return execute_raw(context, bindings, decoding);
}

Result<Fields> Insert::fields(ExecContext&, const Bindings&) const { return Fields(); }

Description Insert::describe() const {
  Description d;
  d.operator_type = "Insert";
  d.variant = spec_.sharded ? "Sharded" : "Unsharded";
  d.keyspace = spec_.keyspace;
  d.sharded = spec_.sharded;
  std::string query = spec_.prefix.to_string();
  for (size_t i = 0; i < spec_.rows.size(); ++i)
    query += (i ? ", " : "") + spec_.rows[i].to_string();
  d.other["Query"] = query + spec_.suffix.to_string();
  if (!spec_.table.empty()) d.other["TableName"] = spec_.table;
  if (spec_.ignore) d.other["InsertIgnore"] = true;
  if (spec_.multi_shard_autocommit) d.other["MultiShardAutocommit"] = true;
  if (spec_.timeout_ms != 0) d.other["QueryTimeout"] = spec_.timeout_ms;
  if (spec_.generate) {
    std::vector<std::string> values;
    for (const ValueExpr& value : spec_.generate->rows) values.push_back(value.display);
    d.other["AutoIncrement"] =
        fmt::format("{}:Values::({})", spec_.generate->query.to_string(), fmt::join(values, ", "));
  }
  if (!spec_.vindexes.empty()) {
    std::map<std::string, std::string> values;
    for (const ColumnVindex& vindex : spec_.vindexes) {
      std::vector<std::string> rows;
      for (const auto& row : vindex.rows) {
        for (const ValueExpr& value : row) rows.push_back(value.display);
      }
      values[vindex.vindex->name()] = fmt::format("{}", fmt::join(rows, ", "));
    }
    d.other["VindexValues"] = std::move(values);
  }
  return d;
}

}  // namespace vif::vtgate::engine
