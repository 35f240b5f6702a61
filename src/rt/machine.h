// The real World of one core: epoll, the system's clock. Private to rt/.
#pragma once

#include <sys/epoll.h>

#include "rt/offload_pool.h"
#include "rt/scheduler.h"

namespace vif::rt {

// What hears of a file descriptor's edges. Called on the scheduler's own flow.
class Pollee {
 public:
  virtual void on_edge(uint32_t events) = 0;

 protected:
  ~Pollee() = default;
};

class Machine final : public World {
 public:
  explicit Machine(OffloadPool& offload_pool);
  ~Machine() override;
  // The current scheduler's. REQUIRES: not under simulation
  static Machine& current();

  // Edge-triggered, once for the life of the descriptor. Errors: kResourceExhausted,
  // kInvalidArgument.
  Status watch(int fd, uint32_t events, Pollee& pollee);
  void change(int fd, uint32_t events, Pollee& pollee);
  // Before the descriptor is closed.
  void unwatch(int fd);

  int64_t clock_ns() override;
  int64_t wall_us() override;
  void poll(int64_t until_ns, bool may_block) override;
  void nudge() override;
  uint64_t random_u64() override;
  void random_bytes(char* into, size_t size) override;
  void offload(const std::function<void()>& work) override { offload_pool_.run(work); }
  Result<std::unique_ptr<Listener>> listen(const Address&, const ListenOptions&) override;
  Result<std::unique_ptr<Stream>> dial(const Address&, Deadline) override;

 private:
  void arm_timer(int64_t at_ns);

  OffloadPool& offload_pool_;
  int epoll_fd_;
  int nudge_fd_;
  // Stays armed from wait to wait, for as long as nothing is wanted earlier: a time-out of each
  // wait's own would cost it the setting and cancelling of a timer.
  int timer_fd_;
  int64_t armed_ns_ = Timer::kNever;
  uint64_t random_state_[4];
  std::vector<epoll_event> events_;
};

}  // namespace vif::rt
