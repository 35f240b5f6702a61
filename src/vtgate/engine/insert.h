// INSERT into a sharded keyspace, or into any keyspace with a sequence: rows go to the shards that
// their vindex columns map to.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "vtgate/engine/primitive.h"
#include "vtgate/engine/query.h"
#include "vtgate/engine/value_expr.h"

namespace vif::sharding {
class Vindex;
}

namespace vif::vtgate::engine {

class Insert : public Primitive {
 public:
  // A vindex of the table and, row by row, the values of its columns. The first one says where a
  // row goes; the others must agree with it.
  struct ColumnVindex {
    std::shared_ptr<const sharding::Vindex> vindex;
    std::vector<std::string> columns;
    std::vector<std::vector<ValueExpr>> rows;
    std::optional<Error> null_error;  // told instead of VT09023 for a row without a value
    // Of its one column: values are stored as integers, and 1366 is told for text that is none.
    bool is_integer = false;
    bool owned = false;  // a lookup whose entries come and go with this table's rows
  };
  // Values that come from a sequence. Row i's value is bound as :__seq<i>.
  struct Generate {
    std::string keyspace;
    Query query;                  // "select next :n values from seq"
    std::vector<ValueExpr> rows;  // what the statement says: NULL or 0 asks for a value
  };
  struct Generated {
    int64_t first = 0;  // 0 when no row asked
    uint64_t last_given =
        0;  // what the last row says itself: its insert id when none was generated
  };
  struct Spec {
    std::string keyspace;
    bool sharded = false;
    std::string table;
    bool ignore = false;
    bool copies = false;  // a reference table: all rows go to every shard
    // "insert into t(a, b) values ", "(1, 2)" a row, " on duplicate key ...". Unsharded, or copies:
    // all of it in `prefix`.
    Query prefix;
    std::vector<Query> rows;
    Query suffix;
    std::vector<ColumnVindex> vindexes;
    std::optional<Generate> generate;
    bool multi_shard_autocommit = false;
    int64_t timeout_ms = 0;
  };
  explicit Insert(Spec spec) : spec_(std::move(spec)) {}

  // Errors: VT09023 (a row maps to no keyspace id), VT12001, those of the vindexes.
  Status execute_raw(ExecContext& context, const Bindings& bindings,
                     mysql::ResultSink& sink) const override;
  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  Result<std::vector<std::string>> keyspace_ids(ExecContext& context,
                                                const Bindings& bindings) const;
  Status verify(ExecContext& context, const Bindings& bindings, const ColumnVindex& vindex,
                std::vector<std::string>& ids) const;
  Status create(ExecContext& context, const Bindings& bindings, const ColumnVindex& vindex,
                const std::vector<std::string>& ids) const;
  Status drop_unused(ExecContext& context, const Bindings& bindings,
                     const std::vector<std::string>& ids) const;
  Spec spec_;
};

// Reserves values for the rows that ask, and binds each row's. Waits for the sequence.
Result<Insert::Generated> generate_values(const Insert::Generate& generate, ExecContext& context,
                                          const Bindings& bindings, Bindings& scope);

}  // namespace vif::vtgate::engine
