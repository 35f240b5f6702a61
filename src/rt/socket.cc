#include "rt/socket.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "rt/socket_address.h"

namespace vif::rt {
namespace {

constexpr uint32_t kReadEdges = EPOLLIN | EPOLLRDHUP;
constexpr size_t kPiecesPerCall = 64;

Error unavailable(std::string_view what, int error) {
  return Error(Code::kUnavailable, fmt::format("{}: {}", what, strerror(error)));
}

Error closed_error() { return Error(Code::kUnavailable, "connection is closed"); }

}  // namespace

SocketStream::SocketStream(int fd, bool is_unix, bool connected)
    : scheduler_(Scheduler::current()),
      fd_(fd),
      unix_(is_unix),
      writable_(connected),
      // TCP tells of room only after a refused write. A unix socket tells whenever its peer has
      // read, which would wake us once a query for nothing: there it is asked for only when needed.
      out_watched_(!is_unix || !connected) {
  Runnable::run = [](Runnable* runnable) {
    auto& self = static_cast<SocketStream&>(*runnable);
    self.wake_started_ = false;
    // The stream may be gone when this returns.
    std::exchange(self.owner_, nullptr)->on_wake(self.wake_reason_);
  };
  Timer::fire = [](Timer* park) { static_cast<SocketStream*>(park)->wake_owner(Wake::kDeadline); };
}

Result<std::unique_ptr<SocketStream>> SocketStream::adopt(int fd, bool is_unix, bool connected) {
  std::unique_ptr<SocketStream> stream(new SocketStream(fd, is_unix, connected));
  VIF_TRY(
      Machine::current().watch(fd, kReadEdges | (stream->out_watched_ ? EPOLLOUT : 0u), *stream));
  return stream;
}

SocketStream::~SocketStream() {
  if (wake_started_) scheduler_.take_back(*this);
  owner_ = nullptr;
  close();
  scheduler_.timers().remove(*this);
}

void SocketStream::on_edge(uint32_t events) {
  if (events & (kReadEdges | EPOLLHUP | EPOLLERR)) {
    readable_ = true;
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) hung_up_ = true;
    if (reader_ != nullptr) {
      scheduler_.wake(*reader_, Woken::kNotified);
    } else if (owner_ != nullptr) {
      wake_owner(Wake::kReadable);
    }
  }
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) {
    writable_ = true;
    if (writer_ != nullptr) scheduler_.wake(*writer_, Woken::kNotified);
  }
}

Status SocketStream::wait(Fiber*& slot, Deadline deadline) {
  if (fd_ < 0) return closed_error();
  VIF_ASSERT(slot == nullptr);
  slot = scheduler_.fiber();
  const Woken woken = scheduler_.suspend(deadline);
  slot = nullptr;
  if (woken != Woken::kNotified) return wait_status(woken);
  if (fd_ < 0) return closed_error();
  return {};
}

Result<size_t> SocketStream::read_some(std::span<char> into, Deadline deadline) {
  for (;;) {
    if (readable_) {
      const ssize_t count = ::recv(fd_, into.data(), into.size(), 0);
      if (count >= 0) {
        // Less than asked for: drained, and what comes now makes a new edge. After a hang-up none
        // does.
        if (static_cast<size_t>(count) < into.size() && !hung_up_) readable_ = false;
        return static_cast<size_t>(count);
      }
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return fd_ < 0 ? closed_error() : unavailable("read", errno);
      readable_ = false;
    }
    VIF_TRY(wait(reader_, deadline));
  }
}

// As much as the socket takes now, `skip` bytes of the first piece left out; 0 when it takes none.
Result<size_t> SocketStream::send_pieces(std::span<const std::string_view> pieces, size_t skip) {
  iovec vectors[kPiecesPerCall];
  msghdr message{};
  message.msg_iov = vectors;
  for (const std::string_view piece : pieces) {
    if (message.msg_iovlen == kPiecesPerCall) break;
    vectors[message.msg_iovlen++] = {const_cast<char*>(piece.data()) + skip, piece.size() - skip};
    skip = 0;
  }
  for (;;) {
    const ssize_t count = message.msg_iovlen == 1
                              ? ::send(fd_, vectors[0].iov_base, vectors[0].iov_len, MSG_NOSIGNAL)
                              : ::sendmsg(fd_, &message, MSG_NOSIGNAL);
    if (count >= 0) return static_cast<size_t>(count);
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return fd_ < 0 ? closed_error() : unavailable("write", errno);
    writable_ = false;
    ask_for_writable(true);
    return 0;
  }
}

