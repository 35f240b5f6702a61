// Against gRPC's own library (Debian's python3-grpcio), both ways, in plain text and over TLS.
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "proto/grpc_health.pb.h"
#include "rpc/channel.h"
#include "rpc/server.h"
#include "rpc/typed.h"
#include "rt/fiber.h"
#include "rt/process.h"

namespace vif::rpc {
namespace {

using Text = grpc::health::v1::HealthCheckRequest;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kPython = "/usr/bin/python3";
constexpr const char* kPeer = "src/rpc/grpc_peer.py";

Text text(std::string value) {
  Text message;
  message.set_service(std::move(value));
  return message;
}

class GrpcPeer : public testing::Test {
 protected:
  // Runs `body` on a fiber, when the library is there.
  void run(const std::function<Status()>& body) {
    bool absent = false;
    const Status status = rt::run({}, [&]() -> Status {
      rt::ProcessOptions probe;
      probe.argv = {kPython, "-c", "import grpc"};
      auto probed = rt::run_command(probe, rt::Deadline::in(seconds(60)));
      absent = !probed.ok() || probed->status != 0 || !std::filesystem::exists(kPeer);
      return absent ? Status() : body();
    });
    if (absent)
      GTEST_SKIP() << "NOT TESTED against gRPC's own library: install python3-grpcio, run in the "
                      "source tree";
    EXPECT_TRUE(status.ok()) << status.error().to_string();
  }

