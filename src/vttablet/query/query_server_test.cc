// The query service against a real server: transactions, limits, settings, streams and what breaks.
#include "vttablet/query/query_server.h"

#include "mysql/rows.h"
#include "vttablet/real_server.h"

namespace vif::vttablet {
namespace {

using clients::ExecuteRequest;
using clients::ExecuteState;
using clients::TabletType;
using clients::Target;
using std::chrono::milliseconds;
using std::chrono::seconds;

rt::Deadline soon() { return rt::Deadline::in(seconds(30)); }

// Keeps the rows of one result.
class Rows : public mysql::DecodingSink {
 public:
  Status on_row(types::Row row) override {
    rows.push_back(std::move(row));
    return {};
  }
  Status on_end(const mysql::ResultEnd& result_end) override {
    end_seen = true;
    affected = result_end.affected_rows;
    return {};
  }
  std::string first() const {
    return rows.empty() || rows[0].empty() ? "<none>" : rows[0][0].bytes;
  }
  std::vector<types::Row> rows;
  uint64_t affected = 0;
  bool end_seen = false;
};

// A query server that serves the keyspace "ks" as primary, with a database of its own.
struct Service {
  Service(RealServer& server, QueryOptions options = {}, std::string database_name = "vt_ks")
      : database(std::move(database_name)),
        queries({"zone1", 100}, "ks", "-80", database, server.address(), options, metrics),
        dba(client_options(server.address(), server.address().dba, "")) {}

  Status open() {
    const auto connection = VIF_TRY(mysql::ClientConnection::connect(dba, soon()));
    VIF_TRY(connection->execute("set global read_only = 0", soon()));
    VIF_TRY(connection->execute("drop database if exists " + database, soon()));
    VIF_TRY(connection->execute("create database " + database, soon()));
    queries.set_serving({TabletType::kPrimary, true, 7, ""});
    return {};
  }

  Target target{"ks", "-80", TabletType::kPrimary};
  ExecuteRequest request(std::string_view sql) {
    ExecuteRequest made;
    made.target = target;
    made.sql = sql;
    return made;
  }
  Result<Rows> execute(const ExecuteRequest& request, ExecuteState& state) {
    Rows rows;
    VIF_TRY(queries.execute(request, state, rows, soon()));
    return rows;
  }
  Result<Rows> execute(std::string_view sql) {
    ExecuteState state;
    return execute(request(sql), state);
  }
  Result<Rows> in_transaction(int64_t id, std::string_view sql) {
    ExecuteRequest made = request(sql);
    made.transaction_id = id;
    ExecuteState state;
    return execute(made, state);
  }
  Result<int64_t> begin() { return VIF_TRY(queries.begin(target, {}, {}, soon())).transaction_id; }
  // Rows of a statement as dba.
  Result<mysql::QueryResult> admin(std::string_view sql) {
    const auto connection = VIF_TRY(mysql::ClientConnection::connect(dba, soon()));
    return connection->execute(sql, soon());
  }

  Metrics metrics;
  std::string database;
  QueryServer queries;
  mysql::ClientOptions dba;
};

class QueryServerTest : public RealServerTest {};
INSTANTIATE_TEST_SUITE_P(Servers, QueryServerTest, testing::ValuesIn(test_servers()),
                         [](const auto& param) { return fmt::format("server{}", param.index); });

TEST_P(QueryServerTest, ResultsNameTheKeyspaceInsteadOfTheDatabase) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    VIF_TRY(service.execute("create table t (id int primary key, v varchar(20))"));
    EXPECT_EQ(VIF_TRY(service.execute("insert into t values (1, 'one'), (2, 'two')")).affected, 2u);
    const Rows rows = VIF_TRY(service.execute("select id, v from t order by id"));
    EXPECT_EQ(rows.rows.size(), 2u);
    EXPECT_EQ(rows.rows[1][1].bytes, "two");
    EXPECT_EQ(rows.fields()[0].database, "ks");
    EXPECT_EQ(rows.fields()[0].org_table, "t");
    EXPECT_EQ(rows.fields()[1].name, "v");
    EXPECT_TRUE(rows.end_seen);
    // Vitess's gates send bind variables.
    types::BindVariables variables;
    variables["id"] = types::Value::int64(2);
    ExecuteRequest request = service.request("select v from t where id = :id");
    request.bind_variables = &variables;
    ExecuteState state;
    EXPECT_EQ(VIF_TRY(service.execute(request, state)).first(), "two");
    EXPECT_EQ(state.alias.uid, 100u);
    return {};
  });
}

