// The processes of a local cluster and the order in which they come up.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "local/cluster_spec.h"
#include "local/layout.h"
#include "local/progress.h"
#include "local/supervised.h"
#include "mysqld/instance.h"
#include "mysqld/server_binary.h"

namespace vif::local {

struct ClusterOptions {
  ClusterSpec spec;
  Layout layout;
  mysqld::ServerBinary server;
  std::string vif_path;  // of this executable, which the tablets and the gate are started from
};

class Cluster {
 public:
  Cluster(ClusterOptions options, Progress& progress);
  ~Cluster();

  // Makes what is missing, starts everything and waits until queries are served. Errors say what
  // did not come up and where its log is; what was started goes on until stop().
  Status start();
  // Ends every process, the gate first; data stays. Waits.
  void stop();

  // What is kept running, in the order of starting.
  const std::vector<std::unique_ptr<Supervised>>& processes() const { return processes_; }
  const ClusterOptions& options() const { return options_; }

 private:
  struct Member;  // one tablet with its server

  Status check_ports() const;
  Status write_topology();
  Status start_servers();
  Status start_tablets();
  Status start_gate();
  Status load_sample();
  Result<rt::ProcessOptions> tablet_command(const Member& member) const;
  Result<rt::ProcessOptions> gate_command() const;
  Supervised& supervise(Supervised::Options options);
  Status for_each_member(const std::function<Status(Member&)>& work);

  ClusterOptions options_;
  Progress& progress_;
  std::vector<std::unique_ptr<Member>> members_;
  std::vector<std::unique_ptr<Supervised>> processes_;
};

}  // namespace vif::local
