// Every client connection of this gate: what SHOW PROCESSLIST lists and KILL finds. Belongs to one
// scheduler.
#pragma once

#include <cstdint>
#include <map>

#include "base/result.h"
#include "mysql/server_conn.h"
#include "vtgate/session.h"

namespace vif::vtgate {

class Processes {
 public:
  struct Entry {
    mysql::ServerConnection* connection;
    Session* session;
    std::string_view command = "Sleep";  // static text
    std::string_view sql;  // of the statement in flight; points into its fiber's stack
  };

  void add(uint32_t id, Entry entry) { entries_[id] = entry; }
  void remove(uint32_t id) { entries_.erase(id); }
  // Null when there is no such connection.
  Entry* find(uint32_t id) {
    const auto found = entries_.find(id);
    return found == entries_.end() ? nullptr : &found->second;
  }
  const std::map<uint32_t, Entry>& all() const { return entries_; }

  // Errors: 1094 "Unknown thread id: 7".
  Status kill(uint32_t id, bool query_only);

 private:
  std::map<uint32_t, Entry> entries_;
};

}  // namespace vif::vtgate
