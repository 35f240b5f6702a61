// Runs a subquery once, then the query that uses its result through bind variables.
#pragma once

#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

class UncorrelatedSubquery : public Primitive {
 public:
  enum class Use : uint8_t {
    kValue,  // a scalar: at most one row
    kIn,     // x in (subquery): all values
    kNotIn,
    kExists,
  };
  struct Spec {
    Use use = Use::kValue;
    std::string result;      // "__sq1": the value, or the list
    std::string has_values;  // "__sq_has_values": 1 or 0
    PrimitivePtr subquery;
    PrimitivePtr outer;
  };
  explicit UncorrelatedSubquery(Spec spec) : spec_(std::move(spec)) {}

  // Errors: 1242 (more than one row), 1241 (more than one column).
  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;
  // The subquery's result into `scope`.
  Status bind(ExecContext& context, const Bindings& bindings, Bindings& scope) const;

 private:
  Spec spec_;
};

}  // namespace vif::vtgate::engine
