// Nested loop join: for each left row, the right side with that row's values as bind variables.
//
// The left side is read to its end before the first right query: in a transaction both may use the
// same connection.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

// May the values of these columns stand in another query's text?
Status check_variables(const Fields& fields, const std::map<std::string, size_t>& variables);

class Join : public Primitive {
 public:
  struct Column {
    bool left = true;
    size_t index = 0;
  };
  struct Spec {
    bool left_outer = false;
    PrimitivePtr left;
    PrimitivePtr right;
    std::vector<Column> columns;              // what it gives
    std::map<std::string, size_t> variables;  // bind variable of the right side -> left column
  };
  explicit Join(Spec spec) : spec_(std::move(spec)) {}

  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  Fields joined(const Fields& left, const Fields& right) const;
  Spec spec_;
};

}  // namespace vif::vtgate::engine