TEST_P(QueryServerTest, StatementsWithParametersAreExecutedInBinary) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    VIF_TRY(service.execute("create table t (id int primary key, v varchar(20))"));
    VIF_TRY(service.execute("insert into t values (1, 'one'), (2, 'two')"));
    const std::string two({'\1', '\0', '\0', '\1', static_cast<char>(mysql::column::kLong), '\0',
                           '\2', '\0', '\0', '\0'});
    const auto run_prepared = [&](std::string_view sql, std::string_view parameters,
                                  int64_t transaction) -> Result<std::string> {
      struct Kept final : mysql::ResultSink {
        Status columns(uint32_t, std::string_view) override { return {}; }
        Status rows(std::string_view packets) override {
          bytes += packets;
          return {};
        }
        Status end(const mysql::ResultEnd&) override { return {}; }
        std::string bytes;
      } kept;
      ExecuteRequest request = service.request(sql);
      request.parameters = parameters;
      request.transaction_id = transaction;
      ExecuteState state;
      VIF_TRY(service.queries.execute(request, state, kept, soon()));
      return kept.bytes;
    };
    // A row of the binary protocol: its header, the nulls, an INT of four bytes, a text.
    const std::string row({'\0', '\0', '\2', '\0', '\0', '\0', '\3', 't', 'w', 'o'});
    for (int i = 0; i < 3; ++i) {
      const std::string packets = VIF_TRY(run_prepared("select id, v from t where id = ?", two, 0));
      EXPECT_EQ(std::string_view(packets).substr(4), row);
    }
    EXPECT_EQ(VIF_TRY(run_prepared("select id from t where id > 5", std::string(2, '\0'), 0)), "");
    const int64_t transaction = VIF_TRY(service.begin());
    VIF_TRY(service.in_transaction(transaction, "update t set v = 'two' where id = 2"));
    EXPECT_EQ(VIF_TRY(run_prepared("select id, v from t where id = ?", two, transaction)).substr(4),
              row);
    VIF_TRY(service.queries.rollback(service.target, transaction, soon()));
    // More statements than a connection keeps, and again from the first.
    for (int round = 0; round < 2; ++round) {
      for (size_t i = 0; i < PreparedStatements::kMost + 3; ++i) {
        const std::string sql = fmt::format("select id, v from t where id = ? and {} = {}", i, i);
        EXPECT_EQ(VIF_TRY(run_prepared(sql, two, 0)).substr(4), row);
      }
    }
    // A table that changed is read as it is now.
    VIF_TRY(service.execute("alter table t modify v varchar(30), add w int"));
    EXPECT_EQ(VIF_TRY(run_prepared("select id, v from t where id = ?", two, 0)).substr(4), row);
    for (const char* sql :
         {"insert into t values (?, 'x', 1)", "select from", "select ? from nowhere"}) {
      EXPECT_EQ(run_prepared(sql, two, 0).error().code(), Code::kUnimplemented) << sql;
    }
    EXPECT_EQ(VIF_TRY(service.execute("select count(*) from t")).first(), "2");
    return {};
  });
}

