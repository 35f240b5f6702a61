#include "mysql/auth.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "mysql/client_conn.h"
#include "mysql/digest.h"
#include "mysql/error_codes.h"
#include "testing/fake_mysql.h"
#include "testing/soon.h"

namespace vif::mysql {
namespace {

using testing::FakeMysql;

using testing::soon;

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02X}", static_cast<uint8_t>(c));
  return out;
}

TEST(Auth, KnownHashes) {
  // What MySQL's PASSWORD('mypass') printed.
  EXPECT_EQ(hex(hash_native("mypass")), "6C8989366EAF75BB670AD8EA7A7FC1176A95CEF4");
  EXPECT_EQ(hex(sha256("abc")), "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
}

TEST(Auth, ScramblesVerifyAgainstHashes) {
  const std::string salt = new_salt();
  EXPECT_EQ(salt.size(), kSaltSize);
  EXPECT_NE(salt, new_salt());
  for (const std::string password : {"a", "secret", "with space and é"}) {
    EXPECT_TRUE(verify_native(salt, scramble_native(salt, password), hash_native(password)));
    EXPECT_TRUE(verify_sha2(salt, scramble_sha2(salt, password), hash_sha2(password)));
    EXPECT_FALSE(verify_native(salt, scramble_native(salt, password + "x"), hash_native(password)));
    EXPECT_FALSE(verify_sha2(salt, scramble_sha2(salt, password + "x"), hash_sha2(password)));
    EXPECT_FALSE(verify_sha2(new_salt(), scramble_sha2(salt, password), hash_sha2(password)));
  }
  EXPECT_EQ(scramble_native(salt, ""), "");
  EXPECT_FALSE(verify_native(salt, "", hash_native("")));
}

TEST(Auth, RsaCarriesAPassword) {
  auto key = RsaKey::generate();
  ASSERT_TRUE(key.ok());
  const std::string salt = new_salt();
  auto encrypted = encrypt_password("se cret", salt, (*key)->public_pem());
  ASSERT_TRUE(encrypted.ok());
  auto decrypted = (*key)->decrypt_password(*encrypted, salt);
  ASSERT_TRUE(decrypted.ok());
  EXPECT_EQ(*decrypted, "se cret");
  EXPECT_FALSE((*key)->decrypt_password("rubbish", salt).ok());
  EXPECT_FALSE(encrypt_password("x", salt, "no key").ok());
}

struct FileCase {
  std::string json;
  std::string error;  // empty: accepted
};

TEST(StaticAuth, ReadsVitessFiles) {
  const FileCase cases[] = {
      {R"({"u": [{"Password": "p", "UserData": "d", "Groups": ["g1", "g2"]}]})", ""},
      {R"({"u": {"Password": "p"}})", ""},
      {R"({"u": [{"MysqlNativePassword": "*6C8989366EAF75BB670AD8EA7A7FC1176A95CEF4"}]})", ""},
      {R"({"u": [{"Password": "p", "SourceHost": "localhost"}]})", ""},
      {R"({"u": [{"Password": "p", "SourceHost": "10.0.0.1"}]})", "only localhost is supported"},
      {R"({"u": [{"Passwort": "p"}]})", "unknown field \"Passwort\""},
      {R"({"u": [{"Password": 1}]})", "is no string"},
      {R"({"u": [{"MysqlNativePassword": "*XYZ"}]})", "is no hash"},
      {R"({"u": )", "not a JSON object"},
      {R"([])", "not a JSON object"},
  };
  for (const FileCase& c : cases) {
    auto auth = StaticAuth::from_json(c.json);
    EXPECT_EQ(auth.ok(), c.error.empty()) << c.json;
    if (!auth.ok()) {
      EXPECT_NE(auth.error().message().find(c.error), std::string::npos) << auth.error().message();
    }
  }
}

TEST(StaticAuth, SourceHostNeedsTheSocket) {
  auto auth = StaticAuth::from_json(
      R"({"u": [{"Password": "p", "SourceHost": "localhost", "UserData": "d"}]})");
  ASSERT_TRUE(auth.ok());
  Identity identity;
  AuthPeer local, remote;
  local.is_unix = true;
  remote.is_tls = true;
  EXPECT_EQ((*auth)->check_password("u", "p", local, identity), AuthAnswer::kAccepted);
  EXPECT_EQ(identity.user_data, "d");
  EXPECT_EQ((*auth)->check_password("u", "p", remote, identity), AuthAnswer::kRejected);
}

TEST(StaticAuth, ReloadKeepsTheOldUsersOnAnError) {
  std::string path = (std::filesystem::temp_directory_path() / "vif-auth-XXXXXX").string();
  const int fd = mkstemp(path.data());
  ASSERT_GE(fd, 0);
  close(fd);
  const auto write = [&](std::string_view text) { std::ofstream(path) << text; };
  write(R"({"a": [{"Password": "p"}]})");
  auto auth = StaticAuth::from_file(path);
  ASSERT_TRUE(auth.ok());
  write(R"({"a": [{"Password": "p"}], "b": [{"Password": "q"}]})");
  EXPECT_TRUE((*auth)->reload().ok());
  EXPECT_EQ((*auth)->user_count(), 2u);
  write("{");
  EXPECT_FALSE((*auth)->reload().ok());
  EXPECT_EQ((*auth)->user_count(), 2u);
  std::filesystem::remove(path);
  EXPECT_FALSE(StaticAuth::from_file(path).ok());
}

// One login over a real connection.
struct LoginCase {
  std::string_view name;
  std::string user;
  std::string password;
  bool accepted;
  std::string caller = {};
};

constexpr std::string_view kUsers = R"({
  "plain": [{"Password": "p1", "UserData": "plain caller"}],
  "empty": [{"Password": ""}],
  "native": [{"MysqlNativePassword": "*6C8989366EAF75BB670AD8EA7A7FC1176A95CEF4", "UserData": "native caller"}],
  "two": [{"Password": "first", "UserData": "1"}, {"Password": "second", "UserData": "2"}]
})";

