// Our client against real servers, and real results through our server.
#include "testing/real_server.h"

#include <gtest/gtest.h>

#include "mysql/client_conn.h"
#include "mysql/error_codes.h"
#include "mysql/rows.h"
#include "mysql/session_track.h"
#include "testing/fake_mysql.h"
#include "testing/soon.h"

namespace vif::mysql {
namespace {

using testing::FakeMysql;
using testing::RealServer;
using testing::ServerKind;
using types::Value;

using testing::soon;

class StopServers : public ::testing::Environment {
  void TearDown() override { RealServer::stop_shared(); }
};
[[maybe_unused]] const auto* const kStopServers =
    ::testing::AddGlobalTestEnvironment(new StopServers);

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

// Keeps payloads as they came.
class KeepPayloads final : public ResultSink {
 public:
  Status columns(uint32_t count, std::string_view packets) override {
    fields = VIF_TRY(parse_columns(count, packets));
    return {};
  }
  Status rows(std::string_view packets) override {
    return splitter_.feed(packets, [this](std::string_view payload) -> Status {
      payloads.emplace_back(payload);
      return {};
    });
  }
  Status end(const ResultEnd&) override { return {}; }
  std::vector<types::Field> fields;
  std::vector<std::string> payloads;

 private:
  RowSplitter splitter_;
};

class RealServerTest : public ::testing::TestWithParam<ServerKind> {
 protected:
  void SetUp() override {
    std::string why;
    server_ = RealServer::shared(GetParam(), why);
    if (server_ == nullptr) GTEST_SKIP() << why;
  }
  bool is_mysql() const { return GetParam() == ServerKind::kMysql; }

  void with_client(const ClientOptions& options,
                   const std::function<Status(ClientConnection&)>& body) {
    const Status done = rt::run({}, [&]() -> Status {
      auto client = VIF_TRY(ClientConnection::connect(options, soon()));
      return body(*client);
    });
    EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().to_string());
  }
  void with_client(const std::function<Status(ClientConnection&)>& body) {
    with_client(server_->unix_options(), body);
  }

