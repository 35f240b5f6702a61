// A gate over fake tablets: plans and their cache, statements of the session, transactions over
// shards.
#include "vtgate/gate.h"

#include <gtest/gtest.h>

#include "proto/topodata.pb.h"
#include "proto/vschema.pb.h"
#include "rt/fiber.h"
#include "testing/fake_query_service.h"
#include "topo/memory_store.h"
#include "topo/server.h"
#include "vtgate/engine/packets.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate {
namespace {

// A topology in memory: commerce (-80, 80-; users by hash) and main (0).
class FakeCluster {
 public:
  explicit FakeCluster(GateOptions options = {}) : options_(std::move(options)) {}

  Status start() {
    topology_ = VIF_TRY(topo::Server::open(std::make_shared<topo::MemoryStore>(), "", ""));
    topodata::CellInfo cell;
    cell.set_server_address("memory");
    VIF_TRY(topology_->create_cell_info("zone1", cell));
    VIF_TRY(add_shard("commerce", "-80", 100));
    VIF_TRY(add_shard("commerce", "80-", 200));
    VIF_TRY(add_shard("main", "0", 300));
    vschema::Keyspace sharded;
    sharded.set_sharded(true);
    (*sharded.mutable_vindexes())["hash"].set_type("hash");
    auto* column = (*sharded.mutable_tables())["users"].add_column_vindexes();
    column->set_column("user_id");
    column->set_name("hash");
    VIF_TRY(topology_->save_vschema("commerce", sharded));
    VIF_TRY(topology_->save_vschema("main", vschema::Keyspace()));
    for (const char* keyspace : {"commerce", "main"})
      VIF_TRY(topology_->rebuild_srv_keyspace(keyspace));
    VIF_TRY(topology_->rebuild_srv_vschema());
    options_.cell = "zone1";
    options_.tablet_types_to_wait = {clients::TabletType::kPrimary};
    gate_ = VIF_TRY(Gate::start(*topology_, options_, metrics_));
    for (auto& [shard, tablet] : tablets_) gate_->add_local({"zone1", uids_[shard]}, *tablet);
    return gate_->wait_until_ready();
  }

  // "commerce/-80"
  testing::FakeQueryService& tablet(const std::string& shard) { return *tablets_.at(shard); }
  Gate& gate() { return *gate_; }

  Result<engine::Collected> run(Session& session, std::string_view sql) {
    return gate_->executor().execute_collected(session, sql);
  }
  // Forgets what the tablets were asked so far.
  void forget_calls() {
    for (auto& [shard, tablet] : tablets_) tablet->calls.clear();
  }

 private:
  Status add_shard(const std::string& keyspace, const std::string& shard, uint32_t uid) {
    VIF_TRY(topology_->get_or_create_shard(keyspace, shard));
    topodata::Tablet record;
    record.mutable_alias()->set_cell("zone1");
    record.mutable_alias()->set_uid(uid);
    record.set_hostname("localhost");
    (*record.mutable_port_map())["grpc"] = 1;
    record.set_keyspace(keyspace);
    record.set_shard(shard);
    record.set_type(topodata::PRIMARY);
    VIF_TRY(topology_->create_tablet(record));
    auto service = std::make_unique<testing::FakeQueryService>(clients::TabletAlias{"zone1", uid});
    clients::Health health;
    health.target = {keyspace, shard, clients::TabletType::kPrimary};
    health.serving = true;
    health.primary_term_start_s = 1;
    service->set_health(health);
    tablets_[keyspace + "/" + shard] = std::move(service);
    uids_[keyspace + "/" + shard] = uid;
    return {};
  }

