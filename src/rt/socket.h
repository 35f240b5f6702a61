// Streams and listeners on the machine's sockets. Private to rt/.
#pragma once

#include "rt/machine.h"

namespace vif::rt {

// One allocation of about 150 bytes; a parked one holds nothing else of ours.
class SocketStream final : public Stream, private Pollee, private Runnable, private Timer {
 public:
  // Takes the connected (or connecting) non-blocking `fd`.
  static Result<std::unique_ptr<SocketStream>> adopt(int fd, bool is_unix, bool connected);
  ~SocketStream();

  using Stream::write_all;
  Result<size_t> read_some(std::span<char> into, Deadline deadline) override;
  Status write_all(std::span<const std::string_view> pieces, Deadline deadline) override;
  Result<size_t> try_write(std::string_view bytes) override;
  Status wait_writable(Deadline deadline) override;
  void park(Parked& owner, Deadline deadline) override;
  void unpark() override;
  void shutdown_write() override;
  void close() override;
  bool is_unix() const override { return unix_; }
  std::string local_address() const override;
  std::string peer_address() const override;
  int fd() const override { return fd_; }

 private:
  SocketStream(int fd, bool is_unix, bool connected);
  void on_edge(uint32_t events) override;
  Status wait(Fiber*& slot, Deadline deadline);
  Result<size_t> send_pieces(std::span<const std::string_view> pieces, size_t skip);
  void wake_owner(Wake reason);
  bool really_readable();
  void ask_for_writable(bool wanted);

  Scheduler& scheduler_;
  Parked* owner_ = nullptr;  // set from park() until on_wake() is called
  Fiber* reader_ = nullptr;
  Fiber* writer_ = nullptr;
  int fd_;
  bool unix_;
  bool readable_ = false;  // there may be something to read
  bool writable_;          // there may be room to write
  bool hung_up_ = false;   // no more edges will tell of reading
  bool out_watched_;       // EPOLLOUT is asked for
  bool wake_started_ = false;
  Wake wake_reason_ = Wake::kReadable;
};

static_assert(sizeof(SocketStream) <= 160, "an idle connection is to be small");

class SocketListener final : public Listener, private Pollee {
 public:
  static Result<std::unique_ptr<Listener>> open(const Address& address,
                                                const ListenOptions& options);
  ~SocketListener();
  Result<std::unique_ptr<Stream>> accept(Deadline deadline) override;
  void close() override;
  Address address() const override { return address_; }

 private:
  SocketListener(int fd, Address address) : fd_(fd), address_(std::move(address)) {}
  void on_edge(uint32_t events) override;

  int fd_;
  Address address_;
  bool ready_ = false;
  Fiber* acceptor_ = nullptr;
};

}  // namespace vif::rt
