// Comparing two values as MySQL's ORDER BY, GROUP BY and comparison operators do.
#pragma once

#include <string>

#include "base/result.h"
#include "types/value.h"

namespace vif::eval {

// Less than, equal to or greater than 0. NULL is less than anything and equals NULL. Numbers
// compare by value across their types, temporals as instants, bytes as bytes; text, which is UTF-8
// here, by `collation` (a MySQL collation id, `types/collation/`).
// Errors: kUnimplemented "VT12001: unsupported: ..." where the order is not known here: never a
// guess.
Result<int> compare_values(const types::Value& a, const types::Value& b, uint32_t collation);

// Bytes that are equal for values that compare equal, for hashing. The same errors.
Result<std::string> grouping_key(const types::Value& value, uint32_t collation);

// Whether text under the collation can be compared here; `ascii_only`: only when the text is ASCII,
// which is none now.
bool collation_is_comparable(uint32_t collation, bool& ascii_only);

// Compares two texts. Errors: kUnimplemented for a collation that is not known, and for characters
// that its charset has not (a server would compare in another collation then).
Result<int> compare_text(std::string_view a, std::string_view b, uint32_t collation);
// text LIKE pattern; `escape` is a code point. The same errors.
Result<bool> text_matches(std::string_view text, std::string_view pattern, uint32_t collation,
                          uint32_t escape);

// LOCATE: at which character, from the one given on, `needle` is found; -1: nowhere. MySQL takes
// whatever weighs as the needle does, MariaDB as many bytes as the needle has. The same errors,
// also where the two differ and both have the collation.
Result<int64_t> find_text(std::string_view text, std::string_view needle, int64_t from,
                          uint32_t collation);
// Equal without padding: 'a' is not 'a '. The same errors.
Result<bool> same_text(std::string_view a, std::string_view b, uint32_t collation);
// UPPER(text) or LOWER(text). The same errors.
Result<std::string> changed_case(std::string_view text, uint32_t collation, bool upper);

}  // namespace vif::eval
