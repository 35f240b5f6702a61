// Locks in etcd, queued as Vitess queues them. Private to topo/.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "topo/etcd_client.h"
#include "topo/store.h"

namespace vif::topo {

// Queues on `dir` (a full key) and waits for its turn. `path` is the directory's name for errors.
// Errors: as Connection::lock, but does not look whether the directory exists.
Result<std::unique_ptr<Lock>> etcd_lock(std::shared_ptr<EtcdClient> client, std::string dir,
                                        std::string_view path, std::string_view contents,
                                        int64_t ttl_s, rt::Deadline deadline);

}  // namespace vif::topo
