#include "types/collation/tables.h"

#include <zlib.h>

#include "base/assert.h"

// The file stands in the program as it is; a compiler would need minutes for an array of its size.
asm(".section .rodata\n"
    ".balign 16\n"
    "vif_collation_tables_begin:\n"
    ".incbin \"" VIF_COLLATION_TABLES
    "\"\n"
    "vif_collation_tables_end:\n"
    ".byte 0\n"
    ".previous\n");

extern "C" const char vif_collation_tables_begin[];
extern "C" const char vif_collation_tables_end[];

namespace vif::types {
namespace {

std::string_view whole() {
  return {vif_collation_tables_begin,
          static_cast<size_t>(vif_collation_tables_end - vif_collation_tables_begin)};
}

std::string inflated(std::string_view bytes, size_t size) {
  std::string out(size, '\0');
  uLongf length = size;
  const int result = ::uncompress(reinterpret_cast<Bytef*>(out.data()), &length,
                                  reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  VIF_ASSERT(result == Z_OK && length == size);
  return out;
}

}  // namespace

namespace {

uint64_t read_wide(std::string_view& bytes) {
  uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    VIF_ASSERT(!bytes.empty());
    const auto byte = static_cast<uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

}  // namespace

uint32_t read_number(std::string_view& bytes) { return static_cast<uint32_t>(read_wide(bytes)); }

int64_t read_signed(std::string_view& bytes) {
  const uint64_t n = read_wide(bytes);
  return n & 1 ? -static_cast<int64_t>(n >> 1) - 1 : static_cast<int64_t>(n >> 1);
}

std::string_view read_text(std::string_view& bytes) {
  const size_t size = read_number(bytes);
  VIF_ASSERT(size <= bytes.size());
  const std::string_view text = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return text;
}

std::vector<std::string> section_names(std::string_view prefix) {
  std::string_view bytes = whole();
  std::vector<std::string> out;
  for (uint32_t count = read_number(bytes); count > 0; --count) {
    const std::string_view name = read_text(bytes);
    if (name.starts_with(prefix)) out.emplace_back(name);
    read_number(bytes);
    read_number(bytes);
  }
  return out;
}

// The file: how many sections; of each its name, its compressed size and its size; then the
// sections.
std::string read_section(std::string_view name) {
  std::string_view bytes = whole();
  const uint32_t count = read_number(bytes);
  size_t offset = 0;
  size_t found_at = 0;
  size_t found_size = 0;
  size_t found_length = 0;
  bool found = false;
  for (uint32_t i = 0; i < count; ++i) {
    const std::string_view section = read_text(bytes);
    const size_t size = read_number(bytes);
    const size_t length = read_number(bytes);
    if (section == name) {
      found = true;
      found_at = offset;
      found_size = size;
      found_length = length;
    }
    offset += size;
  }
  VIF_ASSERT(found);
  return inflated(bytes.substr(found_at, found_size), found_length);
}

}  // namespace vif::types
