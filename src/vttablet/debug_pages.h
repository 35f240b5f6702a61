// A tablet's pages on the debug port: variables, health, running and counted queries.
#pragma once

#include "base/metrics.h"

namespace vif::rpc {
class HttpServer;
}

namespace vif::vttablet {

class QueryServer;
class TabletManager;

// All must outlive the server. Pages are served on this tablet's scheduler.
void add_debug_pages(rpc::HttpServer& server, Metrics& metrics, QueryServer& queries,
                     TabletManager& manager);

}  // namespace vif::vttablet
