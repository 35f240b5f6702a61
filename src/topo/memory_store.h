// A topology store in this process's memory: for tests, and for processes that need no other.
#pragma once

#include <map>
#include <optional>

#include "topo/store.h"

namespace vif::topo {

// All cells of all connections from one MemoryStore see the same data; address and root are
// ignored. Works under simulation. Belongs to one scheduler.
class MemoryStore : public Store {
 public:
  Result<std::unique_ptr<Connection>> connect(std::string_view cell, std::string_view address,
                                              std::string_view root) override;

  // From now on every call on `cell` fails with `error` (watches end with it), until set to
  // nullopt.
  void set_error(std::string_view cell, std::optional<Error> error);

  struct Cell;

 private:
  std::shared_ptr<Cell> cell(std::string_view name);

  std::map<std::string, std::shared_ptr<Cell>, std::less<>> cells_;
};

}  // namespace vif::topo
