// Statements for logs: without their literals.
#pragma once

#include <string>

#include "base/result.h"
#include "sql/parser.h"

namespace vif::sql {

// The statement in canonical form with each literal replaced by a named place (":redacted1").
// Errors: as parse.
Result<std::string> redact(std::string_view sql, const ParseOptions& options = {});

// Cuts a text for a log: as Vitess's TruncateQuery does ("select ... [TRUNCATED]"). `max` 0: no
// limit.
std::string truncate_query(std::string_view sql, size_t max);

}  // namespace vif::sql
