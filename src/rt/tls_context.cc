#include "rt/tls_context.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cerrno>

#include "rt/fiber.h"

namespace vif::rt {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

Error unusable(std::string_view what, const std::string& path) {
  return Error(Code::kInvalidArgument,
               fmt::format("cannot use {} \"{}\": {}", what, path, openssl_reason()));
}

Status use_certificate(TlsContext& context, const std::string& cert_path,
                       const std::string& key_path) {
  if (SSL_CTX_use_certificate_chain_file(context.ssl, cert_path.c_str()) != 1) {
    return unusable("certificate", cert_path);
  }
  if (SSL_CTX_use_PrivateKey_file(context.ssl, key_path.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.ssl) != 1) {
    return unusable("private key", key_path);
  }
  return {};
}

Status use_min_version(TlsContext& context, const std::string& version) {
  int number = TLS1_2_VERSION;
  if (version == "TLSv1.0") {
    number = TLS1_VERSION;
  } else if (version == "TLSv1.1") {
    number = TLS1_1_VERSION;
  } else if (version == "TLSv1.3") {
    number = TLS1_3_VERSION;
  } else if (!version.empty() && version != "TLSv1.2") {
    return Error(Code::kInvalidArgument, fmt::format("unknown TLS version \"{}\"", version));
  }
  SSL_CTX_set_min_proto_version(context.ssl, number);
  return {};
}

Status use_roots(TlsContext& context, const std::string& ca_path, const std::string& crl_path) {
  if (ca_path.empty()) {
    SSL_CTX_set_default_verify_paths(context.ssl);
  } else if (SSL_CTX_load_verify_file(context.ssl, ca_path.c_str()) != 1) {
    return unusable("certificate authority", ca_path);
  }
  if (crl_path.empty()) return {};
  X509_STORE* store = SSL_CTX_get_cert_store(context.ssl);
  X509_LOOKUP* lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
  if (X509_load_crl_file(lookup, crl_path.c_str(), X509_FILETYPE_PEM) <= 0) {
    return unusable("revocation list", crl_path);
  }
  X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
  return {};
}

Status add_to_chain(TlsContext& context, const std::string& path) {
  const Owned<BIO> file(BIO_new_file(path.c_str(), "r"));
  if (file == nullptr) return unusable("server certificate authority", path);
  int count = 0;
  while (const Owned<X509> certificate{PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr)}) {
    SSL_CTX_add1_chain_cert(context.ssl, certificate.get());
    ++count;
  }
  if (count == 0) return unusable("server certificate authority", path);
  ERR_clear_error();  // the end of the file
  return {};
}

Status add_extension(X509* certificate, int nid, const std::string& value) {
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
  if (extension == nullptr) return Error(Code::kInvalidArgument, openssl_reason());
  X509_add_ext(certificate, extension.get(), -1);
  return {};
}

// Takes the one protocol that this connection is for, which SSL_get_app_data() points to while it
// handshakes.
int select_alpn(SSL* ssl, const unsigned char** chosen, unsigned char* chosen_size,
                const unsigned char* offered, unsigned int offered_size, void*) {
  const auto* wanted = static_cast<const std::string_view*>(SSL_get_app_data(ssl));
  if (wanted == nullptr || wanted->empty()) return SSL_TLSEXT_ERR_NOACK;
  std::string_view rest(reinterpret_cast<const char*>(offered), offered_size);
  while (!rest.empty()) {
    const std::string_view name = rest.substr(1, static_cast<unsigned char>(rest.front()));
    if (name == *wanted) {
      *chosen = reinterpret_cast<const unsigned char*>(name.data());
      *chosen_size = static_cast<unsigned char>(name.size());
      return SSL_TLSEXT_ERR_OK;
    }
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool is_ip(const std::string& name) {
  unsigned char any[16];
  return ::inet_pton(AF_INET, name.c_str(), any) == 1 ||
         ::inet_pton(AF_INET6, name.c_str(), any) == 1;
}

Result<Owned<BIO>> create_file(const std::string& path, mode_t mode) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0)
    return Error(Code::kInvalidArgument, fmt::format("cannot write {}: {}", path, strerror(errno)));
  return Owned<BIO>(BIO_new_fd(fd, BIO_CLOSE));
}

}  // namespace

