// Time zones by offset or by name, as the server has them: named ones are the system's tzdata,
// without the rules for years after 2037, which the server's tables leave out as well.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "types/temporal.h"

namespace vif::eval {

class TimeZone {
 public:
  // "+02:00", "SYSTEM" (UTC here), "Europe/Madrid" in any case. Null when there is none; named
  // zones are read from files, in some microseconds.
  static std::shared_ptr<const TimeZone> find(std::string_view name);

  // Both in microseconds: since 1970 UTC, and of the local datetime taken as UTC.
  int64_t to_local(int64_t utc_us) const;
  // A local time that occurs twice is the first; one that is skipped is the moment of the skip.
  int64_t to_utc(int64_t local_us) const;

 private:
  struct Segment {
    int64_t from;    // seconds UTC
    int64_t offset;  // seconds
  };
  static std::shared_ptr<const TimeZone> fixed(int64_t offset);
  static std::shared_ptr<const TimeZone> parse(std::string_view bytes);
  std::vector<Segment> segments_;  // by time, the first from the beginning
};

// The seconds of "+02:00"; nullopt when it is no offset or out of -13:59 to +14:00.
std::optional<int64_t> offset_seconds(std::string_view text);

// Microseconds since 1970 that TIMESTAMP can hold: from the first second to the end of 3001-01-18.
inline constexpr int64_t kTimestampEndUs = 32536771200ll * 1000000;

}  // namespace vif::eval
