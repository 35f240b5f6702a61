// Our client against our server, over TCP and unix sockets, with and without TLS, compression and
// DEPRECATE_EOF.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "mysql/client_conn.h"
#include "mysql/error_codes.h"
#include "mysql/rows.h"
#include "mysql/server_handshake.h"
#include "mysql/session_track.h"
#include "testing/fake_mysql.h"
#include "testing/soon.h"

namespace vif::mysql {
namespace {

using testing::FakeMysql;
using testing::field;
using testing::one_value;
using types::Type;
using types::Value;

using testing::soon;

#define EXPECT_OK(...)                                                          \
  do {                                                                          \
    auto expect_ok_result = (__VA_ARGS__);                                      \
    EXPECT_TRUE(expect_ok_result.ok())                                          \
        << (expect_ok_result.ok() ? "" : expect_ok_result.error().to_string()); \
  } while (false)

// Echoes parameters; knows a few words.
Result<QueryResult> answer(ServerConnection& connection, std::string_view sql,
                           std::span<const types::BindVariable> values) {
  if (sql == "fail") return mysql_error(er::kDupEntry, "Duplicate entry '1' for key 'PRIMARY'");
  if (sql == "database") return one_value("database", Value::varchar(connection.login().database));
  if (sql == "user") return one_value("user", Value::varchar(connection.login().user));
  if (sql == "caller")
    return one_value("caller", Value::varchar(connection.login().identity.user_data));
  if (sql.starts_with("update")) {
    QueryResult done;
    done.end = {3, 17, status::kAutocommit, 1, "Rows matched: 3  Changed: 3  Warnings: 1", "", {}};
    return done;
  }
  if (sql.starts_with("many ")) {
    const size_t count = std::stoul(std::string(sql.substr(5)));
    std::vector<types::Row> rows;
    for (size_t i = 0; i < count; ++i) {
      rows.push_back(
          {Value::int64(static_cast<int64_t>(i)), Value::varchar(std::string(i % 200, 'x'))});
    }
    return testing::rows_of({field("id", Type::kInt64), field("text", Type::kVarchar)},
                            std::move(rows));
  }
  if (sql.starts_with("big ")) {
    return one_value("big",
                     Value::varbinary(std::string(std::stoul(std::string(sql.substr(4))), 'b')));
  }
  if (sql == "nulls") {
    return testing::rows_of(
        {field("a", Type::kInt64), field("b", Type::kVarchar)},
        {{Value::null(), Value::varchar("")}, {Value::int64(-1), Value::null()}});
  }
  if (!values.empty()) {
    std::vector<types::Field> fields;
    types::Row row;
    for (const auto& value : values) {
      fields.push_back(field("p", value.type));
      row.push_back(value.value());
    }
    return testing::rows_of(std::move(fields), {std::move(row)});
  }
  return one_value("sql", Value::varchar(std::string(sql)));
}

class KeepRows final : public DecodingSink {
 public:
  using DecodingSink::DecodingSink;
  Status on_row(types::Row row) override {
    rows.push_back(std::move(row));
    return {};
  }
  Status on_end(const ResultEnd& e) override {
    end = e;
    return {};
  }
  std::vector<types::Row> rows;
  ResultEnd end;
};

void in_runtime(const std::function<Status()>& body) {
  const Status done = rt::run({}, body);
  EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().to_string());
}

// With a server and a client of it.
void with_client(const std::function<Status(FakeMysql&, ClientConnection&)>& body,
                 const std::function<void(ClientOptions&)>& change = {}) {
  in_runtime([&]() -> Status {
    FakeMysql server({}, answer);
    VIF_TRY(server.start(rt::Address::tcp("127.0.0.1", 0)));
    ClientOptions options = server.client_options();
    if (change) change(options);
    auto client = VIF_TRY(ClientConnection::connect(options, soon()));
    return body(server, *client);
  });
}

// The goodbye is seen once the scheduler has polled.
Status until_not_alive(ClientConnection& client) {
  const rt::Deadline deadline = soon();
  while (client.idle_and_alive()) {
    VIF_TRY(rt::check(deadline));
    VIF_TRY(rt::sleep_for(std::chrono::microseconds(100)));
  }
  EXPECT_FALSE(client.usable());
  return {};
}

TEST(Loopback, TextQuery) {
  with_client([](FakeMysql&, ClientConnection& client) -> Status {
    const QueryResult result = VIF_TRY(client.execute("select hello", soon()));
    EXPECT_EQ(result.fields.size(), 1u);
    EXPECT_EQ(result.fields[0].name, "sql");
    EXPECT_EQ(result.fields[0].type, Type::kVarchar);
    EXPECT_EQ(result.rows, (std::vector<types::Row>{{Value::varchar("select hello")}}));
    EXPECT_EQ(result.end.status, status::kAutocommit);
    EXPECT_EQ(client.server_version(), "8.0.40-Vitess");
    return {};
  });
}

TEST(Loopback, NullsAndEmptyStrings) {
  with_client([](FakeMysql&, ClientConnection& client) -> Status {
    const QueryResult result = VIF_TRY(client.execute("nulls", soon()));
    EXPECT_EQ(result.rows, (std::vector<types::Row>{{Value::null(), Value::varchar("")},
                                                    {Value::int64(-1), Value::null()}}));
    return {};
  });
}

TEST(Loopback, OkPacketSaysAll) {
  with_client([](FakeMysql&, ClientConnection& client) -> Status {
    const QueryResult result = VIF_TRY(client.execute("update t", soon()));
    EXPECT_EQ(result.end.affected_rows, 3u);
    EXPECT_EQ(result.end.last_insert_id, 17u);
    EXPECT_EQ(result.end.warnings, 1u);
    EXPECT_EQ(result.end.info, "Rows matched: 3  Changed: 3  Warnings: 1");
    return {};
  });
}

TEST(Loopback, ErrorKeepsTheConnection) {
  with_client([](FakeMysql&, ClientConnection& client) -> Status {
    auto failed = client.execute("fail", soon());
    EXPECT_FALSE(failed.ok());
    if (!failed.ok()) {
      EXPECT_EQ(failed.error().mysql_errno(), 1062);
      EXPECT_EQ(failed.error().sqlstate(), "23000");
      EXPECT_EQ(failed.error().code(), Code::kAlreadyExists);
    }
    EXPECT_TRUE(client.usable());
    EXPECT_OK(client.ping(soon()));
    return {};
  });
}

TEST(Loopback, MultiResults) {
  with_client([](FakeMysql&, ClientConnection& client) -> Status {
    KeepRows first, second;
    VIF_TRY(client.query("a;update x;b", first, soon()));
    EXPECT_TRUE(client.more_results());
    EXPECT_FALSE(client.ping(soon()).ok());
    VIF_TRY(client.next_result(second, soon()));
    EXPECT_EQ(second.end.affected_rows, 3u);
    VIF_TRY(client.next_result(second, soon()));
    EXPECT_FALSE(client.more_results());
    EXPECT_EQ(second.rows, (std::vector<types::Row>{{Value::varchar("b")}}));
    // A failure in the middle ends the series.
    auto failed = client.execute("a;fail;b", soon());
    EXPECT_FALSE(failed.ok());
    EXPECT_OK(client.set_multi_statements(false, soon()));
    EXPECT_EQ(VIF_TRY(client.execute("a;b", soon())).rows[0][0].bytes, "a;b");
    EXPECT_OK(client.set_multi_statements(true, soon()));
    return {};
  });
}

TEST(Loopback, SmallCommands) {
  with_client([](FakeMysql& server, ClientConnection& client) -> Status {
    EXPECT_OK(client.ping(soon()));
    EXPECT_OK(client.init_db("shop", soon()));
    EXPECT_EQ(VIF_TRY(client.execute("database", soon())).rows[0][0].bytes, "shop");
    EXPECT_OK(client.reset_connection(soon()));
    EXPECT_EQ(VIF_TRY(client.statistics(soon())), "Uptime: 1  Threads: 1");
    EXPECT_OK(client.change_user("other", "", "db2", soon()));
    EXPECT_EQ(VIF_TRY(client.execute("user", soon())).rows[0][0].bytes, "other");
    EXPECT_EQ(VIF_TRY(client.execute("database", soon())).rows[0][0].bytes, "db2");
    EXPECT_TRUE(client.idle_and_alive());
    EXPECT_EQ(server.connection_count(), 1u);
    return {};
  });
}

TEST(Loopback, SessionTracking) {
  with_client([](FakeMysql&, ClientConnection& client) -> Status {
    KeepRows sink;
    // Through init_db, whose OK carries the schema; simple commands drop it, so look at the raw
    // answer.
    VIF_TRY(client.init_db("tracked", soon()));
    EXPECT_EQ(client.status() & status::kSessionStateChanged, status::kSessionStateChanged);
    return {};
  });
  std::string block;
  append_session_change(block, {track::kSchema, "", "a"});
  append_session_change(block, {track::kSystemVariables, "autocommit", "ON"});
  append_session_change(block, {track::kGtids, "", "3E11FA47-71CA-11E1-9E33-C80AA9429562:1-5"});
  EXPECT_EQ(session_change(block, track::kGtids), "3E11FA47-71CA-11E1-9E33-C80AA9429562:1-5");
  EXPECT_EQ(session_change(block, track::kSchema), "a");
  EXPECT_EQ(parse_session_changes(block)[1].name, "autocommit");
}

TEST(Loopback, ManyRowsAndBigPackets) {
  for (const Compression compression :
       {Compression::kNone, Compression::kZlib, Compression::kZstd}) {
    with_client(
        [](FakeMysql&, ClientConnection& client) -> Status {
          const QueryResult many = VIF_TRY(client.execute("many 5000", soon()));
          EXPECT_EQ(many.rows.size(), 5000u);
          EXPECT_EQ(many.rows[4999][0].bytes, "4999");
          EXPECT_EQ(many.rows[4999][1].bytes, std::string(199, 'x'));
          for (const size_t size : {kPacketPayloadMax - 4, size_t{20} << 20}) {
            const QueryResult big = VIF_TRY(client.execute(fmt::format("big {}", size), soon()));
            EXPECT_EQ(big.rows[0][0].bytes.size(), size);
          }
          // And upwards, one byte around the limit of a packet.
          for (const size_t size :
               {kPacketPayloadMax - 2, kPacketPayloadMax - 1, size_t{20} << 20}) {
            const std::string sql(size, 'q');
            EXPECT_EQ(VIF_TRY(client.execute(sql, soon())).rows[0][0].bytes.size(), size);
          }
          return {};
        },
        [&](ClientOptions& options) { options.compression = compression; });
  }
}

TEST(Loopback, TooLongACommandIsRefused) {
  in_runtime([]() -> Status {
    ServerOptions options;
    options.packet_max = 1024;
    FakeMysql server(options, answer);
    VIF_TRY(server.start(rt::Address::tcp("127.0.0.1", 0)));
    auto client = VIF_TRY(ClientConnection::connect(server.client_options(), soon()));
    auto failed = client->execute(std::string(2000, 'q'), soon());
    EXPECT_FALSE(failed.ok());
    if (!failed.ok()) {
      EXPECT_EQ(failed.error().mysql_errno(), er::kNetPacketTooLarge);
    }
    return server.wait_for_connections(0, soon());
  });
}

TEST(Loopback, PreparedStatements) {
  with_client([](FakeMysql&, ClientConnection& client) -> Status {
    const Prepared prepared = VIF_TRY(client.prepare("select ?, ?, ?", soon()));
    EXPECT_EQ(prepared.parameters, 3);
    KeepRows sink(true);
    const std::vector<Value> values = {Value::varchar("one"), Value::null(),
                                       Value::varbinary(std::string("\0\1", 2))};
    VIF_TRY(client.execute(prepared, values, sink, soon()));
    EXPECT_EQ(sink.rows.size(), 1u);
    EXPECT_EQ(sink.rows[0][0], Value::varchar("one"));
    EXPECT_TRUE(sink.rows[0][1].is_null());
    EXPECT_EQ(sink.rows[0][2].bytes, std::string("\0\1", 2));

    VIF_TRY(client.send_long_data(prepared.id, 0, "long ", soon()));
    VIF_TRY(client.send_long_data(prepared.id, 0, "data", soon()));
    KeepRows longer(true);
    VIF_TRY(client.execute(prepared, values, longer, soon()));
    EXPECT_EQ(longer.rows[0][0].bytes, "long data");
    EXPECT_OK(client.reset_statement(prepared.id, soon()));

    client.close_statement(prepared.id);
    auto gone = client.execute(prepared, values, sink, soon());
    EXPECT_FALSE(gone.ok());
    if (!gone.ok()) {
      EXPECT_EQ(gone.error().mysql_errno(), er::kUnknownStmtHandler);
    }
    return {};
  });
}

TEST(Loopback, UnknownDatabaseAtLogin) {
  in_runtime([]() -> Status {
    FakeMysql server({}, answer);
    VIF_TRY(server.start(rt::Address::tcp("127.0.0.1", 0)));
    ClientOptions options = server.client_options();
    options.database = "no_such_db";
    auto client = ClientConnection::connect(options, soon());
    EXPECT_FALSE(client.ok());
    if (!client.ok()) {
      EXPECT_EQ(client.error().mysql_errno(), er::kBadDb);
    }
    return {};
  });
}

TEST(Loopback, KillIdleAndBusy) {
  with_client([](FakeMysql& server, ClientConnection& client) -> Status {
    auto killer = VIF_TRY(ClientConnection::connect(server.client_options(), soon()));
    server.connection(client.thread_id())->kill();
    auto lost = client.execute("x", soon());
    EXPECT_FALSE(lost.ok());
    EXPECT_FALSE(client.usable());
    EXPECT_OK(killer->ping(soon()));
    return server.wait_for_connections(1, soon());
  });
}

TEST(Loopback, IdleTimeoutSaysWhy) {
  in_runtime([]() -> Status {
    ServerOptions options;
    options.wait_timeout = std::chrono::milliseconds(1);
    FakeMysql server(options, answer);
    VIF_TRY(server.start(rt::Address::tcp("127.0.0.1", 0)));
    auto client = VIF_TRY(ClientConnection::connect(server.client_options(), soon()));
    VIF_TRY(server.wait_for_connections(0, soon()));
    return until_not_alive(*client);
  });
}

TEST(Loopback, PipelinedCommands) {
  in_runtime([]() -> Status {
    FakeMysql server({}, answer);
    VIF_TRY(server.start(rt::Address::tcp("127.0.0.1", 0)));
    auto client = VIF_TRY(ClientConnection::connect(server.client_options(), soon()));
    // Closes without an answer ride ahead of the next command in the same write.
    const Prepared a = VIF_TRY(client->prepare("a", soon()));
    const Prepared b = VIF_TRY(client->prepare("b", soon()));
    client->close_statement(a.id);
    client->close_statement(b.id);
    EXPECT_EQ(VIF_TRY(client->execute("after", soon())).rows[0][0].bytes, "after");
    return {};
  });
}

TEST(Loopback, DrainTellsTheIdle) {
  with_client([](FakeMysql& server, ClientConnection& client) -> Status {
    VIF_TRY(client.ping(soon()));
    server.connection(client.thread_id())->drain();
    VIF_TRY(server.wait_for_connections(0, soon()));
    return until_not_alive(client);
  });
}

TEST(Loopback, UnixSocket) {
  in_runtime([]() -> Status {
    std::string dir = (std::filesystem::temp_directory_path() / "vif-mysql-XXXXXX").string();
    EXPECT_NE(mkdtemp(dir.data()), nullptr);
    FakeMysql server({}, answer);
    VIF_TRY(server.start(rt::Address::unix_socket(dir + "/s")));
    auto client = VIF_TRY(ClientConnection::connect(server.client_options(), soon()));
    EXPECT_OK(client->ping(soon()));
    std::filesystem::remove_all(dir);
    return {};
  });
}

TEST(Loopback, DeadlineInTheMiddleMakesItUnusable) {
  in_runtime([]() -> Status {
    rt::Event release;
    FakeMysql server({}, [&](ServerConnection&, std::string_view, auto) -> Result<QueryResult> {
      VIF_TRY(release.wait(soon()));
      return QueryResult();
    });
    VIF_TRY(server.start(rt::Address::tcp("127.0.0.1", 0)));
    auto client = VIF_TRY(ClientConnection::connect(server.client_options(), soon()));
    auto late = client->execute("slow", rt::Deadline::in(std::chrono::milliseconds(5)));
    EXPECT_FALSE(late.ok());
    if (!late.ok()) {
      EXPECT_EQ(late.error().code(), Code::kDeadlineExceeded);
    }
    EXPECT_FALSE(client->usable());
    release.set();
    return {};
  });
}

// Answers every query with rows without end.
class Endless final : public CommandHandler {
 public:
  Status on_login(ServerConnection&) override { return {}; }
  Status on_command(ServerConnection& connection, uint8_t, std::string_view) override {
    const std::vector<types::Field> fields = {field("text", Type::kVarchar)};
    const std::vector<Value> row = {Value::varchar(std::string(1000, 'e'))};
    VIF_TRY(connection.begin_rows(fields));
    for (;;) {
      Status written = connection.write_text_row(row);
      if (!written.ok()) return written;
    }
  }
  void on_close(ServerConnection&) override { closed.set(); }
  rt::Event closed;
};

class GiveUp final : public ResultSink {
 public:
  Status columns(uint32_t, std::string_view) override { return {}; }
  Status rows(std::string_view) override { return Error(Code::kResourceExhausted, "enough"); }
  Status end(const ResultEnd&) override { return {}; }
};

void with_endless(const std::function<Status(ServerConnection&, ClientConnection&)>& body) {
  in_runtime([&]() -> Status {
    auto auth = make_none_auth();
    ServerOptions options;
    options.auth = auth.get();
    Endless endless;
    std::unique_ptr<ServerConnection> connection;
    rt::TaskGroup group;
    auto listener = VIF_TRY(rt::listen(rt::Address::tcp("127.0.0.1", 0)));
    group.spawn([&] {
      auto stream = listener->accept(soon());
      ASSERT_TRUE(stream.ok());
      connection = std::make_unique<ServerConnection>(std::move(*stream), options, endless, 1);
      connection->start();
    });
    ClientOptions client_options;
    client_options.address = listener->address();
    auto client = VIF_TRY(ClientConnection::connect(client_options, soon()));
    VIF_TRY(body(*connection, *client));
    client.reset();
    VIF_TRY(endless.closed.wait(soon()));
    return group.wait(soon());
  });
}

TEST(Loopback, EndlessResultEndsWithItsClient) {
  with_endless([](ServerConnection&, ClientConnection& client) -> Status {
    GiveUp sink;
    auto ended = client.query("endless", sink, soon());
    EXPECT_FALSE(ended.ok());
    if (!ended.ok()) {
      EXPECT_EQ(ended.error().message(), "enough");
    }
    EXPECT_FALSE(client.usable());
    return {};
  });
}

TEST(Loopback, KillReachesAConnectionWhoseClientDoesNotRead) {
  with_endless([](ServerConnection& connection, ClientConnection& client) -> Status {
    // In the middle of the rows; from then on the client reads nothing.
    class Hold final : public ResultSink {
     public:
      explicit Hold(ServerConnection& server) : server_(server) {}
      Status columns(uint32_t, std::string_view) override { return {}; }
      Status rows(std::string_view) override {
        EXPECT_TRUE(server_.busy());
        server_.kill();
        return Error(Code::kCanceled, "held");
      }
      Status end(const ResultEnd&) override { return {}; }

     private:
      ServerConnection& server_;
    };
    Hold sink(connection);
    EXPECT_FALSE(client.query("endless", sink, soon()).ok());
    EXPECT_TRUE(connection.killed());
    return {};
  });
}

TEST(ServerHandshake, AChangeOfUserNamesItsCollationIn16Bits) {
  using std::string_literals::operator""s;
  const Result<LoginRequest> request =
      parse_change_user("user\0\0db\0\x35\x01"s, cap::kProtocol41 | cap::kSecureConnection);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->database, "db");
  EXPECT_EQ(request->charset, 309);  // utf8mb4_0900_bin
}

}  // namespace
}  // namespace vif::mysql
