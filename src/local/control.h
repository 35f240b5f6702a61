// How `vif up`, `status` and `down` talk with the supervisor of a running cluster: a unix socket in
// its data folder, one word asked, JSON objects answered, one a line.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "local/cluster.h"
#include "local/progress.h"
#include "rt/net.h"
#include "rt/sync.h"

namespace vif::local {

struct ProcessStatus {
  std::string name;
  std::string state;
  int pid = 0;
  int restarts = 0;
  std::string last_exit;
};

// One report of the supervisor.
struct Report {
  Phase phase = Phase::kStarting;
  std::string error;
  std::vector<std::string> lines;  // of progress, all so far
  std::vector<ProcessStatus> processes;
  std::string server;  // "MariaDB 10.11.19 (/usr/sbin/mariadbd)"
  uint16_t mysql_port = 0;
  uint16_t web_port = 0;
  int supervisor_pid = 0;
};

std::string to_json(const Report& report);
// Errors: kInvalidArgument.
Result<Report> report_from_json(const std::string& json);

// Serves the socket until cancelled. "status": one report; "follow": a report at each change until
// ready or failed; "stop": sets `stop`, then a report at each change until the supervisor ends.
Status serve_control(rt::Listener& listener, const Cluster& cluster, Progress& progress,
                     rt::Event& stop);

// Asks a supervisor and hands each report to `on_report`, until it closes or `on_report` returns
// false. Errors: kUnavailable when no supervisor runs there.
Status ask_control(const std::string& socket_path, std::string_view question,
                   const std::function<bool(const Report&)>& on_report, rt::Deadline deadline);

}  // namespace vif::local
