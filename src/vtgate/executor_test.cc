#include "vtgate/executor.h"

#include <gtest/gtest.h>

#include "vtgate/fake_cluster_test.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate {
namespace {

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
    for (const auto* sql : {"select name from users where user_id = 1", "select name from users where user_id = 4"}) {
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
        [](const clients::ExecuteRequest&) -> Result<testing::FakeResult> { return testing::fake_rows({"a", "b"}); });
    Session session = session_in("main");
    const auto selected = cluster.run(session, "select v from anything");
    ASSERT_TRUE(selected.ok()) << selected.error().to_string();
    EXPECT_EQ(first_column(*selected), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(cluster.tablet("main/0").executed().back(), "select v from anything");
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
    EXPECT_EQ(first_column(*cluster.run(session, "show vitess_target")), std::vector<std::string>{"commerce:80-@replica"});
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
    EXPECT_EQ(first_column(*cluster.run(session, "show vitess_shards like 'main%'")), std::vector<std::string>{"main/0"});
    EXPECT_EQ(first_column(*cluster.run(session, "show keyspaces")), (std::vector<std::string>{"commerce", "main"}));
    EXPECT_EQ(first_column(*cluster.run(session, "show databases like 'm%'")), (std::vector<std::string>{"main", "mysql"}));
    const auto tablets = cluster.run(session, "show vitess_tablets");
    ASSERT_EQ(tablets->all_rows.size(), 3u);
    EXPECT_EQ(tablets->all_rows[0][3].bytes, "PRIMARY");
    EXPECT_EQ(tablets->all_rows[0][5].bytes, "zone1-0000000100");
    EXPECT_EQ(first_column(*cluster.run(session, "show vschema tables")), std::vector<std::string>{"users"});
    const auto vindexes = cluster.run(session, "show vschema vindexes on users");
    ASSERT_EQ(vindexes->all_rows.size(), 1u);
    EXPECT_EQ(vindexes->all_rows[0][2].bytes, "hash");
  });
}

TEST(Statements, ShowTablesNamesTheKeyspace) {
  with_cluster([](FakeCluster& cluster) {
    cluster.tablet("main/0").set_answer([](const clients::ExecuteRequest&) -> Result<testing::FakeResult> {
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
    ASSERT_TRUE(cluster.run(session, "set sql_mode = 'ANSI_QUOTES', @a = 5, wait_timeout = 10").ok());
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

TEST(Statements, AValueThatServersRefuseIsNotKept) {
  with_cluster([](FakeCluster& cluster) {
    cluster.tablet("main/0").set_answer([](const clients::ExecuteRequest& request) -> Result<testing::FakeResult> {
      if (!request.settings.empty()) return Error(Code::kInvalidArgument, 1231, "42000", "Variable 'sql_mode' can't be set");
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
      EXPECT_EQ(cluster.tablet(shard).executed(), std::vector<std::string>{"alter table users add column x int"});
    }
    ASSERT_TRUE(cluster.run(session, "create table main.t (id int)").ok());
    EXPECT_EQ(cluster.tablet("main/0").executed().back().find("main."), std::string::npos);
    const auto create = cluster.run(session, "create database shop");
    ASSERT_FALSE(create.ok());
    EXPECT_TRUE(create.error().message().starts_with("VT12001: unsupported: create database by failDBDDL"));
    EXPECT_EQ(cluster.run(session, "create database commerce").error().mysql_errno(), 1007);
  });
}

TEST(Statements, VexplainTellsWhatWentWhere) {
  with_cluster([](FakeCluster& cluster) {
    Session session = session_in("commerce");
    const auto queries = cluster.run(session, "vexplain queries select name from users where user_id = 1");
    ASSERT_TRUE(queries.ok()) << queries.error().to_string();
    ASSERT_EQ(queries->all_rows.size(), 1u);
    EXPECT_EQ(queries->all_rows[0][1].bytes, "commerce");
    EXPECT_EQ(queries->all_rows[0][2].bytes, "-80");
    const auto plan = cluster.run(session, "vexplain plan select name from users where user_id = 1");
    ASSERT_TRUE(plan.ok());
    EXPECT_NE(plan->all_rows[0][0].bytes.find("\"Variant\": \"EqualUnique\""), std::string::npos);
    EXPECT_EQ(cluster.run(session, "vexplain queries delete from users").error().message(),
              "VT09008: vexplain queries/all will actually run queries");
  });
}

TEST(Statements, LikeIsMysqls) {
  struct Case {
    const char* pattern;
    const char* text;
    bool want;
  };
  const Case cases[] = {{"%", "", true},        {"a%", "ABC", true},  {"_b%", "abc", true}, {"a", "ab", false},
                        {"%c", "abc", true},    {"%b%", "abc", true}, {"a\\_c", "abc", false}, {"a\\_c", "a_c", true},
                        {"%a%a", "banana", true}, {"", "x", false}};
  for (const Case& c : cases) EXPECT_EQ(statements::matches_like(c.pattern, c.text), c.want) << c.pattern;
}

}  // namespace
}  // namespace vif::vtgate