TEST_P(QueryServerTest, TransactionsCommitAndRollBack) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    VIF_TRY(service.execute("create table t (id int primary key)"));
    const int64_t first = VIF_TRY(service.begin());
    VIF_TRY(service.in_transaction(first, "insert into t values (1)"));
    EXPECT_EQ(VIF_TRY(service.execute("select count(*) from t")).first(), "0");
    EXPECT_EQ(VIF_TRY(service.queries.commit(service.target, first, soon())), 0);
    EXPECT_EQ(VIF_TRY(service.execute("select count(*) from t")).first(), "1");
    const Error ended = service.in_transaction(first, "select 1").error();
    EXPECT_EQ(ended.code(), Code::kAborted);
    EXPECT_NE(ended.message().find(fmt::format("transaction {}: ended at ", first)),
              std::string::npos);
    EXPECT_NE(ended.message().find("(transaction committed)"), std::string::npos);

    ExecuteRequest request = service.request("insert into t values (2)");
    request.begin = true;
    ExecuteState state;
    VIF_TRY(service.execute(request, state));
    EXPECT_NE(state.transaction_id, 0);
    // A statement that fails leaves its transaction open.
    const Error duplicate =
        service.in_transaction(state.transaction_id, "insert into t values (2)").error();
    EXPECT_EQ(duplicate.mysql_errno(), 1062);
    EXPECT_EQ(duplicate.sqlstate(), "23000");
    EXPECT_EQ(duplicate.code(), Code::kAlreadyExists);
    VIF_TRY(service.in_transaction(state.transaction_id, "insert into t values (3)"));
    VIF_TRY(service.queries.rollback(service.target, state.transaction_id, soon()));
    EXPECT_EQ(VIF_TRY(service.execute("select count(*) from t")).first(), "1");
    EXPECT_EQ(service.in_transaction(12345, "select 1").error().message(),
              "transaction 12345: not found (potential transaction timeout)");
    EXPECT_EQ(service.execute("begin").error().code(), Code::kInvalidArgument);
    return {};
  });
}

TEST_P(QueryServerTest, AFailedFirstStatementStillGivesTheTransaction) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    ExecuteRequest request = service.request("select * from absent");
    request.begin = true;
    ExecuteState state;
    EXPECT_EQ(service.execute(request, state).error().mysql_errno(), 1146);
    EXPECT_NE(state.transaction_id, 0);
    VIF_TRY(service.in_transaction(state.transaction_id, "select 1"));
    EXPECT_EQ(
        service.in_transaction(state.transaction_id, "create table x (a int)").error().message(),
        "DDL statement executed inside a transaction");
    VIF_TRY(service.queries.rollback(service.target, state.transaction_id, soon()));
    EXPECT_EQ(service.queries.stateful().count(), 0u);
    return {};
  });
}

TEST_P(QueryServerTest, AnOverlongStatementIsKilledAndItsTransactionGoesOn) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    VIF_TRY(service.execute("create table t (id int primary key)"));
    const int64_t id = VIF_TRY(service.begin());
    VIF_TRY(service.in_transaction(id, "insert into t values (1)"));
    ExecuteRequest request = service.request("select sleep(100)");
    request.transaction_id = id;
    request.timeout_ms = 50;
    ExecuteState state;
    Rows rows;
    const Status killed = service.queries.execute(request, state, rows, soon());
    EXPECT_FALSE(rows.end_seen);
    if (killed.ok()) return Error(Code::kInternal, "the statement was not killed");
    EXPECT_EQ(killed.error().code(), Code::kCanceled);
    EXPECT_EQ(killed.error().mysql_errno(), 3024);
    EXPECT_NE(killed.error().message().find("killing query ID"), std::string::npos);
    VIF_TRY(service.in_transaction(id, "insert into t values (2)"));
    VIF_TRY(service.queries.commit(service.target, id, soon()));
    EXPECT_EQ(VIF_TRY(service.execute("select count(*) from t")).first(), "2");
    return {};
  });
}

TEST_P(QueryServerTest, ATransactionOverItsTimeIsRolledBack) {
  run([&]() -> Status {
    QueryOptions options;
    options.transaction_timeout = milliseconds(100);
    Service service(*server_, options);
    VIF_TRY(service.open());
    const int64_t id = VIF_TRY(service.begin());
    VIF_TRY(service.queries.stateful().wait_empty(soon()));
    const Error ended = service.queries.commit(service.target, id, soon()).error();
    EXPECT_NE(ended.message().find("(exceeded timeout: 100ms)"), std::string::npos)
        << ended.message();
    return {};
  });
}

