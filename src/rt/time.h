// The clock. Real under run(), virtual under sim::run(). Nobody outside rt/ asks the operating
// system.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace vif::rt {

using Duration = std::chrono::nanoseconds;

// A point on the monotonic clock of this process.
struct Instant {
  int64_t ns = 0;
  auto operator<=>(const Instant&) const = default;
  Instant operator+(Duration d) const { return {ns + d.count()}; }
  Duration operator-(Instant other) const { return Duration(ns - other.ns); }
};

// Read once a loop turn and cached, so it may lag by the length of the turn; cheap enough for every
// query.
Instant now();
// Reads the clock itself. For measuring short spans.
Instant now_exact();
// Microseconds since the Unix epoch.
int64_t wall_now_us();

// When a wait must give up. A value; waits take it last.
class Deadline {
 public:
  static Deadline never() { return Deadline({INT64_MAX}); }
  static Deadline at(Instant instant) { return Deadline(instant); }
  static Deadline in(Duration d) { return Deadline(now() + d); }

  Instant instant() const { return instant_; }
  bool is_never() const { return instant_.ns == INT64_MAX; }
  bool passed() const { return !is_never() && now() >= instant_; }
  // Zero when passed; Duration::max() when never.
  Duration remaining() const;
  Deadline earlier(Deadline other) const { return instant_ < other.instant_ ? *this : other; }

 private:
  explicit Deadline(Instant instant) : instant_(instant) {}
  Instant instant_;
};

}  // namespace vif::rt