std::string openssl_reason() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "unknown reason";
  const char* reason = ERR_reason_error_string(code);
  if (reason != nullptr) return reason;
  return ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code))
                                : fmt::format("OpenSSL error {:x}", code);
}

TlsContext::TlsContext(const SSL_METHOD* method) : ssl(SSL_CTX_new(method)) {
  VIF_ASSERT(ssl != nullptr);
  // An idle connection gives its record buffers (34 KB) back.
  SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_options(
      ssl, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  static constexpr unsigned char kName[] = "vif";
  SSL_CTX_set_session_id_context(ssl, kName, sizeof kName - 1);
}

TlsContext::~TlsContext() { SSL_CTX_free(ssl); }

Result<TlsContextPtr> tls_server_context(const TlsServerOptions& options) {
  auto context = std::make_shared<TlsContext>(TLS_server_method());
  VIF_TRY(use_min_version(*context, options.min_version));
  VIF_TRY(use_certificate(*context, options.cert_path, options.key_path));
  SSL_CTX_set_alpn_select_cb(context->ssl, select_alpn, nullptr);
  if (!options.server_ca_path.empty()) VIF_TRY(add_to_chain(*context, options.server_ca_path));
  if (!options.ca_path.empty()) {
    VIF_TRY(use_roots(*context, options.ca_path, options.crl_path));
    SSL_CTX_set_verify(context->ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_client_CA_list(context->ssl, SSL_load_client_CA_file(options.ca_path.c_str()));
  }
  return TlsContextPtr(context);
}

Result<TlsContextPtr> tls_client_context(const TlsClientOptions& options) {
  auto context = std::make_shared<TlsContext>(TLS_client_method());
  VIF_TRY(use_min_version(*context, options.min_version));
  if (!options.cert_path.empty())
    VIF_TRY(use_certificate(*context, options.cert_path, options.key_path));
  context->server_name = options.server_name;
  context->verify = options.verify;
  if (options.verify) {
    VIF_TRY(use_roots(*context, options.ca_path, options.crl_path));
    SSL_CTX_set_verify(context->ssl, SSL_VERIFY_PEER, nullptr);
  }
  return TlsContextPtr(context);
}

Status make_self_signed(const std::string& name, const std::string& cert_path,
                        const std::string& key_path) {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Owned<X509> certificate(X509_new());
  VIF_ASSERT(key != nullptr && certificate != nullptr);
  X509* x509 = certificate.get();
  X509_set_version(x509, X509_VERSION_3);
  unsigned char serial[16];
  random_bytes(reinterpret_cast<char*>(serial), sizeof serial);
  serial[0] &= 0x7f;
  const std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> number(BN_bin2bn(serial, sizeof serial, nullptr),
                                                          BN_free);
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(x509));
  X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x509), 10L * 365 * 24 * 3600);
  X509_NAME* subject = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(x509, subject);
  X509_set_pubkey(x509, key.get());
  VIF_TRY(add_extension(x509, NID_basic_constraints, "critical,CA:TRUE"));
  VIF_TRY(add_extension(x509, NID_subject_alt_name, (is_ip(name) ? "IP:" : "DNS:") + name));
  if (X509_sign(x509, key.get(), EVP_sha256()) == 0)
    return Error(Code::kInternal, openssl_reason());

  const Owned<BIO> cert_file = VIF_TRY(create_file(cert_path, 0644));
  const Owned<BIO> key_file = VIF_TRY(create_file(key_path, 0600));
  if (PEM_write_bio_X509(cert_file.get(), x509) != 1 ||
      PEM_write_bio_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return Error(Code::kInvalidArgument,
                 fmt::format("cannot write {}: {}", cert_path, openssl_reason()));
  }
  return {};
}

}  // namespace vif::rt
