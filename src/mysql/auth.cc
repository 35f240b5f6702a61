#include "mysql/auth.h"

#include <fstream>
#include <sstream>

#include <openssl/crypto.h>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "mysql/digest.h"

namespace vif::mysql {
namespace {

class NoneAuth final : public AuthServer {
 public:
  AuthAnswer check_native(std::string_view, std::string_view, std::string_view, const AuthPeer&,
                          Identity&) override {
    return AuthAnswer::kAccepted;
  }
  AuthAnswer check_sha2(std::string_view, std::string_view, std::string_view, const AuthPeer&,
                        Identity&) override {
    return AuthAnswer::kAccepted;
  }
  AuthAnswer check_password(std::string_view, std::string_view, const AuthPeer&,
                            Identity&) override {
    return AuthAnswer::kAccepted;
  }
};

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]);
    const int low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

std::string exclusive_or(std::string a, std::string_view b) {
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) a[i] = static_cast<char>(a[i] ^ b[i]);
  return a;
}

}  // namespace

std::unique_ptr<AuthServer> make_none_auth() { return std::make_unique<NoneAuth>(); }

std::string hash_native(std::string_view password) { return sha1(sha1(password)); }
std::string hash_sha2(std::string_view password) { return sha256(sha256(password)); }

std::string scramble_native(std::string_view salt, std::string_view password) {
  if (password.empty()) return {};
  const std::string stage = sha1(password);
  return exclusive_or(stage, sha1(std::string(salt) + sha1(stage)));
}

std::string scramble_sha2(std::string_view salt, std::string_view password) {
  if (password.empty()) return {};
  const std::string stage = sha256(password);
  return exclusive_or(stage, sha256(sha256(stage) + std::string(salt)));
}

bool verify_native(std::string_view salt, std::string_view response, std::string_view hash) {
  if (response.size() != 20 || hash.size() != 20) return false;
  return equal(sha1(exclusive_or(sha1(std::string(salt).append(hash)), response)), hash);
}

bool verify_sha2(std::string_view salt, std::string_view response, std::string_view hash) {
  if (response.size() != 32 || hash.size() != 32) return false;
  return equal(sha256(exclusive_or(sha256(std::string(hash).append(salt)), response)), hash);
}

// One login of a user: what its password is known by.
struct StaticAuth::Entry {
  std::optional<std::string> password;  // in clear; absent when only a hash is known
  std::string native_hash;              // raw; empty: not known
  std::string sha2_hash;  // as native_hash; learnt when a full authentication succeeds
  bool local_only = false;
  Identity identity;

  bool admits(const AuthPeer& peer) const { return !local_only || peer.is_unix; }
};

StaticAuth::StaticAuth(std::string_view plugin) : plugin_(plugin) {}
StaticAuth::~StaticAuth() = default;

Result<std::unique_ptr<StaticAuth>> StaticAuth::from_json(std::string_view json,
                                                          std::string_view plugin) {
  auto auth = std::unique_ptr<StaticAuth>(new StaticAuth(plugin));
  auth->users_ = VIF_TRY(parse(json));
  return auth;
}

Result<std::unique_ptr<StaticAuth>> StaticAuth::from_file(std::string path,
                                                          std::string_view plugin) {
  auto auth = std::unique_ptr<StaticAuth>(new StaticAuth(plugin));
  auth->path_ = std::move(path);
  VIF_TRY(auth->reload());
  if (auth->users_.empty()) {
    return Error(Code::kInvalidArgument,
                 fmt::format("Failed to populate entries from file: {}", auth->path_));
  }
  return auth;
}

Status StaticAuth::reload() {
  if (path_.empty()) return {};
  std::ifstream file(path_);
  if (!file) {
    return Error(Code::kNotFound,
                 fmt::format("Failed to read mysql_auth_server_static_file file: {}", path_));
  }
  std::stringstream text;
  text << file.rdbuf();
  users_ = VIF_TRY(parse(text.str()));
  return {};
}

