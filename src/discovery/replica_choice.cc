#include "discovery/replica_choice.h"

#include <algorithm>

namespace vif::discovery {

std::vector<TabletHealthPtr> filter_by_lag(std::vector<TabletHealthPtr> tablets,
                                           const LagLimits& limits) {
  std::erase_if(tablets, [](const TabletHealthPtr& t) { return !t->usable(); });
  std::stable_sort(tablets.begin(), tablets.end(),
                   [](const TabletHealthPtr& a, const TabletHealthPtr& b) {
                     return a->replication_lag_s < b->replication_lag_s;
                   });
  std::vector<TabletHealthPtr> chosen;
  for (const TabletHealthPtr& t : tablets) {
    const rt::Duration lag = std::chrono::seconds(t->replication_lag_s);
    const bool few = static_cast<int>(chosen.size()) < limits.serving_min;
    if (lag <= limits.low || (few && lag <= limits.high)) chosen.push_back(t);
  }
  if (chosen.empty() && !tablets.empty()) chosen.push_back(tablets.front());
  return chosen;
}

std::vector<TabletHealthPtr> newest_primary(const std::vector<TabletHealthPtr>& tablets) {
  TabletHealthPtr newest;
  for (const TabletHealthPtr& t : tablets) {
    if (!newest || t->primary_term_start_s > newest->primary_term_start_s) newest = t;
  }
  // A usable primary of an older term was deposed: no answer is better than its answer.
  if (!newest || !newest->usable()) return {};
  return {newest};
}

TabletHealthPtr choose(std::span<const TabletHealthPtr> tablets, std::string_view cell,
                       std::span<const clients::TabletAlias> tried,
                       const std::function<uint64_t(uint64_t)>& random_below) {
  const auto was_tried = [&](const TabletHealth& t) {
    return std::find(tried.begin(), tried.end(), t.tablet.alias) != tried.end();
  };
  if (tablets.size() == 1) return was_tried(*tablets[0]) ? nullptr : tablets[0];
  for (const bool near : {true, false}) {
    uint64_t seen = 0;
    TabletHealthPtr chosen;
    for (const TabletHealthPtr& t : tablets) {
      if ((t->tablet.alias.cell == cell) != near || was_tried(*t)) continue;
      if (random_below(++seen) == 0) chosen = t;
    }
    if (chosen) return chosen;
  }
  return nullptr;
}

}  // namespace vif::discovery
