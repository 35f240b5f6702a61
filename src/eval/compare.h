// Comparing two values as MySQL's ORDER BY, GROUP BY and comparison operators do.
#pragma once

#include <string>

#include "base/result.h"
#include "types/value.h"

namespace vif::eval {

// Less than, equal to or greater than 0. NULL is less than anything and equals NULL. Numbers compare by value
// across their types, temporals as instants, bytes as bytes; text by `collation` (a MySQL collation id) when
// this can be done exactly (binary and _bin collations; ASCII text under the case-insensitive collations of
// utf8mb4 and latin1).
// Errors: kUnimplemented "VT12001: unsupported: ..." where the order is not known here: never a guess.
Result<int> compare_values(const types::Value& a, const types::Value& b, uint32_t collation);

// Bytes that are equal for values that compare equal, for hashing. The same errors.
Result<std::string> grouping_key(const types::Value& value, uint32_t collation);

// Whether text under the collation can be compared here without a weight string; `ascii_only`: only when the
// text is ASCII.
bool collation_is_comparable(uint32_t collation, bool& ascii_only);

// Compares two texts. `pad` collations ignore trailing spaces.
Result<int> compare_text(std::string_view a, std::string_view b, uint32_t collation);

}  // namespace vif::eval
