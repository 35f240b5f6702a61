#include "vttablet/query/relay_sink.h"

#include "mysql/packet.h"

namespace vif::vttablet {

Result<bool> rename_database(std::string_view packets, std::string_view database,
                             std::string_view keyspace, std::pmr::string& out) {
  if (database == keyspace) return false;
  size_t copied = 0;  // of `packets`, what is in `out` already
  std::string length;
  mysql::append_lenenc(length, keyspace.size());
  const auto malformed = [] {
    return Error(Code::kInternal, "malformed column definitions from mysqld");
  };
  for (size_t at = 0; at < packets.size();) {
    if (packets.size() - at < mysql::kPacketHeaderSize) return malformed();
    const size_t size = mysql::packet_payload_size(packets.data() + at);
    const size_t begin = at + mysql::kPacketHeaderSize;
    if (size >= mysql::kPacketPayloadMax || packets.size() - begin < size) return malformed();
    ByteReader reader(packets.substr(begin, size));
    mysql::read_lenenc_string(reader);  // catalog
    const size_t before = reader.position();
    const std::string_view schema = mysql::read_lenenc_string(reader);
    if (!reader.ok()) return malformed();
    if (schema == database) {
      if (copied == 0) out.reserve(packets.size() + keyspace.size());
      const size_t start = out.size() + at - copied;
      out.append(packets.substr(copied, begin + before - copied)).append(length).append(keyspace);
      copied = begin + reader.position();
      mysql::set_packet_header(out.data() + start,
                               before + length.size() + keyspace.size() + reader.rest().size(),
                               static_cast<uint8_t>(packets[at + 3]));
    }
    at = begin + size;
  }
  if (copied == 0) return false;
  out += packets.substr(copied);
  return true;
}

Status RelaySink::columns(uint32_t count, std::string_view packets) {
  started_ = true;
  // The definitions of most results fit here.
  char room[1024];
  std::pmr::monotonic_buffer_resource memory(room, sizeof room);
  std::pmr::string renamed(&memory);
  if (VIF_TRY(rename_database(packets, database_, keyspace_, renamed)))
    return to_.columns(count, renamed);
  return to_.columns(count, packets);
}

Status RelaySink::end(const mysql::ResultEnd& end) {
  status_ = end.status;
  affected_rows_ = end.affected_rows;
  if (statement_.killed) return {};
  started_ = true;
  if (holds_end_ || end.warnings != 0) {
    waiting_ = end;
    return {};
  }
  return to_.end(end);
}

}  // namespace vif::vttablet
