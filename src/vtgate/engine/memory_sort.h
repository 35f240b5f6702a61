// Sorts all rows of its input. Holds them in memory.
#pragma once

#include <vector>

#include "vtgate/engine/order_by.h"
#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

class MemorySort : public Primitive {
 public:
  // `visible`: how many columns to pass on, 0 for all.
  MemorySort(PrimitivePtr input, std::vector<OrderBy> order_by, size_t visible)
      : input_(std::move(input)), order_by_(std::move(order_by)), visible_(visible) {}

  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  PrimitivePtr input_;
  std::vector<OrderBy> order_by_;
  size_t visible_;
};

}  // namespace vif::vtgate::engine
