// Plans by fingerprint: least recently used goes first. Belongs to one scheduler.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/metrics.h"
#include "clients/query_service.h"
#include "discovery/srv_watch.h"
#include "sql/normalize.h"
#include "sql/parser.h"
#include "vtgate/plan/plan.h"
#include "vtgate/titles.h"

namespace vif::vtgate {

namespace engine {
class Route;
}

// Of a plan whose run only sends the client's own text to one shard and hands back what comes: most
// of what clients send.
struct Passage {
  const engine::Route* route = nullptr;  // the plan's root; null: it is no such plan
  std::shared_ptr<const discovery::ServingGraph>
      graph;               // that `target` was found in; null: none yet
  clients::Target target;  // where the literals do not decide it
};

// A plan, and what running it has cost so far. Counters are for /debug/query_plans and the metrics
// by table.
struct CachedPlan {
  uint64_t key = 0;
  std::shared_ptr<const plan::Plan> plan;
  std::vector<sql::ArgumentSource> arguments;  // which literals become which bind variables
  std::vector<std::string> needs;              // bind variables that the session answers
  // @variables, and the bind variables that they are read through.
  std::vector<std::pair<std::string, std::string>> user_variables;
  TitledBy titled = TitledBy::kNothing;    // texts of this fingerprint may need plans of their own
  uint64_t title = 0;                      // title_hash() of the text that it was made from
  std::vector<sql::ReadWarning> warnings;  // of the statement's words; MySQL's only
  bool rewritten = false;  // the statement differs from its text by more than its literals
  bool sets_last_insert_id = false;  // servers are asked what LAST_INSERT_ID(expr) has set
  Passage passage;
  std::string sql;               // the first text that was planned; for people
  Counter* processed = nullptr;  // of the plan's type
  Counter* routed = nullptr;
  int64_t executions = 0;
  int64_t time_ns = 0;
  int64_t shard_queries = 0;
  int64_t rows_returned = 0;
  int64_t rows_affected = 0;
  int64_t errors = 0;
};
using CachedPlanPtr = std::shared_ptr<CachedPlan>;

class PlanCache {
 public:
  explicit PlanCache(size_t plans_max) : plans_max_(plans_max) {}

  // Null when it is not there. Counts a hit or a miss.
  CachedPlanPtr find(uint64_t key);
  void insert(CachedPlanPtr plan);
  void clear();

  void each(const std::function<void(const CachedPlan&)>& visit) const;
  size_t size() const { return by_key_.size(); }
  size_t capacity() const { return plans_max_; }
  int64_t hits() const { return hits_; }
  int64_t misses() const { return misses_; }
  int64_t evictions() const { return evictions_; }

 private:
  size_t plans_max_;
  std::list<CachedPlanPtr> by_use_;  // the latest first
  std::unordered_map<uint64_t, std::list<CachedPlanPtr>::iterator> by_key_;
  int64_t hits_ = 0;
  int64_t misses_ = 0;
  int64_t evictions_ = 0;
};

}  // namespace vif::vtgate
