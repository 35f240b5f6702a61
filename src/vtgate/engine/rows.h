// Rows that the plan knows already: one empty row (`select` without a table), or a fixed result.
#pragma once

#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

class SingleRow : public Primitive {
 public:
  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;
};

class FixedRows : public Primitive {
 public:
  FixedRows(Fields fields, Rows rows) : fields_(std::move(fields)), rows_(std::move(rows)) {}
  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  Fields fields_;
  Rows rows_;
};

}  // namespace vif::vtgate::engine
