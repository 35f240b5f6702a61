// What a TlsContext holds. Private to rt/.
#pragma once

#include <openssl/ssl.h>

#include "rt/tls.h"

namespace vif::rt {

class TlsContext {
 public:
  explicit TlsContext(const SSL_METHOD* method);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;

  SSL_CTX* ssl;
  std::string server_name;  // the client's default
  bool verify = true;
};

// OpenSSL's reason for the latest failure of this thread; clears it.
std::string openssl_reason();

}  // namespace vif::rt
