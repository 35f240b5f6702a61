// Packets over a stream: reading with as few copies as can be, writing gathered into one call, and
// the compressed protocol (zlib, zstd) below both. Used by either side of a connection.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "mysql/packet.h"
#include "rt/net.h"

namespace vif::mysql {

enum class Compression : uint8_t { kNone, kZlib, kZstd };

class Wire {
 public:
  explicit Wire(std::unique_ptr<rt::Stream> stream);
  ~Wire();
  Wire(Wire&&) noexcept;
  Wire& operator=(Wire&&) noexcept;

  rt::Stream& stream() { return *stream_; }
  const rt::Stream& stream() const { return *stream_; }
  // False during the TLS upgrade, and after one that failed.
  bool has_stream() const { return stream_ != nullptr; }
  // For the TLS upgrade: takes the stream out, and what was read but not yet parsed.
  std::unique_ptr<rt::Stream> take_stream(std::string& already_read);
  void set_stream(std::unique_ptr<rt::Stream> stream) { stream_ = std::move(stream); }
  // From now on. REQUIRES: nothing read or gathered.
  void set_compression(Compression kind, int level = 3);

  // A peer that sends nothing for this long in the middle of what is read is given up, whatever the
  // deadline. Zero: never.
  void set_stall_timeout(rt::Duration timeout) { stall_timeout_ = timeout; }

  // The next packet's payload, all of its parts joined; valid until the next read. The sequence
  // byte must be the one expected (sequence() goes on from it). Waits. Errors: kUnavailable (peer
  // gone: "EOF"); 1153 when longer than `payload_max`; 1156 out of order.
  Result<std::string_view> read_packet(size_t payload_max, rt::Deadline deadline);

  // Below read_packet, for who relays packets in blocks. `want` bytes in one piece at
  // buffered().data(), reading as many more as there are. Waits.
  Status need(size_t want, rt::Deadline deadline) {
    return end_ - begin_ >= want ? Status() : read_until(want, deadline);
  }
  std::string_view buffered() const { return {buffer_.get() + begin_, end_ - begin_}; }
  void consume(size_t count) { begin_ += static_cast<uint32_t>(count); }

  // Something was read that is not yet consumed: the peer pipelines.
  bool has_unread() const;

  // Gathers; flush sends.
  std::string& out() { return out_; }
  void write_packet(std::string_view payload) { append_packet(out_, payload, sequence_); }
  // All that is gathered, in one call. Waits when the peer is slow.
  Status flush(rt::Deadline deadline);
  // What is gathered and then `tail`, in one call, without copying `tail`.
  Status flush_with(std::string_view tail, rt::Deadline deadline);

  uint8_t& sequence() { return sequence_; }
  // A new command: sequences of either protocol start at 0.
  void start_command();
  // What release_buffers() would give back.
  size_t buffer_bytes() const;
  // Gives the buffers back; REQUIRES nothing in them.
  void release_buffers();
  bool broken() const { return broken_; }
  void set_broken() { broken_ = true; }

 private:
  struct Compressor;

  Status fill(size_t want, rt::Deadline deadline);
  Status fill_compressed(size_t want, rt::Deadline deadline);
  Status read_long_packet(size_t payload_max, rt::Deadline deadline);
  Status read_until(size_t want, rt::Deadline deadline);
  void reserve(size_t want);

  std::unique_ptr<rt::Stream> stream_;
  std::unique_ptr<char[]> buffer_;
  uint32_t capacity_ = 0;
  uint32_t begin_ = 0;
  uint32_t end_ = 0;
  uint8_t sequence_ = 0;
  bool broken_ = false;
  rt::Duration stall_timeout_{0};
  std::string out_;
  std::unique_ptr<std::string> joined_;  // a packet of several parts
  std::unique_ptr<Compressor> compressor_;
};

}  // namespace vif::mysql
