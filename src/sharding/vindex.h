// A vindex maps column values to keyspace ids, hence to shards. Names, parameters, costs, values
// and error texts are Vitess's. A vindex is immutable, holds no connection and never waits: those
// that keep their map in a table (Lookup) say which query to run and read its result.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sharding/destination.h"
#include "types/value.h"

namespace vif::sharding {

using VindexParams = std::map<std::string, std::string, std::less<>>;

class SingleColumn;
class MultiColumn;
class Hashing;
class Reversible;
class Sequential;
class Lookup;

class Vindex {
 public:
  virtual ~Vindex() = default;
  // The name that the vschema gives it, not its type.
  const std::string& name() const { return name_; }
  // 0: the value is a keyspace id; 1: hashed to one; 2 and more: looked up.
  virtual int cost() const = 0;
  virtual bool is_unique() const = 0;
  // True for those whose map needs queries (Lookup).
  virtual bool needs_vcursor() const { return false; }
  // Sorted names of parameters given but not known; they are ignored, and the vschema's writer is
  // warned.
  const std::vector<std::string>& unknown_params() const { return unknown_params_; }

  // What else it can do: null when it cannot. Every vindex is exactly one of the first two.
  virtual const SingleColumn* single_column() const { return nullptr; }
  virtual const MultiColumn* multi_column() const { return nullptr; }
  virtual const Hashing* hashing() const { return nullptr; }
  virtual const Reversible* reversible() const { return nullptr; }
  virtual const Sequential* sequential() const { return nullptr; }
  virtual const Lookup* lookup() const { return nullptr; }
  // The vindex that maps a prefix (LIKE 'x%') instead of a whole value.
  virtual const Vindex* prefix_vindex() const { return nullptr; }

 protected:
  Vindex(std::string name, std::vector<std::string> unknown_params)
      : name_(std::move(name)), unknown_params_(std::move(unknown_params)) {}

 private:
  std::string name_;
  std::vector<std::string> unknown_params_;
};

using RowValues = std::vector<types::Value>;

class SingleColumn {
 public:
  virtual ~SingleColumn() = default;
  // One destination an id, in order. Errors: kUnimplemented for a lookup vindex (use lookup()).
  virtual Result<std::vector<Destination>> map(std::span<const types::Value> ids) const = 0;
  // For each pair, whether the id maps to the keyspace id. REQUIRES: equal sizes.
  virtual Result<std::vector<bool>> verify(std::span<const types::Value> ids,
                                           std::span<const std::string> keyspace_ids) const = 0;
};

class MultiColumn {
 public:
  virtual ~MultiColumn() = default;
  virtual Result<std::vector<Destination>> map(std::span<const RowValues> rows) const = 0;
  virtual Result<std::vector<bool>> verify(std::span<const RowValues> rows,
                                           std::span<const std::string> keyspace_ids) const = 0;
  // Leading columns alone may be mapped, to a key range.
  virtual bool partial_vindex() const = 0;
};

// One value's hash, for multicol.
class Hashing {
 public:
  virtual ~Hashing() = default;
  virtual Result<std::string> hash(const types::Value& id) const = 0;
};

class Reversible {
 public:
  virtual ~Reversible() = default;
  virtual Result<std::vector<types::Value>> reverse_map(
      std::span<const std::string> keyspace_ids) const = 0;
};

// Maps BETWEEN's two ends to a key range.
class Sequential {
 public:
  virtual ~Sequential() = default;
  virtual Result<std::vector<Destination>> range_map(const types::Value& start,
                                                     const types::Value& end) const = 0;
};

// A vindex kept in a table. What to run is said here; who runs it, in which transaction, is the
// engine's.
class Lookup {
 public:
  enum class CommitOrder : uint8_t { kNormal = 0, kPre = 1, kPost = 2, kAutocommit = 3 };
  virtual ~Lookup() = default;

  // "select from, to from table where from in ::from": bind a tuple of from_value()s as
  // `arguments[0]`; all ids in one query when allow_batch() or when they are integers, else one
  // query an id. Rows are (from, to).
  struct Query {
    std::string sql;
    std::vector<std::string> arguments;
  };
  virtual Query select_query() const = 0;
  virtual bool allow_batch() const = 0;
  virtual bool autocommit() const = 0;
  virtual CommitOrder commit_order() const = 0;
  // While it is being filled (write_only), reads do not trust it: map gives all shards.
  virtual bool is_backfilling() const = 0;
  // Null goes unindexed: it maps everywhere and has no row.
  virtual bool ignore_nulls() const = 0;
  // Verification is off.
  virtual bool skips_verify() const = 0;
  // Destinations of `ids` out of the rows; results[i] are the rows of ids[i] (the engine splits a
  // batch), the to column last.
  virtual Result<std::vector<Destination>> map_result(
      std::span<const types::Value> ids,
      std::span<const std::vector<types::Row>> results) const = 0;
  // Statements that keep the table: bind variables are the from columns' names (with the row's
  // number appended in insert_sql) and the to column's.
  virtual std::string insert_sql(size_t rows, bool ignore) const = 0;
  virtual std::string delete_sql() const = 0;
  virtual std::string verify_sql() const = 0;
  // For consistent_lookup's duplicates: lock the row, point it to another keyspace id.
  virtual std::string lock_sql() const = 0;
  virtual std::string update_sql() const = 0;
  virtual const std::vector<std::string>& from_columns() const = 0;
  virtual const std::string& to_column() const = 0;
  virtual const std::string& table() const = 0;
  // The from column's value for an id (lookup_unicodeloosemd5_hash hashes it).
  virtual Result<types::Value> from_value(const types::Value& id) const = 0;
  // The to column's value for a keyspace id (lookup_hash unhashes it).
  virtual Result<types::Value> to_value(std::string_view keyspace_id) const = 0;
  // consistent_lookup: an existing row is checked against its owner before it is an error.
  virtual bool is_consistent() const = 0;
};

using VindexFactory = Result<std::unique_ptr<Vindex>> (*)(std::string name,
                                                          const VindexParams& params);
using VindexTypes = std::map<std::string, VindexFactory, std::less<>>;

// All of Vitess's types, by the name that a vschema's "type" uses. The table is in
// vindexes/types.cc.
const VindexTypes& vindex_types();

// Errors: `vindexType "x" not found`, and the type's own about its parameters.
Result<std::unique_ptr<Vindex>> create_vindex(std::string_view type, std::string name,
                                              const VindexParams& params,
                                              const VindexTypes& types = vindex_types());

// Map and verify of either kind; a single-column vindex takes each row's first value.
Result<std::vector<Destination>> map_rows(const Vindex& vindex, std::span<const RowValues> rows);
Result<std::vector<bool>> verify_rows(const Vindex& vindex, std::span<const RowValues> rows,
                                      std::span<const std::string> keyspace_ids);

}  // namespace vif::sharding
