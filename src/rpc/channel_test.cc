// Channel against Server, over loopback. A HealthCheckRequest serves as "a message with a string".
#include "rpc/channel.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "rpc/test_server.h"
#include "rpc/typed.h"
#include "rt/fiber.h"
#include "rt/sync.h"

namespace vif::rpc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

void add_echo(Server& server) {
  unary<Text, Text>(server, "/test.T/Echo",
                    [](ServerCall& call, const Text& request, Text& response) -> Status {
                      response.set_service(request.service());
                      for (const auto& [key, value] : call.metadata()) {
                        if (key.starts_with("x-")) call.add_trailer(key, value);
                      }
                      call.add_header("x-head", "h");
                      return {};
                    });
}

TEST(Channel, UnaryRoundTrip) {
  run([] {
    Served served(add_echo);
    Channel channel(served.address);
    for (const std::string& sent :
         {std::string("hello"), std::string(), std::string(100'000, 'x')}) {
      Text response;
      const Status status = channel.unary("/test.T/Echo", text(sent), response);
      ASSERT_TRUE(status.ok()) << status.error().to_string();
      EXPECT_EQ(response.service(), sent);
    }
  });
}

TEST(Channel, UnixSocket) {
  run([] {
    const std::string path = fmt::format("/tmp/vif-rpc-test-{}.sock", getpid());
    Served served(add_echo, {}, rt::Address::unix_socket(path));
    Channel channel(served.address);
    Text response;
    ASSERT_TRUE(channel.unary("/test.T/Echo", text("u"), response).ok());
    EXPECT_EQ(response.service(), "u");
    std::filesystem::remove(path);
  });
}

TEST(Channel, Tls) {
  run([] {
    const TestTls tls;
    Served served(add_echo, tls.server);
    ChannelOptions options = tls.client;
    options.tls_server_name = "localhost";
    Channel channel(served.address, options);
    Text response;
    const Status status = channel.unary("/test.T/Echo", text(std::string(1 << 20, 's')), response);
    ASSERT_TRUE(status.ok()) << status.error().to_string();
    EXPECT_EQ(response.service().size(), size_t{1} << 20);

    Channel plain(served.address);
    EXPECT_FALSE(plain.unary("/test.T/Echo", text("x"), response).ok());
  });
}

TEST(Channel, ErrorsKeepCodeAndMysqlError) {
  run([] {
    Served served([](Server& server) {
      unary<Text, Text>(server, "/test.T/Fail",
                        [](ServerCall&, const Text& request, Text&) -> Status {
                          if (request.service() == "event")
                            return Error(Code::kClusterEvent, "not serving \xc3\xa9\n%");
                          if (request.service() == "long")
                            return Error(Code::kInternal, std::string(20'000, 'l'));
                          return Error(Code::kAlreadyExists, 1062, "23000", "Duplicate");
                        });
    });
    Channel channel(served.address);
    Text response;
    Status status = channel.unary("/test.T/Fail", text("event"), response);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code(), Code::kClusterEvent);
    EXPECT_EQ(status.error().message(), "not serving \xc3\xa9\n%");
    status = channel.unary("/test.T/Fail", text(""), response);
    EXPECT_EQ(
        status.error().to_string(),
        "ALREADY_EXISTS: Duplicate (errno 1062) (sqlstate 23000) (errno 1062) (sqlstate 23000)");
    EXPECT_EQ(channel.unary("/test.T/Fail", text("long"), response).error().message().size(),
              7680u + 85u);
    status = channel.unary("/test.T/Nope", text(""), response);
    EXPECT_EQ(status.error().to_string(), "UNIMPLEMENTED: unknown method Nope for service test.T");
    status = channel.unary("/other.S/Nope", text(""), response);
    EXPECT_EQ(status.error().to_string(), "UNIMPLEMENTED: unknown service other.S");
  });
}

TEST(Channel, MetadataBothWays) {
  run([] {
    Served served(add_echo);
    ChannelOptions options;
    options.metadata = {{"x-always", "1"}};
    Channel channel(served.address, options);
    const Metadata metadata = {{"x-a", "b c"}, {"x-raw-bin", std::string("\0\xff", 2)}};
    auto stream = channel.server_stream("/test.T/Echo", text("m"), {.metadata = &metadata});
    ASSERT_TRUE(stream.ok());
    auto headers = (*stream)->headers();
    ASSERT_TRUE(headers.ok());
    EXPECT_EQ(**headers, (Metadata{{"x-head", "h"}}));
    Text response;
    EXPECT_TRUE((*stream)->receive(response).value());
    EXPECT_FALSE((*stream)->receive(response).value());
    EXPECT_EQ(
        (*stream)->trailers(),
        (Metadata{{"x-always", "1"}, {"x-a", "b c"}, {"x-raw-bin", std::string("\0\xff", 2)}}));
  });
}

TEST(Channel, AuthorizeRefuses) {
  run([] {
    ServerOptions options;
    options.authorize = [](const ServerCall& call) -> Status {
      if (call.metadata("password") == "p") return {};
      return Error(Code::kUnauthenticated, "no");
    };
    Served served(add_echo, options);
    Channel channel(served.address);
    Text response;
    EXPECT_EQ(channel.unary("/test.T/Echo", text(""), response).error().code(),
              Code::kUnauthenticated);
    const Metadata metadata = {{"password", "p"}};
    EXPECT_TRUE(channel.unary("/test.T/Echo", text(""), response, {.metadata = &metadata}).ok());
  });
}

TEST(Channel, DeadlineEndsBothSides) {
  run([] {
    rt::Event ended;
    Code ended_with = Code::kOk;
    bool had_deadline = false;
    Served served([&](Server& server) {
      server.handle("/test.T/Hang", [&](ServerCall& call) -> Status {
        had_deadline = !call.deadline().is_never();
        const Status slept = rt::sleep_for(seconds(60));
        ended_with = slept.ok() ? Code::kOk : slept.error().code();
        ended.set();
        return slept;
      });
    });
    Channel channel(served.address);
    Text response;
    const Status status = channel.unary("/test.T/Hang", text(""), response,
                                        {.deadline = rt::Deadline::in(milliseconds(30))});
    EXPECT_EQ(status.error().to_string(), "DEADLINE_EXCEEDED: context deadline exceeded");
    ASSERT_TRUE(ended.wait(rt::Deadline::in(seconds(10))).ok());
    EXPECT_TRUE(had_deadline);
    EXPECT_EQ(ended_with, Code::kCanceled) << "RST_STREAM reached the handler";
  });
}

TEST(Channel, CancelledCallerCancelsTheHandler) {
  run([] {
    rt::Event started, ended;
    Served served([&](Server& server) {
      server.handle("/test.T/Hang", [&](ServerCall& call) -> Status {
        started.set();
        Text message;
        (void)call.receive(message);
        const Status status = rt::sleep_for(seconds(60));
        ended.set();
        return status;
      });
    });
    Channel channel(served.address);
    {
      rt::TaskGroup group;
      group.spawn([&] {
        Text response;
        EXPECT_EQ(channel.unary("/test.T/Hang", text(""), response).error().code(),
                  Code::kCanceled);
      });
      ASSERT_TRUE(started.wait(rt::Deadline::in(seconds(10))).ok());
    }
    ASSERT_TRUE(ended.wait(rt::Deadline::in(seconds(10))).ok());
  });
}

TEST(Channel, BidiEcho) {
  run([] {
    Served served([](Server& server) {
      server.handle("/test.T/Bidi", [](ServerCall& call) -> Status {
        Text message;
        while (VIF_TRY(call.receive(message))) VIF_TRY(call.send(message));
        return {};
      });
    });
    Channel channel(served.address);
    auto stream = channel.open("/test.T/Bidi").value();
    Text got;
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(stream->send(text(std::to_string(i))).ok());
      ASSERT_TRUE(stream->receive(got).value());
      ASSERT_EQ(got.service(), std::to_string(i));
    }
    stream->finish_sending();
    EXPECT_FALSE(stream->receive(got).value());
    EXPECT_FALSE(stream->send(text("late")).ok());
  });
}

TEST(Channel, ServerMayEndBeforeTheClientDoes) {
  run([] {
    Served served([](Server& server) {
      server.handle("/test.T/Quit", [](ServerCall& call) -> Status {
        Text message;
        VIF_TRY(call.receive(message));
        VIF_TRY(call.send(message));
        return Error(Code::kFailedPrecondition, "enough");
      });
    });
    Channel channel(served.address);
    auto stream = channel.open("/test.T/Quit").value();
    ASSERT_TRUE(stream->send(text("a")).ok());
    Text got;
    ASSERT_TRUE(stream->receive(got).value());
    EXPECT_EQ(stream->receive(got).error().to_string(), "FAILED_PRECONDITION: enough");
    EXPECT_FALSE(stream->send(text("b")).ok());
  });
}

TEST(Channel, SlowReceiverSlowsTheSender) {
  run([] {
    int sent = 0;
    Served served([&](Server& server) {
      server_stream<Text>(server, "/test.T/Flood", [&](ServerCall& call, const Text&) -> Status {
        const Text block = text(std::string(10'000, 'b'));
        for (; sent < 2000; ++sent) VIF_TRY(call.send(block));
        return {};
      });
    });
    Channel channel(served.address);
    auto stream = channel.server_stream("/test.T/Flood", text("")).value();
    Text got;
    ASSERT_TRUE(stream->receive(got).value());
    // Other calls on the connection go on, and let the flood run against its window.
    for (int i = 0; i < 50; ++i) {
      Text response;
      ASSERT_TRUE(channel.unary("/grpc.health.v1.Health/Check", text(""), response).ok());
    }
    EXPECT_LT(sent, 200) << "window and buffers hold 1.25 MiB";
    int received = 1;
    while (stream->receive(got).value()) ++received;
    EXPECT_EQ(received, 2000);
  });
}

TEST(Channel, LargeMessagesAndLimits) {
  run([] {
    ServerOptions server_options;
    server_options.message_bytes_max = 12 << 20;
    Served served(add_echo, server_options);
    ChannelOptions options;
    options.message_bytes_max = 11 << 20;
    Channel channel(served.address, options);
    Text response;
    ASSERT_TRUE(channel.unary("/test.T/Echo", text(std::string(10 << 20, 'x')), response).ok());
    EXPECT_EQ(response.service().size(), size_t{10} << 20);
    Status status = channel.unary("/test.T/Echo", text(std::string(13 << 20, 'x')), response);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().to_string(),
              "RESOURCE_EXHAUSTED: grpc: received message larger than max (13631493 vs. 12582912)");
    status = channel.unary("/test.T/Echo", text(std::string((11 << 20) + 9, 'x')), response);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code(), Code::kResourceExhausted) << "the client's own limit";
    EXPECT_TRUE(channel.unary("/test.T/Echo", text("after"), response).ok());
  });
}

TEST(Channel, ManyCallsShareOneConnection) {
  run([] {
    std::set<std::string> peers;
    Served served([&](Server& server) {
      unary<Text, Text>(server, "/test.T/Slow",
                        [&](ServerCall& call, const Text& request, Text& response) -> Status {
                          peers.insert(call.peer_address());
                          VIF_TRY(rt::sleep_for(milliseconds(1)));
                          response.set_service(request.service());
                          return {};
                        });
    });
    Channel channel(served.address);
    int answered = 0;
    rt::TaskGroup group;
    for (int i = 0; i < 500; ++i) {
      group.spawn([&, i] {
        Text response;
        for (int k = 0; k < 3; ++k) {
          const Status status = channel.unary("/test.T/Slow", text(std::to_string(i)), response);
          ASSERT_TRUE(status.ok()) << status.error().to_string();
          ASSERT_EQ(response.service(), std::to_string(i));
          ++answered;
        }
      });
    }
    ASSERT_TRUE(group.wait().ok());
    EXPECT_EQ(answered, 1500);
    EXPECT_EQ(peers.size(), 1u);
  });
}

TEST(Channel, ReconnectsAfterTheServerCameBack) {
  run([] {
    Served served(add_echo);
    Channel channel(served.address,
                    {.backoff_min = milliseconds(1), .backoff_max = milliseconds(10)});
    Text response;
    ASSERT_TRUE(channel.unary("/test.T/Echo", text("a"), response).ok());
    const rt::Address address = served.address;
    served.stop();
    Status status = channel.unary("/test.T/Echo", text("b"), response);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code(), Code::kUnavailable);
    served.start(address);
    status = channel.unary("/test.T/Echo", text("c"), response,
                           {.deadline = rt::Deadline::in(seconds(10)), .wait_for_ready = true});
    ASSERT_TRUE(status.ok()) << status.error().to_string();
    EXPECT_EQ(response.service(), "c");
  });
}

TEST(Channel, LostConnectionEndsCallsAndHandlers) {
  run([] {
    rt::Event started, ended;
    Served served([&](Server& server) {
      server.handle("/test.T/Hang", [&](ServerCall&) -> Status {
        started.set();
        const Status status = rt::sleep_for(seconds(60));
        ended.set();
        return status;
      });
    });
    auto channel = std::make_unique<Channel>(served.address);
    rt::TaskGroup group;
    group.spawn([&] {
      Text response;
      EXPECT_EQ(channel->unary("/test.T/Hang", text(""), response).error().code(),
                Code::kUnavailable);
    });
    ASSERT_TRUE(started.wait(rt::Deadline::in(seconds(10))).ok());
    channel->close();
    ASSERT_TRUE(group.wait(rt::Deadline::in(seconds(10))).ok());
    ASSERT_TRUE(ended.wait(rt::Deadline::in(seconds(10))).ok());
  });
}

TEST(Server, DrainLetsCallsFinish) {
  run([] {
    rt::Event started, go;
    Served served([&](Server& server) {
      unary<Text, Text>(server, "/test.T/Wait",
                        [&](ServerCall&, const Text&, Text& response) -> Status {
                          started.set();
                          VIF_TRY(go.wait());
                          response.set_service("done");
                          return {};
                        });
    });
    Channel channel(served.address);
    rt::TaskGroup group;
    Text response;
    Status status = Error(Code::kUnknown, "not ended");
    group.spawn([&] { status = channel.unary("/test.T/Wait", text(""), response); });
    ASSERT_TRUE(started.wait(rt::Deadline::in(seconds(10))).ok());
    served.listener->close();
    EXPECT_EQ(served.server.drain(rt::Deadline::in(milliseconds(20))).error().code(),
              Code::kDeadlineExceeded);
    go.set();
    EXPECT_TRUE(served.server.drain(rt::Deadline::in(seconds(10))).ok());
    ASSERT_TRUE(group.wait(rt::Deadline::in(seconds(10))).ok());
    EXPECT_TRUE(status.ok());
    EXPECT_EQ(response.service(), "done");
  });
}

// What nghttp2 takes and no gRPC client sends: a request without a path.
TEST(Server, AnswersARequestWithoutAPath) {
  run([] {
    Served served(add_echo);
    auto stream = rt::dial(served.address, rt::Deadline::in(seconds(10))).value();
    const auto literal = [](std::string_view name, std::string_view value) {
      return fmt::format("{}{}{}{}{}", '\0', static_cast<char>(name.size()), name,
                         static_cast<char>(value.size()), value);
    };
    const std::string headers = literal(":method", "CONNECT") + literal(":authority", "a") +
                                literal("content-type", "application/grpc");
    std::string bytes = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    bytes.append("\0\0\0\4\0\0\0\0\0", 9);  // SETTINGS
    bytes.append(
        {'\0', '\0', static_cast<char>(headers.size()), '\1', '\5', '\0', '\0', '\0', '\1'});
    ASSERT_TRUE(stream->write_all(bytes + headers, rt::Deadline::in(seconds(10))).ok());
    // Frames until the HEADERS that answer stream 1.
    std::string got;
    const auto need = [&](size_t size) {
      while (got.size() < size) {
        char buffer[4096];
        const auto count = stream->read_some(buffer, rt::Deadline::in(seconds(10)));
        if (!count.ok() || *count == 0) return false;
        got.append(buffer, *count);
      }
      return true;
    };
    for (;;) {
      ASSERT_TRUE(need(9)) << "no answer came";
      if (got[3] == 1 && got[8] == 1) break;
      const auto size =
          static_cast<size_t>(static_cast<uint8_t>(got[1]) << 8 | static_cast<uint8_t>(got[2]));
      ASSERT_TRUE(need(9 + size));
      got.erase(0, 9 + size);
    }
  });
}

TEST(Server, HealthService) {
  run([] {
    Served served([](Server&) {});
    Channel channel(served.address);
    grpc::health::v1::HealthCheckResponse response;
    const std::string path = "/grpc.health.v1.Health/Check";
    ASSERT_TRUE(channel.unary(path, text(""), response).ok());
    EXPECT_EQ(response.status(), response.SERVING);
    EXPECT_EQ(channel.unary(path, text("x"), response).error().code(), Code::kNotFound);
    served.server.set_serving("x", false);
    ASSERT_TRUE(channel.unary(path, text("x"), response).ok());
    EXPECT_EQ(response.status(), response.NOT_SERVING);
    auto watch = channel.server_stream("/grpc.health.v1.Health/Watch", text("x")).value();
    ASSERT_TRUE(watch->receive(response).value());
    EXPECT_EQ(response.status(), response.NOT_SERVING);
    served.server.set_serving("x", true);
    ASSERT_TRUE(watch->receive(response).value());
    EXPECT_EQ(response.status(), response.SERVING);
  });
}

TEST(Channel, KeepaliveGivesUpASilentServer) {
  run([] {
    auto listener = rt::listen(rt::Address::tcp("127.0.0.1", 0)).value();
    ChannelOptions options;
    options.keepalive_time = milliseconds(20);
    options.keepalive_timeout = milliseconds(20);
    Channel channel(listener->address(), options);
    Text response;
    const Status status = channel.unary("/test.T/Echo", text(""), response);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().to_string(),
              "UNAVAILABLE: keepalive ping failed to receive ACK within timeout");
  });
}

}  // namespace
}  // namespace vif::rpc
