#include "clients/convert.h"
#include "clients/result_convert.h"
#include "clients/tablet_manager.h"
#include "proto/query.pb.h"
#include "proto/replicationdata.pb.h"
#include "proto/tabletmanagerdata.pb.h"
#include "proto/topodata.pb.h"
#include "rpc/typed.h"

namespace vif::clients {
namespace {

namespace data = tabletmanagerdata;

// `fn(request, response, deadline)` -> Status.
template <typename Request, typename Response, typename Fn>
void method(rpc::Server& server, std::string_view name, Fn fn) {
  rpc::unary<Request, Response>(server, fmt::format("/tabletmanagerservice.TabletManager/{}", name),
                                [fn = std::move(fn)](rpc::ServerCall& call, const Request& request,
                                                     Response& response) -> Status {
                                  return fn(request, response, call.deadline());
                                });
}

template <typename Strings>
std::vector<std::string> strings(const Strings& list) {
  return {list.begin(), list.end()};
}

void add_lifecycle(rpc::Server& server, TabletLifecycle& lifecycle) {
  using rt::Deadline;
  method<data::PingRequest, data::PingResponse>(
      server, "Ping", [&](const auto& request, auto& response, Deadline deadline) -> Status {
        response.set_payload(VIF_TRY(lifecycle.ping(request.payload(), deadline)));
        return {};
      });
  method<data::ChangeTypeRequest, data::ChangeTypeResponse>(
      server, "ChangeType", [&](const auto& request, auto&, Deadline deadline) -> Status {
        return lifecycle.change_type(static_cast<TabletType>(request.tablet_type()),
                                     request.semisync(), deadline);
      });
  method<data::ChangeTagsRequest, data::ChangeTagsResponse>(
      server, "ChangeTags", [&](const auto& request, auto& response, Deadline deadline) -> Status {
        const auto tags = VIF_TRY(lifecycle.change_tags(
            {request.tags().begin(), request.tags().end()}, request.replace(), deadline));
        for (const auto& [key, value] : tags) (*response.mutable_tags())[key] = value;
        return {};
      });
  method<data::RefreshStateRequest, data::RefreshStateResponse>(
      server, "RefreshState",
      [&](const auto&, auto&, Deadline deadline) { return lifecycle.refresh_state(deadline); });
  method<data::RunHealthCheckRequest, data::RunHealthCheckResponse>(
      server, "RunHealthCheck",
      [&](const auto&, auto&, Deadline deadline) { return lifecycle.run_health_check(deadline); });
  method<data::SetReadOnlyRequest, data::SetReadOnlyResponse>(
      server, "SetReadOnly", [&](const auto&, auto&, Deadline deadline) {
        return lifecycle.set_read_only(true, deadline);
      });
  method<data::SetReadWriteRequest, data::SetReadWriteResponse>(
      server, "SetReadWrite", [&](const auto&, auto&, Deadline deadline) {
        return lifecycle.set_read_only(false, deadline);
      });
}

void add_status(rpc::Server& server, TabletReplication& replication) {
  using rt::Deadline;
  method<data::ReplicationStatusRequest, data::ReplicationStatusResponse>(
      server, "ReplicationStatus", [&](const auto&, auto& response, Deadline deadline) -> Status {
        *response.mutable_status() = VIF_TRY(replication.replication_status(deadline));
        return {};
      });
  method<data::PrimaryStatusRequest, data::PrimaryStatusResponse>(
      server, "PrimaryStatus", [&](const auto&, auto& response, Deadline deadline) -> Status {
        *response.mutable_status() = VIF_TRY(replication.primary_status(deadline));
        return {};
      });
  method<data::FullStatusRequest, data::FullStatusResponse>(
      server, "FullStatus", [&](const auto&, auto& response, Deadline deadline) -> Status {
        *response.mutable_status() = VIF_TRY(replication.full_status(deadline));
        return {};
      });
  method<data::PrimaryPositionRequest, data::PrimaryPositionResponse>(
      server, "PrimaryPosition", [&](const auto&, auto& response, Deadline deadline) -> Status {
        response.set_position(VIF_TRY(replication.primary_position(deadline)));
        return {};
      });
  method<data::WaitForPositionRequest, data::WaitForPositionResponse>(
      server, "WaitForPosition", [&](const auto& request, auto&, Deadline deadline) {
        return replication.wait_for_position(request.position(), deadline);
      });
  method<data::GetReplicasRequest, data::GetReplicasResponse>(
      server, "GetReplicas", [&](const auto&, auto& response, Deadline deadline) -> Status {
        for (std::string& address : VIF_TRY(replication.get_replicas(deadline)))
          response.add_addrs(address);
        return {};
      });
}

void add_replication(rpc::Server& server, TabletReplication& replication) {
  using rt::Deadline;
  method<data::StopReplicationRequest, data::StopReplicationResponse>(
      server, "StopReplication", [&](const auto&, auto&, Deadline deadline) {
        return replication.stop_replication(deadline);
      });
  method<data::StopReplicationAndGetStatusRequest, data::StopReplicationAndGetStatusResponse>(
      server, "StopReplicationAndGetStatus",
      [&](const auto& request, auto& response, Deadline deadline) -> Status {
        const bool io_only = request.stop_replication_mode() == replicationdata::IOTHREADONLY;
        *response.mutable_status() =
            VIF_TRY(replication.stop_replication_and_get_status(io_only, deadline));
        return {};
      });
  method<data::StartReplicationRequest, data::StartReplicationResponse>(
      server, "StartReplication", [&](const auto& request, auto&, Deadline deadline) {
        return replication.start_replication(request.semisync(), deadline);
      });
  method<data::SetReplicationSourceRequest, data::SetReplicationSourceResponse>(
      server, "SetReplicationSource", [&](const auto& request, auto&, Deadline deadline) {
        return replication.set_replication_source(
            {from_proto(request.parent()), request.time_created_ns(),
             request.force_start_replication(), request.wait_position(), request.semisync(),
             request.heartbeat_interval()},
            deadline);
      });
  method<data::ResetReplicationRequest, data::ResetReplicationResponse>(
      server, "ResetReplication", [&](const auto&, auto&, Deadline deadline) {
        return replication.reset_replication(deadline);
      });
  method<data::ResetReplicationParametersRequest, data::ResetReplicationParametersResponse>(
      server, "ResetReplicationParameters", [&](const auto&, auto&, Deadline deadline) {
        return replication.reset_replication_parameters(deadline);
      });
}

void add_reparenting(rpc::Server& server, TabletReplication& replication) {
  using rt::Deadline;
  method<data::InitPrimaryRequest, data::InitPrimaryResponse>(
      server, "InitPrimary", [&](const auto& request, auto& response, Deadline deadline) -> Status {
        response.set_position(VIF_TRY(replication.init_primary(request.semisync(), deadline)));
        return {};
      });
  method<data::InitReplicaRequest, data::InitReplicaResponse>(
      server, "InitReplica", [&](const auto& request, auto&, Deadline deadline) {
        ReplicationSource source;
        source.parent = from_proto(request.parent());
        source.time_created_ns = request.time_created_ns();
        source.semi_sync = request.semisync();
        return replication.init_replica(source, request.replication_position(), deadline);
      });
  method<data::PopulateReparentJournalRequest, data::PopulateReparentJournalResponse>(
      server, "PopulateReparentJournal", [&](const auto& request, auto&, Deadline deadline) {
        return replication.populate_reparent_journal(
            {request.time_created_ns(), request.action_name(), from_proto(request.primary_alias()),
             request.replication_position()},
            deadline);
      });
  method<data::ReadReparentJournalInfoRequest, data::ReadReparentJournalInfoResponse>(
      server, "ReadReparentJournalInfo",
      [&](const auto&, auto& response, Deadline deadline) -> Status {
        response.set_length(VIF_TRY(replication.reparent_journal_length(deadline)));
        return {};
      });
  method<data::DemotePrimaryRequest, data::DemotePrimaryResponse>(
      server, "DemotePrimary", [&](const auto&, auto& response, Deadline deadline) -> Status {
        *response.mutable_primary_status() = VIF_TRY(replication.demote_primary(deadline));
        return {};
      });
  method<data::UndoDemotePrimaryRequest, data::UndoDemotePrimaryResponse>(
      server, "UndoDemotePrimary", [&](const auto& request, auto&, Deadline deadline) {
        return replication.undo_demote_primary(request.semisync(), deadline);
      });
  method<data::PromoteReplicaRequest, data::PromoteReplicaResponse>(
      server, "PromoteReplica",
      [&](const auto& request, auto& response, Deadline deadline) -> Status {
        response.set_position(VIF_TRY(replication.promote_replica(request.semisync(), deadline)));
        return {};
      });
  method<data::ReplicaWasPromotedRequest, data::ReplicaWasPromotedResponse>(
      server, "ReplicaWasPromoted", [&](const auto&, auto&, Deadline deadline) {
        return replication.replica_was_promoted(deadline);
      });
  method<data::ReplicaWasRestartedRequest, data::ReplicaWasRestartedResponse>(
      server, "ReplicaWasRestarted", [&](const auto& request, auto&, Deadline deadline) {
        return replication.replica_was_restarted(from_proto(request.parent()), deadline);
      });
}

void add_schema(rpc::Server& server, TabletSchema& schema) {
  using rt::Deadline;
  method<data::GetSchemaRequest, data::GetSchemaResponse>(
      server, "GetSchema", [&](const auto& request, auto& response, Deadline deadline) -> Status {
        *response.mutable_schema_definition() = VIF_TRY(schema.get_schema(request, deadline));
        return {};
      });
  method<data::GetPermissionsRequest, data::GetPermissionsResponse>(
      server, "GetPermissions", [&](const auto&, auto& response, Deadline deadline) -> Status {
        *response.mutable_permissions() = VIF_TRY(schema.get_permissions(deadline));
        return {};
      });
  method<data::ReloadSchemaRequest, data::ReloadSchemaResponse>(
      server, "ReloadSchema", [&](const auto& request, auto&, Deadline deadline) {
        return schema.reload_schema(request.wait_position(), deadline);
      });
  method<data::GetGlobalStatusVarsRequest, data::GetGlobalStatusVarsResponse>(
      server, "GetGlobalStatusVars",
      [&](const auto& request, auto& response, Deadline deadline) -> Status {
        const auto values = VIF_TRY(schema.global_status(strings(request.variables()), deadline));
        for (const auto& [name, value] : values) (*response.mutable_status_values())[name] = value;
        return {};
      });
}

// A whole result in one message.
class WholeResult final : public mysql::ResultSink {
 public:
  explicit WholeResult(query::QueryResult& result) : rows_(result, IncludedFields::kAll) {}
  Status columns(uint32_t count, std::string_view packets) override {
    return rows_.columns(count, packets);
  }
  Status rows(std::string_view packets) override { return rows_.rows(packets); }
  Status end(const mysql::ResultEnd& end) override {
    rows_.end(end);
    return {};
  }

