// Channel and server in the simulated network, under resets, partitions and restarts: calls end,
// nothing runs twice, and the channel finds back.
#include <gtest/gtest.h>

#include "proto/grpc_health.pb.h"
#include "rpc/channel.h"
#include "rpc/server.h"
#include "rpc/typed.h"
#include "rt/fiber.h"
#include "rt/sim.h"

namespace vif::rpc {
namespace {

using Text = grpc::health::v1::HealthCheckRequest;
using std::chrono::milliseconds;
using std::chrono::seconds;

Text text(std::string value) {
  Text message;
  message.set_service(std::move(value));
  return message;
}

// A server that remembers each request it saw, on the simulated host "server".
struct Remembering {
  Remembering() {
    unary<Text, Text>(server, "/t.T/Once",
                      [this](ServerCall&, const Text& request, Text& response) -> Status {
                        ++seen[request.service()];
                        VIF_TRY(rt::sleep_for(milliseconds(rt::random_below(3))));
                        response.set_service(request.service());
                        return {};
                      });
  }
  void start() {
    listener = rt::listen(rt::Address::tcp("server", 15991)).value();
    rt::sim::as_host("server", [this] {
      fibers = std::make_unique<rt::TaskGroup>();
      fibers->spawn([this] { (void)server.serve(*listener); });
    });
  }
  void stop() {
    fibers.reset();
    listener.reset();
  }
  Server server;
  std::map<std::string, int> seen;
  std::unique_ptr<rt::Listener> listener;
  std::unique_ptr<rt::TaskGroup> fibers;
};

// What each of `callers` fibers does `calls` times. Gives how many calls went well.
Result<int> call_many(Channel& channel, const std::string& wave, int callers, int calls) {
  int good = 0;
  std::optional<Error> wrong;
  rt::TaskGroup group;
  for (int caller = 0; caller < callers; ++caller) {
    group.spawn([&, caller] {
      for (int i = 0; i < calls; ++i) {
        const std::string id = fmt::format("{}-{}-{}", wave, caller, i);
        Text response;
        const Status status = channel.unary("/t.T/Once", text(id), response,
                                            {.deadline = rt::Deadline::in(seconds(5))});
        if (status.ok()) {
          ++good;
          if (response.service() != id)
            wrong = Error(Code::kInternal, "another call's answer for " + id);
        } else if (status.error().code() != Code::kUnavailable &&
                   status.error().code() != Code::kDeadlineExceeded) {
          wrong = status.error();
        } else {
          (void)rt::sleep_for(milliseconds(1 + rt::random_below(50)));
        }
      }
    });
  }
  VIF_TRY(group.wait());
  if (wrong) return *wrong;
  return good;
}

Status once_each(const Remembering& remembering) {
  for (const auto& [id, count] : remembering.seen) {
    if (count > 1) return Error(Code::kInternal, fmt::format("{} ran {} times", id, count));
  }
  return {};
}

TEST(SimulatedRpc, SurvivesResets) {
  const Status status = rt::sim::for_seeds(1, 20, [](uint64_t seed) {
    return rt::sim::run({.seed = seed}, []() -> Status {
      Remembering remembering;
      remembering.start();
      ChannelOptions options;
      options.connections_max = 2;
      Channel channel(rt::Address::tcp("server", 15991), options);
      rt::sim::Network::set_reset_chance(200);
      VIF_TRY(call_many(channel, "faulty", 20, 10));
      rt::sim::Network::set_reset_chance(0);
      VIF_TRY(channel.connect(rt::Deadline::in(seconds(30))));
      const int good = VIF_TRY(call_many(channel, "sane", 10, 5));
      if (good != 50) return Error(Code::kInternal, fmt::format("{} of 50 calls went well", good));
      return once_each(remembering);
    });
  });
  EXPECT_TRUE(status.ok()) << status.error().to_string();
}

TEST(SimulatedRpc, FindsBackAfterARestart) {
  const Status status = rt::sim::for_seeds(1, 20, [](uint64_t seed) {
    return rt::sim::run({.seed = seed}, []() -> Status {
      Remembering remembering;
      remembering.start();
      Channel channel(rt::Address::tcp("server", 15991));
      rt::TaskGroup group;
      group.spawn([&] {
        (void)rt::sleep_for(milliseconds(20));
        remembering.stop();
        (void)rt::sleep_for(milliseconds(300));
        remembering.start();
      });
      VIF_TRY(call_many(channel, "around", 10, 20));
      VIF_TRY(group.wait());
      Text response;
      VIF_TRY(channel.unary("/t.T/Once", text("after"), response,
                            {.deadline = rt::Deadline::in(seconds(30)), .wait_for_ready = true}));
      return once_each(remembering);
    });
  });
  EXPECT_TRUE(status.ok()) << status.error().to_string();
}

TEST(SimulatedRpc, KeepaliveEndsCallsThroughAPartition) {
  const Status status = rt::sim::run({}, []() -> Status {
    Remembering remembering;
    remembering.start();
    Channel channel(rt::Address::tcp("server", 15991));
    VIF_TRY(channel.connect(rt::Deadline::in(seconds(5))));
    rt::sim::Network::partition("client", "server");
    Text response;
    const rt::Instant before = rt::now();
    const Status called = channel.unary("/t.T/Once", text("lost"), response);
    EXPECT_EQ(called.error().code(), Code::kUnavailable);
    EXPECT_LT(rt::now() - before, seconds(31));
    rt::sim::Network::heal("client", "server");
    return channel.unary("/t.T/Once", text("healed"), response,
                         {.deadline = rt::Deadline::in(seconds(30)), .wait_for_ready = true});
  });
  EXPECT_TRUE(status.ok()) << status.error().to_string();
}

}  // namespace
}  // namespace vif::rpc
