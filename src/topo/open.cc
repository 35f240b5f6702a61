#include "topo/open.h"

#include "topo/etcd_store.h"
#include "topo/file_store.h"
#include "topo/memory_store.h"

namespace vif::topo {

Result<std::shared_ptr<Store>> make_store(std::string_view implementation) {
  if (implementation == "etcd2") return std::shared_ptr<Store>(std::make_shared<EtcdStore>());
  if (implementation == "file") return std::shared_ptr<Store>(std::make_shared<FileStore>());
  if (implementation == "memory") return std::shared_ptr<Store>(std::make_shared<MemoryStore>());
  return Error(Code::kInvalidArgument,
               fmt::format("no such topology implementation {} (there are: etcd2, file, memory)",
                           implementation));
}

}  // namespace vif::topo
