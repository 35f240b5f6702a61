// The client's side of logging in: greeting, capabilities, TLS, authentication, and
// COM_CHANGE_USER.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "mysql/client_conn.h"

namespace vif::mysql {

// What a server's greeting says.
struct Greeting {
  std::string version;  // without MariaDB's "5.5.5-"
  uint32_t thread_id = 0;
  uint32_t capabilities = 0;
  uint16_t status = 0;
  std::string salt;
  std::string plugin;
};
// Errors: 2012; the server's own when it refuses at once (1040, 1129).
Result<Greeting> parse_greeting(std::string_view payload);

class ClientHandshake {
 public:
  ClientHandshake(ClientConnection& connection, rt::Deadline deadline)
      : connection_(connection), deadline_(deadline) {}

  Status connect();
  Status change_user(std::string_view user, std::string_view password, std::string_view database);

 private:
  uint32_t choose_capabilities(uint32_t offered) const;
  Status upgrade_to_tls(uint32_t capabilities);
  void write_response(uint32_t capabilities);
  // Reads until OK; answers switches and requests for more.
  Status finish();
  Status answer_more(std::string_view data);
  Status answer_switch(std::string_view payload);
  Result<std::string> scramble() const;
  Status send(std::string_view payload);
  Result<std::string_view> read();
  bool secure() const;

  ClientConnection& connection_;
  rt::Deadline deadline_;
  std::string plugin_;
  std::string salt_;
  std::string password_;
  bool key_asked_ = false;
};

}  // namespace vif::mysql