TEST_P(QueryServerTest, AStatementOfATransactionOverItsTimeIsToldThatItEnded) {
  run([&]() -> Status {
    QueryOptions options;
    options.transaction_timeout = milliseconds(100);
    Service service(*server_, options);
    VIF_TRY(service.open());
    const int64_t id = VIF_TRY(service.begin());
    // What comes when the time is over, and before that is noticed otherwise: the time alone makes
    // it so.
    VIF_TRY(rt::sleep_for(milliseconds(101)));
    const auto done = service.in_transaction(id, "do 1");
    if (done.ok()) return Error(Code::kInternal, "the transaction goes on");
    EXPECT_EQ(done.error().code(), Code::kAborted) << done.error().message();
    EXPECT_NE(done.error().message().find("(exceeded timeout: 100ms)"), std::string::npos)
        << done.error().message();
    return {};
  });
}

TEST_P(QueryServerTest, SettingsStayWithTheirConnections) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    const std::vector<std::string> settings = {
        "set @@session.sql_mode = 'ANSI_QUOTES', @@session.div_precision_increment = 7"};
    ExecuteRequest request =
        service.request("select @@session.div_precision_increment, connection_id()");
    const std::string usual = VIF_TRY(service.execute(request.sql)).first();
    request.settings = settings;
    ExecuteState state;
    const Rows with = VIF_TRY(service.execute(request, state));
    EXPECT_EQ(with.first(), "7");
    EXPECT_EQ(VIF_TRY(service.execute(request.sql)).first(), usual);
    EXPECT_EQ(VIF_TRY(service.execute(request, state)).rows[0][1].bytes, with.rows[0][1].bytes)
        << "not pooled";
    EXPECT_EQ(state.reserved_id, 0);
    return {};
  });
}

TEST_P(QueryServerTest, ASetInATransactionStaysInIt) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    const std::vector<std::string> settings = {"set foreign_key_checks = 0"};
    ExecuteRequest first = service.request("select @@foreign_key_checks");
    first.settings = settings;
    first.begin = true;
    ExecuteState state;
    EXPECT_EQ(VIF_TRY(service.execute(first, state)).first(), "0");
    ExecuteRequest change = service.request("set foreign_key_checks = 1");
    change.transaction_id = state.transaction_id;
    ExecuteState same;
    VIF_TRY(service.execute(change, same));
    VIF_TRY(service.queries.rollback(service.target, state.transaction_id, soon()));
    ExecuteState next;
    EXPECT_EQ(VIF_TRY(service.execute(first, next)).first(), "0")
        << "the next user of the connection has another's setting";
    VIF_TRY(service.queries.rollback(service.target, next.transaction_id, soon()));
    return {};
  });
}

TEST_P(QueryServerTest, AReservedConnectionKeepsItsSession) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    ExecuteRequest request = service.request("create temporary table mine (a int)");
    request.reserve = true;
    ExecuteState state;
    VIF_TRY(service.execute(request, state));
    EXPECT_NE(state.reserved_id, 0);
    ExecuteRequest next = service.request("insert into mine values (1)");
    next.reserved_id = state.reserved_id;
    next.begin = true;
    ExecuteState begun;
    VIF_TRY(service.execute(next, begun));
    EXPECT_EQ(begun.transaction_id, state.reserved_id);
    const int64_t renewed =
        VIF_TRY(service.queries.commit(service.target, begun.transaction_id, soon()));
    EXPECT_NE(renewed, 0);
    EXPECT_NE(renewed, state.reserved_id);
    ExecuteRequest read = service.request("select count(*) from mine");
    read.reserved_id = renewed;
    EXPECT_EQ(VIF_TRY(service.execute(read, begun)).first(), "1");
    VIF_TRY(service.queries.release(service.target, 0, renewed, soon()));
    EXPECT_EQ(service.execute(read, begun).error().code(), Code::kAborted);
    EXPECT_EQ(service.queries.release(service.target, 0, 0, soon()).error().message(),
              "connection ID and transaction ID do not exist");
    return {};
  });
}

