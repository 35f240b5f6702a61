// Which healthy tablets of a target may be used, and in which order. Pure.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "discovery/tablet.h"
#include "rt/time.h"

namespace vif::discovery {

struct LagLimits {
  rt::Duration low = std::chrono::seconds(30);  // --discovery_low_replication_lag
  rt::Duration high = std::chrono::hours(2);    // --discovery_high_replication_lag_minimum_serving
  int serving_min = 2;                          // --min_number_serving_vttablets
};

// The usable tablets whose lag is at most `low`; when those are fewer than `serving_min`, the least
// lagging ones up to `high` besides. A usable tablet that lags beyond `high` is taken only when
// there is no other.
std::vector<TabletHealthPtr> filter_by_lag(std::vector<TabletHealthPtr> tablets,
                                           const LagLimits& limits);

// The primary of the newest term among the usable ones; empty when there is none.
std::vector<TabletHealthPtr> newest_primary(const std::vector<TabletHealthPtr>& tablets);

// The tablet to try next: one of `cell` if there is any left, any other otherwise, at random among
// equals. `tried` names those that failed already. Null when none is left. `random_below(n)` gives
// [0, n).
TabletHealthPtr choose(std::span<const TabletHealthPtr> tablets, std::string_view cell,
                       std::span<const clients::TabletAlias> tried,
                       const std::function<uint64_t(uint64_t)>& random_below);

}  // namespace vif::discovery
