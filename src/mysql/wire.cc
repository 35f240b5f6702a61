#include "mysql/wire.h"

#include <zlib.h>
#include <zstd.h>

#include "mysql/error_codes.h"

namespace vif::mysql {
namespace {

// An idle connection gives its buffer back, so most commands take one: this much the allocator
// keeps at hand.
constexpr uint32_t kBufferFirst = 1000;
constexpr uint32_t kBufferSmall = 16 * 1024;
constexpr uint32_t kBufferLarge = 128 * 1024;
constexpr size_t kFrameHeaderSize = 7;
// MySQL sends shorter payloads as they are: compressing them would cost more than it saves.
constexpr size_t kCompressMin = 50;

// What does not fit the usual sizes grows by half at least, so that a reader who wants a little
// more again and again copies little.
size_t grown_size(size_t held, size_t wanted, uint32_t usual) {
  return std::max<size_t>({wanted, usual, held >= kBufferLarge ? held + held / 2 : 0});
}

Error malformed_frame() {
  return mysql_error(cr::kMalformedPacket, "Malformed packet: bad compressed frame");
}

}  // namespace

struct Wire::Compressor {
  Compression kind;
  int level;
  uint8_t sequence = 0;
  std::string raw;  // read from the stream, not yet unpacked
  size_t raw_at = 0;
  std::string frames;  // packed, about to be sent

  std::string_view unread() const { return std::string_view(raw).substr(raw_at); }

  void pack(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::string_view part = bytes.substr(0, kPacketPayloadMax);
      bytes.remove_prefix(part.size());
      const size_t start = frames.size();
      frames.resize(start + kFrameHeaderSize);
      size_t packed_size = part.size() < kCompressMin ? 0 : pack_body(part);
      const size_t original_size = packed_size == 0 ? 0 : part.size();
      if (packed_size == 0) {
        frames.append(part);
        packed_size = part.size();
      }
      set_packet_header(frames.data() + start, packed_size, sequence++);
      char sizes[kPacketHeaderSize];
      set_packet_header(sizes, original_size, 0);
      frames.replace(start + kPacketHeaderSize, 3, sizes, 3);
    }
  }

  // Appends `part` packed; 0 when that made it no shorter, and then nothing was appended.
  size_t pack_body(std::string_view part) {
    const size_t start = frames.size();
    size_t size = 0;
    if (kind == Compression::kZlib) {
      uLongf bound = compressBound(part.size());
      frames.resize(start + bound);
      const int packed = compress2(reinterpret_cast<Bytef*>(frames.data() + start), &bound,
                                   reinterpret_cast<const Bytef*>(part.data()), part.size(),
                                   Z_DEFAULT_COMPRESSION);
      size = packed == Z_OK ? bound : 0;
    } else {
      frames.resize(start + ZSTD_compressBound(part.size()));
      const size_t packed = ZSTD_compress(frames.data() + start, frames.size() - start, part.data(),
                                          part.size(), level);
      size = ZSTD_isError(packed) ? 0 : packed;
    }
    if (size >= part.size()) size = 0;
    frames.resize(start + size);
    return size;
  }

  bool unpack(std::string_view packed, char* into, size_t size) const {
    if (kind == Compression::kZlib) {
      uLongf got = size;
      return uncompress(reinterpret_cast<Bytef*>(into), &got,
                        reinterpret_cast<const Bytef*>(packed.data()), packed.size()) == Z_OK &&
             got == size;
    }
    return ZSTD_decompress(into, size, packed.data(), packed.size()) == size;
  }
};

Wire::Wire(std::unique_ptr<rt::Stream> stream) : stream_(std::move(stream)) {}
Wire::~Wire() = default;
Wire::Wire(Wire&&) noexcept = default;
Wire& Wire::operator=(Wire&&) noexcept = default;

std::unique_ptr<rt::Stream> Wire::take_stream(std::string& already_read) {
  already_read.assign(buffered());
  begin_ = end_ = 0;
  return std::move(stream_);
}

void Wire::set_compression(Compression kind, int level) {
  if (kind == Compression::kNone) return;
  compressor_ = std::make_unique<Compressor>();
  compressor_->kind = kind;
  compressor_->level = level;
}