const LoginCase kLogins[] = {
    {"Password", "plain", "p1", true, "plain caller"},
    {"WrongPassword", "plain", "p2", false},
    {"EmptyForPassword", "plain", "", false},
    {"EmptyPassword", "empty", "", true},
    {"PasswordForEmpty", "empty", "x", false},
    {"NoSuchUser", "nobody", "", false},
    {"NativeHash", "native", "mypass", true, "native caller"},
    {"NativeHashAgain", "native", "mypass", true, "native caller"},
    {"WrongNativeHash", "native", "mypass2", false},
    {"EmptyForHash", "native", "", false},
    {"SecondEntry", "two", "second", true, "2"},
};

Result<QueryResult> who(ServerConnection& connection, std::string_view,
                        std::span<const types::BindVariable>) {
  return testing::one_value("caller", types::Value::varchar(connection.login().identity.user_data));
}

void try_logins(const std::function<void(ServerOptions&)>& on_server,
                const std::function<void(ClientOptions&)>& on_client, std::string_view plugin) {
  auto rsa = RsaKey::generate();
  ASSERT_TRUE(rsa.ok());
  auto auth = StaticAuth::from_json(kUsers, plugin);
  ASSERT_TRUE(auth.ok());
  const Status done = rt::run({}, [&]() -> Status {
    ServerOptions options;
    options.auth = auth->get();
    options.rsa = rsa->get();
    on_server(options);
    FakeMysql server(options, who);
    VIF_TRY(server.start(rt::Address::tcp("127.0.0.1", 0)));
    for (const LoginCase& c : kLogins) {
      ClientOptions client_options = server.client_options();
      client_options.user = c.user;
      client_options.password = c.password;
      on_client(client_options);
      auto client = ClientConnection::connect(client_options, soon());
      EXPECT_EQ(client.ok(), c.accepted)
          << c.name << (client.ok() ? "" : client.error().to_string());
      if (!client.ok()) {
        EXPECT_EQ(client.error().mysql_errno(), er::kAccessDeniedError) << c.name;
        EXPECT_EQ(client.error().message(), fmt::format("Access denied for user '{}'", c.user));
        continue;
      }
      EXPECT_EQ(VIF_TRY((*client)->execute("who", soon())).rows[0][0].bytes, c.caller) << c.name;
      // The same proof, when the user is changed.
      EXPECT_TRUE((*client)->change_user(c.user, c.password, "", soon()).ok()) << c.name;
      EXPECT_FALSE((*client)->change_user("plain", "wrong", "", soon()).ok());
    }
    return {};
  });
  EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().to_string());
}

TEST(Login, CachingSha2WithRsa) {
  try_logins([](ServerOptions&) {}, [](ClientOptions&) {}, kCachingSha2Password);
}
TEST(Login, CachingSha2WithoutAnyKeySwitchesToNative) {
  try_logins([](ServerOptions& options) { options.rsa = nullptr; }, [](ClientOptions&) {},
             kCachingSha2Password);
}
TEST(Login, Native) {
  try_logins([](ServerOptions&) {}, [](ClientOptions&) {}, kNativePassword);
}

