// The lean frame, which our own processes speak in gRPC's place for the calls that every query
// makes: the same methods and messages over the same port, without HTTP/2. Who opens a connection
// says which by its first bytes. Internal to rpc/.
//
// A connection begins with kLeanPreface and the client's hello; the server answers with its own.
// Then frames go both ways: a head of kLeanHeadBytes, little-endian, and `size` bytes of payload. A
// call is one request and a stream of messages that ends exactly once, by a message with kLeanLast
// or by kEnd; its number is the client's and free again after that. Why it is made so, and how
// peers find that they may: docs/decisions/0016-lean-frame.md.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rpc/channel.h"
#include "rpc/spare_buffers.h"
#include "rpc/turn_flush.h"
#include "rt/net.h"
#include "rt/sync.h"
#include "rt/time.h"

namespace vif::rpc {

// "PRI * HTTP/2.0" differs in its first byte.
inline constexpr std::string_view kLeanPreface = "VIF-RPC\n";
inline constexpr uint16_t kLeanVersion = 2;  // 1 had no packed execute (clients/packed_execute.h)
inline constexpr size_t kLeanHeadBytes = 12;
inline constexpr size_t kLeanRequestPrefix = 8;

enum class LeanKind : uint8_t {
  kHello = 1,   // first, either way: LeanHello
  kMethod = 2,  // client: from now on `extra` stands for the path in the payload
  kRequest =
      3,  // client: method `extra`; 8 bytes of microseconds until its deadline (0: none), then the message
  kMessage = 4,  // server: one message
  kEnd =
      5,  // server: the call's status in `extra`, its text (status.h's wire_message) in the payload
  kCancel = 6,  // client: it wants no more of a call, which will still be ended
  kCredit = 7,  // client: 4 bytes: so many bytes of a call's messages were taken
  kPing = 8,
  kPong = 9,
  kGoAway = 10,  // server: open no more calls here
};
inline constexpr uint8_t kLeanLast = 1;  // of kMessage: it ends the call well
inline constexpr uint8_t kLeanRefused =
    2;  // of kEnd: nothing was done, the call may be made elsewhere

struct LeanHead {
  uint32_t size = 0;  // of the payload
  uint32_t call = 0;
  LeanKind kind = LeanKind::kPing;
  uint8_t flags = 0;
  uint16_t extra = 0;
};
void put_head(char* at, const LeanHead& head);
LeanHead read_head(const char* at);

struct LeanHello {
  uint16_t version =
      kLeanVersion;  // the client's highest; the server's answer is what both will speak, 0: none
  uint32_t window_bytes = 0;  // what one call may have in flight to who says this
  uint64_t instance = 0;      // of the server, so that a client knows whom it has reached
  Metadata metadata;          // of the client, for all its calls
  std::string encode() const;
  // Errors: kInvalidArgument.
  static Result<LeanHello> parse(std::string_view payload);
};

struct LeanOptions {
  size_t message_bytes_max = 16 << 20;
  rt::Duration keepalive_time{};
  rt::Duration keepalive_timeout{};
};

// What both sides share: one connection, driven by two fibers of its owner, read_loop() and
// write_loop(). What one loop turn appends leaves in one write, before the scheduler polls.
class LeanLink {
 public:
  // Above this, who sends waits.
  static constexpr size_t kOutHighWater = 1 << 20;

  // `already_read` came before and is parsed first.
  LeanLink(std::unique_ptr<rt::Stream> stream, const LeanOptions& options,
           std::string_view already_read);
  // REQUIRES: both loops have returned.
  virtual ~LeanLink();
  LeanLink(const LeanLink&) = delete;

  // Until the connection ends, however that is; then error() says why. Waits.
  void read_loop();
  // Until the connection ends: writes what could not be written at once, pings. Waits.
  void write_loop();

  bool broken() const { return broken_; }
  // REQUIRES: broken().
  const Error& error() const { return *error_; }
  rt::Stream& transport() { return *stream_; }
  // Ends the connection for this reason.
  void fail(Error error);

  void append(const LeanHead& head, std::string_view payload);
  // `prefix` and then the message are the payload; head.size is found here. Errors:
  // kResourceExhausted (over 2 GiB).
  Status append(LeanHead head, std::string_view prefix, const MessageLite& message);
  Status append(LeanHead head, std::string_view prefix, std::string_view message);
  // Until less than the high-water mark is unsent. Errors: kCanceled, kDeadlineExceeded,
  // kUnavailable (broken).
  Status wait_for_room(rt::Deadline deadline);

  // Where the next append() will put its head; good for add_flags() until something is sent.
  struct Place {
    uint64_t epoch = 0;
    size_t at = 0;
  };
  Place next_place() const { return {epoch_, out_.size()}; }
  // False when the frame there is under way already.
  bool add_flags(const Place& place, uint8_t flags);

  // For buffers that go from call to call.
  std::string take_buffer() { return buffers_.take(); }
  void give_buffer(std::string buffer) { buffers_.give(std::move(buffer)); }

 protected:
  // A whole frame; the payload lives during the call. An error ends the connection. Must not wait.
  virtual Status on_frame(const LeanHead& head, std::string_view payload) = 0;
  // A frame longer than messages may be, whose payload is skipped.
  virtual Status on_oversize(const LeanHead& head) = 0;
  // The connection has ended.
  virtual void on_broken() = 0;
  virtual bool has_calls() const = 0;
  Error too_large(size_t size) const;

 private:
  friend class TurnFlush<LeanLink>;

  Status parse();
  void make_room();
  void schedule_flush();
  void flush();
  bool keepalive_due();

  std::unique_ptr<rt::Stream> stream_;
  LeanOptions options_;
  TurnFlush<LeanLink> flush_;
  std::unique_ptr<char[]> buffer_;
  size_t capacity_;
  size_t begin_ = 0;
  size_t end_ = 0;
  size_t wanted_ = 0;    // bytes of the frame at begin_, once its head is known
  size_t skipping_ = 0;  // bytes of a payload that nobody wants
  std::string out_;
  size_t out_at_ = 0;
  uint64_t epoch_ = 1;
  bool writer_busy_ = false;  // the writer fiber has bytes to push; nobody else writes
  bool broken_ = false;
  std::optional<Error> error_;
  rt::WaitQueue writer_wake_;
  rt::WaitQueue room_;
  rt::Instant last_read_;
  rt::Instant pinged_{};  // 0: no ping is out
  SpareBuffers buffers_;
};

}  // namespace vif::rpc
