// System variables that a session has set and that its servers' connections must have.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "rt/time.h"
#include "types/value.h"
#include "vtgate/plan/planner.h"
#include "vtgate/session.h"

namespace vif::vtgate {

class Executor;

// Tries the value on a server first, when one can be reached: a wrong one is the server's error,
// and changes nothing. Connections that the session holds, for a transaction or for itself, get it
// at once. Waits.
Status set_server_variable(Executor& executor, Session& session, const std::string& name,
                           const types::Value& value, rt::Deadline deadline);
// What literals compare by where nobody set anything: the servers' default.
uint32_t default_collation(plan::Flavor flavor);
// Makes session.settings anew from the variables.
void refresh_settings(Session& session);
Status forget_server_variable(Executor& executor, Session& session, const std::string& name,
                              rt::Deadline deadline);

// "READ-COMMITTED" or "read committed" as "READ COMMITTED".
std::string isolation_words(std::string_view value);

}  // namespace vif::vtgate
