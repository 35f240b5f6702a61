// A stream whose peer said all it had to say beforehand: for parsers and fuzzers. Never waits.
#pragma once

#include <string>
#include <string_view>

#include "rt/net.h"

namespace vif::testing {

class MemoryStream final : public rt::Stream {
 public:
  explicit MemoryStream(std::string input, bool is_unix = false)
      : input_(std::move(input)), is_unix_(is_unix) {}

  Result<size_t> read_some(std::span<char> into, rt::Deadline) override {
    if (closed_) return Error(Code::kUnavailable, "closed");
    const size_t count = std::min(into.size(), input_.size() - at_);
    std::memcpy(into.data(), input_.data() + at_, count);
    at_ += count;
    return count;
  }
  Status write_all(std::span<const std::string_view> pieces, rt::Deadline) override {
    if (closed_) return Error(Code::kUnavailable, "closed");
    for (const std::string_view piece : pieces) output.append(piece);
    return {};
  }
  using rt::Stream::write_all;
  Result<size_t> try_write(std::string_view bytes) override {
    output.append(bytes);
    return bytes.size();
  }
  Status wait_writable(rt::Deadline) override { return {}; }
  // The owner is woken by wake(), which a test's loop calls.
  void park(rt::Parked& owner, rt::Deadline) override { parked = &owner; }
  void unpark() override {}
  void shutdown_write() override {}
  void close() override { closed_ = true; }
  bool is_unix() const override { return is_unix_; }
  std::string local_address() const override { return "memory"; }
  std::string peer_address() const override { return "memory"; }
  int fd() const override { return -1; }

  std::string output;
  rt::Parked* parked = nullptr;

 private:
  std::string input_;
  size_t at_ = 0;
  bool is_unix_;
  bool closed_ = false;
};

}  // namespace vif::testing
