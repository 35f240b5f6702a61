#include "discovery/tablet_gateway.h"

#include <gtest/gtest.h>

#include "rt/fiber.h"
#include "testing/fake_query_service.h"

namespace vif::discovery {
namespace {

using clients::TabletType;
using testing::fake_rows;
using testing::FakeQueryService;

class CountingSink final : public mysql::ResultSink {
 public:
  Status columns(uint32_t, std::string_view) override { return {}; }
  Status rows(std::string_view) override { return {}; }
  Status end(const mysql::ResultEnd&) override {
    ++ends;
    return {};
  }
  int ends = 0;
};

// Two tablets of commerce/0: the first is primary unless a test says otherwise.
struct World {
  explicit World(GatewayOptions options = {})
      : health({},
               [this](const Tablet& t) -> Result<std::shared_ptr<clients::QueryService>> {
                 return std::shared_ptr<clients::QueryService>(&*tablets[t.alias.uid],
                                                               [](clients::QueryService*) {});
               }),
        gateway(std::move(options), health) {
    for (uint32_t uid : {0u, 1u}) {
      tablets.push_back(std::make_unique<FakeQueryService>(clients::TabletAlias{"zone1", uid}));
      says(uid, uid == 0 ? TabletType::kPrimary : TabletType::kReplica, true, uid == 0 ? 100 : 0);
      Tablet t;
      t.alias = {"zone1", uid};
      t.keyspace = "commerce";
      t.shard = "0";
      health.add_tablet(t);
    }
  }

  void says(uint32_t uid, TabletType type, bool serving, int64_t term = 0) {
    clients::Health message;
    message.target = {"commerce", "0", type};
    message.serving = serving;
    message.primary_term_start_s = term;
    tablets[uid]->set_health(message);
  }

  Status run(std::string_view sql, TabletType type = TabletType::kPrimary) {
    clients::ExecuteRequest request;
    request.target = {"commerce", "0", type};
    request.sql = sql;
    clients::ExecuteState state;
    return gateway.execute(request, nullptr, state, sink,
                           rt::Deadline::in(std::chrono::seconds(10)));
  }

  Status ready() {
    const clients::Target targets[] = {{"commerce", "0", TabletType::kPrimary},
                                       {"commerce", "0", TabletType::kReplica}};
    return health.wait_for_healthy(targets, rt::Deadline::in(std::chrono::seconds(10)));
  }

  std::vector<std::unique_ptr<FakeQueryService>> tablets;
  HealthCheck health;
  TabletGateway gateway;
  CountingSink sink;
};

void in_fiber(const std::function<void()>& body) {
  const Status ran = rt::run({}, [&]() -> Status {
    body();
    return {};
  });
  ASSERT_TRUE(ran.ok()) << ran.error().to_string();
}

TEST(TabletGateway, AsksThePrimaryOrAReplicaAsTheTargetSays) {
  in_fiber([] {
    World world;
    ASSERT_TRUE(world.ready().ok());
    EXPECT_TRUE(world.run("write").ok());
    EXPECT_TRUE(world.run("read", TabletType::kReplica).ok());
    EXPECT_EQ(world.tablets[0]->executed(), std::vector<std::string>{"write"});
    EXPECT_EQ(world.tablets[1]->executed(), std::vector<std::string>{"read"});
  });
}

TEST(TabletGateway, WithoutATabletTheErrorIsVitess) {
  in_fiber([] {
    World world;
    ASSERT_TRUE(world.ready().ok());
    const Status done = world.run("read", TabletType::kRdonly);
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code(), Code::kUnavailable);
    EXPECT_EQ(done.error().message(),
              "target: commerce.0.rdonly: no healthy tablet available for 'keyspace:\"commerce\" "
              "shard:\"0\" "
              "tablet_type:RDONLY'");
  });
}

TEST(TabletGateway, AReadThatReachedNobodyIsTriedElsewhere) {
  in_fiber([] {
    World world;
    world.says(0, TabletType::kReplica, true);
    const clients::Target target{"commerce", "0", TabletType::kReplica};
    while (world.health.healthy(target).size() < 2) {
      ASSERT_TRUE(world.health.wait_for_change(rt::Deadline::in(std::chrono::seconds(10))).ok());
    }
    int failures = 0;
    for (auto& tablet : world.tablets) {
      tablet->set_answer(
          [&failures](const clients::ExecuteRequest&) -> Result<testing::FakeResult> {
            if (failures++ == 0) return Error(Code::kUnavailable, "connection refused");
            return fake_rows({"x"});
          });
    }
    EXPECT_TRUE(world.run("read", TabletType::kReplica).ok());
    EXPECT_EQ(failures, 2);
    EXPECT_EQ(world.tablets[0]->calls.size() + world.tablets[1]->calls.size(), 2u);
  });
}

TEST(TabletGateway, AWriteThatMayHaveRunIsNotRepeated) {
  in_fiber([] {
    World world;
    ASSERT_TRUE(world.ready().ok());
    world.tablets[0]->set_answer([](const clients::ExecuteRequest&) -> Result<testing::FakeResult> {
      return Error(Code::kUnavailable, "connection lost");
    });
    const Status done = world.run("write");
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().message(), "target: commerce.0.primary: connection lost");
    EXPECT_EQ(world.tablets[0]->calls.size(), 1u);
  });
}

