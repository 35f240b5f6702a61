// Keeps the rows for which a condition is true.
#pragma once

#include "vtgate/engine/expression.h"
#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

class Filter : public Primitive {
 public:
  Filter(PrimitivePtr input, Expression condition)
      : input_(std::move(input)), condition_(std::move(condition)) {}

  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  PrimitivePtr input_;
  Expression condition_;
};

}  // namespace vif::vtgate::engine
