// What every store must do, run against each of them.
#include "topo/store.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "rt/fiber.h"
#include "rt/net.h"
#include "rt/process.h"
#include "topo/etcd_store.h"
#include "topo/file_store.h"
#include "topo/memory_store.h"

namespace vif::topo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

rt::Deadline soon() { return rt::Deadline::in(seconds(20)); }

struct Fixture {
  explicit Fixture(std::string_view kind) {
    char name[] = "/tmp/topo-test-XXXXXX";
    dir = ::mkdtemp(name);
    address = dir;
    if (kind == "file")
      store = std::make_shared<FileStore>();
    else if (kind == "etcd")
      start_etcd();
    else
      store = std::make_shared<MemoryStore>();
  }
  ~Fixture() {
    if (etcd != nullptr) {
      etcd->signal(SIGKILL);
      (void)etcd->wait(soon());
    }
    std::filesystem::remove_all(dir);
  }
  std::unique_ptr<Connection> connect() {
    return std::move(*store->connect("global", address, "/vitess/global"));
  }

  // On a fiber. A server of its own, on a port that was free a moment ago.
  void start_etcd() {
    if (address == dir)
      address = rt::listen(rt::Address::tcp("127.0.0.1", 0)).value()->address().to_string();
    rt::ProcessOptions options;
    options.argv = {"/usr/bin/etcd",        "--data-dir",         dir + "/etcd",
                    "--listen-client-urls", "http://" + address,  "--advertise-client-urls",
                    "http://" + address,    "--listen-peer-urls", "unix://127.0.0.1:0",
                    "--unsafe-no-fsync",    "--log-level",        "error"};
    options.working_dir = dir;
    options.stdout_path = options.stderr_path = dir + "/etcd.log";
    options.die_with_parent = true;
    etcd = rt::Process::start(options).value();
    store = std::make_shared<EtcdStore>();
    const auto probe = connect();
    while (!soon_over.passed() && etcd->running()) {
      const auto entries = probe->list_dir("", soon());
      if (entries.ok() || entries.error().code() == Code::kNotFound) break;
      (void)rt::sleep_for(milliseconds(20));
    }
  }

  std::string dir;
  std::string address;
  std::shared_ptr<Store> store;
  std::unique_ptr<rt::Process> etcd;
  rt::Deadline soon_over = soon();
};

bool has_etcd() { return std::filesystem::exists("/usr/bin/etcd"); }

class StoreTest : public testing::TestWithParam<std::string> {
 protected:
  // Runs `body` on a fiber with two connections to the same cell.
  void run(const std::function<void(Connection&, Connection&)>& body) {
    if (GetParam() == "etcd" && !has_etcd())
      GTEST_SKIP() << "NOT TESTED against etcd: install etcd-server";
    const Status ran = rt::run({}, [&]() -> Status {
      Fixture fixture(GetParam());
      const auto a = fixture.connect();
      const auto b = fixture.connect();
      body(*a, *b);
      return {};
    });
    EXPECT_TRUE(ran.ok()) << ran.error().to_string();
  }
};

TEST_P(StoreTest, KeepsRecordsWithVersions) {
  run([](Connection& a, Connection& b) {
    const Version first = *a.create("keyspaces/ks/Keyspace", "one", soon());
    EXPECT_EQ(b.create("keyspaces/ks/Keyspace", "x", soon()).error().message(),
              "node already exists: keyspaces/ks/Keyspace");
    EXPECT_EQ(b.get("keyspaces/ks/Keyspace", soon())->contents, "one");
    EXPECT_EQ(b.get("keyspaces/ks/Keyspace", soon())->version, first);
    const Version second = *b.update("keyspaces/ks/Keyspace", "two", first, soon());
    EXPECT_NE(second, first);
    EXPECT_EQ(a.update("keyspaces/ks/Keyspace", "three", first, soon()).error().code(),
              Code::kAborted);
    EXPECT_EQ(a.get("keyspaces/ks/Keyspace", soon())->contents, "two");
    EXPECT_EQ(a.remove("keyspaces/ks/Keyspace", first, soon()).error().message(),
              "bad node version: keyspaces/ks/Keyspace");
    EXPECT_TRUE(a.remove("keyspaces/ks/Keyspace", second, soon()).ok());
    EXPECT_EQ(b.get("keyspaces/ks/Keyspace", soon()).error().message(),
              "node doesn't exist: keyspaces/ks/Keyspace");
    EXPECT_EQ(b.update("keyspaces/ks/Keyspace", "x", second, soon()).error().code(),
              Code::kNotFound);
  });
}

