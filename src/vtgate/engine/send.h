// Sends a statement as it is to the shards of a destination: DDL, SHOW, CALL, targeted statements.
#pragma once

#include "sharding/destination.h"
#include "vtgate/engine/exec_context.h"
#include "vtgate/engine/primitive.h"
#include "vtgate/engine/query.h"

namespace vif::vtgate::engine {

class Send : public Primitive {
 public:
  struct Spec {
    std::string keyspace;
    bool sharded = false;
    sharding::Destination destination;
    Query query;
    Effect effect = Effect::kRead;
    bool single_shard_only = false;  // an error when the destination is several shards
    bool multi_shard_autocommit = false;
    bool reserve = false;
    bool ddl = false;   // vexplain calls it so,
    bool lock = false;  // and so
    int64_t timeout_ms = 0;
  };
  explicit Send(Spec spec) : spec_(std::move(spec)) {}

  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Status execute_raw(ExecContext& context, const Bindings& bindings,
                     mysql::ResultSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;
  const Spec& spec() const { return spec_; }

 private:
  Spec spec_;
};

}  // namespace vif::vtgate::engine
