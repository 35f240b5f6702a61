// What auth needs of OpenSSL: digests, salts, RSA.
#include <fstream>
#include <sstream>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "mysql/auth.h"
#include "mysql/digest.h"
#include "rt/fiber.h"

namespace vif::mysql {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

std::string digest(const EVP_MD* kind, std::string_view text) {
  std::string out(static_cast<size_t>(EVP_MD_get_size(kind)), '\0');
  EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr, kind,
             nullptr);
  return out;
}

// MySQL mixes the password with the salt before it encrypts.
std::string mix(std::string text, std::string_view salt) {
  for (size_t i = 0; i < text.size(); ++i)
    text[i] = static_cast<char>(text[i] ^ salt[i % salt.size()]);
  return text;
}

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string sha1(std::string_view text) { return digest(EVP_sha1(), text); }
std::string sha256(std::string_view text) { return digest(EVP_sha256(), text); }

std::string new_salt() {
  std::string salt(kSaltSize, '\0');
  rt::random_bytes(salt.data(), salt.size());
  for (char& c : salt) {
    c = static_cast<char>(c & 0x7f);
    if (c == '\0' || c == '$') ++c;
  }
  return salt;
}

RsaKey::RsaKey(evp_pkey_st* key) : key_(key) {
  Owned<BIO> memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(memory.get(), key_);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  public_pem_.assign(text, static_cast<size_t>(size));
}

RsaKey::~RsaKey() { EVP_PKEY_free(key_); }

Result<std::unique_ptr<RsaKey>> RsaKey::generate(int bits) {
  EVP_PKEY* key = EVP_RSA_gen(static_cast<unsigned>(bits));
  if (key == nullptr) return Error(Code::kInternal, "cannot generate an RSA key");
  return std::unique_ptr<RsaKey>(new RsaKey(key));
}

Result<std::unique_ptr<RsaKey>> RsaKey::from_pem_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Error(Code::kNotFound, fmt::format("cannot read {}", path));
  std::stringstream text;
  text << file.rdbuf();
  const std::string pem = text.str();
  Owned<BIO> memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr);
  if (key == nullptr)
    return Error(Code::kInvalidArgument, fmt::format("{} holds no private key in PEM form", path));
  return std::unique_ptr<RsaKey>(new RsaKey(key));
}

Result<std::string> RsaKey::decrypt_password(std::string_view encrypted,
                                             std::string_view salt) const {
  const Error refused(Code::kUnauthenticated, "cannot decrypt the password");
  Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(key_, nullptr));
  if (!context || EVP_PKEY_decrypt_init(context.get()) <= 0 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) <= 0) {
    return refused;
  }
  size_t size = 0;
  if (EVP_PKEY_decrypt(context.get(), nullptr, &size, bytes(encrypted), encrypted.size()) <= 0)
    return refused;
  std::string text(size, '\0');
  if (EVP_PKEY_decrypt(context.get(), bytes(text), &size, bytes(encrypted), encrypted.size()) <= 0)
    return refused;
  text.resize(size);
  text = mix(std::move(text), salt);
  if (text.empty() || text.back() != '\0') return refused;
  text.pop_back();
  return text;
}

Result<std::string> encrypt_password(std::string_view password, std::string_view salt,
                                     std::string_view public_pem) {
  const Error bad_key(Code::kInvalidArgument, "the server's RSA public key cannot be used");
  if (salt.empty()) return bad_key;
  Owned<BIO> memory(BIO_new_mem_buf(public_pem.data(), static_cast<int>(public_pem.size())));
  Owned<EVP_PKEY> key(PEM_read_bio_PUBKEY(memory.get(), nullptr, nullptr, nullptr));
  if (!key) return bad_key;
  Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (!context || EVP_PKEY_encrypt_init(context.get()) <= 0 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) <= 0) {
    return bad_key;
  }
  const std::string mixed = mix(std::string(password) + '\0', salt);
  size_t size = 0;
  if (EVP_PKEY_encrypt(context.get(), nullptr, &size, bytes(mixed), mixed.size()) <= 0)
    return bad_key;
  std::string encrypted(size, '\0');
  if (EVP_PKEY_encrypt(context.get(), bytes(encrypted), &size, bytes(mixed), mixed.size()) <= 0)
    return bad_key;
  encrypted.resize(size);
  return encrypted;
}

}  // namespace vif::mysql
