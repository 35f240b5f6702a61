#include "rt/socket_address.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <charconv>
#include <cstring>

#include "rt/fiber.h"

namespace vif::rt {
namespace {

Error invalid(std::string_view text, std::string_view why) {
  return Error(Code::kInvalidArgument, fmt::format("address \"{}\": {}", text, why));
}

bool numeric(const std::string& host, uint16_t port, SocketAddress& into) {
  if (::inet_pton(AF_INET, host.c_str(), &into.v4.sin_addr) == 1) {
    into.v4.sin_family = AF_INET;
    into.v4.sin_port = htons(port);
    into.size = sizeof into.v4;
    return true;
  }
  if (::inet_pton(AF_INET6, host.c_str(), &into.v6.sin6_addr) == 1) {
    into.v6.sin6_family = AF_INET6;
    into.v6.sin6_port = htons(port);
    into.size = sizeof into.v6;
    return true;
  }
  return false;
}

}  // namespace

Result<Address> Address::parse(std::string_view text) {
  if (text.starts_with("unix:")) {
    const std::string_view path = text.substr(5);
    if (path.empty()) return invalid(text, "missing path");
    return unix_socket(std::string(path));
  }
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return invalid(text, "missing port");
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return invalid(text, "too many colons (an IPv6 address wants brackets)");
  }
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    return invalid(text, "invalid port");
  }
  return tcp(std::string(host), port);
}

std::string Address::to_string() const {
  if (!unix_path.empty()) return "unix:" + unix_path;
  if (host.find(':') != std::string::npos) return fmt::format("[{}]:{}", host, port);
  return fmt::format("{}:{}", host, port);
}

std::string SocketAddress::to_string() const {
  char text[INET6_ADDRSTRLEN] = "";
  switch (family()) {
    case AF_INET:
      ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
      return fmt::format("{}:{}", text, port());
    case AF_INET6:
      if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
        ::inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text, sizeof text);
        return fmt::format("{}:{}", text, port());
      }
      ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
      return fmt::format("[{}]:{}", text, port());
    case AF_UNIX: {
      const size_t room =
          size > offsetof(sockaddr_un, sun_path) ? size - offsetof(sockaddr_un, sun_path) : 0;
      return std::string(un.sun_path, strnlen(un.sun_path, room));
    }
    default: return "";
  }
}

Result<std::vector<SocketAddress>> resolve(const Address& address, bool passive) {
  SocketAddress one;
  if (!address.unix_path.empty()) {
    if (address.unix_path.size() >= sizeof one.un.sun_path) {
      return invalid(address.to_string(), fmt::format("a unix socket's path has at most {} bytes",
                                                      sizeof one.un.sun_path - 1));
    }
    one.un.sun_family = AF_UNIX;
    std::memcpy(one.un.sun_path, address.unix_path.data(), address.unix_path.size());
    one.size = sizeof one.un;
    return std::vector{one};
  }
  if (passive && (address.host.empty() || address.host == "*")) {
    SocketAddress v4;
    VIF_ASSERT(numeric("::", address.port, one) && numeric("0.0.0.0", address.port, v4));
    return std::vector{one, v4};
  }
  if (numeric(address.host.empty() ? "127.0.0.1" : address.host, address.port, one))
    return std::vector{one};

  std::vector<SocketAddress> found;
  int failure = 0;
  offload([&] {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = passive ? AI_PASSIVE : AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    failure = ::getaddrinfo(address.host.c_str(), nullptr, &hints, &list);
    if (failure != 0) return;
    for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
      SocketAddress each;
      if (at->ai_addrlen > sizeof each.storage) continue;
      std::memcpy(&each.storage, at->ai_addr, at->ai_addrlen);
      each.size = at->ai_addrlen;
      (each.family() == AF_INET6 ? each.v6.sin6_port : each.v4.sin_port) = htons(address.port);
      found.push_back(each);
    }
    ::freeaddrinfo(list);
  });
  // RFC 6761: localhost is the loopback address, also on a machine without /etc/hosts (a bare root,
  // a small container).
  if (found.empty() && address.host == "localhost") {
    VIF_ASSERT(numeric("127.0.0.1", address.port, one));
    found.push_back(one);
  }
  if (found.empty()) {
    return Error(Code::kUnavailable,
                 fmt::format("cannot resolve host \"{}\": {}", address.host,
                             failure == 0 ? "no address" : ::gai_strerror(failure)));
  }
  // A name that stands for both (localhost) is listened on where everybody dials first.
  if (passive) {
    std::stable_partition(found.begin(), found.end(),
                          [](const SocketAddress& a) { return a.family() == AF_INET; });
  }
  return found;
}

}  // namespace vif::rt
