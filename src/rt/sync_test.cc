#include "rt/sync.h"

#include <gtest/gtest.h>

#include "rt/fiber.h"

namespace vif::rt {
namespace {

using std::chrono::milliseconds;

void in_run(const std::function<Status()>& body) {
  const Status status = run({}, body);
  EXPECT_TRUE(status.ok()) << status.error().to_string();
}

TEST(Mutex, IsHandedOverInOrder) {
  in_run([]() -> Status {
    Mutex mutex;
    std::vector<int> order;
    VIF_TRY(mutex.lock());
    EXPECT_FALSE(mutex.try_lock());
    TaskGroup group;
    for (int i = 0; i < 5; ++i) {
      group.spawn([&, i] {
        EXPECT_TRUE(mutex.lock().ok());
        yield();
        order.push_back(i);
        mutex.unlock();
      });
    }
    yield();
    mutex.unlock();
    EXPECT_FALSE(mutex.try_lock());  // it is the first waiter's already
    VIF_TRY(group.wait());
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
    EXPECT_TRUE(mutex.try_lock());
    mutex.unlock();
    return {};
  });
}

TEST(Mutex, AWaiterThatGaveUpIsPassedOver) {
  in_run([]() -> Status {
    Mutex mutex;
    VIF_TRY(mutex.lock());
    TaskGroup group;
    bool second = false;
    group.spawn([&] {
      EXPECT_EQ(mutex.lock(Deadline::in(milliseconds(1))).error().code(), Code::kDeadlineExceeded);
    });
    group.spawn([&] { second = mutex.lock().ok(); });
    VIF_TRY(sleep_for(milliseconds(3)));
    mutex.unlock();
    VIF_TRY(group.wait());
    EXPECT_TRUE(second);
    return {};
  });
}

// A notification and the end of the deadline in the same turn: the notification must reach
// somebody.
TEST(WaitQueue, ANotificationIsNotSpentOnOneThatTimedOut) {
  in_run([]() -> Status {
    for (int round = 0; round < 50; ++round) {
      WaitQueue queue;
      int notified = 0, timed_out = 0;
      TaskGroup group;
      for (int i = 0; i < 2; ++i) {
        const Deadline deadline = i == 0 ? Deadline::in(milliseconds(1)) : Deadline::never();
        group.spawn([&, deadline] { ++(queue.wait(deadline).ok() ? notified : timed_out); });
      }
      group.spawn([&] {
        EXPECT_TRUE(sleep_for(milliseconds(1)).ok());
        queue.notify_one();
        if (notified + timed_out < 2) yield();
        queue.notify_one();
      });
      VIF_TRY(group.wait());
      EXPECT_EQ(notified + timed_out, 2);
      EXPECT_GE(notified, 1);
    }
    return {};
  });
}

TEST(Semaphore, ServesInOrderWhateverTheyWant) {
  in_run([]() -> Status {
    Semaphore semaphore(3);
    std::vector<int> order;
    VIF_TRY(semaphore.acquire(Deadline::never(), 3));
    TaskGroup group;
    for (const int n : {3, 1, 2}) {
      group.spawn([&, n] {
        EXPECT_TRUE(semaphore.acquire(Deadline::never(), n).ok());
        order.push_back(n);
        semaphore.release(n);
      });
    }
    yield();
    semaphore.release(2);
    yield();
    EXPECT_TRUE(order.empty());  // the first wants 3; the others do not overtake it
    EXPECT_FALSE(semaphore.try_acquire(1));
    semaphore.release(1);
    VIF_TRY(group.wait());
    EXPECT_EQ(order, (std::vector<int>{3, 1, 2}));
    EXPECT_EQ(semaphore.available(), 3);
    return {};
  });
}

TEST(Semaphore, AGreedyWaiterThatGivesUpLetsTheNextGo) {
  in_run([]() -> Status {
    Semaphore semaphore(1);
    TaskGroup group;
    bool got = false;
    group.spawn([&] {
      EXPECT_EQ(semaphore.acquire(Deadline::in(milliseconds(1)), 5).error().code(),
                Code::kDeadlineExceeded);
    });
    group.spawn([&] { got = semaphore.acquire(Deadline::in(std::chrono::seconds(5))).ok(); });
    VIF_TRY(group.wait());
    EXPECT_TRUE(got);
    return {};
  });
}

TEST(Channel, IsBoundedOrderedAndDrainsAfterClose) {
  in_run([]() -> Status {
    Channel<std::unique_ptr<int>> channel(3);
    TaskGroup group;
    size_t most = 0;
    group.spawn([&] {
      for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(channel.send(std::make_unique<int>(i)).ok());
        most = std::max(most, channel.size());
      }
      channel.close();
      EXPECT_EQ(channel.send(nullptr).error().code(), Code::kUnavailable);
    });
    int expected = 0;
    while (auto item = VIF_TRY(channel.receive())) EXPECT_EQ(**item, expected++);
    EXPECT_EQ(expected, 100);
    EXPECT_EQ(most, 3u);
    return group.wait();
  });
}

TEST(Event, WakesAllAndStaysSet) {
  in_run([]() -> Status {
    Event event;
    int woken = 0;
    TaskGroup group;
    for (int i = 0; i < 3; ++i) group.spawn([&] { woken += event.wait().ok(); });
    EXPECT_EQ(event.wait(Deadline::in(milliseconds(1))).error().code(), Code::kDeadlineExceeded);
    event.set();
    event.set();
    VIF_TRY(group.wait());
    EXPECT_EQ(woken, 3);
    return event.wait();
  });
}

}  // namespace
}  // namespace vif::rt
