// Digests, AES, compression.
#include <openssl/evp.h>
#include <zlib.h>

#include <array>

#include "base/assert.h"
#include "eval/charsets.h"
#include "eval/function.h"

namespace vif::eval {
namespace {

std::string digest(const EVP_MD* kind, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
  unsigned size = 0;
  VIF_ASSERT(EVP_Digest(text.data(), text.size(), bytes.data(), &size, kind, nullptr) == 1);
  std::string out;
  for (unsigned i = 0; i < size; ++i) out += fmt::format("{:02x}", bytes[i]);
  return out;
}

Datum digest_of(const Call& call, const EVP_MD* kind) {
  const Datum d = call.arg(0);
  return d.is_null() ? Datum() : Datum::of_text(digest(kind, own_bytes(d)), call.collation);
}
Datum md5(const Call& call) { return digest_of(call, EVP_md5()); }
Datum sha1(const Call& call) { return digest_of(call, EVP_sha1()); }

Datum sha2(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null() && !call.context.env.mariadb) return {};
  const Datum bits = call.arg(1);
  const EVP_MD* kind = nullptr;
  switch (bits.is_null() ? -1 : to_int(bits, call.context)) {
    case 0:
    case 256: kind = EVP_sha256(); break;
    case 224: kind = EVP_sha224(); break;
    case 384: kind = EVP_sha384(); break;
    case 512: kind = EVP_sha512(); break;
    default: break;
  }
  // Of a constant it has been said before there were rows.
  const bool before = call.args[1]->is_constant() && !call.context.env.mariadb;
  if (d.is_null()) return {};
  if (!kind) {
    if (!before) warn_of_sha2(call.context);
    return {};
  }
  return Datum::of_text(digest(kind, own_bytes(d)), call.collation);
}

StaticType digest_type(const Call& call) { return static_type(Type::kVarchar, call.collation); }
StaticType bytes_type(const Call&) { return static_type(Type::kVarbinary); }

// aes-128-ecb, the server's default mode. A key of another length is folded onto sixteen bytes.
constexpr size_t kBlock = 16;

std::array<unsigned char, kBlock> folded_key(std::string_view key) {
  std::array<unsigned char, kBlock> out = {};
  for (size_t i = 0; i < key.size(); ++i) out[i % kBlock] ^= static_cast<unsigned char>(key[i]);
  return out;
}

std::optional<std::string> aes(std::string_view text, std::string_view key, bool encrypt) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
      EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  const std::array<unsigned char, kBlock> folded = folded_key(key);
  if (EVP_CipherInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, folded.data(), nullptr,
                        encrypt ? 1 : 0) != 1)
    return std::nullopt;
  std::string out(text.size() + kBlock, '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  int size = 0;
  int rest = 0;
  const auto* from = reinterpret_cast<const unsigned char*>(text.data());
  if (EVP_CipherUpdate(context.get(), to, &size, from, static_cast<int>(text.size())) != 1)
    return std::nullopt;
  if (EVP_CipherFinal_ex(context.get(), to + size, &rest) != 1) return std::nullopt;
  out.resize(static_cast<size_t>(size + rest));
  return out;
}

Datum aes_function(const Call& call, bool encrypt) {
  if (call.size() > 3) refuse("AES with a key derivation function in the gate");
  const Datum text = call.arg(0);
  const Datum key = call.arg(1);
  if (call.size() > 2) call.context.warn(1618, "<IV> option ignored");
  if (text.is_null() || key.is_null()) return {};
  constexpr size_t kKeyBytes = 16;
  if (encrypt && !call.context.env.mariadb && own_bytes(key).size() > kKeyBytes) {
    call.context.warn(3237,
                      "AES key size should be 16 bytes length or secure KDF methods hkdf or "
                      "pbkdf2_hmac should be used, please provide exact AES key size or use KDF "
                      "methods for better security.");
  }
  std::optional<std::string> out = aes(own_bytes(text), own_bytes(key), encrypt);
  return out ? Datum::of_bytes(*std::move(out)) : Datum();
}
Datum aes_encrypt(const Call& call) { return aes_function(call, true); }
Datum aes_decrypt(const Call& call) { return aes_function(call, false); }

