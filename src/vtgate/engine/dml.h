// UPDATE, DELETE and INSERT ... SELECT on the shards that hold the rows.
#pragma once

#include "vtgate/engine/primitive.h"
#include "vtgate/engine/query.h"
#include "vtgate/engine/routing.h"

namespace vif::vtgate::engine {

class Dml : public Primitive {
 public:
  enum class Verb : uint8_t { kUpdate, kDelete, kInsertSelect };
  struct Spec {
    Verb verb = Verb::kUpdate;
    Routing routing;
    Query query;
    std::string table;
    bool copies = false;  // every shard has the same rows: a reference table
    bool multi_shard_autocommit = false;
    int64_t timeout_ms = 0;
  };
  explicit Dml(Spec spec) : spec_(std::move(spec)) {}

  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Status execute_raw(ExecContext& context, const Bindings& bindings, mysql::ResultSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;
  const Spec& spec() const { return spec_; }

 private:
  Spec spec_;
};

}  // namespace vif::vtgate::engine
