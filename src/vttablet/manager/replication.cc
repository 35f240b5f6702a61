#include "vttablet/manager/replication.h"

#include <charconv>

#include "base/log.h"
#include "rt/fiber.h"

namespace vif::vttablet {
namespace {

// The words in which the servers differ.
struct Dialect {
  std::string_view flavor;
  std::string_view executed;  // a query for the executed GTID set
  std::string_view show_status;
  std::string_view start, stop, stop_io, reset, reset_logs;
  std::string_view super_read_only;                       // "" where there is none
  std::string_view semi_sync_primary, semi_sync_replica;  // setting
  std::string_view semi_sync_primary_status, semi_sync_replica_status, semi_sync_clients;  // status
  bool mariadb = false;
};

constexpr Dialect kMysql = {
    .flavor = "MySQL56",
    .executed = "select @@global.gtid_executed",
    .show_status = "show replica status",
    .start = "start replica",
    .stop = "stop replica",
    .stop_io = "stop replica io_thread",
    .reset = "reset replica all",
    .reset_logs = "reset binary logs and gtids",
    .super_read_only = "super_read_only",
    .semi_sync_primary = "rpl_semi_sync_source_enabled",
    .semi_sync_replica = "rpl_semi_sync_replica_enabled",
    .semi_sync_primary_status = "Rpl_semi_sync_source_status",
    .semi_sync_replica_status = "Rpl_semi_sync_replica_status",
    .semi_sync_clients = "Rpl_semi_sync_source_clients",
};

constexpr Dialect kMariadb = {
    .flavor = "MariaDB",
    .executed = "select @@global.gtid_current_pos",
    .show_status = "show slave status",
    .start = "start slave",
    .stop = "stop slave",
    .stop_io = "stop slave io_thread",
    .reset = "reset slave all",
    .reset_logs = "reset master",
    .super_read_only = "",
    .semi_sync_primary = "rpl_semi_sync_master_enabled",
    .semi_sync_replica = "rpl_semi_sync_slave_enabled",
    .semi_sync_primary_status = "Rpl_semi_sync_master_status",
    .semi_sync_replica_status = "Rpl_semi_sync_slave_status",
    .semi_sync_clients = "Rpl_semi_sync_master_clients",
    .mariadb = true,
};

std::string literal(std::string_view text) {
  std::string out;
  types::Value::varchar(std::string(text)).append_sql(out);
  return out;
}

template <typename Integer>
Integer to_integer(std::string_view text) {
  Integer value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// A row by the names of its columns; both servers' names are tried.
class NamedRow {
 public:
  explicit NamedRow(const mysql::QueryResult& result) : result_(result) {}
  const types::Value* find(std::string_view mysql_name, std::string_view mariadb_name = {}) const {
    for (size_t i = 0; i < result_.fields.size(); ++i) {
      const std::string& name = result_.fields[i].name;
      if (name == mysql_name || (!mariadb_name.empty() && name == mariadb_name))
        return &result_.rows[0][i];
    }
    return nullptr;
  }
  std::string text(std::string_view mysql_name, std::string_view mariadb_name = {}) const {
    const types::Value* value = find(mysql_name, mariadb_name);
    return value ? value->bytes : std::string();
  }

 private:
  const mysql::QueryResult& result_;
};

ThreadState thread_state(std::string_view text) {
  if (text == "Yes") return ThreadState::kRunning;
  if (text == "Connecting" || text == "Preparing") return ThreadState::kConnecting;
  if (text == "No") return ThreadState::kStopped;
  return ThreadState::kUnknown;
}

std::string without_newlines(std::string text) {
  std::erase(text, '\n');
  return text;
}

}  // namespace

struct Replication::Session {
  Pool::Lease lease;
  const Dialect* dialect;

