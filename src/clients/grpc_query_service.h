// A tablet's query service over gRPC: our own vttablets, whose results come as MySQL packets, and
// Vitess's, whose rows are turned into packets here. Of a tablet that offers lean frames in its
// health, statements and transactions go that way; when that cannot be had, they go by gRPC.
#pragma once

#include <memory>

#include "clients/query_service.h"
#include "rpc/channel.h"
#include "rpc/lean_client.h"

namespace vif::clients {

// What stands at the other end. Until it is known a tablet is taken for Vitess's, which ours also
// answer.
enum class PeerKind : uint8_t { kUnknown, kVif, kVitess };

// Errors have Vitess's text "vttablet: rpc error: code = <CamelCase code> desc = <the tablet's
// text>", with errno and SQLSTATE recovered from it.
class GrpcQueryService : public QueryService {
 public:
  explicit GrpcQueryService(std::unique_ptr<rpc::Channel> channel,
                            PeerKind peer = PeerKind::kUnknown);
  ~GrpcQueryService() override;

  // Learned from the first message of stream_health, or as constructed.
  PeerKind peer() const { return peer_; }
  rpc::Channel& channel() { return *channel_; }
  // The next statement goes by lean frames.
  bool by_lean_frames() const { return lean_.ready(); }

  Status execute(const ExecuteRequest& request, ExecuteState& state, mysql::ResultSink& sink,
                 rt::Deadline deadline) override;
  Result<ExecuteState> begin(const Target& target, const BeginOptions& options,
                             std::span<const std::string> settings, rt::Deadline deadline) override;
  Result<int64_t> commit(const Target& target, int64_t transaction_id,
                         rt::Deadline deadline) override;
  Result<int64_t> rollback(const Target& target, int64_t transaction_id,
                           rt::Deadline deadline) override;
  Status release(const Target& target, int64_t transaction_id, int64_t reserved_id,
                 rt::Deadline deadline) override;
  Status stream_health(const std::function<Status(const Health&)>& on_health) override;
  Status get_schema(const Target& target, SchemaTableKind kind, std::span<const std::string> names,
                    const std::function<Status(std::map<std::string, std::string>)>& on_tables,
                    rt::Deadline deadline) override;

 private:
  template <typename Request, typename Response>
  Status unary(std::string_view method, const Request& request, Response& response,
               rt::Deadline deadline);

  bool execute_packed(const ExecuteRequest& request, ExecuteState& state, mysql::ResultSink& sink,
                      rt::Deadline deadline, Status& done);

  std::unique_ptr<rpc::Channel> channel_;
  rpc::LeanChannel lean_;
  std::string packed_;  // room for the request that is being sent
  PeerKind peer_;
};

}  // namespace vif::clients
