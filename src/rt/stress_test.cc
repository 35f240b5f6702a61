// Many of everything on two cores, for the sanitizers to watch.
#include <gtest/gtest.h>

#include <atomic>

#include "rt/fiber.h"
#include "rt/net.h"
#include "rt/sync.h"

namespace vif::rt {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A parked server on each core behind one port; clients on both that write, give up, are cancelled,
// leave.
struct Session : Parked {
  std::unique_ptr<Stream> stream;
  Event gone;
  void on_wake(Wake reason) override {
    char buffer[512];
    const auto got = stream->read_some(buffer, Deadline::in(seconds(20)));
    if (reason != Wake::kReadable || !got.ok() || *got == 0 ||
        !stream->write_all(std::string_view(buffer, *got), Deadline::in(seconds(20))).ok()) {
      gone.set();
      return;
    }
    stream->park(*this, Deadline::in(seconds(20)));
  }
};

void serve(Listener& listener) {
  std::deque<Session> sessions;
  for (;;) {
    auto accepted = listener.accept();
    if (!accepted.ok()) break;
    Session& session = sessions.emplace_back();
    session.stream = std::move(*accepted);
    session.stream->park(session, Deadline::in(seconds(20)));
  }
  Uncancelled cleaning;
  for (Session& session : sessions) {
    session.stream->unpark();
    EXPECT_TRUE(session.gone.wait(Deadline::in(seconds(20))).ok());
  }
}

void be_a_client(const Address& server, std::atomic<int>& answered) {
  const auto stream = dial(server, Deadline::in(seconds(20)));
  if (!stream.ok()) return;
  const std::string word(1 + random_below(400), 'w');
  char buffer[512];
  for (int i = 0; i < 20; ++i) {
    if (!(*stream)->write_all(word, Deadline::in(seconds(20))).ok()) return;
    const Deadline deadline =
        Deadline::in(random_below(8) == 0 ? Duration(microseconds(20)) : seconds(20));
    for (size_t got = 0; got < word.size();) {
      const auto count = (*stream)->read_some(buffer, deadline);
      if (!count.ok() || *count == 0) return;
      got += *count;
    }
    ++answered;
  }
}

TEST(Stress, ParkedServersAndClientsOnTwoCores) {
  std::atomic<int> answered = 0;
  const Status status = run({.cores = 2}, [&]() -> Status {
    Event ready[2], done[2];
    Address address = Address::tcp("127.0.0.1", 0);
    for (int core = 0; core < 2; ++core) {
      post(core, [&, core] {
        auto listener = listen(address, {.reuse_port = true});
        ASSERT_TRUE(listener.ok());
        if (core == 0) address = (*listener)->address();
        TaskGroup server, clients;
        server.spawn([&] { serve(**listener); });
        ready[core].set();
        for (int i = 0; i < 40; ++i) clients.spawn([&] { be_a_client(address, answered); });
        EXPECT_TRUE(sleep_for(milliseconds(20)).ok());
        for (int i = 0; i < 40; ++i) clients.spawn([&] { be_a_client(address, answered); });
        EXPECT_TRUE(clients.wait().ok());
        server.cancel();
        EXPECT_TRUE(server.wait().ok());
        done[core].set();
      });
      VIF_TRY(ready[core].wait());
    }
    for (Event& event : done) VIF_TRY(event.wait());
    return {};
  });
  EXPECT_TRUE(status.ok());
  EXPECT_GT(answered, 100);
}

// Fibers that lock, wait, time out and are cancelled in every order.
TEST(Stress, SyncUnderCancellation) {
  const Status status = run({.cores = 2}, []() -> Status {
    Event done[2];
    for (int core = 0; core < 2; ++core) {
      post(core, [&, core] {
        Mutex mutex;
        Semaphore semaphore(3);
        Channel<int> channel(2);
        int inside = 0;
        for (int round = 0; round < 30; ++round) {
          TaskGroup group;
          for (int i = 0; i < 30; ++i) {
            group.spawn([&, i] {
              const Deadline deadline = Deadline::in(microseconds(random_below(2000)));
              if (mutex.lock(deadline).ok()) {
                EXPECT_EQ(++inside, 1);
                yield();
                --inside;
                mutex.unlock();
              }
              if (semaphore.acquire(deadline, i % 3 + 1).ok()) {
                EXPECT_GE(semaphore.available(), 0);
                (void)sleep_for(microseconds(random_below(100)));
                semaphore.release(i % 3 + 1);
              }
              if (i % 2 == 0) {
                (void)channel.send(i, deadline);
              } else {
                (void)channel.receive(deadline);
              }
              offload([] {});
            });
          }
          (void)group.wait(Deadline::in(microseconds(random_below(1500))));
        }
        EXPECT_TRUE(mutex.try_lock());
        mutex.unlock();
        EXPECT_EQ(semaphore.available(), 3);
        done[core].set();
      });
    }
    for (Event& event : done) VIF_TRY(event.wait());
    return {};
  });
  EXPECT_TRUE(status.ok());
}

// Every post arrives, whoever sends from wherever.
TEST(Stress, PostsFromEverywhere) {
  std::atomic<int> arrived = 0;
  const Status status = run({.cores = 2, .offload_threads = 3}, [&]() -> Status {
    TaskGroup group;
    for (int i = 0; i < 60; ++i) {
      group.spawn([&, i] {
        offload([&, i] {
          for (int k = 0; k < 20; ++k) post((i + k) % 2, [&] { ++arrived; });
        });
      });
    }
    return group.wait();
  });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(arrived, 1200);
}

}  // namespace
}  // namespace vif::rt
