// The topology records of a local cluster.
#pragma once

#include "base/result.h"
#include "local/cluster_spec.h"
#include "local/layout.h"

namespace vif::local {

// Creates the cells, keyspaces, shards and VSchemas that are not there yet, and rebuilds the
// serving graph. What is there is left alone, but for shards that the spec has and the keyspace
// does not: kFailedPrecondition, since that is a resharding. Waits.
Status write_topology(const ClusterSpec& spec, const Layout& layout);

}  // namespace vif::local
