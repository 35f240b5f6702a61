// UNION ALL: the sources' rows one after the other, under the first one's column names.
#pragma once

#include <vector>

#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

class Concatenate : public Primitive {
 public:
  // `compared`: columns that someone above compares by weight string; sources must agree whether
  // they are text. `mixed_sign_is_decimal`: signed and unsigned integers become DECIMAL together,
  // as MariaDB has it.
  explicit Concatenate(std::vector<PrimitivePtr> sources, std::vector<size_t> compared = {},
                       bool mixed_sign_is_decimal = false)
      : sources_(std::move(sources)),
        compared_(std::move(compared)),
        mixed_sign_is_decimal_(mixed_sign_is_decimal) {}

  // Errors: 1222 when the sources have different numbers of columns; VT12001 for text among numbers
  // compared, and for types that have none in common here.
  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  std::vector<PrimitivePtr> sources_;
  std::vector<size_t> compared_;
  bool mixed_sign_is_decimal_;
};

}  // namespace vif::vtgate::engine
