#include "mysqld/init_db.h"

namespace vif::mysqld {
namespace {

constexpr std::string_view kAppGrants =
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, FILE, REFERENCES, INDEX, "
    "ALTER, SHOW DATABASES, "
    "CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, "
    "CREATE ROUTINE, "
    "ALTER ROUTINE, CREATE USER, EVENT, TRIGGER";

struct Account {
  std::string_view name;
  std::string_view host;
  std::string grants;
};

}  // namespace

std::string init_db_sql(Flavor flavor) {
  const std::string app(kAppGrants);
  // MariaDB gives REPLICATION CLIENT's rights on the binary log under another name as well.
  const std::string replication_reader = flavor == Flavor::kMariadb
                                             ? ", REPLICATION SLAVE, SLAVE MONITOR, BINLOG MONITOR"
                                             : ", REPLICATION SLAVE";
  const Account accounts[] = {
      {"vt_dba", "localhost", "ALL"},
      {"vt_app", "localhost", flavor == Flavor::kMariadb ? app + ", SLAVE MONITOR" : app},
      {"vt_appdebug", "localhost", "SELECT, SHOW DATABASES, PROCESS"},
      {"vt_allprivs", "localhost", app + replication_reader},
      {"vt_filtered", "localhost", app + replication_reader},
      {"vt_repl", "%", "REPLICATION SLAVE"},
      {"vt_monitoring", "localhost", "SELECT, PROCESS, SUPER, REPLICATION CLIENT, RELOAD"},
  };
  std::string sql = "SET SESSION sql_log_bin = 0;\nFLUSH PRIVILEGES;\n";
  for (const Account& account : accounts) {
    sql += fmt::format("CREATE USER IF NOT EXISTS '{}'@'{}';\n", account.name, account.host);
    sql += fmt::format("GRANT {} ON *.* TO '{}'@'{}'{};\n", account.grants, account.name,
                       account.host, account.name == "vt_dba" ? " WITH GRANT OPTION" : "");
  }
  sql += "DROP DATABASE IF EXISTS test;\n";
  sql += "FLUSH PRIVILEGES;\n";
  return sql;
}

}  // namespace vif::mysqld
