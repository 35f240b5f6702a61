#include "rt/process.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "rt/fiber.h"

namespace vif::rt {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

void in_run(const std::function<Status()>& body) {
  const Status status = run({.cores = 2}, body);
  EXPECT_TRUE(status.ok()) << status.error().to_string();
}

TEST(RunCommand, GivesOutputAndStatus) {
  in_run([]() -> Status {
    ProcessOptions options;
    options.argv = {"sh", "-c", "echo $GREETING; pwd; echo bad >&2; exit 3"};
    options.env = {{"GREETING", "hello"}};
    options.working_dir = "/";
    const CommandOutput output = VIF_TRY(run_command(options, Deadline::in(seconds(20))));
    EXPECT_EQ(output.text, "hello\n/\nbad\n");
    EXPECT_TRUE(WIFEXITED(output.status));
    EXPECT_EQ(WEXITSTATUS(output.status), 3);
    return {};
  });
}

TEST(RunCommand, EndsWhatOverrunsItsDeadline) {
  in_run([]() -> Status {
    ProcessOptions options;
    options.argv = {"sleep", "1000"};
    EXPECT_EQ(run_command(options, Deadline::in(milliseconds(20))).error().code(),
              Code::kDeadlineExceeded);
    return {};
  });
}

TEST(RunCommand, KeepsTheFirstMebibyte) {
  in_run([]() -> Status {
    ProcessOptions options;
    options.argv = {"sh", "-c", "head -c 3000000 /dev/zero"};
    EXPECT_EQ(VIF_TRY(run_command(options, Deadline::in(seconds(20)))).text.size(), 1u << 20);
    return {};
  });
}

TEST(Process, NamesWhatCannotBeStarted) {
  in_run([]() -> Status {
    ProcessOptions options;
    options.argv = {"no-such-program-anywhere"};
    const auto started = Process::start(options);
    EXPECT_EQ(started.error().code(), Code::kNotFound);
    EXPECT_NE(started.error().message().find("no-such-program-anywhere"), std::string::npos);
    options.argv = {"true"};
    options.stdout_path = "/no/such/dir/log";
    EXPECT_EQ(Process::start(options).error().code(), Code::kNotFound);
    return {};
  });
}

TEST(Process, IsSignalledWaitedForAndDefaultsItsSignals) {
  in_run([]() -> Status {
    Signals ours({SIGTERM});  // blocked here, and yet not in the child
    ProcessOptions options;
    options.argv = {"sleep", "1000"};
    auto child = VIF_TRY(Process::start(options));
    EXPECT_TRUE(child->running());
    EXPECT_EQ(child->wait(Deadline::in(milliseconds(2))).error().code(), Code::kDeadlineExceeded);
    child->signal(SIGTERM);
    const int status = VIF_TRY(child->wait(Deadline::in(seconds(20))));
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGTERM);
    EXPECT_FALSE(child->running());
    return {};
  });
}

TEST(Process, RunsAsAnotherUserWithItsOwnSessionAndLog) {
  if (::geteuid() != 0) GTEST_SKIP() << "wants root";
  in_run([]() -> Status {
    const std::string log = fmt::format("/tmp/vif-rt-test-{}.log", ::getpid());
    ProcessOptions options;
    options.argv = {"sh", "-c", "id -un; id -G; ps -o sid= -p $$ | tr -d ' '; echo $$ >&2"};
    options.user = "nobody";
    options.new_session = true;
    options.die_with_parent = true;
    options.stdout_path = options.stderr_path = log;
    auto child = VIF_TRY(Process::start(options));
    EXPECT_EQ(VIF_TRY(child->wait(Deadline::in(seconds(20)))), 0);
    ProcessOptions cat;
    cat.argv = {"cat", log};
    EXPECT_EQ(VIF_TRY(run_command(cat, Deadline::in(seconds(20)))).text,
              fmt::format("nobody\n65534\n{0}\n{0}\n", child->pid()));
    ::unlink(log.c_str());
    return {};
  });
}

// The grandchild holds the pipe open for as long as it lives.
TEST(Process, DiesWithItsParent) {
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    ::close(pipe[0]);
    (void)run({}, [&]() -> Status {
      ProcessOptions options;
      options.argv = {"sleep", "1000"};
      options.die_with_parent = true;
      auto child = VIF_TRY(Process::start(options));
      EXPECT_EQ(::write(pipe[1], "s", 1), 1);
      ::kill(::getpid(), SIGKILL);
      return {};
    });
    ::_exit(1);
  }
  ::close(pipe[1]);
  char started = 0;
  EXPECT_EQ(::read(pipe[0], &started, 1), 1);
  EXPECT_EQ(::waitpid(parent, nullptr, 0), parent);
  pollfd end{pipe[0], POLLIN, 0};
  EXPECT_EQ(::poll(&end, 1, 20'000), 1);
  ::close(pipe[0]);
}

TEST(Signals, AreReceived) {
  in_run([]() -> Status {
    Signals signals({SIGUSR1, SIGHUP});
    EXPECT_EQ(signals.receive(Deadline::in(milliseconds(2))).error().code(),
              Code::kDeadlineExceeded);
    ::kill(::getpid(), SIGHUP);
    EXPECT_EQ(VIF_TRY(signals.receive(Deadline::in(seconds(20)))), SIGHUP);
    return {};
  });
}

}  // namespace
}  // namespace vif::rt
