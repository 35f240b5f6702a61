// The sample schema and data of a new local cluster, loaded as a client would.
#pragma once

#include "base/result.h"
#include "local/cluster_spec.h"
#include "local/layout.h"
#include "rt/time.h"

namespace vif::local {

// Runs each keyspace's schema and then the data through the gate's socket. Reference tables are
// filled shard by shard from their source. Waits. Errors name the statement.
Status load_sample(const ClusterSpec& spec, const Layout& layout, rt::Deadline deadline);

// The statements of a script: split at a semicolon at the end of a line; empty ones and `--` lines
// left out.
std::vector<std::string> script_statements(std::string_view script);

}  // namespace vif::local
