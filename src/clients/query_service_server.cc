#include "clients/query_service_server.h"

#include "clients/convert.h"
#include "clients/packed_execute.h"
#include "clients/query_methods.h"
#include "clients/result_convert.h"
#include "proto/query.pb.h"
#include "proto/topodata.pb.h"
#include "proto/vtrpc.pb.h"
#include "rpc/typed.h"

namespace vif::clients {
namespace {

namespace methods = query_methods;

// A piece of a streamed result goes out when it has this many bytes.
constexpr size_t kPieceBytes = 64 << 10;
// How a tablet says that settings will not do: Vitess's text.
constexpr std::string_view kNeedsReserved = "not allowed without reserved connection";

// A request of the execute family as the service takes it. Views point into the message and into
// this.
struct Incoming {
  ExecuteRequest request;
  types::BindVariables bind_variables;
  CallerId caller;
  std::vector<std::string> settings;
  bool raw = false;
  bool may_reserve = false;  // the caller leaves it to us
  IncludedFields included = IncludedFields::kTypeAndName;
};

template <typename List>
std::vector<std::string> strings(const List& list) {
  return {list.begin(), list.end()};
}

template <typename Message>
void read_request(const Message& from, Incoming& to) {
  constexpr bool kHasTransaction = requires { from.transaction_id(); };
  constexpr bool kHasPreQueries = requires { from.pre_queries(); };
  constexpr bool kReserveBegins = requires { from.post_begin_queries(); };
  constexpr bool kReserves = kHasPreQueries && (kHasTransaction || kReserveBegins);
  const query::ExecuteOptions& options = from.options();
  ExecuteRequest& request = to.request;
  request.target = from_proto(from.target());
  request.sql = from.query().vif_sql().empty() ? from.query().sql() : from.query().vif_sql();
  request.fingerprint = options.vif_fingerprint();
  if (from.query().bind_variables_size() > 0) {
    to.bind_variables = bind_variables_of(from.query());
    request.bind_variables = &to.bind_variables;
  }
  if (from.has_effective_caller_id() || from.has_immediate_caller_id()) {
    to.caller = caller_of(from.effective_caller_id(), from.immediate_caller_id());
    request.caller = &to.caller;
  }
  if constexpr (kHasTransaction) request.transaction_id = from.transaction_id();
  if constexpr (requires { from.reserved_id(); }) request.reserved_id = from.reserved_id();
  request.begin = kReserveBegins || (kHasPreQueries && !kHasTransaction);
  if (request.begin) request.begin_options = begin_options_of(options);
  if constexpr (kReserves) {
    to.settings = strings(from.pre_queries());
    request.settings = to.settings;
    // Vitess's callers ask to reserve whenever there are settings, and take what they get.
    request.reserve = options.vif_raw() ? options.vif_reserve() : to.settings.empty();
    to.may_reserve = !options.vif_raw() && !request.reserve;
  } else if constexpr (kHasPreQueries) {
    request.begin_options.post_begin_queries = strings(from.pre_queries());
  }
  if constexpr (kReserveBegins)
    request.begin_options.post_begin_queries = strings(from.post_begin_queries());
  request.workload = static_cast<Workload>(options.workload());
  const bool unbounded =
      options.has_authoritative_timeout() && options.authoritative_timeout() == 0;
  request.timeout_ms = unbounded ? -1 : options.authoritative_timeout();
  request.fetch_last_insert_id = options.fetch_last_insert_id();
  request.client_found_rows = options.client_found_rows();
  to.raw = options.vif_raw();
  to.included = static_cast<IncludedFields>(options.included_fields());
}

// Gathers a result into responses; with `streams`, sends them as they fill.
template <typename Response>
class Reply final : public mysql::ResultSink {
 public:
  Reply(rpc::ServerCall& call, Response& response, const Incoming& incoming, bool streams)
      : call_(call),
        response_(response),
        rows_(*response.mutable_result(), incoming.included),
        raw_(incoming.raw),
        streams_(streams) {}

  Status columns(uint32_t count, std::string_view packets) override {
    started_ = true;
    if (!raw_) return rows_.columns(count, packets);
    result().set_vif_column_count(count);
    result().set_vif_columns(packets.data(), packets.size());
    return {};
  }

  Status rows(std::string_view packets) override {
    if (raw_) {
      result().mutable_vif_rows()->append(packets);
    } else {
      VIF_TRY(rows_.rows(packets));
    }
    if (!streams_ || (raw_ ? result().vif_rows().size() : rows_.bytes()) < kPieceBytes) return {};
    VIF_TRY(call_.send(response_));
    result().Clear();
    rows_.cleared();
    return {};
  }