class Certificates {
 public:
  Certificates() {
    folder_ = (std::filesystem::temp_directory_path() / "vif-tls-XXXXXX").string();
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    EXPECT_TRUE(rt::make_self_signed("localhost", cert(), key()).ok());
  }
  ~Certificates() { std::filesystem::remove_all(folder_); }
  std::string cert() const { return folder_ + "/cert.pem"; }
  std::string key() const { return folder_ + "/key.pem"; }
  rt::TlsContextPtr server() const {
    rt::TlsServerOptions options;
    options.cert_path = cert();
    options.key_path = key();
    auto context = rt::tls_server_context(options);
    EXPECT_TRUE(context.ok());
    return context.ok() ? *context : nullptr;
  }
  rt::TlsContextPtr client() const {
    rt::TlsClientOptions options;
    options.ca_path = cert();
    options.server_name = "localhost";
    auto context = rt::tls_client_context(options);
    EXPECT_TRUE(context.ok());
    return context.ok() ? *context : nullptr;
  }

 private:
  std::string folder_;
};

TEST(Login, OverTls) {
  const Certificates certificates;
  for (const Compression compression : {Compression::kNone, Compression::kZstd}) {
    try_logins(
        [&](ServerOptions& options) {
          options.tls = certificates.server();
          options.rsa = nullptr;
          options.require_secure_transport = true;
        },
        [&](ClientOptions& options) {
          options.tls = certificates.client();
          options.tls_server_name = "localhost";
          options.tls_required = true;
          options.compression = compression;
        },
        kCachingSha2Password);
  }
}

TEST(Login, TlsCarriesLargeResultsAndParks) {
  const Certificates certificates;
  const Status done = rt::run({}, [&]() -> Status {
    ServerOptions options;
    options.tls = certificates.server();
    FakeMysql server(options,
                     [](ServerConnection&, std::string_view sql, auto) -> Result<QueryResult> {
                       return testing::one_value("big", types::Value::varchar(std::string(sql)));
                     });
    VIF_TRY(server.start(rt::Address::tcp("127.0.0.1", 0)));
    ClientOptions client_options = server.client_options();
    client_options.tls = certificates.client();
    client_options.tls_server_name = "localhost";
    auto client = VIF_TRY(ClientConnection::connect(client_options, soon()));
    EXPECT_TRUE(client->is_tls());
    for (const size_t size : {size_t{1}, size_t{100'000}, size_t{20} << 20}) {
      EXPECT_EQ(VIF_TRY(client->execute(std::string(size, 's'), soon())).rows[0][0].bytes.size(),
                size);
    }
    return {};
  });
  EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().to_string());
}

TEST(Login, ClientThatDistrustsTheCertificateLeavesTheServerUp) {
  const Certificates certificates, others;
  const Status done = rt::run({}, [&]() -> Status {
    ServerOptions options;
    options.tls = certificates.server();
    FakeMysql server(options, who);
    VIF_TRY(server.start(rt::Address::tcp("127.0.0.1", 0)));
    ClientOptions client_options = server.client_options();
    client_options.tls = others.client();
    client_options.tls_server_name = "localhost";
    auto refused = ClientConnection::connect(client_options, soon());
    EXPECT_FALSE(refused.ok());
    if (!refused.ok()) {
      EXPECT_EQ(refused.error().mysql_errno(), cr::kSslConnectionError);
    }
    VIF_TRY(server.wait_for_connections(0, soon()));
    client_options.tls = certificates.client();
    auto client = VIF_TRY(ClientConnection::connect(client_options, soon()));
    return client->ping(soon());
  });
  EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().to_string());
}

TEST(Login, InsecureTransportIsRefusedWhenRequired) {
  const Status done = rt::run({}, [&]() -> Status {
    ServerOptions options;
    options.require_secure_transport = true;
    FakeMysql server(options, who);
    VIF_TRY(server.start(rt::Address::tcp("127.0.0.1", 0)));
    auto client = ClientConnection::connect(server.client_options(), soon());
    EXPECT_FALSE(client.ok());
    if (!client.ok()) {
      EXPECT_EQ(client.error().mysql_errno(), er::kSecureTransportRequired);
    }
    return {};
  });
  EXPECT_TRUE(done.ok());
}

TEST(Login, SilentClientIsDropped) {
  const Status done = rt::run({}, [&]() -> Status {
    ServerOptions options;
    options.handshake_timeout = std::chrono::milliseconds(2);
    FakeMysql server(options, who);
    VIF_TRY(server.start(rt::Address::tcp("127.0.0.1", 0)));
    auto silent = VIF_TRY(rt::dial(server.address(), soon()));
    VIF_TRY(server.wait_for_connections(1, soon()));
    return server.wait_for_connections(0, soon());
  });
  EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().to_string());
}

}  // namespace
}  // namespace vif::mysql
