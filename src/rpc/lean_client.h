// A client's side of the lean frame (lean.h): one connection to one server, for calls with one
// request.
//
//   LeanCall call(channel);
//   VIF_TRY(call.start("/queryservice.Query/StreamExecute", request, deadline));
//   while (VIF_TRY(call.receive(response))) ...
//
// A call that could not be made here at all says so by refused(): the caller makes it by gRPC
// instead.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rpc/channel.h"
#include "rt/net.h"
#include "rt/sync.h"
#include "rt/time.h"

namespace vif::rpc {

// Where a server said that it speaks lean frames.
struct LeanTarget {
  std::vector<rt::Address>
      addresses;          // tried in order; one whose server is another instance does not count
  uint64_t instance = 0;  // 0: there is none
  std::string host;       // the TLS certificate's, unless the options name it
  bool operator==(const LeanTarget& other) const {
    return instance == other.instance && host == other.host && texts() == other.texts();
  }

 private:
  std::vector<std::string> texts() const;
};

class LeanClientLink;

// Belongs to the scheduler, and is made by a fiber, as Channel is.
class LeanChannel {
 public:
  // Of the options: TLS, metadata, message_bytes_max, window_bytes, connect_timeout and keepalive
  // count.
  explicit LeanChannel(ChannelOptions options = {});
  // REQUIRES: no call alive.
  ~LeanChannel();
  LeanChannel(const LeanChannel&) = delete;

  // From the next call on. Calls in flight go on where they are.
  void set_target(LeanTarget target);
  // A call would be tried: there is a target, and it was not found out of reach just now.
  bool ready() const;
  // Breaks the connection: calls in flight end with kUnavailable.
  void close();

  // One request, one response. `refused` as LeanCall::refused(). Errors: as LeanCall's.
  Status unary(std::string_view method, const MessageLite& request, MessageLite& response,
               rt::Deadline deadline, bool& refused);

 private:
  friend class LeanCall;
  struct State;
  std::unique_ptr<State> state_;
};

// One call, on one fiber. Destroying it cancels what has not ended.
class LeanCall {
 public:
  explicit LeanCall(LeanChannel& channel) : channel_(channel) {}
  ~LeanCall();
  LeanCall(const LeanCall&) = delete;

  // Once. Connects if need be. Errors: kDeadlineExceeded, kCanceled, kUnavailable,
  // kResourceExhausted (too large).
  Status start(std::string_view method, const MessageLite& request, rt::Deadline deadline);
  // The two halves of start(): only the first waits.
  Status connect(rt::Deadline deadline);
  Status send(std::string_view method, const MessageLite& request);
  // The same for a method whose messages are bytes of their own form.
  Status send_bytes(std::string_view method, std::string_view request);
  // The next message; false once the call has ended well. Errors: the server's status, kCanceled,
  // kDeadlineExceeded, kUnavailable (connection lost), kResourceExhausted (message too large),
  // kInternal (no such message).
  Result<bool> receive(MessageLite& message);
  // The same for the answers to send_bytes(); the view lives until the next receive.
  Result<bool> receive_bytes(std::string_view& message);
  // The server has not seen the call, or has not acted on it.
  bool refused() const { return refused_; }

 private:
  friend class LeanClientLink;

  template <typename Message>
  Status open(std::string_view method, const Message& request);

  LeanChannel& channel_;
  std::shared_ptr<LeanClientLink> link_;  // null before start()
  rt::Deadline deadline_ = rt::Deadline::never();
  rt::WaitQueue changed_;
  std::string in_;  // messages, each behind its size in 4 bytes
  size_t in_at_ = 0;
  size_t taken_ = 0;  // bytes of messages that the server was not told of
  uint32_t id_ = 0;
  bool open_ = false;  // the link knows us
  bool refused_ = false;
  std::optional<Error> error_;
};

}  // namespace vif::rpc
