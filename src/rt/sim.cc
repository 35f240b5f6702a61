#include "rt/sim.h"

#include <charconv>
#include <cstdlib>

#include "rt/sim_world.h"

namespace vif::rt {
namespace {

// Not zero, so that an Instant of zero is clearly before all; the calendar starts in November 2023.
constexpr int64_t kStartNs = 1'000'000'000;
constexpr int64_t kStartWallUs = 1'700'000'000'000'000;
// What computing without waiting takes, a turn of the loop.
constexpr int64_t kBusyTurnNs = 10'000;
constexpr uint64_t kWindUpSteps = 10'000'000;

}  // namespace

SimWorld::SimWorld(const sim::Options& options)
    : options_(options), clock_ns_(kStartNs), random_state_(options.seed) {
  VIF_ASSERT(host_id("client") == 0);
}

SimWorld::~SimWorld() = default;

SimWorld& SimWorld::current() {
  World& world = Scheduler::current().world();
  VIF_ASSERT(world.simulated());
  return static_cast<SimWorld&>(world);
}

int64_t SimWorld::wall_us() { return kStartWallUs + (clock_ns_ - kStartNs) / 1000; }

// splitmix64.
uint64_t SimWorld::random_u64() {
  uint64_t z = random_state_ += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

uint64_t SimWorld::below(uint64_t bound) {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(random_u64()) * bound) >> 64);
}

void SimWorld::random_bytes(char* into, size_t size) {
  for (size_t i = 0; i < size; ++i) into[i] = static_cast<char>(random_u64());
}

void SimWorld::mix(uint64_t value) {
  report_.trace_hash = (report_.trace_hash ^ value) * 0x100000001b3;
  report_.trace_hash ^= report_.trace_hash >> 29;
}

void SimWorld::note_step(const Fiber& fiber) {
  ++report_.steps;
  mix(fiber.id);
  mix(static_cast<uint64_t>(clock_ns_));
  // A fiber that waits on and on although it is cancelled would keep the run from ending.
  if (winding_up_) VIF_ASSERT(--steps_left_ > 0);
}

void SimWorld::at(int64_t time_ns, Task event) {
  events_.emplace(std::pair(std::max(time_ns, clock_ns_), next_event_++), std::move(event));
}

void SimWorld::poll(int64_t until_ns, bool may_block) {
  if (may_block) {
    const int64_t next =
        std::min(until_ns, events_.empty() ? Timer::kNever : events_.begin()->first.first);
    if (next == Timer::kNever) return end_badly("deadlock");
    clock_ns_ = std::max(clock_ns_, next);
  } else {
    clock_ns_ += kBusyTurnNs;
  }
  report_.elapsed = Duration(clock_ns_ - kStartNs);
  if (report_.elapsed > options_.run_limit && verdict_.empty()) end_badly("run limit exceeded");
  while (!events_.empty() && events_.begin()->first.first <= clock_ns_) {
    mix(events_.begin()->first.second);
    auto event = events_.extract(events_.begin());
    event.mapped()();
  }
}

void SimWorld::end_badly(std::string verdict) {
  // Cancelled and still waiting for ever: inside an Uncancelled scope.
  VIF_ASSERT(verdict_.empty() && !winding_up_);
  verdict_ = std::move(verdict);
  wind_up();
}

void SimWorld::wind_up() {
  winding_up_ = true;
  steps_left_ = kWindUpSteps;
  scheduler_->cancel_all();
}

namespace sim {

Status run(const Options& options, std::function<Status()> main, Report* report) {
  SimWorld world(options);
  Scheduler scheduler(world, 256 * 1024, /*core=*/0);
  world.attach(scheduler);
  Status result;
  bool returned = false;
  scheduler.start(
      [&] {
        result = main();
        returned = true;
      },
      nullptr, 0);
  bool wound_up = false;
  scheduler.run([&] {
    if (!returned) return false;
    if (!wound_up && scheduler.live() > 0 && !scheduler.anything_ready()) {
      wound_up = true;
      world.wind_up();
    }
    return scheduler.live() == 0;
  });
  if (report != nullptr) *report = world.report();
  if (!world.verdict().empty()) return Error(Code::kInternal, world.verdict());
  return result;
}

void Network::partition(const std::string& a, const std::string& b) {
  SimWorld& world = SimWorld::current();
  world.partition(world.host_id(a), world.host_id(b));
}

void Network::heal(const std::string& a, const std::string& b) {
  SimWorld& world = SimWorld::current();
  world.heal(world.host_id(a), world.host_id(b));
}

void Network::crash_host(const std::string& host) {
  SimWorld& world = SimWorld::current();
  world.crash_host(world.host_id(host));
}

void Network::set_reset_chance(uint64_t one_in) { SimWorld::current().set_reset_chance(one_in); }

void as_host(const std::string& host, const std::function<void()>& task) {
  Fiber* fiber = Scheduler::current().fiber();
  VIF_ASSERT(fiber != nullptr);
  const uint32_t before = std::exchange(fiber->host, SimWorld::current().host_id(host));
  task();
  fiber->host = before;
}

Status for_seeds(uint64_t first, uint64_t count, const std::function<Status(uint64_t seed)>& body) {
  if (const char* chosen = ::getenv("VIF_SEED")) {
    const std::string_view text(chosen);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), first);
    if (error != std::errc() || end != text.data() + text.size()) {
      return Error(Code::kInvalidArgument, fmt::format("VIF_SEED is not a number: {}", text));
    }
    count = 1;
  }
  for (uint64_t seed = first; seed < first + count; ++seed) {
    const Status status = body(seed);
    if (status.ok()) continue;
    return status.error().with_prefix(fmt::format("seed {} (replay with VIF_SEED={})", seed, seed));
  }
  return {};
}

}  // namespace sim
}  // namespace vif::rt
