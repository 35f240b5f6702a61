// Finds the MySQL or MariaDB server program of this machine and tells what it is.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "rt/time.h"

namespace vif::mysqld {

enum class Flavor : uint8_t { kMysql, kMariadb };

struct ServerBinary {
  std::string path;  // of mysqld or mariadbd
  Flavor flavor = Flavor::kMysql;
  int major = 0;
  int minor = 0;
  std::string version;            // "10.11.19", "9.7.4"
  std::string full_version;       // as VERSION() begins: "10.11.19-MariaDB-0+deb12u1", "9.7.4-2"
  std::string to_string() const;  // "MariaDB 10.11.19 (/usr/sbin/mariadbd)"
};

// Reads one line of `mysqld --version`. Errors: kInvalidArgument when it is none.
Result<ServerBinary> parse_server_version(std::string_view path, std::string_view line);

// `wanted` is a program, or a folder that holds one (itself, bin/ or sbin/); empty: VIF_MYSQLD of
// the environment, VT_MYSQL_ROOT, then mysqld and mariadbd in PATH and the sbin folders. Waits for
// `--version`. Errors: kNotFound, with what to install.
Result<ServerBinary> find_server(std::string_view wanted, rt::Deadline deadline);

}  // namespace vif::mysqld