Result<StaticAuth::Users> StaticAuth::parse(std::string_view json) {
  const auto bad = [](std::string_view what) {
    return Error(Code::kInvalidArgument, fmt::format("Error parsing auth server config: {}", what));
  };
  const auto document = nlohmann::json::parse(json, nullptr, false);
  if (!document.is_object()) return bad("not a JSON object");

  const auto parse_entry = [&](const std::string& user,
                               const nlohmann::json& from) -> Result<Entry> {
    if (!from.is_object()) return bad(fmt::format("entry of user {} is no object", user));
    Entry entry;
    std::string password;
    for (const auto& [key, value] : from.items()) {
      if (key == "Groups") {
        if (value.is_null()) continue;
        if (!value.is_array()) return bad("Groups is no list");
        for (const auto& group : value) {
          if (!group.is_string()) return bad("a group is no string");
          entry.identity.groups.push_back(group);
        }
        continue;
      }
      if (!value.is_string()) return bad(fmt::format("{} is no string", key));
      const std::string text = value;
      if (key == "Password") {
        password = text;
      } else if (key == "UserData") {
        entry.identity.user_data = text;
      } else if (key == "SourceHost") {
        if (!text.empty() && text != "localhost") {
          return Error(
              Code::kInvalidArgument,
              fmt::format("invalid SourceHost found (only localhost is supported): {}", text));
        }
        entry.local_only = !text.empty();
      } else if (key == "MysqlNativePassword" || key == "CachingSha2Password") {
        if (text.empty()) continue;
        const std::string_view hex = text.front() == '*' ? std::string_view(text).substr(1) : text;
        std::optional<std::string> hash = from_hex(hex);
        const bool native = key == "MysqlNativePassword";
        if (!hash || hash->size() != (native ? 20 : 32))
          return bad(fmt::format("{} of user {} is no hash", key, user));
        (native ? entry.native_hash : entry.sha2_hash) = std::move(*hash);
      } else {
        return bad(fmt::format("json: unknown field \"{}\"", key));
      }
    }
    if (entry.native_hash.empty() && entry.sha2_hash.empty()) entry.password = std::move(password);
    return entry;
  };

  Users users;
  for (const auto& [user, value] : document.items()) {
    std::vector<Entry>& entries = users[user];
    if (!value.is_array()) {
      entries.push_back(VIF_TRY(parse_entry(user, value)));
      continue;
    }
    for (const auto& one : value) entries.push_back(VIF_TRY(parse_entry(user, one)));
  }
  return users;
}

size_t StaticAuth::user_count() const { return users_.size(); }

AuthAnswer StaticAuth::check_native(std::string_view user, std::string_view salt,
                                    std::string_view response, const AuthPeer& peer,
                                    Identity& identity) {
  const auto found = users_.find(user);
  if (found == users_.end()) return AuthAnswer::kRejected;
  bool need_password = false;
  for (const Entry& entry : found->second) {
    if (!entry.admits(peer)) continue;
    const bool matches = entry.password ? equal(scramble_native(salt, *entry.password), response)
                                        : verify_native(salt, response, entry.native_hash);
    if (matches) {
      identity = entry.identity;
      return AuthAnswer::kAccepted;
    }
    need_password |= !entry.password && entry.native_hash.empty();
  }
  return need_password ? AuthAnswer::kNeedPassword : AuthAnswer::kRejected;
}

AuthAnswer StaticAuth::check_sha2(std::string_view user, std::string_view salt,
                                  std::string_view response, const AuthPeer& peer,
                                  Identity& identity) {
  const auto found = users_.find(user);
  if (found == users_.end()) return AuthAnswer::kRejected;
  bool need_password = false;
  for (const Entry& entry : found->second) {
    if (!entry.admits(peer)) continue;
    const bool matches = entry.password ? equal(scramble_sha2(salt, *entry.password), response)
                                        : verify_sha2(salt, response, entry.sha2_hash);
    if (matches) {
      identity = entry.identity;
      return AuthAnswer::kAccepted;
    }
    // An empty response is an empty password, which no hash stands for.
    need_password |= !entry.password && entry.sha2_hash.empty() && !response.empty();
  }
  return need_password ? AuthAnswer::kNeedPassword : AuthAnswer::kRejected;
}

AuthAnswer StaticAuth::check_password(std::string_view user, std::string_view password,
                                      const AuthPeer& peer, Identity& identity) {
  const auto found = users_.find(user);
  if (found == users_.end()) return AuthAnswer::kRejected;
  for (Entry& entry : found->second) {
    if (!entry.admits(peer)) continue;
    bool matches = false;
    if (entry.password) {
      matches = equal(*entry.password, password);
    } else if (password.empty()) {
      continue;
    } else if (!entry.native_hash.empty()) {
      matches = equal(hash_native(password), entry.native_hash);
    } else {
      matches = equal(hash_sha2(password), entry.sha2_hash);
    }
    if (!matches) continue;
    // The next login of this user is a fast one.
    if (!entry.password && entry.sha2_hash.empty()) entry.sha2_hash = hash_sha2(password);
    identity = entry.identity;
    return AuthAnswer::kAccepted;
  }
  return AuthAnswer::kRejected;
}

}  // namespace vif::mysql
