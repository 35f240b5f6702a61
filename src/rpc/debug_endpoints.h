// The paths that every Vitess process answers on its HTTP port.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "rpc/http_server.h"

namespace vif::rpc {

// Goes into /debug/vars as Build* and is asked for by `vtctldclient GetVersion`.
struct BuildInfo {
  std::string version;  // "23.0.0-SNAPSHOT"
  std::string git_rev, git_branch, host, user, timestamp;
  int64_t number = 0;
};

struct DebugEndpoints {
  std::string binary;  // "vtgate": the page's title, the prefix of Prometheus names
  std::vector<std::string> cmdline;
  BuildInfo build;
  const Metrics* metrics = nullptr;  // outlives the server
  // Pieces of HTML for the body of /debug/status, in order; "" is left out.
  std::vector<std::function<std::string()>> status_parts;
  // The body of a 200 of /debug/health, or an error for a 500. Absent: "ok".
  std::function<Result<std::string>()> health;
  // /healthz is only there when this is.
  std::function<Status()> healthz;
  // JSON text of /debug/config. Absent: "{}".
  std::function<std::string()> config;
};

// Adds /debug/vars (and its subtree), /metrics, /debug/status, /debug/health, /debug/liveness,
// /debug/config, /debug/flushlogs, /healthz; "/" and unknown paths redirect to /debug/status.
void add_debug_endpoints(HttpServer& server, DebugEndpoints endpoints);

}  // namespace vif::rpc
