// Computes columns from the input's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vtgate/engine/expression.h"
#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

class Projection : public Primitive {
 public:
  struct Column {
    std::optional<Expression> expression;  // absent: the input's column `index`
    size_t index = 0;
    std::string name;  // "" keeps the input's
  };
  Projection(PrimitivePtr input, std::vector<Column> columns)
      : input_(std::move(input)), columns_(std::move(columns)) {}

  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  PrimitivePtr input_;
  std::vector<Column> columns_;
};

}  // namespace vif::vtgate::engine
