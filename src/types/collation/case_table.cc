#include "types/collation/case_table.h"

#include "types/collation/tables.h"

namespace vif::types {

CaseTable::CaseTable(std::string_view section) {
  const std::string content = read_section(section);
  std::string_view bytes = content;
  for (Map* map : {&upper_, &lower_}) {
    const uint32_t count = read_number(bytes);
    uint32_t code = 0;
    for (uint32_t i = 0; i < count; ++i) {
      code += read_number(bytes);
      (*map)[code] = static_cast<uint32_t>(code + read_signed(bytes));
    }
  }
  for (uint32_t c = 0; c < 128; ++c) {
    ascii_upper_[c] = look_up(upper_, c);
    ascii_lower_[c] = look_up(lower_, c);
  }
}

}  // namespace vif::types
