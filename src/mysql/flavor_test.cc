#include "mysql/flavor.h"

#include <gtest/gtest.h>

#include "mysql/error_codes.h"
#include "rt/fiber.h"
#include "testing/real_server.h"
#include "testing/soon.h"

namespace vif::mysql {
namespace {

using testing::RealServer;
using testing::ServerKind;

using testing::soon;

TEST(Flavor, IsToldByTheVersion) {
  EXPECT_TRUE(Flavor::of("5.5.5-10.11.19-MariaDB-0+deb12u1").is_mariadb());
  EXPECT_TRUE(Flavor::of("11.8.3-MariaDB").is_mariadb());
  EXPECT_FALSE(Flavor::of("9.7.4-2").is_mariadb());
  EXPECT_EQ(Flavor::of("9.7.4-2").reset_binlogs(), "reset binary logs and gtids");
  EXPECT_EQ(Flavor::of("8.0.40-Vitess").reset_binlogs(), "reset master");
  EXPECT_EQ(parse_server_version("10.11.19-MariaDB"), (ServerVersion{10, 11, 19}));
  EXPECT_EQ(parse_server_version("nonsense"), ServerVersion());
}

class FlavorTest : public ::testing::TestWithParam<ServerKind> {};

// A primary and a replica of it, set up with the flavor's words alone.
TEST_P(FlavorTest, Replicates) {
  std::string why;
  RealServer* primary_server = RealServer::shared(GetParam(), why);
  if (primary_server == nullptr) GTEST_SKIP() << why;
  auto replica_server = RealServer::start(GetParam(), {"--server-id=2", "--log-slave-updates"});
  ASSERT_TRUE(replica_server.ok()) << replica_server.error().to_string();
  const Status done = rt::run({}, [&]() -> Status {
    auto primary = VIF_TRY(ClientConnection::connect(primary_server->unix_options(), soon()));
    auto replica = VIF_TRY(ClientConnection::connect((*replica_server)->unix_options(), soon()));
    const Flavor& flavor = Flavor::of(primary->server_version());
    EXPECT_EQ(flavor.is_mariadb(), GetParam() == ServerKind::kMariaDb);
    EXPECT_FALSE(VIF_TRY(replication_status(*replica, soon())).has_value());

    VIF_TRY(primary->execute("create user if not exists repl identified by 'it''s'", soon()));
    VIF_TRY(primary->execute("grant replication slave on *.* to repl", soon()));
    // The replica starts where the primary is now: what came before is not its business here.
    const GtidSet start = VIF_TRY(executed_position(*primary, soon()));
    EXPECT_FALSE(start.empty());
    for (const std::string& sql : flavor.set_position(start))
      VIF_TRY(replica->execute(sql, soon()));
    VIF_TRY(replica->execute(flavor.change_source({.host = "127.0.0.1",
                                                   .port = primary_server->port(),
                                                   .user = "repl",
                                                   .password = "it's",
                                                   .connect_retry_s = 1,
                                                   .heartbeat_period_s = 0,
                                                   .tls = false}),
                             soon()));
    VIF_TRY(replica->execute(flavor.start_replication(), soon()));
    VIF_TRY(set_read_only(*replica, true, soon()));
    EXPECT_TRUE(VIF_TRY(is_read_only(*replica, soon())));

    VIF_TRY(primary->execute("create database if not exists vif_replicated", soon()));
    const GtidSet target = VIF_TRY(executed_position(*primary, soon()));
    VIF_TRY(wait_for_position(*primary, target, soon()));
    VIF_TRY(wait_for_position(*replica, target, soon()));
    EXPECT_EQ(VIF_TRY(replica->execute("show databases like 'vif_replicated'", soon())).rows.size(),
              1u);

    const auto status = VIF_TRY(replication_status(*replica, soon()));
    EXPECT_TRUE(status && status->receiver_running && status->applier_running && status->uses_gtid);
    if (status) {
      EXPECT_TRUE(status->position.contains(target));
      EXPECT_EQ(status->source_port, primary_server->port());
      EXPECT_EQ(status->source_user, "repl");
      EXPECT_EQ(status->source_server_id, 1u);
      EXPECT_EQ(status->last_receiver_error, "");
    }
    VIF_TRY(replica->execute(flavor.stop_replication(), soon()));
    VIF_TRY(primary->execute("drop database vif_replicated", soon()));
    const GtidSet ahead = VIF_TRY(executed_position(*primary, soon()));
    EXPECT_FALSE(
        wait_for_position(*replica, ahead, rt::Deadline::in(std::chrono::milliseconds(300))).ok());
    EXPECT_TRUE(replica->usable());
    VIF_TRY(replica->execute(flavor.reset_replication(), soon()));
    EXPECT_FALSE(VIF_TRY(replication_status(*replica, soon())).has_value());
    VIF_TRY(set_read_only(*replica, false, soon()));
    EXPECT_FALSE(VIF_TRY(is_read_only(*replica, soon())));
    return {};
  });
  EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().to_string());
}

INSTANTIATE_TEST_SUITE_P(Servers, FlavorTest,
                         ::testing::Values(ServerKind::kMariaDb, ServerKind::kMysql),
                         [](const auto& param) { return testing::server_kind_name(param.param); });

}  // namespace
}  // namespace vif::mysql
