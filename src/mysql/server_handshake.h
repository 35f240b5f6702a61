// The server's side of logging in: greeting, TLS, authentication, and COM_CHANGE_USER.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "mysql/server_conn.h"

namespace vif::mysql {

// What a client's handshake response (or COM_CHANGE_USER) said.
struct LoginRequest {
  uint32_t capabilities = 0;
  uint32_t packet_max = 0;
  uint16_t charset = 0;
  std::string user;
  std::string response;
  std::string database;
  std::string plugin;
  std::vector<std::pair<std::string, std::string>> attributes;
  uint8_t zstd_level = 3;
};
// Errors: 1043 bad handshake.
Result<LoginRequest> parse_handshake_response(std::string_view payload);
Result<LoginRequest> parse_change_user(std::string_view payload, uint32_t capabilities);

// One use of the login machinery on a connection's fiber.
class Handshake {
 public:
  explicit Handshake(ServerConnection& connection)
      : connection_(connection),
        deadline_(rt::Deadline::in(connection.options().handshake_timeout)) {}

  // Greeting to OK. Errors: what the client was told, or that it is gone.
  Status connect();
  // Proves the user of a COM_CHANGE_USER, to the OK.
  Status change_user(std::string_view payload);

 private:
  Status send_greeting();
  Result<std::string_view> read_packet();
  Status upgrade_to_tls();
  Status authenticate(LoginRequest& request);
  Status full_sha2(const LoginRequest& request, Identity& identity);
  Status switch_plugin(LoginRequest& request, std::string_view plugin);
  Status finish(LoginRequest request);
  Error denied(std::string_view user) const;
  uint32_t offered() const;

  ServerConnection& connection_;
  rt::Deadline deadline_;
  std::string salt_;
};

}  // namespace vif::mysql
