// Whole tablets over real servers: a shard's first primary, replication, restarts, a change of
// primary.
#include "vttablet/tablet.h"

#include "mysql/rows.h"
#include "proto/tabletmanagerdata.pb.h"
#include "proto/topodata.pb.h"
#include "rpc/test_server.h"
#include "topo/memory_store.h"
#include "topo/server.h"
#include "vttablet/manager/service.h"
#include "vttablet/manager/tablet_manager.h"
#include "vttablet/real_server.h"

namespace vif::vttablet {
namespace {

using clients::TabletAlias;
using clients::TabletType;
using std::chrono::milliseconds;
using std::chrono::seconds;

rt::Deadline soon() { return rt::Deadline::in(seconds(60)); }

class Values : public mysql::DecodingSink {
 public:
  Status on_row(types::Row row) override {
    rows.push_back(row[0].bytes);
    return {};
  }
  std::vector<std::string> rows;
};

// Two servers and their tablets, 100 and 101 of shard ks/0.
class ShardTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    for (std::unique_ptr<RealServer>& server : servers_) {
      std::string why;
      server = RealServer::start(GetParam(), why);
      if (!server) GTEST_SKIP() << "NO MYSQL SERVER TO TEST WITH: " << why;
    }
  }

  void run(const std::function<Status()>& body) {
    const Status ran = rt::run({}, [&]() -> Status {
      topology_ = VIF_TRY(topo::Server::open(std::make_shared<topo::MemoryStore>(), "", "/"));
      VIF_TRY(topology_->create_cell_info("zone1", topodata::CellInfo()));
      topodata::Keyspace keyspace;
      keyspace.set_durability_policy("semi_sync");
      VIF_TRY(topology_->create_keyspace("ks", keyspace));
      for (int i = 0; i < 2; ++i) VIF_TRY(start_tablet(i));
      const Status done = body();
      for (auto& tablet : tablets_) {
        if (tablet) VIF_TRY(tablet->stop(soon()));
        tablet.reset();
      }
      topology_.reset();
      return done;
    });
    EXPECT_TRUE(ran.ok()) << ran.error().to_string();
  }

  Status start_tablet(int i) {
    TabletOptions options;
    options.alias = {"zone1", static_cast<uint32_t>(100 + i)};
    options.keyspace = "ks";
    options.shard = "0";
    options.hostname = "127.0.0.1";
    options.mysql = servers_[i]->address();
    options.query.health_interval = milliseconds(200);
    options.query.shutdown_grace_period = milliseconds(100);
    options.replication_connect_retry = seconds(1);
    tablets_[i] = VIF_TRY(Tablet::start(*topology_, options));
    return {};
  }

  TabletManager& manager(int i) { return tablets_[i]->manager(); }
  TabletAlias alias(int i) { return tablets_[i]->alias(); }

  Status first_election() {
    const std::string position = VIF_TRY(manager(0).init_primary(true, soon()));
    VIF_TRY(manager(1).init_replica(alias(0), position, 0, true, soon()));
    VIF_TRY(until_serving(0, TabletType::kPrimary));
    return until_serving(1, TabletType::kReplica);
  }

  Status until(const std::string& what, const std::function<bool()>& met) {
    const rt::Deadline deadline = soon();
    while (!met()) {
      if (deadline.passed()) return Error(Code::kDeadlineExceeded, what);
      VIF_TRY(rt::sleep_for(milliseconds(10)));
    }
    return {};
  }
  Status until_serving(int i, TabletType type, bool serving = true) {
    return until(fmt::format("tablet {} {} as {}: {}", i, serving ? "serving" : "not serving",
                             clients::tablet_type_name(type), manager(i).trouble()),
                 [&] {
                   return (manager(i).queries().state_name() == "SERVING") == serving &&
                          manager(i).type() == type;
                 });
  }

  Result<std::vector<std::string>> query(int i, std::string_view sql) {
    clients::ExecuteRequest request;
    request.target = {"ks", "0", manager(i).type()};
    request.sql = sql;
    clients::ExecuteState state;
    Values values;
    VIF_TRY(tablets_[i]->query_service().execute(request, state, values, soon()));
    return values.rows;
  }
  Status until_rows(int i, std::string_view sql, const std::vector<std::string>& rows) {
    return until(fmt::format("rows of {} on tablet {}", sql, i), [&] {
      const auto found = query(i, sql);
      return found.ok() && *found == rows;
    });
  }

