// Watches in etcd. Private to topo/.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "topo/etcd_client.h"
#include "topo/store.h"

namespace vif::topo {

// `root` (with its final slash) + `path` is the key. Errors: kNotFound.
Result<std::unique_ptr<Watch>> etcd_watch(std::shared_ptr<EtcdClient> client, std::string root,
                                          std::string_view path, rt::Deadline deadline);
// All keys under root + dir; `dir` ends with a slash or is empty.
Result<std::unique_ptr<Watch>> etcd_watch_recursive(std::shared_ptr<EtcdClient> client,
                                                    std::string root, std::string_view dir,
                                                    rt::Deadline deadline);

}  // namespace vif::topo
