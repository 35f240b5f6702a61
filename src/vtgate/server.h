// The MySQL door: accepts clients, keeps a Connection and a Session for each, and hands each
// command to its file in vtgate/commands/.
#pragma once

#include <map>
#include <memory>

#include "base/metrics.h"
#include "base/result.h"
#include "mysql/server_conn.h"
#include "rt/fiber.h"
#include "rt/net.h"
#include "rt/sync.h"
#include "vtgate/executor.h"
#include "vtgate/processes.h"

namespace vif::vtgate {

// What servers are told of a login's collation, by its number: many clients share one.
using LoginSettings = std::map<uint32_t, std::shared_ptr<const std::vector<std::string>>>;

// Belongs to one scheduler.
class Server final : public mysql::CommandHandler {
 public:
  // `options` (of all connections) and `executor` outlive the server.
  Server(const mysql::ServerOptions& options, Executor& executor, Processes& processes,
         Metrics& metrics);
  // Closes every connection and waits for their commands.
  ~Server();

  // Accepts until the listener is closed or the fiber cancelled. Errors: kCanceled, the listener's.
  Status serve(rt::Listener& listener);
  // Idle clients are told 1053 and closed, others after their command. Then waits until all are
  // gone. Errors: kDeadlineExceeded.
  Status drain(rt::Deadline deadline);

  size_t connection_count() const { return connections_.size(); }

  Status on_login(mysql::ServerConnection& connection) override;
  Status on_command(mysql::ServerConnection& connection, uint8_t command,
                    std::string_view payload) override;
  void on_close(mysql::ServerConnection& connection) override;

 private:
  const mysql::ServerOptions& options_;
  Executor& executor_;
  Processes& processes_;
  Counter& accepted_;
  Counter& refused_;
  uint32_t next_id_ = 1;
  LoginSettings login_settings_;
  std::map<uint32_t, std::unique_ptr<mysql::ServerConnection>> connections_;
  rt::WaitQueue gone_;
  rt::TaskGroup tasks_;
};

}  // namespace vif::vtgate