TEST_P(QueryServerTest, SequencesGiveEachValueOnce) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    VIF_TRY(
        service.execute("create table seq (id int, next_id bigint, cache bigint, primary key(id)) "
                        "comment 'vitess_sequence'"));
    EXPECT_NE(
        service.execute("select next value from seq").error().message().find("possible mis-route"),
        std::string::npos);
    VIF_TRY(service.execute("insert into seq values (0, 1, 3)"));
    std::set<int64_t> seen;
    rt::TaskGroup group;
    for (int fiber = 0; fiber < 10; ++fiber) {
      group.spawn([&] {
        for (int i = 0; i < 10; ++i) {
          const Result<Rows> next = service.execute("select next value from seq");
          EXPECT_TRUE(next.ok()) << next.error().to_string();
          if (!next.ok()) return;
          EXPECT_TRUE(seen.insert(*next->rows[0][0].to_int64()).second);
        }
      });
    }
    VIF_TRY(group.wait(soon()));
    EXPECT_EQ(seen.size(), 100u);
    EXPECT_EQ(*seen.rbegin(), 100);
    const Rows many = VIF_TRY(service.execute("select next 1000 values from seq"));
    EXPECT_EQ(many.first(), "101");
    EXPECT_EQ(many.fields()[0].name, "nextval");
    EXPECT_EQ(VIF_TRY(service.execute("select next value from seq")).first(), "1101");
    EXPECT_GT(*VIF_TRY(service.execute("select next_id from seq")).rows[0][0].to_int64(), 1101);
    // Another tablet begins above all that this one took.
    service.queries.reset_sequences();
    EXPECT_GT(*VIF_TRY(service.execute("select next value from seq")).rows[0][0].to_int64(), 1101);
    return {};
  });
}

// Takes blocks slowly, and may give up.
class SlowSink : public mysql::ResultSink {
 public:
  Status columns(uint32_t, std::string_view) override { return {}; }
  Status rows(std::string_view packets) override {
    bytes += packets.size();
    largest = std::max(largest, packets.size());
    if (bytes > give_up_after) return Error(Code::kUnavailable, "the client went away");
    return rt::sleep_for(std::chrono::microseconds(100));
  }
  Status end(const mysql::ResultEnd&) override {
    ended = true;
    return {};
  }
  size_t bytes = 0;
  size_t largest = 0;
  size_t give_up_after = SIZE_MAX;
  bool ended = false;
};

constexpr std::string_view kManyRows =
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000) "
    "select a.i, b.i, repeat('x', 100) from n a join n b";

TEST_P(QueryServerTest, LargeResultsStreamInBlocks) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    const std::string sql = fmt::format("{} limit 200000", kManyRows);
    ExecuteRequest request = service.request(sql);
    request.workload = clients::Workload::kOlap;
    SlowSink sink;
    ExecuteState state;
    VIF_TRY(service.queries.execute(request, state, sink, soon()));
    EXPECT_TRUE(sink.ended);
    EXPECT_GT(sink.bytes, 200000u * 105);
    EXPECT_LT(sink.largest, 2u << 20) << "the result was held in memory";
    return {};
  });
}

TEST_P(QueryServerTest, AClientThatGoesAwayEndsItsStatement) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    SlowSink sink;
    sink.give_up_after = 1 << 20;
    ExecuteState state;
    const Status status = service.queries.execute(service.request(kManyRows), state, sink, soon());
    EXPECT_EQ(status.error().message(), "the client went away");
    {
      rt::TaskGroup group;
      group.spawn([&] {
        const Result<Rows> sleeper = service.execute("select sleep(100), 'cancelled'");
        EXPECT_FALSE(sleeper.ok());
      });
      while (VIF_TRY(service.admin("select 1 from information_schema.processlist where info like "
                                   "'select sleep(100), %'"))
                 .rows.empty()) {
      }
      group.cancel();
      VIF_TRY(group.wait(soon()));
    }
    while (!VIF_TRY(service.admin("select 1 from information_schema.processlist where info like "
                                  "'select sleep(100), %' "
                                  "or info like 'with recursive n%'"))
                .rows.empty()) {
      VIF_TRY(rt::check(soon()));
    }
    EXPECT_EQ(VIF_TRY(service.execute("select 5")).first(), "5");
    return {};
  });
}

