// The committed tables of charsets and collations: named sections of `tables.bin`, which
// tools/collations/pack.py writes, compressed each by itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vif::types {

// The section, uncompressed. REQUIRES: the name is one of the catalog's.
std::string read_section(std::string_view name);

// The sections whose names begin so.
std::vector<std::string> section_names(std::string_view prefix);

// Numbers of seven bits a byte, the lowest first; both move `bytes` behind the number.
uint32_t read_number(std::string_view& bytes);
int64_t read_signed(std::string_view& bytes);
// A length and that many bytes.
std::string_view read_text(std::string_view& bytes);

}  // namespace vif::types
