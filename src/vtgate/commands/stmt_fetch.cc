// COM_STMT_FETCH: the next rows of a statement's cursor.

#include "base/bytes.h"
#include "mysql/error_codes.h"
#include "mysql/packet.h"
#include "vtgate/commands/commands.h"
#include "vtgate/commands/statement.h"

namespace vif::vtgate::commands {

Status stmt_fetch(Command& command) {
  const std::shared_ptr<PreparedStatement> statement =
      VIF_TRY(find_statement(command, "mysqld_stmt_fetch"));
  ByteReader reader(command.payload);
  const uint32_t id = reader.u32();
  const uint32_t wanted = reader.u32();
  if (!reader.ok()) return mysql::mysql_error(1835, "Malformed communication packet.");
  if (statement->cursor == nullptr) {
    return mysql::mysql_error(1421, fmt::format("The statement ({}) has no open cursor.", id));
  }
  Cursor& cursor = *statement->cursor;
  const std::string_view rows = cursor.rows;
  uint32_t sent = 0;
  std::string long_row;  // one that came in several packets
  while (sent < wanted && cursor.at < rows.size()) {
    const uint32_t size = mysql::packet_payload_size(rows.data() + cursor.at);
    const std::string_view part = rows.substr(cursor.at + mysql::kPacketHeaderSize, size);
    cursor.at += mysql::kPacketHeaderSize + size;
    if (size == mysql::kPacketPayloadMax || !long_row.empty()) long_row += part;
    if (size == mysql::kPacketPayloadMax) continue;
    VIF_TRY(command.connection.write_packet(long_row.empty() ? part : std::string_view(long_row)));
    long_row.clear();
    ++sent;
  }
  // Who takes just the last row is told at the next call.
  uint16_t flags = mysql::status::kCursorExists;
  if (sent < wanted) {
    flags = mysql::status::kLastRowSent;
    statement->cursor.reset();
  }
  return command.connection.write_eof(with_session_status(command.session, 0) | flags);
}

}  // namespace vif::vtgate::commands
