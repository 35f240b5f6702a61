// A client's connection, seen from the server: handshake, one command after the other, responses.
//
// Idle, it is data: this struct, its session and a parked stream; no fiber, no stack, no buffers. A
// command runs on a fresh fiber of the stream's scheduler from its first byte to its response's
// last.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "mysql/auth.h"
#include "mysql/packet.h"
#include "mysql/result_sink.h"
#include "mysql/wire.h"
#include "rt/net.h"
#include "rt/tls.h"
#include "types/value.h"

namespace vif::mysql {

class ServerConnection;

// What all connections of one server share. Outlives them; changes hold for new connections only.
struct ServerOptions {
  std::string version = "8.0.40-Vitess";
  uint8_t charset = kCharsetUtf8mb4Default80;
  AuthServer* auth = nullptr;   // REQUIRED
  const RsaKey* rsa = nullptr;  // for caching_sha2_password without TLS
  rt::TlsContextPtr tls;        // absent: not offered
  bool require_secure_transport = false;
  bool compression = true;       // zlib and zstd offered
  size_t packet_max = 64 << 20;  // max_allowed_packet of commands
  rt::Duration handshake_timeout = std::chrono::seconds(10);
  rt::Duration wait_timeout = std::chrono::hours(8);      // between commands
  rt::Duration read_timeout = std::chrono::seconds(30);   // of silence within a command's packets
  rt::Duration write_timeout = std::chrono::seconds(60);  // of a client that does not read
};

// What the client said when it logged in (or changed user).
struct Login {
  std::string user;
  std::string database;
  uint16_t charset = 0;  // a collation's number: 8 bits of it at login, 16 by COM_CHANGE_USER
  Identity identity;
  std::vector<std::pair<std::string, std::string>> attributes;  // connection attributes
};

// What a program keeps with a connection; vtgate's Session is one.
struct Attachment {
  virtual ~Attachment() = default;
};

// A command in flight that KILL can stop.
class Interruptible {
 public:
  // Makes the command end soon. Called from another fiber of the same scheduler; must not wait.
  virtual void interrupt() = 0;

 protected:
  ~Interruptible() = default;
};

// The program behind the connections, one for many. All calls are on the connection's fiber and may
// wait.
class CommandHandler {
 public:
  virtual ~CommandHandler() = default;

  // The client proved who it is, at connect or by COM_CHANGE_USER (then the session starts anew).
  // An error is sent instead of the OK, and closes the connection. `login.database` is to be made
  // current here.
  virtual Status on_login(ServerConnection& connection) = 0;
  // One command, but COM_QUIT and COM_CHANGE_USER, which the connection deals with. `payload` is
  // without the command byte and valid during the call. Must answer (but to STMT_CLOSE and
  // STMT_SEND_LONG_DATA) with the write_* verbs or a ClientResultSink. An error returned is sent as
  // an ERR packet.
  virtual Status on_command(ServerConnection& connection, uint8_t command,
                            std::string_view payload) = 0;
  // The last call, also after a failed handshake: the handler may destroy the connection in it.
  virtual void on_close(ServerConnection& connection) = 0;
};

class ServerConnection final : public rt::Parked {
 public:
  ServerConnection(std::unique_ptr<rt::Stream> stream, const ServerOptions& options,
                   CommandHandler& handler, uint32_t id);
  ~ServerConnection();
  ServerConnection(const ServerConnection&) = delete;

  // Shakes hands, then parks; returns when the client is logged in and waits for its first command,
  // or after on_close. Call once, on a fiber of the stream's scheduler. `this` may be gone
  // afterwards.
  void start();
  void on_wake(rt::Wake reason) override;

  uint32_t id() const { return id_; }
  uint32_t capabilities() const { return capabilities_; }
  bool has(cap::Capability capability) const { return (capabilities_ & capability) != 0; }
  // SET_OPTION turns cap::kMultiStatements on and off.
  void set_multi_statements(bool on);
  const Login& login() const { return *login_; }
  void set_database(std::string database) { login_->database = std::move(database); }
  AuthPeer peer() const;
  // Empty while TLS is being negotiated.
  std::string peer_address() const;
  const ServerOptions& options() const { return options_; }

  Attachment* attachment() const { return attachment_.get(); }
  void attach(std::unique_ptr<Attachment> attachment) { attachment_ = std::move(attachment); }

