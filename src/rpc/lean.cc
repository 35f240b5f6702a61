#include "rpc/lean.h"

#include <google/protobuf/message_lite.h>

#include "base/bytes.h"
#include "rt/fiber.h"

namespace vif::rpc {
namespace {

constexpr size_t kReadBytes = 64 << 10;
constexpr size_t kOutKept = 512 << 10;
constexpr size_t kHelloMetadataMax = 1000;

void append_text(std::string& out, std::string_view text) {
  append_fixed(out, text.size(), 4);
  out += text;
}

}  // namespace

void put_head(char* at, const LeanHead& head) {
  std::memcpy(at, &head.size, 4);
  std::memcpy(at + 4, &head.call, 4);
  at[8] = static_cast<char>(head.kind);
  at[9] = static_cast<char>(head.flags);
  std::memcpy(at + 10, &head.extra, 2);
}

LeanHead read_head(const char* at) {
  LeanHead head;
  std::memcpy(&head.size, at, 4);
  std::memcpy(&head.call, at + 4, 4);
  head.kind = static_cast<LeanKind>(at[8]);
  head.flags = static_cast<uint8_t>(at[9]);
  std::memcpy(&head.extra, at + 10, 2);
  return head;
}

std::string LeanHello::encode() const {
  std::string out;
  append_fixed(out, version, 2);
  append_fixed(out, window_bytes, 4);
  append_fixed(out, instance, 8);
  append_fixed(out, metadata.size(), 2);
  for (const auto& [key, value] : metadata) {
    append_text(out, key);
    append_text(out, value);
  }
  return out;
}

Result<LeanHello> LeanHello::parse(std::string_view payload) {
  ByteReader reader(payload);
  LeanHello hello;
  hello.version = reader.u16();
  hello.window_bytes = reader.u32();
  hello.instance = reader.u64();
  const size_t pairs = reader.u16();
  if (pairs > kHelloMetadataMax)
    return Error(Code::kInvalidArgument, "lean frame: too much metadata");
  for (size_t i = 0; i < pairs && reader.ok(); ++i) {
    const std::string_view key = reader.take(reader.u32());
    const std::string_view value = reader.take(reader.u32());
    hello.metadata.emplace_back(key, value);
  }
  // What a later version adds stands behind.
  if (!reader.ok()) return Error(Code::kInvalidArgument, "lean frame: malformed hello");
  return hello;
}

LeanLink::LeanLink(std::unique_ptr<rt::Stream> stream, const LeanOptions& options,
                   std::string_view already_read)
    : stream_(std::move(stream)),
      options_(options),
      flush_(*this),
      capacity_(std::max(kReadBytes, already_read.size())),
      last_read_(rt::now()) {
  buffer_ = std::make_unique_for_overwrite<char[]>(capacity_);
  already_read.copy(buffer_.get(), already_read.size());
  end_ = already_read.size();
}

LeanLink::~LeanLink() = default;

void LeanLink::read_loop() {
  while (!broken_) {
    if (Status parsed = parse(); !parsed.ok()) {
      fail(parsed.error());
      break;
    }
    make_room();
    auto count =
        stream_->read_some({buffer_.get() + end_, capacity_ - end_}, rt::Deadline::never());
    if (!count.ok()) {
      fail(count.error());
    } else if (*count == 0) {
      fail(Error(Code::kUnavailable, "error reading from server: EOF"));
    } else {
      last_read_ = rt::now();
      pinged_ = {};
      end_ += *count;
    }
  }
  on_broken();
}

Status LeanLink::parse() {
  while (!broken_) {
    if (skipping_ > 0) {
      const size_t some = std::min(skipping_, end_ - begin_);
      begin_ += some;
      skipping_ -= some;
      if (skipping_ > 0) return {};
    }
    wanted_ = kLeanHeadBytes;
    if (end_ - begin_ < kLeanHeadBytes) return {};
    const LeanHead head = read_head(buffer_.get() + begin_);
    const size_t most =
        options_.message_bytes_max + (head.kind == LeanKind::kRequest ? kLeanRequestPrefix : 0);
    if (head.size > most) {
      begin_ += kLeanHeadBytes;
      skipping_ = head.size;
      VIF_TRY(on_oversize(head));
      continue;
    }
    wanted_ = kLeanHeadBytes + head.size;
    if (end_ - begin_ < wanted_) return {};
    const std::string_view payload(buffer_.get() + begin_ + kLeanHeadBytes, head.size);
    begin_ += wanted_;
    if (head.kind == LeanKind::kPing) {
      append({0, 0, LeanKind::kPong, 0, 0}, {});
    } else if (head.kind != LeanKind::kPong) {
      VIF_TRY(on_frame(head, payload));
    }
  }
  return {};
}

// Grows with what has come, not with what a head promises.
void LeanLink::make_room() {
  const size_t held = end_ - begin_;
  if (held == 0) {
    begin_ = end_ = 0;
    if (capacity_ > kReadBytes) {
      buffer_ = std::make_unique_for_overwrite<char[]>(kReadBytes);
      capacity_ = kReadBytes;
    }
    return;
  }
  if (wanted_ > capacity_ && held > capacity_ / 2) {
    const size_t larger = std::min(capacity_ * 4, std::max(wanted_, capacity_ * 2));
    auto buffer = std::make_unique_for_overwrite<char[]>(larger);
    std::memcpy(buffer.get(), buffer_.get() + begin_, held);
    buffer_ = std::move(buffer);
    capacity_ = larger;
  } else if (begin_ > 0 && capacity_ - end_ < capacity_ / 2) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, held);
  } else {
    return;
  }
  begin_ = 0;
  end_ = held;
}

