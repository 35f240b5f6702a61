// The lookup family: the map is in a table, one row a value. They differ in the to column (a
// keyspace id, or the number whose hash it is), in what the from value goes through, in uniqueness
// and in the order of commit.
#include "sharding/vindexes/functions.h"
#include "sharding/vindexes/types.h"
#include "sharding/vindexes/unicode_loose.h"

namespace vif::sharding {
namespace {

struct LookupKind {
  std::string_view label;  // Vitess's type name in messages
  bool unique;
  bool hashed_to;     // the to column holds the number that des_hash maps
  bool unicode_from;  // the from column holds the text's MD5 as a number
  bool consistent;
  bool no_verify;  // knows the parameter of that name
  int cost;
};

struct LookupTable {
  std::string table;
  std::vector<std::string> from;
  std::string to;
  bool autocommit = false;
  bool multi_shard_autocommit = false;
  bool upsert = false;
  bool ignore_nulls = false;
  bool batch_lookup = false;
  bool write_only = false;
  bool no_verify = false;
  std::string read_lock;
};

class LookupVindex final : public Vindex, public SingleColumn, public Lookup {
 public:
  LookupVindex(std::string name, std::vector<std::string> unknown, LookupKind kind,
               LookupTable table)
      : Vindex(std::move(name), std::move(unknown)), kind_(kind), table_(std::move(table)) {}

  int cost() const override { return kind_.cost; }
  bool is_unique() const override { return kind_.unique; }
  bool needs_vcursor() const override { return true; }
  const SingleColumn* single_column() const override { return this; }
  const Lookup* lookup() const override { return this; }

  Result<std::vector<Destination>> map(std::span<const types::Value> ids) const override {
    if (table_.write_only ||
        (ids.size() == 1 && ids[0].is_null() && table_.ignore_nulls && !kind_.unique)) {
      return std::vector<Destination>(ids.size(), Destination::key_range({}));
    }
    return Error(Code::kInternal, "VT13001: [BUG] cannot perform lookup: no vcursor provided");
  }
  Result<std::vector<bool>> verify(std::span<const types::Value> ids,
                                   std::span<const std::string>) const override {
    if (table_.write_only || table_.no_verify) return std::vector<bool>(ids.size(), true);
    return Error(Code::kInternal, "VT13001: [BUG] cannot perform lookup: no vcursor provided");
  }

  Query select_query() const override {
    const std::string& from = table_.from[0];
    return {fmt::format("select {}, {} from {} where {} in ::{}", from, table_.to, table_.table,
                        from, from),
            table_.from};
  }
  bool allow_batch() const override { return table_.batch_lookup; }
  bool autocommit() const override { return table_.autocommit; }
  CommitOrder commit_order() const override {
    return kind_.consistent ? CommitOrder::kPre : CommitOrder::kNormal;
  }
  bool is_backfilling() const override { return table_.write_only; }
  bool is_consistent() const override { return kind_.consistent; }
  const std::vector<std::string>& from_columns() const override { return table_.from; }
  const std::string& to_column() const override { return table_.to; }
  const std::string& table() const override { return table_.table; }
  bool ignore_nulls() const override { return table_.ignore_nulls; }
  bool skips_verify() const override { return table_.write_only || table_.no_verify; }

  Result<std::vector<Destination>> map_result(
      std::span<const types::Value> ids,
      std::span<const std::vector<types::Row>> results) const override {
    if (table_.write_only) return std::vector<Destination>(ids.size(), Destination::key_range({}));
    std::vector<Destination> out;
    for (size_t i = 0; i < results.size(); ++i) {
      if (results[i].empty()) {
        out.push_back(Destination::none());
        continue;
      }
      if (kind_.unique && results[i].size() > 1) {
        return Error(Code::kUnknown,
                     fmt::format("{}.Map: unexpected multiple results from vindex {}: {}",
                                 kind_.label, table_.table, ids[i].to_string()));
      }
      std::vector<std::string> keyspace_ids;
      for (const types::Row& row : results[i]) {
        Result<std::string> id = keyspace_id_of(row.back());
        if (id.ok()) {
          keyspace_ids.push_back(*std::move(id));
        } else if (!kind_.hashed_to) {
          return id.error();
        }
      }
      if (!kind_.unique) {
        out.push_back(Destination::keyspace_ids(std::move(keyspace_ids)));
      } else if (keyspace_ids.empty()) {
        out.push_back(Destination::none());
      } else {
        out.push_back(Destination::keyspace_id(std::move(keyspace_ids[0])));
      }
    }
    return out;
  }