  Status end(const mysql::ResultEnd& end) override {
    started_ = true;
    if (!raw_) {
      rows_.end(end);
      return {};
    }
    query::QueryResult& to = result();
    to.set_rows_affected(end.affected_rows);
    to.set_insert_id(end.last_insert_id);
    if (!end.info.empty()) to.set_info(utf8_or_replaced(end.info));
    to.set_vif_status(end.status);
    to.set_vif_warnings(end.warnings);
    if (!end.session_state_changes.empty()) to.set_vif_session_state(end.session_state_changes);
    for (const mysql::Diagnostic& one : end.diagnostics) {
      query::VifDiagnostic& diagnostic = *to.add_vif_diagnostics();
      diagnostic.set_level(one.level);
      diagnostic.set_code(static_cast<uint32_t>(one.code));
      diagnostic.set_message(one.message);
    }
    to.set_vif_end(true);
    return {};
  }

  bool started() const { return started_; }

  // The last response. An error goes inside it when there are ids that the caller must learn of.
  Status finish(const Status& status, const ExecuteState& state) {
    const bool has_ids = state.transaction_id != 0 || state.reserved_id != 0;
    if constexpr (requires { response_.mutable_error(); }) {
      if (!status.ok() && !has_ids) return status;
      if (!status.ok()) {
        response_.clear_result();
        to_proto(status.error(), *response_.mutable_error());
      }
    } else if (!status.ok()) {
      return status;
    }
    if constexpr (requires { response_.set_transaction_id(0); }) {
      response_.set_transaction_id(state.transaction_id);
      response_.set_session_state_changes(utf8_or_replaced(state.session_state_changes));
    }
    if constexpr (requires { response_.set_reserved_id(0); })
      response_.set_reserved_id(state.reserved_id);
    if constexpr (requires { response_.mutable_tablet_alias(); }) {
      if (has_ids) to_proto(state.alias, *response_.mutable_tablet_alias());
    }
    return call_.send(response_);
  }

 private:
  query::QueryResult& result() { return *response_.mutable_result(); }

  rpc::ServerCall& call_;
  Response& response_;
  RowsIntoProto rows_;
  bool raw_;
  bool streams_;
  bool started_ = false;
};

template <typename Request, typename Response>
void add_execute(rpc::Server& server, std::string_view path, QueryService& service, bool streams) {
  server.handle(std::string(path), [&service, streams](rpc::ServerCall& call) -> Status {
    rpc::CallArena arena;
    auto& request = *arena.make<Request>();
    auto& response = *arena.make<Response>();
    VIF_TRY(rpc::receive_request(call, request));
    Incoming incoming;
    read_request(request, incoming);
    ExecuteState state;
    Reply<Response> reply(call, response, incoming, streams);
    Status status = service.execute(incoming.request, state, reply, call.deadline());
    if (!status.ok() && incoming.may_reserve && !reply.started() && state.transaction_id == 0 &&
        status.error().message().find(kNeedsReserved) != std::string::npos) {
      incoming.request.reserve = true;
      status = service.execute(incoming.request, state, reply, call.deadline());
    }
    return reply.finish(status, state);
  });
}

// Sends a result as it comes, in packed pieces.
class PackedReply final : public mysql::ResultSink {
 public:
  explicit PackedReply(rpc::ServerCall& call) : call_(call), writer_(call.scratch()) {}

  Status columns(uint32_t count, std::string_view packets) override {
    writer_.columns(count, packets);
    return {};
  }
  Status rows(std::string_view packets) override {
    writer_.rows(packets);
    if (writer_.size() < kPieceBytes) return {};
    VIF_TRY(call_.send_bytes(writer_.finish()));
    writer_.start();
    return {};
  }
  Status end(const mysql::ResultEnd& end) override {
    writer_.end(end);
    return {};
  }

  Status finish(const Status& status, const ExecuteState& state) {
    const bool has_ids = state.transaction_id != 0 || state.reserved_id != 0;
    if (!status.ok() && !has_ids) return status;
    if (!status.ok()) writer_.start();  // what it had of the result is void
    if (has_ids || !state.session_state_changes.empty()) writer_.state(state);
    if (!status.ok()) writer_.error(status.error());
    return call_.send_bytes(writer_.finish());
  }

