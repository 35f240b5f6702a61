// A tablet as the control plane sees it, in four capabilities: what it is, what its server
// replicates, what its schema is, and raw SQL on it. vttablet implements them; GrpcTabletManager
// calls them on another process, ours or Vitess's. Include proto/replicationdata.pb.h or
// proto/tabletmanagerdata.pb.h where you call those that give messages.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clients/query_service.h"
#include "rpc/channel.h"
#include "rpc/server.h"

namespace replicationdata {
class FullStatus;
class PrimaryStatus;
class Status;
class StopReplicationStatus;
}  // namespace replicationdata
namespace tabletmanagerdata {
class GetSchemaRequest;
class Permissions;
class SchemaDefinition;
}  // namespace tabletmanagerdata

namespace vif::clients {

// Every call waits, ends at its deadline, and fails with the tablet's code and text.
class TabletLifecycle {
 public:
  virtual ~TabletLifecycle() = default;
  // Gives the payload back.
  virtual Result<std::string> ping(std::string payload, rt::Deadline deadline) = 0;
  virtual Status change_type(TabletType type, bool semi_sync, rt::Deadline deadline) = 0;
  // Gives the tags that the record has then.
  virtual Result<std::map<std::string, std::string>> change_tags(
      std::map<std::string, std::string> tags, bool replace, rt::Deadline deadline) = 0;
  // Reads the tablet's record again and acts on it.
  virtual Status refresh_state(rt::Deadline deadline) = 0;
  // Sends health out now.
  virtual Status run_health_check(rt::Deadline deadline) = 0;
  virtual Status set_read_only(bool read_only, rt::Deadline deadline) = 0;
};

// Where a replica is to read from.
struct ReplicationSource {
  TabletAlias parent;
  int64_t time_created_ns = 0;  // of a reparent journal row to wait for; 0: none
  bool force_start = false;
  std::string wait_position;
  bool semi_sync = false;
  double heartbeat_interval = 0;
};

struct ReparentJournalEntry {
  int64_t time_created_ns = 0;
  std::string action_name;
  TabletAlias primary_alias;
  std::string position;
};

// Positions have Vitess's form, "MySQL56/<gtid set>" or "MariaDB/<gtid>".
class TabletReplication {
 public:
  virtual ~TabletReplication() = default;
  // Fails with "no replication status" on a server that is no replica.
  virtual Result<replicationdata::Status> replication_status(rt::Deadline deadline) = 0;
  virtual Result<replicationdata::PrimaryStatus> primary_status(rt::Deadline deadline) = 0;
  virtual Result<replicationdata::FullStatus> full_status(rt::Deadline deadline) = 0;
  virtual Result<std::string> primary_position(rt::Deadline deadline) = 0;
  virtual Status wait_for_position(std::string_view position, rt::Deadline deadline) = 0;
  virtual Status stop_replication(rt::Deadline deadline) = 0;
  // Gives the status before and after.
  virtual Result<replicationdata::StopReplicationStatus> stop_replication_and_get_status(
      bool io_thread_only, rt::Deadline deadline) = 0;
  virtual Status start_replication(bool semi_sync, rt::Deadline deadline) = 0;
  virtual Status set_replication_source(const ReplicationSource& source, rt::Deadline deadline) = 0;
  virtual Status reset_replication(rt::Deadline deadline) = 0;
  virtual Status reset_replication_parameters(rt::Deadline deadline) = 0;
  virtual Result<std::vector<std::string>> get_replicas(rt::Deadline deadline) = 0;

