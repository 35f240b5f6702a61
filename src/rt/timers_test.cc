#include "rt/timers.h"

#include <gtest/gtest.h>

#include <random>

namespace vif::rt {
namespace {

struct Counted : Timer {
  int64_t fired_at = -1;
  static inline int64_t now = 0;
  Counted() {
    fire = [](Timer* timer) { static_cast<Counted*>(timer)->fired_at = now; };
  }
};

// Against the obvious model: every timer fires exactly once, at the first look at or after its due
// time.
TEST(Timers, AgreeWithTheModel) {
  std::mt19937_64 random(1);
  Timers timers;
  std::vector<Counted> each(200);
  std::vector<int64_t> due(each.size(), Timer::kNever);
  for (Counted::now = 0; Counted::now < 20'000;
       Counted::now += static_cast<int64_t>(random() % 20)) {
    for (int i = 0; i < 20; ++i) {
      const size_t which = random() % each.size();
      switch (random() % 4) {
        case 0:
        case 1:
          due[which] = Counted::now + static_cast<int64_t>(random() % 500);
          each[which].fired_at = -1;
          timers.arm(each[which], due[which]);
          break;
        case 2:
          due[which] = Timer::kNever;
          each[which].disarm();
          break;
        default: due[which] = Timer::kNever; timers.remove(each[which]);
      }
    }
    const int64_t earliest = *std::min_element(due.begin(), due.end());
    EXPECT_EQ(timers.next_ns(Counted::now, Timer::kNever), earliest);
    timers.fire_due(Counted::now);
    for (size_t i = 0; i < each.size(); ++i) {
      if (due[i] <= Counted::now) {
        ASSERT_EQ(each[i].fired_at, Counted::now);
        due[i] = Timer::kNever;
        each[i].fired_at = -1;
      }
      ASSERT_EQ(each[i].fired_at, -1);
    }
  }
}

TEST(Timers, ReArmingForLaterLeavesTheHeapAlone) {
  Timers timers;
  Counted one, two;
  timers.arm(one, 1000);
  timers.arm(two, 2000);
  for (int64_t due = 1000; due < 100'000; due += 1000) {
    timers.arm(one, due);
    one.disarm();
  }
  EXPECT_EQ(timers.size(), 2u);
  timers.arm(one, 100'000);
  EXPECT_EQ(timers.next_ns(0, 10), 1000);  // early, and far off: not worth the tidying
  EXPECT_EQ(timers.next_ns(995, 10), 2000);
}

}  // namespace
}  // namespace vif::rt