 private:
  rpc::ServerCall& call_;
  PieceWriter writer_;
};

void add_packed_execute(rpc::Server& server, QueryService& service) {
  server.handle(std::string(kPackedExecute), [&service](rpc::ServerCall& call) -> Status {
    UnpackedRequest incoming;
    VIF_TRY(unpack(VIF_TRY(call.receive_bytes()), incoming));
    ExecuteState state;
    PackedReply reply(call);
    const Status status = service.execute(incoming.request, state, reply, call.deadline());
    return reply.finish(status, state);
  });
}

void add_transactions(rpc::Server& server, QueryService& service) {
  rpc::unary<query::BeginRequest, query::BeginResponse>(
      server, std::string(methods::kBegin),
      [&service](rpc::ServerCall& call, const query::BeginRequest& request,
                 query::BeginResponse& response) -> Status {
        BeginOptions options = begin_options_of(request.options());
        options.post_begin_queries = strings(request.vif_post_begin_queries());
        const std::vector<std::string> settings = strings(request.vif_settings());
        const ExecuteState state = VIF_TRY(
            service.begin(from_proto(request.target()), options, settings, call.deadline()));
        response.set_transaction_id(state.transaction_id);
        to_proto(state.alias, *response.mutable_tablet_alias());
        response.set_session_state_changes(utf8_or_replaced(state.session_state_changes));
        return {};
      });
  rpc::unary<query::CommitRequest, query::CommitResponse>(
      server, std::string(methods::kCommit),
      [&service](rpc::ServerCall& call, const query::CommitRequest& request,
                 query::CommitResponse& response) -> Status {
        response.set_reserved_id(VIF_TRY(service.commit(
            from_proto(request.target()), request.transaction_id(), call.deadline())));
        return {};
      });
  rpc::unary<query::RollbackRequest, query::RollbackResponse>(
      server, std::string(methods::kRollback),
      [&service](rpc::ServerCall& call, const query::RollbackRequest& request,
                 query::RollbackResponse& response) -> Status {
        response.set_reserved_id(VIF_TRY(service.rollback(
            from_proto(request.target()), request.transaction_id(), call.deadline())));
        return {};
      });
  rpc::unary<query::ReleaseRequest, query::ReleaseResponse>(
      server, std::string(methods::kRelease),
      [&service](rpc::ServerCall& call, const query::ReleaseRequest& request,
                 query::ReleaseResponse&) -> Status {
        return service.release(from_proto(request.target()), request.transaction_id(),
                               request.reserved_id(), call.deadline());
      });
}

void add_streams(rpc::Server& server, QueryService& service) {
  rpc::server_stream<query::StreamHealthRequest>(
      server, std::string(methods::kStreamHealth),
      [&service, lean = server.lean_offer()](rpc::ServerCall& call,
                                             const query::StreamHealthRequest&) -> Status {
        return service.stream_health([&](const Health& health) -> Status {
          query::StreamHealthResponse response;
          to_proto(health, response);
          response.set_vif(true);
          if (lean) {
            response.mutable_vif_lean()->set_instance(lean->instance);
            response.mutable_vif_lean()->set_unix_path(lean->unix_path);
          }
          return call.send(response);
        });
      });
  rpc::server_stream<query::GetSchemaRequest>(
      server, std::string(methods::kGetSchema),
      [&service](rpc::ServerCall& call, const query::GetSchemaRequest& request) -> Status {
        const std::vector<std::string> names = strings(request.table_names());
        return service.get_schema(
            from_proto(request.target()), static_cast<SchemaTableKind>(request.table_type()), names,
            [&call](std::map<std::string, std::string> tables) -> Status {
              query::GetSchemaResponse response;
              for (auto& [name, create] : tables) {
                (*response.mutable_table_definition())[utf8_or_replaced(name)] =
                    utf8_or_replaced(create);
              }
              return call.send(response);
            },
            call.deadline());
      });
}

}  // namespace

void add_query_service(rpc::Server& server, QueryService& service) {
  add_execute<query::ExecuteRequest, query::ExecuteResponse>(server, methods::kExecute, service,
                                                             false);
  add_execute<query::StreamExecuteRequest, query::StreamExecuteResponse>(
      server, methods::kStreamExecute, service, true);
  add_execute<query::BeginExecuteRequest, query::BeginExecuteResponse>(
      server, methods::kBeginExecute, service, false);
  add_execute<query::BeginStreamExecuteRequest, query::BeginStreamExecuteResponse>(
      server, methods::kBeginStreamExecute, service, true);
  add_execute<query::ReserveExecuteRequest, query::ReserveExecuteResponse>(
      server, methods::kReserveExecute, service, false);
  add_execute<query::ReserveStreamExecuteRequest, query::ReserveStreamExecuteResponse>(
      server, methods::kReserveStreamExecute, service, true);
  add_execute<query::ReserveBeginExecuteRequest, query::ReserveBeginExecuteResponse>(
      server, methods::kReserveBeginExecute, service, false);
  add_execute<query::ReserveBeginStreamExecuteRequest, query::ReserveBeginStreamExecuteResponse>(
      server, methods::kReserveBeginStreamExecute, service, true);
  add_packed_execute(server, service);
  add_transactions(server, service);
  add_streams(server, service);
}

}  // namespace vif::clients