void LeanLink::write_loop() {
  while (!broken_) {
    if (writer_busy_) {
      if (auto ready = stream_->wait_writable(rt::Deadline::never()); !ready.ok())
        return fail(ready.error());
      writer_busy_ = false;
      flush();
      continue;
    }
    const bool pings = options_.keepalive_time > rt::Duration::zero();
    auto woken =
        writer_wake_.wait(pings ? rt::Deadline::in(pinged_.ns != 0 ? options_.keepalive_timeout
                                                                   : options_.keepalive_time)
                                : rt::Deadline::never());
    if (woken.ok()) continue;
    if (woken.error().code() != Code::kDeadlineExceeded) return fail(woken.error());
    if (!keepalive_due()) return;
  }
}

bool LeanLink::keepalive_due() {
  const rt::Duration silent = rt::now() - last_read_;
  if (pinged_.ns != 0 && silent >= options_.keepalive_timeout) {
    fail(Error(Code::kUnavailable, "keepalive ping failed to receive ACK within timeout"));
    return false;
  }
  if (pinged_.ns == 0 && has_calls() && silent >= options_.keepalive_time) {
    pinged_ = rt::now();
    append({0, 0, LeanKind::kPing, 0, 0}, {});
  }
  return true;
}

void LeanLink::append(const LeanHead& head, std::string_view payload) {
  if (broken_) return;
  char bytes[kLeanHeadBytes];
  LeanHead whole = head;
  whole.size = static_cast<uint32_t>(payload.size());
  put_head(bytes, whole);
  out_.append(bytes, sizeof bytes).append(payload);
  schedule_flush();
}

Status LeanLink::append(LeanHead head, std::string_view prefix, const MessageLite& message) {
  const size_t size = message.ByteSizeLong();
  if (size > INT32_MAX - kLeanHeadBytes - prefix.size()) {
    return Error(Code::kResourceExhausted, "grpc: message too large to send");
  }
  if (broken_) return error();
  head.size = static_cast<uint32_t>(prefix.size() + size);
  const size_t at = out_.size();
  out_.resize(at + kLeanHeadBytes + head.size);
  char* into = out_.data() + at;
  put_head(into, head);
  prefix.copy(into + kLeanHeadBytes, prefix.size());
  message.SerializeWithCachedSizesToArray(
      reinterpret_cast<uint8_t*>(into + kLeanHeadBytes + prefix.size()));
  schedule_flush();
  return {};
}

Status LeanLink::append(LeanHead head, std::string_view prefix, std::string_view message) {
  if (message.size() > INT32_MAX - kLeanHeadBytes - prefix.size()) {
    return Error(Code::kResourceExhausted, "grpc: message too large to send");
  }
  if (broken_) return error();
  head.size = static_cast<uint32_t>(prefix.size() + message.size());
  char bytes[kLeanHeadBytes + kLeanRequestPrefix];
  put_head(bytes, head);
  prefix.copy(bytes + kLeanHeadBytes, prefix.size());
  out_.append(bytes, kLeanHeadBytes + prefix.size()).append(message);
  schedule_flush();
  return {};
}

bool LeanLink::add_flags(const Place& place, uint8_t flags) {
  if (place.epoch != epoch_) return false;
  char& byte = out_[place.at + 9];
  byte = static_cast<char>(byte | flags);
  return true;
}

void LeanLink::schedule_flush() {
  if (!broken_) flush_.schedule();
}

void LeanLink::flush() {
  if (writer_busy_ || broken_) return;
  ++epoch_;
  while (out_at_ < out_.size()) {
    auto sent = stream_->try_write(std::string_view(out_).substr(out_at_));
    if (!sent.ok()) return fail(sent.error());
    out_at_ += *sent;
    if (out_at_ == out_.size()) break;
    if (*sent > 0) continue;
    if (out_at_ > out_.size() / 2) out_.erase(0, std::exchange(out_at_, 0));
    writer_busy_ = true;
    writer_wake_.notify_one();
    if (out_.size() - out_at_ < kOutHighWater) room_.notify_all();
    return;
  }
  if (out_.capacity() > kOutKept) std::string().swap(out_);
  out_.clear();
  out_at_ = 0;
  room_.notify_all();
}

Status LeanLink::wait_for_room(rt::Deadline deadline) {
  while (!broken_ && out_.size() - out_at_ > kOutHighWater) VIF_TRY(room_.wait(deadline));
  if (broken_) return error();
  return {};
}

void LeanLink::fail(Error error) {
  if (broken_) return;
  broken_ = true;
  error_ = Error(Code::kUnavailable, error.message());
  stream_->close();
  writer_wake_.notify_all();
  room_.notify_all();
}

Error LeanLink::too_large(size_t size) const {
  return Error(Code::kResourceExhausted,
               fmt::format("grpc: received message larger than max ({} vs. {})", size,
                           options_.message_bytes_max));
}

}  // namespace vif::rpc