  RealServer* server_ = nullptr;
};

TEST_P(RealServerTest, SmallCommands) {
  with_client([&](ClientConnection& client) -> Status {
    EXPECT_EQ(client.server_version().find("5.5.5-"), std::string::npos);
    EXPECT_GT(client.thread_id(), 0u);
    VIF_TRY(client.ping(soon()));
    VIF_TRY(client.init_db("mysql", soon()));
    EXPECT_EQ(VIF_TRY(client.execute("select database()", soon())).rows[0][0].bytes, "mysql");
    VIF_TRY(client.reset_connection(soon()));
    EXPECT_EQ(VIF_TRY(client.statistics(soon())).substr(0, 6), "Uptime");
    VIF_TRY(client.set_multi_statements(false, soon()));
    EXPECT_FALSE(client.execute("select 1; select 2", soon()).ok());
    VIF_TRY(client.set_multi_statements(true, soon()));
    VIF_TRY(client.execute("select 1; select 2", soon()));
    auto wrong = client.execute("select * from no_such.table_at_all", soon());
    EXPECT_FALSE(wrong.ok());
    if (!wrong.ok()) {
      EXPECT_TRUE(wrong.error().mysql_errno() == 1146 || wrong.error().mysql_errno() == 1049);
      EXPECT_EQ(wrong.error().sqlstate().substr(0, 2), "42");
    }
    return client.ping(soon());
  });
}

TEST_P(RealServerTest, LogsInEveryWay) {
  with_client([&](ClientConnection& client) -> Status {
    VIF_TRY(client.execute("create user if not exists pw identified by 'se''cret'", soon()));
    VIF_TRY(client.execute("create user if not exists nopw identified by ''", soon()));
    return {};
  });
  ClientOptions bad = server_->tcp_options("pw", "wrong");
  EXPECT_FALSE(rt::run({}, [&]() -> Status {
                 auto refused = ClientConnection::connect(bad, soon());
                 EXPECT_FALSE(refused.ok());
                 if (refused.ok()) return {};
                 EXPECT_EQ(refused.error().mysql_errno(), 1045);
                 EXPECT_EQ(refused.error().code(), Code::kUnauthenticated);
                 return refused.error();
               }).ok());
  const auto who = [](ClientConnection& client) -> Status {
    const auto user = VIF_TRY(client.execute("select current_user()", soon()));
    EXPECT_EQ(user.rows[0][0].bytes, "pw@%");
    return {};
  };
  // The first is a full authentication (by RSA here) on MySQL, the second a fast one.
  with_client(server_->tcp_options("pw", "se'cret"), who);
  with_client(server_->tcp_options("pw", "se'cret"), who);
  with_client([](ClientConnection& client) {
    return client.execute("flush privileges", soon()).ok() ? Status() : Status();
  });
  ClientOptions over_unix = server_->unix_options();
  over_unix.user = "pw";
  over_unix.password = "se'cret";
  with_client(over_unix, who);
  with_client(server_->tcp_options("nopw", ""),
              [](ClientConnection& client) { return client.ping(soon()); });

  ClientOptions tls = server_->tcp_options("pw", "se'cret");
  rt::TlsClientOptions unverified;
  unverified.verify = false;
  auto context = rt::tls_client_context(unverified);
  ASSERT_TRUE(context.ok());
  tls.tls = *context;
  if (is_mysql()) {
    with_client([](ClientConnection& client) {
      return client.execute("flush privileges", soon()).ok() ? Status() : Status();
    });
    with_client(tls, [&](ClientConnection& client) {
      EXPECT_TRUE(client.is_tls());
      return who(client);
    });
  } else {
    // This server has no certificate.
    with_client(tls, who);
    tls.tls_required = true;
    EXPECT_FALSE(rt::run({}, [&]() -> Status {
                   auto refused = ClientConnection::connect(tls, soon());
                   return refused.ok() ? Status() : refused.error();
                 }).ok());
  }
}

TEST_P(RealServerTest, ChangesUser) {
  with_client([&](ClientConnection& client) -> Status {
    VIF_TRY(client.execute("create user if not exists changed identified by 'pw2'", soon()));
    VIF_TRY(client.execute("grant select on mysql.* to changed", soon()));
    VIF_TRY(client.execute("set @x = 1", soon()));
    VIF_TRY(client.change_user("changed", "pw2", "mysql", soon()));
    const auto row =
        VIF_TRY(client.execute("select current_user(), database(), @x", soon())).rows[0];
    EXPECT_EQ(row[0].bytes, "changed@%");
    EXPECT_EQ(row[1].bytes, "mysql");
    EXPECT_TRUE(row[2].is_null());
    EXPECT_FALSE(client.change_user("changed", "wrong", "", soon()).ok());
    EXPECT_FALSE(client.usable());
    return {};
  });
}

constexpr std::string_view kAllTypes = R"(create table vif_t.all_types(
  id int primary key, ti tinyint, tu tinyint unsigned, si smallint, mi mediumint, mu mediumint unsigned,
  ii int unsigned, bi bigint, bu bigint unsigned, f float, d double, f2 float(7,2), de decimal(20,5), da date, t time, t3 time(3),
  dt datetime, dt6 datetime(6), ts timestamp null, y year, c char(5), vc varchar(20), b binary(4), vb varbinary(20),
  tx text, bl blob, e enum('a','b'), s set('x','y','z'), bt bit(12), g geometry, cu varchar(10) collate utf8mb4_bin))";

constexpr std::string_view kAllRows = R"(insert into vif_t.all_types values
  (1, -128, 255, -32768, -8388608, 16777215, 4294967295, -9223372036854775808, 18446744073709551615, 1.5, -2.25e100, 12345.67,
   -12345.67890, '2024-02-29', '-838:59:59', '12:34:56.789', '2024-12-31 23:59:59', '2024-12-31 23:59:59.123456',
   '2024-06-01 12:00:00', 2024, 'ab', 'text', 'b\0b', x'00ff', 'long text', x'0001', 'b', 'x,z', b'101', point(1,2), 'Bin'),
  (2, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
   null, null, null, null, null, null, null, null, null, null),
  (3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '0000-00-00', '00:00:00', '00:00:00.000', '0000-00-00 00:00:00',
   '2000-01-01 00:00:00.000000', '2000-01-01 00:00:00', 0, '', '', '', '', '', '', 'a', '', b'0', point(0,0), ''),
  (4, 1, 1, 1, 1, 1, 1, 1, 1, 16777216, 1e15, -0.1, 99999.5, '0001-01-01', '-00:00:01', '-00:00:01.500',
   '1000-01-01 00:00:01', '9999-12-31 23:59:59.999999', '1970-01-02 00:00:01', 1901, 'é', 'ü', 'x', 'y', 't', 'b', 'a', 'x,y,z',
   b'111111111111', point(-1.5,1e300), 'z'),
  (5, 1, 1, 1, 1, 1, 1, 1, 1, 1e-16, 1e-15, 0.01, 1, null, null, null, null, null, null, null, null, null, null, null, null,
   null, null, null, null, null, null),
  (6, 1, 1, 1, 1, 1, 1, 1, 1, 3.14159265, 3.141592653589793, 0.01, 1, null, null, null, null, null, null, null, null, null,
   null, null, null, null, null, null, null, null, null),
  (7, 1, 1, 1, 1, 1, 1, 1, 1, 1e20, 123456789012345678, 0.01, 1, null, null, null, null, null, null, null, null, null,
   null, null, null, null, null, null, null, null, null),
  (8, 1, 1, 1, 1, 1, 1, 1, 1, 123456.7, 1.5e-16, 0.01, 1, null, null, null, null, null, null, null, null, null,
   null, null, null, null, null, null, null, null, null))";

