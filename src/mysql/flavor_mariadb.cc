#include "mysql/flavor_mariadb.h"

namespace vif::mysql {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  types::Value::varchar(std::string(text)).append_sql(out);
  return out;
}

class MariaDbFlavor final : public Flavor {
 public:
  bool is_mariadb() const override { return true; }
  GtidForm gtid_form() const override { return GtidForm::kMariaDb; }
  uint8_t charset() const override { return kCharsetUtf8mb4; }

  // A primary knows what it logged, a replica what it applied; a server that was both has both, and
  // the set keeps the furthest of each domain.
  std::string_view executed_position_query() const override {
    return "select concat_ws(',', nullif(@@global.gtid_binlog_pos, ''), "
           "nullif(@@global.gtid_slave_pos, ''))";
  }
  std::string_view purged_position_query() const override { return "select ''"; }
  std::string_view server_id_query() const override { return "select @@global.server_id"; }
  std::string_view binlog_position_query() const override { return "show master status"; }
  std::string_view replication_status_query() const override { return "show slave status"; }

  std::string_view start_replication() const override { return "start slave"; }
  std::string_view stop_replication() const override { return "stop slave"; }
  std::string_view stop_receiver() const override { return "stop slave io_thread"; }
  std::string_view stop_applier() const override { return "stop slave sql_thread"; }
  std::string_view start_applier() const override { return "start slave sql_thread"; }
  std::string_view reset_replication() const override { return "reset slave all"; }
  std::string_view reset_binlogs() const override { return "reset master"; }
  std::string change_source(const ReplicationSource& source) const override {
    std::string sql = fmt::format(
        "change master to master_host = {}, master_port = {}, master_user = {}, master_password = "
        "{}, "
        "master_connect_retry = {}, master_use_gtid = slave_pos",
        quoted(source.host), source.port, quoted(source.user), quoted(source.password),
        source.connect_retry_s);
    if (source.heartbeat_period_s > 0)
      sql += fmt::format(", master_heartbeat_period = {}", source.heartbeat_period_s);
    if (source.tls) sql += ", master_ssl = 1";
    return sql;
  }
  std::vector<std::string> set_position(const GtidSet& position) const override {
    return {std::string(reset_binlogs()),
            fmt::format("set global gtid_slave_pos = '{}'", position.to_string())};
  }
  // Looks at gtid_slave_pos only, so it never returns on a primary; the verb asks the position
  // first.
  std::string wait_for_position(const GtidSet& position, double seconds) const override {
    return fmt::format("select master_gtid_wait('{}', {:.3f})", position.to_string(), seconds);
  }

  std::string_view semi_sync_source_enabled() const override {
    return "rpl_semi_sync_master_enabled";
  }
  std::string_view semi_sync_replica_enabled() const override {
    return "rpl_semi_sync_slave_enabled";
  }
  std::string_view semi_sync_source_timeout() const override {
    return "rpl_semi_sync_master_timeout";
  }
  std::string_view semi_sync_source_clients() const override {
    return "Rpl_semi_sync_master_clients";
  }
  std::string_view semi_sync_source_status() const override {
    return "Rpl_semi_sync_master_status";
  }
  std::string_view semi_sync_replica_status() const override {
    return "Rpl_semi_sync_slave_status";
  }
  std::string_view fence_variable() const override { return "read_only"; }
};

}  // namespace

const Flavor& mariadb_flavor() {
  static const MariaDbFlavor kFlavor;
  return kFlavor;
}

}  // namespace vif::mysql
