#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "rt/socket.h"
#include "rt/socket_address.h"

namespace vif::rt {
namespace {

constexpr int kSocketFlags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;

void set_option(int fd, int level, int name, int value) {
  ::setsockopt(fd, level, name, &value, sizeof value);
}

Error system_error(std::string_view verb, const Address& address, int error) {
  Code code = Code::kInvalidArgument;
  if (error == EADDRINUSE) code = Code::kAlreadyExists;
  if (error == EACCES || error == EPERM) code = Code::kPermissionDenied;
  if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM)
    code = Code::kResourceExhausted;
  return Error(code, fmt::format("{} {}: {}", verb, address.to_string(), strerror(error)));
}

// Removes a socket file that nobody listens on any more.
void remove_stale(const SocketAddress& at) {
  struct stat status {};
  if (::stat(at.un.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode)) return;
  const int fd = ::socket(AF_UNIX, kSocketFlags, 0);
  if (fd < 0) return;
  if (::connect(fd, &at.any, at.size) != 0 && errno == ECONNREFUSED) ::unlink(at.un.sun_path);
  ::close(fd);
}

// A listening descriptor, or -errno.
int open_listener(const SocketAddress& at, const ListenOptions& options) {
  const int fd = ::socket(at.family(), kSocketFlags, 0);
  if (fd < 0) return -errno;
  const bool is_unix = at.family() == AF_UNIX;
  if (is_unix) {
    remove_stale(at);
  } else {
    set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);  // accepted sockets inherit it
    if (options.reuse_port) set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
    if (at.family() == AF_INET6) set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  }
  if (::bind(fd, &at.any, at.size) == 0 &&
      (!is_unix || ::chmod(at.un.sun_path, static_cast<mode_t>(options.unix_mode)) == 0) &&
      ::listen(fd, options.backlog) == 0) {
    return fd;
  }
  const int error = errno;
  ::close(fd);
  return -error;
}

}  // namespace

Result<std::unique_ptr<Listener>> SocketListener::open(const Address& address,
                                                       const ListenOptions& options) {
  int error = 0;
  for (const SocketAddress& at : VIF_TRY(resolve(address, /*passive=*/true))) {
    const int fd = open_listener(at, options);
    if (fd < 0) {
      error = -fd;
      // A machine without IPv6 cannot have "::"; the next candidate is 0.0.0.0.
      if (error == EAFNOSUPPORT || error == EADDRNOTAVAIL) continue;
      break;
    }
    Address bound = address;
    if (address.unix_path.empty()) {
      SocketAddress actual;
      ::getsockname(fd, &actual.any, &actual.size);
      bound.port = actual.port();
    }
    std::unique_ptr<SocketListener> listener(new SocketListener(fd, std::move(bound)));
    VIF_TRY(Machine::current().watch(fd, EPOLLIN, *listener));
    return std::unique_ptr<Listener>(std::move(listener));
  }
  return system_error("cannot listen on", address, error);
}

SocketListener::~SocketListener() { close(); }

void SocketListener::close() {
  if (fd_ < 0) return;
  Machine::current().unwatch(fd_);
  ::close(std::exchange(fd_, -1));
  if (!address_.unix_path.empty()) ::unlink(address_.unix_path.c_str());
  if (acceptor_ != nullptr) acceptor_->scheduler->wake(*acceptor_, Woken::kNotified);
}

void SocketListener::on_edge(uint32_t) {
  ready_ = true;
  if (acceptor_ != nullptr) acceptor_->scheduler->wake(*acceptor_, Woken::kNotified);
}

Result<std::unique_ptr<Stream>> SocketListener::accept(Deadline deadline) {
  Scheduler& scheduler = Scheduler::current();
  for (;;) {
    if (fd_ < 0) return Error(Code::kUnavailable, "listener is closed");
    if (!ready_) {
      VIF_ASSERT(acceptor_ == nullptr);
      acceptor_ = scheduler.fiber();
      const Woken woken = scheduler.suspend(deadline);
      acceptor_ = nullptr;
      VIF_TRY(wait_status(woken));
      continue;
    }
    const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      return std::unique_ptr<Stream>(
          VIF_TRY(SocketStream::adopt(fd, !address_.unix_path.empty(), /*connected=*/true)));
    }
    if (errno == EAGAIN) {
      ready_ = false;
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      // Others must close something first.
      VIF_TRY(sleep_for(std::chrono::milliseconds(20)));
      if (deadline.passed()) return wait_status(Woken::kDeadline).error();
    }
  }
}

Result<std::unique_ptr<Listener>> Machine::listen(const Address& address,
                                                  const ListenOptions& options) {
  return SocketListener::open(address, options);
}

Result<std::unique_ptr<Stream>> Machine::dial(const Address& address, Deadline deadline) {
  const bool is_unix = !address.unix_path.empty();
  Error last(Code::kUnavailable, fmt::format("no address for {}", address.to_string()));
  for (const SocketAddress& to : VIF_TRY(resolve(address, /*passive=*/false))) {
    const int fd = ::socket(to.family(), kSocketFlags, 0);
    if (fd < 0) return system_error("cannot dial", address, errno);
    if (!is_unix) set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    int error = ::connect(fd, &to.any, to.size) == 0 ? 0 : errno;
    while (is_unix &&
           error == EAGAIN) {  // its backlog is full, and no edge tells when it no longer is
      const Status slept = sleep_for(std::chrono::milliseconds(1));
      if (!slept.ok() || deadline.passed()) {
        ::close(fd);
        return slept.ok() ? wait_status(Woken::kDeadline).error() : slept.error();
      }
      error = ::connect(fd, &to.any, to.size) == 0 ? 0 : errno;
    }
    if (error == 0 || error == EINPROGRESS) {
      std::unique_ptr<Stream> stream = VIF_TRY(SocketStream::adopt(fd, is_unix, error == 0));
      if (error == 0) return stream;
      VIF_TRY(stream->wait_writable(deadline));
      socklen_t size = sizeof error;
      ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error == 0) return stream;
    } else {
      ::close(fd);
    }
    last = Error(Code::kUnavailable,
                 fmt::format("cannot dial {}: {}", address.to_string(), strerror(error)));
  }
  return last;
}

Status wait_readable(int fd, Deadline deadline) {
  struct Waiter final : Pollee {
    void on_edge(uint32_t) override {
      seen = true;
      if (fiber != nullptr) fiber->scheduler->wake(*fiber, Woken::kNotified);
    }
    Fiber* fiber = nullptr;
    bool seen = false;
  };
  Scheduler& scheduler = Scheduler::current();
  Machine& machine = Machine::current();
  Waiter waiter;
  VIF_TRY(machine.watch(fd, EPOLLIN, waiter));
  Woken woken = Woken::kNotified;
  waiter.fiber = scheduler.fiber();
  while (!waiter.seen && woken == Woken::kNotified) woken = scheduler.suspend(deadline);
  machine.unwatch(fd);
  return waiter.seen ? Status() : wait_status(woken);
}

}  // namespace vif::rt
