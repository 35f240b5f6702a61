// A statement's text laid out for people: a line for each clause, deeper ones further to the right.
#pragma once

#include <string>
#include <string_view>

namespace vif::sql {

struct SqlMode;

// `sql` is one statement as the printer writes it; only blanks between its tokens change. What is
// neither a query nor a change of rows stays as it is, as does what does not lex.
std::string pretty(std::string_view sql, const SqlMode& mode);

}  // namespace vif::sql
