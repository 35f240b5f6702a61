#include "mysql/server_conn.h"

#include "mysql/error_codes.h"
#include "mysql/rows.h"
#include "mysql/server_handshake.h"

namespace vif::mysql {
namespace {

constexpr size_t kOutReserve = 512;
// A client that goes on soon finds its buffers where they were, unless they have grown beyond this.
constexpr rt::Duration kBuffersKept = std::chrono::seconds(1);
constexpr size_t kBuffersKeptMax = 16 * 1024;

}  // namespace

ServerConnection::ServerConnection(std::unique_ptr<rt::Stream> stream, const ServerOptions& options,
                                   CommandHandler& handler, uint32_t id)
    : wire_(std::move(stream)),
      options_(options),
      handler_(handler),
      login_(std::make_unique<Login>()),
      since_(rt::now()),
      id_(id) {}

ServerConnection::~ServerConnection() = default;

AuthPeer ServerConnection::peer() const {
  if (!wire_.has_stream()) return {};
  const rt::Stream& stream = wire_.stream();
  return {stream.is_unix(), stream.is_tls(), stream.peer_common_name()};
}

std::string ServerConnection::peer_address() const {
  return wire_.has_stream() ? wire_.stream().peer_address() : std::string();
}

void ServerConnection::set_multi_statements(bool on) {
  capabilities_ =
      on ? capabilities_ | cap::kMultiStatements : capabilities_ & ~uint32_t{cap::kMultiStatements};
}

void ServerConnection::start() {
  busy_ = true;
  Status logged_in = Handshake(*this).connect();
  busy_ = false;
  if (!logged_in.ok()) {
    if (!wire_.broken() && write_error(logged_in.error()).ok()) static_cast<void>(flush());
    return close();
  }
  if (killed_ || draining_) return close();
  wire_.set_stall_timeout(options_.read_timeout);
  // A client may pipeline its first command behind its login.
  if (wire_.has_unread()) return serve();
  park(Buffers::kRelease);
}

void ServerConnection::on_wake(rt::Wake reason) {
  parked_ = false;
  if (killed_) return close();
  const rt::Deadline timeout = rt::Deadline::at(since_ + options_.wait_timeout);
  if (!draining_ && reason == rt::Wake::kDeadline && !timeout.passed()) {
    wire_.release_buffers();
    parked_ = true;
    return wire_.stream().park(*this, timeout);
  }
  if (draining_ || reason == rt::Wake::kDeadline) {
    wire_.start_command();
    const Error goodbye = draining_
                              ? mysql_error(er::kServerShutdown, "Server shutdown in progress")
                              : mysql_error(er::kClientInteractionTimeout,
                                            "The client was disconnected by the server because of "
                                            "inactivity. See wait_timeout and "
                                            "interactive_timeout for configuring this behavior.");
    if (write_error(goodbye).ok()) static_cast<void>(flush());
    return close();
  }
  if (reason == rt::Wake::kUnparked) return park(Buffers::kRelease);
  serve();
}

void ServerConnection::park(Buffers buffers) {
  const bool keeps = buffers == Buffers::kKeep && wire_.buffer_bytes() <= kBuffersKeptMax;
  if (!keeps) wire_.release_buffers();
  since_ = rt::now();
  parked_ = true;
  const rt::Duration timeout =
      keeps ? std::min(kBuffersKept, options_.wait_timeout) : options_.wait_timeout;
  wire_.stream().park(*this, rt::Deadline::at(since_ + timeout));
}

void ServerConnection::close() {
  wire_.set_broken();
  if (wire_.has_stream()) wire_.stream().close();
  handler_.on_close(*this);
}

void ServerConnection::serve() {
  for (;;) {
    wire_.start_command();
    auto packet = wire_.read_packet(options_.packet_max, rt::Deadline::never());
    if (!packet.ok()) {
      const bool told = packet.error().mysql_errno() == er::kNetPacketTooLarge ||
                        packet.error().mysql_errno() == er::kNetPacketsOutOfOrder;
      if (told && !wire_.broken() && write_error(packet.error()).ok()) static_cast<void>(flush());
      return close();
    }
    since_ = rt::now();
    busy_ = true;
    const bool goes_on = run_command(*packet);
    busy_ = false;
    interruptible_ = nullptr;
    if (!goes_on || killed_ || draining_) return close();
    if (!wire_.has_unread()) return park(Buffers::kKeep);
  }
}

bool ServerConnection::run_command(std::string_view packet) {
  if (packet.empty()) {
    // MySQL takes an empty packet for COM_SLEEP, an unknown command.
    packet = std::string_view("\0", 1);
  }
  const auto command = static_cast<uint8_t>(packet.front());
  if (command == com::kQuit) return false;
  if (wire_.out().capacity() < kOutReserve) wire_.out().reserve(kOutReserve);
  Status done;
  if (command == com::kChangeUser) {
    done = change_user(packet.substr(1));
    if (!done.ok()) {
      if (!wire_.broken() && write_error(done.error()).ok()) static_cast<void>(flush());
      return false;
    }
  } else {
    done = handler_.on_command(*this, command, packet.substr(1));
    if (!done.ok() && !wire_.broken()) static_cast<void>(write_error(done.error()));
  }
  return !wire_.broken() && flush().ok();
}

Status ServerConnection::change_user(std::string_view payload) {
  return Handshake(*this).change_user(payload);
}

Status ServerConnection::written() {
  if (wire_.out().size() < kFlushSize) return {};
  return flush();
}

Status ServerConnection::append_ok(const ResultEnd& end, uint8_t header, bool more) {
  std::string& out = wire_.out();
  const size_t start = start_packet(out);
  const bool tracked = has(cap::kSessionTrack) && !end.session_state_changes.empty();
  uint16_t flags = end.status & ~(status::kMoreResultsExist | status::kSessionStateChanged);
  if (more) flags |= status::kMoreResultsExist;
  if (tracked) flags |= status::kSessionStateChanged;
  out.push_back(static_cast<char>(header));
  append_lenenc(out, end.affected_rows);
  append_lenenc(out, end.last_insert_id);
  append_fixed(out, flags, 2);
  append_fixed(out, end.warnings, 2);
  if (tracked || !end.info.empty()) append_lenenc_string(out, end.info);
  if (tracked) append_lenenc_string(out, end.session_state_changes);
  finish_packet(out, start, wire_.sequence());
  return written();
}

Status ServerConnection::write_ok(const ResultEnd& end, bool more) {
  return append_ok(end, kOkHeader, more);
}

Status ServerConnection::write_error(const Error& error) {
  if (wire_.broken()) return Error(Code::kUnavailable, "client is gone");
  const ClientError as = client_error(error);
  std::string& out = wire_.out();
  const size_t start = start_packet(out);
  out.push_back(static_cast<char>(kErrHeader));
  append_fixed(out, static_cast<uint64_t>(as.mysql_errno), 2);
  if (has(cap::kProtocol41)) {
    out.push_back('#');
    out.append(as.sqlstate);
  }
  out.append(error.message());
  finish_packet(out, start, wire_.sequence());
  return written();
}

Status ServerConnection::write_eof(uint16_t status_flags, uint16_t warnings) {
  if (!has(cap::kDeprecateEof)) return append_eof(status_flags, warnings);
  ResultEnd end;
  end.status = status_flags;
  end.warnings = warnings;
  return append_ok(end, kEofHeader, false);
}

Status ServerConnection::append_eof(uint16_t status_flags, uint16_t warnings) {
  std::string& out = wire_.out();
  const size_t start = start_packet(out);
  out.push_back(static_cast<char>(kEofHeader));
  append_fixed(out, warnings, 2);
  append_fixed(out, status_flags, 2);
  finish_packet(out, start, wire_.sequence());
  return written();
}

Status ServerConnection::write_packet(std::string_view payload) {
  wire_.write_packet(payload);
  return written();
}

Status ServerConnection::begin_rows(std::span<const types::Field> fields) {
  std::string& out = wire_.out();
  const size_t count = start_packet(out);
  append_lenenc(out, fields.size());
  finish_packet(out, count, wire_.sequence());
  for (const types::Field& field : fields) {
    const size_t start = start_packet(out);
    append_column(out, field);
    finish_packet(out, start, wire_.sequence());
  }
  if (!has(cap::kDeprecateEof)) return append_eof(status::kAutocommit, 0);
  return written();
}

Status ServerConnection::write_text_row(std::span<const types::Value> row) {
  const size_t start = start_packet(wire_.out());
  append_text_row(wire_.out(), row);
  finish_packet(wire_.out(), start, wire_.sequence());
  return written();
}

Status ServerConnection::write_binary_row(std::span<const types::Field> fields,
                                          std::span<const types::Value> row) {
  const size_t start = start_packet(wire_.out());
  append_binary_row(wire_.out(), fields, row);
  finish_packet(wire_.out(), start, wire_.sequence());
  return written();
}

Status ServerConnection::end_rows(const ResultEnd& end, bool more) {
  if (has(cap::kDeprecateEof)) return append_ok(end, kEofHeader, more);
  uint16_t flags = end.status & ~(status::kMoreResultsExist | status::kSessionStateChanged);
  if (more) flags |= status::kMoreResultsExist;
  return append_eof(flags, end.warnings);
}

Status ServerConnection::write_prepare_ok(uint32_t statement_id,
                                          std::span<const types::Field> columns,
                                          uint16_t parameters, uint16_t warnings) {
  std::string& out = wire_.out();
  const size_t start = start_packet(out);
  out.push_back(static_cast<char>(kOkHeader));
  append_fixed(out, statement_id, 4);
  append_fixed(out, columns.size(), 2);
  append_fixed(out, parameters, 2);
  out.push_back('\0');
  append_fixed(out, warnings, 2);
  finish_packet(out, start, wire_.sequence());

  types::Field parameter;
  parameter.name = "?";
  parameter.type = types::Type::kVarbinary;
  parameter.flags = column::kBinary;
  for (uint16_t i = 0; i < parameters; ++i) {
    const size_t one = start_packet(out);
    append_column(out, parameter);
    finish_packet(out, one, wire_.sequence());
  }
  if (parameters > 0 && !has(cap::kDeprecateEof)) VIF_TRY(append_eof(status::kAutocommit, 0));
  for (const types::Field& field : columns) {
    const size_t one = start_packet(out);
    append_column(out, field);
    finish_packet(out, one, wire_.sequence());
  }
  if (!columns.empty() && !has(cap::kDeprecateEof)) VIF_TRY(append_eof(status::kAutocommit, 0));
  return written();
}

void ServerConnection::kill_query() {
  if (busy_ && interruptible_ != nullptr) interruptible_->interrupt();
}

void ServerConnection::kill() {
  killed_ = true;
  kill_query();
  if (parked_) {
    wire_.stream().unpark();
  } else if (wire_.has_stream()) {
    wire_.stream().close();
  }
}

void ServerConnection::drain() {
  draining_ = true;
  if (parked_) wire_.stream().unpark();
}

}  // namespace vif::mysql
