#include "testing/real_server.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "rt/fiber.h"
#include "rt/process.h"

namespace vif::testing {
namespace {

namespace fs = std::filesystem;

std::string find_binary(ServerKind kind) {
  const bool mysql = kind == ServerKind::kMysql;
  if (const char* named = std::getenv(mysql ? "VIF_MYSQLD" : "VIF_MARIADBD")) return named;
  std::vector<fs::path> places;
  if (mysql) {
    places = {"build/mysql/bin/mysqld", "../build/mysql/bin/mysqld"};
  } else {
    std::istringstream path(std::getenv("PATH") != nullptr ? std::getenv("PATH") : "");
    for (std::string folder; std::getline(path, folder, ':');)
      places.push_back(fs::path(folder) / "mariadbd");
    places.push_back("/usr/sbin/mariadbd");
  }
  for (const fs::path& place : places) {
    if (fs::exists(place)) return fs::absolute(place);
  }
  return {};
}

std::string tail_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const std::string all = text.str();
  return all.size() > 2000 ? all.substr(all.size() - 2000) : all;
}

// What both kinds take, for initialising and for running.
std::vector<std::string> common_arguments(const std::string& binary, const std::string& folder) {
  // A server that starts clears the temporary tables of others whose folder for them is the same.
  std::vector<std::string> arguments = {binary, "--no-defaults", "--datadir=" + folder + "/data",
                                        "--tmpdir=" + folder};
  if (geteuid() == 0) arguments.push_back("--user=root");
  return arguments;
}

struct Shared {
  std::unique_ptr<RealServer> server;
  std::string why_not;
};

Shared& shared_server(ServerKind kind) {
  static Shared servers[2];
  return servers[kind == ServerKind::kMysql ? 0 : 1];
}

}  // namespace

std::string server_kind_name(ServerKind kind) {
  return kind == ServerKind::kMysql ? "MySQL" : "MariaDB";
}

Result<std::unique_ptr<RealServer>> RealServer::start(ServerKind kind,
                                                      std::vector<std::string> arguments) {
  const std::string binary = find_binary(kind);
  if (binary.empty()) {
    return Error(Code::kNotFound,
                 fmt::format("no {} server found; name it in {}", server_kind_name(kind),
                             kind == ServerKind::kMysql ? "VIF_MYSQLD" : "VIF_MARIADBD"));
  }
  auto server = std::unique_ptr<RealServer>(new RealServer());
  server->kind_ = kind;
  std::string folder = (fs::temp_directory_path() / "vif-server-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr)
    return Error(Code::kInternal, "cannot make a temporary folder");
  server->folder_ = folder;
  Status done = rt::run({}, [&]() -> Status {
    VIF_TRY(server->initialize(binary));
    return server->launch(binary, arguments);
  });
  if (!done.ok()) return done.error();
  return server;
}

Status RealServer::initialize(const std::string& binary) {
  rt::ProcessOptions options;
  if (kind_ == ServerKind::kMysql) {
    options.argv = common_arguments(binary, folder_);
    options.argv.push_back("--initialize-insecure");
    options.argv.push_back("--log-error=" + folder_ + "/init.log");
  } else {
    const fs::path beside =
        fs::path(binary).parent_path().parent_path() / "bin" / "mariadb-install-db";
    options.argv =
        common_arguments(fs::exists(beside) ? beside.string() : "mariadb-install-db", folder_);
    options.argv.push_back("--auth-root-authentication-method=normal");
    options.argv.push_back("--force");  // also where no name can be looked up
    options.argv.push_back("--skip-test-db");
  }
  const rt::CommandOutput output =
      VIF_TRY(rt::run_command(options, rt::Deadline::in(std::chrono::minutes(2))));
  if (output.status == 0) return {};
  return Error(Code::kInternal, fmt::format("cannot initialise {}: {}{}", binary, output.text,
                                            tail_of(folder_ + "/init.log")));
}

Status RealServer::launch(const std::string& binary, const std::vector<std::string>& arguments) {
  // A port that was free a moment ago.
  port_ = VIF_TRY(rt::listen(rt::Address::tcp("127.0.0.1", 0)))->address().port;
  rt::ProcessOptions options;
  options.argv = common_arguments(binary, folder_);
  options.argv.insert(
      options.argv.end(),
      {"--socket=" + folder_ + "/s", fmt::format("--port={}", port_), "--bind-address=127.0.0.1",
       "--pid-file=" + folder_ + "/pid", "--skip-name-resolve", "--server-id=1", "--log-bin=bin",
       "--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0", "--max-allowed-packet=67108864",
       "--log-error=" + folder_ + "/error.log"});
  if (kind_ == ServerKind::kMysql) {
    options.argv.insert(
        options.argv.end(),
        {"--mysqlx=OFF", "--secure-file-priv=", "--gtid-mode=ON", "--enforce-gtid-consistency=ON"});
  }
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.die_with_parent = true;
  auto process = VIF_TRY(rt::Process::start(options));
  pid_ = process->pid();
  const rt::Deadline deadline = rt::Deadline::in(std::chrono::minutes(1));
  for (;;) {
    if (mysql::ClientConnection::connect(unix_options(), deadline).ok()) return {};
    if (!process->running() || deadline.passed()) {
      return Error(Code::kInternal,
                   fmt::format("{} did not start: {}", binary, tail_of(folder_ + "/error.log")));
    }
    VIF_TRY(rt::sleep_for(std::chrono::milliseconds(20)));
  }
}

RealServer::~RealServer() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

mysql::ClientOptions RealServer::unix_options() const {
  mysql::ClientOptions options;
  options.address = rt::Address::unix_socket(folder_ + "/s");
  options.user = "root";
  return options;
}

mysql::ClientOptions RealServer::tcp_options(std::string user, std::string password) const {
  mysql::ClientOptions options;
  options.address = rt::Address::tcp("127.0.0.1", port_);
  options.user = std::move(user);
  options.password = std::move(password);
  return options;
}

RealServer* RealServer::shared(ServerKind kind, std::string& why) {
  Shared& shared = shared_server(kind);
  if (!shared.server && shared.why_not.empty()) {
    auto started = start(kind);
    if (started.ok()) {
      shared.server = std::move(*started);
    } else {
      shared.why_not = started.error().to_string();
    }
  }
  why = shared.why_not;
  return shared.server.get();
}

void RealServer::stop_shared() {
  shared_server(ServerKind::kMysql).server.reset();
  shared_server(ServerKind::kMariaDb).server.reset();
}

}  // namespace vif::testing
