// How many digits types and clocks may be asked for, and which units functions. Each check throws
// SqlError with the server's number (errno 1064, 1425, 1426, 1427; observed on MySQL 9.7 and
// MariaDB 10.11), and but for 1064 with its text.
#pragma once

#include <string>
#include <string_view>

#include "eval/node.h"
#include "sql/ast_func.h"

namespace vif::eval {

// `source`: what is cast, as messages show it.
void check_cast(const CastTarget& target, const std::string& source, bool mariadb);
// The bytes of the longest text that CHAR(count) has must be a number of 32 bits.
void check_cast_characters(std::optional<int> count, uint32_t collation);
// TIMESTAMPADD and TIMESTAMPDIFF know no DAY_HOUR: throws SqlError errno 1064.
void check_single_unit(sql::IntervalType unit);
// NOW(9); `name` as it was written.
void check_clock(std::string_view name, int digits, bool mariadb);

}  // namespace vif::eval
