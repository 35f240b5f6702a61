#include "rt/fiber.h"

#include "rt/runtime.h"
#include "rt/scheduler.h"

namespace vif::rt {
namespace {

Fiber& self() {
  Fiber* fiber = Scheduler::current().fiber();
  VIF_ASSERT(fiber != nullptr);
  return *fiber;
}

}  // namespace

Status sleep_until(Instant instant) {
  const Woken woken = Scheduler::current().suspend(Deadline::at(instant));
  return woken == Woken::kCanceled ? wait_status(woken) : Status();
}

Status sleep_for(Duration d) { return sleep_until(now_exact() + d); }

void yield() { Scheduler::current().yield(); }

bool cancelled() { return self().cancelled(); }

Status check(Deadline deadline) {
  if (cancelled()) return wait_status(Woken::kCanceled);
  if (!deadline.is_never() && now_exact() >= deadline.instant())
    return wait_status(Woken::kDeadline);
  return {};
}

TaskGroup::TaskGroup() : state_(std::make_unique<State>()) {
  Scheduler* scheduler = Scheduler::current_or_null();
  Fiber* owner = scheduler == nullptr ? nullptr : scheduler->fiber();
  if (owner == nullptr)
    return;  // part of something made before run(): nobody's cancellation reaches it
  state_->scheduler = scheduler;
  state_->owner = owner;
  state_->host = owner->host;
  state_->shielded = owner->uncancelled > 0;
  state_->cancelled = owner->cancelled();
  state_->owner_next = owner->owned;
  if (owner->owned != nullptr) owner->owned->owner_previous = state_.get();
  owner->owned = state_.get();
}

TaskGroup::~TaskGroup() {
  State& state = *state_;
  if (state.running > 0) {
    state.scheduler->cancel(state);
    while (state.running > 0) {
      WaitAccess::push(state.done, self());
      state.scheduler->suspend(Deadline::never(), /*cancellable=*/false);
    }
  }
  if (state.owner == nullptr) return;
  (state.owner_previous == nullptr ? state.owner->owned : state.owner_previous->owner_next) =
      state.owner_next;
  if (state.owner_next != nullptr) state.owner_next->owner_previous = state.owner_previous;
}

void TaskGroup::spawn(Task task) {
  Scheduler& scheduler = Scheduler::current();
  if (state_->scheduler == nullptr) state_->scheduler = &scheduler;
  VIF_ASSERT(state_->scheduler == &scheduler);
  const Fiber* spawner = scheduler.fiber();
  scheduler.start(std::move(task), state_.get(), spawner == nullptr ? state_->host : spawner->host);
}

Status TaskGroup::wait(Deadline deadline) {
  State& state = *state_;
  while (state.running > 0) {
    const Status status = state.done.wait(deadline);
    if (status.ok()) continue;
    if (status.error().code() == Code::kDeadlineExceeded) return status;
    state.scheduler->cancel(state);
    while (state.running > 0) {
      WaitAccess::push(state.done, self());
      state.scheduler->suspend(Deadline::never(), /*cancellable=*/false);
    }
    return status;
  }
  return {};
}

void TaskGroup::cancel() {
  if (state_->scheduler != nullptr) {
    state_->scheduler->cancel(*state_);
  } else {
    state_->cancelled = true;
  }
}

size_t TaskGroup::running() const { return state_->running; }

Uncancelled::Uncancelled() { ++self().uncancelled; }
Uncancelled::~Uncancelled() { --self().uncancelled; }

void before_poll(std::function<void()> callback) {
  Scheduler::current().before_poll(std::move(callback));
}

void offload(const std::function<void()>& work) { Scheduler::current().world().offload(work); }

uint64_t random_u64() {
  if (Scheduler* scheduler = Scheduler::current_or_null()) return scheduler->world().random_u64();
  uint64_t value = 0;
  system_random(reinterpret_cast<char*>(&value), sizeof value);
  return value;
}

uint64_t random_below(uint64_t below) {
  VIF_ASSERT(below > 0);
  // Lemire's: the high half of a 128-bit product; the bias is refused by redrawing.
  for (;;) {
    const auto product = static_cast<unsigned __int128>(random_u64()) * below;
    if (static_cast<uint64_t>(product) >= -below % below)
      return static_cast<uint64_t>(product >> 64);
  }
}

void random_bytes(char* into, size_t size) {
  Scheduler* scheduler = Scheduler::current_or_null();
  scheduler == nullptr ? system_random(into, size) : scheduler->world().random_bytes(into, size);
}

Instant now() {
  const Scheduler* scheduler = Scheduler::current_or_null();
  return scheduler == nullptr ? Instant{system_clock_ns()} : Instant{scheduler->now_ns()};
}

Instant now_exact() {
  Scheduler* scheduler = Scheduler::current_or_null();
  return {scheduler == nullptr ? system_clock_ns() : scheduler->world().clock_ns()};
}

int64_t wall_now_us() {
  Scheduler* scheduler = Scheduler::current_or_null();
  return scheduler == nullptr ? system_wall_us() : scheduler->world().wall_us();
}

Duration Deadline::remaining() const {
  if (is_never()) return Duration::max();
  return std::max(Duration::zero(), instant_ - now());
}

}  // namespace vif::rt
