#include "clients/vtgate_service.h"

#include "clients/convert.h"
#include "clients/result_convert.h"
#include "proto/query.pb.h"
#include "proto/vtgate.pb.h"
#include "proto/vtrpc.pb.h"
#include "rpc/typed.h"

namespace vif::clients {
namespace {

// Vitess's name of a caller that nothing authenticated.
constexpr std::string_view kUnsecured = "unsecure_grpc_client";
// A piece of a streamed result goes out when it has this many bytes.
constexpr size_t kPieceBytes = 32 << 10;

std::string path(std::string_view method) {
  return fmt::format("/vtgateservice.Vitess/{}", method);
}

template <typename Request>
CallerId caller_of_request(const rpc::ServerCall& call, const Request& request) {
  CallerId caller;
  const vtrpc::CallerID& effective = request.caller_id();
  caller.principal = effective.principal();
  caller.component = effective.component();
  caller.subcomponent = effective.subcomponent();
  caller.username = call.peer_common_name();
  if (caller.username.empty()) caller.username = kUnsecured;
  return caller;
}

// The request's session into the response, to be changed there. One that is absent starts in
// autocommit.
template <typename Request, typename Response>
::vtgate::Session& take_session(const Request& request, Response& response) {
  ::vtgate::Session& session = *response.mutable_session();
  if (request.has_session()) {
    session = request.session();
  } else {
    session.set_autocommit(true);
  }
  return session;
}

// A statement's text and variables, out of a message.
struct Bound {
  explicit Bound(const query::BoundQuery& from)
      : variables(bind_variables_of(from)), query{from.sql(), &variables} {}
  Bound(const Bound&) = delete;
  types::BindVariables variables;
  VtgateQuery query;
};

class ProtoSink : public mysql::ResultSink {
 public:
  explicit ProtoSink(query::QueryResult& result) : rows_(result, IncludedFields::kAll) {}
  Status columns(uint32_t count, std::string_view packets) override {
    return rows_.columns(count, packets);
  }
  Status rows(std::string_view packets) override { return rows_.rows(packets); }
  Status end(const mysql::ResultEnd& end) override {
    rows_.end(end);
    return {};
  }

 protected:
  RowsIntoProto rows_;
};

// Sends what has gathered as it fills; `send` sends the response that the result is part of, and
// clears the result.
class StreamingSink final : public ProtoSink {
 public:
  StreamingSink(query::QueryResult& result, std::function<Status()> send)
      : ProtoSink(result), send_(std::move(send)) {}
  Status columns(uint32_t count, std::string_view packets) override {
    VIF_TRY(rows_.columns(count, packets));
    return send_();  // Vitess's clients expect the fields alone first
  }
  Status rows(std::string_view packets) override {
    VIF_TRY(rows_.rows(packets));
    if (rows_.bytes() < kPieceBytes) return {};
    rows_.cleared();
    return send_();
  }
  Status end(const mysql::ResultEnd& end) override {
    rows_.end(end);
    return send_();
  }

