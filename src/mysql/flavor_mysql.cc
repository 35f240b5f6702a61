#include "mysql/flavor_mysql.h"

namespace vif::mysql {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  types::Value::varchar(std::string(text)).append_sql(out);
  return out;
}

class MysqlFlavor final : public Flavor {
 public:
  explicit constexpr MysqlFlavor(bool old_words) : old_words_(old_words) {}

  bool is_mariadb() const override { return false; }
  GtidForm gtid_form() const override { return GtidForm::kMysql; }
  uint8_t charset() const override { return kCharsetUtf8mb4Default80; }

  std::string_view executed_position_query() const override {
    return "select @@global.gtid_executed";
  }
  std::string_view purged_position_query() const override { return "select @@global.gtid_purged"; }
  std::string_view server_id_query() const override { return "select @@global.server_uuid"; }
  std::string_view binlog_position_query() const override {
    return old_words_ ? "show master status" : "show binary log status";
  }
  std::string_view replication_status_query() const override { return "show replica status"; }

  std::string_view start_replication() const override { return "start replica"; }
  std::string_view stop_replication() const override { return "stop replica"; }
  std::string_view stop_receiver() const override { return "stop replica io_thread"; }
  std::string_view stop_applier() const override { return "stop replica sql_thread"; }
  std::string_view start_applier() const override { return "start replica sql_thread"; }
  std::string_view reset_replication() const override { return "reset replica all"; }
  std::string_view reset_binlogs() const override {
    return old_words_ ? "reset master" : "reset binary logs and gtids";
  }
  std::string change_source(const ReplicationSource& source) const override {
    std::string sql = fmt::format(
        "change replication source to source_host = {}, source_port = {}, source_user = {}, "
        "source_password = {}, "
        "source_connect_retry = {}, source_auto_position = 1",
        quoted(source.host), source.port, quoted(source.user), quoted(source.password),
        source.connect_retry_s);
    if (source.heartbeat_period_s > 0)
      sql += fmt::format(", source_heartbeat_period = {}", source.heartbeat_period_s);
    // caching_sha2_password needs one of the two.
    sql += source.tls ? ", source_ssl = 1" : ", get_source_public_key = 1";
    return sql;
  }
  std::vector<std::string> set_position(const GtidSet& position) const override {
    return {std::string(reset_binlogs()),
            fmt::format("set global gtid_purged = '{}'", position.to_string())};
  }
  std::string wait_for_position(const GtidSet& position, double seconds) const override {
    return fmt::format("select wait_for_executed_gtid_set('{}', {:.3f})", position.to_string(),
                       seconds);
  }

  std::string_view semi_sync_source_enabled() const override {
    return "rpl_semi_sync_source_enabled";
  }
  std::string_view semi_sync_replica_enabled() const override {
    return "rpl_semi_sync_replica_enabled";
  }
  std::string_view semi_sync_source_timeout() const override {
    return "rpl_semi_sync_source_timeout";
  }
  std::string_view semi_sync_source_clients() const override {
    return "Rpl_semi_sync_source_clients";
  }
  std::string_view semi_sync_source_status() const override {
    return "Rpl_semi_sync_source_status";
  }
  std::string_view semi_sync_replica_status() const override {
    return "Rpl_semi_sync_replica_status";
  }
  std::string_view fence_variable() const override { return "super_read_only"; }

 private:
  bool old_words_;
};

}  // namespace

const Flavor& mysql_flavor(ServerVersion version) {
  static const MysqlFlavor kBefore82(true);
  static const MysqlFlavor kNow(false);
  return version < ServerVersion{8, 2, 0} ? kBefore82 : kNow;
}

}  // namespace vif::mysql
