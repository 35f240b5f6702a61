#include "mysqld/instance.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>

#include "rt/fiber.h"
#include "rt/net.h"

namespace vif::mysqld {
namespace {

TEST(ServerVersion, TellsTheFlavors) {
  const struct {
    std::string_view line;
    Flavor flavor;
    std::string_view version;
    std::string_view full_version;
    int major, minor;
  } cases[] = {
      {"mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)",
       Flavor::kMariadb, "10.11.19", "10.11.19-MariaDB-0+deb12u1", 10, 11},
      {"/usr/sbin/mysqld  Ver 8.0.40 for Linux on x86_64 (MySQL Community Server - GPL)",
       Flavor::kMysql, "8.0.40", "8.0.40", 8, 0},
      {"/opt/x/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))", Flavor::kMysql, "9.7.4",
       "9.7.4-2", 9, 7},
  };
  for (const auto& c : cases) {
    const auto parsed = parse_server_version("/x", c.line);
    ASSERT_TRUE(parsed.ok()) << c.line;
    EXPECT_EQ(parsed->flavor, c.flavor);
    EXPECT_EQ(parsed->version, c.version);
    EXPECT_EQ(parsed->full_version, c.full_version);
    EXPECT_EQ(parsed->major, c.major);
    EXPECT_EQ(parsed->minor, c.minor);
  }
  EXPECT_FALSE(parse_server_version("/x", "command not found").ok());
}

TEST(FindServer, SaysWhatIsMissing) {
  const Status ran = rt::run({}, []() -> Status {
    const auto found = find_server("/nonexistent", rt::Deadline::in(std::chrono::seconds(5)));
    EXPECT_FALSE(found.ok());
    if (!found.ok()) {
      EXPECT_EQ(found.error().message(), "no mysqld or mariadbd at /nonexistent");
    }
    return {};
  });
  EXPECT_TRUE(ran.ok());
}

class InstanceTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    char name[] = "/tmp/vif-instance-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    dir_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }
  std::string dir_;
};

// Two servers from one template: made, started, greeted, ended.
Status make_and_start(const std::string& dir, const ServerBinary& server) {
  const auto deadline = rt::Deadline::in(std::chrono::seconds(120));
  for (uint32_t uid : {1u, 2u}) {
    InstanceOptions options;
    options.server = server;
    options.dir = fmt::format("{}/vt_{:010}", dir, uid);
    options.uid = options.server_id = uid;
    options.port = VIF_TRY(rt::listen(rt::Address::tcp("127.0.0.1", 0)))->address().port;
    Instance instance(options);
    EXPECT_FALSE(instance.initialised());
    VIF_TRY(instance.initialise(dir + "/template", deadline));
    EXPECT_TRUE(instance.initialised());
    EXPECT_FALSE(instance.initialise(dir + "/template", deadline).ok());
    const auto process = VIF_TRY(rt::Process::start(instance.process_options()));
    const Status ready = instance.wait_ready(deadline);
    process->signal(SIGTERM);
    const int status = VIF_TRY(process->wait(deadline));
    VIF_TRY(ready);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << instance.error_log_tail(20);
  }
  return {};
}

TEST_P(InstanceTest, IsMadeStartedAndStopped) {
  const char* program = std::getenv(GetParam());
  const std::string wanted = program                                     ? program
                             : std::string(GetParam()) == "VIF_MARIADBD" ? "/usr/sbin/mariadbd"
                                                                         : "";
  if (wanted.empty() || !std::filesystem::exists(wanted))
    GTEST_SKIP() << GetParam() << " names no server";
  const Status ran = rt::run({}, [&]() -> Status {
    const auto server = VIF_TRY(find_server(wanted, rt::Deadline::in(std::chrono::seconds(20))));
    return make_and_start(dir_, server);
  });
  EXPECT_TRUE(ran.ok()) << ran.error().to_string();
}

INSTANTIATE_TEST_SUITE_P(Servers, InstanceTest, testing::Values("VIF_MARIADBD", "VIF_MYSQLD"));

}  // namespace
}  // namespace vif::mysqld
