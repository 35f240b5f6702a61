#include "cmd/daemon.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace vif::cmd {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Folder {
  Folder() {
    char name[] = "/tmp/vif-daemon-XXXXXX";  // mkdtemp fills it in
    path = mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

TEST(PidFile, HoldsOurIdWhileItLives) {
  const Folder folder;
  const std::string path = folder.path + "/pid";
  {
    const PidFile file(path);
    EXPECT_EQ(text_of(path), fmt::format("{}\n", ::getpid()));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(PidFile, LeavesAnothersFileAlone) {
  const Folder folder;
  const std::string path = folder.path + "/pid";
  std::ofstream(path) << "1\n";
  { const PidFile file(path); }
  EXPECT_EQ(text_of(path), "1\n");
}

TEST(Role, RunsItsBodyOnlyOnGoodFlags) {
  int ran = 0;
  const auto run = [&](std::vector<std::string_view> args, Status outcome = {}) {
    FlagSet flags("vtgate");
    DaemonOptions options;
    add_daemon_flags(flags, options);
    return run_role("vtgate", "A summary.", flags, args, [&] { return ++ran, outcome; });
  };
  EXPECT_EQ(run({"--port", "15001"}), 0);
  EXPECT_EQ(ran, 1);
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_EQ(run({"--version"}), 0);
  EXPECT_EQ(run({"--prt", "15001"}), 1);
  EXPECT_EQ(ran, 1);
  EXPECT_EQ(run({}, Error(Code::kUnavailable, "cannot listen")), 1);
  EXPECT_EQ(ran, 2);
}

TEST(Daemon, NeedsATopology) {
  const auto opened = open_topology(DaemonOptions());
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().message(), "topo-implementation flag must be set");
}

TEST(Daemon, PortZeroIsOff) {
  const auto listener = listen_for("HTTP", "", 0);
  ASSERT_TRUE(listener.ok());
  EXPECT_EQ(*listener, nullptr);
}

}  // namespace
}  // namespace vif::cmd
