// A real MySQL or MariaDB server in a temporary folder, for tests that compare with the original.
//
// The binary is what the environment's VIF_MYSQLD or VIF_MARIADBD names, else
// build/mysql/bin/mysqld or `mariadbd` in PATH or /usr/sbin. Where there is none, tests skip and
// say so.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "mysql/client_conn.h"

namespace vif::testing {

enum class ServerKind { kMysql, kMariaDb };
std::string server_kind_name(ServerKind kind);

class RealServer {
 public:
  // Makes a data folder, starts the server with `arguments` added and waits until it answers. Not
  // inside rt::run. Errors: kNotFound when there is no such binary.
  static Result<std::unique_ptr<RealServer>> start(ServerKind kind,
                                                   std::vector<std::string> arguments = {});
  // Kills it and removes its folder.
  ~RealServer();
  RealServer(const RealServer&) = delete;

  ServerKind kind() const { return kind_; }
  // As root, without a password, over its unix socket.
  mysql::ClientOptions unix_options() const;
  // The same over TCP; root@localhost may not come this way, so name a user.
  mysql::ClientOptions tcp_options(std::string user, std::string password) const;
  const std::string& folder() const { return folder_; }
  uint16_t port() const { return port_; }
  int pid() const { return pid_; }

  // The one server of this kind that all tests of a program share; started by the first who asks,
  // stopped by stop_shared(). Null when it could not be started: `why` says why.
  static RealServer* shared(ServerKind kind, std::string& why);
  static void stop_shared();

 private:
  RealServer() = default;
  Status initialize(const std::string& binary);
  Status launch(const std::string& binary, const std::vector<std::string>& arguments);

  ServerKind kind_ = ServerKind::kMysql;
  std::string folder_;
  uint16_t port_ = 0;
  int pid_ = 0;
};

}  // namespace vif::testing