TEST(TabletGateway, BuffersUntilThereIsANewPrimary) {
  in_fiber([] {
    GatewayOptions options;
    options.buffer.enabled = true;
    World world(options);
    ASSERT_TRUE(world.ready().ok());
    world.says(0, TabletType::kPrimary, false, 100);
    while (!world.health.healthy({"commerce", "0", TabletType::kPrimary}).empty()) {
      ASSERT_TRUE(world.health.wait_for_change(rt::Deadline::in(std::chrono::seconds(10))).ok());
    }
    Status done;
    {
      rt::TaskGroup group;
      group.spawn([&] { done = world.run("write"); });
      while (world.gateway.buffer_counters().buffered.empty()) rt::yield();
      world.says(1, TabletType::kPrimary, true, 200);
      ASSERT_TRUE(group.wait(rt::Deadline::in(std::chrono::seconds(10))).ok());
    }
    EXPECT_TRUE(done.ok()) << done.error().to_string();
    EXPECT_EQ(world.tablets[1]->executed(), std::vector<std::string>{"write"});
    EXPECT_EQ(world.gateway.buffer_counters().drained.at("commerce.0"), 1);
    // The old primary comes back with its old term: it is not asked.
    world.says(0, TabletType::kPrimary, true, 100);
    rt::yield();
    EXPECT_TRUE(world.run("again").ok());
    EXPECT_TRUE(world.tablets[0]->calls.empty());
  });
}

TEST(HealthCheck, ABrokenStreamIsRetried) {
  in_fiber([] {
    World world;
    ASSERT_TRUE(world.ready().ok());
    const clients::Target target{"commerce", "0", TabletType::kPrimary};
    world.tablets[0]->break_health(Error(Code::kUnavailable, "gone"));
    while (!world.health.healthy(target).empty()) {
      ASSERT_TRUE(world.health.wait_for_change(rt::Deadline::in(std::chrono::seconds(10))).ok());
    }
    EXPECT_EQ(world.health.error_counts().at("commerce.0.primary"), 1);
    world.tablets[0]->mend_health();
    EXPECT_TRUE(
        world.health
            .wait_for_healthy(std::span(&target, 1), rt::Deadline::in(std::chrono::seconds(10)))
            .ok());
    EXPECT_EQ(world.health.connection_counts().at("commerce.0.primary"), 1);
    world.health.remove_tablet({"zone1", 0});
    EXPECT_TRUE(world.health.healthy(target).empty());
  });
}

}  // namespace
}  // namespace vif::discovery
