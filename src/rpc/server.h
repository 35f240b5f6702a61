// A server's side of gRPC: a table from method path to handler, served on any number of listeners
// and schedulers.
//
//   rpc::Server server(options);
//   server.handle("/queryservice.Query/Begin", [&](rpc::ServerCall& call) -> Status { ... });
//   unary<query::BeginRequest, query::BeginResponse>(server, "/queryservice.Query/Begin", fn);   // rpc/typed.h
//   VIF_TRY(server.serve(listener));   // on its own fiber; once a scheduler
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rpc/channel.h"
#include "rt/net.h"
#include "rt/time.h"
#include "rt/tls.h"

namespace vif::rpc {

// One call, while its handler runs; on a fiber of its own, which is cancelled when the client gives
// the call up.
class ServerCall {
 public:
  virtual ~ServerCall() = default;

  virtual std::string_view method() const = 0;
  // What the client sent beside gRPC's own headers.
  virtual const Metadata& metadata() const = 0;
  // The value of the first `key`, or "".
  std::string_view metadata(std::string_view key) const;
  // From the client's grpc-timeout; never() without one.
  virtual rt::Deadline deadline() const = 0;
  virtual std::string peer_address() const = 0;
  // Of the client's verified certificate, or "".
  virtual std::string peer_common_name() const = 0;

  // The next message from the client; false once it has finished sending. Waits. Errors: kCanceled,
  // kInvalidArgument (not such a message), kResourceExhausted (too large).
  virtual Result<bool> receive(MessageLite& message) = 0;
  // Waits while the client's window is closed and our buffer is full. Errors: kCanceled,
  // kUnavailable.
  virtual Status send(const MessageLite& message) = 0;
  // The same for calls whose messages are bytes of the caller's own form: by lean frames only,
  // others fail with kUnimplemented. The view lives as long as the call.
  virtual Result<std::string_view> receive_bytes();
  virtual Status send_bytes(std::string_view message);
  // Room for the handler's own use; its allocation stays for later calls where there are some.
  virtual std::string& scratch() = 0;
  // Before the first send().
  virtual void add_header(std::string key, std::string value) = 0;
  virtual void add_trailer(std::string key, std::string value) = 0;
};

// What it returns becomes the call's status: see status.h for how errors travel.
using Handler = std::function<Status(ServerCall&)>;

struct ServerOptions {
  rt::TlsContextPtr tls = {};            // absent: plain text
  size_t message_bytes_max = 16 << 20;   // of a received message
  uint32_t window_bytes = 1 << 20;       // what one stream may have in flight to us
  uint32_t streams_max = 100'000;        // calls at a time on one connection
  size_t metadata_bytes_max = 64 << 10;  // of one request's headers
  // As ChannelOptions: pings a silent connection that has calls in flight. Zero: never.
  rt::Duration keepalive_time = std::chrono::hours(2);
  rt::Duration keepalive_timeout = std::chrono::seconds(20);
  // Asked before each handler; its error is the call's. May be absent.
  std::function<Status(const ServerCall&)> authorize = {};
  // Lean frames (rpc/lean.h) too, on the same port. Their handlers get one request, and send no
  // headers or trailers.
  bool lean = false;
  std::string unix_path =
      {};  // of a unix socket on which the same server listens; for lean_offer()
};

// What clients need to know to reach a server by lean frames.
struct LeanOffer {
  uint64_t instance = 0;  // drawn at random: tells this server from another at the same address
  std::string unix_path;
};

// handle() and set_serving() before serve(); serve() from any scheduler.
class Server {
 public:
  // Registers grpc.health.v1.Health too.
  explicit Server(ServerOptions options = {});
  ~Server();
  Server(const Server&) = delete;

  // REQUIRES: not handled yet. Calls to other paths get kUnimplemented with gRPC's text.
  void handle(std::string path, Handler handler);
  bool handles(std::string_view path) const;
  // Nothing without ServerOptions::lean.
  std::optional<LeanOffer> lean_offer() const;

  // What the health service answers for `service` ("" is the whole server, serving from the start).
  // Any thread.
  void set_serving(std::string_view service, bool serving);

  // Accepts and serves until the listener is closed and its connections have ended (see drain()),
  // or the fiber is cancelled: then calls in flight are too. Waits. Errors: kCanceled; the
  // listener's, but not its being closed.
  Status serve(rt::Listener& listener);
  // For this scheduler's connections: tells clients to go elsewhere (GOAWAY), waits for the calls
  // in flight, closes. Errors: kDeadlineExceeded (calls still run).
  Status drain(rt::Deadline deadline);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vif::rpc