 private:
  std::function<Status()> send_;
};

void add_single(rpc::Server& server, VtgateService& service) {
  rpc::unary<::vtgate::ExecuteRequest, ::vtgate::ExecuteResponse>(
      server, path("Execute"),
      [&](rpc::ServerCall& call, const auto& request, auto& response) -> Status {
        const Bound bound(request.query());
        ProtoSink sink(*response.mutable_result());
        const Status status =
            service.execute(take_session(request, response), caller_of_request(call, request),
                            bound.query, sink, call.deadline());
        if (!status.ok()) {
          response.clear_result();
          to_proto(status.error(), *response.mutable_error());
        }
        return {};
      });
  rpc::server_stream<::vtgate::StreamExecuteRequest>(
      server, path("StreamExecute"),
      [&](rpc::ServerCall& call, const ::vtgate::StreamExecuteRequest& request) -> Status {
        const Bound bound(request.query());
        ::vtgate::StreamExecuteResponse piece;
        ::vtgate::StreamExecuteResponse last;
        StreamingSink sink(*piece.mutable_result(), [&]() -> Status {
          VIF_TRY(call.send(piece));
          piece.mutable_result()->Clear();
          return {};
        });
        const Status status =
            service.execute(take_session(request, last), caller_of_request(call, request),
                            bound.query, sink, call.deadline());
        VIF_TRY(call.send(last));
        return status;
      });
  rpc::unary<::vtgate::PrepareRequest, ::vtgate::PrepareResponse>(
      server, path("Prepare"),
      [&](rpc::ServerCall& call, const auto& request, auto& response) -> Status {
        const Bound bound(request.query());
        auto prepared =
            service.prepare(take_session(request, response), caller_of_request(call, request),
                            bound.query, call.deadline());
        if (!prepared.ok()) {
          to_proto(prepared.error(), *response.mutable_error());
          return {};
        }
        for (const types::Field& field : prepared->fields) to_proto(field, *response.add_fields());
        response.set_params_count(prepared->parameter_count);
        return {};
      });
  rpc::unary<::vtgate::CloseSessionRequest, ::vtgate::CloseSessionResponse>(
      server, path("CloseSession"),
      [&](rpc::ServerCall& call, const auto& request, auto& response) -> Status {
        ::vtgate::Session session = request.session();
        const Status status = service.close_session(session, call.deadline());
        if (!status.ok()) to_proto(status.error(), *response.mutable_error());
        return {};
      });
}

void add_batches(rpc::Server& server, VtgateService& service) {
  rpc::unary<::vtgate::ExecuteBatchRequest, ::vtgate::ExecuteBatchResponse>(
      server, path("ExecuteBatch"),
      [&](rpc::ServerCall& call, const auto& request, auto& response) -> Status {
        ::vtgate::Session& session = take_session(request, response);
        const CallerId caller = caller_of_request(call, request);
        // A statement that fails leaves the others their turn.
        for (const query::BoundQuery& query : request.queries()) {
          const Bound bound(query);
          query::ResultWithError& result = *response.add_results();
          ProtoSink sink(*result.mutable_result());
          const Status status =
              service.execute(session, caller, bound.query, sink, call.deadline());
          if (status.ok()) continue;
          result.clear_result();
          to_proto(status.error(), *result.mutable_error());
        }
        return {};
      });
  rpc::unary<::vtgate::ExecuteMultiRequest, ::vtgate::ExecuteMultiResponse>(
      server, path("ExecuteMulti"),
      [&](rpc::ServerCall& call, const auto& request, auto& response) -> Status {
        ::vtgate::Session& session = take_session(request, response);
        const CallerId caller = caller_of_request(call, request);
        const auto run = [&]() -> Status {
          for (const std::string& sql : VIF_TRY(service.split(request.sql()))) {
            query::QueryResult result;
            ProtoSink sink(result);
            VIF_TRY(service.execute(session, caller, {sql, nullptr}, sink, call.deadline()));
            *response.add_results() = std::move(result);
          }
          return {};
        };
        const Status status = run();
        if (!status.ok()) to_proto(status.error(), *response.mutable_error());
        return {};
      });
  rpc::server_stream<::vtgate::StreamExecuteMultiRequest>(
      server, path("StreamExecuteMulti"),
      [&](rpc::ServerCall& call, const ::vtgate::StreamExecuteMultiRequest& request) -> Status {
        ::vtgate::StreamExecuteMultiResponse last;
        ::vtgate::Session& session = take_session(request, last);
        const CallerId caller = caller_of_request(call, request);
        auto statements = service.split(request.sql());
        for (size_t i = 0; statements.ok() && i < statements->size(); ++i) {
          ::vtgate::StreamExecuteMultiResponse piece;
          piece.set_more_results(i + 1 < statements->size());
          piece.set_new_result(true);
          StreamingSink sink(*piece.mutable_result()->mutable_result(), [&]() -> Status {
            VIF_TRY(call.send(piece));
            piece.set_new_result(false);
            piece.mutable_result()->mutable_result()->Clear();
            return {};
          });
          const Status status =
              service.execute(session, caller, {(*statements)[i], nullptr}, sink, call.deadline());
          if (status.ok()) continue;
          piece.set_more_results(false);
          piece.mutable_result()->clear_result();
          to_proto(status.error(), *piece.mutable_result()->mutable_error());
          VIF_TRY(call.send(piece));
          break;
        }
        VIF_TRY(call.send(last));
        if (!statements.ok()) return statements.error();
        return {};
      });
}

}  // namespace

void add_vtgate_service(rpc::Server& server, VtgateService& service) {
  add_single(server, service);
  add_batches(server, service);
}

}  // namespace vif::clients
