// grpc.health.v1.Health: what probes ask a server.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "rpc/server.h"

namespace vif::rpc {

// The whole server, "", is serving from the start; other services are unknown until set.
class HealthService {
 public:
  HealthService();
  void add_to(Server& server);
  // From any thread.
  void set(std::string_view service, bool serving);

 private:
  using Table = std::map<std::string, bool, std::less<>>;
  // Replaced as a whole, so that readers on other schedulers need no lock.
  std::shared_ptr<const Table> table_;
};

}  // namespace vif::rpc
