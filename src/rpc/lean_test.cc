// Lean channel against a server that speaks both, over loopback.
#include "rpc/lean.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "rpc/lean_client.h"
#include "rpc/test_server.h"
#include "rpc/typed.h"
#include "rt/fiber.h"
#include "rt/sync.h"

namespace vif::rpc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

rt::Deadline soon() { return rt::Deadline::in(seconds(20)); }

// A server that offers lean frames.
struct LeanServed : Served {
  explicit LeanServed(std::function<void(Server&)> add, ServerOptions options = {},
                      rt::Address at = rt::Address::tcp("127.0.0.1", 0))
      : Served(std::move(add), with_lean(std::move(options)), std::move(at)) {}
  static ServerOptions with_lean(ServerOptions options) {
    options.lean = true;
    return options;
  }
  LeanTarget target() const { return {{address}, server.lean_offer()->instance, "localhost"}; }
};

void add_echo(Server& server) {
  unary<Text, Text>(server, "/test.T/Echo",
                    [](ServerCall&, const Text& request, Text& response) -> Status {
                      response.set_service(request.service());
                      return {};
                    });
}

Status echo(LeanChannel& channel, const std::string& sent, std::string& got,
            rt::Deadline deadline = soon()) {
  Text response;
  bool refused = false;
  Status done = channel.unary("/test.T/Echo", text(sent), response, deadline, refused);
  got = response.service();
  return done;
}