  std::string insert_sql(size_t rows, bool ignore) const override {
    std::string sql =
        table_.multi_shard_autocommit ? "insert /*vt+ MULTI_SHARD_AUTOCOMMIT=1 */" : "insert";
    sql += fmt::format("{} into {}({}, {}) values", ignore ? " ignore" : "", table_.table,
                       joined_from(", "), table_.to);
    for (size_t row = 0; row < rows; ++row) {
      sql += row == 0 ? "(" : ", (";
      for (const std::string& column : table_.from) sql += fmt::format(":{}_{}, ", column, row);
      sql += fmt::format(":{}_{})", table_.to, row);
    }
    if (table_.upsert) {
      sql += " on duplicate key update ";
      for (const std::string& column : table_.from)
        sql += fmt::format("{}=values({}), ", column, column);
      sql += fmt::format("{}=values({})", table_.to, table_.to);
    }
    return sql;
  }

  std::string delete_sql() const override {
    return fmt::format("delete from {} where {} and {} = :{}", table_.table, from_equals(),
                       table_.to, table_.to);
  }
  std::string verify_sql() const override {
    const std::string& from = table_.from[0];
    return fmt::format("select {} from {} where {} = :{} and {} = :{}", from, table_.table, from,
                       from, table_.to, table_.to);
  }
  std::string lock_sql() const override {
    return fmt::format("select {} from {} where {} for update", table_.to, table_.table,
                       from_equals());
  }
  std::string update_sql() const override {
    return fmt::format("update {} set {}=:{} where {}", table_.table, table_.to, table_.to,
                       from_equals());
  }

  Result<types::Value> to_value(std::string_view keyspace_id) const override {
    if (!kind_.hashed_to) return types::Value::varbinary(std::string(keyspace_id));
    return types::Value::uint64(VIF_TRY(des_unhash(keyspace_id)));
  }

  Result<types::Value> from_value(const types::Value& value) const override {
    if (!kind_.unicode_from) return value;
    const std::string text = VIF_TRY(value_bytes(value));
    const std::string hash = md5(VIF_TRY(unicode_weights(text)));
    return types::Value::uint64(from_big_endian(std::string_view(hash).substr(0, 8)));
  }

 private:
  Result<std::string> keyspace_id_of(const types::Value& to) const {
    if (!kind_.hashed_to) return value_bytes(to);
    return des_hash(VIF_TRY(value_uint64(to)));
  }
  std::string joined_from(std::string_view separator) const {
    std::string out;
    for (const std::string& column : table_.from) {
      if (!out.empty()) out += separator;
      out += column;
    }
    return out;
  }
  std::string from_equals() const {
    std::string out;
    for (const std::string& column : table_.from) {
      if (!out.empty()) out += " and ";
      out += fmt::format("{} = :{}", column, column);
    }
    return out;
  }

