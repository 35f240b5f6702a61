#include "discovery/replica_choice.h"

#include <gtest/gtest.h>

namespace vif::discovery {
namespace {

class NoService final : public clients::QueryService {
 public:
  Status execute(const clients::ExecuteRequest&, clients::ExecuteState&, mysql::ResultSink&,
                 rt::Deadline) override {
    return {};
  }
  Result<clients::ExecuteState> begin(const clients::Target&, const clients::BeginOptions&,
                                      std::span<const std::string>, rt::Deadline) override {
    return clients::ExecuteState{};
  }
  Result<int64_t> commit(const clients::Target&, int64_t, rt::Deadline) override {
    return int64_t{0};
  }
  Result<int64_t> rollback(const clients::Target&, int64_t, rt::Deadline) override {
    return int64_t{0};
  }
  Status release(const clients::Target&, int64_t, int64_t, rt::Deadline) override { return {}; }
  Status stream_health(const std::function<Status(const clients::Health&)>&) override { return {}; }
  Status get_schema(const clients::Target&, clients::SchemaTableKind, std::span<const std::string>,
                    const std::function<Status(std::map<std::string, std::string>)>&,
                    rt::Deadline) override {
    return {};
  }
};

TabletHealthPtr tablet(std::string cell, uint32_t uid, uint32_t lag_s, bool serving = true,
                       int64_t term = 0) {
  TabletHealth health;
  health.tablet.alias = {std::move(cell), uid};
  health.serving = serving;
  health.replication_lag_s = lag_s;
  health.primary_term_start_s = term;
  health.connection = std::make_shared<NoService>();
  return std::make_shared<const TabletHealth>(std::move(health));
}

std::vector<uint32_t> uids(const std::vector<TabletHealthPtr>& tablets) {
  std::vector<uint32_t> all;
  for (const auto& t : tablets) all.push_back(t->tablet.alias.uid);
  return all;
}

TEST(ReplicaChoice, LagFilter) {
  struct Case {
    std::vector<TabletHealthPtr> tablets;
    std::vector<uint32_t> want;
  };
  const Case cases[] = {
      {{}, {}},
      {{tablet("a", 1, 5), tablet("a", 2, 10), tablet("a", 3, 15), tablet("a", 4, 120)}, {1, 2, 3}},
      // None is low: the two best of those below the high threshold.
      {{tablet("a", 1, 1800), tablet("a", 2, 2100), tablet("a", 3, 2400)}, {1, 2}},
      // All beyond it: better one than none.
      {{tablet("a", 1, 9000), tablet("a", 2, 8000)}, {2}},
      {{tablet("a", 1, 1, false), tablet("a", 2, 20)}, {2}},
  };
  for (const Case& c : cases) EXPECT_EQ(uids(filter_by_lag(c.tablets, {})), c.want);
}

TEST(ReplicaChoice, NewestPrimaryWins) {
  EXPECT_EQ(uids(newest_primary({tablet("a", 1, 0, true, 100), tablet("a", 2, 0, true, 200)})),
            std::vector<uint32_t>{2});
  // The deposed one is not asked even while the new one is away.
  EXPECT_TRUE(
      newest_primary({tablet("a", 1, 0, true, 100), tablet("a", 2, 0, false, 200)}).empty());
}

TEST(ReplicaChoice, SameCellFirstAndNeverTwice) {
  const std::vector<TabletHealthPtr> tablets = {tablet("far", 1, 0), tablet("near", 2, 0),
                                                tablet("near", 3, 0)};
  uint64_t rolls = 0;
  const auto random = [&](uint64_t below) { return rolls++ % below; };
  std::vector<clients::TabletAlias> tried;
  std::vector<uint32_t> order;
  while (TabletHealthPtr next = choose(tablets, "near", tried, random)) {
    order.push_back(next->tablet.alias.uid);
    tried.push_back(next->tablet.alias);
  }
  ASSERT_EQ(order.size(), 3u);
  EXPECT_EQ(order[2], 1u);
}

}  // namespace
}  // namespace vif::discovery
