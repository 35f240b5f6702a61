// What a session's sql_mode says of wrong bytes and of dates with zeros. Where the mode is not
// known it is MySQL's default: strict, without zeros.
#pragma once

#include <optional>
#include <string_view>

#include "types/temporal.h"

namespace vif::eval {

struct Context;

// A text of wrong bytes is NULL, and one that is too long; else MySQL's ends before them.
bool is_strict(const Context& context);

// Of words with commas between.
bool names_mode(std::string_view sql_mode, std::string_view word);

// "2024-00-00" is a date; "0000-00-00" is one.
bool allows_zero_parts(std::string_view sql_mode);
bool allows_zero_dates(std::string_view sql_mode);
// "2024-02-30" is one.
bool allows_any_day(std::string_view sql_mode);
// A fraction of a second ends, instead of being rounded. MySQL's mode.
bool truncates_fractions(std::string_view sql_mode);
// The text of a date or time without the digits that such a session leaves out.
std::string_view with_kept_digits(std::string_view text, std::string_view sql_mode);
// A literal's date, or what stands for one. The zero date is one, which allows_zero_dates() may
// forbid.
std::optional<types::ParsedTemporal> date_in_mode(std::string_view text, std::string_view sql_mode);

}  // namespace vif::eval
