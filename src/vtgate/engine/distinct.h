// Leaves out rows that equal an earlier one.
#pragma once

#include <vector>

#include "vtgate/engine/order_by.h"
#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

class Distinct : public Primitive {
 public:
  // `columns`: those compared, with their weight strings; `visible`: how many to pass on, 0 for
  // all.
  Distinct(PrimitivePtr input, std::vector<OrderBy> columns, size_t visible)
      : input_(std::move(input)), columns_(std::move(columns)), visible_(visible) {}

  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  PrimitivePtr input_;
  std::vector<OrderBy> columns_;
  size_t visible_;
};

}  // namespace vif::vtgate::engine
