// The data behind unicode_weights(): generated, see gen/README.md.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vif::sharding {

// Two or three code points that together weigh as one; a third of 0 is none.
struct UnicodeContraction {
  uint32_t code_points[3];
  uint32_t weight;
};

extern const char kUnicodeRuns[];
extern const UnicodeContraction kUnicodeContractions[];
extern const size_t kUnicodeContractionCount;

}  // namespace vif::sharding
