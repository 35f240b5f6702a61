#include "vtgate/processes.h"

#include "mysql/error_codes.h"

namespace vif::vtgate {

Status Processes::kill(uint32_t id, bool query_only) {
  Entry* entry = find(id);
  if (entry == nullptr) return mysql::mysql_error(1094, fmt::format("Unknown thread id: {}", id));
  if (query_only) {
    entry->connection->kill_query();
  } else {
    entry->connection->kill();
  }
  return {};
}

}  // namespace vif::vtgate
