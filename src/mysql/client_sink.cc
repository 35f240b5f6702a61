#include "mysql/server_conn.h"

namespace vif::mysql {
namespace {

// Rows that trickle in are not kept from the client for longer than this (Vitess's
// --mysql-server-flush-delay).
constexpr rt::Duration kFlushDelay = std::chrono::milliseconds(100);

}  // namespace

Status ClientResultSink::columns(uint32_t count, std::string_view packets) {
  has_columns_ = true;
  std::string& out = connection_.wire_.out();
  const size_t start = start_packet(out);
  append_lenenc(out, count);
  finish_packet(out, start, connection_.wire_.sequence());
  unsent_since_ = rt::now();
  VIF_TRY(relay(packets));
  rows_ = 0;
  if (!connection_.has(cap::kDeprecateEof)) {
    return connection_.append_eof(
        static_cast<uint16_t>((status::kAutocommit & ~status_mask_) | status_flags_), 0);
  }
  return {};
}

Status ClientResultSink::rows(std::string_view packets) {
  VIF_TRY(relay(packets));
  if (rt::now() - unsent_since_ < kFlushDelay) return {};
  unsent_since_ = rt::now();
  return connection_.flush();
}

Status ClientResultSink::end(const ResultEnd& end) {
  ended_ = true;
  ResultEnd own;
  const ResultEnd* said = &end;
  if (status_mask_ != 0) {
    own = end;
    own.status =
        static_cast<uint16_t>((end.status & ~status_mask_) | (status_flags_ & status_mask_));
    said = &own;
  }
  return has_columns_ ? connection_.end_rows(*said, more_) : connection_.write_ok(*said, more_);
}

Status ClientResultSink::relay(std::string_view packets) {
  Wire& wire = connection_.wire_;
  std::string& out = wire.out();
  const size_t start = out.size();
  out.append(packets);
  char* at = out.data() + start;
  char* const end = out.data() + out.size();
  uint8_t sequence = wire.sequence();
  while (static_cast<size_t>(end - at) >= kPacketHeaderSize) {
    const uint32_t size = packet_payload_size(at);
    at[3] = static_cast<char>(sequence++);
    at += std::min<size_t>(kPacketHeaderSize + size, static_cast<size_t>(end - at));
    if (size < kPacketPayloadMax) ++rows_;
  }
  wire.sequence() = sequence;
  return connection_.written();
}

}  // namespace vif::mysql
