// What CAST and its like are written to make.
#pragma once

#include <string>

#include "eval/node.h"

namespace vif::sql {
struct ConvertType;
}  // namespace vif::sql

namespace vif::eval {

// In lower case; empty for none. As CAST(... AS CHAR CHARACTER SET 'latin1') has it.
std::string charset_of(const sql::ConvertType& type);
// Throws SqlError for a type that this server has not; refuses what the gate has not.
CastTarget target_of(const sql::ConvertType& type, const CompileOptions& options);

}  // namespace vif::eval
