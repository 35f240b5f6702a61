#include "cmd/mysqlctl.h"

#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/flags.h"
#include "cmd/version.h"
#include "cmd/vitess_flags.h"
#include "local/layout.h"
#include "mysqld/instance.h"
#include "rt/fiber.h"

namespace vif::cmd {
namespace {

namespace fs = std::filesystem;

struct Options {
  int tablet_uid = 41983;
  int mysql_port = 3306;
  std::string mysql_socket;
  std::string tablet_dir;
  std::string init_db_sql_file;
  std::chrono::nanoseconds wait_time = std::chrono::minutes(5);
};

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error(Code::kNotFound, "cannot read " + path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Result<mysqld::Instance> open_instance(const Options& options, rt::Deadline deadline) {
  mysqld::InstanceOptions instance;
  instance.server = VIF_TRY(mysqld::find_server("", deadline));
  const std::string folder = options.tablet_dir.empty()
                                 ? fmt::format("vt_{:010}", options.tablet_uid)
                                 : options.tablet_dir;
  instance.dir = fs::absolute(fs::path(local::default_data_dir()) / folder).string();
  instance.socket_path = options.mysql_socket;
  instance.uid = static_cast<uint32_t>(options.tablet_uid);
  instance.server_id = static_cast<uint32_t>(options.tablet_uid);
  instance.port = static_cast<uint16_t>(options.mysql_port);
  if (!options.init_db_sql_file.empty())
    instance.init_db_sql = VIF_TRY(read_file(options.init_db_sql_file));
  return mysqld::Instance(std::move(instance));
}

// Of the server that its pid file names; 0 when none runs.
int running_pid(const mysqld::Instance& instance) {
  const auto text = read_file(instance.pid_path());
  const int pid = text.ok() ? std::atoi(text->c_str()) : 0;
  return pid > 1 && ::kill(pid, 0) == 0 ? pid : 0;
}

Status start(mysqld::Instance& instance, rt::Deadline deadline) {
  if (!instance.initialised()) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("{} is not initialised; run mysqlctl init", instance.options().dir));
  }
  // A second server on the same files would wait for their locks, and take over when the first
  // ends.
  if (running_pid(instance) == 0) VIF_TRY(rt::Process::start(instance.process_options()));
  return instance.wait_ready(deadline);
}

Status shut_down(const mysqld::Instance& instance, rt::Deadline deadline) {
  const int pid = running_pid(instance);
  if (pid == 0 || ::kill(pid, SIGTERM) != 0) return {};
  while (::kill(pid, 0) == 0 || fs::exists(instance.pid_path())) {
    if (deadline.passed())
      return Error(Code::kDeadlineExceeded, fmt::format("mysqld {} does not end", pid));
    VIF_TRY(rt::sleep_for(std::chrono::milliseconds(50)));
  }
  return {};
}

Status run_command(const std::string& command, const Options& options) {
  const rt::Deadline deadline = rt::Deadline::in(options.wait_time);
  mysqld::Instance instance = VIF_TRY(open_instance(options, deadline));
  if (command == "init") {
    VIF_TRY(instance.initialise("", deadline));
    return start(instance, deadline);
  }
  if (command == "init_config" || command == "reinit_config") return instance.write_my_cnf();
  if (command == "start") return start(instance, deadline);
  VIF_TRY(shut_down(instance, deadline));
  if (command == "teardown") {
    std::error_code error;
    fs::remove_all(instance.options().dir, error);
    if (error)
      return Error(Code::kInternal,
                   fmt::format("cannot remove {}: {}", instance.options().dir, error.message()));
  }
  return {};
}

}  // namespace

int mysqlctl_main(Args args) {
  Options options;
  FlagSet flags("mysqlctl");
  flags.add("tablet-uid", &options.tablet_uid, "tablet uid; names the folder");
  flags.add("mysql-port", &options.mysql_port, "MySQL port");
  flags.add("mysql-socket", &options.mysql_socket, "path of the server's socket");
  flags.add("tablet-dir", &options.tablet_dir, "folder below $VTDATAROOT, instead of vt_<uid>");
  flags.add("init-db-sql-file", &options.init_db_sql_file, "SQL to run in a fresh server (init)");
  flags.add("wait-time", &options.wait_time, "how long to wait for the server");
  accept_vitess_flags("mysqlctl", flags);
  const Status parsed = flags.parse(args);
  constexpr std::string_view kCommands[] = {"init",  "init_config", "reinit_config",
                                            "start", "shutdown",    "teardown"};
  if (parsed.ok() && flags.version_wanted()) {
    std::puts(version_line().c_str());
    return 0;
  }
  if (parsed.ok() && (flags.help_wanted() || flags.positional().empty())) {
    const std::string text = flags.help_text(
        fmt::format("Initialises, starts and stops the MySQL server of one tablet.\nCommands: {}",
                    fmt::join(kCommands, ", ")));
    std::fputs(text.c_str(), flags.help_wanted() ? stdout : stderr);
    return flags.help_wanted() ? 0 : 1;
  }
  Status done = parsed;
  if (done.ok()) {
    const std::string& command = flags.positional()[0];
    const bool known =
        std::find(std::begin(kCommands), std::end(kCommands), command) != std::end(kCommands);
    done = known ? rt::run({}, [&] { return run_command(command, options); })
                 : Status(Error(Code::kInvalidArgument,
                                fmt::format("unknown command \"{}\" for \"mysqlctl\"", command)));
  }
  if (done.ok()) return 0;
  std::fputs(fmt::format("mysqlctl: {}\n", done.error().message()).c_str(), stderr);
  return 1;
}

}  // namespace vif::cmd
