// What a statement asks of the session rather than of a server: USER(), CONNECTION_ID(), VERSION();
// and variables that MySQL and MariaDB name differently. Each is put in its place before the
// statement is planned.
#pragma once

#include <set>
#include <string>

#include "sql/parser.h"
#include "vtgate/plan/planner.h"

namespace vif::vtgate {

// Changes `parsed` in place; column names stay what they would have been. `needs` gets the bind
// variables that the session must answer then ("__vtuser"). True when anything was changed.
bool put_session_functions(sql::Parsed& parsed, plan::Flavor flavor, std::set<std::string>& needs);

}  // namespace vif::vtgate
