// vtgateservice.Vitess: the gate for clients that do not speak MySQL. vtgate implements
// VtgateService; the adaptor here puts it on a gRPC server. The session belongs to the client: it
// comes with each request and goes back changed. Include proto/vtgate.pb.h where you use these.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clients/query_service.h"
#include "rpc/server.h"

namespace query {
class Field;
}
namespace vtgate {
class Session;
}

namespace vif::clients {

// One statement. `sql` and the variables live as long as the call.
struct VtgateQuery {
  std::string_view sql;
  const types::BindVariables* bind_variables = nullptr;  // may be absent
};

// Each call changes `session` to what the client has to send next, also when the statement fails.
// Errors are the application's: the adaptor puts them into the response, as Vitess does.
class VtgateService {
 public:
  virtual ~VtgateService() = default;
  // One statement; used for Execute, StreamExecute and each part of ExecuteBatch.
  virtual Status execute(::vtgate::Session& session, const CallerId& caller,
                         const VtgateQuery& query, mysql::ResultSink& sink,
                         rt::Deadline deadline) = 0;
  // The statements of a text that may have several, split at ';' outside of literals. Errors: those
  // of the lexer.
  virtual Result<std::vector<std::string>> split(std::string_view sql) = 0;
  // The result columns of a statement, and how many `?` it has, without running it.
  struct Prepared {
    std::vector<types::Field> fields;
    uint32_t parameter_count = 0;
  };
  virtual Result<Prepared> prepare(::vtgate::Session& session, const CallerId& caller,
                                   const VtgateQuery& query, rt::Deadline deadline) = 0;
  // Rolls back what is open and frees what is reserved.
  virtual Status close_session(::vtgate::Session& session, rt::Deadline deadline) = 0;
};

// Registers Execute, ExecuteMulti, ExecuteBatch, StreamExecute, StreamExecuteMulti, Prepare and
// CloseSession; VStream stays unimplemented. `service` outlives the server; it is called on the
// scheduler that serves the call.
void add_vtgate_service(rpc::Server& server, VtgateService& service);

}  // namespace vif::clients
