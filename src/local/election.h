// The first primary of each shard of a local cluster.
#pragma once

#include "base/result.h"
#include "local/cluster_spec.h"
#include "local/layout.h"
#include "rt/time.h"

namespace vif::local {

// Makes the first tablet of every shard without a primary its primary, which the others then
// follow. A shard that has one is left alone: its tablets find their way by the shard record.
// Waits.
Status elect_primaries(const ClusterSpec& spec, const Layout& layout, rt::Deadline deadline);

}  // namespace vif::local