TEST_P(QueryServerTest, IdleConnectionsThatTheServerClosedAreReplaced) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    const std::string thread = VIF_TRY(service.execute("select connection_id()")).first();
    VIF_TRY(service.admin("kill " + thread));
    EXPECT_NE(VIF_TRY(service.execute("select connection_id()")).first(), thread);
    const int64_t id = VIF_TRY(service.begin());
    const std::string in_use =
        VIF_TRY(service.in_transaction(id, "select connection_id()")).first();
    VIF_TRY(service.admin("kill " + in_use));
    EXPECT_FALSE(service.in_transaction(id, "select 1").ok());
    EXPECT_NE(
        service.in_transaction(id, "select 1").error().message().find("unlocked closed connection"),
        std::string::npos);
    return {};
  });
}

TEST_P(QueryServerTest, RefusesTargetsThatItIsNot) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    const auto refusal = [&](Target target) {
      ExecuteRequest request = service.request("select 1");
      request.target = std::move(target);
      ExecuteState state;
      return service.execute(request, state).error();
    };
    EXPECT_EQ(refusal({"other", "-80", TabletType::kPrimary}).to_string(),
              "INVALID_ARGUMENT: invalid keyspace other does not match expected ks");
    EXPECT_EQ(refusal({"ks", "80-", TabletType::kPrimary}).to_string(),
              "INVALID_ARGUMENT: invalid shard 80- does not match expected -80");
    EXPECT_EQ(refusal({"ks", "-80", TabletType::kReplica}).to_string(),
              "FAILED_PRECONDITION: wrong tablet type: REPLICA, want: PRIMARY or []");
    service.queries.set_serving({TabletType::kPrimary, false, 7, "test"});
    EXPECT_EQ(refusal(service.target).to_string(),
              "CLUSTER_EVENT: operation not allowed in state NOT_SERVING");
    return {};
  });
}

TEST_P(QueryServerTest, StoppingWaitsForTransactionsAndThenEndsThem) {
  run([&]() -> Status {
    QueryOptions options;
    options.shutdown_grace_period = milliseconds(50);
    Service service(*server_, options);
    VIF_TRY(service.open());
    const int64_t id = VIF_TRY(service.begin());
    rt::TaskGroup group;
    Status refused;
    group.spawn([&] { service.queries.set_serving({TabletType::kPrimary, false, 7, "shutdown"}); });
    rt::yield();
    const Result<Rows> denied = service.execute("select 1");
    EXPECT_EQ(denied.error().message(), "operation not allowed in state SHUTTING_DOWN");
    EXPECT_TRUE(service.in_transaction(id, "select 1").ok());
    VIF_TRY(group.wait(soon()));
    EXPECT_EQ(service.queries.stateful().count(), 0u);
    return {};
  });
}

TEST_P(QueryServerTest, HealthGoesOutAtOnceOnChangeAndWithChangedTables) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    VIF_TRY(service.queries.reload_schema(soon()));
    std::vector<clients::Health> seen;
    rt::TaskGroup group;
    group.spawn([&] {
      const Status ended =
          service.queries.stream_health([&](const clients::Health& health) -> Status {
            seen.push_back(health);
            if (!health.changed_tables.empty())
              service.queries.set_serving({TabletType::kReplica, false, 0, ""});
            if (health.target.tablet_type == TabletType::kReplica)
              return Error(Code::kCanceled, "seen enough");
            return {};
          });
      EXPECT_EQ(ended.error().message(), "seen enough");
    });
    rt::yield();
    VIF_TRY(service.execute("create table fresh (id int primary key)"));
    VIF_TRY(group.wait(soon()));
    EXPECT_TRUE(seen.front().serving);
    EXPECT_EQ(seen.front().primary_term_start_s, 7);
    const auto with_change = std::find_if(seen.begin(), seen.end(),
                                          [](const auto& h) { return !h.changed_tables.empty(); });
    EXPECT_EQ(with_change->changed_tables, std::vector<std::string>{"fresh"});
    EXPECT_FALSE(seen.back().serving);
    return {};
  });
}

