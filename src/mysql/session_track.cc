#include "mysql/session_track.h"

namespace vif::mysql {

void append_session_change(std::string& block, const SessionChange& change) {
  std::string body;
  if (change.kind == track::kSystemVariables) append_lenenc_string(body, change.name);
  if (change.kind == track::kGtids) body.push_back('\0');  // encoding specification: text
  append_lenenc_string(body, change.value);
  block.push_back(static_cast<char>(change.kind));
  append_lenenc_string(block, body);
}

std::vector<SessionChange> parse_session_changes(std::string_view block) {
  std::vector<SessionChange> changes;
  ByteReader reader(block);
  while (reader.ok() && !reader.at_end()) {
    SessionChange change;
    change.kind = static_cast<track::Kind>(reader.u8());
    ByteReader body(read_lenenc_string(reader));
    if (!reader.ok()) break;
    // One entry may carry several variables.
    do {
      if (change.kind == track::kSystemVariables) change.name = read_lenenc_string(body);
      if (change.kind == track::kGtids) body.skip(1);
      change.value = read_lenenc_string(body);
      if (body.ok()) changes.push_back(change);
    } while (change.kind == track::kSystemVariables && body.ok() && !body.at_end());
  }
  return changes;
}

std::string session_change(std::string_view block, track::Kind kind) {
  std::string value;
  if (block.empty()) return value;
  for (SessionChange& change : parse_session_changes(block)) {
    if (change.kind == kind) value = std::move(change.value);
  }
  return value;
}

}  // namespace vif::mysql
