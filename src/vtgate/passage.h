// The short way of a statement that needs no work at the gate: its own text goes to one shard, and
// the shard's packets go to the client. What Executor::run_plan() would do with it, without the
// layers that such a plan has no use for. A prepared statement goes so too, with the parameters as
// the client sent them: the server binds them, and its binary rows are the client's.
#pragma once

#include "mysql/result_sink.h"
#include "vtgate/plan_cache.h"
#include "vtgate/session.h"

namespace vif::vtgate {

// The plan's root, when each run of the plan is such a statement's; null otherwise.
const engine::Route* passage_of(const CachedPlan& cached);

// False when the session reads by other rules than servers do, or its transaction is lost.
bool may_pass(const Session& session);

// Hands on what a tablet says; at its end the session learns what it must, and the client what the
// session says.
class PassingSink final : public mysql::ResultSink {
 public:
  PassingSink(mysql::ResultSink& to, Session& session) : to_(to), session_(session) {}
  Status columns(uint32_t count, std::string_view packets) override {
    has_columns_ = touched_ = true;
    return to_.columns(count, packets);
  }
  Status rows(std::string_view packets) override { return to_.rows(packets); }
  Status end(const mysql::ResultEnd& end) override;
  // Something was handed on.
  bool touched() const { return touched_; }

 private:
  mysql::ResultSink& to_;
  Session& session_;
  bool has_columns_ = false;
  bool touched_ = false;
};

}  // namespace vif::vtgate
