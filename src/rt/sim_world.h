// The simulated World: a virtual clock that jumps to the next thing due, seeded choices, hosts
// joined by an unreliable network in memory. Private to rt/.
#pragma once

#include <map>
#include <set>

#include "rt/scheduler.h"
#include "rt/sim.h"

namespace vif::rt {

class SimListener;
class SimStream;

class SimWorld final : public World {
 public:
  explicit SimWorld(const sim::Options& options);
  ~SimWorld() override;
  // REQUIRES: inside sim::run()
  static SimWorld& current();

  void attach(Scheduler& scheduler) { scheduler_ = &scheduler; }
  // Set once the run cannot end well: "deadlock", or the run limit.
  const std::string& verdict() const { return verdict_; }
  const sim::Report& report() const { return report_; }
  // Cancels what is left, now and later.
  void wind_up();

  int64_t clock_ns() override { return clock_ns_; }
  int64_t wall_us() override;
  void poll(int64_t until_ns, bool may_block) override;
  uint64_t random_u64() override;
  void random_bytes(char* into, size_t size) override;
  void offload(const std::function<void()>& work) override { work(); }
  bool simulated() const override { return true; }
  size_t choose(size_t count) override { return static_cast<size_t>(below(count)); }
  void note_step(const Fiber& fiber) override;
  Result<std::unique_ptr<Listener>> listen(const Address&, const ListenOptions&) override;
  Result<std::unique_ptr<Stream>> dial(const Address&, Deadline) override;

  // The network.
  using Hosts = std::pair<uint32_t, uint32_t>;
  uint32_t host_id(const std::string& name);
  const std::string& host_name(uint32_t id) const { return host_names_[id]; }
  uint32_t here() const;
  void partition(uint32_t a, uint32_t b);
  void heal(uint32_t a, uint32_t b);
  bool partitioned(uint32_t a, uint32_t b) const { return cuts_.contains(std::minmax(a, b)); }
  // Until healed.
  void hold(uint32_t a, uint32_t b, Task arrival);
  void crash_host(uint32_t host);
  int64_t draw_latency_ns(uint32_t a, uint32_t b);
  uint64_t below(uint64_t bound);
  // Runs `event` on the scheduler's own flow.
  void at(int64_t time_ns, Task event);
  bool draw_reset() { return reset_one_in_ > 0 && below(reset_one_in_) == 0; }
  void set_reset_chance(uint64_t one_in) { reset_one_in_ = one_in; }

  // By number, in the order of making, so that what walks them does the same in every run.
  std::map<uint64_t, SimStream*>& streams() { return streams_; }
  uint64_t next_number() { return next_number_++; }
  void forget(const SimListener& listener);

 private:
  using ListenKey = std::pair<uint32_t, std::string>;  // host; port or path
  ListenKey listen_key(const Address& address);
  void end_badly(std::string verdict);
  void mix(uint64_t value);

  const sim::Options options_;
  Scheduler* scheduler_ = nullptr;
  int64_t clock_ns_;
  uint64_t random_state_;
  std::string verdict_;
  bool winding_up_ = false;
  uint64_t steps_left_ = 0;  // once winding up
  sim::Report report_;

  std::map<std::pair<int64_t, uint64_t>, Task> events_;  // by time, then by order of making
  uint64_t next_event_ = 0;
  std::vector<std::string> host_names_;
  std::map<std::string, uint32_t> host_ids_;
  struct Held {
    Hosts hosts;
    Task arrival;
  };
  std::set<Hosts> cuts_;
  std::vector<Held> held_;
  WaitQueue cuts_changed_;
  uint64_t reset_one_in_ = 0;
  std::map<ListenKey, SimListener*> listeners_;
  uint16_t next_port_ = 20000;
  std::map<uint64_t, SimStream*> streams_;
  uint64_t next_number_ = 0;
};

}  // namespace vif::rt