// The server is the oracle: its binary rows, decoded, are its text rows; and its text rows, turned,
// are its binary rows.
TEST_P(RealServerTest, BinaryAndTextRowsAgree) {
  with_client([&](ClientConnection& client) -> Status {
    VIF_TRY(client.execute("set sql_mode='', time_zone='+00:00'", soon()));
    VIF_TRY(client.execute("create database if not exists vif_t", soon()));
    VIF_TRY(client.execute("drop table if exists vif_t.all_types", soon()));
    VIF_TRY(client.execute(kAllTypes, soon()));
    VIF_TRY(client.execute(kAllRows, soon()));
    const std::string_view sql = "select * from vif_t.all_types order by id";
    KeepPayloads text, binary;
    VIF_TRY(client.query(sql, text, soon()));
    const Prepared prepared = VIF_TRY(client.prepare(sql, soon()));
    VIF_TRY(client.execute(prepared, {}, binary, soon()));
    EXPECT_EQ(text.payloads.size(), 8u);
    EXPECT_EQ(binary.payloads.size(), 8u);
    for (size_t i = 0; i < text.payloads.size(); ++i) {
      const types::Row from_text = VIF_TRY(decode_text_row(text.payloads[i], text.fields));
      const types::Row from_binary = VIF_TRY(decode_binary_row(binary.payloads[i], binary.fields));
      for (size_t c = 0; c < from_text.size(); ++c) {
        EXPECT_EQ(from_text[c].to_string(), from_binary[c].to_string()) << text.fields[c].name;
      }
      std::string again;
      append_text_row(again, from_text);
      EXPECT_EQ(again, text.payloads[i]);
      // Six digits do not tell every FLOAT.
      const bool exact = i != 3 && i != 5 && i != 7;
      if (!exact) continue;
      std::string turned;
      VIF_TRY(binary_row_from_text(text.payloads[i], text.fields, turned));
      EXPECT_EQ(turned, binary.payloads[i]) << "row " << i;
      std::string encoded;
      append_binary_row(encoded, text.fields, from_text);
      EXPECT_EQ(encoded, binary.payloads[i]) << "row " << i;
    }
    return {};
  });
}

TEST_P(RealServerTest, PreparedStatements) {
  with_client([&](ClientConnection& client) -> Status {
    const Prepared prepared = VIF_TRY(client.prepare("select ?, length(?), ?", soon()));
    EXPECT_EQ(prepared.parameters, 3);
    EXPECT_EQ(prepared.columns, 3);
    KeepRows sink(true);
    const std::vector<Value> values = {Value::varchar("één"),
                                       Value::varbinary(std::string(300, '\1')), Value::null()};
    VIF_TRY(client.execute(prepared, values, sink, soon()));
    EXPECT_EQ(sink.rows[0][0].bytes, "één");
    EXPECT_EQ(sink.rows[0][1].bytes, "300");
    EXPECT_TRUE(sink.rows[0][2].is_null());
    VIF_TRY(client.send_long_data(prepared.id, 1, std::string(1000, 'x'), soon()));
    VIF_TRY(client.send_long_data(prepared.id, 1, std::string(1000, 'y'), soon()));
    KeepRows longer(true);
    VIF_TRY(client.execute(prepared, values, longer, soon()));
    EXPECT_EQ(longer.rows[0][1].bytes, "2000");
    VIF_TRY(client.reset_statement(prepared.id, soon()));
    client.close_statement(prepared.id);
    auto gone = client.execute(prepared, values, sink, soon());
    EXPECT_FALSE(gone.ok());
    if (!gone.ok()) {
      EXPECT_EQ(gone.error().mysql_errno(), er::kUnknownStmtHandler);
    }
    EXPECT_FALSE(client.prepare("selec 1", soon()).ok());
    return client.ping(soon());
  });
}

