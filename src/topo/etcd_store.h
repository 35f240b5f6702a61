// A topology store in etcd, laid out and locked as Vitess's etcd2 has it, so that both work on the
// same cluster: a record is a key under the cell's root, its version the key's mod revision; a lock
// is a key "<dir>/locks/<lease id>" under a lease, and who created the oldest one holds it.
#pragma once

#include "rt/tls.h"
#include "topo/store.h"

namespace vif::topo {

struct EtcdOptions {
  rt::TlsContextPtr tls = {};  // --topo-etcd-tls-ca, -cert, -key; absent: plain text
  int64_t lease_ttl_s = 30;    // --topo-etcd-lease-ttl: a dead holder's lock ends after this
};

class EtcdStore : public Store {
 public:
  explicit EtcdStore(EtcdOptions options = {}) : options_(std::move(options)) {}
  // `address`: "host:port", several joined by commas. Does not wait: the first call connects.
  Result<std::unique_ptr<Connection>> connect(std::string_view cell, std::string_view address,
                                              std::string_view root) override;

 private:
  EtcdOptions options_;
};

}  // namespace vif::topo
