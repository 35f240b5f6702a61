#include "vtgate/tx.h"

#include <gtest/gtest.h>

#include "vtgate/fake_cluster_test.h"

namespace vif::vtgate {
namespace {

using Texts = std::vector<std::string>;

Session session_in(const std::string& keyspace) {
  Session session;
  session.keyspace = session.target_string = keyspace;
  return session;
}

// Hash of 1 is in -80, of 4 in 80-.
constexpr std::string_view kLeft = "update users set name = 'a' where user_id = 1";
constexpr std::string_view kRight = "update users set name = 'b' where user_id = 4";

void affects_one(FakeCluster& cluster) {
  for (const char* shard : {"commerce/-80", "commerce/80-"}) {
    cluster.tablet(shard).set_answer([](const clients::ExecuteRequest&) -> Result<testing::FakeResult> {
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
    EXPECT_TRUE(second.error().message().starts_with("multi-db transaction attempted: ")) << second.error().message();
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
    ASSERT_EQ(session.warnings.size(), 1u);
    EXPECT_EQ(session.warnings[0].code, 301);
    EXPECT_EQ(session.warnings[0].message, "multi-db commit failed after committing to 1 shards: -80");
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
    cluster.tablet("commerce/80-").set_answer([](const clients::ExecuteRequest& request) -> Result<testing::FakeResult> {
      if (request.sql.starts_with("update")) return Error(Code::kAlreadyExists, 1062, "23000", "Duplicate entry");
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
    cluster.tablet("commerce/-80").set_answer([](const clients::ExecuteRequest&) -> Result<testing::FakeResult> {
      return Error(Code::kUnavailable, "connection lost");
    });
    const auto lost = cluster.run(session, kLeft);
    ASSERT_FALSE(lost.ok());
    EXPECT_EQ(lost.error().message(),
              "VT15001: transaction error, issue ROLLBACK and retry the transaction: target: commerce.-80.primary: "
              "connection lost");
    EXPECT_EQ(cluster.run(session, kRight).error().message(),
              "VT09032: previous transaction failed. Issue a ROLLBACK to resolve the failure.");
    EXPECT_FALSE(cluster.run(session, "commit").ok());
    ASSERT_TRUE(cluster.run(session, "rollback").ok());
    EXPECT_FALSE(session.in_transaction);
    ASSERT_TRUE(cluster.run(session, kRight).ok());
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
