// Computes values in the gate, once, before the statement that uses them by name: `insert into
// t(id) values (uuid())` must know the id to find the row's shard, and the row must then have that
// id.
#pragma once

#include "vtgate/engine/expression.h"
#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

class ComputedValues : public Primitive {
 public:
  struct One {
    std::string name;  // the bind variable that `user` reads
    Expression expression;
  };
  ComputedValues(std::vector<One> values, PrimitivePtr user)
      : values_(std::move(values)), user_(std::move(user)) {}

  // Errors: those of the expressions; kInvalidArgument for a missing bind variable.
  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Status execute_raw(ExecContext& context, const Bindings& bindings,
                     mysql::ResultSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  // The user's own: the values stand in it.
  Description describe() const override;

 private:
  Status bind(ExecContext& context, const Bindings& bindings, Bindings& scope) const;

  std::vector<One> values_;
  PrimitivePtr user_;
};

}  // namespace vif::vtgate::engine
