// Replication of our mysqld: where it stands, what it follows, what it may be written by. MySQL 8.0
// to 9.x and MariaDB, told apart by the server's own version; everything else in vttablet is the
// same for both.
//
// Positions are Vitess's texts: "MySQL56/<uuid>:1-5", "MariaDB/0-1-5".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vttablet/query/pool.h"

namespace vif::vttablet {

// Numbers are replicationdata.Status's io_state and sql_state.
enum class ThreadState : int32_t { kUnknown = 0, kStopped = 1, kConnecting = 2, kRunning = 3 };

struct ReplicaStatus {
  std::string source_host;
  uint16_t source_port = 0;
  std::string source_user;
  ThreadState io = ThreadState::kUnknown;
  ThreadState sql = ThreadState::kUnknown;
  std::optional<uint32_t> lag_s;  // absent: the server does not know
  std::string io_error;
  std::string sql_error;
  std::string position;        // executed
  std::string relay_position;  // received
  uint32_t source_server_id = 0;
  std::string source_uuid;  // "" on MariaDB
  int32_t connect_retry = 0;
  bool running() const { return io == ThreadState::kRunning && sql == ThreadState::kRunning; }
};

struct SemiSync {
  bool primary_enabled = false;
  bool replica_enabled = false;
  bool primary_active = false;  // status, not setting
  bool replica_active = false;
  uint32_t clients = 0;
};

// Every verb takes a dba connection from the pool for its time; waits. Errors: of mysqld.
class Replication {
 public:
  Replication(Pool& dba, MysqlUser replication_user, rt::Duration connect_retry)
      : dba_(dba), user_(std::move(replication_user)), connect_retry_(connect_retry) {}

  // Of what was executed here.
  Result<std::string> position(rt::Deadline deadline);
  // nullopt: this server is no replica.
  Result<std::optional<ReplicaStatus>> status(rt::Deadline deadline);
  // Follows that server from the position where this one stands.
  Status set_source(std::string_view host, uint16_t port, bool start, rt::Deadline deadline);
  Status start(rt::Deadline deadline);
  Status stop(rt::Deadline deadline);
  Status stop_io(rt::Deadline deadline);
  // Forgets the source. The data and positions stay.
  Status reset_source(rt::Deadline deadline);
  // Forgets the source and all GTIDs, and empties the binary logs: for a server about to be
  // initialised.
  Status reset_all(rt::Deadline deadline);
  // Takes `position` as already executed. REQUIRES: nothing executed here (reset_all).
  Status set_position(std::string_view position, rt::Deadline deadline);
  // Until `position` was executed here. Errors: kDeadlineExceeded; kFailedPrecondition when this is
  // no replica and does not have it.
  Status wait_for_position(std::string_view position, rt::Deadline deadline);

  Result<bool> read_only(rt::Deadline deadline);
  // super_read_only where the server has it.
  Status set_read_only(bool on, rt::Deadline deadline);
  // As primary wait for an acknowledgement, as replica give them; each only where it differs from
  // what is set. A replica whose setting changed is reconnected to its source, which is when it
  // counts.
  Status set_semi_sync(bool as_primary, bool as_replica, rt::Deadline deadline);
  Result<SemiSync> semi_sync(rt::Deadline deadline);

  // server_uuid, or a stand-in for servers that have none (MariaDB), made of the server id.
  Result<std::string> server_uuid(rt::Deadline deadline);
  Result<uint16_t> port(rt::Deadline deadline);
  // Rows of statements as the dba user, for what has no verb here.
  Result<mysql::QueryResult> query(std::string_view sql, rt::Deadline deadline);
  // Several statements on one connection; `binlog` false keeps them out of the binary log.
  Status run(const std::vector<std::string>& statements, bool binlog, rt::Deadline deadline);

 private:
  struct Session;  // a connection and its dialect
  Result<Session> session(rt::Deadline deadline);

  Pool& dba_;
  MysqlUser user_;
  rt::Duration connect_retry_;
};

// The flavor's name and the GTID set of a position. Errors: kInvalidArgument.
struct PositionText {
  std::string flavor;
  std::string gtid_set;
};
Result<PositionText> parse_position(std::string_view text);

}  // namespace vif::vttablet
