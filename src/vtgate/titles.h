// What columns are called that have no alias. MySQL calls an expression by its text, as the client
// wrote it; the gate often prints a query anew, in its own spelling, so such expressions get their
// text as an alias first.
#pragma once

#include <cstdint>
#include <string_view>

#include "sql/parser.h"
#include "vtgate/plan/planner.h"

namespace vif::vtgate {

// Which part of a statement's text its plan depends on, beside the fingerprint.
enum class TitledBy : uint8_t {
  kNothing,     // columns, literals and aliases only
  kSelectList,  // expressions in the first select list
  kWholeText,   // and elsewhere: in derived tables, say
};

// Changes `parsed` in place: an expression that would be printed otherwise than it was written gets
// its text as alias (at most 255 characters, as MySQL cuts it).
TitledBy give_titles(sql::Parsed& parsed, plan::Flavor flavor);

// Equal for texts of one fingerprint whose columns are called the same.
uint64_t title_hash(std::string_view sql, const sql::SqlMode& mode, TitledBy by);

}  // namespace vif::vtgate
