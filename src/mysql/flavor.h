// What MySQL and MariaDB do differently: the words of replication, semi-synchronous
// acknowledgement, read-only fencing and GTID positions. The statements are data; the verbs below
// run them on a connection.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mysql/client_conn.h"
#include "mysql/gtid.h"
#include "rt/time.h"

namespace vif::mysql {

// Where a replica replicates from.
struct ReplicationSource {
  std::string host;
  uint16_t port = 0;
  std::string user;
  std::string password;
  int connect_retry_s = 10;
  double heartbeat_period_s = 0;  // 0: the server's own
  bool tls = false;
};

struct ServerVersion {
  int major = 0, minor = 0, patch = 0;
  auto operator<=>(const ServerVersion&) const = default;
};

class Flavor {
 public:
  virtual ~Flavor() = default;
  // By the greeting's version: "9.7.4", "8.0.40-Vitess", "10.11.19-MariaDB-..." (with or without
  // "5.5.5-"). The flavor lives as long as the process.
  static const Flavor& of(std::string_view server_version);

  virtual bool is_mariadb() const = 0;
  virtual GtidForm gtid_form() const = 0;
  // utf8mb4 in the server's own default collation.
  virtual uint8_t charset() const = 0;

  // One row, one column: the GTID set of all that this server has committed or applied.
  virtual std::string_view executed_position_query() const = 0;
  virtual std::string_view purged_position_query() const = 0;
  virtual std::string_view server_id_query() const = 0;        // server_uuid, or what stands for it
  virtual std::string_view binlog_position_query() const = 0;  // first columns: file, position
  virtual std::string_view replication_status_query() const = 0;

  virtual std::string_view start_replication() const = 0;
  virtual std::string_view stop_replication() const = 0;
  virtual std::string_view stop_receiver() const = 0;
  virtual std::string_view stop_applier() const = 0;
  virtual std::string_view start_applier() const = 0;
  // Forgets the source and everything received from it.
  virtual std::string_view reset_replication() const = 0;
  // Forgets all binlogs and the position.
  virtual std::string_view reset_binlogs() const = 0;
  virtual std::string change_source(const ReplicationSource& source) const = 0;
  // Makes a server without transactions believe that it has these.
  virtual std::vector<std::string> set_position(const GtidSet& position) const = 0;
  // One row, one column, NULL or a number; see position_reached.
  virtual std::string wait_for_position(const GtidSet& position, double seconds) const = 0;

  // Semi-sync: names of variables, and of the status that says how many replicas acknowledge.
  virtual std::string_view semi_sync_source_enabled() const = 0;
  virtual std::string_view semi_sync_replica_enabled() const = 0;
  virtual std::string_view semi_sync_source_timeout() const = 0;
  virtual std::string_view semi_sync_source_clients() const = 0;
  virtual std::string_view semi_sync_source_status() const = 0;
  virtual std::string_view semi_sync_replica_status() const = 0;

  // "super_read_only", or "read_only" where nothing stops administrators (MariaDB).
  virtual std::string_view fence_variable() const = 0;
};

struct ReplicationStatus {
  GtidSet position;  // applied
  GtidSet received;  // fetched into the relay log, where the server tells
  bool receiver_running = false;
  bool receiver_connecting = false;
  bool applier_running = false;
  std::optional<uint32_t> lag_s;  // absent: not replicating, or not known
  std::string source_host;
  uint16_t source_port = 0;
  std::string source_user;
  std::string source_uuid;
  uint32_t source_server_id = 0;
  std::string last_receiver_error;
  std::string last_applier_error;
  bool uses_gtid = false;
};

// All of these wait. Errors: the server's, and the connection's.
Result<GtidSet> executed_position(ClientConnection& connection, rt::Deadline deadline);
// nullopt: not set up as a replica.
Result<std::optional<ReplicationStatus>> replication_status(ClientConnection& connection,
                                                            rt::Deadline deadline);
// Until the server has `position`. Errors: kDeadlineExceeded; kFailedPrecondition when it cannot
// get there.
Status wait_for_position(ClientConnection& connection, const GtidSet& position,
                         rt::Deadline deadline);
// Fences the server against writes, or lifts the fence.
Status set_read_only(ClientConnection& connection, bool read_only, rt::Deadline deadline);
Result<bool> is_read_only(ClientConnection& connection, rt::Deadline deadline);

ServerVersion parse_server_version(std::string_view text);

}  // namespace vif::mysql