  void SetUp() override {
    char dir[] = "/tmp/vif-grpc-peer-XXXXXX";
    ASSERT_NE(mkdtemp(dir), nullptr);
    dir_ = dir;
    ASSERT_TRUE(rt::make_self_signed("localhost", cert(), key()).ok());
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  std::string cert() const { return dir_ + "/cert.pem"; }
  std::string key() const { return dir_ + "/key.pem"; }
  std::string dir_;
};

void add_handlers(Server& server) {
  unary<Text, Text>(server, "/test.T/Echo",
                    [](ServerCall& call, const Text& request, Text& response) -> Status {
                      response = request;
                      call.add_header("x-head", "h");
                      for (const auto& [key, value] : call.metadata()) {
                        if (key.starts_with("x-")) call.add_trailer(key, value);
                      }
                      return {};
                    });
  unary<Text, Text>(server, "/test.T/Fail", [](ServerCall&, const Text& request, Text&) -> Status {
    if (request.service() == "long") return Error(Code::kInternal, std::string(20'000, '\xc3'));
    return Error(Code::kAlreadyExists, 1062, "23000", "Duplicate \xc3\xa9\n%");
  });
  server.handle("/test.T/Hang", [](ServerCall&) { return rt::sleep_for(seconds(60)); });
  server_stream<Text>(server, "/test.T/Flood", [](ServerCall& call, const Text&) -> Status {
    const Text block = text(std::string(10'000, 'b'));
    for (int i = 0; i < 2000; ++i) VIF_TRY(call.send(block));
    return {};
  });
  server.handle("/test.T/Bidi", [](ServerCall& call) -> Status {
    Text message;
    while (VIF_TRY(call.receive(message))) VIF_TRY(call.send(message));
    return {};
  });
  server.handle("/test.T/Count", [](ServerCall& call) -> Status {
    Text message;
    int count = 0;
    while (VIF_TRY(call.receive(message))) ++count;
    return call.send(text(std::to_string(count)));
  });
}

TEST_F(GrpcPeer, ItsClientAgainstOurServer) {
  run([this]() -> Status {
    for (const bool tls : {false, true}) {
      ServerOptions options;
      options.message_bytes_max = 12 << 20;
      if (tls) {
        rt::TlsServerOptions secured;
        secured.cert_path = cert();
        secured.key_path = key();
        options.tls = VIF_TRY(rt::tls_server_context(secured));
      }
      Server server(options);
      add_handlers(server);
      auto listener = VIF_TRY(rt::listen(rt::Address::tcp("127.0.0.1", 0)));
      rt::TaskGroup group;
      group.spawn([&] { (void)server.serve(*listener); });
      rt::ProcessOptions client;
      client.argv = {kPython, kPeer, "client", listener->address().to_string()};
      if (tls) client.argv.push_back(cert());
      const auto output = VIF_TRY(rt::run_command(client, rt::Deadline::in(seconds(120))));
      EXPECT_EQ(output.status, 0) << output.text;
      EXPECT_NE(output.text.find("all is well"), std::string::npos) << output.text;
    }
    return {};
  });
}

void check_its_server(Channel& channel) {
  const auto soon = [] { return rt::Deadline::in(seconds(20)); };
  Text response;
  for (size_t size : {size_t{0}, size_t{5}, size_t{100'000}, size_t{10} << 20}) {
    const Status status =
        channel.unary("/test.T/Echo", text(std::string(size, 'x')), response, {.deadline = soon()});
    ASSERT_TRUE(status.ok()) << status.error().to_string();
    EXPECT_EQ(response.service().size(), size);
  }
  const Metadata metadata = {{"x-a", "b c"}, {"x-raw-bin", std::string("\0\xff", 2)}};
  auto echo =
      channel.server_stream("/test.T/Echo", text("m"), {.deadline = soon(), .metadata = &metadata})
          .value();
  ASSERT_TRUE(echo->receive(response).value());
  ASSERT_FALSE(echo->receive(response).value());
  EXPECT_EQ(**echo->headers(), (Metadata{{"x-head", "h"}}));
  EXPECT_EQ(echo->trailers(), metadata);
  Status status = channel.unary("/test.T/Fail", text(""), response, {.deadline = soon()});
  EXPECT_EQ(status.error().code(), Code::kAlreadyExists);
  EXPECT_EQ(status.error().mysql_errno(), 1062);
  EXPECT_EQ(status.error().message(), "Duplicate \xc3\xa9% (errno 1062) (sqlstate 23000)");
  EXPECT_EQ(channel.unary("/test.T/Nope", text(""), response, {.deadline = soon()}).error().code(),
            Code::kUnimplemented);
  EXPECT_EQ(channel
                .unary("/test.T/Hang", text(""), response,
                       {.deadline = rt::Deadline::in(milliseconds(100))})
                .error()
                .code(),
            Code::kDeadlineExceeded);
  status = channel.unary("/test.T/Echo", text(std::string(13 << 20, 'x')), response,
                         {.deadline = soon()});
  EXPECT_EQ(status.error().code(), Code::kResourceExhausted);
  auto flood = channel.server_stream("/test.T/Flood", text("")).value();
  int count = 0;
  while (flood->receive(response).value()) ++count;
  EXPECT_EQ(count, 2000);
  auto bidi = channel.open("/test.T/Bidi", {.deadline = soon()}).value();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(bidi->send(text(std::to_string(i))).ok());
    ASSERT_TRUE(bidi->receive(response).value());
    EXPECT_EQ(response.service(), std::to_string(i));
  }
  bidi->finish_sending();
  EXPECT_FALSE(bidi->receive(response).value());
  auto counted = channel.open("/test.T/Count", {.deadline = soon()}).value();
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(counted->send(text(std::string(5000, 'c'))).ok());
  counted->finish_sending();
  ASSERT_TRUE(counted->receive(response).value());
  EXPECT_EQ(response.service(), "300");
  rt::TaskGroup group;
  for (int i = 0; i < 300; ++i) {
    group.spawn([&, i] {
      Text mine;
      const Status called = channel.unary("/test.T/Echo", text(std::to_string(i)), mine,
                                          {.deadline = rt::Deadline::in(seconds(60))});
      EXPECT_TRUE(called.ok()) << called.error().to_string();
      EXPECT_EQ(mine.service(), std::to_string(i));
    });
  }
  EXPECT_TRUE(group.wait().ok());
}

TEST_F(GrpcPeer, OurClientAgainstItsServer) {
  run([this]() -> Status {
    const std::string ports_file = dir_ + "/ports";
    rt::ProcessOptions options;
    options.argv = {kPython, kPeer, "server", ports_file, cert(), key()};
    options.die_with_parent = true;
    const auto process = VIF_TRY(rt::Process::start(options));
    const rt::Deadline patience = rt::Deadline::in(seconds(60));
    while (!std::filesystem::exists(ports_file) && process->running() && !patience.passed()) {
      VIF_TRY(rt::sleep_for(milliseconds(10)));
    }
    uint16_t plain = 0;
    uint16_t secure = 0;
    std::ifstream(ports_file) >> plain >> secure;
    EXPECT_NE(secure, 0);
    {
      Channel channel(rt::Address::tcp("127.0.0.1", plain));
      check_its_server(channel);
      rt::TlsClientOptions trust;
      trust.ca_path = cert();
      ChannelOptions secured;
      secured.tls = VIF_TRY(rt::tls_client_context(trust));
      secured.tls_server_name = "localhost";
      Channel tls_channel(rt::Address::tcp("127.0.0.1", secure), secured);
      check_its_server(tls_channel);
    }
    process->signal(SIGKILL);
    VIF_TRY(process->wait(rt::Deadline::in(seconds(10))));
    return {};
  });
}

}  // namespace
}  // namespace vif::rpc