  // Responses. They gather in a buffer which leaves in one write after the command, or when it has
  // grown over kFlushSize (then they wait: back-pressure). Errors: the client is gone; return them.
  // `more` announces another result after this one.
  Status write_ok(const ResultEnd& end = {}, bool more = false);
  Status write_error(const Error& error);
  // What ends a command that has no result but says no OK either: COM_SET_OPTION, COM_FIELD_LIST.
  // An EOF packet, or an OK in its place where the client wants none.
  Status write_eof(uint16_t status_flags = 0, uint16_t warnings = 0);
  // A packet with this payload: COM_STATISTICS's text, COM_STMT_PREPARE's answers.
  Status write_packet(std::string_view payload);
  // A whole result, made here: begin, rows, end. Rows have as many values as there are fields.
  Status begin_rows(std::span<const types::Field> fields);
  Status write_text_row(std::span<const types::Value> row);
  Status write_binary_row(std::span<const types::Field> fields, std::span<const types::Value> row);
  Status end_rows(const ResultEnd& end, bool more = false);
  // The answer to COM_STMT_PREPARE. `parameters` definitions are made up ("?"), as MySQL's are.
  Status write_prepare_ok(uint32_t statement_id, std::span<const types::Field> columns,
                          uint16_t parameters, uint16_t warnings = 0);
  // Sends what is gathered.
  Status flush() { return wire_.flush(rt::Deadline::in(options_.write_timeout)); }

  // The most that is gathered before it is sent.
  static constexpr size_t kFlushSize = 64 * 1024;

  // KILL. kill_query interrupts a command in flight; kill also closes, at once when idle.
  // On the connection's scheduler; do not wait.
  void kill_query();
  void kill();
  bool killed() const { return killed_; }
  // What kill_query interrupts while the current command runs; null when nothing.
  void set_interruptible(Interruptible* interruptible) { interruptible_ = interruptible; }
  // Shutdown: an idle client is told 1053 and closed; one with a command in flight after its
  // response.
  void drain();
  // A command is in flight.
  bool busy() const { return busy_; }
  // rt::now() when the present command, or the idling, began.
  rt::Instant since() const { return since_; }

 private:
  friend class ClientResultSink;
  friend class Handshake;

  void serve();
  enum class Buffers : uint8_t { kKeep, kRelease };
  void park(Buffers buffers);
  void close();
  // False: the connection is over.
  bool run_command(std::string_view packet);
  Status change_user(std::string_view payload);
  Status append_eof(uint16_t status_flags, uint16_t warnings);
  Status append_ok(const ResultEnd& end, uint8_t header, bool more);
  Status written();

  Wire wire_;
  const ServerOptions& options_;
  CommandHandler& handler_;
  std::unique_ptr<Login> login_;
  std::unique_ptr<Attachment> attachment_;
  Interruptible* interruptible_ = nullptr;
  rt::Instant since_;
  uint32_t id_;
  uint32_t capabilities_ = 0;
  bool busy_ = false;
  bool killed_ = false;
  bool draining_ = false;
  bool parked_ = false;
};

// Relays one result to a client: renumbers packets, adds the column count and EOFs that this client
// expects. A small result leaves in one write, a large one in pieces as the client takes them.
class ClientResultSink final : public ResultSink {
 public:
  // `more`: another result follows this one. `status_mask` bits of the end's status are replaced by
  // `status_flags`: a session's own flags (autocommit, in transaction), not those of the server
  // connection.
  ClientResultSink(ServerConnection& connection, bool more = false)
      : connection_(connection), more_(more) {}
  void set_status(uint16_t status_mask, uint16_t status_flags) {
    status_mask_ = status_mask;
    status_flags_ = status_flags;
  }

  Status columns(uint32_t count, std::string_view packets) override;
  Status rows(std::string_view packets) override;
  Status end(const ResultEnd& end) override;

  // Something was written for this result: an error must now come as its end.
  bool started() const { return has_columns_ || ended_; }
  bool ended() const { return ended_; }
  uint64_t row_count() const { return rows_; }

 private:
  Status relay(std::string_view packets);

  ServerConnection& connection_;
  uint64_t rows_ = 0;
  rt::Instant unsent_since_;
  uint16_t status_mask_ = 0;
  uint16_t status_flags_ = 0;
  bool more_;
  bool has_columns_ = false;
  bool ended_ = false;
};

}  // namespace vif::mysql
