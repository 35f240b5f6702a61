// A heap of timers made for deadlines, which nearly every wait sets and nearly none reaches.
// Private to rt/.
//
// Disarming only forgets the due time, and re-arming for later only notes the new one: the timer's
// place in the heap is corrected when it comes up. So a wait costs two stores, as long as due times
// grow.
#pragma once

#include <cstdint>
#include <vector>

namespace vif::rt {

struct Timer {
  static constexpr int64_t kNever = INT64_MAX;
  static constexpr uint32_t kNowhere = UINT32_MAX;

  void (*fire)(Timer*) = nullptr;
  int64_t due_ns = kNever;
  uint32_t place = kNowhere;  // in the heap

  void disarm() { due_ns = kNever; }
};

class Timers {
 public:
  void arm(Timer& timer, int64_t due_ns) {
    timer.due_ns = due_ns;
    if (timer.place == Timer::kNowhere) {
      insert(timer);
    } else if (due_ns < heap_[timer.place].key_ns) {
      heap_[timer.place].key_ns = due_ns;
      sift_up(timer.place);
    }
  }
  // Before a timer's memory goes.
  void remove(Timer& timer);

  // When to look again: never later than the earliest due time. May be early, but not within
  // `exact_ns` of now_ns, so that a process that waits for something far off is not woken often for
  // nothing.
  int64_t next_ns(int64_t now_ns, int64_t exact_ns);
  // Disarms and fires all that are due, earliest first.
  void fire_due(int64_t now_ns);
  size_t size() const { return heap_.size(); }

 private:
  struct Entry {
    int64_t key_ns;  // at most the timer's due_ns
    Timer* timer;
  };
  void insert(Timer& timer);
  void sift_up(uint32_t place);
  void sift_down(uint32_t place);
  void drop(uint32_t place);
  void put(uint32_t place, Entry entry) {
    heap_[place] = entry;
    entry.timer->place = place;
  }

  std::vector<Entry> heap_;  // each entry's four children follow at 4 * place + 1
};

}  // namespace vif::rt
