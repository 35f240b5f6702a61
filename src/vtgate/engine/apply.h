// A correlated subquery: for each outer row, the inner query runs with that row's values as bind
// variables, and what it gives becomes one more column. Rows with the same values share one run.
#pragma once

#include <map>
#include <string>

#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

class Apply : public Primitive {
 public:
  enum class Use : uint8_t {
    kExists,  // 1 or 0
    kValue,   // the one value, or NULL; more rows than one are MySQL's error 1242
  };
  static constexpr int kResult = -1;
  struct Spec {
    Use use = Use::kExists;
    PrimitivePtr outer;
    PrimitivePtr inner;
    std::map<std::string, size_t> variables;  // bind variable of the inner query -> outer column
    std::vector<int> columns;                 // what it gives: outer columns, or kResult
    std::string name;                         // of the result's column; "" keeps the inner query's
  };
  explicit Apply(Spec spec) : spec_(std::move(spec)) {}

  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  Result<types::Value> run(ExecContext& context, const Bindings& scope) const;
  Result<Fields> with_result(ExecContext& context, const Bindings& bindings,
                             const Fields& outer) const;
  Spec spec_;
};

}  // namespace vif::vtgate::engine
