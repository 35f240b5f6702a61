// Sends one query to the shards that it concerns, and streams what they answer.
#pragma once

#include <vector>

#include "vtgate/engine/order_by.h"
#include "vtgate/engine/primitive.h"
#include "vtgate/engine/query.h"
#include "vtgate/engine/routing.h"

namespace vif::vtgate::engine {

struct ShardQuery;

// The query for each shard that `routing` means. When no shard can have a matching row: none, or
// (`at_least_one`) any one, which then gives the columns, and the row that an aggregate has even
// without input.
Result<std::vector<ShardQuery>> shard_queries(const Routing& routing, const Query& query,
                                              ExecContext& context, const Bindings& bindings,
                                              bool at_least_one);

class Route : public Primitive {
 public:
  struct Spec {
    Routing routing;
    Query query;
    Query field_query;              // the same with `where 1 != 1`
    std::vector<OrderBy> order_by;  // each shard's result comes sorted so; they are merged
    size_t columns = 0;             // of the result to pass on, the rest serves sorting; 0: all
    std::string table;              // for vexplain of old kind and metrics
    int64_t timeout_ms = 0;
    bool scatter_errors_as_warnings = false;
    bool locks = false;  // SELECT ... FOR UPDATE
  };
  explicit Route(Spec spec) : spec_(std::move(spec)) {}

  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Status execute_raw(ExecContext& context, const Bindings& bindings,
                     mysql::ResultSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

  const Spec& spec() const { return spec_; }

 private:
  bool passes_through() const { return spec_.order_by.empty() && spec_.columns == 0; }
  Spec spec_;
};

}  // namespace vif::vtgate::engine