  std::unique_ptr<RealServer> servers_[2];
  std::unique_ptr<topo::Server> topology_;
  std::unique_ptr<Tablet> tablets_[2];
};
INSTANTIATE_TEST_SUITE_P(Servers, ShardTest, testing::ValuesIn(test_servers()),
                         [](const auto& param) { return fmt::format("server{}", param.index); });

TEST_P(ShardTest, ANewShardGetsAPrimaryAndReplicates) {
  run([&]() -> Status {
    VIF_TRY(
        until("mysqld reached", [&] { return manager(0).mysql_up() && manager(1).mysql_up(); }));
    EXPECT_EQ(manager(0).queries().state_name(), "NOT_SERVING");
    EXPECT_EQ(manager(1).queries().state_name(), "NOT_SERVING");
    // Seen at the first look at the server after it was reached.
    VIF_TRY(until("replication looked at", [&] {
      return manager(1).queries().replication_error() == "replication is not running";
    }));
    VIF_TRY(first_election());

    VIF_TRY(query(0, "create table t (id int primary key)"));
    VIF_TRY(query(0, "insert into t values (1), (2)"));
    VIF_TRY(until_rows(1, "select id from t order by id", {"1", "2"}));
    EXPECT_TRUE(VIF_TRY(manager(0).replication().semi_sync(soon())).primary_active);
    EXPECT_EQ(VIF_TRY(manager(0).replication().semi_sync(soon())).clients, 1u);
    EXPECT_TRUE(VIF_TRY(manager(1).replication().semi_sync(soon())).replica_active);
    EXPECT_TRUE(VIF_TRY(manager(1).replication().read_only(soon())));

    const topodata::Shard shard = VIF_TRY(topology_->get_shard("ks", "0"));
    EXPECT_EQ(shard.primary_alias().uid(), 100u);
    EXPECT_EQ(shard.primary_term_start_time().seconds(), manager(0).term().seconds);
    const topodata::Tablet record = VIF_TRY(topology_->get_tablet(shard.primary_alias()));
    EXPECT_EQ(record.type(), topodata::PRIMARY);
    EXPECT_EQ(record.mysql_port(), servers_[0]->port());
    VIF_TRY(
        until("serving graph", [&] { return topology_->get_srv_keyspace("zone1", "ks").ok(); }));
    return {};
  });
}

TEST_P(ShardTest, TheControlPlaneRunsSeveralStatementsAtOnce) {
  run([&]() -> Status {
    VIF_TRY(until("mysqld reached", [&] { return manager(0).mysql_up(); }));
    VIF_TRY(manager(0).init_primary(true, soon()));
    VIF_TRY(until_serving(0, TabletType::kPrimary));
    rpc::Served served([&](rpc::Server& server) { add_tablet_manager(server, manager(0)); });
    rpc::Channel channel(served.address);
    constexpr std::string_view kMethod =
        "/tabletmanagerservice.TabletManager/ExecuteMultiFetchAsDba";
    tabletmanagerdata::ExecuteMultiFetchAsDbaRequest request;
    tabletmanagerdata::ExecuteMultiFetchAsDbaResponse response;
    request.set_db_name("made");  // by the first statement
    request.set_sql(
        "create database made; create table made.t (a varchar(9)); "
        "insert into made.t values ('1;2'), ('3'); select a from made.t order by a;");
    VIF_TRY(channel.unary(kMethod, request, response));
    if (response.results_size() != 4) return Error(Code::kInternal, response.DebugString());
    EXPECT_EQ(response.results(2).rows_affected(), 2u);
    EXPECT_EQ(response.results(3).rows_size(), 2);
    EXPECT_EQ(response.results(3).rows(0).values(), "1;2");
    request.set_sql("delete from t; select nothing from t; insert into t values ('x')");
    EXPECT_FALSE(channel.unary(kMethod, request, response).ok());
    EXPECT_EQ(VIF_TRY(query(0, "select count(*) from made.t")), std::vector<std::string>{"0"});
    return {};
  });
}

