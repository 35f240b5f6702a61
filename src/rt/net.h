// Byte streams between processes: TCP, unix sockets, TLS over either; in-memory under simulation.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rt/time.h"

namespace vif::rt {

// Where to listen or dial. "host:port", "[v6]:port", or "unix:/path".
struct Address {
  std::string host;       // empty for a unix socket
  uint16_t port = 0;      // 0 when listening: the system chooses
  std::string unix_path;  // non-empty for a unix socket

  static Result<Address> parse(std::string_view text);
  static Address tcp(std::string host, uint16_t port) { return {std::move(host), port, {}}; }
  static Address unix_socket(std::string path) { return {{}, 0, std::move(path)}; }
  std::string to_string() const;
};

// Why a parked stream's owner was woken.
enum class Wake : uint8_t { kReadable, kDeadline, kUnparked };

// What a parked stream holds instead of a fiber. The owner implements it.
class Parked {
 public:
  // Runs on a fresh fiber of the stream's scheduler, exactly once per park().
  virtual void on_wake(Wake reason) = 0;

 protected:
  ~Parked() = default;
};

// A connected, bidirectional byte stream. One fiber reads and one writes at a time; both may be the
// same. Belongs to the scheduler that made it. Destroying closes.
class Stream {
 public:
  virtual ~Stream() = default;

  // At least one byte, as many as are there; 0 means the peer has finished sending.
  // Waits. Errors: kCanceled, kDeadlineExceeded, kUnavailable (reset).
  virtual Result<size_t> read_some(std::span<char> into, Deadline deadline) = 0;
  // All of `pieces`, in order, in one syscall where the system takes them. Waits when the peer is
  // slow. Errors: as read_some; then it is unknown how much was sent.
  virtual Status write_all(std::span<const std::string_view> pieces, Deadline deadline) = 0;
  Status write_all(std::string_view bytes, Deadline deadline) {
    return write_all(std::span<const std::string_view>(&bytes, 1), deadline);
  }
  // As much of `bytes` as can be sent without waiting; 0 when none can. Never waits.
  virtual Result<size_t> try_write(std::string_view bytes) = 0;
  // Until try_write may make progress. Waits.
  virtual Status wait_writable(Deadline deadline) = 0;

  // Gives the fiber up: returns at once, and `owner.on_wake` runs on a fresh fiber when there is
  // something to read (or the peer has gone), when `deadline` passes or unpark() is called.
  // Meanwhile the stream costs a few hundred bytes. REQUIRES: nobody reads; not parked; owner
  // outlives the wake.
  virtual void park(Parked& owner, Deadline deadline) = 0;
  // Wakes a parked owner with kUnparked; no effect if it is not parked.
  virtual void unpark() = 0;

  // Sends a FIN; reading goes on.
  virtual void shutdown_write() = 0;
  // Both ways, at once; waits of other fibers on this stream end with kUnavailable.
  virtual void close() = 0;

  virtual bool is_tls() const { return false; }
  virtual bool is_unix() const = 0;
  // "127.0.0.1:3306"; a unix socket gives its path or "".
  virtual std::string local_address() const = 0;
  virtual std::string peer_address() const = 0;
  // The peer certificate's common name, when TLS with a verified one; else "".
  virtual std::string peer_common_name() const { return {}; }
  // For SO_PEERCRED, pidfds and the like; -1 under simulation.
  virtual int fd() const = 0;
};

class Listener {
 public:
  virtual ~Listener() = default;
  // Waits. Errors: kCanceled, kDeadlineExceeded; kUnavailable once closed.
  virtual Result<std::unique_ptr<Stream>> accept(Deadline deadline = Deadline::never()) = 0;
  virtual void close() = 0;
  // With the port that the system chose.
  virtual Address address() const = 0;
};

struct ListenOptions {
  int backlog = 4096;
  bool reuse_port = false;  // one listener a core on the same port
  int unix_mode = 0777;     // of a unix socket's file
};

// Errors: kAlreadyExists (address in use), kPermissionDenied, kInvalidArgument. A stale unix socket
// file is replaced.
Result<std::unique_ptr<Listener>> listen(const Address& address, const ListenOptions& options = {});
// TCP_NODELAY is set. Names are resolved on the offload pool. Errors: kUnavailable,
// kDeadlineExceeded, kCanceled.
Result<std::unique_ptr<Stream>> dial(const Address& address, Deadline deadline);

// Until `fd` can be read (a pidfd, an inotify fd, a pipe). Not under simulation. Errors: kCanceled,
// kDeadlineExceeded.
Status wait_readable(int fd, Deadline deadline);

}  // namespace vif::rt
