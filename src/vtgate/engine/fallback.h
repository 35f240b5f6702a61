// A query in two ways: the first, and when that turns out to be unsupported before it has said
// anything, the second.
#pragma once

#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

class Fallback : public Primitive {
 public:
  // Both give the same result; only the first is described.
  Fallback(PrimitivePtr first, PrimitivePtr second)
      : first_(std::move(first)), second_(std::move(second)) {}

  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  PrimitivePtr first_;
  PrimitivePtr second_;
};

}  // namespace vif::vtgate::engine
