// A client's side of gRPC: many calls over few HTTP/2 connections to one server.
//
//   rpc::Channel channel(address, options);
//   query::BeginResponse response;
//   VIF_TRY(channel.unary("/queryservice.Query/Begin", request, response, {.deadline = deadline}));
//
// A channel, and all that comes of it, belongs to the scheduler that made it; any of its fibers may
// call, many at a time. It is made by a fiber that outlives its calls (its own fibers are that
// fiber's, and are cancelled with it).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "rt/net.h"
#include "rt/time.h"
#include "rt/tls.h"

namespace google::protobuf {
class MessageLite;
}

namespace vif::rpc {

using google::protobuf::MessageLite;

// Headers or trailers beside gRPC's own. Keys are lower case; values of keys that end in "-bin" are
// raw bytes here (base64 on the wire).
using Metadata = std::vector<std::pair<std::string, std::string>>;

struct ChannelOptions {
  rt::TlsContextPtr tls = {};           // absent: plain text
  std::string tls_server_name = {};     // empty: the address's host
  std::string authority = {};           // empty: derived from the address
  Metadata metadata = {};               // goes with every call
  size_t message_bytes_max = 16 << 20;  // of a received message; beyond: kResourceExhausted
  uint32_t window_bytes = 1 << 20;      // what one stream may have in flight to us
  int connections_max = 1;              // more are opened as the others have many calls in flight
  rt::Duration connect_timeout = std::chrono::seconds(5);
  // After a failed dial, calls fail at once with its error for this long (doubling up to the
  // maximum).
  rt::Duration backoff_min = std::chrono::milliseconds(20);
  rt::Duration backoff_max = std::chrono::seconds(2);
  // A connection with calls in flight and silent for `keepalive_time` is pinged, and given up when
  // nothing comes within `keepalive_timeout`. Zero: never.
  rt::Duration keepalive_time = std::chrono::seconds(10);
  rt::Duration keepalive_timeout = std::chrono::seconds(10);
};

struct CallOptions {
  rt::Deadline deadline = rt::Deadline::never();
  const Metadata* metadata = nullptr;  // may be absent; read before the call first waits
  bool wait_for_ready = false;         // a failed dial is tried again until the deadline
};

class Connection;

// One call with streams of messages. Destroying it cancels a call that has not ended.
// One fiber sends and one receives at a time; both may be the same. Not to be used after its
// channel is gone.
class ClientStream {
 public:
  ~ClientStream();
  ClientStream(const ClientStream&) = delete;

  // Waits while the peer's window is closed and our buffer is full. Errors: kCanceled,
  // kDeadlineExceeded; kUnavailable once the call has ended (receive() says why).
  Status send(const MessageLite& message);
  // No more messages from us.
  void finish_sending();
  // The next message; false once the call has ended well. Errors: the server's status (see
  // status.h), kCanceled, kDeadlineExceeded, kUnavailable (connection lost), kResourceExhausted
  // (message too large).
  Result<bool> receive(MessageLite& message);
  // Until receive() would not wait. Errors: kDeadlineExceeded, kCanceled; the call goes on.
  Status wait(rt::Deadline deadline);
  // Ends the call here and there. receive() then gives kCanceled.
  void cancel();
  // Until the server's headers are there, or the call has ended.
  Result<const Metadata*> headers();
  // Complete once receive() has returned false or an error.
  const Metadata& trailers() const;

 private:
  friend class Channel;
  struct State;
  explicit ClientStream(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class Channel {
 public:
  // Does not connect yet; the first call does.
  Channel(rt::Address address, ChannelOptions options = {});
  // Closes the connections and waits for its fibers. REQUIRES: no call in flight, no ClientStream
  // alive.
  ~Channel();
  Channel(const Channel&) = delete;

  // `method` is the path, "/package.Service/Method". Waits. Errors: the server's status, and as
  // ClientStream's.
  Status unary(std::string_view method, const MessageLite& request, MessageLite& response,
               const CallOptions& options = {});
  // A call to stream both ways. Errors: kUnavailable (could not connect), kDeadlineExceeded,
  // kCanceled.
  Result<std::unique_ptr<ClientStream>> open(std::string_view method,
                                             const CallOptions& options = {});
  // The same, with the only request sent and sending finished.
  Result<std::unique_ptr<ClientStream>> server_stream(std::string_view method,
                                                      const MessageLite& request,
                                                      const CallOptions& options = {});
  // Makes sure of a connection. Errors: as open().
  Status connect(rt::Deadline deadline);
  // Breaks the connections: calls in flight end with kUnavailable, later ones too.
  void close();

  const rt::Address& address() const;
  const ChannelOptions& options() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vif::rpc