TEST(Lean, UnaryRoundTrip) {
  run([] {
    LeanServed served(add_echo);
    LeanChannel channel;
    EXPECT_FALSE(channel.ready());
    channel.set_target(served.target());
    EXPECT_TRUE(channel.ready());
    for (const std::string& sent : {std::string("hello"), std::string(), std::string(100'000, 'x'),
                                    std::string(5 << 20, 'y')}) {
      std::string got;
      const Status status = echo(channel, sent, got);
      ASSERT_TRUE(status.ok()) << status.error().to_string();
      EXPECT_EQ(got, sent);
    }
  });
}

TEST(Lean, GrpcOnTheSamePort) {
  run([] {
    LeanServed served(add_echo);
    LeanChannel lean;
    lean.set_target(served.target());
    Channel channel(served.address);
    std::string got;
    ASSERT_TRUE(echo(lean, "a", got).ok());
    Text response;
    ASSERT_TRUE(channel.unary("/test.T/Echo", text("b"), response).ok());
    EXPECT_EQ(response.service(), "b");
  });
}

TEST(Lean, ManyAtATime) {
  run([] {
    LeanServed served(add_echo);
    LeanChannel channel;
    channel.set_target(served.target());
    int good = 0;
    rt::TaskGroup group;
    for (int i = 0; i < 300; ++i) {
      group.spawn([&, i] {
        for (int k = 0; k < 10; ++k) {
          std::string got;
          const std::string sent =
              fmt::format("{}:{}", i, k) + std::string(static_cast<size_t>(i * 7), 'z');
          if (echo(channel, sent, got).ok() && got == sent) ++good;
        }
      });
    }
    ASSERT_TRUE(group.wait().ok());
    EXPECT_EQ(good, 3000);
  });
}

TEST(Lean, Tls) {
  run([] {
    const TestTls tls;
    LeanServed served(add_echo, tls.server);
    LeanChannel channel(tls.client);
    channel.set_target(served.target());
    std::string got;
    const Status status = echo(channel, std::string(1 << 20, 's'), got);
    ASSERT_TRUE(status.ok()) << status.error().to_string();
    EXPECT_EQ(got.size(), size_t{1} << 20);
  });
}

TEST(Lean, StatusesAreGrpcs) {
  run([] {
    LeanServed served([](Server& server) {
      server.handle("/test.T/Fail", [](ServerCall&) -> Status {
        return Error(Code::kAlreadyExists, 1062, "23000", "Duplicate entry '\xff' for key");
      });
    });
    LeanChannel lean;
    lean.set_target(served.target());
    Channel channel(served.address);
    for (const std::string_view method : {"/test.T/Fail", "/test.T/Nothing", "/none.N/Nothing"}) {
      Text response;
      bool refused = true;
      const Status by_lean = lean.unary(method, text(""), response, soon(), refused);
      const Status by_grpc = channel.unary(method, text(""), response);
      ASSERT_FALSE(by_lean.ok());
      ASSERT_FALSE(by_grpc.ok());
      EXPECT_FALSE(refused);
      EXPECT_EQ(by_lean.error().code(), by_grpc.error().code());
      EXPECT_EQ(by_lean.error().message(), by_grpc.error().message());
      EXPECT_EQ(by_lean.error().mysql_errno(), by_grpc.error().mysql_errno());
    }
  });
}

TEST(Lean, StreamsWithBackPressure) {
  run([] {
    int sent = 0;
    LeanServed served([&](Server& server) {
      server_stream<Text>(server, "/test.T/Many", [&](ServerCall& call, const Text&) -> Status {
        for (int i = 0; i < 200; ++i) {
          VIF_TRY(call.send(text(std::string(64 << 10, static_cast<char>('a' + i % 26)))));
          ++sent;
        }
        return {};
      });
      add_echo(server);
    });
    LeanChannel channel;
    channel.set_target(served.target());
    LeanCall call(channel);
    ASSERT_TRUE(call.start("/test.T/Many", text(""), soon()).ok());
    Text message;
    ASSERT_TRUE(call.receive(message).value());
    // Others are served while nobody takes this one's messages, of which a window's worth is under
    // way.
    for (int i = 0; i < 50; ++i) {
      std::string got;
      ASSERT_TRUE(echo(channel, "x", got).ok());
    }
    EXPECT_LT(sent, 40);
    for (int i = 1; i < 200; ++i) {
      ASSERT_TRUE(call.receive(message).value()) << i;
      ASSERT_EQ(message.service()[0], 'a' + i % 26);
    }
    EXPECT_FALSE(call.receive(message).value());
    EXPECT_EQ(sent, 200);
  });
}

TEST(Lean, DestroyingACallCancelsItsHandler) {
  run([] {
    rt::Event started;
    rt::Event cancelled;
    LeanServed served([&](Server& server) {
      server.handle("/test.T/Wait", [&](ServerCall&) -> Status {
        started.set();
        const Status waited = rt::sleep_for(seconds(60));
        cancelled.set();
        return waited;
      });
      add_echo(server);
    });
    LeanChannel channel;
    channel.set_target(served.target());
    {
      LeanCall call(channel);
      ASSERT_TRUE(call.start("/test.T/Wait", text(""), soon()).ok());
      ASSERT_TRUE(started.wait(soon()).ok());
    }
    EXPECT_TRUE(cancelled.wait(soon()).ok());
    std::string got;
    EXPECT_TRUE(echo(channel, "after", got).ok());
    EXPECT_EQ(got, "after");
  });
}

TEST(Lean, Deadline) {
  run([] {
    bool had_deadline = false;
    LeanServed served([&](Server& server) {
      server.handle("/test.T/Wait", [&](ServerCall& call) -> Status {
        had_deadline =
            !call.deadline().is_never() && call.deadline().remaining() <= milliseconds(100);
        return rt::sleep_for(seconds(60));
      });
    });
    LeanChannel channel;
    channel.set_target(served.target());
    Text response;
    bool refused = true;
    const Status done = channel.unary("/test.T/Wait", text(""), response,
                                      rt::Deadline::in(milliseconds(80)), refused);
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code(), Code::kDeadlineExceeded);
    EXPECT_FALSE(refused);
    EXPECT_TRUE(had_deadline);
  });
}

