// A server's methods by path. Internal to rpc/.
#pragma once

#include <string>
#include <unordered_map>

#include "rpc/server.h"

namespace vif::rpc {

using Handlers = std::unordered_map<std::string, Handler>;

// Errors: kUnimplemented with gRPC's text.
Result<const Handler*> find_handler(const Handlers& handlers, const std::string& path);

}  // namespace vif::rpc
