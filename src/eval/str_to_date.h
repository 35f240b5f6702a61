// STR_TO_DATE's reading of a text by a format.
#pragma once

#include <optional>
#include <string_view>

#include "types/temporal.h"

namespace vif::eval {

// What a format's letters give: a date, a time, both, and microseconds.
struct FormatParts {
  bool date = false;
  bool beyond_days =
      false;  // a date's part but for %d and %e, which MariaDB takes for a time's too
  bool time = false;
  bool fraction = false;
};
FormatParts parts_of_format(std::string_view format);

struct FormattedDate {
  types::Temporal value;  // may have zero parts; is no calendar date for sure
  bool complete = true;   // nothing but blanks was left over
};
// nullopt: the text has not that form. `in_clock`, if given: whether %r or %T is what it has not.
std::optional<FormattedDate> read_by_format(std::string_view text, std::string_view format,
                                            bool* in_clock = nullptr);

}  // namespace vif::eval
