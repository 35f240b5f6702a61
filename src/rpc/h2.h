// HTTP/2 as gRPC uses it, over one rt::Stream: what channel and server share. Internal to rpc/.
//
// A connection is driven by two fibers of its owner, read_loop() and write_loop(). Calls put bytes
// into their H2Stream; what one loop turn produced leaves in one write, before the scheduler polls.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rpc/channel.h"
#include "rpc/spare_buffers.h"
#include "rpc/turn_flush.h"
#include "rt/net.h"
#include "rt/sync.h"
#include "rt/time.h"

struct nghttp2_session;
struct H2Callbacks;

namespace vif::rpc {

class H2Connection;

// One call's traffic, either side. Owned by the call; the connection knows it until it is closed or
// forgotten.
struct H2Stream {
  H2Stream() = default;
  ~H2Stream();
  H2Stream(const H2Stream&) = delete;

  H2Connection* connection = nullptr;
  void* owner = nullptr;         // the server's call
  H2Stream* previous = nullptr;  // the connection's list
  H2Stream* next = nullptr;
  int32_t id = -1;

  std::string out;  // framed messages, of which the first `out_at` bytes were sent
  size_t out_at = 0;
  bool out_end = false;       // nothing follows `out`
  bool deferred = false;      // nghttp2 waits to be told of more
  bool sender_waits = false;  // for room in `out`

  std::string in;  // received, of which the first `in_at` bytes were read
  size_t in_at = 0;
  size_t held = 0;      // received bytes whose window was not yet given back
  bool in_end = false;  // the peer has finished sending

  bool closed = false;   // nothing will come or go any more
  bool refused = false;  // the peer did not act on it: it may be sent again
  uint32_t h2_error = 0;

  Metadata headers;  // of the peer, without those below
  Metadata trailers;
  bool headers_done = false;
  size_t metadata_bytes = 0;
  int http_status = 0;   // client only
  int grpc_status = -1;  // client only; -1: none came
  std::string grpc_message;

  Metadata own_trailers;  // server only: grpc-status first
  rt::WaitQueue changed;  // any of the above; for the receiver and for a sender waiting for room
};

struct H2Options {
  bool server = false;
  size_t message_bytes_max = 16 << 20;
  size_t metadata_bytes_max = 64 << 10;
  uint32_t window_bytes = 1 << 20;
  uint32_t streams_max = 100'000;
  rt::Duration keepalive_time{};
  rt::Duration keepalive_timeout{};
};

class H2Connection {
 public:
  // A call's buffers beyond this size make its sender wait.
  static constexpr size_t kOutHighWater = 256 << 10;

  // `already_read` came from the peer before.
  H2Connection(std::unique_ptr<rt::Stream> stream, const H2Options& options,
               std::string already_read = {});
  // REQUIRES: both loops have returned.
  virtual ~H2Connection();
  H2Connection(const H2Connection&) = delete;

  // Until the connection ends, however that is; then every stream is closed and error() says why.
  // Waits.
  void read_loop();
  // Until the connection ends: writes what could not be written at once, pings. Waits.
  void write_loop();

  bool usable() const { return !broken_ && !draining_; }
  // REQUIRES: not usable by failure; why.
  const Error& error() const { return *error_; }
  bool is_broken() const { return broken_; }
  size_t streams() const { return stream_count_; }
  rt::Stream& transport() { return *stream_; }

  // Opens a request on our side (client). `stream` has in `out` what is to be sent first. The views
  // are read at once.
  Status start(H2Stream& stream, std::string_view path, std::string_view authority, bool tls,
               const Metadata& channel_metadata, const Metadata* call_metadata,
               rt::Deadline deadline);
  // Sends response headers, `out` to follow; or, with nothing sent and the end known, trailers
  // alone (server).
  void respond(H2Stream& stream, const Metadata& own_headers);

  // Appends one gRPC frame to `stream.out` and sees that it goes out. Errors: kResourceExhausted
  // (over 4 GiB).
  Status append(H2Stream& stream, const MessageLite& message);
  // Until the buffer is below the high-water mark. Errors: kCanceled, kDeadlineExceeded,
  // kUnavailable (closed).
  Status wait_for_room(H2Stream& stream, rt::Deadline deadline);
  // `out` is all there is.
  void finish(H2Stream& stream);
  // More bytes or the end were put into `stream`.
  void more(H2Stream& stream);

  // Whether a whole message lies in `stream.in`. Errors: kResourceExhausted, kUnimplemented
  // (compressed).
  Result<bool> has_message(const H2Stream& stream) const;
  // Takes it. REQUIRES: has_message(). Errors: kInternal (does not parse).
  Status take_message(H2Stream& stream, MessageLite& message);

  // Resets the stream (when `stream` is not closed) and lets go of it: it may be destroyed.
  void forget(H2Stream& stream, uint32_t h2_error);

  // Says GOAWAY; streams in flight go on.
  void drain();
  // Ends the connection for this reason.
  void fail(Error error);

  // For buffers that go from call to call.
  std::string take_buffer() { return buffers_.take(); }
  void give_buffer(std::string buffer) { buffers_.give(std::move(buffer)); }

 protected:
  // Server: a request begins; give it a stream, or null to refuse it.
  virtual H2Stream* on_request(int32_t id);
  // Server: the request's headers are complete.
  virtual void on_request_headers(H2Stream& stream);
  // The stream was closed; it is not in the list any more.
  virtual void on_closed(H2Stream& stream);
  // Server: ":path" and "grpc-timeout" and other headers that are not metadata.
  virtual void on_own_header(H2Stream& stream, std::string_view name, std::string_view value);
  virtual void on_goaway() {}

 private:
  friend struct ::H2Callbacks;
  friend class TurnFlush<H2Connection>;

  void link(H2Stream& stream);
  void unlink(H2Stream& stream);
  void schedule_flush();
  void flush();
  bool fill();
  void take(std::string_view bytes);
  void close_all();
  void give_window(H2Stream& stream, size_t bytes);
  void received(H2Stream& stream, std::string_view bytes);
  void header(H2Stream& stream, bool trailer, std::string_view name, std::string_view value);
  bool keepalive_due();

  std::unique_ptr<rt::Stream> stream_;
  H2Options options_;
  std::string already_read_;
  nghttp2_session* session_ = nullptr;
  TurnFlush<H2Connection> flush_;
  H2Stream* first_ = nullptr;
  size_t stream_count_ = 0;
  std::string out_;
  size_t out_at_ = 0;
  bool writer_busy_ = false;  // the writer fiber has bytes to push; nobody else writes
  bool broken_ = false;
  bool draining_ = false;
  std::optional<Error> error_;
  rt::WaitQueue writer_wake_;
  rt::Instant last_read_;
  rt::Instant pinged_{};  // 0: no ping is out
  SpareBuffers buffers_;
};

// The values of keys that end in "-bin" on the wire.
std::string encode_binary(std::string_view bytes);
std::string decode_binary(std::string_view text);
// "grpc-timeout" texts: "20m", "5S".
std::string format_timeout(rt::Duration duration);
std::optional<rt::Duration> parse_timeout(std::string_view text);

}  // namespace vif::rpc
