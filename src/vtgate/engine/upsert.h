// REPLACE and INSERT ... ON DUPLICATE KEY UPDATE of a table that owns lookup vindexes. What a
// server does with a row that is in the way would leave that row's entries behind, and a row in
// the way may be on another shard. So rows are taken one by one: what is in the way of one is
// looked for by the primary key and by each unique lookup, changed or taken away by statements of
// the gate's own, and only a row that nothing is in the way of is inserted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vtgate/engine/insert.h"
#include "vtgate/engine/primitive.h"
#include "vtgate/engine/value_expr.h"

namespace vif::vtgate::engine {

class Upsert : public Primitive {
 public:
  // A statement that the gate plans like a client's.
  struct Text {
    std::string sql;
    std::vector<std::string> variables;
  };
  struct Key {
    std::vector<ValueExpr> values;  // one that is NULL meets no row
    Text find;                      // ON DUPLICATE KEY UPDATE: is there such a row? Locks it.
    Text change;                    // DELETE for REPLACE, else UPDATE
  };
  struct Row {
    std::vector<Key> keys;
    PrimitivePtr insert;
  };
  struct Spec {
    bool replace = false;
    std::vector<Row> rows;
    std::optional<Insert::Generate> generate;
    Insert::Spec shown;     // for vexplain
    size_t deprecated = 0;  // VALUES() that a server would warn of
  };
  explicit Upsert(Spec spec) : spec_(std::move(spec)) {}

  // Errors: those of the statements; 1062 for a key that is neither primary nor a lookup.
  Status execute_raw(ExecContext& context, const Bindings& bindings,
                     mysql::ResultSink& sink) const override;
  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext&, const Bindings&) const override { return Fields(); }
  Description describe() const override;

 private:
  Result<uint64_t> put(ExecContext& context, const Bindings& bindings, const Row& row) const;

  Spec spec_;
};

}  // namespace vif::vtgate::engine
