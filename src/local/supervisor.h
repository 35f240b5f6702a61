// The process behind a local cluster: one a data folder, started by `vif up`, ended by `vif down`.
#pragma once

#include "base/result.h"
#include "local/cluster.h"

namespace vif::local {

// Takes the data folder's lock, serves its control socket, starts the cluster and keeps it until it
// is told to stop (by `down`, SIGTERM or SIGINT). A cluster that does not come up is kept
// half-started until stopped, so that `status` can tell why. Errors: kAlreadyExists when another
// supervisor holds the folder.
Status run_supervisor(ClusterOptions options);

}  // namespace vif::local