Status SocketStream::write_all(std::span<const std::string_view> pieces, Deadline deadline) {
  size_t skip = 0;
  bool waited = false;
  // Nearly always: one piece, and the system takes it.
  if (pieces.size() == 1 && writable_ && fd_ >= 0 && !pieces.front().empty()) {
    const ssize_t count = ::send(fd_, pieces.front().data(), pieces.front().size(), MSG_NOSIGNAL);
    if (count == static_cast<ssize_t>(pieces.front().size())) return {};
    // What kept it from doing so is seen below.
    if (count > 0) skip = static_cast<size_t>(count);
  }
  while (!pieces.empty()) {
    if (pieces.front().size() == skip) {
      pieces = pieces.subspan(1);
      skip = 0;
      continue;
    }
    if (!writable_) {
      waited = true;
      VIF_TRY(wait(writer_, deadline));
      continue;
    }
    size_t sent = VIF_TRY(send_pieces(pieces, skip));
    for (; sent > 0; pieces = pieces.subspan(1)) {
      const size_t left = pieces.front().size() - skip;
      if (sent < left) {
        skip += sent;
        break;
      }
      sent -= left;
      skip = 0;
    }
  }
  if (waited) ask_for_writable(false);
  return {};
}

Result<size_t> SocketStream::try_write(std::string_view bytes) {
  if (fd_ < 0) return closed_error();
  if (!writable_ || bytes.empty()) return 0;
  return send_pieces({&bytes, 1}, 0);
}

Status SocketStream::wait_writable(Deadline deadline) {
  if (fd_ < 0) return closed_error();
  if (writable_) return {};
  while (!writable_) VIF_TRY(wait(writer_, deadline));
  ask_for_writable(false);
  return {};
}

void SocketStream::ask_for_writable(bool wanted) {
  if (!unix_ || wanted == out_watched_ || fd_ < 0) return;
  out_watched_ = wanted;
  Machine::current().change(fd_, kReadEdges | (wanted ? EPOLLOUT : 0u), *this);
}

bool SocketStream::really_readable() {
  if (fd_ < 0 || hung_up_) return true;
  if (!readable_) return false;
  char byte;
  readable_ = ::recv(fd_, &byte, 1, MSG_PEEK) >= 0 || errno != EAGAIN;
  return readable_;
}

void SocketStream::park(Parked& owner, Deadline deadline) {
  VIF_ASSERT(owner_ == nullptr && reader_ == nullptr);
  owner_ = &owner;
  if (really_readable()) {
    wake_owner(Wake::kReadable);
  } else if (!deadline.is_never()) {
    scheduler_.timers().arm(*this, deadline.instant().ns);
  }
}

void SocketStream::unpark() {
  if (owner_ != nullptr) wake_owner(Wake::kUnparked);
}

void SocketStream::wake_owner(Wake reason) {
  if (wake_started_) return;
  disarm();
  wake_reason_ = reason;
  wake_started_ = true;
  scheduler_.start(*this);
}

void SocketStream::shutdown_write() {
  if (fd_ >= 0) ::shutdown(fd_, SHUT_WR);
}

void SocketStream::close() {
  if (fd_ < 0) return;
  Machine::current().unwatch(fd_);
  ::close(std::exchange(fd_, -1));
  readable_ = writable_ = false;
  if (reader_ != nullptr) scheduler_.wake(*reader_, Woken::kNotified);
  if (writer_ != nullptr) scheduler_.wake(*writer_, Woken::kNotified);
  unpark();
}

std::string SocketStream::local_address() const {
  SocketAddress address;
  if (fd_ < 0 || ::getsockname(fd_, &address.any, &address.size) != 0) return "";
  return address.to_string();
}

std::string SocketStream::peer_address() const {
  SocketAddress address;
  if (fd_ < 0 || ::getpeername(fd_, &address.any, &address.size) != 0) return "";
  return address.to_string();
}

}  // namespace vif::rt