  LookupKind kind_;
  LookupTable table_;
};

Status read_bool(const VindexParams& params, std::string_view name, bool& out) {
  const auto found = params.find(name);
  if (found == params.end()) return {};
  if (found->second != "true" && found->second != "false") {
    return Error(Code::kInvalidArgument,
                 fmt::format("{} value must be 'true' or 'false': '{}'", name, found->second));
  }
  out = found->second == "true";
  return {};
}

std::vector<std::string> from_columns_of(std::string_view text) {
  std::vector<std::string> out;
  for (;;) {
    const size_t comma = text.find(',');
    std::string_view column = text.substr(0, comma);
    while (!column.empty() && column.front() == ' ') column.remove_prefix(1);
    while (!column.empty() && column.back() == ' ') column.remove_suffix(1);
    out.emplace_back(column);
    if (comma == std::string_view::npos) return out;
    text.remove_prefix(comma + 1);
  }
}

MadeVindex make(std::string name, const VindexParams& params, const LookupKind& kind) {
  LookupTable table;
  if (!kind.consistent) {
    VIF_TRY(read_bool(params, "autocommit", table.autocommit));
    VIF_TRY(read_bool(params, "multi_shard_autocommit", table.multi_shard_autocommit));
  }
  VIF_TRY(read_bool(params, "write_only", table.write_only));
  if (kind.no_verify) VIF_TRY(read_bool(params, "no_verify", table.no_verify));
  table.upsert = !kind.unique && (table.autocommit || table.multi_shard_autocommit);
  table.autocommit |= table.multi_shard_autocommit;
  table.table = param(params, "table");
  table.to = param(params, "to");
  table.from = from_columns_of(param(params, "from"));
  VIF_TRY(read_bool(params, "ignore_nulls", table.ignore_nulls));
  VIF_TRY(read_bool(params, "batch_lookup", table.batch_lookup));
  if (const auto lock = params.find("read_lock"); lock != params.end()) {
    if (lock->second != "exclusive" && lock->second != "shared" && lock->second != "none") {
      return Error(Code::kInvalidArgument, "invalid read_lock value: " + lock->second);
    }
    table.read_lock = lock->second;
  }
  std::vector<std::string> unknown;
  for (std::string& parameter : find_unknown_params(
           params,
           {"table", "from", "to", "ignore_nulls", "batch_lookup", "read_lock", "write_only"})) {
    const bool autocommit = parameter == "autocommit" || parameter == "multi_shard_autocommit";
    const bool known =
        (autocommit && !kind.consistent) || (parameter == "no_verify" && kind.no_verify);
    if (!known) unknown.push_back(std::move(parameter));
  }
  return std::unique_ptr<Vindex>(
      new LookupVindex(std::move(name), std::move(unknown), kind, std::move(table)));
}

}  // namespace

MadeVindex make_lookup(std::string name, const VindexParams& params) {
  return make(std::move(name), params, {"Lookup", false, false, false, false, true, 20});
}
MadeVindex make_lookup_unique(std::string name, const VindexParams& params) {
  return make(std::move(name), params, {"Lookup", true, false, false, false, true, 10});
}
MadeVindex make_lookup_cost(std::string name, const VindexParams& params) {
  const Result<int> cost = parse_int(param(params, "cost"));
  return make(std::move(name), params,
              {"Lookup", false, false, false, false, true, cost.ok() ? *cost : 5});
}
MadeVindex make_lookup_hash(std::string name, const VindexParams& params) {
  return make(std::move(name), params, {"LookupHash", false, true, false, false, false, 20});
}
MadeVindex make_lookup_hash_unique(std::string name, const VindexParams& params) {
  return make(std::move(name), params, {"LookupHash", true, true, false, false, false, 10});
}
MadeVindex make_lookup_unicodeloosemd5_hash(std::string name, const VindexParams& params) {
  return make(std::move(name), params,
              {"LookupUnicodeLooseMD5Hash", false, true, true, false, false, 20});
}
MadeVindex make_lookup_unicodeloosemd5_hash_unique(std::string name, const VindexParams& params) {
  return make(std::move(name), params,
              {"LookupUnicodeLooseMD5HashUnique", true, true, true, false, false, 10});
}
MadeVindex make_consistent_lookup(std::string name, const VindexParams& params) {
  return make(std::move(name), params, {"Lookup", false, false, false, true, false, 20});
}
MadeVindex make_consistent_lookup_unique(std::string name, const VindexParams& params) {
  return make(std::move(name), params, {"Lookup", true, false, false, true, false, 10});
}

}  // namespace vif::sharding
