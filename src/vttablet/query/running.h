// The statements that run on mysqld right now, and the end of those that run too long: KILL QUERY
// over a connection of its own, so that the statement's connection, and its transaction, stay
// usable.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/metrics.h"
#include "mysql/client_conn.h"
#include "rt/fiber.h"
#include "rt/sync.h"
#include "rt/time.h"

namespace vif::vttablet {

// One statement, on the stack of the fiber that waits for it.
struct RunningStatement {
  uint32_t thread_id = 0;
  rt::Deadline deadline = rt::Deadline::never();
  rt::Instant started;
  std::string_view sql;  // of the waiting fiber
  bool killed = false;

  RunningStatement* next = nullptr;
  RunningStatement* previous = nullptr;
};

class RunningStatements {
 public:
  // `dba` may KILL any thread of the server.
  RunningStatements(mysql::ClientOptions dba, Counters& kills);
  ~RunningStatements();  // REQUIRES: none runs

  void add(RunningStatement& statement);
  void remove(RunningStatement& statement);
  size_t count() const { return count_; }
  void each(const std::function<void(const RunningStatement&)>& visit) const;

  // Kills overdue statements until cancelled.
  void watch();
  // Ends what `thread_id` does, in the background: the connection is given up here, but mysqld
  // would go on.
  void kill_connection(uint32_t thread_id);
  // Kills all that runs now.
  void kill_all();

 private:
  void kill(RunningStatement& statement);

  mysql::ClientOptions dba_;
  Counters& kills_;
  RunningStatement* first_ = nullptr;
  size_t count_ = 0;
  rt::Deadline next_look_ = rt::Deadline::never();
  rt::WaitQueue earlier_;
  rt::TaskGroup killing_;
};

}  // namespace vif::vttablet
