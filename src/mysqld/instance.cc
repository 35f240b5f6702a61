#include "mysqld/instance.h"

#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/log.h"
#include "mysqld/init_db.h"
#include "rt/fiber.h"
#include "rt/net.h"

namespace vif::mysqld {
namespace {

namespace fs = std::filesystem;

Error from_errno(std::string what) {
  const Code code = errno == ENOSPC   ? Code::kResourceExhausted
                    : errno == EACCES ? Code::kPermissionDenied
                                      : Code::kInternal;
  return Error(code, fmt::format("{}: {}", what, std::strerror(errno)));
}

Status make_dirs(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) return {};
  errno = error.value();
  return from_errno("cannot make " + path);
}

Status write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return from_errno("cannot write " + path);
  return {};
}

std::string tail(const std::string& path, int lines_max) {
  std::ifstream in(path, std::ios::binary);
  std::deque<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
    if (static_cast<int>(lines.size()) > lines_max) lines.pop_front();
  }
  return fmt::format("{}", fmt::join(lines, "\n"));
}

// A server started by root must be told to stay root, or it refuses to start.
void add_user(std::vector<std::string>& argv) {
  if (::geteuid() == 0) argv.push_back("--user=root");
}

// Where MariaDB keeps the SQL that makes its system tables.
Result<std::string> share_dir(const std::string& program) {
  const fs::path bin = fs::path(program).parent_path();
  for (const char* relative : {"../share/mysql", "../share/mariadb", "../share",
                               "../root/usr/share/mysql", "../root/usr/share/mariadb"}) {
    const fs::path dir = bin / relative;
    for (const char* name : {"mysql_system_tables.sql", "mariadb_system_tables.sql"}) {
      if (fs::exists(dir / name)) return fs::weakly_canonical(dir).string();
    }
  }
  return Error(Code::kNotFound, "no mysql_system_tables.sql beside " + program);
}

Result<std::string> mariadb_bootstrap_sql(const std::string& program) {
  const std::string dir = VIF_TRY(share_dir(program));
  std::string sql =
      "create database if not exists mysql;\nuse mysql;\nSET @auth_root_socket=NULL;\n";
  for (const char* part : {"system_tables", "performance_tables", "system_tables_data"}) {
    std::ifstream in(fmt::format("{}/mysql_{}.sql", dir, part));
    if (!in) in.open(fmt::format("{}/mariadb_{}.sql", dir, part));
    if (!in) return Error(Code::kNotFound, fmt::format("cannot read {} of {}", part, dir));
    std::ostringstream text;
    text << in.rdbuf();
    sql += text.str();
  }
  return sql;
}

// One line for people, of all that a command has printed, which goes to the log.
Error failed_command(const std::string& what, const std::string& output) {
  VIF_LOG(kError, "{}:\n{}", what, output);
  bool full = false;
  std::string first, telling;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    full = full || line.find("No space left") != std::string::npos ||
           line.find("error 28") != std::string::npos;
    if (first.empty()) first = line;
    if (telling.empty() && line.find("[ERROR]") != std::string::npos) telling = line;
  }
  if (full)
    return Error(Code::kResourceExhausted, what + ": the disk is full (No space left on device)");
  return Error(Code::kInternal, fmt::format("{}: {}", what, telling.empty() ? first : telling));
}

}  // namespace

Instance::Instance(InstanceOptions options) : options_(std::move(options)) {}

std::string Instance::socket_path() const {
  return options_.socket_path.empty() ? options_.dir + "/mysql.sock" : options_.socket_path;
}

std::string Instance::init_sql() const {
  return options_.init_db_sql.empty() ? init_db_sql(options_.server.flavor) : options_.init_db_sql;
}

bool Instance::initialised() const { return fs::exists(options_.dir + "/data/vif_initialised"); }

std::string Instance::error_log_tail(int lines_max) const {
  return tail(error_log_path(), lines_max);
}