  Result<mysql::QueryResult> query(std::string_view sql, rt::Deadline deadline) {
    return lease.wire().execute(sql, deadline);
  }
  // The only value of the only row; "" for none or NULL.
  Result<std::string> value(std::string_view sql, rt::Deadline deadline) {
    mysql::QueryResult result = VIF_TRY(query(sql, deadline));
    if (result.rows.empty() || result.rows[0].empty()) return std::string();
    return std::move(result.rows[0][0].bytes);
  }
  Result<std::string> position(rt::Deadline deadline) {
    return fmt::format("{}/{}", dialect->flavor,
                       without_newlines(VIF_TRY(value(dialect->executed, deadline))));
  }
  Result<std::map<std::string, std::string>> pairs(std::string_view sql, rt::Deadline deadline) {
    std::map<std::string, std::string> found;
    for (types::Row& row : VIF_TRY(query(sql, deadline)).rows) {
      if (row.size() >= 2) found[row[0].bytes] = std::move(row[1].bytes);
    }
    return found;
  }
};

Result<PositionText> parse_position(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    return Error(Code::kInvalidArgument,
                 fmt::format("parse error: unknown GTIDSet flavor in position \"{}\"", text));
  }
  PositionText position{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
  if (position.flavor != kMysql.flavor && position.flavor != kMariadb.flavor) {
    return Error(Code::kInvalidArgument,
                 fmt::format("parse error: unknown GTIDSet flavor \"{}\"", position.flavor));
  }
  return position;
}

Result<Replication::Session> Replication::session(rt::Deadline deadline) {
  Session session{VIF_TRY(dba_.get({}, deadline)), &kMysql};
  if (session.lease.wire().server_version().find("MariaDB") != std::string::npos)
    session.dialect = &kMariadb;
  return session;
}

Result<std::string> Replication::position(rt::Deadline deadline) {
  Session session = VIF_TRY(this->session(deadline));
  return session.position(deadline);
}

Result<std::optional<ReplicaStatus>> Replication::status(rt::Deadline deadline) {
  Session session = VIF_TRY(this->session(deadline));
  const mysql::QueryResult result = VIF_TRY(session.query(session.dialect->show_status, deadline));
  if (result.rows.empty()) return std::optional<ReplicaStatus>();
  const NamedRow row(result);
  ReplicaStatus status;
  status.source_host = row.text("Source_Host", "Master_Host");
  status.source_port = to_integer<uint16_t>(row.text("Source_Port", "Master_Port"));
  status.source_user = row.text("Source_User", "Master_User");
  status.io = thread_state(row.text("Replica_IO_Running", "Slave_IO_Running"));
  status.sql = thread_state(row.text("Replica_SQL_Running", "Slave_SQL_Running"));
  const types::Value* lag = row.find("Seconds_Behind_Source", "Seconds_Behind_Master");
  if (lag && !lag->is_null()) status.lag_s = to_integer<uint32_t>(lag->bytes);
  status.io_error = row.text("Last_IO_Error");
  status.sql_error = row.text("Last_SQL_Error");
  status.source_server_id = to_integer<uint32_t>(row.text("Source_Server_Id", "Master_Server_Id"));
  status.source_uuid = row.text("Source_UUID");
  status.connect_retry = to_integer<int32_t>(row.text("Connect_Retry"));
  status.position = VIF_TRY(session.position(deadline));
  // MySQL's Retrieved_Gtid_Set is what this source sent; what was received is that and all that was
  // executed.
  status.relay_position = status.position;
  if (session.dialect->mariadb) {
    if (const std::string io = row.text("Gtid_IO_Pos"); !io.empty())
      status.relay_position = "MariaDB/" + io;
  } else if (const std::string got = without_newlines(row.text("Retrieved_Gtid_Set"));
             !got.empty()) {
    const std::string executed = without_newlines(row.text("Executed_Gtid_Set"));
    status.relay_position =
        fmt::format("MySQL56/{}{}{}", executed, executed.empty() ? "" : ",", got);
  }
  return std::optional<ReplicaStatus>(std::move(status));
}

Status Replication::set_source(std::string_view host, uint16_t port, bool start,
                               rt::Deadline deadline) {
  Session session = VIF_TRY(this->session(deadline));
  const auto retry_s = std::max<int64_t>(
      1, std::chrono::duration_cast<std::chrono::seconds>(connect_retry_).count());
  VIF_TRY(session.query(session.dialect->stop, deadline));
  if (session.dialect->mariadb) {
    // A former primary's own last transactions are part of where it stands.
    VIF_TRY(session.query("set global gtid_slave_pos = @@global.gtid_current_pos", deadline));
    VIF_TRY(session.query(
        fmt::format("change master to master_host = {}, master_port = {}, master_user = {}, "
                    "master_password = {}, "
                    "master_connect_retry = {}, master_use_gtid = slave_pos",
                    literal(host), port, literal(user_.name), literal(user_.password), retry_s),
        deadline));
  } else {
    VIF_TRY(session.query(
        fmt::format(
            "change replication source to source_host = {}, source_port = {}, source_user = {}, "
            "source_password = {}, source_connect_retry = {}, source_auto_position = 1, "
            "get_source_public_key = 1",
            literal(host), port, literal(user_.name), literal(user_.password), retry_s),
        deadline));
  }
  if (start) VIF_TRY(session.query(session.dialect->start, deadline));
  return {};
}

Status Replication::start(rt::Deadline deadline) {
  Session session = VIF_TRY(this->session(deadline));
  VIF_TRY(session.query(session.dialect->start, deadline));
  return {};
}

Status Replication::stop(rt::Deadline deadline) {
  Session session = VIF_TRY(this->session(deadline));
  VIF_TRY(session.query(session.dialect->stop, deadline));
  return {};
}

Status Replication::stop_io(rt::Deadline deadline) {
  Session session = VIF_TRY(this->session(deadline));
  VIF_TRY(session.query(session.dialect->stop_io, deadline));
  return {};
}

Status Replication::reset_source(rt::Deadline deadline) {
  Session session = VIF_TRY(this->session(deadline));
  VIF_TRY(session.query(session.dialect->stop, deadline));
  VIF_TRY(session.query(session.dialect->reset, deadline));
  return {};
}

Status Replication::reset_all(rt::Deadline deadline) {
  VIF_TRY(reset_source(deadline));
  Session session = VIF_TRY(this->session(deadline));
  VIF_TRY(session.query(session.dialect->reset_logs, deadline));
  if (session.dialect->mariadb) VIF_TRY(session.query("set global gtid_slave_pos = ''", deadline));
  return {};
}

Status Replication::set_position(std::string_view position, rt::Deadline deadline) {
  const PositionText parsed = VIF_TRY(parse_position(position));
  Session session = VIF_TRY(this->session(deadline));
  if (session.dialect->mariadb) {
    VIF_TRY(session.query(fmt::format("set global gtid_slave_pos = {}", literal(parsed.gtid_set)),
                          deadline));
  } else {
    VIF_TRY(session.query(fmt::format("set global gtid_purged = {}", literal(parsed.gtid_set)),
                          deadline));
  }
  return {};
}

Status Replication::wait_for_position(std::string_view position, rt::Deadline deadline) {
  const PositionText parsed = VIF_TRY(parse_position(position));
  Session session = VIF_TRY(this->session(deadline));
  const Error late(Code::kDeadlineExceeded,
                   fmt::format("timed out waiting for position {}", position));
  // The server waits for at most a second at a time, so that a fiber that is cancelled does not
  // leave it waiting.
  while (true) {
    if (session.dialect->mariadb) {
      const std::string done = VIF_TRY(session.value(
          fmt::format("select master_gtid_wait({}, 1)", literal(parsed.gtid_set)), deadline));
      if (done == "0") return {};
      // That function knows only what came by replication; a primary has it by having written it.
      if (VIF_TRY(session.value("select @@global.gtid_current_pos", deadline)) == parsed.gtid_set)
        return {};
    } else {
      const std::string done = VIF_TRY(session.value(
          fmt::format("select wait_for_executed_gtid_set({}, 1)", literal(parsed.gtid_set)),
          deadline));
      if (done == "0") return {};
    }
    if (deadline.passed()) return late;
    VIF_TRY(rt::check(deadline));
  }
}

Result<bool> Replication::read_only(rt::Deadline deadline) {
  Session session = VIF_TRY(this->session(deadline));
  return VIF_TRY(session.value("select @@global.read_only", deadline)) == "1";
}

Status Replication::set_read_only(bool on, rt::Deadline deadline) {
  Session session = VIF_TRY(this->session(deadline));
  // Setting super_read_only sets read_only; clearing read_only clears both.
  const bool super = on && !session.dialect->super_read_only.empty();
  VIF_TRY(session.query(
      fmt::format("set global {} = {}", super ? session.dialect->super_read_only : "read_only",
                  on ? "on" : "off"),
      deadline));
  return {};
}

Result<SemiSync> Replication::semi_sync(rt::Deadline deadline) {
  Session session = VIF_TRY(this->session(deadline));
  const Dialect& dialect = *session.dialect;
  const auto variables =
      VIF_TRY(session.pairs("show global variables like 'rpl_semi_sync%enabled'", deadline));
  const auto statuses =
      VIF_TRY(session.pairs("show global status like 'rpl_semi_sync%'", deadline));
  const auto is_on = [](const std::map<std::string, std::string>& map, std::string_view name) {
    const auto it = map.find(std::string(name));
    return it != map.end() && it->second == "ON";
  };
  SemiSync found;
  found.primary_enabled = is_on(variables, dialect.semi_sync_primary);
  found.replica_enabled = is_on(variables, dialect.semi_sync_replica);
  found.primary_active = is_on(statuses, dialect.semi_sync_primary_status);
  found.replica_active = is_on(statuses, dialect.semi_sync_replica_status);
  if (const auto it = statuses.find(std::string(dialect.semi_sync_clients)); it != statuses.end()) {
    found.clients = to_integer<uint32_t>(it->second);
  }
  return found;
}

Status Replication::set_semi_sync(bool as_primary, bool as_replica, rt::Deadline deadline) {
  Session session = VIF_TRY(this->session(deadline));
  const Dialect& dialect = *session.dialect;
  const auto variables =
      VIF_TRY(session.pairs("show global variables like 'rpl_semi_sync%enabled'", deadline));
  const auto set = [&](std::string_view name, bool on) -> Result<bool> {
    const auto it = variables.find(std::string(name));
    if (it == variables.end()) {
      if (!on) return false;
      return Error(
          Code::kFailedPrecondition,
          fmt::format("semi-sync plugins are not loaded: the server has no variable {}", name));
    }
    if ((it->second == "ON") == on) return false;
    VIF_TRY(session.query(fmt::format("set global {} = {}", name, on ? "on" : "off"), deadline));
    return true;
  };
  VIF_TRY(set(dialect.semi_sync_primary, as_primary));
  if (!VIF_TRY(set(dialect.semi_sync_replica, as_replica))) return {};
  const mysql::QueryResult status = VIF_TRY(session.query(dialect.show_status, deadline));
  if (status.rows.empty()) return {};
  if (thread_state(NamedRow(status).text("Replica_IO_Running", "Slave_IO_Running")) ==
      ThreadState::kStopped)
    return {};
  VIF_TRY(session.query(dialect.stop_io, deadline));
  VIF_TRY(session.query(dialect.start, deadline));
  return {};
}

Result<std::string> Replication::server_uuid(rt::Deadline deadline) {
  Session session = VIF_TRY(this->session(deadline));
  if (!session.dialect->mariadb) return session.value("select @@global.server_uuid", deadline);
  const std::string id = VIF_TRY(session.value("select @@global.server_id", deadline));
  return fmt::format("00000000-0000-0000-0000-{:012x}", to_integer<uint64_t>(id));
}

Result<uint16_t> Replication::port(rt::Deadline deadline) {
  Session session = VIF_TRY(this->session(deadline));
  return to_integer<uint16_t>(VIF_TRY(session.value("select @@global.port", deadline)));
}

Result<mysql::QueryResult> Replication::query(std::string_view sql, rt::Deadline deadline) {
  Session session = VIF_TRY(this->session(deadline));
  return session.query(sql, deadline);
}

Status Replication::run(const std::vector<std::string>& statements, bool binlog,
                        rt::Deadline deadline) {
  Session session = VIF_TRY(this->session(deadline));
  // A session without binary log must not go back to the pool.
  if (!binlog) session.lease.taint();
  if (!binlog) VIF_TRY(session.query("set sql_log_bin = 0", deadline));
  for (const std::string& statement : statements) VIF_TRY(session.query(statement, deadline));
  return {};
}

}  // namespace vif::vttablet
