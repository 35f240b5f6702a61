// Who may log in: the checks behind mysql_native_password, caching_sha2_password and clear
// passwords, Vitess's static file of users, and "none".
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct evp_pkey_st;

namespace vif::mysql {

constexpr std::string_view kNativePassword = "mysql_native_password";
constexpr std::string_view kCachingSha2Password = "caching_sha2_password";
constexpr std::string_view kClearPassword = "mysql_clear_password";
constexpr std::string_view kDialogPlugin = "dialog";
constexpr size_t kSaltSize = 20;

// Whom a client turned out to be. `user_data` (UserData in the file) is Vitess's immediate caller's
// username.
struct Identity {
  std::string user_data;
  std::vector<std::string> groups;
};

// How the client came.
struct AuthPeer {
  bool is_unix = false;
  bool is_tls = false;
  std::string common_name;  // of a verified client certificate
  bool secure() const { return is_unix || is_tls; }
};

// kNeedPassword: only the clear password can tell (caching_sha2_password's full authentication).
enum class AuthAnswer : uint8_t { kAccepted, kRejected, kNeedPassword };

// Answers the server side of the handshake. Belongs to one scheduler. None of the checks waits.
class AuthServer {
 public:
  virtual ~AuthServer() = default;

  // The plugin named in the greeting: kCachingSha2Password or kNativePassword.
  virtual std::string_view default_plugin() const { return kCachingSha2Password; }
  // False: this user cannot log in by mysql_native_password (a client is then asked to switch).
  virtual bool allows_native() const { return true; }
  virtual bool allows_sha2() const { return true; }
  // `response` is the client's scramble over `salt`; empty for an empty password. Fills `identity`
  // when accepted.
  virtual AuthAnswer check_native(std::string_view user, std::string_view salt,
                                  std::string_view response, const AuthPeer& peer,
                                  Identity& identity) = 0;
  virtual AuthAnswer check_sha2(std::string_view user, std::string_view salt,
                                std::string_view response, const AuthPeer& peer,
                                Identity& identity) = 0;
  virtual AuthAnswer check_password(std::string_view user, std::string_view password,
                                    const AuthPeer& peer, Identity& identity) = 0;
};

// Accepts everyone; the caller id's username is empty, as with Vitess's "none".
std::unique_ptr<AuthServer> make_none_auth();

// Vitess's --mysql-auth-server-static-file: {"user": [{"Password": "..", "MysqlNativePassword":
// "*HEX", "CachingSha2Password": "HEX of SHA256(SHA256(password))", "UserData": "..", "SourceHost":
// "localhost", "Groups": [..]}, ..]}, or the legacy form without the list. Unknown fields are
// errors.
class StaticAuth final : public AuthServer {
 public:
  // Errors: kInvalidArgument saying what is wrong with the file; kNotFound.
  static Result<std::unique_ptr<StaticAuth>> from_file(
      std::string path, std::string_view plugin = kCachingSha2Password);
  static Result<std::unique_ptr<StaticAuth>> from_json(
      std::string_view json, std::string_view plugin = kCachingSha2Password);
  ~StaticAuth() override;

  // Reads the file again; on an error the users stay as they were.
  Status reload();

  std::string_view default_plugin() const override { return plugin_; }
  AuthAnswer check_native(std::string_view user, std::string_view salt, std::string_view response,
                          const AuthPeer& peer, Identity& identity) override;
  AuthAnswer check_sha2(std::string_view user, std::string_view salt, std::string_view response,
                        const AuthPeer& peer, Identity& identity) override;
  AuthAnswer check_password(std::string_view user, std::string_view password, const AuthPeer& peer,
                            Identity& identity) override;
  size_t user_count() const;

 private:
  struct Entry;
  using Users = std::map<std::string, std::vector<Entry>, std::less<>>;
  explicit StaticAuth(std::string_view plugin);
  static Result<Users> parse(std::string_view json);

  std::string plugin_;
  std::string path_;
  Users users_;
};

// What a client answers, and what a server compares. An empty password's scramble is empty.
std::string scramble_native(std::string_view salt, std::string_view password);
std::string scramble_sha2(std::string_view salt, std::string_view password);
// SHA1(SHA1(password)) and SHA256(SHA256(password)), raw.
std::string hash_native(std::string_view password);
std::string hash_sha2(std::string_view password);
// Whether `response` was made from the password with this hash.
bool verify_native(std::string_view salt, std::string_view response, std::string_view hash);
bool verify_sha2(std::string_view salt, std::string_view response, std::string_view hash);
// kSaltSize bytes in 1..127, none of them '$'.
std::string new_salt();

// An RSA key pair with which clients encrypt a password on a connection without TLS.
class RsaKey {
 public:
  static Result<std::unique_ptr<RsaKey>> generate(int bits = 2048);
  static Result<std::unique_ptr<RsaKey>> from_pem_file(const std::string& path);
  ~RsaKey();
  RsaKey(const RsaKey&) = delete;

  const std::string& public_pem() const { return public_pem_; }
  // The password that a client encrypted. Errors: kUnauthenticated.
  Result<std::string> decrypt_password(std::string_view encrypted, std::string_view salt) const;

 private:
  explicit RsaKey(evp_pkey_st* key);
  evp_pkey_st* key_;
  std::string public_pem_;
};
// The client's half. Errors: kInvalidArgument for a bad key.
Result<std::string> encrypt_password(std::string_view password, std::string_view salt,
                                     std::string_view public_pem);

}  // namespace vif::mysql