TEST_P(StoreTest, ListsWhatIsThere) {
  run([](Connection& a, Connection& b) {
    EXPECT_EQ(a.list_dir("keyspaces", soon()).error().code(), Code::kNotFound);
    for (const char* path :
         {"keyspaces/a-b/Keyspace", "keyspaces/a/Keyspace", "keyspaces/a/shards/-80/Shard", "R"}) {
      ASSERT_TRUE(a.create(path, path, soon()).ok());
    }
    const std::vector<DirEntry> keyspaces = {{"a", true, false}, {"a-b", true, false}};
    EXPECT_EQ(*b.list_dir("keyspaces", soon()), keyspaces);
    const std::vector<DirEntry> root = {{"R", false, false}, {"keyspaces", true, false}};
    EXPECT_EQ(*b.list_dir("", soon()), root);
    const std::vector<File> files = *b.list("keyspaces/a/", soon());
    ASSERT_EQ(files.size(), 2u);
    EXPECT_EQ(files[1].path, "keyspaces/a/shards/-80/Shard");
    EXPECT_EQ(files[1].contents, files[1].path);
    ASSERT_TRUE(a.remove("keyspaces/a-b/Keyspace", {}, soon()).ok());
    EXPECT_EQ(b.list_dir("keyspaces", soon())->size(), 1u);
  });
}

TEST_P(StoreTest, LocksExcludeEachOther) {
  run([](Connection& a, Connection& b) {
    EXPECT_EQ(a.lock("keyspaces/ks", "{}", soon()).error().message(),
              "node doesn't exist: keyspaces/ks");
    ASSERT_TRUE(a.create("keyspaces/ks/Keyspace", "", soon()).ok());
    std::unique_ptr<Lock> held = std::move(*a.lock("keyspaces/ks", "{}", soon()));
    EXPECT_TRUE(held->check(soon()).ok());
    EXPECT_EQ(b.try_lock("keyspaces/ks", "{}", soon()).error().message(),
              "node already exists: lock already exists at path keyspaces/ks");
    EXPECT_EQ(b.lock("keyspaces/ks", "{}", rt::Deadline::in(milliseconds(1))).error().message(),
              "deadline exceeded: keyspaces/ks");
    bool second_got_it = false;
    rt::TaskGroup group;
    group.spawn([&] {
      Result<std::unique_ptr<Lock>> second = b.lock("keyspaces/ks", "{}", soon());
      second_got_it = second.ok();
    });
    rt::yield();
    EXPECT_FALSE(second_got_it);
    EXPECT_TRUE(held->unlock(soon()).ok());
    EXPECT_FALSE(held->unlock(soon()).ok());
    ASSERT_TRUE(group.wait(soon()).ok());
    EXPECT_TRUE(second_got_it);
    EXPECT_TRUE(a.try_lock("keyspaces/ks", "{}", soon()).ok());
    EXPECT_TRUE(a.lock_name("internal/named_locks/x", "{}", soon()).ok());
  });
}

