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
  // `ignore`: of INSERT IGNORE, which takes a value whatever it warns of.
  ComputedValues(std::vector<One> values, bool ignore, PrimitivePtr user)
      : values_(std::move(values)), ignore_(ignore), user_(std::move(user)) {}

  // Errors: those of the expressions; what they warn of, in a strict mode, as a server has it for
  // values that are written; kInvalidArgument for a missing bind variable.
  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Status execute_raw(ExecContext& context, const Bindings& bindings,
                     mysql::ResultSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  // The user's own: the values stand in it.
  Description describe() const override;

 private:
  Status bind(ExecContext& context, const Bindings& bindings, Bindings& scope) const;

  std::vector<One> values_;
  bool ignore_;
  PrimitivePtr user_;
};

}  // namespace vif::vtgate::engine
