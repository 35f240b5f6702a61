// The statements that one connection to mysqld has prepared for those who execute them in binary.
// Belongs to the connection.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "mysql/client_conn.h"

namespace vif::vttablet {

class PreparedStatements {
 public:
  // So many stay prepared; the one that was used the longest ago goes first.
  static constexpr size_t kMost = 64;

  // Executes `sql` with `parameters` (ExecuteRequest::parameters), preparing it when need be.
  // Errors: the server's; kUnimplemented, without an errno, when the server would not prepare it or
  // has lost it: the text may still run with its values in it.
  Status execute(mysql::ClientConnection& wire, std::string_view sql, std::string_view parameters,
                 mysql::ResultSink& sink, rt::Deadline deadline);

  // After a change of settings: what was prepared was read by the old ones.
  void forget(mysql::ClientConnection& wire);

 private:
  struct Entry {
    std::string sql;
    uint32_t id = 0;
    uint16_t parameters = 0;
  };
  using Entries = std::list<Entry>;
  Result<Entries::iterator> find_or_prepare(mysql::ClientConnection& wire, std::string_view sql,
                                            rt::Deadline deadline);

  Entries by_use_;  // the latest first
  std::unordered_map<std::string_view, Entries::iterator> by_text_;
};

}  // namespace vif::vttablet
