#include "rt/net.h"

#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rt/fiber.h"
#include "rt/sync.h"

namespace vif::rt {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string temp_socket() { return fmt::format("/tmp/vif-rt-test-{}.sock", ::getpid()); }

Status read_exactly(Stream& stream, std::string& into, size_t size) {
  into.clear();
  char buffer[65536];
  while (into.size() < size) {
    const size_t got = VIF_TRY(stream.read_some(
        std::span(buffer, std::min(sizeof buffer, size - into.size())), Deadline::in(seconds(10))));
    if (got == 0) return Error(Code::kUnavailable, "end of stream");
    into.append(buffer, got);
  }
  return {};
}

struct Pair {
  std::unique_ptr<Stream> near, far;
};

Result<Pair> connected(const Address& at) {
  auto listener = VIF_TRY(listen(at));
  Pair pair;
  pair.near = VIF_TRY(dial(listener->address(), Deadline::in(seconds(5))));
  pair.far = VIF_TRY(listener->accept(Deadline::in(seconds(5))));
  return pair;
}

std::vector<Address> both_kinds() {
  return {Address::tcp("127.0.0.1", 0), Address::unix_socket(temp_socket())};
}

// Runs `body` once over TCP and once over a unix socket.
void with_pairs(const std::function<Status(Pair)>& body) {
  for (const Address& at : both_kinds()) {
    const Status status = run({}, [&]() -> Status { return body(VIF_TRY(connected(at))); });
    EXPECT_TRUE(status.ok()) << at.to_string() << ": " << status.error().to_string();
  }
}

TEST(Address, ParsesAndPrints) {
  for (const char* text :
       {"127.0.0.1:3306", "db.example:1", "[::1]:80", "unix:/tmp/x.sock", ":0"}) {
    const auto address = Address::parse(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(address->to_string(), text);
  }
  for (const char* text : {"", "host", "host:", "host:x", "host:70000", "::1:80", "unix:"}) {
    EXPECT_FALSE(Address::parse(text).ok()) << text;
  }
}

TEST(Stream, EchoesAndSeesTheEnd) {
  with_pairs([](Pair pair) -> Status {
    TaskGroup group;
    group.spawn([&] {
      char buffer[100];
      for (;;) {
        const auto got = pair.far->read_some(buffer, Deadline::in(seconds(5)));
        if (!got.ok() || *got == 0) break;
        EXPECT_TRUE(pair.far->write_all(std::string_view(buffer, *got), Deadline::never()).ok());
      }
      pair.far->shutdown_write();
    });
    std::string text;
    for (int i = 0; i < 100; ++i) {
      const std::string_view pieces[] = {"hel", "", "lo ", "world"};
      VIF_TRY(pair.near->write_all(pieces, Deadline::in(seconds(5))));
      VIF_TRY(read_exactly(*pair.near, text, 11));
      EXPECT_EQ(text, "hello world");
    }
    pair.near->shutdown_write();
    char end[10];
    EXPECT_EQ(VIF_TRY(pair.near->read_some(end, Deadline::in(seconds(5)))), 0u);
    return group.wait();
  });
}

TEST(Stream, ManyPiecesAndMoreThanTheBuffersHold) {
  with_pairs([](Pair pair) -> Status {
    std::vector<std::string> owned;
    std::string whole;
    for (int i = 0; i < 3000; ++i) {
      owned.push_back(
          std::string(static_cast<size_t>(i * 7 % 5000), static_cast<char>('a' + i % 26)));
      whole += owned.back();
    }
    TaskGroup group;
    group.spawn([&] {
      const std::vector<std::string_view> pieces(owned.begin(), owned.end());
      EXPECT_TRUE(pair.near->write_all(pieces, Deadline::in(seconds(20))).ok());
    });
    std::string text;
    VIF_TRY(read_exactly(*pair.far, text, whole.size()));
    EXPECT_EQ(text, whole);
    return group.wait();
  });
}

// The socket takes one piece in many parts: each begins where the one before ended.
TEST(Stream, OnePieceMuchLargerThanTheBuffers) {
  std::string whole;
  for (int i = 0; i < 2'000'000; ++i) fmt::format_to(std::back_inserter(whole), "{:07} ", i);
  with_pairs([&](Pair pair) -> Status {
    TaskGroup group;
    group.spawn([&] { EXPECT_TRUE(pair.near->write_all(whole, Deadline::in(seconds(20))).ok()); });
    std::string text;
    VIF_TRY(read_exactly(*pair.far, text, whole.size()));
    EXPECT_TRUE(text == whole);
    return group.wait();
  });
}

TEST(Stream, DeadlineAndCancelEndAWait) {
  with_pairs([](Pair pair) -> Status {
    char buffer[10];
    EXPECT_EQ(pair.near->read_some(buffer, Deadline::in(milliseconds(2))).error().code(),
              Code::kDeadlineExceeded);
    TaskGroup group;
    group.spawn([&] {
      EXPECT_EQ(pair.near->read_some(buffer, Deadline::never()).error().code(), Code::kCanceled);
    });
    yield();
    group.cancel();
    VIF_TRY(group.wait());
    VIF_TRY(pair.far->write_all("later", Deadline::never()));
    EXPECT_EQ(VIF_TRY(pair.near->read_some(buffer, Deadline::in(seconds(5)))), 5u);
    // A write into full buffers ends too.
    const std::string big(64 << 20, 'x');
    EXPECT_EQ(pair.near->write_all(big, Deadline::in(milliseconds(20))).error().code(),
              Code::kDeadlineExceeded);
    return {};
  });
}

TEST(Stream, TryWriteFillsAndWaitWritableTells) {
  with_pairs([](Pair pair) -> Status {
    const std::string block(100000, 'z');
    size_t sent = 0;
    for (;;) {
      const size_t count = VIF_TRY(pair.near->try_write(block));
      if (count == 0) break;
      sent += count;
    }
    EXPECT_GT(sent, 0u);
    EXPECT_EQ(pair.near->wait_writable(Deadline::in(milliseconds(2))).error().code(),
              Code::kDeadlineExceeded);
    TaskGroup group;
    group.spawn([&] { EXPECT_TRUE(pair.near->wait_writable(Deadline::in(seconds(5))).ok()); });
    yield();
    std::string text;
    VIF_TRY(read_exactly(*pair.far, text, sent));
    return group.wait();
  });
}

TEST(Stream, CloseEndsAnotherFibersWait) {
  with_pairs([](Pair pair) -> Status {
    TaskGroup group;
    group.spawn([&] {
      char buffer[10];
      EXPECT_EQ(pair.near->read_some(buffer, Deadline::never()).error().code(), Code::kUnavailable);
    });
    yield();
    pair.near->close();
    return group.wait();
  });
}

TEST(Stream, DataBeforeTheEndIsNotLost) {
  with_pairs([](Pair pair) -> Status {
    VIF_TRY(pair.far->write_all("last words", Deadline::never()));
    pair.far.reset();
    VIF_TRY(sleep_for(milliseconds(5)));
    char buffer[4];
    std::string text;
    for (;;) {
      const size_t got = VIF_TRY(pair.near->read_some(buffer, Deadline::in(seconds(5))));
      if (got == 0) break;
      text.append(buffer, got);
    }
    EXPECT_EQ(text, "last words");
    return {};
  });
}

TEST(Listener, ChoosesPortsRefusesTakenOnesAndCloses) {
  const Status status = run({}, []() -> Status {
    auto first = VIF_TRY(listen(Address::tcp("127.0.0.1", 0)));
    EXPECT_NE(first->address().port, 0);
    EXPECT_EQ(listen(first->address()).error().code(), Code::kAlreadyExists);
    TaskGroup group;
    group.spawn([&] { EXPECT_EQ(first->accept().error().code(), Code::kUnavailable); });
    yield();
    first->close();
    VIF_TRY(group.wait());
    EXPECT_EQ(dial(first->address(), Deadline::in(seconds(5))).error().code(), Code::kUnavailable);
    return {};
  });
  EXPECT_TRUE(status.ok());
}

TEST(Listener, ReplacesAStaleSocketFileOnly) {
  const Status status = run({}, []() -> Status {
    const Address at = Address::unix_socket(temp_socket());
    {
      // As a killed process leaves it.
      const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
      sockaddr_storage storage{};
      storage.ss_family = AF_UNIX;
      std::memcpy(reinterpret_cast<char*>(&storage) + 2, at.unix_path.data(), at.unix_path.size());
      EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&storage), 110), 0);
      ::close(fd);
    }
    auto listener = VIF_TRY(listen(at));
    EXPECT_EQ(listen(at).error().code(), Code::kAlreadyExists);
    EXPECT_TRUE(dial(at, Deadline::in(seconds(5))).ok());
    return {};
  });
  EXPECT_TRUE(status.ok()) << status.error().to_string();
}

