// The gate for gRPC clients (vtgateservice.Vitess): each request brings its session, which is made
// into ours for the call and put back after it.
#pragma once

#include "clients/vtgate_service.h"
#include "vtgate/executor.h"

namespace vif::vtgate {

class GrpcService final : public clients::VtgateService {
 public:
  explicit GrpcService(Executor& executor) : executor_(executor) {}

  Status execute(::vtgate::Session& session, const clients::CallerId& caller,
                 const clients::VtgateQuery& query, mysql::ResultSink& sink,
                 rt::Deadline deadline) override;
  Result<std::vector<std::string>> split(std::string_view sql) override;
  Result<Prepared> prepare(::vtgate::Session& session, const clients::CallerId& caller,
                           const clients::VtgateQuery& query, rt::Deadline deadline) override;
  Status close_session(::vtgate::Session& session, rt::Deadline deadline) override;

 private:
  Executor& executor_;
};

// Between the message and our data. Errors: an unknown keyspace or tablet type in the target.
Status session_from_proto(Executor& executor, const ::vtgate::Session& from, Session& to);
void session_to_proto(const Session& from, ::vtgate::Session& to);

}  // namespace vif::vtgate
