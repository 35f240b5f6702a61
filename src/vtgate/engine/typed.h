// A query whose columns have the types that a server gives them. The gate computes values; what
// columns are (an INT or a BIGINT, how long, how many digits) a server knows better, which is asked
// for the columns of the whole query, once for all runs with the same text.
#pragma once

#include <optional>
#include <string>

#include "vtgate/engine/primitive.h"
#include "vtgate/engine/query.h"
#include "vtgate/engine/routing.h"

namespace vif::vtgate::engine {

class Typed : public Primitive {
 public:
  struct Spec {
    PrimitivePtr input;
    Query query;  // the client's, without rows
    Routing routing;
    bool checks_grouping = false;  // refused for ONLY_FULL_GROUP_BY, it is not run
  };
  explicit Typed(Spec spec) : spec_(std::move(spec)) {}

  // A server that does not know the columns leaves them as `input` tells them.
  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  Result<std::optional<Fields>> ask(ExecContext& context, const Bindings& bindings) const;

  Spec spec_;
  // Of the last run: texts differ by the literals in the select list only.
  mutable std::string asked_;
  mutable std::optional<Fields> told_;
};

}  // namespace vif::vtgate::engine
