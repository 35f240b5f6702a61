// LIMIT and OFFSET over rows of several shards. The input is asked for offset + count rows through
// the bind variable :__upper_limit.
#pragma once

#include <optional>

#include "vtgate/engine/primitive.h"
#include "vtgate/engine/value_expr.h"

namespace vif::vtgate::engine {

inline constexpr std::string_view kUpperLimitVariable = "__upper_limit";

class Limit : public Primitive {
 public:
  // `calc_found_rows`: the input is read to its end, and its rows are counted for FOUND_ROWS().
  Limit(PrimitivePtr input, ValueExpr count, std::optional<ValueExpr> offset,
        bool calc_found_rows = false)
      : input_(std::move(input)),
        count_(std::move(count)),
        offset_(std::move(offset)),
        calc_found_rows_(calc_found_rows) {}

  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  PrimitivePtr input_;
  ValueExpr count_;
  std::optional<ValueExpr> offset_;
  bool calc_found_rows_;
};

}  // namespace vif::vtgate::engine