std::string Instance::my_cnf_text() const {
  const InstanceOptions& o = options_;
  std::string text = "[mysqld]\n";
  const auto line = [&](std::string_view name, const auto& value) {
    text += fmt::format("{} = {}\n", name, value);
  };
  line("datadir", o.dir + "/data");
  line("tmpdir", o.dir + "/tmp");
  line("secure-file-priv", o.dir + "/tmp");
  line("socket", socket_path());
  line("pid-file", pid_path());
  line("log-error", error_log_path());
  line("slow-query-log-file", o.dir + "/slow-query.log");
  line("port", o.port);
  line("bind-address", o.bind_address);
  line("server-id", o.server_id);
  line("log-bin", fmt::format("{}/bin-logs/vt-{:010}-bin", o.dir, o.uid));
  line("relay-log", fmt::format("{}/relay-logs/vt-{:010}-relay-bin", o.dir, o.uid));
  line("innodb_buffer_pool_size", fmt::format("{}M", o.buffer_pool_mib));
  text +=
      "skip-name-resolve\n"
      "character-set-server = utf8mb4\n"
      "max_allowed_packet = 64M\n"
      "max_connections = 500\n"
      "connect_timeout = 30\n"
      "innodb_lock_wait_timeout = 20\n"
      "binlog_format = ROW\n"
      "binlog_row_image = FULL\n"
      "performance_schema = OFF\n"
      "long_query_time = 2\n"
      // A killed process loses nothing that it wrote to the kernel; the semi-sync replica covers
      // the machine.
      "sync_binlog = 0\n"
      "innodb_flush_log_at_trx_commit = 2\n";
  if (o.server.flavor == Flavor::kMariadb) {
    text +=
        "collation-server = utf8mb4_general_ci\n"
        "skip-slave-start\n"
        "read_only = ON\n"
        "gtid_strict_mode = ON\n"
        "log_slave_updates = ON\n"
        "expire_logs_days = 3\n"
        "slave_net_timeout = 8\n"
        "innodb_log_file_size = 32M\n"
        "rpl_semi_sync_master_timeout = 1000000000000000000\n"
        "rpl_semi_sync_master_wait_no_slave = ON\n"
        "rpl_semi_sync_master_wait_point = AFTER_SYNC\n"
        "binlog_row_metadata = FULL\n";
  } else {
    text +=
        "skip_replica_start = ON\n"
        "super_read_only = ON\n"
        "gtid_mode = ON\n"
        "enforce_gtid_consistency = ON\n"
        "relay_log_recovery = ON\n"
        "binlog_expire_logs_seconds = 259200\n"
        "replica_net_timeout = 8\n"
        "mysqlx = OFF\n"
        "innodb_redo_log_capacity = 64M\n"
        "plugin-load-add = rpl_semi_sync_source=semisync_source.so\n"
        "plugin-load-add = rpl_semi_sync_replica=semisync_replica.so\n"
        "loose_rpl_semi_sync_source_timeout = 1000000000000000000\n"
        "loose_rpl_semi_sync_source_wait_no_replica = ON\n"
        "loose_rpl_semi_sync_source_wait_point = AFTER_SYNC\n"
        "binlog_row_metadata = FULL\n";
  }
  text += o.extra_cnf;
  return text;
}

Status Instance::write_my_cnf() const { return write_file(my_cnf_path(), my_cnf_text()); }

rt::ProcessOptions Instance::process_options() const {
  rt::ProcessOptions options;
  options.argv = {options_.server.path, "--defaults-file=" + my_cnf_path()};
  add_user(options.argv);
  options.stdout_path = error_log_path();
  options.stderr_path = error_log_path();
  options.new_session = true;
  return options;
}

Status Instance::wait_ready(rt::Deadline deadline) const {
  const rt::Address address = rt::Address::unix_socket(socket_path());
  while (true) {
    const auto stream = rt::dial(address, deadline);
    // The socket file appears before the server listens on it; the greeting says that it does.
    if (stream.ok()) {
      char byte = 0;
      const Result<size_t> greeted = (*stream)->read_some(std::span<char>(&byte, 1), deadline);
      if (greeted.ok() && *greeted == 1) return {};
    }
    if (deadline.passed()) {
      return Error(Code::kDeadlineExceeded,
                   fmt::format("mysqld of {} did not become ready; its log ends with:\n{}",
                               options_.dir, error_log_tail()));
    }
    VIF_TRY(rt::sleep_for(std::chrono::milliseconds(20)));
  }
}