TEST(Dial, ResolvesNames) {
  const Status status = run({}, []() -> Status {
    auto listener = VIF_TRY(listen(Address::tcp("127.0.0.1", 0)));
    auto stream = VIF_TRY(
        dial(Address::tcp("localhost", listener->address().port), Deadline::in(seconds(5))));
    EXPECT_EQ(stream->peer_address(), fmt::format("127.0.0.1:{}", listener->address().port));
    EXPECT_EQ(
        dial(Address::tcp("no-such-host.invalid", 1), Deadline::in(seconds(20))).error().code(),
        Code::kUnavailable);
    return {};
  });
  EXPECT_TRUE(status.ok()) << status.error().to_string();
}

// What a server's idle connection is: answers each line, then parks again.
struct ParkedEcho : Parked {
  std::unique_ptr<Stream> stream;
  std::vector<Wake> wakes;
  Duration idle = seconds(10);
  Event done;

  void on_wake(Wake reason) override {
    wakes.push_back(reason);
    if (reason != Wake::kReadable) return done.set();
    char buffer[64];
    const auto got = stream->read_some(buffer, Deadline::in(seconds(5)));
    if (!got.ok() || *got == 0) return done.set();
    EXPECT_TRUE(stream->write_all(std::string_view(buffer, *got), Deadline::in(seconds(5))).ok());
    stream->park(*this, Deadline::in(idle));
  }
};