  // Reparenting. Positions are what the server had executed when it was done.
  virtual Result<std::string> init_primary(bool semi_sync, rt::Deadline deadline) = 0;
  virtual Status init_replica(const ReplicationSource& source, std::string_view position,
                              rt::Deadline deadline) = 0;
  virtual Status populate_reparent_journal(const ReparentJournalEntry& entry,
                                           rt::Deadline deadline) = 0;
  virtual Result<int32_t> reparent_journal_length(rt::Deadline deadline) = 0;
  virtual Result<replicationdata::PrimaryStatus> demote_primary(rt::Deadline deadline) = 0;
  virtual Status undo_demote_primary(bool semi_sync, rt::Deadline deadline) = 0;
  virtual Result<std::string> promote_replica(bool semi_sync, rt::Deadline deadline) = 0;
  virtual Status replica_was_promoted(rt::Deadline deadline) = 0;
  virtual Status replica_was_restarted(const TabletAlias& parent, rt::Deadline deadline) = 0;
};

class TabletSchema {
 public:
  virtual ~TabletSchema() = default;
  virtual Result<tabletmanagerdata::SchemaDefinition> get_schema(
      const tabletmanagerdata::GetSchemaRequest& request, rt::Deadline deadline) = 0;
  virtual Result<tabletmanagerdata::Permissions> get_permissions(rt::Deadline deadline) = 0;
  // After the server has reached `wait_position`, if it is not empty.
  virtual Status reload_schema(std::string_view wait_position, rt::Deadline deadline) = 0;
  // SHOW GLOBAL STATUS, of these names or of all.
  virtual Result<std::map<std::string, std::string>> global_status(std::vector<std::string> names,
                                                                   rt::Deadline deadline) = 0;
};

enum class FetchAs : uint8_t { kDba, kAllPrivs, kApp };

struct FetchRequest {
  FetchAs as = FetchAs::kDba;
  std::string sql;  // any bytes
  std::string db_name;
  uint64_t max_rows = 0;
  bool disable_binlogs = false;
  bool reload_schema = false;
  bool disable_foreign_key_checks = false;
};

// Raw SQL on the tablet's server. Errors: kInvalidArgument beyond max_rows; the server's.
class TabletSql {
 public:
  virtual ~TabletSql() = default;
  virtual Status execute_fetch(const FetchRequest& request, mysql::ResultSink& sink,
                               rt::Deadline deadline) = 0;
};

// The capabilities that a tablet offers; those absent answer kUnimplemented.
struct TabletCapabilities {
  TabletLifecycle* lifecycle = nullptr;
  TabletReplication* replication = nullptr;
  TabletSchema* schema = nullptr;
  TabletSql* sql = nullptr;
};

// Registers tabletmanagerservice.TabletManager. What is pointed to outlives the server.
void add_tablet_manager(rpc::Server& server, const TabletCapabilities& capabilities);

// All four on another process. Errors have Vitess's text, "rpc error: code = ... desc = ...".
class GrpcTabletManager final : public TabletLifecycle,
                                public TabletReplication,
                                public TabletSchema,
                                public TabletSql {
 public:
  explicit GrpcTabletManager(std::unique_ptr<rpc::Channel> channel)
      : channel_(std::move(channel)) {}

  Result<std::string> ping(std::string payload, rt::Deadline deadline) override;
  Status change_type(TabletType type, bool semi_sync, rt::Deadline deadline) override;
  Result<std::map<std::string, std::string>> change_tags(std::map<std::string, std::string> tags,
                                                         bool replace,
                                                         rt::Deadline deadline) override;
  Status refresh_state(rt::Deadline deadline) override;
  Status run_health_check(rt::Deadline deadline) override;
  Status set_read_only(bool read_only, rt::Deadline deadline) override;

  Result<replicationdata::Status> replication_status(rt::Deadline deadline) override;
  Result<replicationdata::PrimaryStatus> primary_status(rt::Deadline deadline) override;
  Result<replicationdata::FullStatus> full_status(rt::Deadline deadline) override;
  Result<std::string> primary_position(rt::Deadline deadline) override;
  Status wait_for_position(std::string_view position, rt::Deadline deadline) override;
  Status stop_replication(rt::Deadline deadline) override;
  Result<replicationdata::StopReplicationStatus> stop_replication_and_get_status(
      bool io_thread_only, rt::Deadline deadline) override;
  Status start_replication(bool semi_sync, rt::Deadline deadline) override;
  Status set_replication_source(const ReplicationSource& source, rt::Deadline deadline) override;
  Status reset_replication(rt::Deadline deadline) override;
  Status reset_replication_parameters(rt::Deadline deadline) override;
  Result<std::vector<std::string>> get_replicas(rt::Deadline deadline) override;
  Result<std::string> init_primary(bool semi_sync, rt::Deadline deadline) override;
  Status init_replica(const ReplicationSource& source, std::string_view position,
                      rt::Deadline deadline) override;
  Status populate_reparent_journal(const ReparentJournalEntry& entry,
                                   rt::Deadline deadline) override;
  Result<int32_t> reparent_journal_length(rt::Deadline deadline) override;
  Result<replicationdata::PrimaryStatus> demote_primary(rt::Deadline deadline) override;
  Status undo_demote_primary(bool semi_sync, rt::Deadline deadline) override;
  Result<std::string> promote_replica(bool semi_sync, rt::Deadline deadline) override;
  Status replica_was_promoted(rt::Deadline deadline) override;
  Status replica_was_restarted(const TabletAlias& parent, rt::Deadline deadline) override;

  Result<tabletmanagerdata::SchemaDefinition> get_schema(
      const tabletmanagerdata::GetSchemaRequest& request, rt::Deadline deadline) override;
  Result<tabletmanagerdata::Permissions> get_permissions(rt::Deadline deadline) override;
  Status reload_schema(std::string_view wait_position, rt::Deadline deadline) override;
  Result<std::map<std::string, std::string>> global_status(std::vector<std::string> names,
                                                           rt::Deadline deadline) override;

  Status execute_fetch(const FetchRequest& request, mysql::ResultSink& sink,
                       rt::Deadline deadline) override;

 private:
  std::unique_ptr<rpc::Channel> channel_;
};

}  // namespace vif::clients
