#include "rt/scheduler.h"

#include <new>

#include "base/assert.h"

namespace vif::rt {
namespace {

// After so many runs the loop looks at the outside again.
constexpr int kRunsPerTurn = 256;
constexpr int64_t kTrimPeriodNs = 200'000'000;
constexpr size_t kStacksKept = 16;
constexpr size_t kSpareStarts = 1024;
// A deadline that is off by less than this wakes on time; farther ones may cost a needless look.
constexpr int64_t kExactTimerNs = 100'000'000;

thread_local Scheduler* thread_scheduler = nullptr;

}  // namespace

// A task that waits for a fiber to run on.
struct Scheduler::Start : Runnable {
  Task task;
  TaskGroup::State* group = nullptr;
  uint32_t host = 0;
};

Scheduler* Scheduler::current_or_null() { return thread_scheduler; }

Scheduler& Scheduler::current() {
  VIF_ASSERT(thread_scheduler != nullptr);
  return *thread_scheduler;
}

Scheduler::Scheduler(World& world, size_t stack_bytes, int core)
    : world_(world), stack_bytes_(stack_bytes), core_(core), shuffle_(world.simulated()) {}

Scheduler::~Scheduler() {
  VIF_ASSERT(live_ == 0 && free_.size() == all_.size());
  for (Fiber* fiber : all_) destroy(*fiber);
  while (spare_starts_ != nullptr) {
    Start* start = std::exchange(spare_starts_, static_cast<Start*>(spare_starts_->next));
    delete start;
  }
}

void Scheduler::run(const std::function<bool()>& done) {
  VIF_ASSERT(thread_scheduler == nullptr);
  thread_scheduler = this;
  exceptions_ = thread_exception_state();
  adopt_thread(loop_);
  now_ns_ = world_.clock_ns();
  trim_at_ns_ = now_ns_ + kTrimPeriodNs;
  while (!done()) {
    budget_ = kRunsPerTurn;
    while (Runnable* runnable = take_next()) enter(loop_, *runnable);
    if (!gathered_.empty()) run_gathered();
    int64_t until = timers_.next_ns(now_ns_, world_.simulated() ? INT64_MAX : kExactTimerNs);
    if (free_.size() > kStacksKept && !world_.simulated()) until = std::min(until, trim_at_ns_);
    bool may_block = !anything_ready() && !done();
    if (may_block) {
      // Pairs with send(): either it sees us asleep, or we see its mail.
      asleep_.store(true);
      if (inbox_.load() != nullptr) may_block = false;
    }
    world_.poll(until, may_block);
    asleep_.store(false, std::memory_order_relaxed);
    if (inbox_.load(std::memory_order_relaxed) != nullptr) deliver_mail();
    now_ns_ = world_.clock_ns();
    timers_.fire_due(now_ns_);
    if (now_ns_ >= trim_at_ns_) trim_stacks();
  }
  thread_scheduler = nullptr;
}

void Scheduler::send(Mail& mail) {
  mail.next_mail = inbox_.load(std::memory_order_relaxed);
  while (!inbox_.compare_exchange_weak(mail.next_mail, &mail)) {
  }
  if (asleep_.exchange(false)) world_.nudge();
}

void Scheduler::deliver_mail() {
  Mail* latest = inbox_.exchange(nullptr);
  Mail* oldest = nullptr;
  while (latest != nullptr) {
    Mail* mail = std::exchange(latest, latest->next_mail);
    mail->next_mail = std::exchange(oldest, mail);
  }
  while (oldest != nullptr) {
    Mail* mail = std::exchange(oldest, oldest->next_mail);
    mail->deliver(*mail);
  }
}

void Scheduler::run_gathered() {
  std::vector<std::function<void()>> callbacks;
  callbacks.swap(gathered_);
  for (auto& callback : callbacks) callback();
  if (gathered_.empty()) {
    callbacks.clear();
    gathered_.swap(callbacks);  // keeps the allocation
  }
}

// Ready queue.

void Scheduler::make_ready(Runnable& runnable) {
  if (shuffle_) [[unlikely]] {
    shuffled_.push_back(&runnable);
    return;
  }
  runnable.next = nullptr;
  (ready_first_ == nullptr ? ready_first_ : ready_last_->next) = &runnable;
  ready_last_ = &runnable;
}

void Scheduler::take_back(Runnable& runnable) {
  --live_;
  std::erase(shuffled_, &runnable);
  Runnable* previous = nullptr;
  for (Runnable* at = ready_first_; at != nullptr; previous = at, at = at->next) {
    if (at != &runnable) continue;
    (previous == nullptr ? ready_first_ : previous->next) = at->next;
    if (ready_last_ == at) ready_last_ = previous;
    return;
  }
}

Runnable* Scheduler::take_next() {
  if (budget_ == 0) return nullptr;
  if (shuffle_) [[unlikely]]
    return take_shuffled();
  Runnable* runnable = ready_first_;
  if (runnable == nullptr) return nullptr;
  ready_first_ = runnable->next;
  --budget_;
  return runnable;
}

Runnable* Scheduler::take_shuffled() {
  if (shuffled_.empty()) return nullptr;
  --budget_;
  const size_t index = world_.choose(shuffled_.size());
  Runnable* runnable = shuffled_[index];
  // Order is kept so that runs depend on the seed alone.
  shuffled_.erase(shuffled_.begin() + static_cast<std::ptrdiff_t>(index));
  return runnable;
}

// Switching.

void Scheduler::enter(Context& from, Runnable& runnable) {
  Fiber* to = nullptr;
  if (runnable.run == nullptr) {
    to = static_cast<Fiber*>(&runnable);
  } else {
    to = fresh_fiber();
    if (to == nullptr) {
      // Goes on when a running task has finished, or a trim found memory.
      runnable.next = std::exchange(starved_, &runnable);
      if (&from != &loop_) switch_out(from);
      return;
    }
    to->first = &runnable;
  }
  if (shuffle_) [[unlikely]]
    world_.note_step(*to);
  fiber_ = to;
  switch_context(from, to->context, exceptions_);
}

// Goes on with whatever is next; the caller has seen to its own being resumed.
void Scheduler::switch_out(Context& from) {
  if (Runnable* next = take_next()) {
    if (&static_cast<Fiber*>(next)->context == &from && next->run == nullptr) {
      if (shuffle_) [[unlikely]]
        world_.note_step(*fiber_);
      return;  // woken meanwhile, and first in line
    }
    enter(from, *next);
    return;
  }
  fiber_ = nullptr;
  switch_context(from, loop_, exceptions_);
}

Woken Scheduler::suspend(Deadline deadline, bool cancellable) {
  Fiber* self = fiber_;
  VIF_ASSERT(self != nullptr);  // the scheduler's own flow (before_poll callbacks) must not wait
  if (cancellable && self->cancelled()) return Woken::kCanceled;
  if (!deadline.is_never()) {
    if (deadline.instant().ns <= now_ns_) return Woken::kDeadline;
    timers_.arm(*self, deadline.instant().ns);
  }
  self->waiting = true;
  self->cancellable_wait = cancellable && self->uncancelled == 0;
  switch_out(self->context);
  self->disarm();
  return self->woken;
}

void Scheduler::wake(Fiber& fiber, Woken why) {
  if (!fiber.waiting) return;
  fiber.waiting = false;
  fiber.woken = why;
  fiber.disarm();
  // At once, so that no later notification is spent on a fiber that has given up.
  if (fiber.queue != nullptr) WaitAccess::unlink(fiber);
  make_ready(fiber);
}

void Scheduler::yield() {
  Fiber* self = fiber_;
  VIF_ASSERT(self != nullptr);
  make_ready(*self);
  switch_out(self->context);
}

// Fibers.

Fiber* Scheduler::fresh_fiber() {
  if (!free_.empty()) {
    Fiber* fiber = free_.back();
    free_.pop_back();
    free_least_ = std::min(free_least_, free_.size());
    fiber->trimmed = false;
    return fiber;
  }
  free_least_ = 0;
  const Stack stack = map_stack(stack_bytes_ * kStackScale);
  if (stack.base == nullptr) {
    VIF_ASSERT(!all_.empty());
    return nullptr;
  }
  // Stacks that begin at the same offset of a page would share the same few cache sets.
  const size_t colour = all_.size() % 16 * 256;
  char* at = stack.top() - sizeof(Fiber) - colour;
  at -= reinterpret_cast<uintptr_t>(at) % 64;
  auto* fiber = new (at) Fiber;
  fiber->scheduler = this;
  fiber->stack = stack;
  fiber->stack_top = at;
  fiber->id = next_id_++;
  fiber->fire = [](Timer* timer) {
    auto* timed_out = static_cast<Fiber*>(timer);
    timed_out->scheduler->wake(*timed_out, Woken::kDeadline);
  };
  make_context(fiber->context, stack.base, at, &Scheduler::fiber_entry);
  all_.push_back(fiber);
  return fiber;
}

void Scheduler::fiber_entry(boost::context::detail::transfer_t transfer) {
  Scheduler& scheduler = *thread_scheduler;
  Fiber& self = *scheduler.fiber_;
  arrived(self.context, transfer);
  scheduler.fiber_loop(self);
}

void Scheduler::fiber_loop(Fiber& self) {
  for (;;) {
    self.first->run(self.first);
    finish_task(self);
    Runnable* next = take_next();
    if (next != nullptr && next->run != nullptr) {
      // The stack is warm and free: no switch.
      self.first = next;
      if (shuffle_) [[unlikely]]
        world_.note_step(self);
      continue;
    }
    free_.push_back(&self);
    if (next != nullptr) {
      enter(self.context, *next);
    } else {
      fiber_ = nullptr;
      switch_context(self.context, loop_, exceptions_);
    }
  }
}

void Scheduler::finish_task(Fiber& self) {
  VIF_ASSERT(self.uncancelled == 0);
  while (TaskGroup::State* group = self.owned) {  // groups that outlive the fiber that made them
    self.owned = group->owner_next;
    group->owner = nullptr;
    group->owner_next = group->owner_previous = nullptr;
  }
  if (TaskGroup::State* group = self.group) {
    (self.group_previous == nullptr ? group->members : self.group_previous->group_next) =
        self.group_next;
    if (self.group_next != nullptr) self.group_next->group_previous = self.group_previous;
    self.group = nullptr;
    self.group_previous = self.group_next = nullptr;
    if (--group->running == 0) group->done.notify_all();
  }
  self.cancel_requested = false;
  self.host = 0;
  --live_;
  if (starved_ != nullptr) {
    Runnable* starved = std::exchange(starved_, starved_->next);
    make_ready(*starved);
  }
}

void Scheduler::start(Task task, TaskGroup::State* group, uint32_t host) {
  Start* fresh = spare_starts_;
  if (fresh != nullptr) {
    spare_starts_ = static_cast<Start*>(fresh->next);
    --spare_start_count_;
  } else {
    fresh = new Start;
    fresh->run = [](Runnable* runnable) {
      Scheduler& scheduler = *thread_scheduler;
      Fiber& self = *scheduler.fiber_;
      auto* starting = static_cast<Start*>(runnable);
      Task body = std::move(starting->task);
      self.host = starting->host;
      if (TaskGroup::State* joined = starting->group) {
        self.group = joined;
        self.group_next = joined->members;
        if (joined->members != nullptr) joined->members->group_previous = &self;
        joined->members = &self;
        self.cancel_requested = joined->cancelled;
      }
      if (scheduler.spare_start_count_ < kSpareStarts) {
        starting->next = std::exchange(scheduler.spare_starts_, starting);
        ++scheduler.spare_start_count_;
      } else {
        delete starting;
      }
      body();
    };
  }
  fresh->task = std::move(task);
  fresh->group = group;
  fresh->host = host;
  if (group != nullptr) ++group->running;
  start(*fresh);
}

void Scheduler::destroy(Fiber& fiber) {
  timers_.remove(fiber);
  destroy_context(fiber.context);
  const Stack stack = fiber.stack;
  fiber.~Fiber();
  unmap_stack(stack);
}

// Stacks that lay unused for a whole period lose their dirty pages, and half of those beyond the
// few that are always kept go away: a burst's memory comes back within seconds, and steady use
// never maps anything.
void Scheduler::trim_stacks() {
  trim_at_ns_ = now_ns_ + kTrimPeriodNs;
  const size_t unused = std::min(free_least_, free_.size());
  free_least_ = free_.size();
  const size_t goes = unused > kStacksKept ? (unused - kStacksKept + 1) / 2 : 0;
  for (size_t i = 0; i < goes; ++i) destroy(*free_[i]);
  if (goes > 0) {
    std::vector<Fiber*> gone(free_.begin(), free_.begin() + static_cast<std::ptrdiff_t>(goes));
    std::sort(gone.begin(), gone.end());
    std::erase_if(all_, [&](Fiber* f) { return std::binary_search(gone.begin(), gone.end(), f); });
    free_.erase(free_.begin(), free_.begin() + static_cast<std::ptrdiff_t>(goes));
    free_least_ = free_.size();
  }
  for (size_t i = 0; i + goes < unused; ++i) {
    Fiber& fiber = *free_[i];
    if (std::exchange(fiber.trimmed, true)) continue;
    discard_stack(fiber.stack, static_cast<char*>(fiber.context.resume_at));
  }
}

// Cancellation.

void Scheduler::cancel(Fiber& fiber) {
  fiber.cancel_requested = true;
  for (TaskGroup::State* group = fiber.owned; group != nullptr; group = group->owner_next) {
    if (!group->shielded) cancel(*group);
  }
  if (fiber.waiting && fiber.cancellable_wait) wake(fiber, Woken::kCanceled);
}

void Scheduler::cancel(TaskGroup::State& group) {
  if (group.cancelled) return;
  group.cancelled = true;
  for (Fiber* member = group.members; member != nullptr; member = member->group_next)
    cancel(*member);
}

void Scheduler::cancel_all() {
  for (Fiber* fiber : all_) cancel(*fiber);
  for (Fiber* fiber : free_) fiber->cancel_requested = false;
}

Status wait_status(Woken woken) {
  switch (woken) {
    case Woken::kNotified: return {};
    case Woken::kDeadline: return Error(Code::kDeadlineExceeded, "deadline exceeded");
    case Woken::kCanceled: break;
  }
  return Error(Code::kCanceled, "canceled");
}

}  // namespace vif::rt
