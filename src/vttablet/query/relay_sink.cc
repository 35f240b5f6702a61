#include "vttablet/query/relay_sink.h"

#include "mysql/packet.h"

namespace vif::vttablet {

Result<bool> rename_database(std::string_view packets, std::string_view database, std::string_view keyspace,
                             std::string& out) {
  if (database == keyspace || packets.find(database) == std::string_view::npos) return false;
  mysql::PacketWalker walker(packets);
  std::string_view payload;
  uint8_t sequence = packets.size() > 3 ? static_cast<uint8_t>(packets[3]) : 0;
  bool renamed = false;
  while (walker.next(payload)) {
    ByteReader reader(payload);
    mysql::read_lenenc_string(reader);  // catalog
    const size_t before = reader.position();
    const std::string_view schema = mysql::read_lenenc_string(reader);
    if (!reader.ok()) return Error(Code::kInternal, "malformed column definition from mysqld");
    const size_t start = mysql::start_packet(out);
    if (schema == database) {
      renamed = true;
      out += payload.substr(0, before);
      mysql::append_lenenc_string(out, keyspace);
      out += reader.rest();
    } else {
      out += payload;
    }
    mysql::finish_packet(out, start, sequence);
  }
  if (walker.malformed()) return Error(Code::kInternal, "malformed column definitions from mysqld");
  return renamed;
}

Status RelaySink::columns(uint32_t count, std::string_view packets) {
  started_ = true;
  std::string renamed;
  if (VIF_TRY(rename_database(packets, database_, keyspace_, renamed))) return to_.columns(count, renamed);
  return to_.columns(count, packets);
}

Status RelaySink::end(const mysql::ResultEnd& end) {
  status_ = end.status;
  affected_rows_ = end.affected_rows;
  if (statement_.killed) return {};
  started_ = true;
  if (end.warnings != 0) {
    waiting_ = end;
    return {};
  }
  return to_.end(end);
}

}  // namespace vif::vttablet
