// The short way of a statement that needs no work at the gate: its own text goes to one shard, and
// the shard's packets go to the client. What Executor::run_plan() would do with it, without the
// layers that such a plan has no use for.
#pragma once

#include "mysql/result_sink.h"
#include "vtgate/plan_cache.h"
#include "vtgate/session.h"

namespace vif::vtgate {

// The plan's root, when each run of the plan is such a statement's; null otherwise.
const engine::Route* passage_of(const CachedPlan& cached);

// True while the session's state asks for no more than that: no transaction, no connection of its
// own, our rules of reading.
bool may_pass(const Session& session);

// Hands on what a tablet says; at its end the session learns what it must, and the client what the
// session says.
class PassingSink final : public mysql::ResultSink {
 public:
  PassingSink(mysql::ResultSink& to, Session& session) : to_(to), session_(session) {}
  Status columns(uint32_t count, std::string_view packets) override {
    has_columns_ = true;
    return to_.columns(count, packets);
  }
  Status rows(std::string_view packets) override { return to_.rows(packets); }
  Status end(const mysql::ResultEnd& end) override;

 private:
  mysql::ResultSink& to_;
  Session& session_;
  bool has_columns_ = false;
};

}  // namespace vif::vtgate
