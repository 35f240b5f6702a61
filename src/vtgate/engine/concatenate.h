// UNION ALL: the sources' rows one after the other, under the first one's column names.
#pragma once

#include <vector>

#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

class Concatenate : public Primitive {
 public:
  explicit Concatenate(std::vector<PrimitivePtr> sources) : sources_(std::move(sources)) {}

  // Errors: 1222 when the sources have different numbers of columns.
  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  std::vector<PrimitivePtr> sources_;
};

}  // namespace vif::vtgate::engine