Result<std::string_view> Wire::read_packet(size_t payload_max, rt::Deadline deadline) {
  VIF_TRY(need(kPacketHeaderSize, deadline));
  const uint32_t size = packet_payload_size(buffer_.get() + begin_);
  const auto got_sequence = static_cast<uint8_t>(buffer_[begin_ + 3]);
  // Under compression the outer frames are numbered; MySQL's own clients let the inner numbers
  // jump.
  if (!compressor_ && got_sequence != sequence_) {
    return mysql_error(er::kNetPacketsOutOfOrder, "Got packets out of order");
  }
  sequence_ = static_cast<uint8_t>(got_sequence + 1);
  if (size > payload_max) {
    return mysql_error(er::kNetPacketTooLarge,
                       "Got a packet bigger than 'max_allowed_packet' bytes");
  }
  if (size == kPacketPayloadMax) {
    VIF_TRY(read_long_packet(payload_max, deadline));
    return std::string_view(*joined_);
  }
  VIF_TRY(need(kPacketHeaderSize + size, deadline));
  const std::string_view payload = buffered().substr(kPacketHeaderSize, size);
  consume(kPacketHeaderSize + size);
  return payload;
}

Status Wire::read_long_packet(size_t payload_max, rt::Deadline deadline) {
  if (!joined_) joined_ = std::make_unique<std::string>();
  joined_->clear();
  for (;;) {
    VIF_TRY(need(kPacketHeaderSize, deadline));
    const uint32_t size = packet_payload_size(buffer_.get() + begin_);
    sequence_ = static_cast<uint8_t>(static_cast<uint8_t>(buffer_[begin_ + 3]) + 1);
    consume(kPacketHeaderSize);
    if (joined_->size() + size > payload_max) {
      return mysql_error(er::kNetPacketTooLarge,
                         "Got a packet bigger than 'max_allowed_packet' bytes");
    }
    // Taken in pieces, so that the buffer need not hold 16 MiB as well.
    for (size_t left = size; left > 0;) {
      if (buffered().empty()) VIF_TRY(need(1, deadline));
      const std::string_view piece = buffered().substr(0, left);
      joined_->append(piece);
      consume(piece.size());
      left -= piece.size();
    }
    if (size < kPacketPayloadMax) return {};
  }
}

Status Wire::read_until(size_t want, rt::Deadline deadline) {
  while (end_ - begin_ < want) {
    const rt::Deadline by =
        stall_timeout_.count() == 0 ? deadline : deadline.earlier(rt::Deadline::in(stall_timeout_));
    Status filled = compressor_ ? fill_compressed(want, by) : fill(want, by);
    if (!filled.ok()) {
      broken_ = true;
      return filled;
    }
  }
  return {};
}

// Grows with what has come, not with what a header promises.
void Wire::reserve(size_t want) {
  if (begin_ == end_) begin_ = end_ = 0;
  const size_t held = end_ - begin_;
  const size_t target = std::min(want, std::max<size_t>(held * 2, kBufferSmall));
  const bool grow =
      capacity_ < target || (end_ == capacity_ && begin_ == 0 && capacity_ < kBufferLarge);
  if (grow) {
    const uint32_t grown =
        capacity_ < kBufferSmall ? kBufferSmall : std::min(capacity_ * 4, kBufferLarge);
    const bool first = capacity_ == 0 && target <= kBufferFirst;
    const size_t size = grown_size(held, target, first ? kBufferFirst : grown);
    auto larger = std::make_unique_for_overwrite<char[]>(size);
    if (held > 0) std::memcpy(larger.get(), buffer_.get() + begin_, held);
    buffer_ = std::move(larger);
    capacity_ = static_cast<uint32_t>(size);
  } else if (begin_ > 0 && (capacity_ - begin_ < target || capacity_ - end_ < capacity_ / 2)) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, held);
  } else {
    return;
  }
  begin_ = 0;
  end_ = static_cast<uint32_t>(held);
}

Status Wire::fill(size_t want, rt::Deadline deadline) {
  reserve(want);
  const size_t got =
      VIF_TRY(stream_->read_some({buffer_.get() + end_, capacity_ - end_}, deadline));
  if (got == 0)
    return Error(Code::kUnavailable, cr::kServerLost, "HY000", "connection closed by peer (EOF)");
  end_ += static_cast<uint32_t>(got);
  return {};
}

