// The simulated world: virtual clock, in-memory network with faults, seeded scheduler. The same
// code that runs under rt::run() runs here, and a failing seed replays exactly.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "rt/time.h"

namespace vif::rt::sim {

struct Options {
  uint64_t seed = 1;
  Duration latency_min = std::chrono::microseconds(50);
  Duration latency_max = std::chrono::milliseconds(2);
  Duration run_limit = std::chrono::hours(24);  // virtual; beyond it the run fails (a livelock)
};

// What a run did: two runs that agree in the hash took the same steps at the same times.
struct Report {
  uint64_t trace_hash = 0;
  uint64_t steps = 0;
  Duration elapsed{};  // virtual
};

// Runs `main` until it returns, then cancels what it left running. Deterministic in (seed, main).
// Errors: what main returned; kInternal "deadlock" when every fiber waits and nothing is due (they
// are then cancelled).
Status run(const Options& options, std::function<Status()> main, Report* report = nullptr);

// A test's hand in the network; only inside sim::run(). Hosts are the host parts of addresses;
// a fiber's host is set with as_host() and inherited by what it spawns ("client" at first).
class Network {
 public:
  // Streams between a and b carry nothing until healed (bytes wait; dials hang until their
  // deadline).
  static void partition(const std::string& a, const std::string& b);
  static void heal(const std::string& a, const std::string& b);
  // Every stream of `host` is reset, its listeners are closed.
  static void crash_host(const std::string& host);
  // Resets established streams at random: one in `one_in` per message; 0: never.
  static void set_reset_chance(uint64_t one_in);
};
void as_host(const std::string& host, const std::function<void()>& task);

// Calls `body` with seeds first..first+count-1, or only with the seed in the environment's
// VIF_SEED. Returns the first failure, its message naming the seed and how to replay it.
Status for_seeds(uint64_t first, uint64_t count, const std::function<Status(uint64_t seed)>& body);

}  // namespace vif::rt::sim
