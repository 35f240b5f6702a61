// The store that `--topo-implementation` names.
#pragma once

#include "topo/store.h"

namespace vif::topo {

// "etcd2", "file", "memory". Errors: kInvalidArgument naming the implementations there are.
Result<std::shared_ptr<Store>> make_store(std::string_view implementation);

}  // namespace vif::topo
