// One MySQL server of ours on disk: its folder in Vitess's layout, its my.cnf, its first
// initialisation, and how it is started and stopped. Who keeps it running is the caller's matter.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "mysqld/server_binary.h"
#include "rt/process.h"

namespace vif::mysqld {

struct InstanceOptions {
  ServerBinary server;
  std::string dir;          // .../vt_0000000100
  std::string socket_path;  // empty: dir/mysql.sock
  uint32_t uid = 0;         // of the tablet; names the logs
  uint32_t server_id = 0;
  std::string bind_address = "127.0.0.1";
  uint16_t port = 0;
  int buffer_pool_mib = 64;
  std::string extra_cnf;    // lines added at the end of my.cnf
  std::string init_db_sql;  // run once in a fresh data folder; empty: init_db_sql(flavor)
};

class Instance {
 public:
  explicit Instance(InstanceOptions options);

  const InstanceOptions& options() const { return options_; }
  std::string socket_path() const;
  std::string my_cnf_path() const { return options_.dir + "/my.cnf"; }
  std::string error_log_path() const { return options_.dir + "/error.log"; }
  std::string pid_path() const { return options_.dir + "/mysql.pid"; }

  // True once initialise() has finished for this folder.
  bool initialised() const;
  // Makes the folders and a fresh data folder with Vitess's accounts. With a `template_dir` the
  // data folder is made there once a server version and copied from then on, which takes a fraction
  // of the time. Waits. Errors: kAlreadyExists; kInternal with the end of the server's own log;
  // kResourceExhausted (disk full).
  Status initialise(const std::string& template_dir, rt::Deadline deadline);
  // Writes my.cnf anew (options may have changed since).
  Status write_my_cnf() const;
  std::string my_cnf_text() const;

  // How to start the server in the foreground; its output goes to error.log.
  rt::ProcessOptions process_options() const;
  // Until it takes connections over its socket. Errors: kDeadlineExceeded with the end of the error
  // log.
  Status wait_ready(rt::Deadline deadline) const;
  // The last lines of the error log, for messages.
  std::string error_log_tail(int lines_max = 5) const;

 private:
  Status build_data_dir(const std::string& data_dir, rt::Deadline deadline) const;
  Status bootstrap_mariadb(const std::string& data_dir, rt::Deadline deadline) const;
  Status bootstrap_mysql(const std::string& data_dir, rt::Deadline deadline) const;
  Status copy_template(const std::string& template_dir, rt::Deadline deadline) const;
  std::string init_sql() const;

  InstanceOptions options_;
};

}  // namespace vif::mysqld