// The length in four bytes, then zlib's stream; a point after one that ends in a blank.
constexpr size_t kLengthBytes = 4;
constexpr uint32_t kLengthMask = 0x3fffffff;
constexpr size_t kUncompressedMax = 1 << 26;  // max_allowed_packet's default

Datum compress_function(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const std::string text = own_bytes(d);
  if (text.empty()) return Datum::of_bytes("");
  uLongf size = compressBound(text.size());
  std::string out(kLengthBytes + size, '\0');
  for (size_t i = 0; i < kLengthBytes; ++i)
    out[i] = static_cast<char>(text.size() >> (8 * i) & 0xff);
  const auto* from = reinterpret_cast<const Bytef*>(text.data());
  if (compress(reinterpret_cast<Bytef*>(out.data()) + kLengthBytes, &size, from, text.size()) !=
      Z_OK)
    return {};
  out.resize(kLengthBytes + size);
  if (out.back() == ' ') out += '.';
  return Datum::of_bytes(std::move(out));
}

void warn_corrupted(const Call& call) { call.context.warn(1259, "ZLIB: Input data corrupted"); }

uint32_t stored_length(std::string_view bytes) {
  uint32_t out = 0;
  for (size_t i = 0; i < kLengthBytes; ++i)
    out |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return out & kLengthMask;
}

Datum uncompress_function(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const std::string bytes = own_bytes(d);
  if (bytes.empty()) return Datum::of_bytes("");
  if (bytes.size() <= kLengthBytes) {
    warn_corrupted(call);
    return {};
  }
  uLongf size = stored_length(bytes);
  if (size > kUncompressedMax) {
    constexpr uLongf kMariadbMax = 16777216;
    call.context.warn(1256, fmt::format("Uncompressed data size too large; the maximum size is {} "
                                        "(probably, length of uncompressed data was corrupted)",
                                        call.context.env.mariadb ? kMariadbMax : kUncompressedMax));
    return {};
  }
  std::string out(size, '\0');
  const auto* from = reinterpret_cast<const Bytef*>(bytes.data()) + kLengthBytes;
  const int code =
      uncompress(reinterpret_cast<Bytef*>(out.data()), &size, from, bytes.size() - kLengthBytes);
  if (code != Z_OK) {
    if (code == Z_BUF_ERROR) {
      call.context.warn(1258,
                        "ZLIB: Not enough room in the output buffer (probably, length of "
                        "uncompressed data was corrupted)");
    } else {
      warn_corrupted(call);
    }
    return {};
  }
  out.resize(size);
  return Datum::of_bytes(std::move(out));
}

Datum uncompressed_length(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const std::string bytes = own_bytes(d);
  if (bytes.empty()) return Datum::of_int(0);
  if (bytes.size() <= kLengthBytes) {
    warn_corrupted(call);
    return Datum::of_int(0);
  }
  return Datum::of_int(stored_length(bytes));
}

constexpr Function kFunctions[] = {
    {"md5", 1, 1, md5, digest_type},
    {"sha1", 1, 1, sha1, digest_type},
    {"sha", 1, 1, sha1, digest_type},
    {"sha2", 2, 2, sha2, digest_type},
    {"aes_encrypt", 2, 6, aes_encrypt, bytes_type},
    {"aes_decrypt", 2, 6, aes_decrypt, bytes_type},
    {"compress", 1, 1, compress_function, bytes_type},
    {"uncompress", 1, 1, uncompress_function, bytes_type},
    {"uncompressed_length", 1, 1, uncompressed_length, int_type},
};

}  // namespace

std::span<const Function> crypto_functions() { return kFunctions; }

bool is_sha2(int64_t bits) {
  return bits == 0 || bits == 224 || bits == 256 || bits == 384 || bits == 512;
}

void warn_of_sha2(const Context& context) {
  context.warn(1583, "Incorrect parameters in the call to native function 'sha2'");
}

}  // namespace vif::eval