TEST(Lean, OversizedMessagesFailTheirCallOnly) {
  run([] {
    ServerOptions options;
    options.message_bytes_max = 1000;
    LeanServed served(
        [](Server& server) {
          add_echo(server);
          unary<Text, Text>(server, "/test.T/Big",
                            [](ServerCall&, const Text&, Text& response) -> Status {
                              response.set_service(std::string(50'000, 'b'));
                              return {};
                            });
        },
        options);
    ChannelOptions client;
    client.message_bytes_max = 2000;
    LeanChannel channel(client);
    channel.set_target(served.target());
    std::string got;
    Status done = echo(channel, std::string(200'000, 'x'), got);
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code(), Code::kResourceExhausted);
    EXPECT_THAT(done.error().message(),
                ::testing::StartsWith("grpc: received message larger than max"));
    Text response;
    bool refused = false;
    done = channel.unary("/test.T/Big", text(""), response, soon(), refused);
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code(), Code::kResourceExhausted);
    EXPECT_TRUE(echo(channel, "small", got).ok());
  });
}

TEST(Lean, AnotherInstanceIsRefused) {
  run([] {
    LeanServed served(add_echo);
    LeanChannel channel;
    LeanTarget target = served.target();
    target.instance ^= 6;
    channel.set_target(target);
    LeanCall call(channel);
    EXPECT_FALSE(call.start("/test.T/Echo", text(""), soon()).ok());
    EXPECT_TRUE(call.refused());
    EXPECT_FALSE(channel.ready());
  });
}

TEST(Lean, TheNextAddressIsTried) {
  run([] {
    LeanServed served(add_echo);
    LeanChannel channel;
    LeanTarget target = served.target();
    target.addresses.insert(target.addresses.begin(),
                            rt::Address::unix_socket("/tmp/vif-lean-no-such.sock"));
    channel.set_target(target);
    std::string got;
    EXPECT_TRUE(echo(channel, "x", got).ok());
  });
}

TEST(Lean, AServerWithoutItIsNotSpokenTo) {
  run([] {
    Server server;
    add_echo(server);
    EXPECT_FALSE(server.lean_offer().has_value());
    auto listener = rt::listen(rt::Address::tcp("127.0.0.1", 0)).value();
    rt::TaskGroup fibers;
    fibers.spawn([&] { (void)server.serve(*listener); });
    LeanChannel channel;
    channel.set_target({{listener->address()}, 7, ""});
    LeanCall call(channel);
    EXPECT_FALSE(call.start("/test.T/Echo", text(""), soon()).ok());
    EXPECT_TRUE(call.refused());
  });
}

TEST(Lean, LostConnectionEndsCallsAndTheNextDialsAgain) {
  run([] {
    rt::Event started;
    auto served = std::make_unique<LeanServed>([&](Server& server) {
      server.handle("/test.T/Wait", [&](ServerCall&) -> Status {
        started.set();
        return rt::sleep_for(seconds(60));
      });
      add_echo(server);
    });
    LeanChannel channel;
    channel.set_target(served->target());
    LeanCall call(channel);
    ASSERT_TRUE(call.start("/test.T/Wait", text(""), soon()).ok());
    ASSERT_TRUE(started.wait(soon()).ok());
    const rt::Address address = served->address;
    served->stop();
    Text message;
    const auto lost = call.receive(message);
    ASSERT_FALSE(lost.ok());
    EXPECT_EQ(lost.error().code(), Code::kUnavailable);
    EXPECT_FALSE(call.refused());
    served->start(address);
    std::string got;
    EXPECT_TRUE(echo(channel, "again", got).ok());
  });
}

TEST(Lean, DrainRefusesNewCallsAndFinishesOld) {
  run([] {
    rt::Event started;
    rt::Event go_on;
    LeanServed served([&](Server& server) {
      unary<Text, Text>(server, "/test.T/Wait",
                        [&](ServerCall&, const Text&, Text& response) -> Status {
                          started.set();
                          VIF_TRY(go_on.wait());
                          response.set_service("done");
                          return {};
                        });
    });
    LeanChannel channel;
    channel.set_target(served.target());
    LeanCall call(channel);
    ASSERT_TRUE(call.start("/test.T/Wait", text(""), soon()).ok());
    ASSERT_TRUE(started.wait(soon()).ok());
    rt::TaskGroup drains;
    Status drained = Error(Code::kInternal, "not run");
    drains.spawn([&] { drained = served.server.drain(soon()); });
    rt::yield();
    go_on.set();
    Text message;
    ASSERT_TRUE(call.receive(message).value());
    EXPECT_EQ(message.service(), "done");
    ASSERT_TRUE(drains.wait(soon()).ok());
    EXPECT_TRUE(drained.ok());
  });
}

TEST(Lean, AuthorizeAndMetadata) {
  run([] {
    ServerOptions options;
    options.authorize = [](const ServerCall& call) -> Status {
      if (call.metadata("username") == "gate") return {};
      return Error(Code::kUnauthenticated, "who?");
    };
    LeanServed served(add_echo, options);
    LeanChannel stranger;
    stranger.set_target(served.target());
    std::string got;
    EXPECT_EQ(echo(stranger, "x", got).error().code(), Code::kUnauthenticated);
    ChannelOptions known;
    known.metadata = {{"username", "gate"}};
    LeanChannel channel(known);
    channel.set_target(served.target());
    EXPECT_TRUE(echo(channel, "x", got).ok());
  });
}

std::string frame(LeanKind kind, uint32_t call, uint16_t extra, std::string_view payload) {
  std::string bytes(kLeanHeadBytes, '\0');
  put_head(bytes.data(), {static_cast<uint32_t>(payload.size()), call, kind, 0, extra});
  return bytes.append(payload);
}

// Frames that are nearly right: the same for the same seed.
std::string nonsense(uint32_t seed) {
  std::mt19937 random(seed);
  std::string bytes;
  const auto below = [&](uint32_t most) { return static_cast<uint32_t>(random() % most); };
  for (uint32_t i = below(12); i > 0; --i) {
    std::string payload(below(40), '\0');
    for (char& c : payload) c = static_cast<char>(below(8) == 0 ? below(256) : 0);
    std::string one =
        frame(static_cast<LeanKind>(below(12)), below(4), static_cast<uint16_t>(below(3)), payload);
    one[9] = static_cast<char>(below(4));
    if (below(10) == 0)
      one[below(static_cast<uint32_t>(one.size()))] = static_cast<char>(below(256));
    bytes += one;
  }
  return bytes;
}

TEST(Lean, ServersOutliveNonsense) {
  run([] {
    LeanServed served([](Server& server) {
      add_echo(server);
      server_stream<Text>(server, "/test.T/Twice",
                          [](ServerCall& call, const Text& request) -> Status {
                            VIF_TRY(call.send(request));
                            return call.send(request);
                          });
    });
    LeanHello hello;
    hello.window_bytes = 100;
    for (uint32_t seed = 0; seed < 500; ++seed) {
      std::string bytes = seed % 50 == 0 ? "VIF-RPC?" : std::string(kLeanPreface);
      bytes += frame(LeanKind::kHello, 0, 0, hello.encode()) +
               frame(LeanKind::kMethod, 0, 0, "/test.T/Echo") +
               frame(LeanKind::kMethod, 0, 1, "/test.T/Twice") + nonsense(seed);
      auto stream = rt::dial(served.address, soon()).value();
      if (!stream->write_all(bytes, soon()).ok()) continue;
      stream->shutdown_write();
      char answer[4096];
      for (;;) {
        const auto count = stream->read_some(answer, soon());
        ASSERT_TRUE(count.ok() || count.error().code() != Code::kDeadlineExceeded) << seed;
        if (!count.ok() || *count == 0) break;
      }
    }
    LeanChannel channel;
    channel.set_target(served.target());
    std::string got;
    EXPECT_TRUE(echo(channel, "still here", got).ok());
  });
}

TEST(Lean, ClientsOutliveNonsense) {
  run([] {
    LeanHello hello;
    hello.instance = 7;
    auto listener = rt::listen(rt::Address::tcp("127.0.0.1", 0)).value();
    for (uint32_t seed = 0; seed < 300; ++seed) {
      rt::TaskGroup server;
      server.spawn([&] {
        for (;;) {
          auto stream = listener->accept();
          if (!stream.ok()) return;
          char some[4096];
          (void)(*stream)->read_some(some, soon());
          (void)(*stream)->write_all(frame(LeanKind::kHello, 0, 0, hello.encode()) + nonsense(seed),
                                     soon());
          (*stream)->shutdown_write();
          for (;;) {
            const auto count = (*stream)->read_some(some, soon());
            if (!count.ok() || *count == 0) break;
          }
        }
      });
      LeanChannel channel;
      channel.set_target({{listener->address()}, 7, ""});
      rt::TaskGroup calls;
      int ended = 0;
      for (int i = 0; i < 3; ++i) {
        calls.spawn([&] {
          LeanCall call(channel);
          Text message;
          const Status started =
              call.start("/test.T/Echo", text("x"), rt::Deadline::in(seconds(10)));
          while (started.ok()) {
            const auto more = call.receive(message);
            EXPECT_TRUE(more.ok() || more.error().code() != Code::kDeadlineExceeded) << seed;
            if (!more.ok() || !*more) break;
          }
          ++ended;
        });
      }
      ASSERT_TRUE(calls.wait().ok());
      EXPECT_EQ(ended, 3);
      channel.close();
      server.cancel();
      (void)server.wait();
    }
  });
}

TEST(LeanHello, RoundTripAndMalformed) {
  LeanHello hello;
  hello.window_bytes = 77;
  hello.instance = 0x0123456789abcdef;
  hello.metadata = {{"a", "b"}, {"", std::string(300, 'x')}};
  const std::string bytes = hello.encode();
  const LeanHello read = LeanHello::parse(bytes).value();
  EXPECT_EQ(read.version, kLeanVersion);
  EXPECT_EQ(read.window_bytes, 77u);
  EXPECT_EQ(read.instance, hello.instance);
  EXPECT_EQ(read.metadata, hello.metadata);
  EXPECT_TRUE(LeanHello::parse(bytes + "more").ok());
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(LeanHello::parse(bytes.substr(0, size)).ok()) << size;
}

}  // namespace
}  // namespace vif::rpc
