// A time of day, or of many days, as microseconds, and back.
#pragma once

#include <cstdint>
#include <cstdlib>

#include "types/temporal.h"

namespace vif::eval {

inline int64_t clock_us(const types::Temporal& t) {
  constexpr int64_t kSecond = 1000000;
  const int64_t us = ((t.hour * 60ll + t.minute) * 60 + t.second) * kSecond + t.microsecond;
  return t.negative ? -us : us;
}

inline types::Temporal clock_of(int64_t us) {
  constexpr int64_t kSecond = 1000000;
  types::Temporal t;
  t.negative = us < 0;
  us = std::abs(us);
  t.microsecond = static_cast<int>(us % kSecond);
  t.second = static_cast<int>(us / kSecond % 60);
  t.minute = static_cast<int>(us / (60 * kSecond) % 60);
  t.hour = static_cast<int>(us / (3600 * kSecond));
  return t;
}

}  // namespace vif::eval
