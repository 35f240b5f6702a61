// UNION ALL: the sources' rows one after the other, under the first one's column names.
#pragma once

#include <vector>

#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

class Concatenate : public Primitive {
 public:
  // `compared`: columns that someone above compares by weight string; sources must agree whether they are text.
  explicit Concatenate(std::vector<PrimitivePtr> sources, std::vector<size_t> compared = {})
      : sources_(std::move(sources)), compared_(std::move(compared)) {}

  // Errors: 1222 when the sources have different numbers of columns; VT12001 for text among numbers compared.
  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  std::vector<PrimitivePtr> sources_;
  std::vector<size_t> compared_;
};

}  // namespace vif::vtgate::engine
