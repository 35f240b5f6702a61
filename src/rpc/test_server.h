// What the tests of channels have in common: a message with a string, a server while it lives, and
// its certificates.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "proto/grpc_health.pb.h"
#include "rpc/channel.h"
#include "rpc/server.h"
#include "rt/fiber.h"
#include "rt/tls.h"

namespace vif::rpc {

using Text = grpc::health::v1::HealthCheckRequest;

inline Text text(std::string value) {
  Text message;
  message.set_service(std::move(value));
  return message;
}

// A server on a port of its own, while it lives.
struct Served {
  Served(std::function<void(Server&)> add, ServerOptions options = {},
         rt::Address at = rt::Address::tcp("127.0.0.1", 0))
      : server(std::move(options)) {
    add(server);
    start(at);
  }
  ~Served() { stop(); }
  void start(const rt::Address& at) {
    listener = rt::listen(at).value();
    address = listener->address();
    fibers = std::make_unique<rt::TaskGroup>();
    fibers->spawn([this] { (void)server.serve(*listener); });
  }
  void stop() {
    fibers.reset();
    listener.reset();
  }

  Server server;
  std::unique_ptr<rt::Listener> listener;
  rt::Address address;
  std::unique_ptr<rt::TaskGroup> fibers;
};

// `body` on a scheduler of its own.
inline void run(const std::function<void()>& body) {
  const Status status = rt::run({}, [&]() -> Status {
    body();
    return {};
  });
  ASSERT_TRUE(status.ok()) << status.error().to_string();
}

// A certificate of "localhost" in a temporary folder, for a server and for who trusts it.
struct TestTls {
  TestTls() {
    char name[] = "/tmp/vif-rpc-tls-XXXXXX";  // mkdtemp fills it in
    dir = mkdtemp(name);
    const std::string cert = dir + "/cert.pem";
    const std::string key = dir + "/key.pem";
    EXPECT_TRUE(rt::make_self_signed("localhost", cert, key).ok());
    rt::TlsServerOptions server_tls;
    server_tls.cert_path = cert;
    server_tls.key_path = key;
    server.tls = rt::tls_server_context(server_tls).value();
    rt::TlsClientOptions client_tls;
    client_tls.ca_path = cert;
    client.tls = rt::tls_client_context(client_tls).value();
  }
  ~TestTls() { std::filesystem::remove_all(dir); }

  std::string dir;
  ServerOptions server;
  ChannelOptions client;
};

}  // namespace vif::rpc
