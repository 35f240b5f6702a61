// Reading and writing little-endian bytes of foreign origin: every read is checked.
#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace vif {

// Walks a byte range that it does not own. After a read past the end, ok() is false, the rest of
// the reads give zeros and empty views, and nothing outside the range is touched.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  size_t remaining() const { return bytes_.size() - at_; }
  size_t position() const { return at_; }
  bool at_end() const { return at_ == bytes_.size(); }

  // An unsigned integer of `width` bytes, 1 to 8.
  uint64_t fixed(size_t width) {
    if (!need(width)) return 0;
    uint64_t value = 0;
    std::memcpy(&value, bytes_.data() + at_, width);
    at_ += width;
    return value;
  }
  uint8_t u8() { return static_cast<uint8_t>(fixed(1)); }
  uint16_t u16() { return static_cast<uint16_t>(fixed(2)); }
  uint32_t u32() { return static_cast<uint32_t>(fixed(4)); }
  uint64_t u64() { return fixed(8); }

  // The view lives as long as the bytes given to the constructor.
  std::string_view take(size_t count) {
    if (!need(count)) return {};
    std::string_view view = bytes_.substr(at_, count);
    at_ += count;
    return view;
  }
  std::string_view rest() { return take(remaining()); }
  void skip(size_t count) { take(count); }
  uint8_t peek() const { return at_ < bytes_.size() ? static_cast<uint8_t>(bytes_[at_]) : 0; }

  // Bytes up to a NUL, which is consumed too; an error when there is none.
  std::string_view until_nul() {
    const size_t end = bytes_.find('\0', at_);
    if (end == std::string_view::npos) {
      fail();
      return {};
    }
    std::string_view view = bytes_.substr(at_, end - at_);
    at_ = end + 1;
    return view;
  }

  void fail() {
    ok_ = false;
    at_ = bytes_.size();
  }

 private:
  bool need(size_t count) {
    if (count <= remaining()) return true;
    fail();
    return false;
  }

  std::string_view bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

// Appends `width` low bytes of `value` to `out`, little-endian.
inline void append_fixed(std::string& out, uint64_t value, size_t width) {
  char bytes[8];
  std::memcpy(bytes, &value, sizeof bytes);
  out.append(bytes, width);
}

}  // namespace vif
