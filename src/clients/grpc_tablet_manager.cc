#include "clients/convert.h"
#include "clients/result_convert.h"
#include "clients/tablet_manager.h"
#include "proto/query.pb.h"
#include "proto/replicationdata.pb.h"
#include "proto/tabletmanagerdata.pb.h"
#include "proto/topodata.pb.h"
#include "rpc/status.h"

namespace vif::clients {
namespace {

namespace data = tabletmanagerdata;

// Calls "/tabletmanagerservice.TabletManager/<method>".
template <typename Response, typename Request>
Result<Response> call(rpc::Channel& channel, std::string_view method, const Request& request,
                      rt::Deadline deadline) {
  Response response;
  const std::string path = fmt::format("/tabletmanagerservice.TabletManager/{}", method);
  if (auto status = channel.unary(path, request, response, {.deadline = deadline}); !status.ok()) {
    return rpc::with_mysql_error_from_text(status.error(), rpc::go_text(status.error()));
  }
  return response;
}

template <typename Strings>
std::vector<std::string> strings(const Strings& list) {
  return {list.begin(), list.end()};
}

}  // namespace

Result<std::string> GrpcTabletManager::ping(std::string payload, rt::Deadline deadline) {
  data::PingRequest request;
  request.set_payload(std::move(payload));
  return VIF_TRY(call<data::PingResponse>(*channel_, "Ping", request, deadline)).payload();
}

Status GrpcTabletManager::change_type(TabletType type, bool semi_sync, rt::Deadline deadline) {
  data::ChangeTypeRequest request;
  request.set_tablet_type(static_cast<topodata::TabletType>(type));
  request.set_semisync(semi_sync);
  VIF_TRY(call<data::ChangeTypeResponse>(*channel_, "ChangeType", request, deadline));
  return {};
}

Result<std::map<std::string, std::string>> GrpcTabletManager::change_tags(
    std::map<std::string, std::string> tags, bool replace, rt::Deadline deadline) {
  data::ChangeTagsRequest request;
  for (const auto& [key, value] : tags) (*request.mutable_tags())[key] = value;
  request.set_replace(replace);
  const auto response =
      VIF_TRY(call<data::ChangeTagsResponse>(*channel_, "ChangeTags", request, deadline));
  return std::map<std::string, std::string>(response.tags().begin(), response.tags().end());
}

Status GrpcTabletManager::refresh_state(rt::Deadline deadline) {
  VIF_TRY(call<data::RefreshStateResponse>(*channel_, "RefreshState", data::RefreshStateRequest(),
                                           deadline));
  return {};
}

Status GrpcTabletManager::run_health_check(rt::Deadline deadline) {
  VIF_TRY(call<data::RunHealthCheckResponse>(*channel_, "RunHealthCheck",
                                             data::RunHealthCheckRequest(), deadline));
  return {};
}

Status GrpcTabletManager::set_read_only(bool read_only, rt::Deadline deadline) {
  if (read_only) {
    VIF_TRY(call<data::SetReadOnlyResponse>(*channel_, "SetReadOnly", data::SetReadOnlyRequest(),
                                            deadline));
  } else {
    VIF_TRY(call<data::SetReadWriteResponse>(*channel_, "SetReadWrite", data::SetReadWriteRequest(),
                                             deadline));
  }
  return {};
}

Result<replicationdata::Status> GrpcTabletManager::replication_status(rt::Deadline deadline) {
  return VIF_TRY(call<data::ReplicationStatusResponse>(*channel_, "ReplicationStatus",
                                                       data::ReplicationStatusRequest(), deadline))
      .status();
}

Result<replicationdata::PrimaryStatus> GrpcTabletManager::primary_status(rt::Deadline deadline) {
  return VIF_TRY(call<data::PrimaryStatusResponse>(*channel_, "PrimaryStatus",
                                                   data::PrimaryStatusRequest(), deadline))
      .status();
}

Result<replicationdata::FullStatus> GrpcTabletManager::full_status(rt::Deadline deadline) {
  return VIF_TRY(call<data::FullStatusResponse>(*channel_, "FullStatus", data::FullStatusRequest(),
                                                deadline))
      .status();
}

Result<std::string> GrpcTabletManager::primary_position(rt::Deadline deadline) {
  return VIF_TRY(call<data::PrimaryPositionResponse>(*channel_, "PrimaryPosition",
                                                     data::PrimaryPositionRequest(), deadline))
      .position();
}

Status GrpcTabletManager::wait_for_position(std::string_view position, rt::Deadline deadline) {
  data::WaitForPositionRequest request;
  request.set_position(std::string(position));
  VIF_TRY(call<data::WaitForPositionResponse>(*channel_, "WaitForPosition", request, deadline));
  return {};
}

Status GrpcTabletManager::stop_replication(rt::Deadline deadline) {
  VIF_TRY(call<data::StopReplicationResponse>(*channel_, "StopReplication",
                                              data::StopReplicationRequest(), deadline));
  return {};
}

Result<replicationdata::StopReplicationStatus> GrpcTabletManager::stop_replication_and_get_status(
    bool io_thread_only, rt::Deadline deadline) {
  data::StopReplicationAndGetStatusRequest request;
  request.set_stop_replication_mode(io_thread_only ? replicationdata::IOTHREADONLY
                                                   : replicationdata::IOANDSQLTHREAD);
  return VIF_TRY(call<data::StopReplicationAndGetStatusResponse>(
                     *channel_, "StopReplicationAndGetStatus", request, deadline))
      .status();
}

Status GrpcTabletManager::start_replication(bool semi_sync, rt::Deadline deadline) {
  data::StartReplicationRequest request;
  request.set_semisync(semi_sync);
  VIF_TRY(call<data::StartReplicationResponse>(*channel_, "StartReplication", request, deadline));
  return {};
}

Status GrpcTabletManager::set_replication_source(const ReplicationSource& source,
                                                 rt::Deadline deadline) {
  data::SetReplicationSourceRequest request;
  to_proto(source.parent, *request.mutable_parent());
  request.set_time_created_ns(source.time_created_ns);
  request.set_force_start_replication(source.force_start);
  request.set_wait_position(source.wait_position);
  request.set_semisync(source.semi_sync);
  request.set_heartbeat_interval(source.heartbeat_interval);
  VIF_TRY(call<data::SetReplicationSourceResponse>(*channel_, "SetReplicationSource", request,
                                                   deadline));
  return {};
}

Status GrpcTabletManager::reset_replication(rt::Deadline deadline) {
  VIF_TRY(call<data::ResetReplicationResponse>(*channel_, "ResetReplication",
                                               data::ResetReplicationRequest(), deadline));
  return {};
}

Status GrpcTabletManager::reset_replication_parameters(rt::Deadline deadline) {
  VIF_TRY(call<data::ResetReplicationParametersResponse>(*channel_, "ResetReplicationParameters",
                                                         data::ResetReplicationParametersRequest(),
                                                         deadline));
  return {};
}

Result<std::vector<std::string>> GrpcTabletManager::get_replicas(rt::Deadline deadline) {
  return strings(VIF_TRY(call<data::GetReplicasResponse>(*channel_, "GetReplicas",
                                                         data::GetReplicasRequest(), deadline))
                     .addrs());
}

Result<std::string> GrpcTabletManager::init_primary(bool semi_sync, rt::Deadline deadline) {
  data::InitPrimaryRequest request;
  request.set_semisync(semi_sync);
  return VIF_TRY(call<data::InitPrimaryResponse>(*channel_, "InitPrimary", request, deadline))
      .position();
}

Status GrpcTabletManager::init_replica(const ReplicationSource& source, std::string_view position,
                                       rt::Deadline deadline) {
  data::InitReplicaRequest request;
  to_proto(source.parent, *request.mutable_parent());
  request.set_replication_position(std::string(position));
  request.set_time_created_ns(source.time_created_ns);
  request.set_semisync(source.semi_sync);
  VIF_TRY(call<data::InitReplicaResponse>(*channel_, "InitReplica", request, deadline));
  return {};
}

Status GrpcTabletManager::populate_reparent_journal(const ReparentJournalEntry& entry,
                                                    rt::Deadline deadline) {
  data::PopulateReparentJournalRequest request;
  request.set_time_created_ns(entry.time_created_ns);
  request.set_action_name(entry.action_name);
  to_proto(entry.primary_alias, *request.mutable_primary_alias());
  request.set_replication_position(entry.position);
  VIF_TRY(call<data::PopulateReparentJournalResponse>(*channel_, "PopulateReparentJournal", request,
                                                      deadline));
  return {};
}

Result<int32_t> GrpcTabletManager::reparent_journal_length(rt::Deadline deadline) {
  return VIF_TRY(call<data::ReadReparentJournalInfoResponse>(*channel_, "ReadReparentJournalInfo",
                                                             data::ReadReparentJournalInfoRequest(),
                                                             deadline))
      .length();
}

Result<replicationdata::PrimaryStatus> GrpcTabletManager::demote_primary(rt::Deadline deadline) {
  return VIF_TRY(call<data::DemotePrimaryResponse>(*channel_, "DemotePrimary",
                                                   data::DemotePrimaryRequest(), deadline))
      .primary_status();
}

Status GrpcTabletManager::undo_demote_primary(bool semi_sync, rt::Deadline deadline) {
  data::UndoDemotePrimaryRequest request;
  request.set_semisync(semi_sync);
  VIF_TRY(call<data::UndoDemotePrimaryResponse>(*channel_, "UndoDemotePrimary", request, deadline));
  return {};
}

Result<std::string> GrpcTabletManager::promote_replica(bool semi_sync, rt::Deadline deadline) {
  data::PromoteReplicaRequest request;
  request.set_semisync(semi_sync);
  return VIF_TRY(call<data::PromoteReplicaResponse>(*channel_, "PromoteReplica", request, deadline))
      .position();
}

Status GrpcTabletManager::replica_was_promoted(rt::Deadline deadline) {
  VIF_TRY(call<data::ReplicaWasPromotedResponse>(*channel_, "ReplicaWasPromoted",
                                                 data::ReplicaWasPromotedRequest(), deadline));
  return {};
}

Status GrpcTabletManager::replica_was_restarted(const TabletAlias& parent, rt::Deadline deadline) {
  data::ReplicaWasRestartedRequest request;
  to_proto(parent, *request.mutable_parent());
  VIF_TRY(
      call<data::ReplicaWasRestartedResponse>(*channel_, "ReplicaWasRestarted", request, deadline));
  return {};
}

Result<tabletmanagerdata::SchemaDefinition> GrpcTabletManager::get_schema(
    const data::GetSchemaRequest& request, rt::Deadline deadline) {
  return VIF_TRY(call<data::GetSchemaResponse>(*channel_, "GetSchema", request, deadline))
      .schema_definition();
}

Result<tabletmanagerdata::Permissions> GrpcTabletManager::get_permissions(rt::Deadline deadline) {
  return VIF_TRY(call<data::GetPermissionsResponse>(*channel_, "GetPermissions",
                                                    data::GetPermissionsRequest(), deadline))
      .permissions();
}

Status GrpcTabletManager::reload_schema(std::string_view wait_position, rt::Deadline deadline) {
  data::ReloadSchemaRequest request;
  request.set_wait_position(std::string(wait_position));
  VIF_TRY(call<data::ReloadSchemaResponse>(*channel_, "ReloadSchema", request, deadline));
  return {};
}

Result<std::map<std::string, std::string>> GrpcTabletManager::global_status(
    std::vector<std::string> names, rt::Deadline deadline) {
  data::GetGlobalStatusVarsRequest request;
  for (const std::string& name : names) request.add_variables(name);
  const auto response = VIF_TRY(
      call<data::GetGlobalStatusVarsResponse>(*channel_, "GetGlobalStatusVars", request, deadline));
  return std::map<std::string, std::string>(response.status_values().begin(),
                                            response.status_values().end());
}

Status GrpcTabletManager::execute_fetch(const FetchRequest& from, mysql::ResultSink& sink,
                                        rt::Deadline deadline) {
  const auto deliver = [&](const query::QueryResult& result) -> Status {
    ProtoIntoSink into(sink);
    VIF_TRY(into.piece(result));
    return into.end();
  };
  if (from.as == FetchAs::kApp) {
    data::ExecuteFetchAsAppRequest request;
    request.set_query(from.sql);
    request.set_max_rows(from.max_rows);
    return deliver(VIF_TRY(call<data::ExecuteFetchAsAppResponse>(*channel_, "ExecuteFetchAsApp",
                                                                 request, deadline))
                       .result());
  }
  if (from.as == FetchAs::kAllPrivs) {
    data::ExecuteFetchAsAllPrivsRequest request;
    request.set_query(from.sql);
    request.set_db_name(from.db_name);
    request.set_max_rows(from.max_rows);
    request.set_reload_schema(from.reload_schema);
    return deliver(VIF_TRY(call<data::ExecuteFetchAsAllPrivsResponse>(
                               *channel_, "ExecuteFetchAsAllPrivs", request, deadline))
                       .result());
  }
  data::ExecuteFetchAsDbaRequest request;
  request.set_query(from.sql);
  request.set_db_name(from.db_name);
  request.set_max_rows(from.max_rows);
  request.set_disable_binlogs(from.disable_binlogs);
  request.set_reload_schema(from.reload_schema);
  request.set_disable_foreign_key_checks(from.disable_foreign_key_checks);
  return deliver(VIF_TRY(call<data::ExecuteFetchAsDbaResponse>(*channel_, "ExecuteFetchAsDba",
                                                               request, deadline))
                     .result());
}

}  // namespace vif::clients