 private:
  RowsIntoProto rows_;
};

void add_sql(rpc::Server& server, TabletSql& sql) {
  using rt::Deadline;
  method<data::ExecuteFetchAsDbaRequest, data::ExecuteFetchAsDbaResponse>(
      server, "ExecuteFetchAsDba", [&](const auto& request, auto& response, Deadline deadline) {
        WholeResult sink(*response.mutable_result());
        return sql.execute_fetch({FetchAs::kDba, request.query(), request.db_name(),
                                  request.max_rows(), request.disable_binlogs(),
                                  request.reload_schema(), request.disable_foreign_key_checks()},
                                 sink, deadline);
      });
  method<data::ExecuteFetchAsAllPrivsRequest, data::ExecuteFetchAsAllPrivsResponse>(
      server, "ExecuteFetchAsAllPrivs",
      [&](const auto& request, auto& response, Deadline deadline) {
        WholeResult sink(*response.mutable_result());
        return sql.execute_fetch({FetchAs::kAllPrivs, request.query(), request.db_name(),
                                  request.max_rows(), false, request.reload_schema(), false},
                                 sink, deadline);
      });
  method<data::ExecuteFetchAsAppRequest, data::ExecuteFetchAsAppResponse>(
      server, "ExecuteFetchAsApp", [&](const auto& request, auto& response, Deadline deadline) {
        WholeResult sink(*response.mutable_result());
        return sql.execute_fetch(
            {FetchAs::kApp, request.query(), "", request.max_rows(), false, false, false}, sink,
            deadline);
      });
}

}  // namespace

void add_tablet_manager(rpc::Server& server, const TabletCapabilities& capabilities) {
  if (capabilities.lifecycle != nullptr) add_lifecycle(server, *capabilities.lifecycle);
  if (capabilities.replication != nullptr) {
    add_status(server, *capabilities.replication);
    add_replication(server, *capabilities.replication);
    add_reparenting(server, *capabilities.replication);
  }
  if (capabilities.schema != nullptr) add_schema(server, *capabilities.schema);
  if (capabilities.sql != nullptr) add_sql(server, *capabilities.sql);
}

}  // namespace vif::clients
