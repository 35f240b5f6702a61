// What a session's sql_mode says of wrong bytes and of dates with zeros. Where the mode is not
// known it is MySQL's default: strict, without zeros.
#pragma once

#include <string_view>

namespace vif::eval {

struct Context;

// A text of wrong bytes is NULL, and one that is too long; else MySQL's ends before them.
bool is_strict(const Context& context);

// Of words with commas between.
bool names_mode(std::string_view sql_mode, std::string_view word);

// "2024-00-00" is a date; "0000-00-00" is one.
bool allows_zero_parts(std::string_view sql_mode);
bool allows_zero_dates(std::string_view sql_mode);

}  // namespace vif::eval