TEST_P(RealServerTest, BigPacketsBothWaysAndCompressed) {
  for (const Compression compression :
       {Compression::kNone, Compression::kZlib, Compression::kZstd}) {
    ClientOptions options = server_->unix_options();
    options.compression = compression;
    with_client(options, [](ClientConnection& client) -> Status {
      for (const size_t size : {size_t{10}, size_t{1} << 20, kPacketPayloadMax - 50,
                                kPacketPayloadMax, size_t{20} << 20}) {
        const std::string text(size, 'z');
        const auto row =
            VIF_TRY(client.execute("select '" + text + "', length('" + text.substr(0, 100) + "')",
                                   soon()))
                .rows;
        EXPECT_TRUE(row[0][0].bytes == text) << size;
      }
      const auto many =
          VIF_TRY(client.execute("with recursive n(i) as (select 1 union all select i + 1 from n "
                                 "where i < 300) select a.i, repeat('x', 100) from n a, n b",
                                 soon()));
      EXPECT_EQ(many.rows.size(), 300u * 300u);
      return client.ping(soon());
    });
  }
}

TEST_P(RealServerTest, KillsAQuery) {
  // Once the server shows it running.
  const auto kill_running = [&](uint32_t thread_id, bool query_only) -> Status {
    auto watcher = VIF_TRY(ClientConnection::connect(server_->unix_options(), soon()));
    const std::string running = fmt::format(
        "select 1 from information_schema.processlist where id = {} and info like 'select sleep%'",
        thread_id);
    const rt::Deadline deadline = soon();
    while (VIF_TRY(watcher->execute(running, deadline)).rows.empty()) VIF_TRY(rt::check(deadline));
    return kill_thread(server_->unix_options(), thread_id, query_only, deadline);
  };
  with_client([&](ClientConnection& client) -> Status {
    rt::TaskGroup group;
    Status killed;
    group.spawn([&] { killed = kill_running(client.thread_id(), true); });
    auto slept = client.execute(
        "select sleep(50), 1 from (select 1 union select 2) t where sleep(50) = 0", soon());
    VIF_TRY(group.wait());
    VIF_TRY(killed);
    EXPECT_FALSE(slept.ok());
    if (!slept.ok()) {
      EXPECT_EQ(slept.error().mysql_errno(), er::kQueryInterrupted);
    }
    VIF_TRY(client.ping(soon()));

    group.spawn([&] { killed = kill_running(client.thread_id(), false); });
    auto cut = client.execute("select sleep(50)", soon());
    VIF_TRY(group.wait());
    VIF_TRY(killed);
    EXPECT_FALSE(cut.ok() && client.ping(soon()).ok());
    // Gone already: not an error.
    return kill_thread(server_->unix_options(), client.thread_id(), false, soon());
  });
}

TEST_P(RealServerTest, LocalInfileIsRefusedAndInSync) {
  with_client([&](ClientConnection& client) -> Status {
    VIF_TRY(client.execute("create database if not exists vif_t", soon()));
    VIF_TRY(client.execute("create table if not exists vif_t.infile(a int)", soon()));
    auto refused =
        client.execute("load data local infile '/etc/passwd' into table vif_t.infile", soon());
    EXPECT_FALSE(refused.ok());
    return client.ping(soon());
  });
}

TEST_P(RealServerTest, TracksTheSession) {
  with_client([&](ClientConnection& client) -> Status {
    KeepRows sink;
    VIF_TRY(client.query("use mysql", sink, soon()));
    EXPECT_EQ(session_change(sink.end.session_state_changes, track::kSchema), "mysql");
    if (!is_mysql()) return {};
    VIF_TRY(client.execute("set session session_track_gtids = OWN_GTID", soon()));
    VIF_TRY(client.query("create database if not exists vif_tracked", sink, soon()));
    EXPECT_NE(session_change(sink.end.session_state_changes, track::kGtids).find(':'),
              std::string::npos);
    return {};
  });
}

