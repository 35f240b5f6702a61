// The session-state block of an OK packet (ResultEnd::session_state_changes): what changed in the
// session.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mysql/packet.h"

namespace vif::mysql {

struct SessionChange {
  track::Kind kind;
  std::string name;   // of a system variable; else empty
  std::string value;  // schema, GTID set, variable's value, "1" for kStateChange
};

void append_session_change(std::string& block, const SessionChange& change);
// What can be understood of the block; the rest is left out.
std::vector<SessionChange> parse_session_changes(std::string_view block);
// The value of the last change of this kind; empty when there is none. No allocation when the block
// is empty.
std::string session_change(std::string_view block, track::Kind kind);

}  // namespace vif::mysql
