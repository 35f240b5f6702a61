#include "mysql/client_conn.h"

#include "mysql/client_handshake.h"
#include "mysql/error_codes.h"
#include "mysql/rows.h"
#include "mysql/sinks.h"

namespace vif::mysql {
namespace {

constexpr uint64_t kColumnsMax = 65535;
constexpr size_t kAnswerMax = 64 << 20;
// Copying so much is cheaper than telling the system of two pieces.
constexpr size_t kCopiedMax = 4096;

Error malformed() {
  return Error(Code::kUnavailable, cr::kMalformedPacket, "HY000", "Malformed packet");
}

Error lost(const Error& why) {
  if (why.code() != Code::kUnavailable ||
      (why.mysql_errno() != 0 && why.mysql_errno() != cr::kServerLost))
    return why;
  return Error(Code::kUnavailable, cr::kServerLost, "HY000",
               fmt::format("Lost connection to MySQL server during query: {}", why.message()));
}

// Keeps a small result; the rest of them are dropped.
class KeepSink final : public DecodingSink {
 public:
  KeepSink(QueryResult& result, size_t rows_max) : result_(result), rows_max_(rows_max) {}
  Status on_fields() override {
    result_.fields = fields();
    return {};
  }
  Status on_row(types::Row row) override {
    if (result_.rows.size() >= rows_max_) {
      return Error(Code::kResourceExhausted, fmt::format("Row count exceeded {}", rows_max_));
    }
    result_.rows.push_back(std::move(row));
    return {};
  }
  Status on_end(const ResultEnd& end) override {
    result_.end = end;
    return {};
  }