TEST_P(RealServerTest, TransactionsShowInTheStatus) {
  with_client([&](ClientConnection& client) -> Status {
    VIF_TRY(client.execute("begin", soon()));
    EXPECT_TRUE(client.in_transaction());
    VIF_TRY(client.execute("rollback", soon()));
    EXPECT_FALSE(client.in_transaction());
    return {};
  });
}

TEST_P(RealServerTest, FoundRowsCountsMatches) {
  with_client([&](ClientConnection& client) -> Status {
    VIF_TRY(client.execute("create database if not exists vif_t", soon()));
    VIF_TRY(client.execute("create or replace view vif_t.v as select 1", soon()));
    VIF_TRY(client.execute("drop table if exists vif_t.found", soon()));
    VIF_TRY(client.execute("create table vif_t.found(a int)", soon()));
    VIF_TRY(client.execute("insert into vif_t.found values (1), (1)", soon()));
    EXPECT_EQ(VIF_TRY(client.execute("update vif_t.found set a = 1", soon())).end.affected_rows,
              0u);
    return {};
  });
  ClientOptions options = server_->unix_options();
  options.found_rows = true;
  with_client(options, [&](ClientConnection& client) -> Status {
    EXPECT_EQ(VIF_TRY(client.execute("update vif_t.found set a = 1", soon())).end.affected_rows,
              2u);
    return {};
  });
}

// Passes every statement on to a real server, as a gate does.
class Relay final : public CommandHandler {
 public:
  Relay(ClientOptions upstream) : upstream_(std::move(upstream)) {}
  Status on_login(ServerConnection&) override {
    client_ = VIF_TRY(ClientConnection::connect(upstream_, soon()));
    return {};
  }
  Status on_command(ServerConnection& connection, uint8_t command,
                    std::string_view payload) override {
    if (command == com::kPing) return connection.write_ok();
    if (command != com::kQuery) return mysql_error(er::kUnknownComError, "Unknown command");
    ClientResultSink sink(connection);
    if (binary) {
      BinaryRowSink binary_rows(sink);
      return client_->query(payload, binary_rows, soon());
    }
    return client_->query(payload, sink, soon());
  }
  void on_close(ServerConnection&) override { closed.set(); }
  bool binary = false;
  rt::Event closed;

 private:
  ClientOptions upstream_;
  std::unique_ptr<ClientConnection> client_;
};

TEST_P(RealServerTest, RelaysResultsUnchanged) {
  const Status done = rt::run({}, [&]() -> Status {
    auto auth = make_none_auth();
    ServerOptions options;
    options.auth = auth.get();
    Relay relay(server_->unix_options());
    auto listener = VIF_TRY(rt::listen(rt::Address::tcp("127.0.0.1", 0)));
    rt::TaskGroup group;
    std::unique_ptr<ServerConnection> connection;
    group.spawn([&] {
      auto stream = listener->accept(soon());
      ASSERT_TRUE(stream.ok());
      connection = std::make_unique<ServerConnection>(std::move(*stream), options, relay, 7);
      connection->start();
    });
    ClientOptions to_relay;
    to_relay.address = listener->address();
    auto through = VIF_TRY(ClientConnection::connect(to_relay, soon()));
    auto direct = VIF_TRY(ClientConnection::connect(server_->unix_options(), soon()));
    EXPECT_EQ(through->thread_id(), 7u);
    for (const std::string_view sql : {"select 1", "select * from mysql.user",
                                       "select 1 from mysql.user where 1 = 0", "do 1", "set @a = 1",
                                       "with recursive n(i) as (select 1 union all select i + 1 "
                                       "from n where i < 900) select i, repeat('x', 300) from n",
                                       "select repeat('a', 20000000)"}) {
      const QueryResult expected = VIF_TRY(direct->execute(sql, soon()));
      const QueryResult got = VIF_TRY(through->execute(sql, soon()));
      EXPECT_EQ(got.fields, expected.fields) << sql;
      EXPECT_TRUE(got.rows == expected.rows) << sql;
      EXPECT_EQ(got.end.warnings, expected.end.warnings) << sql;
    }
    EXPECT_FALSE(through->execute("selec", soon()).ok());
    through.reset();
    VIF_TRY(relay.closed.wait(soon()));
    return group.wait(soon());
  });
  EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().to_string());
}

INSTANTIATE_TEST_SUITE_P(Servers, RealServerTest,
                         ::testing::Values(ServerKind::kMariaDb, ServerKind::kMysql),
                         [](const auto& param) { return testing::server_kind_name(param.param); });

}  // namespace
}  // namespace vif::mysql
