#include "rt/machine.h"

#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <bit>
#include <cerrno>

#include "rt/runtime.h"

namespace vif::rt {
namespace {

constexpr size_t kEventsPerTurn = 256;

int64_t read_clock(clockid_t id) {
  timespec ts{};
  ::clock_gettime(id, &ts);
  return ts.tv_sec * 1'000'000'000 + ts.tv_nsec;
}

}  // namespace

int64_t system_clock_ns() { return read_clock(CLOCK_MONOTONIC); }
int64_t system_wall_us() { return read_clock(CLOCK_REALTIME) / 1000; }

void system_random(char* into, size_t size) {
  while (size > 0) {
    const ssize_t got = ::getrandom(into, size, 0);
    if (got < 0) {
      VIF_ASSERT(errno == EINTR);
      continue;
    }
    into += got;
    size -= static_cast<size_t>(got);
  }
}

Machine::Machine(OffloadPool& offload_pool)
    : offload_pool_(offload_pool),
      epoll_fd_(::epoll_create1(EPOLL_CLOEXEC)),
      nudge_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      timer_fd_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)),
      events_(kEventsPerTurn) {
  VIF_ASSERT(epoll_fd_ >= 0 && nudge_fd_ >= 0 && timer_fd_ >= 0);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.ptr = nullptr;
  VIF_ASSERT(::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, nudge_fd_, &event) == 0);
  VIF_ASSERT(::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, timer_fd_, &event) == 0);
  system_random(reinterpret_cast<char*>(random_state_), sizeof random_state_);
}

Machine::~Machine() {
  ::close(timer_fd_);
  ::close(nudge_fd_);
  ::close(epoll_fd_);
}

Machine& Machine::current() {
  World& world = Scheduler::current().world();
  VIF_ASSERT(!world.simulated());
  return static_cast<Machine&>(world);
}

Status Machine::watch(int fd, uint32_t events, Pollee& pollee) {
  epoll_event event{};
  event.events = events | EPOLLET;
  event.data.ptr = &pollee;
  if (::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) == 0) return {};
  const bool scarce = errno == ENOMEM || errno == ENOSPC;
  return Error(scarce ? Code::kResourceExhausted : Code::kInvalidArgument,
               fmt::format("cannot poll file descriptor {}: {}", fd, strerror(errno)));
}

void Machine::change(int fd, uint32_t events, Pollee& pollee) {
  epoll_event event{};
  event.events = events | EPOLLET;
  event.data.ptr = &pollee;
  ::epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, fd, &event);
}

void Machine::unwatch(int fd) {
  // Closing alone would leave the registration to a child that is between fork and exec.
  ::epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
}

int64_t Machine::clock_ns() { return system_clock_ns(); }
int64_t Machine::wall_us() { return system_wall_us(); }

void Machine::poll(int64_t until_ns, bool may_block) {
  const int64_t now_ns = Scheduler::current().now_ns();
  // One that has passed has made its edge, or will at this very wait.
  if (armed_ns_ <= now_ns) armed_ns_ = Timer::kNever;
  if (may_block && until_ns < armed_ns_) {
    if (until_ns > now_ns) {
      arm_timer(until_ns);
    } else {
      may_block = false;
    }
  }
  const int count =
      ::epoll_wait(epoll_fd_, events_.data(), static_cast<int>(events_.size()), may_block ? -1 : 0);
  // All edges are noted before any fiber runs, so nobody has gone away yet.
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[static_cast<size_t>(i)];
    if (event.data.ptr != nullptr) static_cast<Pollee*>(event.data.ptr)->on_edge(event.events);
  }
}

void Machine::arm_timer(int64_t at_ns) {
  itimerspec when{};
  when.it_value = {at_ns / 1'000'000'000, at_ns % 1'000'000'000};
  VIF_ASSERT(::timerfd_settime(timer_fd_, TFD_TIMER_ABSTIME, &when, nullptr) == 0);
  armed_ns_ = at_ns;
}

void Machine::nudge() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(nudge_fd_, &one, sizeof one);
}

// xoshiro256**.
uint64_t Machine::random_u64() {
  auto& s = random_state_;
  const uint64_t result = std::rotl(s[1] * 5, 7) * 9;
  const uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = std::rotl(s[3], 45);
  return result;
}

void Machine::random_bytes(char* into, size_t size) { system_random(into, size); }

}  // namespace vif::rt
