// TLS over any Stream (OpenSSL). Contexts are immutable and shared; a reload makes a new one.
#pragma once

#include <memory>
#include <string>

#include "rt/net.h"

namespace vif::rt {

struct TlsServerOptions {
  std::string cert_path;  // PEM chain
  std::string key_path;
  std::string ca_path;  // non-empty: client certificates are required and verified against it
  std::string crl_path;
  std::string server_ca_path;  // added to the chain that is sent
  std::string min_version;     // "TLSv1.2" (default), "TLSv1.3"
};

struct TlsClientOptions {
  std::string cert_path;  // optional client certificate
  std::string key_path;
  std::string ca_path;  // empty: the system's roots
  std::string crl_path;
  std::string server_name;  // verified, and sent as SNI
  bool verify = true;
  std::string min_version;
};

class TlsContext;  // either side; holds an SSL_CTX
using TlsContextPtr = std::shared_ptr<const TlsContext>;

// Errors: kInvalidArgument naming the file that could not be used.
Result<TlsContextPtr> tls_server_context(const TlsServerOptions& options);
Result<TlsContextPtr> tls_client_context(const TlsClientOptions& options);
// For tests and first starts: a self-signed certificate for `name` and its key, PEM, written to the
// two paths.
Status make_self_signed(const std::string& name, const std::string& cert_path,
                        const std::string& key_path);

// Handshakes over `stream`, whose unread bytes must not have been taken, but for `already_read`.
// `alpn` e.g. "h2" or "". Waits. Errors: kUnavailable with OpenSSL's reason; kDeadlineExceeded;
// kCanceled.
Result<std::unique_ptr<Stream>> tls_accept(std::unique_ptr<Stream> stream, TlsContextPtr context,
                                           Deadline deadline, std::string_view already_read = {},
                                           std::string_view alpn = {});
Result<std::unique_ptr<Stream>> tls_connect(std::unique_ptr<Stream> stream, TlsContextPtr context,
                                            const std::string& server_name, Deadline deadline,
                                            std::string_view alpn = {});

}  // namespace vif::rt
