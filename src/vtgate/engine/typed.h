// A query of which a server is asked, before it runs, what it knows better than the gate: what the
// columns are that the gate computes (an INT or a BIGINT, how long, how many digits), and whether
// ONLY_FULL_GROUP_BY refuses it.
#pragma once

#include <memory>
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
    Query columns;   // the client's, without rows; empty: columns are as `input` tells them
    Query grouping;  // the client's, with LIMIT 0; empty: nothing to refuse
    Routing routing;
  };
  explicit Typed(Spec spec) : spec_(std::move(spec)) {}

  // A server that does not know the columns leaves them as `input` tells them. Errors: `input`'s;
  // 1055, 1140, 3065 and 3066 for the grouping.
  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  using Told = std::shared_ptr<const Fields>;  // null: not known
  Result<Collected> ask(ExecContext& context, const std::string& text) const;
  Status check_grouping(ExecContext& context, const Bindings& bindings) const;
  Result<Told> told_columns(ExecContext& context, const Bindings& bindings) const;

  Spec spec_;
  // What was told last, so that a plan that runs again asks again only where the answer may be
  // another: columns are by the session's mode and the literals of the select list, groupings by
  // the mode and by how many values lists have, not by which.
  mutable std::string asked_;
  mutable Told told_;
  mutable std::optional<std::string> grouped_in_mode_;
};

}  // namespace vif::vtgate::engine
