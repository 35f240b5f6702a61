// Bytes of a hostile peer: a client's handshake and commands, a server's greeting and answers.
// Whatever comes must end in an error or a closed connection.
#include "mysql/client_conn.h"
#include "mysql/commands.h"
#include "mysql/error_codes.h"
#include "mysql/rows.h"
#include "mysql/server_conn.h"
#include "mysql/server_handshake.h"
#include "mysql/session_track.h"
#include "testing/memory_stream.h"

namespace vif::mysql {
namespace {

using testing::MemoryStream;

// Reads all that a command can carry.
class Reader final : public CommandHandler {
 public:
  Status on_login(ServerConnection&) override { return {}; }
  Status on_command(ServerConnection& connection, uint8_t command,
                    std::string_view payload) override {
    switch (command) {
      case com::kQuery: {
        const QueryCommand query = VIF_TRY(parse_query(payload, connection.capabilities()));
        return query.sql.size() % 2 == 0 ? connection.write_ok() : result(connection);
      }
      case com::kStmtPrepare:
        parameters_.count = static_cast<uint16_t>(payload.size());
        return connection.write_prepare_ok(1, {}, std::min<uint16_t>(parameters_.count, 20));
      case com::kStmtExecute: {
        const ExecuteCommand execute =
            VIF_TRY(parse_execute(payload, connection.capabilities(), parameters_));
        return connection.write_ok({.affected_rows = execute.values.size()});
      }
      case com::kStmtSendLongData: return add_long_data(payload, parameters_, 1 << 20);
      case com::kFieldList: VIF_TRY(parse_field_list(payload)); return connection.write_eof();
      case com::kSetOption:
        connection.set_multi_statements(VIF_TRY(parse_set_option(payload)) == 0);
        return connection.write_eof();
      case com::kProcessKill: VIF_TRY(parse_process_kill(payload)); return connection.write_ok();
      default: return mysql_error(er::kUnknownComError, "Unknown command");
    }
  }
  void on_close(ServerConnection&) override { closed = true; }
  bool closed = false;

 private:
  static Status result(ServerConnection& connection) {
    types::Field field;
    field.name = "a";
    field.type = types::Type::kInt64;
    ClientResultSink sink(connection);
    BinaryRowSink binary(sink);
    const std::vector<types::Field> fields = {field};
    RowEncoder encoder(binary);
    VIF_TRY(encoder.fields(fields));
    const std::vector<types::Value> row = {types::Value::int64(1)};
    VIF_TRY(encoder.row(row));
    return encoder.end({});
  }
  StatementParameters parameters_;
};

class Decoder final : public DecodingSink {
 public:
  using DecodingSink::DecodingSink;
  Status on_row(types::Row) override { return {}; }
  Status on_end(const ResultEnd& end) override {
    parse_session_changes(end.session_state_changes);
    return {};
  }
};

// Frames the input: each chunk [size byte, bytes] is a packet with the sequence expected, so that
// the fuzzer need not find headers. `first` is the first packet's sequence; commands start anew at
// 0.
std::string framed(std::string_view bytes, uint8_t first, bool commands) {
  std::string out;
  uint8_t sequence = first;
  while (!bytes.empty()) {
    const size_t size = std::min<size_t>(static_cast<uint8_t>(bytes[0]), bytes.size() - 1);
    append_packet(out, bytes.substr(1, size), sequence);
    if (commands) sequence = 0;
    bytes.remove_prefix(size + 1);
  }
  return out;
}

std::string login(uint32_t capabilities) {
  std::string payload;
  append_fixed(payload, capabilities, 4);
  append_fixed(payload, 1 << 24, 4);
  payload.push_back('\x2d');
  payload.append(23, '\0');
  payload.append("user").push_back('\0');
  payload.push_back('\0');
  payload.append(kCachingSha2Password).push_back('\0');
  std::string out;
  uint8_t sequence = 1;
  append_packet(out, payload, sequence);
  return out;
}

void serve(std::string input) {
  auto auth = make_none_auth();
  ServerOptions options;
  options.auth = auth.get();
  options.packet_max = 1 << 20;
  Reader reader;
  auto stream = std::make_unique<MemoryStream>(std::move(input));
  MemoryStream* peer = stream.get();
  ServerConnection connection(std::move(stream), options, reader, 1);
  connection.start();
  while (!reader.closed) {
    rt::Parked* owner = std::exchange(peer->parked, nullptr);
    if (owner == nullptr) __builtin_trap();
    owner->on_wake(rt::Wake::kReadable);
  }
}

std::string greeting() {
  std::string payload(
      "\x0a"
      "9.7.0");
  payload.push_back('\0');
  append_fixed(payload, 1, 4);
  payload.append("abcdefgh").push_back('\0');
  append_fixed(payload, 0xffff & ~cap::kSsl, 2);
  payload.push_back('\x2d');
  append_fixed(payload, 2, 2);
  append_fixed(payload, 0xdfff, 2);
  payload.push_back('\x15');
  payload.append(10, '\0');
  payload.append("ijklmnopqrst").push_back('\0');
  payload.append(kCachingSha2Password).push_back('\0');
  std::string out;
  uint8_t sequence = 0;
  append_packet(out, payload, sequence);
  return out;
}

std::string logged_in() {
  std::string out = greeting();
  uint8_t sequence = 2;
  append_packet(out, std::string_view("\0\0\0\2\0\0\0", 7), sequence);
  return out;
}

void ask(std::string input, Compression compression) {
  ClientOptions options;
  options.user = "user";
  options.password = "password";
  options.compression = compression;
  const rt::Deadline never = rt::Deadline::never();
  auto client =
      ClientConnection::handshake(std::make_unique<MemoryStream>(std::move(input)), options, never);
  if (!client.ok()) return;
  ClientConnection& connection = **client;
  Decoder text, binary(true);
  static_cast<void>(connection.query("select 1", text, never).ok());
  while (connection.more_results() && connection.usable())
    static_cast<void>(connection.next_result(text, never).ok());
  auto prepared = connection.prepare("select ?", never);
  if (prepared.ok())
    static_cast<void>(connection.execute_raw(prepared->id, {}, binary, never).ok());
  static_cast<void>(connection.statistics(never).ok());
  static_cast<void>(connection.execute("select 2", never, 10).ok());
  static_cast<void>(connection.change_user("a", "b", "c", never).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  constexpr uint32_t kPlain = cap::kProtocol41 | cap::kSecureConnection | cap::kPluginAuth;
  switch (data[0] % 10) {
    case 0: serve(bytes); break;
    case 1: serve(framed(bytes, 1, false)); break;
    case 2: serve(login(kPlain) + framed(bytes, 0, true)); break;
    case 3:
      serve(login(kPlain | cap::kQueryAttributes | cap::kDeprecateEof) + framed(bytes, 0, true));
      break;
    case 4: serve(login(kPlain | cap::kCompress) + bytes); break;
    case 5: serve(login(kPlain | cap::kZstdCompression) + bytes); break;
    case 6: ask(bytes, Compression::kNone); break;
    case 7: ask(greeting() + framed(bytes, 2, false), Compression::kNone); break;
    case 8: ask(logged_in() + framed(bytes, 1, false), Compression::kNone); break;
    case 9:
      ask(logged_in() + bytes, data[0] >= 128 ? Compression::kZlib : Compression::kZstd);
      break;
  }
  return 0;
}

}  // namespace vif::mysql
