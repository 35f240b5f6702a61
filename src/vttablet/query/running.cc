#include "vttablet/query/running.h"

#include "base/log.h"

namespace vif::vttablet {
namespace {

constexpr rt::Duration kKillTimeout = std::chrono::seconds(5);

}  // namespace

RunningStatements::RunningStatements(mysql::ClientOptions dba, Counters& kills)
    : dba_(std::move(dba)), kills_(kills) {}

RunningStatements::~RunningStatements() { VIF_ASSERT(first_ == nullptr); }

void RunningStatements::add(RunningStatement& statement) {
  statement.previous = nullptr;
  statement.next = first_;
  if (first_) first_->previous = &statement;
  first_ = &statement;
  ++count_;
  if (statement.deadline.instant() < next_look_.instant()) {
    next_look_ = statement.deadline;
    earlier_.notify_all();
  }
}

void RunningStatements::remove(RunningStatement& statement) {
  (statement.previous ? statement.previous->next : first_) = statement.next;
  if (statement.next) statement.next->previous = statement.previous;
  --count_;
}

void RunningStatements::each(const std::function<void(const RunningStatement&)>& visit) const {
  for (const RunningStatement* statement = first_; statement; statement = statement->next)
    visit(*statement);
}

void RunningStatements::watch() {
  while (!rt::cancelled()) {
    // Statements that started after a look are due after it, but for those with short deadlines,
    // which wake us.
    next_look_ = rt::Deadline::never();
    for (RunningStatement* statement = first_; statement; statement = statement->next) {
      if (statement->killed) continue;
      if (statement->deadline.passed())
        kill(*statement);
      else
        next_look_ = next_look_.earlier(statement->deadline);
    }
    const Status waited = earlier_.wait(next_look_);
    if (!waited.ok() && waited.error().code() == Code::kCanceled) return;
  }
}

void RunningStatements::kill(RunningStatement& statement) {
  statement.killed = true;
  kills_.at({"Queries"}).add();
  VIF_LOG(
      kInfo, "killing query ID {} after {} ms", statement.thread_id,
      std::chrono::duration_cast<std::chrono::milliseconds>(rt::now() - statement.started).count());
  killing_.spawn([this, thread_id = statement.thread_id] {
    const Status killed = mysql::kill_thread(dba_, thread_id, true, rt::Deadline::in(kKillTimeout));
    if (!killed.ok())
      VIF_LOG(kWarning, "could not kill query ID {}: {}", thread_id, killed.error().to_string());
  });
}

void RunningStatements::kill_connection(uint32_t thread_id) {
  kills_.at({"Connections"}).add();
  killing_.spawn([this, thread_id] {
    // The thread may be gone already, which is as good.
    (void)mysql::kill_thread(dba_, thread_id, false, rt::Deadline::in(kKillTimeout));
  });
}

void RunningStatements::kill_all() {
  for (RunningStatement* statement = first_; statement; statement = statement->next) {
    if (!statement->killed) kill(*statement);
  }
}

}  // namespace vif::vttablet