TEST(Park, AnswersWithoutAFiberInBetween) {
  with_pairs([](Pair pair) -> Status {
    ParkedEcho echo;
    echo.stream = std::move(pair.far);
    echo.stream->park(echo, Deadline::never());
    std::string text;
    for (int i = 0; i < 50; ++i) {
      VIF_TRY(pair.near->write_all("ping", Deadline::never()));
      VIF_TRY(read_exactly(*pair.near, text, 4));
      EXPECT_EQ(text, "ping");
    }
    pair.near.reset();
    VIF_TRY(echo.done.wait(Deadline::in(seconds(5))));
    EXPECT_EQ(echo.wakes.size(), 51u);
    return {};
  });
}

TEST(Park, WhatIsThereAlreadyWakesAtOnce) {
  with_pairs([](Pair pair) -> Status {
    ParkedEcho echo;
    echo.stream = std::move(pair.far);
    const std::string more_than_a_buffer(150, 'm');
    VIF_TRY(pair.near->write_all(more_than_a_buffer, Deadline::never()));
    VIF_TRY(sleep_for(milliseconds(2)));
    echo.stream->park(echo, Deadline::never());
    std::string text;
    VIF_TRY(read_exactly(*pair.near, text, more_than_a_buffer.size()));
    EXPECT_EQ(echo.wakes.size(), 3u);
    pair.near.reset();
    return echo.done.wait(Deadline::in(seconds(5)));
  });
}