Status Wire::fill_compressed(size_t want, rt::Deadline deadline) {
  Compressor& c = *compressor_;
  const auto have = [&](size_t size) -> Status {
    while (c.unread().size() < size) {
      if (c.raw_at > 0) {
        c.raw.erase(0, c.raw_at);
        c.raw_at = 0;
      }
      const size_t held = c.raw.size();
      c.raw.resize(held + kBufferSmall);
      auto got = stream_->read_some({c.raw.data() + held, kBufferSmall}, deadline);
      c.raw.resize(held + (got.ok() ? *got : 0));
      if (!got.ok()) return got.error();
      if (*got == 0)
        return Error(Code::kUnavailable, cr::kServerLost, "HY000",
                     "connection closed by peer (EOF)");
    }
    return {};
  };
  VIF_TRY(have(kFrameHeaderSize));
  const size_t packed_size = packet_payload_size(c.unread().data());
  const auto sequence = static_cast<uint8_t>(c.unread()[3]);
  const size_t original_size = packet_payload_size(c.unread().data() + kPacketHeaderSize);
  VIF_TRY(have(kFrameHeaderSize + packed_size));
  const std::string_view packed = c.unread().substr(kFrameHeaderSize, packed_size);
  c.sequence = static_cast<uint8_t>(sequence + 1);
  const size_t size = original_size == 0 ? packed_size : original_size;

  reserve(want);
  const size_t held = end_ - begin_;
  if (capacity_ - end_ < size) {
    const size_t larger_size = grown_size(held, held + size, kBufferSmall);
    auto larger = std::make_unique_for_overwrite<char[]>(larger_size);
    if (held > 0) std::memcpy(larger.get(), buffer_.get() + begin_, held);
    buffer_ = std::move(larger);
    capacity_ = static_cast<uint32_t>(larger_size);
    begin_ = 0;
    end_ = static_cast<uint32_t>(held);
  }
  if (original_size == 0) {
    std::memcpy(buffer_.get() + end_, packed.data(), size);
  } else if (!c.unpack(packed, buffer_.get() + end_, size)) {
    return malformed_frame();
  }
  end_ += static_cast<uint32_t>(size);
  c.raw_at += kFrameHeaderSize + packed_size;
  return {};
}

Status Wire::flush(rt::Deadline deadline) { return flush_with({}, deadline); }

Status Wire::flush_with(std::string_view tail, rt::Deadline deadline) {
  if (broken_) return Error(Code::kUnavailable, cr::kServerGone, "HY000", "connection is broken");
  if (out_.empty() && tail.empty()) return {};
  Status sent;
  if (compressor_) {
    compressor_->frames.clear();
    if (out_.size() + tail.size() <= kPacketPayloadMax) {
      out_.append(tail);
      compressor_->pack(out_);
    } else {
      compressor_->pack(out_);
      compressor_->pack(tail);
    }
    sent = stream_->write_all(compressor_->frames, deadline);
    compressor_->frames.clear();
  } else if (tail.empty()) {
    sent = stream_->write_all(out_, deadline);
  } else {
    const std::string_view pieces[] = {out_, tail};
    sent = stream_->write_all(out_.empty() ? std::span(pieces).subspan(1) : std::span(pieces),
                              deadline);
  }
  out_.clear();
  if (!sent.ok()) broken_ = true;
  return sent;
}

void Wire::start_command() {
  sequence_ = 0;
  if (compressor_) compressor_->sequence = 0;
  if (capacity_ > kBufferLarge && begin_ == end_) {
    buffer_.reset();
    capacity_ = begin_ = end_ = 0;
  }
  if (joined_) joined_.reset();
  if (out_.empty() && out_.capacity() > 4 * kBufferLarge) std::string().swap(out_);
}

bool Wire::has_unread() const {
  return begin_ != end_ || (compressor_ && !compressor_->unread().empty());
}

size_t Wire::buffer_bytes() const {
  size_t bytes = capacity_ + out_.capacity() + (joined_ ? joined_->capacity() : 0);
  if (compressor_) bytes += compressor_->raw.capacity() + compressor_->frames.capacity();
  return bytes;
}

void Wire::release_buffers() {
  buffer_.reset();
  capacity_ = begin_ = end_ = 0;
  joined_.reset();
  std::string().swap(out_);
  if (!compressor_) return;
  std::string().swap(compressor_->raw);
  std::string().swap(compressor_->frames);
  compressor_->raw_at = 0;
}

}  // namespace vif::mysql