TEST_P(ShardTest, AServerThatDiesAndComesBackIsTakenUpAgain) {
  run([&]() -> Status {
    VIF_TRY(first_election());
    VIF_TRY(query(0, "create table t (id int primary key)"));
    VIF_TRY(query(0, "insert into t values (1)"));
    // A primary's server: it starts read-only, and must be made writable again.
    servers_[0]->kill_now();
    VIF_TRY(until_serving(0, TabletType::kPrimary, false));
    EXPECT_NE(manager(0).queries().health().latest().error.find("mysqld is not reachable"),
              std::string::npos);
    VIF_TRY(servers_[0]->launch(soon()));
    VIF_TRY(until_serving(0, TabletType::kPrimary));
    VIF_TRY(query(0, "insert into t values (2)"));
    VIF_TRY(until_rows(1, "select id from t order by id", {"1", "2"}));
    // A replica's server: it starts without replicating.
    servers_[1]->kill_now();
    VIF_TRY(until_serving(1, TabletType::kReplica, false));
    VIF_TRY(servers_[1]->launch(soon()));
    VIF_TRY(until_serving(1, TabletType::kReplica));
    VIF_TRY(query(0, "insert into t values (3)"));
    VIF_TRY(until_rows(1, "select id from t order by id", {"1", "2", "3"}));
    // Somebody's hand.
    VIF_TRY(manager(1).replication().set_read_only(false, soon()));
    VIF_TRY(until("fenced again", [&] {
      const auto read_only = manager(1).replication().read_only(soon());
      return read_only.ok() && *read_only;
    }));
    VIF_TRY(manager(1).replication().stop(soon()));
    VIF_TRY(query(0, "insert into t values (5)"));
    VIF_TRY(until_rows(1, "select id from t order by id", {"1", "2", "3", "5"}));
    // The tablet itself: it finds from the shard record that it is the primary.
    VIF_TRY(tablets_[0]->stop(soon()));
    tablets_[0].reset();
    VIF_TRY(start_tablet(0));
    EXPECT_EQ(manager(0).type(), TabletType::kPrimary);
    VIF_TRY(until_serving(0, TabletType::kPrimary));
    return query(0, "insert into t values (4)").ok() ? Status()
                                                     : Error(Code::kInternal, "not writable");
  });
}

TEST_P(ShardTest, AReplicaIsPromotedAndTheOldPrimaryFollowsIt) {
  run([&]() -> Status {
    VIF_TRY(first_election());
    VIF_TRY(query(0, "create table t (id int primary key)"));
    VIF_TRY(query(0, "insert into t values (1)"));
    const PrimaryTerm first_term = manager(0).term();

    const PrimaryStatus demoted = VIF_TRY(manager(0).demote_primary(soon()));
    EXPECT_EQ(manager(0).queries().state_name(), "NOT_SERVING");
    EXPECT_EQ(query(0, "insert into t values (9)").error().code(), Code::kClusterEvent);
    VIF_TRY(manager(0).demote_primary(soon()));
    VIF_TRY(manager(0).undo_demote_primary(true, soon()));
    VIF_TRY(query(0, "insert into t values (2)"));

    const PrimaryStatus again = VIF_TRY(manager(0).demote_primary(soon()));
    EXPECT_NE(again.position, demoted.position);
    VIF_TRY(manager(1).replication().wait_for_position(again.position, soon()));
    // Nobody tells the old primary: it sees the shard record. Semi-sync would wait for it, so it
    // must.
    VIF_TRY(manager(1).promote_replica(true, soon()));
    EXPECT_GT(manager(1).term(), first_term);
    VIF_TRY(until_serving(1, TabletType::kPrimary));
    VIF_TRY(until_serving(0, TabletType::kReplica));
    EXPECT_EQ(VIF_TRY(topology_->get_shard("ks", "0")).primary_alias().uid(), 101u);
    VIF_TRY(query(1, "insert into t values (3)"));
    VIF_TRY(until_rows(0, "select id from t order by id", {"1", "2", "3"}));
    EXPECT_TRUE(VIF_TRY(manager(0).replication().read_only(soon())));

    // And back, told this time.
    const PrimaryStatus back = VIF_TRY(manager(1).demote_primary(soon()));
    VIF_TRY(manager(0).replication().wait_for_position(back.position, soon()));
    VIF_TRY(manager(0).promote_replica(true, soon()));
    const int64_t now_ns = rt::wall_now_us() * 1000;
    rt::TaskGroup group;
    Status following;
    group.spawn([&] {
      following = manager(1).set_replication_source(alias(0), now_ns, true, "", true, soon());
    });
    VIF_TRY(manager(0).populate_reparent_journal(now_ns, "PlannedReparentShard", alias(0),
                                                 back.position, soon()));
    VIF_TRY(group.wait(soon()));
    VIF_TRY(following);
    VIF_TRY(query(0, "insert into t values (4)"));
    return until_rows(1, "select id from t order by id", {"1", "2", "3", "4"});
  });
}

}  // namespace
}  // namespace vif::vttablet