Status Instance::initialise(const std::string& template_dir, rt::Deadline deadline) {
  if (initialised()) return Error(Code::kAlreadyExists, options_.dir + " is initialised already");
  // A half-made data folder of an interrupted start is of no use to anyone.
  std::error_code ignored;
  fs::remove_all(options_.dir + "/data", ignored);
  for (const char* sub : {"", "/tmp", "/bin-logs", "/relay-logs"})
    VIF_TRY(make_dirs(options_.dir + sub));
  VIF_TRY(write_my_cnf());
  if (template_dir.empty()) {
    VIF_TRY(build_data_dir(options_.dir + "/data", deadline));
  } else {
    VIF_TRY(copy_template(template_dir, deadline));
  }
  return write_file(options_.dir + "/data/vif_initialised", options_.server.version + "\n");
}

Status Instance::copy_template(const std::string& template_dir, rt::Deadline deadline) const {
  const std::string ready = template_dir + "/data";
  if (!fs::exists(ready)) {
    const std::string making = fmt::format("{}/making.{}", template_dir, ::getpid());
    std::error_code error;
    fs::remove_all(making, error);
    VIF_TRY(make_dirs(template_dir));
    VIF_TRY(build_data_dir(making, deadline));
    fs::remove(making + "/auto.cnf", error);  // the copies must not share a server_uuid
    fs::rename(making, ready, error);
    if (error && !fs::exists(ready)) {
      errno = error.value();
      return from_errno("cannot put the data template in place");
    }
  }
  rt::ProcessOptions copy;
  copy.argv = {"cp", "-a", "--reflink=auto", ready, options_.dir + "/data"};
  const rt::CommandOutput output = VIF_TRY(rt::run_command(copy, deadline));
  if (output.status == 0) return {};
  return failed_command("cannot copy the data template", output.text);
}

Status Instance::build_data_dir(const std::string& data_dir, rt::Deadline deadline) const {
  VIF_TRY(make_dirs(data_dir));
  return options_.server.flavor == Flavor::kMariadb ? bootstrap_mariadb(data_dir, deadline)
                                                    : bootstrap_mysql(data_dir, deadline);
}

Status Instance::bootstrap_mariadb(const std::string& data_dir, rt::Deadline deadline) const {
  const std::string sql_path = data_dir + ".sql";
  VIF_TRY(write_file(sql_path, VIF_TRY(mariadb_bootstrap_sql(options_.server.path)) + init_sql()));
  rt::ProcessOptions options;
  options.argv = {options_.server.path,        "--no-defaults",    "--bootstrap",
                  "--datadir=" + data_dir,     "--log-warnings=0", "--character-set-server=utf8mb4",
                  "--innodb-log-file-size=32M"};
  add_user(options.argv);
  options.stdin_path = sql_path;
  const rt::CommandOutput output = VIF_TRY(rt::run_command(options, deadline));
  std::error_code ignored;
  fs::remove(sql_path, ignored);
  if (output.status == 0) return {};
  return failed_command(fmt::format("mariadbd could not make its data folder {}", data_dir),
                        output.text);
}

Status Instance::bootstrap_mysql(const std::string& data_dir, rt::Deadline deadline) const {
  const std::string sql_path = data_dir + ".sql";
  VIF_TRY(write_file(sql_path, init_sql()));
  rt::ProcessOptions options;
  options.argv = {
      options_.server.path,    "--no-defaults",           "--initialize-insecure",
      "--datadir=" + data_dir, "--init-file=" + sql_path, "--innodb-redo-log-capacity=64M",
      "--mysqlx=OFF"};
  add_user(options.argv);
  const rt::CommandOutput output = VIF_TRY(rt::run_command(options, deadline));
  std::error_code ignored;
  fs::remove(sql_path, ignored);
  if (output.status == 0) return {};
  return failed_command(fmt::format("mysqld could not make its data folder {}", data_dir),
                        output.text);
}

}  // namespace vif::mysqld
