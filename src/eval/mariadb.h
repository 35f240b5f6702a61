// MariaDB 10.11 where it differs from MySQL: functions of its own, bits and dates.
#pragma once

#include <optional>
#include <string_view>

#include "eval/node.h"

namespace vif::eval {

// Before the names of functions that MariaDB computes in its own way.
inline constexpr std::string_view kMariadbPrefix = "mariadb ";

// It has no function of that name, though MySQL has.
bool is_missing_in_mariadb(std::string_view name);
// The bits that its bit operators see: every value is a number, rounded. REQUIRES: not null.
uint64_t mariadb_bits(const Datum& d, const Context& context);
// A date beside anything else, or a time beside what is no date: what is none is zero. nullopt
// where both servers agree. REQUIRES: neither is null.
std::optional<int> compare_mariadb_dates(const Datum& a, const Datum& b, const Context& context);

}  // namespace vif::eval
