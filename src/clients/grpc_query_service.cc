#include "clients/grpc_query_service.h"

#include <algorithm>

#include "clients/convert.h"
#include "clients/packed_execute.h"
#include "clients/query_methods.h"
#include "clients/result_convert.h"
#include "clients/vitess_statement.h"
#include "proto/query.pb.h"
#include "proto/topodata.pb.h"
#include "proto/vtrpc.pb.h"
#include "rpc/typed.h"

namespace vif::clients {
namespace {

namespace methods = query_methods;

constexpr size_t kPackedKept = 64 << 10;

void fill_options(const ExecuteRequest& from, query::ExecuteOptions& to) {
  to.set_workload(static_cast<query::ExecuteOptions::Workload>(from.workload));
  to.set_included_fields(query::ExecuteOptions::ALL);
  if (from.timeout_ms != 0) to.set_authoritative_timeout(std::max<int64_t>(from.timeout_ms, 0));
  if (from.fetch_last_insert_id) to.set_fetch_last_insert_id(true);
  if (from.client_found_rows) to.set_client_found_rows(true);
  if (from.begin) to_proto(from.begin_options, to);
}

// What all requests of the execute family have.
template <typename Request>
Status fill(const ExecuteRequest& from, PeerKind peer, Request& to) {
  to_proto(from.target, *to.mutable_target());
  query::BoundQuery& bound = *to.mutable_query();
  query::ExecuteOptions& options = *to.mutable_options();
  fill_options(from, options);
  if (peer != PeerKind::kVitess) {
    options.set_vif_raw(true);
    if (from.fingerprint != 0) options.set_vif_fingerprint(from.fingerprint);
    if (from.reserve) options.set_vif_reserve(true);
  }
  if (peer == PeerKind::kVif) {
    bound.set_vif_sql(from.sql.data(), from.sql.size());
  } else {
    bound.set_sql(from.sql.data(), from.sql.size());
    if (!is_utf8(from.sql)) bound.set_sql(with_hex_literals(from.sql));
    if (!is_utf8(bound.sql())) {
      return Error(Code::kInvalidArgument,
                   "a statement to a Vitess tablet must be UTF-8, but for its string literals");
    }
  }
  if (from.bind_variables != nullptr) {
    for (const auto& [name, variable] : *from.bind_variables) {
      to_proto(variable, (*bound.mutable_bind_variables())[name]);
    }
  }
  // Our own tablets ask who it is of a connection that is kept.
  const bool asked = peer != PeerKind::kVif || from.begin || from.reserve;
  if (from.caller != nullptr && asked) {
    to_proto(*from.caller, *to.mutable_effective_caller_id(), *to.mutable_immediate_caller_id());
  }
  if constexpr (requires { to.set_transaction_id(0); }) to.set_transaction_id(from.transaction_id);
  if constexpr (requires { to.set_reserved_id(0); }) to.set_reserved_id(from.reserved_id);
  if constexpr (requires { to.add_post_begin_queries(""); }) {
    for (const std::string& sql : from.begin_options.post_begin_queries)
      to.add_post_begin_queries(sql);
    for (const std::string& sql : from.settings) to.add_pre_queries(sql);
  } else if constexpr (requires {
                         to.add_pre_queries("");
                         to.set_transaction_id(0);
                       }) {
    for (const std::string& sql : from.settings) to.add_pre_queries(sql);
  } else if constexpr (requires { to.add_pre_queries(""); }) {
    // BeginExecute's "pre" queries run after BEGIN, as Vitess has it.
    for (const std::string& sql : from.begin_options.post_begin_queries) to.add_pre_queries(sql);
  }
  return {};
}

template <typename Response>
void take_state(const Response& from, ExecuteState& state) {
  if constexpr (requires { from.transaction_id(); }) {
    if (from.transaction_id() != 0) state.transaction_id = from.transaction_id();
    if (!from.session_state_changes().empty())
      state.session_state_changes = from.session_state_changes();
  }
  if constexpr (requires { from.reserved_id(); }) {
    if (from.reserved_id() != 0) state.reserved_id = from.reserved_id();
  }
  if constexpr (requires { from.tablet_alias(); }) {
    if (from.has_tablet_alias()) state.alias = from_proto(from.tablet_alias());
  }
}

// Pieces of either kind into a sink: the peer decides how it answers.
class Pieces {
 public:
  explicit Pieces(mysql::ResultSink& sink) : sink_(sink), rows_(sink) {}

