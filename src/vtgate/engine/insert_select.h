// INSERT ... SELECT whose rows do not stay where they are read: they are read first, all of them,
// then inserted as rows of values are.
#pragma once

#include <optional>
#include <vector>

#include "vtgate/engine/insert.h"
#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

class InsertSelect : public Primitive {
 public:
  struct Spec {
    PrimitivePtr source;
    Insert::Spec insert;  // without rows: those come from `source`
    size_t columns = 0;   // that the source must give
    std::optional<size_t>
        generated;  // column of the sequence; `columns` when the statement does not name it
    // For each of insert.vindexes, its columns among the statement's; `columns` or more: not given,
    // so NULL.
    std::vector<std::vector<size_t>> vindex_columns;
  };
  explicit InsertSelect(Spec spec) : spec_(std::move(spec)) {}

  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Status execute_raw(ExecContext& context, const Bindings& bindings,
                     mysql::ResultSink& sink) const override;
  Result<Fields> fields(ExecContext&, const Bindings&) const override { return Fields(); }
  Description describe() const override;

 private:
  void add_row(Insert::Spec& insert, const types::Row& row) const;
  Spec spec_;
};

}  // namespace vif::vtgate::engine
