// One step of a plan that the gate runs: a tree of these is a plan. Each has a file of its own.
//
// Primitives are immutable once planned and shared by all sessions that run the plan; what a run
// needs lives on its fiber's stack.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "mysql/result_sink.h"
#include "vtgate/engine/bindings.h"
#include "vtgate/engine/row_sink.h"

namespace vif::vtgate::engine {

class ExecContext;
struct Description;

class Primitive {
 public:
  virtual ~Primitive() = default;

  // Runs, streaming decoded rows into `sink`. Waits.
  virtual Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const = 0;

  // Runs as the root of a plan: packets for the client. The default encodes what execute() gives;
  // a Route over one shard, or over many in no order, passes the servers' packets through.
  virtual Status execute_raw(ExecContext& context, const Bindings& bindings,
                             mysql::ResultSink& sink) const;

  // The columns alone, without rows: asked by a join whose left side was empty.
  virtual Result<Fields> fields(ExecContext& context, const Bindings& bindings) const = 0;

  // For vexplain and the plan tests.
  virtual Description describe() const = 0;
};

using PrimitivePtr = std::unique_ptr<const Primitive>;

}  // namespace vif::vtgate::engine