TEST(Park, DeadlineAndUnparkWakeOnce) {
  with_pairs([](Pair pair) -> Status {
    ParkedEcho echo;
    echo.stream = std::move(pair.far);
    echo.stream->park(echo, Deadline::in(milliseconds(2)));
    VIF_TRY(echo.done.wait(Deadline::in(seconds(5))));
    ParkedEcho again;
    again.stream = std::move(echo.stream);
    again.stream->park(again, Deadline::in(seconds(100)));
    again.stream->unpark();
    again.stream->unpark();
    VIF_TRY(pair.near->write_all("late", Deadline::never()));
    VIF_TRY(again.done.wait(Deadline::in(seconds(5))));
    again.stream->unpark();
    VIF_TRY(sleep_for(milliseconds(2)));
    EXPECT_EQ(echo.wakes, std::vector<Wake>{Wake::kDeadline});
    EXPECT_EQ(again.wakes, std::vector<Wake>{Wake::kUnparked});
    return {};
  });
}

TEST(Park, DestroyingAParkedStreamForgetsItsOwner) {
  with_pairs([](Pair pair) -> Status {
    ParkedEcho echo;
    pair.far->park(echo, Deadline::in(milliseconds(1)));
    pair.far.reset();
    ParkedEcho woken;
    pair.near->park(woken, Deadline::never());
    pair.near->unpark();
    pair.near.reset();  // its wake was under way
    VIF_TRY(sleep_for(milliseconds(5)));
    EXPECT_TRUE(echo.wakes.empty());
    EXPECT_TRUE(woken.wakes.empty());
    return {};
  });
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(VIF_SANITIZE_THREAD)
// What an idle connection holds of our memory, once it has been busy.
TEST(Park, CostsAFewHundredBytes) {
  const Status status = run({}, []() -> Status {
    auto listener = VIF_TRY(listen(Address::tcp("127.0.0.1", 0)));
    constexpr size_t kCount = 400;
    std::deque<ParkedEcho> owners(kCount);
    std::vector<std::unique_ptr<Stream>> near(kCount);
    std::string text;
    size_t before = 0;
    for (size_t i = 0; i < kCount; ++i) {
      if (i == kCount / 2) before = ::mallinfo2().uordblks;
      near[i] = VIF_TRY(dial(listener->address(), Deadline::in(seconds(5))));
      owners[i].stream = VIF_TRY(listener->accept(Deadline::in(seconds(5))));
      owners[i].wakes.reserve(2);
      owners[i].stream->park(owners[i], Deadline::in(seconds(1000)));
      VIF_TRY(near[i]->write_all("ping", Deadline::never()));
      VIF_TRY(read_exactly(*near[i], text, 4));
    }
    // Two streams each: this test is both sides.
    EXPECT_LE((::mallinfo2().uordblks - before) / kCount, 300u);
    near.clear();
    for (ParkedEcho& owner : owners) VIF_TRY(owner.done.wait(Deadline::in(seconds(5))));
    return {};
  });
  EXPECT_TRUE(status.ok()) << status.error().to_string();
}
#endif

TEST(Listener, LocalhostIsReachedByItsFirstAddress) {
  const Status status = run({}, []() -> Status {
    auto listener = VIF_TRY(listen(Address::tcp("localhost", 0)));
    return dial(Address::tcp("127.0.0.1", listener->address().port), Deadline::in(seconds(5))).ok()
               ? Status()
               : Error(Code::kUnavailable, "not listening on 127.0.0.1");
  });
  EXPECT_TRUE(status.ok()) << status.error().to_string();
}

TEST(WaitReadable, SeesAPipe) {
  const Status status = run({}, []() -> Status {
    int fds[2];
    EXPECT_EQ(::pipe(fds), 0);
    EXPECT_EQ(wait_readable(fds[0], Deadline::in(milliseconds(1))).error().code(),
              Code::kDeadlineExceeded);
    EXPECT_EQ(::write(fds[1], "x", 1), 1);
    VIF_TRY(wait_readable(fds[0], Deadline::in(seconds(5))));
    VIF_TRY(wait_readable(fds[0], Deadline::in(seconds(5))));
    ::close(fds[0]);
    ::close(fds[1]);
    return {};
  });
  EXPECT_TRUE(status.ok());
}

}  // namespace
}  // namespace vif::rt