TEST_P(StoreTest, WatchGivesTheValueAndItsChanges) {
  run([](Connection& a, Connection& b) {
    EXPECT_EQ(b.watch("keyspaces/ks/Keyspace", soon()).error().code(), Code::kNotFound);
    ASSERT_TRUE(a.create("keyspaces/ks/Keyspace", "one", soon()).ok());
    std::unique_ptr<Watch> watch = std::move(*b.watch("keyspaces/ks/Keyspace", soon()));
    EXPECT_EQ(watch->next(soon())->file.contents, "one");
    EXPECT_EQ(watch->next(rt::Deadline::in(milliseconds(1))).error().code(),
              Code::kDeadlineExceeded);
    rt::TaskGroup group;
    group.spawn([&] {
      const auto updated = a.update("keyspaces/ks/Keyspace", "two", {}, soon());
      EXPECT_TRUE(updated.ok()) << updated.error().to_string();
    });
    EXPECT_EQ(watch->next(soon())->file.contents, "two");
    ASSERT_TRUE(group.wait().ok());  // the watcher may know before the writer does
    ASSERT_TRUE(a.remove("keyspaces/ks/Keyspace", {}, soon()).ok());
    EXPECT_EQ(watch->next(soon()).error().code(), Code::kNotFound);
  });
}

TEST_P(StoreTest, RecursiveWatchSeesFilesComeAndGo) {
  run([](Connection& a, Connection& b) {
    ASSERT_TRUE(a.create("tablets/z-1/Tablet", "one", soon()).ok());
    ASSERT_TRUE(a.create("other", "x", soon()).ok());
    std::unique_ptr<Watch> watch = std::move(*b.watch_recursive("tablets", soon()));
    EXPECT_FALSE(watch->caught_up());
    EXPECT_EQ(watch->next(soon())->file.contents, "one");
    EXPECT_TRUE(watch->caught_up());
    ASSERT_TRUE(a.create("tablets/z-2/Tablet", "two", soon()).ok());
    EXPECT_EQ(watch->next(soon())->file.path, "tablets/z-2/Tablet");
    ASSERT_TRUE(a.remove("tablets/z-1/Tablet", {}, soon()).ok());
    const Result<WatchEvent> gone = watch->next(soon());
    ASSERT_TRUE(gone.ok());
    EXPECT_TRUE(gone->deleted);
    EXPECT_EQ(gone->file.path, "tablets/z-1/Tablet");
  });
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreTest, testing::Values("memory", "file", "etcd"),
                         [](const auto& param) { return param.param; });

// Vitess's layout: others find our lock where they look for it, and we theirs.
TEST(EtcdStore, QueuesWithVitesssLocks) {
  if (!has_etcd()) GTEST_SKIP() << "NOT TESTED against etcd: install etcd-server";
  const Status ran = rt::run({}, []() -> Status {
    Fixture fixture("etcd");
    const auto connection = fixture.connect();
    VIF_TRY(connection->create("keyspaces/ks/Keyspace", "", soon()));
    VIF_TRY(connection->create("keyspaces/ks/locks/123", "{\"Action\":\"theirs\"}", soon()));
    EXPECT_EQ(
        connection->lock("keyspaces/ks", "{}", rt::Deadline::in(milliseconds(50))).error().code(),
        Code::kDeadlineExceeded);
    EXPECT_EQ(connection->list("keyspaces/ks/locks/", soon())->size(), 1u) << "ours left the queue";
    std::unique_ptr<Lock> lock;
    rt::TaskGroup group;
    group.spawn([&] { lock = std::move(*connection->lock("keyspaces/ks", "{}", soon())); });
    while (connection->list("keyspaces/ks/locks/", soon())->size() < 2) rt::yield();
    EXPECT_EQ(lock, nullptr);
    VIF_TRY(connection->remove("keyspaces/ks/locks/123", {}, soon()));
    VIF_TRY(group.wait(soon()));
    EXPECT_NE(lock, nullptr);
    const std::vector<DirEntry> entries = {{"Keyspace", false, false}, {"locks", true, true}};
    EXPECT_EQ(*connection->list_dir("keyspaces/ks", soon()), entries);
    const auto held = VIF_TRY(connection->list("keyspaces/ks/locks/", soon()));
    VIF_TRY(connection->remove(held[0].path, {}, soon()));
    lock.reset();

    // A watch lives through a restart of the server: what it missed it is told.
    const auto watch = VIF_TRY(connection->watch("keyspaces/ks/Keyspace", soon()));
    EXPECT_EQ(VIF_TRY(watch->next(soon())).file.contents, "");
    fixture.etcd->signal(SIGKILL);
    VIF_TRY(fixture.etcd->wait(soon()));
    EXPECT_EQ(watch->next(rt::Deadline::in(milliseconds(30))).error().code(),
              Code::kDeadlineExceeded);
    fixture.start_etcd();
    const auto writer = fixture.connect();
    VIF_TRY(writer->update("keyspaces/ks/Keyspace", "late", {}, soon()));
    EXPECT_EQ(VIF_TRY(writer->get("keyspaces/ks/Keyspace", soon())).contents, "late");
    EXPECT_EQ(VIF_TRY(watch->next(soon())).file.contents, "late");
    return {};
  });
  EXPECT_TRUE(ran.ok()) << ran.error().to_string();
}

