#include "mysqld/server_binary.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "rt/process.h"

namespace vif::mysqld {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProgramNames[] = {"mysqld", "mariadbd"};

bool is_program(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
}

// Every place where the program may be, best first.
std::vector<std::string> candidates(std::string_view wanted) {
  std::vector<std::string> paths;
  const auto add_folder = [&](const std::string& folder) {
    for (std::string_view name : kProgramNames) paths.push_back(fmt::format("{}/{}", folder, name));
  };
  const auto add_root = [&](const std::string& root) {
    for (const char* sub : {"", "/bin", "/sbin", "/usr/sbin", "/usr/bin", "/libexec"})
      add_folder(root + sub);
  };
  if (!wanted.empty()) {
    paths.emplace_back(wanted);
    add_root(std::string(wanted));
    return paths;
  }
  if (const char* program = std::getenv("VIF_MYSQLD")) paths.emplace_back(program);
  if (const char* root = std::getenv("VT_MYSQL_ROOT")) add_root(root);
  std::string_view path = std::getenv("PATH") ? std::getenv("PATH") : "";
  while (!path.empty()) {
    const size_t colon = std::min(path.find(':'), path.size());
    if (colon > 0) add_folder(std::string(path.substr(0, colon)));
    path.remove_prefix(std::min(colon + 1, path.size()));
  }
  for (const char* folder :
       {"/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/usr/local/mysql/bin"})
    add_folder(folder);
  return paths;
}

}  // namespace

std::string ServerBinary::to_string() const {
  return fmt::format("{} {} ({})", flavor == Flavor::kMysql ? "MySQL" : "MariaDB", version, path);
}

Result<ServerBinary> parse_server_version(std::string_view path, std::string_view line) {
  const size_t at = line.find("Ver ");
  ServerBinary binary;
  binary.path = path;
  if (at != std::string_view::npos) {
    std::string_view rest = line.substr(at + 4);
    binary.version = rest.substr(0, rest.find_first_of("- \n"));
    binary.full_version = rest.substr(0, rest.find_first_of(" \n"));
    if (std::sscanf(binary.version.c_str(), "%d.%d", &binary.major, &binary.minor) == 2) {
      const bool mariadb = line.find("MariaDB") != std::string_view::npos;
      binary.flavor = mariadb ? Flavor::kMariadb : Flavor::kMysql;
      return binary;
    }
  }
  return Error(Code::kInvalidArgument,
               fmt::format("{} --version does not name a MySQL version: {}", path, line));
}

Result<ServerBinary> find_server(std::string_view wanted, rt::Deadline deadline) {
  for (const std::string& path : candidates(wanted)) {
    if (!is_program(path)) continue;
    rt::ProcessOptions options;
    options.argv = {path, "--no-defaults", "--version"};
    const rt::CommandOutput output = VIF_TRY(rt::run_command(options, deadline));
    return parse_server_version(path, output.text);
  }
  if (!wanted.empty()) {
    return Error(Code::kNotFound, fmt::format("no mysqld or mariadbd at {}", wanted));
  }
  return Error(Code::kNotFound,
               "no mysqld or mariadbd found; install one (apt-get install mariadb-server) or give "
               "--mysql=PATH");
}

}  // namespace vif::mysqld
