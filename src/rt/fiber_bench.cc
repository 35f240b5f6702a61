// What the runtime itself costs: switches, starts, deadlines, and round trips over sockets.
#include <benchmark/benchmark.h>

#include "rt/fiber.h"
#include "rt/net.h"
#include "rt/sync.h"

namespace vif::rt {
namespace {

void in_run(const std::function<void()>& body) {
  const Status status = run({}, [&]() -> Status {
    body();
    return {};
  });
  VIF_ASSERT(status.ok());
}

// Two fibers that yield to each other: one switch an iteration.
void BM_Switch(benchmark::State& state) {
  in_run([&] {
    bool over = false;
    TaskGroup group;
    group.spawn([&] {
      while (!over) yield();
    });
    for (auto _ : state) yield();
    over = true;
    VIF_ASSERT(group.wait().ok());
    state.SetItemsProcessed(2 * state.iterations());
  });
}
BENCHMARK(BM_Switch);

void BM_SpawnAndWait(benchmark::State& state) {
  in_run([&] {
    for (auto _ : state) {
      TaskGroup group;
      group.spawn([] {});
      VIF_ASSERT(group.wait().ok());
    }
  });
}
BENCHMARK(BM_SpawnAndWait);

void BM_SpawnHundred(benchmark::State& state) {
  in_run([&] {
    for (auto _ : state) {
      TaskGroup group;
      for (int i = 0; i < 100; ++i) group.spawn([] {});
      VIF_ASSERT(group.wait().ok());
    }
    state.SetItemsProcessed(100 * state.iterations());
  });
}
BENCHMARK(BM_SpawnHundred);

// A wait with a deadline that another fiber ends.
void BM_NotifiedWait(benchmark::State& state) {
  in_run([&] {
    WaitQueue ping, pong;
    bool over = false;
    TaskGroup group;
    group.spawn([&] {
      while (!over) {
        VIF_ASSERT(ping.wait(Deadline::in(std::chrono::seconds(30))).ok());
        pong.notify_one();
      }
    });
    yield();
    for (auto _ : state) {
      ping.notify_one();
      VIF_ASSERT(pong.wait(Deadline::in(std::chrono::seconds(30))).ok());
    }
    over = true;
    ping.notify_one();
    VIF_ASSERT(group.wait().ok());
  });
}
BENCHMARK(BM_NotifiedWait);

struct Echo : Parked {
  std::unique_ptr<Stream> stream;
  Event gone;
  void on_wake(Wake) override {
    char buffer[256];
    const auto got = stream->read_some(buffer, Deadline::in(std::chrono::seconds(30)));
    if (!got.ok() || *got == 0) return gone.set();
    VIF_ASSERT(
        stream->write_all(std::string_view(buffer, *got), Deadline::in(std::chrono::seconds(30)))
            .ok());
    stream->park(*this, Deadline::in(std::chrono::hours(8)));
  }
};

// Both ends in one thread; the far end is parked between messages. Two reads, two writes, two
// polls.
void echo(benchmark::State& state, const Address& at) {
  in_run([&] {
    auto listener = listen(at).value();
    auto near = dial(listener->address(), Deadline::never()).value();
    Echo far;
    far.stream = listener->accept().value();
    far.stream->park(far, Deadline::never());
    char buffer[256];
    for (auto _ : state) {
      const Deadline deadline = Deadline::in(std::chrono::seconds(30));
      VIF_ASSERT(near->write_all("select c from sbtest1 where id = 4711", deadline).ok());
      VIF_ASSERT(near->read_some(buffer, deadline).ok());
    }
    near.reset();
    VIF_ASSERT(far.gone.wait().ok());
  });
}
void BM_EchoTcp(benchmark::State& state) { echo(state, Address::tcp("127.0.0.1", 0)); }
void BM_EchoUnix(benchmark::State& state) {
  echo(state, Address::unix_socket("/tmp/vif-rt-bench.sock"));
}
BENCHMARK(BM_EchoTcp);
BENCHMARK(BM_EchoUnix);

// To another core and back.
void BM_PostRoundTrip(benchmark::State& state) {
  const Status status = run({.cores = 2}, [&]() -> Status {
    for (auto _ : state) {
      Event back;
      post(1, [&] { back.set(); });
      VIF_TRY(back.wait());
    }
    return {};
  });
  VIF_ASSERT(status.ok());
}
BENCHMARK(BM_PostRoundTrip)->UseRealTime();

void BM_Offload(benchmark::State& state) {
  in_run([&] {
    for (auto _ : state) offload([] {});
  });
}
BENCHMARK(BM_Offload)->UseRealTime();

}  // namespace
}  // namespace vif::rt
