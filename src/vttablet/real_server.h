// For tests: a MySQL or MariaDB server of our own in a temporary folder, one for all tests of a
// suite.
//
// The servers come from VIF_TEST_SERVERS (programs or folders, separated by ':'), or else the one
// that mysqld::find_server finds. With none, the tests are skipped, saying so.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mysqld/instance.h"
#include "rt/fiber.h"
#include "rt/net.h"
#include "vttablet/query/options.h"

namespace vif::vttablet {

class RealServer {
 public:
  // Null, with the reason in `why`, when it cannot be had. Not on a fiber.
  static std::unique_ptr<RealServer> start(const std::string& wanted, std::string& why) {
    char name[] = "/tmp/vttablet-test-XXXXXX";
    auto server = std::make_unique<RealServer>();
    server->root_ = ::mkdtemp(name);
    const Status started = rt::run({}, [&]() -> Status {
      const rt::Deadline deadline = rt::Deadline::in(std::chrono::seconds(120));
      mysqld::InstanceOptions options;
      options.server = VIF_TRY(mysqld::find_server(wanted, deadline));
      options.dir = server->root_ + "/vt";
      options.uid = 100;
      options.server_id = static_cast<uint32_t>(1000 + rt::random_below(1000000));
      options.port = VIF_TRY(free_port());
      server->port_ = options.port;
      server->mariadb_ = options.server.flavor == mysqld::Flavor::kMariadb;
      server->instance_ = std::make_unique<mysqld::Instance>(options);
      VIF_TRY(server->instance_->initialise("", deadline));
      return server->launch(deadline);
    });
    if (started.ok()) return server;
    why = started.error().to_string();
    return nullptr;
  }
  ~RealServer() {
    kill_now();
    std::filesystem::remove_all(root_);
  }

  // On a fiber.
  Status launch(rt::Deadline deadline) {
    const std::unique_ptr<rt::Process> process =
        VIF_TRY(rt::Process::start(instance_->process_options()));
    pid_ = process->pid();
    return instance_->wait_ready(deadline);
  }
  void kill_now() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  MysqlServer address() const {
    MysqlServer server;
    server.socket = instance_->socket_path();
    return server;
  }
  uint16_t port() const { return port_; }
  bool mariadb() const { return mariadb_; }

 private:
  static Result<uint16_t> free_port() {
    const auto listener = VIF_TRY(rt::listen(rt::Address::tcp("127.0.0.1", 0)));
    return listener->address().port;
  }

  std::string root_;
  std::unique_ptr<mysqld::Instance> instance_;
  int pid_ = 0;
  uint16_t port_ = 0;
  bool mariadb_ = false;
};

// What each suite is instantiated over. "" stands for whatever is found.
inline std::vector<std::string> test_servers() {
  std::vector<std::string> servers;
  const char* named = std::getenv("VIF_TEST_SERVERS");
  std::string rest = named ? named : "";
  while (!rest.empty()) {
    const size_t colon = std::min(rest.find(':'), rest.size());
    servers.push_back(rest.substr(0, colon));
    rest.erase(0, colon + 1);
  }
  if (servers.empty()) servers.emplace_back();
  return servers;
}

// A test that runs on a fiber against a server that its suite shares; the server is started by the
// first test of its kind.
class RealServerTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    std::string why;
    auto& server = servers()[GetParam()];
    if (!server) server = RealServer::start(GetParam(), why);
    if (!server) GTEST_SKIP() << "NO MYSQL SERVER TO TEST WITH: " << why;
    server_ = server.get();
  }
  static void TearDownTestSuite() { servers().clear(); }

  void run(const std::function<Status()>& body) {
    const Status ran = rt::run({}, body);
    EXPECT_TRUE(ran.ok()) << ran.error().to_string();
  }

  static std::map<std::string, std::unique_ptr<RealServer>>& servers() {
    static std::map<std::string, std::unique_ptr<RealServer>> all;
    return all;
  }
  RealServer* server_ = nullptr;
};

}  // namespace vif::vttablet
