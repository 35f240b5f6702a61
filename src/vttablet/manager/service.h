// tabletmanagerservice.TabletManager on a gRPC server: what vtctld, vtorc and other tablets call.
#pragma once

namespace vif::rpc {
class Server;
}

namespace vif::vttablet {

class TabletManager;

// The service's other methods stay unimplemented. `manager` outlives the server; calls are served
// on its scheduler.
void add_tablet_manager(rpc::Server& server, TabletManager& manager);

}  // namespace vif::vttablet
