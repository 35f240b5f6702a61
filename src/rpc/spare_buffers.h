// Buffers that go from call to call of one connection, with the memory they have.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace vif::rpc {

class SpareBuffers {
 public:
  static constexpr size_t kBytesKept = 64 << 10;  // a larger one is let go of

  // Empty; with room, if one was given back.
  std::string take() {
    if (buffers_.empty()) return {};
    std::string buffer = std::move(buffers_.back());
    buffers_.pop_back();
    return buffer;
  }
  void give(std::string buffer) {
    if (buffer.capacity() > kBytesKept || buffers_.size() >= kBuffersKept) return;
    buffer.clear();
    buffers_.push_back(std::move(buffer));
  }

 private:
  static constexpr size_t kBuffersKept = 64;

  std::vector<std::string> buffers_;
};

}  // namespace vif::rpc