  Status take(const query::QueryResult& result) {
    const bool raw =
        result.vif_end() || result.vif_column_count() != 0 || !result.vif_rows().empty();
    if (!raw) return rows_.piece(result);
    raw_ = true;
    if (result.vif_column_count() != 0)
      VIF_TRY(sink_.columns(result.vif_column_count(), result.vif_columns()));
    if (!result.vif_rows().empty()) VIF_TRY(sink_.rows(result.vif_rows()));
    if (result.vif_end()) {
      end_.affected_rows = result.rows_affected();
      end_.last_insert_id = result.insert_id();
      end_.status = static_cast<uint16_t>(result.vif_status());
      end_.warnings = static_cast<uint16_t>(result.vif_warnings());
      end_.info = result.info();
      end_.session_state_changes = result.vif_session_state();
      for (const query::VifDiagnostic& one : result.vif_diagnostics()) {
        end_.diagnostics.push_back({one.level(), static_cast<int>(one.code()), one.message()});
      }
    }
    return {};
  }
  Status end() { return raw_ ? sink_.end(end_) : rows_.end(); }

 private:
  mysql::ResultSink& sink_;
  ProtoIntoSink rows_;
  mysql::ResultEnd end_;
  bool raw_ = false;
};

template <typename Response>
Status take_response(const Response& response, ExecuteState& state, Pieces& pieces) {
  take_state(response, state);
  if constexpr (requires { response.error(); }) {
    if (response.has_error()) return tablet_error(response.error());
  }
  if (!response.has_result()) return {};
  return pieces.take(response.result());
}

template <typename Request, typename Response>
Status call_unary(rpc::Channel& channel, std::string_view method, PeerKind peer,
                  const ExecuteRequest& from, ExecuteState& state, mysql::ResultSink& sink,
                  rt::Deadline deadline) {
  rpc::CallArena arena;
  auto& request = *arena.make<Request>();
  auto& response = *arena.make<Response>();
  VIF_TRY(fill(from, peer, request));
  if (auto status = channel.unary(method, request, response, {.deadline = deadline});
      !status.ok()) {
    return tablet_error(status.error());
  }
  Pieces pieces(sink);
  VIF_TRY(take_response(response, state, pieces));
  return pieces.end();
}

template <typename Request, typename Response>
Status call_stream(rpc::Channel& channel, std::string_view method, PeerKind peer,
                   const ExecuteRequest& from, ExecuteState& state, mysql::ResultSink& sink,
                   rt::Deadline deadline) {
  rpc::CallArena arena;
  auto& request = *arena.make<Request>();
  auto& response = *arena.make<Response>();
  VIF_TRY(fill(from, peer, request));
  auto stream = channel.server_stream(method, request, {.deadline = deadline});
  if (!stream.ok()) return tablet_error(stream.error());
  Pieces pieces(sink);
  for (;;) {
    auto more = (*stream)->receive(response);
    if (!more.ok()) return tablet_error(more.error());
    if (!*more) return pieces.end();
    VIF_TRY(take_response(response, state, pieces));
  }
}

// Which call says what the request wants.
enum class Kind : uint8_t { kPlain, kBegin, kReserve, kReserveBegin };

Kind kind_of(const ExecuteRequest& request, PeerKind peer) {
  if (request.reserved_id != 0) return request.begin ? Kind::kBegin : Kind::kPlain;
  const bool reserve = request.reserve || !request.settings.empty();
  if (request.begin) return reserve ? Kind::kReserveBegin : Kind::kBegin;
  if (!reserve) return Kind::kPlain;
  // A transaction of Vitess's has its settings since it began.
  if (request.transaction_id != 0 && !request.reserve && peer == PeerKind::kVitess)
    return Kind::kPlain;
  return Kind::kReserve;
}

rpc::LeanTarget lean_target(const query::StreamHealthResponse& response, const rt::Address& tcp) {
  rpc::LeanTarget target;
  if (!response.has_vif_lean()) return target;
  const query::VifLean& offer = response.vif_lean();
  target.instance = offer.instance();
  target.host = tcp.host;
  // On another machine there is no such socket, or another tablet's, which says so.
  if (!offer.unix_path().empty())
    target.addresses.push_back(rt::Address::unix_socket(offer.unix_path()));
  target.addresses.push_back(tcp);
  return target;
}

Result<ExecuteState> begin_by_statement(QueryService& service, const Target& target,
                                        const BeginOptions& options,
                                        std::span<const std::string> settings,
                                        rt::Deadline deadline) {
  class Discard final : public mysql::ResultSink {
    Status columns(uint32_t, std::string_view) override { return {}; }
    Status rows(std::string_view) override { return {}; }
    Status end(const mysql::ResultEnd&) override { return {}; }
  } discard;
  ExecuteRequest request;
  request.target = target;
  request.sql = "select 1";
  request.begin = true;
  request.begin_options = options;
  request.settings = settings;
  ExecuteState state;
  VIF_TRY(service.execute(request, state, discard, deadline));
  return state;
}

}  // namespace

GrpcQueryService::GrpcQueryService(std::unique_ptr<rpc::Channel> channel, PeerKind peer)
    : channel_(std::move(channel)), lean_(channel_->options()), peer_(peer) {}

GrpcQueryService::~GrpcQueryService() = default;

template <typename Request, typename Response>
Status GrpcQueryService::unary(std::string_view method, const Request& request, Response& response,
                               rt::Deadline deadline) {
  Status done;
  bool made = false;
  if (lean_.ready()) {
    bool refused = false;
    done = lean_.unary(method, request, response, deadline, refused);
    made = done.ok() || !refused || done.error().code() == Code::kCanceled;
  }
  if (!made) done = channel_->unary(method, request, response, {.deadline = deadline});
  return done.ok() ? done : Status(tablet_error(done.error()));
}

// By lean frames; true when the call was made, and then `done` is how it ended.
bool GrpcQueryService::execute_packed(const ExecuteRequest& request, ExecuteState& state,
                                      mysql::ResultSink& sink, rt::Deadline deadline,
                                      Status& done) {
  rpc::LeanCall call(lean_);
  if (auto connected = call.connect(deadline); !connected.ok()) {
    done = tablet_error(connected.error());
    return done.error().code() == Code::kCanceled;
  }
  if (!pack(request, packed_)) return false;
  PieceReader reader(sink, state);
  const auto run = [&]() -> Status {
    if (auto sent = call.send_bytes(kPackedExecute, packed_); !sent.ok())
      return tablet_error(sent.error());
    if (packed_.capacity() > kPackedKept) std::string().swap(packed_);
    for (;;) {
      std::string_view piece;
      auto more = call.receive_bytes(piece);
      if (!more.ok()) return tablet_error(more.error());
      if (!*more) return reader.end();
      VIF_TRY(reader.take(piece));
    }
  };
  done = run();
  return done.ok() || !call.refused() || done.error().code() == Code::kCanceled;
}

Status GrpcQueryService::execute(const ExecuteRequest& request, ExecuteState& state,
                                 mysql::ResultSink& sink, rt::Deadline deadline) {
  if (Status done; lean_.ready() && execute_packed(request, state, sink, deadline, done))
    return done;
  if (request.parameters)
    return Error(Code::kUnimplemented, "prepared statements go by lean frames only");
  const bool streams =
      peer_ == PeerKind::kVif || (request.workload == Workload::kOlap && may_stream(request.sql));
  const auto call =
      [&]<typename Unary, typename UnaryResponse, typename Stream, typename StreamResponse>(
          std::string_view unary, std::string_view stream) -> Status {
    if (streams)
      return call_stream<Stream, StreamResponse>(*channel_, stream, peer_, request, state, sink,
                                                 deadline);
    return call_unary<Unary, UnaryResponse>(*channel_, unary, peer_, request, state, sink,
                                            deadline);
  };
  switch (kind_of(request, peer_)) {
    case Kind::kPlain:
      return call.operator()<query::ExecuteRequest, query::ExecuteResponse,
                             query::StreamExecuteRequest, query::StreamExecuteResponse>(
          methods::kExecute, methods::kStreamExecute);
    case Kind::kBegin:
      return call.operator()<query::BeginExecuteRequest, query::BeginExecuteResponse,
                             query::BeginStreamExecuteRequest, query::BeginStreamExecuteResponse>(
          methods::kBeginExecute, methods::kBeginStreamExecute);
    case Kind::kReserve:
      return call.
      operator()<query::ReserveExecuteRequest, query::ReserveExecuteResponse,
                 query::ReserveStreamExecuteRequest, query::ReserveStreamExecuteResponse>(
          methods::kReserveExecute, methods::kReserveStreamExecute);
    default:
      return call.
      operator()<query::ReserveBeginExecuteRequest, query::ReserveBeginExecuteResponse,
                 query::ReserveBeginStreamExecuteRequest, query::ReserveBeginStreamExecuteResponse>(
          methods::kReserveBeginExecute, methods::kReserveBeginStreamExecute);
  }
}

Result<ExecuteState> GrpcQueryService::begin(const Target& target, const BeginOptions& options,
                                             std::span<const std::string> settings,
                                             rt::Deadline deadline) {
  const bool more = !settings.empty() || !options.post_begin_queries.empty();
  if (more && peer_ != PeerKind::kVif)
    return begin_by_statement(*this, target, options, settings, deadline);
  query::BeginRequest request;
  query::BeginResponse response;
  to_proto(target, *request.mutable_target());
  to_proto(options, *request.mutable_options());
  for (const std::string& sql : settings) request.add_vif_settings(sql);
  for (const std::string& sql : options.post_begin_queries) request.add_vif_post_begin_queries(sql);
  VIF_TRY(unary(methods::kBegin, request, response, deadline));
  ExecuteState state;
  take_state(response, state);
  return state;
}

Result<int64_t> GrpcQueryService::commit(const Target& target, int64_t transaction_id,
                                         rt::Deadline deadline) {
  query::CommitRequest request;
  query::CommitResponse response;
  to_proto(target, *request.mutable_target());
  request.set_transaction_id(transaction_id);
  VIF_TRY(unary(methods::kCommit, request, response, deadline));
  return response.reserved_id();
}

Result<int64_t> GrpcQueryService::rollback(const Target& target, int64_t transaction_id,
                                           rt::Deadline deadline) {
  query::RollbackRequest request;
  query::RollbackResponse response;
  to_proto(target, *request.mutable_target());
  request.set_transaction_id(transaction_id);
  VIF_TRY(unary(methods::kRollback, request, response, deadline));
  return response.reserved_id();
}

Status GrpcQueryService::release(const Target& target, int64_t transaction_id, int64_t reserved_id,
                                 rt::Deadline deadline) {
  query::ReleaseRequest request;
  query::ReleaseResponse response;
  to_proto(target, *request.mutable_target());
  request.set_transaction_id(transaction_id);
  request.set_reserved_id(reserved_id);
  VIF_TRY(unary(methods::kRelease, request, response, deadline));
  return {};
}

Status GrpcQueryService::stream_health(const std::function<Status(const Health&)>& on_health) {
  auto stream = channel_->server_stream(methods::kStreamHealth, query::StreamHealthRequest());
  if (!stream.ok()) return tablet_error(stream.error());
  query::StreamHealthResponse response;
  for (;;) {
    auto more = (*stream)->receive(response);
    if (!more.ok()) return tablet_error(more.error());
    if (!*more) return Error(Code::kUnavailable, "vttablet: the health stream has ended");
    peer_ = response.vif() ? PeerKind::kVif : PeerKind::kVitess;
    lean_.set_target(lean_target(response, channel_->address()));
    VIF_TRY(on_health(from_proto(response)));
  }
}

Status GrpcQueryService::get_schema(
    const Target& target, SchemaTableKind kind, std::span<const std::string> names,
    const std::function<Status(std::map<std::string, std::string>)>& on_tables,
    rt::Deadline deadline) {
  query::GetSchemaRequest request;
  to_proto(target, *request.mutable_target());
  request.set_table_type(static_cast<query::SchemaTableType>(kind));
  for (const std::string& name : names) request.add_table_names(name);
  auto stream = channel_->server_stream(methods::kGetSchema, request, {.deadline = deadline});
  if (!stream.ok()) return tablet_error(stream.error());
  query::GetSchemaResponse response;
  for (;;) {
    auto more = (*stream)->receive(response);
    if (!more.ok()) return tablet_error(more.error());
    if (!*more) return {};
    VIF_TRY(on_tables({response.table_definition().begin(), response.table_definition().end()}));
  }
}

}  // namespace vif::clients
