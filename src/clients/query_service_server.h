// queryservice.Query on a gRPC server, in front of a QueryService: what vttablet registers.
#pragma once

#include "clients/query_service.h"
#include "rpc/server.h"

namespace vif::clients {

// Adds the execute family, transactions, Release, StreamHealth and GetSchema. Callers that set
// vif_raw get MySQL packets, others Vitess's fields and rows. The service's other methods stay
// unimplemented. `service` outlives the server; it is called on the scheduler that serves the call.
void add_query_service(rpc::Server& server, QueryService& service);

}  // namespace vif::clients
