#include "vttablet/manager/service.h"

#include "clients/convert.h"
#include "proto/tabletmanagerdata.pb.h"
#include "rpc/typed.h"
#include "sql/split.h"
#include "vttablet/manager/schema_definition.h"
#include "vttablet/manager/tablet_manager.h"

namespace vif::vttablet {
namespace {

namespace tmd = ::tabletmanagerdata;
using clients::TabletAlias;

constexpr rt::Duration kDefaultTimeout = std::chrono::seconds(60);

rt::Deadline deadline_of(const rpc::ServerCall& call) {
  return call.deadline().is_never() ? rt::Deadline::in(kDefaultTimeout) : call.deadline();
}

void fill(const ReplicaStatus& from, replicationdata::Status& to) {
  to.set_position(from.position);
  to.set_relay_log_position(from.relay_position);
  to.set_replication_lag_seconds(from.lag_s.value_or(0));
  to.set_replication_lag_unknown(!from.lag_s.has_value());
  to.set_source_host(from.source_host);
  to.set_source_port(from.source_port);
  to.set_source_user(from.source_user);
  to.set_connect_retry(from.connect_retry);
  to.set_source_server_id(from.source_server_id);
  to.set_source_uuid(from.source_uuid);
  to.set_io_state(static_cast<int32_t>(from.io));
  to.set_last_io_error(from.io_error);
  to.set_sql_state(static_cast<int32_t>(from.sql));
  to.set_last_sql_error(from.sql_error);
  to.set_auto_position(true);
  to.set_using_gtid(true);
}

void fill(const PrimaryStatus& from, replicationdata::PrimaryStatus& to) {
  to.set_position(from.position);
  to.set_server_uuid(from.server_uuid);
}

Result<ReplicaStatus> replica_status(TabletManager& manager, rt::Deadline deadline) {
  std::optional<ReplicaStatus> status = VIF_TRY(manager.replication().status(deadline));
  if (!status) return Error(Code::kUnknown, 100, "HY000", "no replication status");
  return *std::move(status);
}

void fill_result(const mysql::QueryResult& from, query::QueryResult& to) {
  for (const types::Field& field : from.fields) clients::to_proto(field, *to.add_fields());
  to.set_rows_affected(from.end.affected_rows);
  to.set_insert_id(from.end.last_insert_id);
  to.set_info(from.end.info);
  for (const types::Row& row : from.rows) {
    query::Row& into = *to.add_rows();
    for (const types::Value& value : row) {
      into.add_lengths(value.is_null() ? -1 : static_cast<int64_t>(value.bytes.size()));
      into.mutable_values()->append(value.bytes);
    }
  }
}

struct DbaFetch {
  std::string_view sql;
  std::string_view database;
  uint64_t rows_max = 0;
  bool disable_binlogs = false;
  bool disable_foreign_keys = false;
  bool reload_schema = false;
};

// Runs `statements` one after the other on one connection; each result goes to `on_result`.
Status fetch_as_dba(TabletManager& manager, const DbaFetch& fetch,
                    std::span<const std::string_view> statements,
                    const std::function<query::QueryResult*()>& on_result, rt::Deadline deadline) {
  const TabletOptions& options = manager.options();
  const auto connection = VIF_TRY(mysql::ClientConnection::connect(
      client_options(options.mysql, options.mysql.dba, std::string()), deadline));
  if (fetch.disable_binlogs) VIF_TRY(connection->execute("set sql_log_bin = 0", deadline));
  if (fetch.disable_foreign_keys)
    VIF_TRY(connection->execute("set foreign_key_checks = 0", deadline));
  // A database that is not there may be what the statements create.
  if (!fetch.database.empty()) (void)connection->init_db(fetch.database, deadline);
  for (const std::string_view statement : statements) {
    fill_result(VIF_TRY(connection->execute(statement, deadline,
                                            fetch.rows_max ? fetch.rows_max : 10'000'000)),
                *on_result());
  }
  return fetch.reload_schema ? manager.queries().reload_schema(deadline) : Status();
}

Status fetch_as_dba(TabletManager& manager, const DbaFetch& fetch, query::QueryResult& result,
                    rt::Deadline deadline) {
  return fetch_as_dba(
      manager, fetch, {&fetch.sql, 1}, [&result] { return &result; }, deadline);
}

// Handlers of one shape: `fn(request, response, deadline)`.
class Registrar {
 public:
  explicit Registrar(rpc::Server& server) : server_(server) {}
  template <typename Request, typename Response, typename Fn>
  void on(std::string_view method, Fn fn) {
    rpc::unary<Request, Response>(
        server_, fmt::format("/tabletmanagerservice.TabletManager/{}", method),
        [fn = std::move(fn)](rpc::ServerCall& call, const Request& request, Response& response)
            -> Status { return fn(request, response, deadline_of(call)); });
  }

