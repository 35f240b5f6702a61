// Addresses as the system has them. Private to rt/.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <vector>

#include "rt/net.h"

namespace vif::rt {

struct SocketAddress {
  union {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
    sockaddr_un un;
    sockaddr_storage storage;
  };
  socklen_t size = sizeof storage;

  SocketAddress() : storage{} {}
  int family() const { return any.sa_family; }
  uint16_t port() const { return ntohs(family() == AF_INET6 ? v6.sin6_port : v4.sin_port); }
  std::string to_string() const;
};

// Waits on the offload pool unless the host is numeric. `passive`: to listen; an empty host is then
// every interface. Errors: kUnavailable (no such host), kInvalidArgument.
Result<std::vector<SocketAddress>> resolve(const Address& address, bool passive);

}  // namespace vif::rt
