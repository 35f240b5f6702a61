// STR_TO_DATE's reading of a text by a format.
#pragma once

#include <optional>
#include <string_view>

#include "types/temporal.h"

namespace vif::eval {

// What a format's letters give: a date, a time, both, and microseconds.
struct FormatParts {
  bool date = false;
  bool beyond_days = false;  // a date's part but for %d and %e, which a time has too
  bool time = false;
  bool fraction = false;
};
FormatParts parts_of_format(std::string_view format);

struct FormattedDate {
  types::Temporal value;  // may have zero parts; is no calendar date for sure
  bool complete = true;   // nothing but blanks was left over
};
// nullopt: the text has not that form. `clock_at`, if given: where %r or %T is what it has not.
std::optional<FormattedDate> read_by_format(std::string_view text, std::string_view format,
                                            std::optional<size_t>* clock_at = nullptr);

}  // namespace vif::eval