 private:
  rpc::Server& server_;
};

void add_basics(Registrar& add, TabletManager& m) {
  add.on<tmd::PingRequest, tmd::PingResponse>(
      "Ping", [](const auto& in, auto& out, rt::Deadline) -> Status {
        out.set_payload(in.payload());
        return {};
      });
  add.on<tmd::RefreshStateRequest, tmd::RefreshStateResponse>(
      "RefreshState",
      [&m](const auto&, auto&, rt::Deadline deadline) { return m.refresh_state(deadline); });
  add.on<tmd::RunHealthCheckRequest, tmd::RunHealthCheckResponse>(
      "RunHealthCheck",
      [&m](const auto&, auto&, rt::Deadline deadline) { return m.run_health_check(deadline); });
  add.on<tmd::ReloadSchemaRequest, tmd::ReloadSchemaResponse>(
      "ReloadSchema", [&m](const auto& in, auto&, rt::Deadline deadline) -> Status {
        if (!in.wait_position().empty()) {
          VIF_TRY(m.replication().wait_for_position(in.wait_position(), deadline));
        }
        return m.queries().reload_schema(deadline);
      });
  add.on<tmd::ChangeTypeRequest, tmd::ChangeTypeResponse>(
      "ChangeType", [&m](const auto& in, auto&, rt::Deadline deadline) {
        return m.change_type(static_cast<clients::TabletType>(in.tablet_type()), in.semisync(),
                             deadline);
      });
  add.on<tmd::SetReadOnlyRequest, tmd::SetReadOnlyResponse>(
      "SetReadOnly",
      [&m](const auto&, auto&, rt::Deadline deadline) { return m.set_read_only(true, deadline); });
  add.on<tmd::SetReadWriteRequest, tmd::SetReadWriteResponse>(
      "SetReadWrite",
      [&m](const auto&, auto&, rt::Deadline deadline) { return m.set_read_only(false, deadline); });
  add.on<tmd::GetSchemaRequest, tmd::GetSchemaResponse>(
      "GetSchema", [&m](const auto& in, auto& out, rt::Deadline deadline) {
        return fill_schema_definition(m, in, *out.mutable_schema_definition(), deadline);
      });
  add.on<tmd::GetGlobalStatusVarsRequest, tmd::GetGlobalStatusVarsResponse>(
      "GetGlobalStatusVars", [&m](const auto& in, auto& out, rt::Deadline deadline) -> Status {
        const std::set<std::string> wanted(in.variables().begin(), in.variables().end());
        for (const types::Row& row :
             VIF_TRY(m.replication().query("show global status", deadline)).rows) {
          if (wanted.empty() || wanted.contains(row[0].bytes))
            (*out.mutable_status_values())[row[0].bytes] = row[1].bytes;
        }
        return {};
      });
}

void add_fetches(Registrar& add, TabletManager& m) {
  add.on<tmd::ExecuteFetchAsDbaRequest, tmd::ExecuteFetchAsDbaResponse>(
      "ExecuteFetchAsDba", [&m](const auto& in, auto& out, rt::Deadline deadline) {
        return fetch_as_dba(m,
                            {in.query(), in.db_name(), in.max_rows(), in.disable_binlogs(),
                             in.disable_foreign_key_checks(), in.reload_schema()},
                            *out.mutable_result(), deadline);
      });
  add.on<tmd::ExecuteMultiFetchAsDbaRequest, tmd::ExecuteMultiFetchAsDbaResponse>(
      "ExecuteMultiFetchAsDba", [&m](const auto& in, auto& out, rt::Deadline deadline) -> Status {
        const std::vector<std::string_view> statements = VIF_TRY(sql::split_statements(in.sql()));
        return fetch_as_dba(
            m,
            {in.sql(), in.db_name(), in.max_rows(), in.disable_binlogs(),
             in.disable_foreign_key_checks(), in.reload_schema()},
            statements, [&out] { return out.add_results(); }, deadline);
      });
  add.on<tmd::ExecuteFetchAsAllPrivsRequest, tmd::ExecuteFetchAsAllPrivsResponse>(
      "ExecuteFetchAsAllPrivs", [&m](const auto& in, auto& out, rt::Deadline deadline) {
        return fetch_as_dba(m,
                            {.sql = in.query(),
                             .database = in.db_name(),
                             .rows_max = in.max_rows(),
                             .reload_schema = in.reload_schema()},
                            *out.mutable_result(), deadline);
      });
  add.on<tmd::ExecuteFetchAsAppRequest, tmd::ExecuteFetchAsAppResponse>(
      "ExecuteFetchAsApp", [&m](const auto& in, auto& out, rt::Deadline deadline) -> Status {
        Pool::Lease lease = VIF_TRY(m.app_pool().get({}, deadline));
        fill_result(VIF_TRY(lease.wire().execute(in.query(), deadline,
                                                 in.max_rows() ? in.max_rows() : 10'000'000)),
                    *out.mutable_result());
        return {};
      });
}

void add_replication(Registrar& add, TabletManager& m) {
  add.on<tmd::ReplicationStatusRequest, tmd::ReplicationStatusResponse>(
      "ReplicationStatus", [&m](const auto&, auto& out, rt::Deadline deadline) -> Status {
        fill(VIF_TRY(replica_status(m, deadline)), *out.mutable_status());
        return {};
      });
  add.on<tmd::PrimaryStatusRequest, tmd::PrimaryStatusResponse>(
      "PrimaryStatus", [&m](const auto&, auto& out, rt::Deadline deadline) -> Status {
        fill(VIF_TRY(m.primary_status(deadline)), *out.mutable_status());
        return {};
      });
  add.on<tmd::PrimaryPositionRequest, tmd::PrimaryPositionResponse>(
      "PrimaryPosition", [&m](const auto&, auto& out, rt::Deadline deadline) -> Status {
        out.set_position(VIF_TRY(m.replication().position(deadline)));
        return {};
      });
  add.on<tmd::WaitForPositionRequest, tmd::WaitForPositionResponse>(
      "WaitForPosition", [&m](const auto& in, auto&, rt::Deadline deadline) {
        return m.replication().wait_for_position(in.position(), deadline);
      });
  add.on<tmd::StopReplicationRequest, tmd::StopReplicationResponse>(
      "StopReplication",
      [&m](const auto&, auto&, rt::Deadline deadline) { return m.stop_replication(deadline); });
  add.on<tmd::StartReplicationRequest, tmd::StartReplicationResponse>(
      "StartReplication", [&m](const auto& in, auto&, rt::Deadline deadline) {
        return m.start_replication(in.semisync(), deadline);
      });
  add.on<tmd::ResetReplicationRequest, tmd::ResetReplicationResponse>(
      "ResetReplication",
      [&m](const auto&, auto&, rt::Deadline deadline) { return m.reset_replication(deadline); });
  add.on<tmd::StopReplicationAndGetStatusRequest, tmd::StopReplicationAndGetStatusResponse>(
      "StopReplicationAndGetStatus",
      [&m](const auto& in, auto& out, rt::Deadline deadline) -> Status {
        fill(VIF_TRY(replica_status(m, deadline)), *out.mutable_status()->mutable_before());
        if (in.stop_replication_mode() == replicationdata::IOTHREADONLY)
          VIF_TRY(m.stop_io_thread(deadline));
        else
          VIF_TRY(m.stop_replication(deadline));
        fill(VIF_TRY(replica_status(m, deadline)), *out.mutable_status()->mutable_after());
        return {};
      });
  add.on<tmd::FullStatusRequest, tmd::FullStatusResponse>(
      "FullStatus", [&m](const auto&, auto& out, rt::Deadline deadline) -> Status {
        replicationdata::FullStatus& full = *out.mutable_status();
        const PrimaryStatus primary = VIF_TRY(m.primary_status(deadline));
        fill(primary, *full.mutable_primary_status());
        full.set_server_uuid(primary.server_uuid);
        if (const auto replica = VIF_TRY(m.replication().status(deadline))) {
          fill(*replica, *full.mutable_replication_status());
        }
        const SemiSync semi_sync = VIF_TRY(m.replication().semi_sync(deadline));
        full.set_semi_sync_primary_enabled(semi_sync.primary_enabled);
        full.set_semi_sync_replica_enabled(semi_sync.replica_enabled);
        full.set_semi_sync_primary_status(semi_sync.primary_active);
        full.set_semi_sync_replica_status(semi_sync.replica_active);
        full.set_semi_sync_primary_clients(semi_sync.clients);
        full.set_semi_sync_wait_for_replica_count(1);
        full.set_read_only(VIF_TRY(m.replication().read_only(deadline)));
        full.set_log_bin_enabled(true);
        full.set_binlog_format("ROW");
        full.set_tablet_type(static_cast<topodata::TabletType>(m.type()));
        return {};
      });
}

void add_reparent(Registrar& add, TabletManager& m) {
  add.on<tmd::InitPrimaryRequest, tmd::InitPrimaryResponse>(
      "InitPrimary", [&m](const auto& in, auto& out, rt::Deadline deadline) -> Status {
        out.set_position(VIF_TRY(m.init_primary(in.semisync(), deadline)));
        return {};
      });
  add.on<tmd::InitReplicaRequest, tmd::InitReplicaResponse>(
      "InitReplica", [&m](const auto& in, auto&, rt::Deadline deadline) {
        return m.init_replica(clients::from_proto(in.parent()), in.replication_position(),
                              in.time_created_ns(), in.semisync(), deadline);
      });
  add.on<tmd::PopulateReparentJournalRequest, tmd::PopulateReparentJournalResponse>(
      "PopulateReparentJournal", [&m](const auto& in, auto&, rt::Deadline deadline) {
        return m.populate_reparent_journal(in.time_created_ns(), in.action_name(),
                                           clients::from_proto(in.primary_alias()),
                                           in.replication_position(), deadline);
      });
  add.on<tmd::ReadReparentJournalInfoRequest, tmd::ReadReparentJournalInfoResponse>(
      "ReadReparentJournalInfo", [&m](const auto&, auto& out, rt::Deadline deadline) -> Status {
        const mysql::QueryResult count =
            VIF_TRY(m.replication().query("select count(*) from _vt.reparent_journal", deadline));
        out.set_length(static_cast<int32_t>(VIF_TRY(count.rows[0][0].to_int64())));
        return {};
      });
  add.on<tmd::DemotePrimaryRequest, tmd::DemotePrimaryResponse>(
      "DemotePrimary", [&m](const auto&, auto& out, rt::Deadline deadline) -> Status {
        fill(VIF_TRY(m.demote_primary(deadline)), *out.mutable_primary_status());
        return {};
      });
  add.on<tmd::UndoDemotePrimaryRequest, tmd::UndoDemotePrimaryResponse>(
      "UndoDemotePrimary", [&m](const auto& in, auto&, rt::Deadline deadline) {
        return m.undo_demote_primary(in.semisync(), deadline);
      });
  add.on<tmd::PromoteReplicaRequest, tmd::PromoteReplicaResponse>(
      "PromoteReplica", [&m](const auto& in, auto& out, rt::Deadline deadline) -> Status {
        out.set_position(VIF_TRY(m.promote_replica(in.semisync(), deadline)));
        return {};
      });
  add.on<tmd::SetReplicationSourceRequest, tmd::SetReplicationSourceResponse>(
      "SetReplicationSource", [&m](const auto& in, auto&, rt::Deadline deadline) {
        return m.set_replication_source(clients::from_proto(in.parent()), in.time_created_ns(),
                                        in.force_start_replication(), in.wait_position(),
                                        in.semisync(), deadline);
      });
}

}  // namespace

void add_tablet_manager(rpc::Server& server, TabletManager& manager) {
  Registrar add(server);
  add_basics(add, manager);
  add_fetches(add, manager);
  add_replication(add, manager);
  add_reparent(add, manager);
}

}  // namespace vif::vttablet