  GateOptions options_;
  Metrics metrics_;
  std::map<std::string, std::unique_ptr<testing::FakeQueryService>> tablets_;
  std::map<std::string, uint32_t> uids_;
  std::unique_ptr<topo::Server> topology_;
  std::unique_ptr<Gate> gate_;
};

// Runs `body` with a cluster that has started, on a fiber.
void with_cluster(const std::function<void(FakeCluster&)>& body, GateOptions options = {}) {
  const Status ran = rt::run({}, [&]() -> Status {
    FakeCluster cluster(options);
    VIF_TRY(cluster.start());
    cluster.forget_calls();
    body(cluster);
    return {};
  });
  ASSERT_TRUE(ran.ok()) << ran.error().to_string();
}

Session session_in(const std::string& keyspace) {
  Session session;
  session.keyspace = session.target_string = keyspace;
  return session;
}

std::vector<std::string> first_column(const engine::Collected& collected) {
  std::vector<std::string> values;
  for (const types::Row& row : collected.all_rows) values.push_back(row[0].bytes);
  return values;
}

TEST(Executor, AHitNeedsNoPlanAndLiteralsFillTheText) {
  with_cluster([](FakeCluster& cluster) {
    Session session = session_in("commerce");
    for (const auto* sql :
         {"select name from users where user_id = 1", "select name from users where user_id = 4"}) {
      cluster.run(session, sql).ok();
    }
    EXPECT_EQ(cluster.gate().executor().plan_cache().size(), 1u);
    EXPECT_EQ(cluster.gate().executor().plan_cache().hits(), 1);
    EXPECT_EQ(cluster.tablet("commerce/-80").executed().size(), 1u);
    ASSERT_EQ(cluster.tablet("commerce/80-").executed().size(), 1u);
    EXPECT_NE(cluster.tablet("commerce/80-").executed()[0].find("= 4"), std::string::npos);
  });
}

TEST(Executor, TheUnshardedKeyspaceTakesWhatItGets) {
  with_cluster([](FakeCluster& cluster) {
    cluster.tablet("main/0").set_answer(
        [](const clients::ExecuteRequest&) -> Result<testing::FakeResult> {
          return testing::fake_rows({"a", "b"});
        });
    Session session = session_in("main");
    const auto selected = cluster.run(session, "select v from anything");
    ASSERT_TRUE(selected.ok()) << selected.error().to_string();
    EXPECT_EQ(first_column(*selected), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(cluster.tablet("main/0").executed().back(), "select v from anything");
  });
}

TEST(Executor, AVeryLongWhereIsPlannedOnAFibersStack) {
  with_cluster([](FakeCluster& cluster) {
    Session session = session_in("commerce");
    std::string sql = "select name from users where user_id = 1";
    for (int i = 0; i < 9'000; ++i) sql += fmt::format(" and not (a = {} and b is not null)", i);
    cluster.run(session, sql).ok();
    ASSERT_EQ(cluster.tablet("commerce/-80").executed().size(), 1u);
    EXPECT_GT(cluster.tablet("commerce/-80").executed()[0].size(), 9'000u * 20);
  });
}

TEST(Executor, SyntaxErrorsAreVitess) {
  with_cluster([](FakeCluster& cluster) {
    Session session = session_in("main");
    const auto failed = cluster.run(session, "selct 1");
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().mysql_errno(), 1064);
    EXPECT_EQ(cluster.gate().query_log().kept().size(), 1u);
  });
}

TEST(Statements, UseChoosesKeyspaceShardAndTabletType) {
  with_cluster([](FakeCluster& cluster) {
    Session session;
    ASSERT_TRUE(cluster.run(session, "use `commerce:80-@replica`").ok());
    EXPECT_EQ(session.keyspace, "commerce");
    EXPECT_EQ(session.tablet_type, clients::TabletType::kReplica);
    ASSERT_NE(session.destination, nullptr);
    EXPECT_EQ(first_column(*cluster.run(session, "show vitess_target")),
              std::vector<std::string>{"commerce:80-@replica"});
    const auto unknown = cluster.run(session, "use nowhere");
    ASSERT_FALSE(unknown.ok());
    EXPECT_EQ(unknown.error().mysql_errno(), 1049);
    EXPECT_EQ(unknown.error().message(), "VT05003: unknown database 'nowhere' in vschema");
    EXPECT_EQ(session.keyspace, "commerce");
    ASSERT_TRUE(cluster.run(session, "use `commerce:80-`").ok());
    ASSERT_TRUE(cluster.run(session, "select 1 from users").ok());
    EXPECT_EQ(cluster.tablet("commerce/80-").executed().size(), 1u);
    EXPECT_TRUE(cluster.tablet("commerce/-80").executed().empty());
  });
}

TEST(Statements, ShowOfTheCluster) {
  with_cluster([](FakeCluster& cluster) {
    Session session = session_in("commerce");
    EXPECT_EQ(first_column(*cluster.run(session, "show vitess_shards")),
              (std::vector<std::string>{"commerce/-80", "commerce/80-", "main/0"}));
    EXPECT_EQ(first_column(*cluster.run(session, "show vitess_shards like 'main%'")),
              std::vector<std::string>{"main/0"});
    EXPECT_EQ(first_column(*cluster.run(session, "show keyspaces")),
              (std::vector<std::string>{"commerce", "main"}));
    EXPECT_EQ(first_column(*cluster.run(session, "show databases like 'm%'")),
              (std::vector<std::string>{"main", "mysql"}));
    const auto tablets = cluster.run(session, "show vitess_tablets");
    ASSERT_EQ(tablets->all_rows.size(), 3u);
    EXPECT_EQ(tablets->all_rows[0][3].bytes, "PRIMARY");
    EXPECT_EQ(tablets->all_rows[0][5].bytes, "zone1-0000000100");
    EXPECT_EQ(first_column(*cluster.run(session, "show vschema tables")),
              std::vector<std::string>{"users"});
    const auto vindexes = cluster.run(session, "show vschema vindexes on users");
    ASSERT_EQ(vindexes->all_rows.size(), 1u);
    EXPECT_EQ(vindexes->all_rows[0][2].bytes, "hash");
  });
}

TEST(Statements, ShowTablesNamesTheKeyspace) {
  with_cluster([](FakeCluster& cluster) {
    cluster.tablet("main/0").set_answer(
        [](const clients::ExecuteRequest&) -> Result<testing::FakeResult> {
          testing::FakeResult result = testing::fake_rows({"t"});
          result.fields[0].name = "Tables_in_vt_main";
          return result;
        });
    Session session = session_in("commerce");
    const auto tables = cluster.run(session, "show tables from main");
    ASSERT_TRUE(tables.ok()) << tables.error().to_string();
    EXPECT_EQ(tables->all_fields[0].name, "Tables_in_main");
    EXPECT_EQ(cluster.tablet("main/0").executed().back(), "show tables");
  });
}

TEST(Statements, SetKeepsForServersWhatTheyMustHave) {
  with_cluster([](FakeCluster& cluster) {
    Session session = session_in("main");
    ASSERT_TRUE(
        cluster.run(session, "set sql_mode = 'ANSI_QUOTES', @a = 5, wait_timeout = 10").ok());
    EXPECT_TRUE(session.sql_mode.ansi_quotes);
    ASSERT_NE(session.settings, nullptr);
    EXPECT_EQ(*session.settings, std::vector<std::string>{"set sql_mode = 'ANSI_QUOTES'"});
    cluster.forget_calls();
    ASSERT_TRUE(cluster.run(session, "select 1 from t").ok());
    EXPECT_EQ(cluster.tablet("main/0").calls.back().settings, *session.settings);
    EXPECT_EQ(session.extras().user_variables.at("a").bytes, "5");
    EXPECT_EQ(cluster.run(session, "set nonsense = 1").error().message(),
              "VT05006: unknown system variable 'nonsense'");
    EXPECT_EQ(cluster.run(session, "set version = '1'").error().message(),
              "VT03010: variable 'version' is a read only variable");
    EXPECT_EQ(cluster.run(session, "set auto_increment_increment = 2").error().message(),
              "VT12001: unsupported: system setting: auto_increment_increment");
    EXPECT_EQ(cluster.run(session, "set autocommit = 'perhaps'").error().mysql_errno(), 1231);
  });
}

// What we write to servers has backslashes in its strings and a NOT that binds loosely, whatever
// the client's text had.
TEST(Statements, ServersReadOurTextByOurRules) {
  with_cluster([](FakeCluster& cluster) {
    Session session = session_in("main");
    ASSERT_TRUE(
        cluster
            .run(session,
                 "set sql_mode = "
                 "'STRICT_TRANS_TABLES,no_backslash_escapes,HIGH_NOT_PRECEDENCE,ANSI_QUOTES'")
            .ok());
    EXPECT_TRUE(session.sql_mode.no_backslash_escapes);
    EXPECT_EQ(*session.settings,
              std::vector<std::string>{"set sql_mode = 'STRICT_TRANS_TABLES,ANSI_QUOTES'"});
    ASSERT_TRUE(cluster.run(session, "set sql_mode = 'NO_BACKSLASH_ESCAPES'").ok());
    EXPECT_EQ(*session.settings, std::vector<std::string>{"set sql_mode = ''"});
  });
}

TEST(Statements, AValueThatServersRefuseIsNotKept) {
  with_cluster([](FakeCluster& cluster) {
    cluster.tablet("main/0").set_answer(
        [](const clients::ExecuteRequest& request) -> Result<testing::FakeResult> {
          if (!request.settings.empty())
            return Error(Code::kInvalidArgument, 1231, "42000", "Variable 'sql_mode' can't be set");
          return testing::FakeResult();
        });
    Session session = session_in("main");
    const auto set = cluster.run(session, "set sql_mode = 'bogus'");
    ASSERT_FALSE(set.ok());
    EXPECT_EQ(set.error().mysql_errno(), 1231);
    EXPECT_EQ(session.settings, nullptr);
    EXPECT_TRUE(session.extras().system_variables.empty());
  });
}

TEST(Statements, DdlGoesToEveryShard) {
  with_cluster([](FakeCluster& cluster) {
    Session session = session_in("commerce");
    ASSERT_TRUE(cluster.run(session, "alter table users add column x int").ok());
    for (const char* shard : {"commerce/-80", "commerce/80-"}) {
      EXPECT_EQ(cluster.tablet(shard).executed(),
                std::vector<std::string>{"alter table users add column x int"});
    }
    ASSERT_TRUE(cluster.run(session, "create table main.t (id int)").ok());
    EXPECT_EQ(cluster.tablet("main/0").executed().back().find("main."), std::string::npos);
    const auto create = cluster.run(session, "create database shop");
    ASSERT_FALSE(create.ok());
    EXPECT_TRUE(
        create.error().message().starts_with("VT12001: unsupported: create database by failDBDDL"));
    EXPECT_EQ(cluster.run(session, "create database commerce").error().mysql_errno(), 1007);
  });
}

TEST(Statements, AKeyThatIsComputedIsAsStrictAsTheServer) {
  with_cluster([](FakeCluster& cluster) {
    Session session = session_in("commerce");
    const char* const sql = "insert into users(user_id, name) values (ln(0), 'a')";
    EXPECT_EQ(cluster.run(session, sql).error().mysql_errno(), 3020);
    EXPECT_TRUE(cluster.tablet("commerce/-80").executed().empty());
    EXPECT_TRUE(
        cluster.run(session, "insert ignore into users(user_id, name) values (ln(0), 'a')").ok());
    ASSERT_TRUE(cluster.run(session, "set sql_mode = ''").ok());
    EXPECT_NE(cluster.run(session, sql).error().mysql_errno(), 3020);
  });
}

TEST(Statements, ATableIsCopiedWhereEachShardsRowsAreItsOwn) {
  with_cluster([](FakeCluster& cluster) {
    Session session = session_in("commerce");
    EXPECT_TRUE(cluster.run(session, "create table copied as select * from users").ok());
    for (const char* query : {"select 1", "select count(*) from users",
                              "select * from users limit 3", "select 1 union select 2"}) {
      const auto create = cluster.run(session, std::string("create table copied as ") + query);
      ASSERT_FALSE(create.ok()) << query;
      EXPECT_TRUE(create.error().message().starts_with(
          "VT12001: unsupported: CREATE TABLE ... SELECT in a sharded keyspace"));
    }
    Session whole = session_in("main");
    EXPECT_TRUE(cluster.run(whole, "create table copied as select 1").ok());
  });
}

TEST(Statements, VexplainTellsWhatWentWhere) {
  with_cluster([](FakeCluster& cluster) {
    Session session = session_in("commerce");
    const auto queries =
        cluster.run(session, "vexplain queries select name from users where user_id = 1");
    ASSERT_TRUE(queries.ok()) << queries.error().to_string();
    ASSERT_EQ(queries->all_rows.size(), 1u);
    EXPECT_EQ(queries->all_rows[0][1].bytes, "commerce");
    EXPECT_EQ(queries->all_rows[0][2].bytes, "-80");
    const auto plan =
        cluster.run(session, "vexplain plan select name from users where user_id = 1");
    ASSERT_TRUE(plan.ok());
    EXPECT_NE(plan->all_rows[0][0].bytes.find("\"Variant\": \"EqualUnique\""), std::string::npos);
    EXPECT_EQ(cluster.run(session, "vexplain queries delete from users").error().message(),
              "VT09008: vexplain queries/all will actually run queries");
  });
}

TEST(Executor, TheSessionAnswersForItselfAndVariablesGoByTheServersName) {
  with_cluster([](FakeCluster& cluster) {
    cluster.gate().executor().set_flavor(plan::Flavor::kMariaDb);
    Session session = session_in("main");
    session.caller.principal = "ann";
    session.caller.component = "10.0.0.7:1234";
    session.connection_id = 42;
    for (const auto& [sql, sent] : {
             std::pair("select @@transaction_isolation from t",
                       "select @@tx_isolation as `@@transaction_isolation` from t"),
             {"select @@session.transaction_isolation as x from t",
              "select @@session.tx_isolation as x from t"},
             {"select user() from t", "select 'ann@10.0.0.7' as `user()` from t"},
             {"select connection_id() + 1 as c from t", "select 42 + 1 as c from t"},
         }) {
      EXPECT_TRUE(cluster.run(session, sql).ok()) << sql;
      EXPECT_EQ(cluster.tablet("main/0").executed().back(), sent);
    }
  });
}

TEST(Statements, LikeIsMysqls) {
  struct Case {
    const char* pattern;
    const char* text;
    bool want;
  };
  const Case cases[] = {{"%", "", true},         {"a%", "ABC", true},    {"_b%", "abc", true},
                        {"a", "ab", false},      {"%c", "abc", true},    {"%b%", "abc", true},
                        {"a\\_c", "abc", false}, {"a\\_c", "a_c", true}, {"%a%a", "banana", true},
                        {"", "x", false}};
  for (const Case& c : cases)
    EXPECT_EQ(statements::matches_like(c.pattern, c.text), c.want) << c.pattern;
}

using Texts = std::vector<std::string>;

// Hash of 1 is in -80, of 4 in 80-.
constexpr std::string_view kLeft = "update users set name = 'a' where user_id = 1";
constexpr std::string_view kRight = "update users set name = 'b' where user_id = 4";

void affects_one(FakeCluster& cluster) {
  for (const char* shard : {"commerce/-80", "commerce/80-"}) {
    cluster.tablet(shard).set_answer(
        [](const clients::ExecuteRequest&) -> Result<testing::FakeResult> {
          testing::FakeResult result;
          result.end.affected_rows = 1;
          return result;
        });
  }
}

TEST(Tx, ShardsJoinWithTheirFirstStatementAndCommitInThatOrder) {
  with_cluster([](FakeCluster& cluster) {
    affects_one(cluster);
    Session session = session_in("commerce");
    ASSERT_TRUE(cluster.run(session, "begin").ok());
    EXPECT_TRUE(session.in_transaction);
    EXPECT_TRUE(cluster.tablet("commerce/-80").calls.empty());
    ASSERT_TRUE(cluster.run(session, kRight).ok());
    ASSERT_TRUE(cluster.run(session, kLeft).ok());
    ASSERT_TRUE(cluster.run(session, kRight).ok());
    auto& right = cluster.tablet("commerce/80-");
    EXPECT_TRUE(right.calls[0].begin);
    EXPECT_FALSE(right.calls[1].begin);
    EXPECT_EQ(right.calls[1].transaction_id, 1);
    ASSERT_EQ(session.shard_sessions.size(), 2u);
    EXPECT_EQ(session.shard_sessions[0].target.shard, "80-");
    ASSERT_TRUE(cluster.run(session, "commit").ok());
    EXPECT_FALSE(session.in_transaction);
    EXPECT_TRUE(session.shard_sessions.empty());
    EXPECT_EQ(right.calls.back().method, "commit");
    EXPECT_EQ(cluster.tablet("commerce/-80").calls.back().method, "commit");
    EXPECT_EQ(cluster.gate().tx().counters().processed.at("Cross.ReadWrite"), 1);
  });
}

TEST(Tx, SingleModeRefusesASecondShard) {
  with_cluster([](FakeCluster& cluster) {
    affects_one(cluster);
    Session session = session_in("commerce");
    ASSERT_TRUE(cluster.run(session, "set transaction_mode = 'single'").ok());
    ASSERT_TRUE(cluster.run(session, "begin").ok());
    ASSERT_TRUE(cluster.run(session, kLeft).ok());
    const auto second = cluster.run(session, kRight);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code(), Code::kAborted);
    EXPECT_TRUE(second.error().message().starts_with("multi-db transaction attempted: "))
        << second.error().message();
    // As Vitess: the transaction is gone.
    EXPECT_FALSE(session.in_transaction);
    EXPECT_EQ(cluster.tablet("commerce/-80").open_transactions(), 0);
  });
}

TEST(Tx, ACommitThatFailsAfterAnotherSaysWhichShardsHaveIt) {
  with_cluster([](FakeCluster& cluster) {
    affects_one(cluster);
    Session session = session_in("commerce");
    ASSERT_TRUE(cluster.run(session, "begin").ok());
    ASSERT_TRUE(cluster.run(session, kLeft).ok());
    ASSERT_TRUE(cluster.run(session, kRight).ok());
    cluster.tablet("commerce/80-").fail_commit(Error(Code::kUnavailable, "gone"));
    const auto committed = cluster.run(session, "commit");
    ASSERT_FALSE(committed.ok());
    EXPECT_EQ(committed.error().message(), "target: commerce.80-.primary: gone");
    ASSERT_EQ(session.warnings.size(), 2u);
    EXPECT_EQ(session.warnings[0].code, 301);
    EXPECT_EQ(session.warnings[0].message,
              "multi-db commit failed after committing to 1 shards: -80");
    EXPECT_EQ(session.warnings[1].level, "Error");
    EXPECT_FALSE(session.in_transaction);
  });
}

TEST(Tx, SavepointsReachShardsThatJoinLater) {
  with_cluster([](FakeCluster& cluster) {
    affects_one(cluster);
    Session session = session_in("commerce");
    ASSERT_TRUE(cluster.run(session, "begin").ok());
    ASSERT_TRUE(cluster.run(session, kLeft).ok());
    ASSERT_TRUE(cluster.run(session, "savepoint a").ok());
    EXPECT_EQ(cluster.tablet("commerce/-80").executed().back(), "savepoint a");
    ASSERT_TRUE(cluster.run(session, kRight).ok());
    EXPECT_EQ(cluster.tablet("commerce/80-").calls[0].post_begin, Texts{"savepoint a"});
    ASSERT_TRUE(cluster.run(session, "rollback to A").ok());
    EXPECT_EQ(cluster.tablet("commerce/80-").executed().back(), "rollback to A");
    const auto unknown = cluster.run(session, "rollback to b");
    ASSERT_FALSE(unknown.ok());
    EXPECT_EQ(unknown.error().mysql_errno(), 1305);
    ASSERT_TRUE(cluster.run(session, "rollback").ok());
    EXPECT_EQ(cluster.tablet("commerce/-80").open_transactions(), 0);
    EXPECT_EQ(cluster.tablet("commerce/80-").open_transactions(), 0);
  });
}

TEST(Tx, AWriteToManyShardsIsATransactionOfItsOwn) {
  with_cluster([](FakeCluster& cluster) {
    affects_one(cluster);
    Session session = session_in("commerce");
    const auto updated = cluster.run(session, "update users set name = 'x'");
    ASSERT_TRUE(updated.ok()) << updated.error().to_string();
    EXPECT_EQ(updated->result_end.affected_rows, 2u);
    EXPECT_EQ(session.row_count, 2);
    EXPECT_FALSE(session.in_transaction);
    for (const char* shard : {"commerce/-80", "commerce/80-"}) {
      const auto& calls = cluster.tablet(shard).calls;
      ASSERT_EQ(calls.size(), 2u);
      EXPECT_TRUE(calls[0].begin);
      EXPECT_EQ(calls[1].method, "commit");
    }
    cluster.forget_calls();
    // One shard: the server's own autocommit will do.
    ASSERT_TRUE(cluster.run(session, kLeft).ok());
    ASSERT_EQ(cluster.tablet("commerce/-80").calls.size(), 1u);
    EXPECT_FALSE(cluster.tablet("commerce/-80").calls[0].begin);
  });
}

TEST(Tx, AFailedWriteToManyShardsIsUndone) {
  with_cluster([](FakeCluster& cluster) {
    affects_one(cluster);
    cluster.tablet("commerce/80-")
        .set_answer([](const clients::ExecuteRequest& request) -> Result<testing::FakeResult> {
          if (request.sql.starts_with("update"))
            return Error(Code::kAlreadyExists, 1062, "23000", "Duplicate entry");
          return testing::FakeResult();
        });
    Session session = session_in("commerce");
    const auto alone = cluster.run(session, "update users set name = 'x'");
    ASSERT_FALSE(alone.ok());
    EXPECT_EQ(alone.error().mysql_errno(), 1062);
    EXPECT_FALSE(session.in_transaction);
    EXPECT_EQ(cluster.tablet("commerce/-80").calls.back().method, "rollback");

    ASSERT_TRUE(cluster.run(session, "begin").ok());
    ASSERT_TRUE(cluster.run(session, kLeft).ok());
    const auto within = cluster.run(session, "update users set name = 'x'");
    ASSERT_FALSE(within.ok());
    // The client's transaction goes on without that statement.
    EXPECT_TRUE(session.in_transaction);
    EXPECT_EQ(cluster.tablet("commerce/-80").executed().back(), "rollback to _vt_statement");
    ASSERT_TRUE(cluster.run(session, "commit").ok());
  });
}

TEST(Tx, ALostShardFailsTheTransactionUntilRollback) {
  with_cluster([](FakeCluster& cluster) {
    affects_one(cluster);
    Session session = session_in("commerce");
    ASSERT_TRUE(cluster.run(session, "begin").ok());
    ASSERT_TRUE(cluster.run(session, kLeft).ok());
    cluster.tablet("commerce/-80")
        .set_answer([](const clients::ExecuteRequest&) -> Result<testing::FakeResult> {
          return Error(Code::kUnavailable, "connection lost");
        });
    const auto lost = cluster.run(session, kLeft);
    ASSERT_FALSE(lost.ok());
    EXPECT_EQ(lost.error().message(),
              "VT15001: transaction error, issue ROLLBACK and retry the transaction: target: "
              "commerce.-80.primary: "
              "connection lost");
    EXPECT_EQ(cluster.run(session, kRight).error().message(),
              "VT09032: previous transaction failed. Issue a ROLLBACK to resolve the failure.");
    EXPECT_FALSE(cluster.run(session, "commit").ok());
    ASSERT_TRUE(cluster.run(session, "rollback").ok());
    EXPECT_FALSE(session.in_transaction);
    ASSERT_TRUE(cluster.run(session, kRight).ok());
  });
}

TEST(Statements, WhatIsOfOneConnectionOrOfTheServerIsRefused) {
  with_cluster([](FakeCluster& cluster) {
    Session session = session_in("main");
    for (const char* sql : {"xa start 'a'", "handler t open", "shutdown", "restart", "stop replica",
                            "get diagnostics @n = number"}) {
      EXPECT_EQ(cluster.run(session, sql).error().mysql_errno(), 1235) << sql;
    }
    EXPECT_TRUE(cluster.tablet("main/0").calls.empty());
    EXPECT_TRUE(cluster.run(session, "grant select on t to u").ok());
  });
}

TEST(Statements, AlterVSchemaIsForThoseWhoMay) {
  const char* const sql = "alter vschema on t add vindex hash(id)";
  with_cluster([&](FakeCluster& cluster) {
    Session session = session_in("commerce");
    session.caller.username = "ann";
    const auto refused = cluster.run(session, sql);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().mysql_errno(), 1045);
    EXPECT_EQ(refused.error().message(),
              "User 'ann' is not authorized to perform vschema operations");
  });
  GateOptions options;
  options.executor.vschema_ddl_users = "eve, ann";
  with_cluster(
      [&](FakeCluster& cluster) {
        Session session = session_in("commerce");
        session.caller.username = "ann";
        EXPECT_TRUE(cluster.run(session, sql).ok());
        EXPECT_TRUE(cluster.run(session, "select a from t where id = 1").ok());
        EXPECT_EQ(cluster.tablet("commerce/-80").executed().size() +
                      cluster.tablet("commerce/80-").executed().size(),
                  1u);
        EXPECT_FALSE(cluster.run(session, "alter vschema drop vindex nope").ok());
      },
      options);
}

TEST(Statements, KeyspacesInsideALikeAreDatabases) {
  with_cluster([](FakeCluster& cluster) {
    Session session = session_in("main");
    EXPECT_TRUE(cluster
                    .run(session,
                         "select 1 from information_schema.tables where table_name like (select "
                         "max(table_name) from information_schema.tables where table_schema = "
                         "'main')")
                    .ok());
    EXPECT_NE(cluster.tablet("main/0").executed().back().find("table_schema = database()"),
              std::string::npos)
        << cluster.tablet("main/0").executed().back();
  });
}

TEST(Tx, AReservedConnectionThatIsGoneIsReplaced) {
  with_cluster([](FakeCluster& cluster) {
    Session session = session_in("main");
    ShardSession kept;
    kept.target = {"main", "0", clients::TabletType::kPrimary};
    kept.alias = {"zone1", 300};
    kept.reserved_id = 7;
    session.shard_sessions.push_back(kept);
    std::vector<std::pair<int64_t, bool>> asked;  // the reserved connection, or a new one
    cluster.tablet("main/0").set_answer(
        [&](const clients::ExecuteRequest& request) -> Result<testing::FakeResult> {
          asked.emplace_back(request.reserved_id, request.reserve);
          if (request.reserved_id == 7)
            return Error(Code::kAborted, "transaction 7: ended at 2026-01-02 (idle)");
          return testing::fake_rows({"1"});
        });
    EXPECT_TRUE(cluster.run(session, "select a from t").ok());
    EXPECT_EQ(asked, (std::vector<std::pair<int64_t, bool>>{{7, false}, {0, true}}));

    // With temporary tables it is not the same any more.
    session.shard_sessions = {kept};
    session.has_created_temp_tables = true;
    EXPECT_FALSE(cluster.run(session, "select a from t").ok());
  });
}

TEST(Schema, DdlHasOnlyItsTablesLookedAt) {
  with_cluster([](FakeCluster& cluster) {
    testing::FakeQueryService& tablet = cluster.tablet("main/0");
    Session session = session_in("main");
    const auto tracked = [&](std::string_view name) {
      const auto table = cluster.gate().catalog().current()->vschema->find_table("main", name);
      return table.ok() && !(*table)->columns.empty() ? (*table)->columns.size() : 0;
    };
    tablet.set_schema({{"a", "create table a (id int)"}, {"b", "create table b (id int)"}});
    ASSERT_TRUE(cluster.run(session, "create table a (id int)").ok());
    ASSERT_TRUE(cluster.run(session, "create table b (id int)").ok());
    EXPECT_EQ(tracked("a"), 1u);
    tablet.set_schema(
        {{"a", "create table a (id int, v int)"}, {"b", "create table b (x int, y int)"}});
    ASSERT_TRUE(cluster.run(session, "alter table a add column v int").ok());
    EXPECT_EQ(tablet.schema_names, std::vector<std::string>{"a"});
    EXPECT_EQ(tracked("a"), 2u);
    EXPECT_EQ(tracked("b"), 1u) << "was not asked for";
    tablet.set_schema({{"b", "create table b (id int)"}});
    ASSERT_TRUE(cluster.run(session, "drop table a").ok());
    EXPECT_EQ(tracked("a"), 0u);
    EXPECT_EQ(tracked("b"), 1u);
  });
}

TEST(Schema, AViewIsNotTakenForTheTableOfItsNameInTheVSchema) {
  with_cluster([](FakeCluster& cluster) {
    Session session = session_in("commerce");
    for (const char* shard : {"commerce/-80", "commerce/80-"})
      cluster.tablet(shard).set_schema({{"users", "create view users as select 1 as one"}});
    ASSERT_TRUE(cluster.run(session, "create view users as select 1 as one").ok());
    const auto one = cluster.run(session, "select * from users");
    ASSERT_TRUE(one.ok()) << one.error().to_string();
    EXPECT_EQ(cluster.tablet("commerce/-80").executed().size() +
                  cluster.tablet("commerce/80-").executed().size(),
              3u)
        << "one query after the two statements of DDL";
  });
}

TEST(Tx, ASavepointMayBeTheFirstStatementWithoutAutocommit) {
  with_cluster([](FakeCluster& cluster) {
    affects_one(cluster);
    Session session = session_in("commerce");
    ASSERT_TRUE(cluster.run(session, "savepoint early").ok());
    EXPECT_EQ(cluster.run(session, "rollback to early").error().mysql_errno(), 1305);
    ASSERT_TRUE(cluster.run(session, "set autocommit = 0").ok());
    ASSERT_TRUE(cluster.run(session, "savepoint early").ok());
    ASSERT_TRUE(cluster.run(session, kLeft).ok());
    ASSERT_TRUE(cluster.run(session, "rollback to early").ok());
    EXPECT_EQ(cluster.tablet("commerce/-80").calls.back().sql, "rollback to early");
    ASSERT_TRUE(cluster.run(session, "rollback").ok());
  });
}

TEST(Tx, AutocommitOffOpensATransaction) {
  with_cluster([](FakeCluster& cluster) {
    affects_one(cluster);
    Session session = session_in("commerce");
    ASSERT_TRUE(cluster.run(session, "set autocommit = 0").ok());
    ASSERT_TRUE(cluster.run(session, kLeft).ok());
    EXPECT_TRUE(session.in_transaction);
    EXPECT_TRUE(cluster.tablet("commerce/-80").calls[0].begin);
    ASSERT_TRUE(cluster.run(session, "set autocommit = 1").ok());
    EXPECT_FALSE(session.in_transaction);
    EXPECT_EQ(cluster.tablet("commerce/-80").calls.back().method, "commit");
  });
}

}  // namespace
}  // namespace vif::vtgate