// A reparent may take longer than the lease that its lock stands on.
TEST(EtcdStore, ALockOutlivesItsLeasesTime) {
  if (!has_etcd()) GTEST_SKIP() << "NOT TESTED against etcd: install etcd-server";
  const Status ran = rt::run({}, []() -> Status {
    Fixture fixture("etcd");
    fixture.store = std::make_shared<EtcdStore>(EtcdOptions{.lease_ttl_s = 2});
    const auto connection = fixture.connect();
    VIF_TRY(connection->create("keyspaces/ks/Keyspace", "", soon()));
    const auto lock = VIF_TRY(connection->lock("keyspaces/ks", "{}", soon()));
    // Nobody else gets it in twice the time, and etcd waits a while longer than it was asked to.
    EXPECT_EQ(connection->lock("keyspaces/ks", "{}", rt::Deadline::in(seconds(5))).error().code(),
              Code::kDeadlineExceeded);
    return lock->check(soon());
  });
  EXPECT_TRUE(ran.ok()) << ran.error().to_string();
}

TEST(FileStore, RefusesPathsThatLeaveItsDirectory) {
  ASSERT_TRUE(
      rt::run({}, []() -> Status {
        Fixture fixture("file");
        const auto connection = fixture.connect();
        for (const char* path : {"../x", "a/../../x", "a//b", "/etc/passwd", "", ".locks/x"}) {
          EXPECT_EQ(connection->create(path, "x", soon()).error().code(), Code::kInvalidArgument)
              << path;
        }
        return {};
      }).ok());
}

// A process that holds the lock dies without giving it up: the next in line gets it.
TEST(FileStore, LockEndsWithItsProcess) {
  Fixture fixture("file");
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    (void)rt::run({}, [&]() -> Status {
      const auto connection = fixture.connect();
      const auto lock = VIF_TRY(connection->lock_name("dir", "child", soon()));
      if (::write(ready[1], "x", 1) != 1) ::_exit(1);
      return rt::sleep_for(seconds(60));
    });
    ::_exit(0);
  }
  char c;
  ASSERT_EQ(::read(ready[0], &c, 1), 1);
  const Status ran = rt::run({}, [&]() -> Status {
    const auto connection = fixture.connect();
    EXPECT_EQ(
        connection->lock_name("dir", "parent", rt::Deadline::in(milliseconds(1))).error().code(),
        Code::kDeadlineExceeded);
    ::kill(child, SIGKILL);
    VIF_TRY(connection->lock_name("dir", "parent", soon()));
    return {};
  });
  EXPECT_TRUE(ran.ok()) << ran.error().to_string();
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

}  // namespace
}  // namespace vif::topo
