// A read-only cursor of a prepared statement: its rows, kept until COM_STMT_FETCH takes them.
#pragma once

#include <string>
#include <string_view>

#include "mysql/server_conn.h"
#include "vtgate/session.h"

namespace vif::vtgate::commands {

// Keeps a result for a cursor: the client gets the columns and an end that says that there is one.
// A result beyond kCursorBytesMax goes to the client at once instead, without a cursor, as the
// protocol lets a server do.
class CursorSink final : public mysql::ResultSink {
 public:
  static constexpr size_t kCursorBytesMax = 64 << 20;

  CursorSink(mysql::ServerConnection& connection, PreparedStatement& statement,
             size_t bytes_max = kCursorBytesMax)
      : connection_(connection), statement_(statement), to_(connection), bytes_max_(bytes_max) {}

  Status columns(uint32_t count, std::string_view packets) override;
  Status rows(std::string_view packets) override;
  Status end(const mysql::ResultEnd& end) override;

  uint64_t row_count() const { return opened_ ? rows_ : to_.row_count(); }

 private:
  mysql::ServerConnection& connection_;
  PreparedStatement& statement_;
  mysql::ClientResultSink to_;
  const size_t bytes_max_;
  uint32_t column_count_ = 0;
  std::string columns_;
  std::string kept_;
  uint64_t rows_ = 0;
  bool passing_ = false;  // no cursor after all
  bool opened_ = false;
};

}  // namespace vif::vtgate::commands
