// A connection to a MySQL or MariaDB server, seen from the client.
//
// Results stream through a ResultSink as the packets that the server sent. After an error that
// leaves the connection in an unknown place (peer gone, deadline passed in the middle, malformed
// packet, a sink that gave up) usable() is false, and all that can be done is to destroy it; the
// statement may still run on the server until KILLed by thread_id().
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mysql/packet.h"
#include "mysql/result_sink.h"
#include "mysql/wire.h"
#include "rt/net.h"
#include "rt/tls.h"
#include "types/value.h"

namespace vif::mysql {

struct ClientOptions {
  rt::Address address;
  std::string user;
  std::string password;
  std::string database;
  uint8_t charset = 0;      // 0: utf8mb4, in the server's own collation of it
  bool found_rows = false;  // affected rows count matches, not changes
  bool multi_statements = true;
  bool session_track = true;
  rt::TlsContextPtr tls;        // absent: no TLS
  bool tls_required = false;    // else TLS is used if the server offers it (never on a unix socket)
  std::string tls_server_name;  // empty: the address's host
  Compression compression = Compression::kNone;  // kNone as well if the server cannot
  bool get_server_public_key = true;  // caching_sha2_password without TLS may ask for the RSA key
  std::map<std::string, std::string> attributes;
  rt::Duration connect_timeout = std::chrono::seconds(10);
};

// A result small enough to hold.
struct QueryResult {
  std::vector<types::Field> fields;
  std::vector<types::Row> rows;
  ResultEnd end;
};

// A statement prepared on the server; meaningful for the connection that prepared it.
struct Prepared {
  uint32_t id = 0;
  uint16_t parameters = 0;
  uint16_t columns = 0;
  uint16_t warnings = 0;
  std::vector<types::Field> fields;
};

class ClientConnection {
 public:
  // Dials, negotiates, logs in. Errors: kUnavailable (2002, 2003, 2013), kUnauthenticated (1045 and
  // so on, as sent).
  static Result<std::unique_ptr<ClientConnection>> connect(const ClientOptions& options,
                                                           rt::Deadline deadline);
  // The same over a stream that is already there.
  static Result<std::unique_ptr<ClientConnection>> handshake(std::unique_ptr<rt::Stream> stream,
                                                             const ClientOptions& options,
                                                             rt::Deadline deadline);
  ~ClientConnection();
  ClientConnection(const ClientConnection&) = delete;

  // One text-protocol command; its first result goes to `sink`. While more_results(), the next ones
  // must be taken before anything else is asked. A server's error is returned with its errno and
  // SQLSTATE; the connection stays usable.
  Status query(std::string_view sql, ResultSink& sink, rt::Deadline deadline);
  bool more_results() const { return more_results_; }
  Status next_result(ResultSink& sink, rt::Deadline deadline);
  // All rows at once, decoded. Errors: kResourceExhausted over `rows_max` rows (the connection is
  // then unusable). Further results are read and dropped.
  Result<QueryResult> execute(std::string_view sql, rt::Deadline deadline,
                              size_t rows_max = 10'000'000);

  // Server-side prepared statements. Rows are binary.
  Result<Prepared> prepare(std::string_view sql, rt::Deadline deadline);
  // REQUIRES: values.size() == prepared.parameters
  Status execute(const Prepared& prepared, std::span<const types::Value> values, ResultSink& sink,
                 rt::Deadline deadline);
  // `parameters` is COM_STMT_EXECUTE's tail after the iteration count, as a client sent it: relayed
  // as it is.
  Status execute_raw(uint32_t statement_id, std::string_view parameters, ResultSink& sink,
                     rt::Deadline deadline);
  Status send_long_data(uint32_t statement_id, uint16_t parameter, std::string_view data,
                        rt::Deadline deadline);
  Status reset_statement(uint32_t statement_id, rt::Deadline deadline);
  // No answer; goes out with the next command.
  void close_statement(uint32_t statement_id);

  Status ping(rt::Deadline deadline);
  Status init_db(std::string_view database, rt::Deadline deadline);
  Status change_user(std::string_view user, std::string_view password, std::string_view database,
                     rt::Deadline deadline);
  Status reset_connection(rt::Deadline deadline);
  Status set_multi_statements(bool on, rt::Deadline deadline);
  Result<std::string> statistics(rt::Deadline deadline);

  bool usable() const { return !wire_.broken(); }
  // Closes at once, without COM_QUIT; another fiber's wait on it ends.
  void close();
  // True when nothing unexpected came while idle (a server that says goodbye is noticed). Does not
  // wait.
  bool idle_and_alive();

  uint32_t thread_id() const { return thread_id_; }
  const std::string& server_version() const { return server_version_; }
  uint32_t capabilities() const { return capabilities_; }
  // SERVER_STATUS_* of the last answer.
  uint16_t status() const { return status_; }
  bool in_transaction() const { return (status_ & status::kInTransaction) != 0; }
  bool is_tls() const { return wire_.stream().is_tls(); }

 private:
  explicit ClientConnection(std::unique_ptr<rt::Stream> stream) : wire_(std::move(stream)) {}
  friend class ClientHandshake;

  Status send_command(uint8_t command, std::string_view payload, rt::Deadline deadline);
  Status read_result(ResultSink& sink, rt::Deadline deadline);
  Status read_columns(uint64_t count, ResultSink& sink, rt::Deadline deadline);
  Status read_rows(ResultSink& sink, rt::Deadline deadline);
  Status read_end(ResultSink& sink);
  Status refuse_local_infile(rt::Deadline deadline);
  Status simple_command(uint8_t command, std::string_view payload, rt::Deadline deadline);
  Status parse_ok(std::string_view payload, ResultEnd& end);
  Error parse_error(std::string_view payload);
  // Marks the connection unusable; what to return.
  Error fail(Error error);
  Error fail_sink(const Error& error);

  Wire wire_;
  ClientOptions options_;
  std::string server_version_;
  std::string pending_;  // commands without an answer, not yet sent
  uint32_t thread_id_ = 0;
  uint32_t capabilities_ = 0;
  uint16_t status_ = 0;
  bool more_results_ = false;
};

// KILL QUERY or KILL CONNECTION `thread_id`, from a fresh connection.
Status kill_thread(const ClientOptions& options, uint32_t thread_id, bool query_only,
                   rt::Deadline deadline);

}  // namespace vif::mysql
