#include "rt/fiber.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "rt/cancel_scope.h"
#include "rt/sync.h"

namespace vif::rt {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(Run, ReturnsWhatMainReturned) {
  EXPECT_TRUE(run({}, [] { return Status(); }).ok());
  const Status failed = run({}, []() -> Status { return Error(Code::kNotFound, "nothing"); });
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code(), Code::kNotFound);
}

TEST(TaskGroup, RunsTasksInOrderAndWaits) {
  std::vector<int> order;
  ASSERT_TRUE(run({}, [&]() -> Status {
                TaskGroup group;
                for (int i = 0; i < 100; ++i) group.spawn([&order, i] { order.push_back(i); });
                EXPECT_EQ(group.running(), 100u);
                VIF_TRY(group.wait());
                EXPECT_EQ(group.running(), 0u);
                return {};
              }).ok());
  ASSERT_EQ(order.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
}

TEST(TaskGroup, DestructorCancelsAndWaits) {
  int cancelled_count = 0;
  ASSERT_TRUE(run({}, [&]() -> Status {
                TaskGroup group;
                for (int i = 0; i < 10; ++i) {
                  group.spawn([&] {
                    const Status slept = sleep_for(std::chrono::hours(1));
                    if (!slept.ok() && slept.error().code() == Code::kCanceled) ++cancelled_count;
                  });
                }
                yield();
                return {};
              }).ok());
  EXPECT_EQ(cancelled_count, 10);
}

TEST(TaskGroup, CancellationReachesTheGroupsOfItsTasks) {
  bool inner_cancelled = false;
  ASSERT_TRUE(run({}, [&]() -> Status {
                TaskGroup outer;
                outer.spawn([&] {
                  TaskGroup inner;
                  inner.spawn([&] { inner_cancelled = !sleep_for(std::chrono::hours(1)).ok(); });
                  EXPECT_FALSE(inner.wait().ok());
                  EXPECT_EQ(inner.running(), 0u);
                });
                yield();
                yield();
                outer.cancel();
                return outer.wait();
              }).ok());
  EXPECT_TRUE(inner_cancelled);
}

TEST(TaskGroup, WaitGivesUpAtItsDeadlineAndTheTasksGoOn) {
  bool finished = false;
  ASSERT_TRUE(run({}, [&]() -> Status {
                TaskGroup group;
                Event go;
                group.spawn([&] { finished = go.wait().ok(); });
                const Status waited = group.wait(Deadline::in(milliseconds(1)));
                EXPECT_EQ(waited.error().code(), Code::kDeadlineExceeded);
                EXPECT_EQ(group.running(), 1u);
                go.set();
                return group.wait();
              }).ok());
  EXPECT_TRUE(finished);
}

TEST(TaskGroup, OutlivesTheFiberThatMadeIt) {
  ASSERT_TRUE(run({}, [&]() -> Status {
                std::unique_ptr<TaskGroup> group;
                Event go;
                bool done = false;
                {
                  TaskGroup maker;
                  maker.spawn([&] {
                    group = std::make_unique<TaskGroup>();
                    group->spawn([&] { done = go.wait().ok(); });
                  });
                  VIF_TRY(maker.wait());
                  maker.cancel();
                }
                go.set();
                VIF_TRY(group->wait());
                EXPECT_TRUE(done);
                return {};
              }).ok());
}

TEST(Uncancelled, CleanUpMayWait) {
  bool slept = false, cancelled_after = false;
  ASSERT_TRUE(run({}, [&]() -> Status {
                TaskGroup group;
                group.spawn([&] {
                  EXPECT_FALSE(sleep_for(std::chrono::hours(1)).ok());
                  {
                    Uncancelled cleaning;
                    EXPECT_FALSE(cancelled());
                    slept = sleep_for(milliseconds(1)).ok();
                    TaskGroup helpers;
                    helpers.spawn([] { EXPECT_TRUE(sleep_for(microseconds(10)).ok()); });
                    EXPECT_TRUE(helpers.wait().ok());
                  }
                  cancelled_after = cancelled();
                });
                yield();
                group.cancel();
                return group.wait();
              }).ok());
  EXPECT_TRUE(slept);
  EXPECT_TRUE(cancelled_after);
}

TEST(Sleep, WakesInOrderOfTheirTimesAndNotEarly) {
  std::vector<int> order;
  ASSERT_TRUE(run({}, [&]() -> Status {
                TaskGroup group;
                // One beginning for all: a slow machine may take a while from one to the next.
                const Instant begin = now_exact();
                for (const int ms : {9, 3, 6, 1}) {
                  group.spawn([&order, begin, ms] {
                    EXPECT_TRUE(sleep_until(begin + milliseconds(ms)).ok());
                    EXPECT_GE(now_exact() - begin, milliseconds(ms));
                    order.push_back(ms);
                  });
                }
                return group.wait();
              }).ok());
  EXPECT_EQ(order, (std::vector<int>{1, 3, 6, 9}));
}

// Without the swap of exception states, fibers that switch inside a handler rethrow each other's.
TEST(Exceptions, FollowTheFiber) {
  std::vector<std::string> caught(3);
  ASSERT_TRUE(run({}, [&]() -> Status {
                TaskGroup group;
                for (size_t i = 0; i < caught.size(); ++i) {
                  group.spawn([&caught, i] {
                    try {
                      try {
                        throw std::runtime_error(std::to_string(i));
                      } catch (...) {
                        for (size_t turns = 0; turns <= caught.size() - i; ++turns) yield();
                        throw;
                      }
                    } catch (const std::exception& e) {
                      caught[i] = e.what();
                    }
                  });
                }
                return group.wait();
              }).ok());
  EXPECT_EQ(caught, (std::vector<std::string>{"0", "1", "2"}));
}

TEST(BeforePoll, RunsOnceAfterEveryRunnableFiber) {
  std::string log;
  ASSERT_TRUE(run({}, [&]() -> Status {
                TaskGroup group;
                group.spawn([&] {
                  before_poll([&] { log += "p"; });
                  log += "a";
                  yield();
                  log += "b";
                });
                group.spawn([&] { log += "c"; });
                VIF_TRY(group.wait());
                VIF_TRY(sleep_for(microseconds(50)));
                log += ".";
                return sleep_for(microseconds(50));
              }).ok());
  EXPECT_EQ(log, "acbp.");
}

TEST(Cores, PostRunsOnTheCoreAsked) {
  std::atomic<int> wrong = 0, ran = 0;
  ASSERT_TRUE(run({.cores = 2}, [&]() -> Status {
                EXPECT_EQ(core_count(), 2);
                for (int i = 0; i < 1000; ++i) {
                  post(i % 2, [&, i] {
                    if (this_core() != i % 2) ++wrong;
                    if (i % 10 == 0) post(1 - i % 2, [&] { ++ran; });
                    ++ran;
                  });
                }
                return {};
              }).ok());
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(ran, 1100);
}

TEST(CancelScope, EndsWaitsAndGroupsOfItsFiberAndNoMore) {
  Code slept = Code::kOk;
  Code grouped = Code::kOk;
  Status after = Error(Code::kInternal, "not run");
  ASSERT_TRUE(run({}, [&]() -> Status {
                CancelScope* open = nullptr;
                TaskGroup group;
                group.spawn([&] {
                  {
                    CancelScope scope;
                    open = &scope;
                    TaskGroup inner;
                    inner.spawn(
                        [&] { grouped = sleep_for(std::chrono::seconds(60)).error().code(); });
                    slept = sleep_for(std::chrono::seconds(60)).error().code();
                    open = nullptr;
                    EXPECT_TRUE(scope.was_cancelled());
                    EXPECT_TRUE(cancelled());
                  }
                  EXPECT_FALSE(cancelled());
                  after = sleep_for(milliseconds(1));
                });
                VIF_TRY(sleep_for(milliseconds(1)));
                if (open != nullptr) open->cancel();
                return group.wait();
              }).ok());
  EXPECT_EQ(slept, Code::kCanceled);
  EXPECT_EQ(grouped, Code::kCanceled);
  EXPECT_TRUE(after.ok());
}

TEST(TaskGroup, ACancelledFiberWaitsNoMore) {
  ASSERT_TRUE(run({}, [&]() -> Status {
                TaskGroup group;
                group.spawn([] {
                  for (int i = 0; i < 3; ++i) {
                    EXPECT_EQ(sleep_for(std::chrono::seconds(1)).error().code(), Code::kCanceled);
                  }
                });
                VIF_TRY(sleep_for(milliseconds(1)));
                group.cancel();
                // So does one that begins only now.
                bool began_cancelled = false;
                group.spawn([&] { began_cancelled = cancelled(); });
                VIF_TRY(group.wait());
                EXPECT_TRUE(began_cancelled);
                return {};
              }).ok());
}

TEST(Run, EndsWhenNoCoreCanBePostedToAnyMore) {
  bool ran = false;
  ASSERT_TRUE(run({.cores = 2}, [&]() -> Status {
                post(1, [&] {
                  EXPECT_TRUE(sleep_for(milliseconds(5)).ok());
                  post(0, [&] { ran = true; });
                });
                return {};
              }).ok());
  EXPECT_TRUE(ran);
}

// Fibers are used again; what is posted belongs to no group and knows of no cancellation.
TEST(TaskGroup, ItsCancellationEndsWithItsTasks) {
  ASSERT_TRUE(run({}, [&]() -> Status {
                TaskGroup group;
                group.spawn([] { EXPECT_FALSE(sleep_for(std::chrono::hours(1)).ok()); });
                VIF_TRY(sleep_for(milliseconds(1)));
                group.cancel();
                VIF_TRY(group.wait());
                Event ran;
                bool seen = true;
                post(this_core(), [&] {
                  seen = cancelled();
                  ran.set();
                });
                VIF_TRY(ran.wait());
                EXPECT_FALSE(seen);
                return {};
              }).ok());
}

TEST(TaskGroup, MadeUnderAShieldOutlivesTheCancellationOfItsOwner) {
  ASSERT_TRUE(run({}, [&]() -> Status {
                TaskGroup group;
                Status slept = Error(Code::kInternal, "not run");
                group.spawn([&] {
                  const Uncancelled cleanup;
                  TaskGroup inner;
                  inner.spawn([&] { slept = sleep_for(milliseconds(20)); });
                  EXPECT_TRUE(inner.wait().ok());
                });
                VIF_TRY(sleep_for(milliseconds(1)));
                group.cancel();
                VIF_TRY(group.wait());
                return slept;
              }).ok());
}

TEST(CancelScope, LeavesACancellationThatIsNotItsOwn) {
  ASSERT_TRUE(run({}, [&]() -> Status {
                TaskGroup group;
                group.spawn([&] {
                  {
                    CancelScope scope;
                    EXPECT_FALSE(sleep_for(std::chrono::hours(1)).ok());
                    scope.cancel();
                  }
                  EXPECT_TRUE(cancelled());
                });
                VIF_TRY(sleep_for(milliseconds(1)));
                group.cancel();
                return group.wait();
              }).ok());
}

TEST(Event, CrossesCores) {
  ASSERT_TRUE(run({.cores = 2}, [&]() -> Status {
                for (int i = 0; i < 2000; ++i) {
                  Event ping, pong;
                  post(1, [&] {
                    EXPECT_TRUE(ping.wait().ok());
                    pong.set();
                  });
                  ping.set();
                  VIF_TRY(pong.wait());
                }
                return {};
              }).ok());
}

TEST(Offload, RunsElsewhereAndManyAtOnce) {
  std::atomic<int> ran = 0;
  ASSERT_TRUE(run({.cores = 2, .offload_threads = 3}, [&]() -> Status {
                for (int core = 0; core < 2; ++core) {
                  post(core, [&] {
                    TaskGroup group;
                    for (int i = 0; i < 50; ++i) group.spawn([&] { offload([&] { ++ran; }); });
                    EXPECT_TRUE(group.wait().ok());
                  });
                }
                return {};
              }).ok());
  EXPECT_EQ(ran, 100);
}

TEST(Random, IsBounded) {
  ASSERT_TRUE(run({}, []() -> Status {
                std::set<uint64_t> seen;
                for (int i = 0; i < 1000; ++i) seen.insert(random_below(7));
                EXPECT_EQ(seen.size(), 7u);
                EXPECT_EQ(*seen.rbegin(), 6u);
                return {};
              }).ok());
}

// TSan keeps a thread's worth of state for each fiber, and not for many.
#if defined(VIF_SANITIZE_THREAD)
constexpr int kManyFibers = 500;
#else
constexpr int kManyFibers = 40'000;  // more than the mappings a process may have, two a stack
#endif

TEST(Stacks, ManyAtOnceAndMostComeBack) {
  ASSERT_TRUE(run({}, []() -> Status {
                for (int round = 0; round < 3; ++round) {
                  TaskGroup group;
                  Event go;
                  for (int i = 0; i < kManyFibers; ++i)
                    group.spawn([&] { EXPECT_TRUE(go.wait().ok()); });
                  yield();
                  go.set();
                  VIF_TRY(group.wait());
                  VIF_TRY(sleep_for(milliseconds(250)));
                }
                return {};
              }).ok());
}

TEST(Task, DestroysWhatItCapturedOnce) {
  auto counted = std::make_shared<int>(0);
  {
    Task small([counted] { ++*counted; });
    Task large([counted, padding = std::array<char, 100>()] { *counted += 10 + padding[0]; });
    EXPECT_EQ(counted.use_count(), 3);
    Task moved(std::move(small));
    EXPECT_FALSE(small);
    moved();
    large();
    large = std::move(moved);
    EXPECT_EQ(counted.use_count(), 2);
  }
  EXPECT_EQ(counted.use_count(), 1);
  EXPECT_EQ(*counted, 11);
}

}  // namespace
}  // namespace vif::rt
