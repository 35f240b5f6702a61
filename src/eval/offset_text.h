// "2020-01-01 10:11:12.5+02:00": MySQL's datetimes with an offset.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "types/temporal.h"

namespace vif::eval {

struct OffsetText {
  std::string_view local;          // what stands before the sign
  std::optional<int64_t> seconds;  // east of UTC; nullopt for an offset that is none
};

// Nullopt for a text that does not go on with a sign where its seconds end.
std::optional<OffsetText> offset_text(std::string_view text);

}  // namespace vif::eval
