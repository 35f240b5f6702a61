#include "mysql/flavor.h"

#include <charconv>

#include "mysql/flavor_mariadb.h"
#include "mysql/flavor_mysql.h"

namespace vif::mysql {
namespace {

template <typename Int>
Int number(std::string_view text) {
  Int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

const Flavor& flavor_of(const ClientConnection& connection) {
  return Flavor::of(connection.server_version());
}

Result<std::string> one_value(ClientConnection& connection, std::string_view sql,
                              rt::Deadline deadline) {
  QueryResult result = VIF_TRY(connection.execute(sql, deadline));
  if (result.rows.empty() || result.rows[0].empty()) return std::string();
  return std::move(result.rows[0][0].bytes);
}

// The one row of SHOW REPLICA STATUS, by column name. A column has one of two names.
class StatusRow {
 public:
  explicit StatusRow(const QueryResult& result) : result_(result) {}
  const types::Value* find(std::string_view name, std::string_view old_name) const {
    for (size_t i = 0; i < result_.fields.size(); ++i) {
      const std::string& column = result_.fields[i].name;
      if (column == name || column == old_name) return &result_.rows[0][i];
    }
    return nullptr;
  }
  std::string_view text(std::string_view name, std::string_view old_name = {}) const {
    const types::Value* value = find(name, old_name);
    return value == nullptr ? std::string_view() : std::string_view(value->bytes);
  }

 private:
  const QueryResult& result_;
};

}  // namespace

ServerVersion parse_server_version(std::string_view text) {
  ServerVersion version;
  int* const parts[] = {&version.major, &version.minor, &version.patch};
  for (int* part : parts) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), *part);
    text.remove_prefix(static_cast<size_t>(parsed.ptr - text.data()));
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  return version;
}

const Flavor& Flavor::of(std::string_view server_version) {
  if (server_version.find("MariaDB") != std::string_view::npos) return mariadb_flavor();
  return mysql_flavor(parse_server_version(server_version));
}

Result<GtidSet> executed_position(ClientConnection& connection, rt::Deadline deadline) {
  const Flavor& flavor = flavor_of(connection);
  const std::string text =
      VIF_TRY(one_value(connection, flavor.executed_position_query(), deadline));
  return GtidSet::parse(flavor.gtid_form(), text);
}

Result<std::optional<ReplicationStatus>> replication_status(ClientConnection& connection,
                                                            rt::Deadline deadline) {
  const Flavor& flavor = flavor_of(connection);
  const QueryResult result =
      VIF_TRY(connection.execute(flavor.replication_status_query(), deadline));
  if (result.rows.empty()) return std::optional<ReplicationStatus>();
  const StatusRow row(result);
  ReplicationStatus status;
  status.position = VIF_TRY(executed_position(connection, deadline));
  const std::string_view receiver = row.text("Replica_IO_Running", "Slave_IO_Running");
  status.receiver_running = receiver == "Yes";
  status.receiver_connecting = receiver == "Connecting" || receiver == "Preparing";
  status.applier_running = row.text("Replica_SQL_Running", "Slave_SQL_Running") == "Yes";
  const types::Value* lag = row.find("Seconds_Behind_Source", "Seconds_Behind_Master");
  if (lag != nullptr && !lag->is_null()) status.lag_s = number<uint32_t>(lag->bytes);
  status.source_host = row.text("Source_Host", "Master_Host");
  status.source_port = number<uint16_t>(row.text("Source_Port", "Master_Port"));
  status.source_user = row.text("Source_User", "Master_User");
  status.source_uuid = row.text("Source_UUID", "Master_UUID");
  status.source_server_id = number<uint32_t>(row.text("Source_Server_Id", "Master_Server_Id"));
  status.last_receiver_error = row.text("Last_IO_Error");
  status.last_applier_error = row.text("Last_SQL_Error");
  if (flavor.is_mariadb()) {
    status.uses_gtid = row.text("Using_Gtid") != "No";
    status.received = VIF_TRY(GtidSet::parse(GtidForm::kMariaDb, row.text("Gtid_IO_Pos")));
  } else {
    status.uses_gtid = row.text("Auto_Position") == "1";
    status.received = VIF_TRY(GtidSet::parse(GtidForm::kMysql, row.text("Retrieved_Gtid_Set")));
  }
  return std::optional(std::move(status));
}

Status wait_for_position(ClientConnection& connection, const GtidSet& position,
                         rt::Deadline deadline) {
  if (position.empty()) return {};
  const Flavor& flavor = flavor_of(connection);
  if (position.form() != flavor.gtid_form()) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("server cannot reach position {}: it is of another flavor",
                             encode_position(position)));
  }
  if (VIF_TRY(executed_position(connection, deadline)).contains(position)) return {};
  constexpr double kSecondsMax = 86400;
  const double left = std::chrono::duration<double>(deadline.remaining()).count();
  // The server gives up before the connection would have to be thrown away.
  const double seconds = std::clamp(left - 0.1, 0.0, kSecondsMax);
  const std::string answer =
      VIF_TRY(one_value(connection, flavor.wait_for_position(position, seconds), deadline));
  if (answer == "0") return {};
  if (answer.empty()) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("waiting for position {} failed: replication is not running",
                             position.to_string()));
  }
  return Error(Code::kDeadlineExceeded,
               fmt::format("timed out waiting for position {}", position.to_string()));
}

Status set_read_only(ClientConnection& connection, bool read_only, rt::Deadline deadline) {
  const Flavor& flavor = flavor_of(connection);
  // Lifting super_read_only alone would leave read_only on.
  const std::string_view variable = read_only ? flavor.fence_variable() : "read_only";
  auto done = connection.execute(
      fmt::format("set global {} = {}", variable, read_only ? "on" : "off"), deadline);
  return done.ok() ? Status() : Status(done.error());
}

Result<bool> is_read_only(ClientConnection& connection, rt::Deadline deadline) {
  return VIF_TRY(one_value(connection, "select @@global.read_only", deadline)) != "0";
}

}  // namespace vif::mysql