 private:
  QueryResult& result_;
  size_t rows_max_;
};

}  // namespace

Result<std::unique_ptr<ClientConnection>> ClientConnection::connect(const ClientOptions& options,
                                                                    rt::Deadline deadline) {
  const rt::Deadline by = deadline.earlier(rt::Deadline::in(options.connect_timeout));
  auto stream = rt::dial(options.address, by);
  if (!stream.ok()) {
    const int number =
        options.address.unix_path.empty() ? cr::kConnHostError : cr::kConnectionError;
    return Error(stream.error().code(), number, "HY000",
                 fmt::format("Can't connect to MySQL server on '{}' ({})",
                             options.address.to_string(), stream.error().message()));
  }
  return handshake(std::move(*stream), options, by);
}

Result<std::unique_ptr<ClientConnection>> ClientConnection::handshake(
    std::unique_ptr<rt::Stream> stream, const ClientOptions& options, rt::Deadline deadline) {
  auto connection = std::unique_ptr<ClientConnection>(new ClientConnection(std::move(stream)));
  connection->options_ = options;
  Status done = ClientHandshake(*connection, deadline).connect();
  if (!done.ok()) return lost(done.error());
  return connection;
}

ClientConnection::~ClientConnection() = default;

void ClientConnection::close() {
  wire_.set_broken();
  wire_.stream().close();
}

Error ClientConnection::fail(Error error) {
  wire_.set_broken();
  return lost(error);
}

bool ClientConnection::idle_and_alive() {
  if (!usable() || wire_.has_unread()) return false;
  char byte;
  auto got = wire_.stream().read_some({&byte, 1}, rt::Deadline::at(rt::Instant{0}));
  const bool alive = !got.ok() && got.error().code() == Code::kDeadlineExceeded;
  if (!alive) wire_.set_broken();
  return alive;
}

Status ClientConnection::send_command(uint8_t command, std::string_view payload,
                                      rt::Deadline deadline) {
  if (!usable())
    return Error(Code::kUnavailable, cr::kServerGone, "HY000", "MySQL server has gone away");
  if (more_results_) {
    return Error(Code::kInternal, cr::kCommandsOutOfSync, "HY000",
                 "Commands out of sync; you can't run this command now");
  }
  wire_.out().append(pending_);
  pending_.clear();
  wire_.start_command();
  Status sent;
  if (payload.size() + 1 < kPacketPayloadMax) {
    char head[kPacketHeaderSize + 1];
    set_packet_header(head, payload.size() + 1, wire_.sequence()++);
    head[kPacketHeaderSize] = static_cast<char>(command);
    wire_.out().append(head, sizeof head);
    if (payload.size() <= kCopiedMax) {
      wire_.out().append(payload);
      sent = wire_.flush(deadline);
    } else {
      sent = wire_.flush_with(payload, deadline);
    }
  } else {
    const size_t start = start_packet(wire_.out());
    wire_.out().push_back(static_cast<char>(command));
    wire_.out().append(payload);
    finish_packet(wire_.out(), start, wire_.sequence());
    sent = wire_.flush(deadline);
  }
  if (!sent.ok()) return fail(sent.error());
  return {};
}

Error ClientConnection::parse_error(std::string_view payload) {
  ByteReader reader(payload);
  reader.skip(1);
  const int number = reader.u16();
  std::string_view state;
  if (reader.peek() == '#') {
    reader.skip(1);
    state = reader.take(5);
  }
  if (!reader.ok()) return malformed();
  return mysql_error(number, state, std::string(reader.rest()));
}

Status ClientConnection::parse_ok(std::string_view payload, ResultEnd& end) {
  ByteReader reader(payload);
  reader.skip(1);
  end.affected_rows = read_lenenc(reader);
  end.last_insert_id = read_lenenc(reader);
  end.status = reader.u16();
  end.warnings = reader.u16();
  if (!reader.ok()) return malformed();
  status_ = end.status;
  if (reader.at_end()) return {};
  end.info = read_lenenc_string(reader);
  if ((capabilities_ & cap::kSessionTrack) && (end.status & status::kSessionStateChanged)) {
    end.session_state_changes = read_lenenc_string(reader);
  }
  if (!reader.ok()) return malformed();
  return {};
}

Status ClientConnection::query(std::string_view sql, ResultSink& sink, rt::Deadline deadline) {
  VIF_TRY(send_command(com::kQuery, sql, deadline));
  return read_result(sink, deadline);
}

Status ClientConnection::next_result(ResultSink& sink, rt::Deadline deadline) {
  if (!more_results_) return Error(Code::kInternal, "no more results");
  return read_result(sink, deadline);
}

Status ClientConnection::read_result(ResultSink& sink, rt::Deadline deadline) {
  more_results_ = false;
  auto first = wire_.read_packet(kAnswerMax, deadline);
  if (!first.ok()) return fail(first.error());
  const std::string_view payload = *first;
  if (payload.empty()) return fail(malformed());
  const auto head = static_cast<uint8_t>(payload.front());
  if (head == kErrHeader) return parse_error(payload);
  if (head == kOkHeader) {
    ResultEnd end;
    Status parsed = parse_ok(payload, end);
    if (!parsed.ok()) return fail(parsed.error());
    more_results_ = (end.status & status::kMoreResultsExist) != 0;
    return sink.end(end);
  }
  if (head == kLocalInfile) return refuse_local_infile(deadline);
  ByteReader reader(payload);
  const uint64_t count = read_lenenc(reader);
  if (!reader.ok() || !reader.at_end() || count == 0 || count > kColumnsMax)
    return fail(malformed());
  Status columns = read_columns(count, sink, deadline);
  if (!columns.ok()) return fail(columns.error());
  return read_rows(sink, deadline);
}

// The server wants a file of ours. An empty packet says that there is none; it then answers as to a
// statement.
Status ClientConnection::refuse_local_infile(rt::Deadline deadline) {
  wire_.write_packet({});
  Status sent = wire_.flush(deadline);
  if (!sent.ok()) return fail(sent.error());
  auto answer = wire_.read_packet(kAnswerMax, deadline);
  if (!answer.ok()) return fail(answer.error());
  if (answer->starts_with(static_cast<char>(kErrHeader))) return parse_error(*answer);
  return Error(Code::kPermissionDenied, cr::kLocalInfileRejected, "HY000",
               "LOAD DATA LOCAL INFILE file request rejected due to restrictions on access.");
}

Status ClientConnection::read_columns(uint64_t count, ResultSink& sink, rt::Deadline deadline) {
  // All definitions lie in one piece, so that the sink gets them at once.
  size_t size = 0;
  for (uint64_t i = 0; i < count; ++i) {
    VIF_TRY(wire_.need(size + kPacketHeaderSize, deadline));
    const uint32_t payload_size = packet_payload_size(wire_.buffered().data() + size);
    if (payload_size == kPacketPayloadMax) return malformed();
    const size_t end = size + kPacketHeaderSize + payload_size;
    VIF_TRY(wire_.need(end, deadline));
    if (payload_size > 0 &&
        static_cast<uint8_t>(wire_.buffered()[size + kPacketHeaderSize]) == kErrHeader) {
      return malformed();
    }
    size = end;
  }
  VIF_TRY(sink.columns(static_cast<uint32_t>(count), wire_.buffered().substr(0, size)));
  wire_.consume(size);
  if (capabilities_ & cap::kDeprecateEof) return {};
  VIF_TRY(wire_.need(kPacketHeaderSize, deadline));
  const size_t eof = kPacketHeaderSize + packet_payload_size(wire_.buffered().data());
  VIF_TRY(wire_.need(eof, deadline));
  wire_.consume(eof);
  return {};
}

Status ClientConnection::read_rows(ResultSink& sink, rt::Deadline deadline) {
  bool continued = false;  // the last packet was a full one: the next belongs to the same row
  for (;;) {
    // The run of whole row packets that is there already goes to the sink in one piece.
    const std::string_view held = wire_.buffered();
    size_t run = 0;
    size_t want = kPacketHeaderSize;
    bool ended = false;
    while (held.size() - run >= kPacketHeaderSize) {
      const uint32_t payload_size = packet_payload_size(held.data() + run);
      want = run + kPacketHeaderSize + payload_size;
      if (held.size() < want) break;
      const uint8_t head =
          payload_size == 0 ? 0 : static_cast<uint8_t>(held[run + kPacketHeaderSize]);
      ended = !continued &&
              (head == kErrHeader || (head == kEofHeader && payload_size < kPacketPayloadMax));
      if (ended) break;
      continued = payload_size == kPacketPayloadMax;
      run = want;
      want = run + kPacketHeaderSize;
    }
    if (run > 0) {
      Status taken = sink.rows(held.substr(0, run));
      wire_.consume(run);
      if (!taken.ok()) return fail_sink(taken.error());
    }
    if (ended) return read_end(sink);
    Status more = wire_.need(want - run, deadline);
    if (!more.ok()) return fail(more.error());
  }
}

// The packet that ends the rows lies whole in the buffer.
Status ClientConnection::read_end(ResultSink& sink) {
  const uint32_t payload_size = packet_payload_size(wire_.buffered().data());
  const std::string_view payload = wire_.buffered().substr(kPacketHeaderSize, payload_size);
  wire_.sequence() = static_cast<uint8_t>(static_cast<uint8_t>(wire_.buffered()[3]) + 1);
  wire_.consume(kPacketHeaderSize + payload_size);
  if (static_cast<uint8_t>(payload.front()) == kErrHeader) return parse_error(payload);
  ResultEnd end;
  if (capabilities_ & cap::kDeprecateEof) {
    Status parsed = parse_ok(payload, end);
    if (!parsed.ok()) return fail(parsed.error());
  } else {
    ByteReader reader(payload);
    reader.skip(1);
    end.warnings = reader.u16();
    end.status = reader.u16();
    if (!reader.ok()) return fail(malformed());
    status_ = end.status;
  }
  more_results_ = (end.status & status::kMoreResultsExist) != 0;
  return sink.end(end);
}

Error ClientConnection::fail_sink(const Error& error) {
  wire_.set_broken();
  return error;
}

Result<QueryResult> ClientConnection::execute(std::string_view sql, rt::Deadline deadline,
                                              size_t rows_max) {
  QueryResult result;
  KeepSink sink(result, rows_max);
  VIF_TRY(query(sql, sink, deadline));
  NullSink drop;
  while (more_results_) VIF_TRY(next_result(drop, deadline));
  return result;
}

Status ClientConnection::simple_command(uint8_t command, std::string_view payload,
                                        rt::Deadline deadline) {
  VIF_TRY(send_command(command, payload, deadline));
  auto answer = wire_.read_packet(kAnswerMax, deadline);
  if (!answer.ok()) return fail(answer.error());
  if (answer->empty()) return fail(malformed());
  const auto head = static_cast<uint8_t>(answer->front());
  if (head == kErrHeader) return parse_error(*answer);
  if (head == kEofHeader) return {};
  if (head != kOkHeader) return fail(malformed());
  ResultEnd end;
  Status parsed = parse_ok(*answer, end);
  return parsed.ok() ? parsed : fail(parsed.error());
}

Status ClientConnection::ping(rt::Deadline deadline) {
  return simple_command(com::kPing, {}, deadline);
}

Status ClientConnection::init_db(std::string_view database, rt::Deadline deadline) {
  return simple_command(com::kInitDb, database, deadline);
}

Status ClientConnection::reset_connection(rt::Deadline deadline) {
  return simple_command(com::kResetConnection, {}, deadline);
}

Status ClientConnection::set_multi_statements(bool on, rt::Deadline deadline) {
  const char option[2] = {static_cast<char>(on ? 0 : 1), 0};
  return simple_command(com::kSetOption, {option, 2}, deadline);
}

Result<std::string> ClientConnection::statistics(rt::Deadline deadline) {
  VIF_TRY(send_command(com::kStatistics, {}, deadline));
  auto answer = wire_.read_packet(kAnswerMax, deadline);
  if (!answer.ok()) return fail(answer.error());
  if (answer->starts_with(static_cast<char>(kErrHeader))) return parse_error(*answer);
  return std::string(*answer);
}

Status ClientConnection::change_user(std::string_view user, std::string_view password,
                                     std::string_view database, rt::Deadline deadline) {
  if (!usable())
    return Error(Code::kUnavailable, cr::kServerGone, "HY000", "MySQL server has gone away");
  wire_.out().append(pending_);
  pending_.clear();
  Status changed = ClientHandshake(*this, deadline).change_user(user, password, database);
  // A server closes the connection after a refused change of user.
  if (!changed.ok()) return fail(changed.error());
  return {};
}

Status kill_thread(const ClientOptions& options, uint32_t thread_id, bool query_only,
                   rt::Deadline deadline) {
  auto connection = VIF_TRY(ClientConnection::connect(options, deadline));
  auto killed = connection->execute(fmt::format("kill {}{}", query_only ? "query " : "", thread_id),
                                    deadline);
  // It may have ended by itself.
  if (!killed.ok() && killed.error().mysql_errno() != er::kNoSuchThread) return killed.error();
  return {};
}

}  // namespace vif::mysql
