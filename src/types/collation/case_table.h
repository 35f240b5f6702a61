// Upper and lower case of single characters, by code; read from a section of the tables.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

namespace vif::types {

class CaseTable {
 public:
  explicit CaseTable(std::string_view section);
  uint32_t upper(uint32_t code) const {
    return code < 128 ? ascii_upper_[code] : look_up(upper_, code);
  }
  uint32_t lower(uint32_t code) const {
    return code < 128 ? ascii_lower_[code] : look_up(lower_, code);
  }

 private:
  using Map = std::unordered_map<uint32_t, uint32_t>;
  static uint32_t look_up(const Map& map, uint32_t code) {
    const auto found = map.find(code);
    return found == map.end() ? code : found->second;
  }
  Map upper_;
  Map lower_;
  uint32_t ascii_upper_[128];
  uint32_t ascii_lower_[128];
};

}  // namespace vif::types
