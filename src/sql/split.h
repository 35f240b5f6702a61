// Texts of several statements.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/parser.h"

namespace vif::sql {

struct FirstStatement {
  std::string_view statement;  // without its ';'
  std::string_view rest;       // after the ';'; empty when it was the last
};
// Splits off the first statement.
// Errors: a text that does not lex (an open quote), errno 1064.
Result<FirstStatement> split_first(std::string_view sql, const SqlMode& mode = {});

// All statements of a text; empty ones are left out. Views are into `sql`.
// Errors: as split_first.
Result<std::vector<std::string_view>> split_statements(std::string_view sql,
                                                       const SqlMode& mode = {});

// The statements of a script as the `mysql` client reads it: a line "DELIMITER x" makes x the end
// of the statements after it. Pieces are views into `sql` without delimiters, and in a script with
// such lines without the blanks around.
Result<std::vector<std::string_view>> split_script(std::string_view sql, const SqlMode& mode = {});

}  // namespace vif::sql
