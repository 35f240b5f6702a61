#include "rt/timers.h"

#include <algorithm>

namespace vif::rt {

void Timers::insert(Timer& timer) {
  heap_.push_back({timer.due_ns, &timer});
  timer.place = static_cast<uint32_t>(heap_.size() - 1);
  sift_up(timer.place);
}

void Timers::remove(Timer& timer) {
  timer.disarm();
  if (timer.place != Timer::kNowhere) drop(timer.place);
}

void Timers::drop(uint32_t place) {
  heap_[place].timer->place = Timer::kNowhere;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (place == heap_.size()) return;
  put(place, last);
  sift_up(place);
  sift_down(last.timer->place);
}

int64_t Timers::next_ns(int64_t now_ns, int64_t exact_ns) {
  while (!heap_.empty()) {
    Entry& first = heap_.front();
    const int64_t due = first.timer->due_ns;
    if (first.key_ns == due || first.key_ns - now_ns > exact_ns) return first.key_ns;
    if (due == Timer::kNever) {
      drop(0);
    } else {
      first.key_ns = due;
      sift_down(0);
    }
  }
  return Timer::kNever;
}

void Timers::fire_due(int64_t now_ns) {
  while (!heap_.empty() && heap_.front().key_ns <= now_ns) {
    Entry& first = heap_.front();
    Timer& timer = *first.timer;
    if (timer.due_ns > now_ns && timer.due_ns != Timer::kNever) {
      first.key_ns = timer.due_ns;
      sift_down(0);
      continue;
    }
    const bool armed = timer.due_ns != Timer::kNever;
    drop(0);
    if (!armed) continue;
    timer.disarm();
    timer.fire(&timer);
  }
}

void Timers::sift_up(uint32_t place) {
  const Entry entry = heap_[place];
  while (place > 0) {
    const uint32_t parent = (place - 1) / 4;
    if (heap_[parent].key_ns <= entry.key_ns) break;
    put(place, heap_[parent]);
    place = parent;
  }
  put(place, entry);
}

void Timers::sift_down(uint32_t place) {
  const Entry entry = heap_[place];
  const auto size = static_cast<uint32_t>(heap_.size());
  for (;;) {
    const uint32_t begin = 4 * place + 1;
    if (begin >= size) break;
    const uint32_t end = std::min(begin + 4, size);
    uint32_t least = begin;
    for (uint32_t child = begin + 1; child < end; ++child) {
      if (heap_[child].key_ns < heap_[least].key_ns) least = child;
    }
    if (heap_[least].key_ns >= entry.key_ns) break;
    put(place, heap_[least]);
    place = least;
  }
  put(place, entry);
}

}  // namespace vif::rt
