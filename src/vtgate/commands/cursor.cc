#include "vtgate/commands/cursor.h"

#include "mysql/packet.h"

namespace vif::vtgate::commands {

Status CursorSink::columns(uint32_t count, std::string_view packets) {
  column_count_ = count;
  columns_ = packets;
  return {};
}

Status CursorSink::rows(std::string_view packets) {
  if (!passing_ && kept_.size() + packets.size() > bytes_max_) {
    passing_ = true;
    VIF_TRY(to_.columns(column_count_, columns_));
    VIF_TRY(to_.rows(std::exchange(kept_, {})));
  }
  if (passing_) return to_.rows(packets);
  kept_ += packets;
  return {};
}

Status CursorSink::end(const mysql::ResultEnd& end) {
  if (passing_ || column_count_ == 0) return to_.end(end);
  opened_ = true;
  std::string count;
  mysql::append_lenenc(count, column_count_);
  VIF_TRY(connection_.write_packet(count));
  mysql::PacketWalker walker(columns_);
  for (std::string_view column; walker.next(column);) VIF_TRY(connection_.write_packet(column));
  mysql::PacketWalker rows(kept_);
  for (std::string_view part; rows.next(part);) rows_ += part.size() < mysql::kPacketPayloadMax;
  statement_.cursor = std::make_unique<Cursor>(Cursor{std::move(kept_), 0});
  return connection_.write_eof(end.status | mysql::status::kCursorExists, end.warnings);
}

}  // namespace vif::vtgate::commands
