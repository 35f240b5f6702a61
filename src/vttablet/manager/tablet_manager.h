// The tablet's manager: its records in the topology, its type, and its mysqld's part in
// replication.
//
// One fiber looks at the world every second and at every event, and does what is missing: serve, or
// stop; follow the shard's primary; be writable only while the shard record names this tablet. So a
// mysqld that was restarted, a source that moved and a record that was lost mend without a hand.
// The verbs are those that the control plane calls; one at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "clients/query_service.h"
#include "rt/fiber.h"
#include "rt/sync.h"
#include "topo/server.h"
#include "vttablet/manager/replication.h"
#include "vttablet/query/query_server.h"
#include "vttablet/tablet.h"

namespace vif::vttablet {

// When a tablet became primary: vttime.Time.
struct PrimaryTerm {
  int64_t seconds = 0;
  int32_t nanoseconds = 0;
  auto operator<=>(const PrimaryTerm&) const = default;
};

struct PrimaryStatus {
  std::string position;
  std::string server_uuid;
};

class TabletManager {
 public:
  TabletManager(topo::Server& topology, const TabletOptions& options, QueryServer& queries);
  ~TabletManager();

  // Decides the type (PRIMARY when the shard record names this tablet) and writes the records.
  // Waits.
  Status init();
  // Starts to follow. After init().
  void start();
  // Stops following, stops serving, clears the addresses of the tablet record. Waits.
  Status stop(rt::Deadline deadline);

  clients::TabletType type() const { return type_; }
  PrimaryTerm term() const { return term_; }
  bool mysql_up() const { return mysql_up_; }
  // Why this tablet is not in order, for status pages; "" when it is.
  const std::string& trouble() const { return trouble_; }
  const TabletOptions& options() const { return options_; }
  QueryServer& queries() { return queries_; }
  Replication& replication() { return replication_; }
  Pool& app_pool() { return app_; }

  // Reparenting. Each waits for its turn, and for mysqld.
  //
  // First primary of a new shard. Returns the position that its replicas begin from.
  Result<std::string> init_primary(bool semi_sync, rt::Deadline deadline);
  // Begins anew from `position` of `parent`. `time_created_ns` non-zero: waits for that entry of
  // the reparent journal.
  Status init_replica(const clients::TabletAlias& parent, std::string_view position,
                      int64_t time_created_ns, bool semi_sync, rt::Deadline deadline);
  Status populate_reparent_journal(int64_t time_created_ns, std::string_view action,
                                   const clients::TabletAlias& primary, std::string_view position,
                                   rt::Deadline deadline);
  // Stops serving and writing; idempotent. Undone by undo_demote_primary(), or by becoming a
  // replica.
  Result<PrimaryStatus> demote_primary(rt::Deadline deadline);
  Status undo_demote_primary(bool semi_sync, rt::Deadline deadline);
  // Becomes the primary from where it stands. Returns that position.
  Result<std::string> promote_replica(bool semi_sync, rt::Deadline deadline);
  Status set_replication_source(const clients::TabletAlias& parent, int64_t time_created_ns,
                                bool force_start_replication, std::string_view wait_position,
                                bool semi_sync, rt::Deadline deadline);
  // The follower leaves replication stopped until it is started again.
  Status stop_replication(rt::Deadline deadline);
  Status stop_io_thread(rt::Deadline deadline);
  Status start_replication(bool semi_sync, rt::Deadline deadline);
  Status reset_replication(rt::Deadline deadline);
  Result<PrimaryStatus> primary_status(rt::Deadline deadline);
  Status set_read_only(bool on, rt::Deadline deadline);

  // REPLICA, RDONLY, SPARE, DRAINED...; PRIMARY is reached by the verbs above.
  Status change_type(clients::TabletType type, bool semi_sync, rt::Deadline deadline);
  // Reads the records again and acts on them.
  Status refresh_state(rt::Deadline deadline);
  Status run_health_check(rt::Deadline deadline);

 private:
  // What was last read of the shard record.
  struct ShardView {
    bool known = false;
    std::optional<clients::TabletAlias> primary;
    PrimaryTerm term;
  };

  void follow();
  void follow_shard();
  void follow_serving_graph();
  void step(rt::Deadline deadline);
  Status step_as_primary(bool read_only, rt::Deadline deadline);
  Status step_as_replica(bool read_only, rt::Deadline deadline);
  Status repair_replication(const std::optional<ReplicaStatus>& status, rt::Deadline deadline);
  void report_lag(const std::optional<ReplicaStatus>& status);
  void mysql_is_lost(const Error& error);

  Status become(clients::TabletType type);
  Status become_primary(bool semi_sync, rt::Deadline deadline);
  Status make_writable(bool semi_sync, rt::Deadline deadline);
  Status make_databases(rt::Deadline deadline);
  Result<bool> databases_exist(rt::Deadline deadline);
  Status publish_tablet();
  Status publish_shard();
  Status read_shard();
  void see_shard(const topodata::Shard& record);
  void serve(std::string reason);
  Result<bool> durability_wants_semi_sync();
  Status follow_source(const clients::TabletAlias& parent, bool start, rt::Deadline deadline);
  Status wait_for_journal(int64_t time_created_ns, rt::Deadline deadline);
  bool may_follow() const;

  topo::Server& topology_;
  const TabletOptions options_;
  QueryServer& queries_;
  Pool dba_;
  Pool app_;
  Replication replication_;

  rt::Mutex action_;  // held by verbs and by each step of the follower
  rt::WaitQueue wake_;
  clients::TabletType type_;
  clients::TabletType type_before_primary_;
  PrimaryTerm term_;
  ShardView shard_;
  rt::Instant source_checked_at_{};
  uint16_t mysql_port_ = 0;
  bool mysql_up_ = false;
  bool primary_ready_ = false;  // this mysqld's life was made ready to be written
  bool database_seen_ = false;  // of a replica: it comes by replication
  bool demoted_ = false;
  bool replication_stopped_ = false;  // by a verb
  bool tablet_record_stale_ = false;
  bool settling_ = true;  // look again soon
  std::string trouble_;
  std::optional<rt::Instant> lag_seen_at_;
  uint32_t lag_seen_s_ = 0;

  rt::TaskGroup background_;
};

}  // namespace vif::vttablet