TEST_P(QueryServerTest, GivesCreateStatements) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    VIF_TRY(service.execute("create table a (id int primary key)"));
    VIF_TRY(service.execute("create view v as select id from a"));
    std::map<std::string, std::string> all;
    const auto collect = [&](std::map<std::string, std::string> tables) -> Status {
      all.merge(tables);
      return {};
    };
    VIF_TRY(service.queries.get_schema(service.target, clients::SchemaTableKind::kTables, {},
                                       collect, soon()));
    EXPECT_EQ(all.size(), 1u);
    EXPECT_EQ(all["a"].substr(0, 16), "CREATE TABLE `a`");
    VIF_TRY(service.queries.get_schema(service.target, clients::SchemaTableKind::kAll, {}, collect,
                                       soon()));
    EXPECT_EQ(all.size(), 2u);
    EXPECT_NE(all["v"].find("VIEW"), std::string::npos);
    return {};
  });
}

TEST_P(QueryServerTest, AWriteToAReadOnlyServerIsAClusterEvent) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    VIF_TRY(service.execute("create table t (id int primary key)"));
    VIF_TRY(service.admin("set global read_only = 1"));
    const Error refused = service.execute("insert into t values (1)").error();
    EXPECT_EQ(refused.mysql_errno(), 1290);
    EXPECT_EQ(refused.code(), Code::kClusterEvent);
    VIF_TRY(service.admin("set global read_only = 0"));
    return {};
  });
}

TEST_P(QueryServerTest, AClientMayWantMatchedRowsCounted) {
  run([&]() -> Status {
    Service service(*server_);
    VIF_TRY(service.open());
    VIF_TRY(service.execute("create table t (id int primary key, v int)"));
    VIF_TRY(service.execute("insert into t values (1, 1), (2, 1)"));
    ExecuteRequest request = service.request("update t set v = 1");
    ExecuteState state;
    EXPECT_EQ(VIF_TRY(service.execute(request, state)).affected, 0u);
    request.client_found_rows = true;
    EXPECT_EQ(VIF_TRY(service.execute(request, state)).affected, 2u);
    return {};
  });
}

TEST_P(QueryServerTest, AFullTransactionPoolSaysSo) {
  run([&]() -> Status {
    QueryOptions options;
    options.tx = {.size = 1, .timeout = milliseconds(20)};
    Service service(*server_, options);
    VIF_TRY(service.open());
    const int64_t id = VIF_TRY(service.begin());
    const Error full = service.begin().error();
    EXPECT_EQ(full.to_string(), "RESOURCE_EXHAUSTED: transaction pool connection limit exceeded");
    VIF_TRY(service.queries.rollback(service.target, id, soon()));
    EXPECT_TRUE(service.begin().ok());
    return {};
  });
}

TEST_P(QueryServerTest, TerseErrorsHoldNoValues) {
  run([&]() -> Status {
    QueryOptions options;
    options.terse_errors = true;
    Service service(*server_, options);
    VIF_TRY(service.open());
    VIF_TRY(service.execute("create table t (id varchar(20) primary key)"));
    VIF_TRY(service.execute("insert into t values ('secret')"));
    const Error error = service.execute("insert into t values ('secret')").error();
    EXPECT_EQ(error.message(), "(errno 1062) (sqlstate 23000)");
    return {};
  });
}

}  // namespace
}  // namespace vif::vttablet
