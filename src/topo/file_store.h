// A topology store in a directory: the default on one machine, safe between processes.
//
// A record is a file at <address>/<root>/<path>, whose bytes are the record's: written beside and
// renamed into place, under a short flock of the cell, so a reader never sees half of one. A
// version is a hash of the contents and of the file's identity. A lock on a directory is a file
// under <address>/<root>/.locks that its holder has flock()ed: it ends with its process, however
// that ends. Watches read again when inotify says that something moved. Not under simulation.
#pragma once

#include "topo/store.h"

namespace vif::topo {

class FileStore : public Store {
 public:
  // `address` is a directory, made when missing. Errors: kUnavailable with the system's reason.
  Result<std::unique_ptr<Connection>> connect(std::string_view cell, std::string_view address,
                                              std::string_view root) override;
};

}  // namespace vif::topo
