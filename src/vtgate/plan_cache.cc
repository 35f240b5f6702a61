#include "vtgate/plan_cache.h"

namespace vif::vtgate {

CachedPlanPtr PlanCache::find(uint64_t key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    ++misses_;
    return nullptr;
  }
  ++hits_;
  by_use_.splice(by_use_.begin(), by_use_, found->second);
  return *found->second;
}

void PlanCache::insert(CachedPlanPtr plan) {
  const uint64_t key = plan->key;
  by_use_.push_front(std::move(plan));
  const auto [at, is_new] = by_key_.try_emplace(key, by_use_.begin());
  if (!is_new) {
    // Another fiber planned the same text meanwhile.
    by_use_.erase(at->second);
    at->second = by_use_.begin();
  }
  if (by_key_.size() > plans_max_) {
    by_key_.erase(by_use_.back()->key);
    by_use_.pop_back();
    ++evictions_;
  }
}

void PlanCache::clear() {
  by_key_.clear();
  by_use_.clear();
}

void PlanCache::each(const std::function<void(const CachedPlan&)>& visit) const {
  for (const CachedPlanPtr& plan : by_use_) visit(*plan);
}

}  // namespace vif::vtgate
