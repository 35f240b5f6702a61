// multicol: a keyspace id of up to 8 bytes, a few from the hash of each column.
#include <cmath>

#include "sharding/vindexes/functions.h"
#include "sharding/vindexes/types.h"

namespace vif::sharding {
namespace {

constexpr int kBytesMax = 8;

struct HashedColumn {
  std::unique_ptr<Vindex> vindex;
  int bytes = 0;
};

class Multicol final : public Vindex, public MultiColumn {
 public:
  // Parameters that are not its own go to the column vindexes: none is unknown.
  Multicol(std::string name, std::vector<HashedColumn> columns)
      : Vindex(std::move(name), {}), columns_(std::move(columns)) {}
  int cost() const override {
    int sum = 0;
    for (const HashedColumn& column : columns_) sum += column.vindex->cost();
    return sum;
  }
  bool is_unique() const override { return true; }
  bool partial_vindex() const override { return true; }
  const MultiColumn* multi_column() const override { return this; }

  Result<std::vector<Destination>> map(std::span<const RowValues> rows) const override {
    std::vector<Destination> out;
    for (const RowValues& row : rows) {
      Result<std::string> id = keyspace_id(row);
      if (!id.ok()) {
        out.push_back(Destination::none());
      } else if (row.size() < columns_.size()) {
        out.push_back(key_range_from_prefix(*std::move(id)));
      } else {
        out.push_back(Destination::keyspace_id(*std::move(id)));
      }
    }
    return out;
  }

  Result<std::vector<bool>> verify(std::span<const RowValues> rows,
                                   std::span<const std::string> keyspace_ids) const override {
    std::vector<bool> out;
    for (size_t i = 0; i < rows.size(); ++i)
      out.push_back(VIF_TRY(keyspace_id(rows[i])) == keyspace_ids[i]);
    return out;
  }

 private:
  Result<std::string> keyspace_id(const RowValues& row) const {
    if (row.size() > columns_.size()) {
      return Error(
          Code::kInternal,
          fmt::format("[BUG] wrong number of column values were passed: maximum allowed {}, got {}",
                      columns_.size(), row.size()));
    }
    std::string id;
    size_t length = 0;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string hash = VIF_TRY(columns_[i].vindex->hashing()->hash(row[i]));
      id.resize(std::max(id.size(), length), '\0');
      id += hash.substr(0, static_cast<size_t>(std::max(columns_[i].bytes, 0)));
      length += static_cast<size_t>(columns_[i].bytes);
    }
    return id;
  }

  std::vector<HashedColumn> columns_;
};

Error invalid(std::string message) { return Error(Code::kInvalidArgument, std::move(message)); }

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const size_t comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

std::vector<std::string> list_param(const VindexParams& params, std::string_view name) {
  const auto found = params.find(name);
  return found == params.end() ? std::vector<std::string>() : split_commas(found->second);
}

std::string_view trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(" \t\r\n");
  return from == std::string_view::npos
             ? std::string_view()
             : text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

Result<int> column_count(const VindexParams& params) {
  const auto found = params.find("column_count");
  if (found == params.end())
    return invalid("number of columns not provided in the parameter 'column_count'");
  const int count = VIF_TRY(parse_int(found->second));
  if (count < 1 || count > kBytesMax) {
    return invalid("number of columns should be between 1 and 8 in the parameter 'column_count'");
  }
  return count;
}

// Columns without a count of their own share what is left, the first ones getting more.
Status set_bytes(const VindexParams& params, std::vector<HashedColumn>& columns) {
  const std::vector<std::string> given = list_param(params, "column_bytes");
  if (given.size() > columns.size()) {
    return invalid(
        "number of column bytes provided are more than column count in the parameter "
        "'column_bytes'");
  }
  int left = kBytesMax;
  std::vector<bool> is_set(columns.size(), false);
  int pending = static_cast<int>(columns.size());
  for (size_t i = 0; i < given.size(); ++i) {
    if (given[i].empty()) continue;
    columns[i].bytes = VIF_TRY(parse_int(given[i]));
    if (columns[i].bytes < 0 || columns[i].bytes > kBytesMax) left = -kBytesMax;
    left -= columns[i].bytes;
    is_set[i] = true;
    --pending;
  }
  if (pending > left) {
    return invalid(
        "column bytes count exceeds the keyspace id length (total bytes count cannot exceed 8 "
        "bytes) in the "
        "parameter 'column_bytes'");
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    if (is_set[i]) continue;
    columns[i].bytes = (left + pending - 1) / pending;
    left -= columns[i].bytes;
    --pending;
  }
  return {};
}

Status set_vindexes(const VindexParams& params, std::vector<HashedColumn>& columns) {
  const std::vector<std::string> given = list_param(params, "column_vindex");
  if (given.size() > columns.size()) {
    return invalid(
        "number of vindex function provided are more than column count in the parameter "
        "'column_vindex'");
  }
  VindexParams inner = params;
  for (const char* own : {"column_count", "column_bytes", "column_vindex"}) inner.erase(own);
  for (size_t i = 0; i < columns.size(); ++i) {
    std::string type = "hash";
    if (i < given.size() && !trimmed(given[i]).empty()) type = trimmed(given[i]);
    std::unique_ptr<Vindex> vindex = VIF_TRY(create_vindex(type, type, inner));
    if (!vindex->hashing() || !vindex->is_unique() || vindex->needs_vcursor()) {
      return invalid(
          fmt::format("multicol vindex supports vindexes that exports hashing function, are unique "
                      "and are non-lookup vindex, "
                      "passed vindex '{}' is invalid",
                      type));
    }
    columns[i].vindex = std::move(vindex);
  }
  return {};
}

}  // namespace

MadeVindex make_multicol(std::string name, const VindexParams& params) {
  std::vector<HashedColumn> columns(static_cast<size_t>(VIF_TRY(column_count(params))));
  VIF_TRY(set_bytes(params, columns));
  VIF_TRY(set_vindexes(params, columns));
  return std::unique_ptr<Vindex>(new Multicol(std::move(name), std::move(columns)));
}

}  // namespace vif::sharding
