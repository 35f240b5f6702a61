// Connections to mysqld, pooled. A connection carries the SET statements ("settings") that were run
// on it; it is handed out to who asks for the same ones, and never changes them.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "mysql/client_conn.h"
#include "rt/sync.h"
#include "rt/time.h"
#include "vttablet/query/options.h"
#include "vttablet/query/prepared.h"

namespace vif::vttablet {

// One connection, in the pool or out of it.
struct PooledConnection {
  std::unique_ptr<mysql::ClientConnection> wire;
  std::string settings;  // joined by ';'; empty: none
  PreparedStatements prepared;
  rt::Instant opened;
  rt::Instant last_used;
};

// The key that settings pool by.
std::string settings_key(std::span<const std::string> settings);

// Belongs to one scheduler. Who waits for a connection is served in order.
class Pool {
 public:
  // Gives its connection back when destroyed: into the pool if it is fit for the next user, closed
  // otherwise.
  class Lease {
   public:
    Lease() = default;
    Lease(Lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), connection_(std::move(other.connection_)) {}
    Lease& operator=(Lease&& other) noexcept;
    ~Lease() { give_back(); }

    explicit operator bool() const { return connection_ != nullptr; }
    mysql::ClientConnection& wire() const { return *connection_->wire; }
    PooledConnection& connection() const { return *connection_; }
    // The connection leaves the pool, which may open another in its place; it will be closed, not
    // pooled.
    void taint();
    void give_back();

   private:
    friend class Pool;
    Pool* pool_ = nullptr;  // null once tainted
    std::unique_ptr<PooledConnection> connection_;
  };

  Pool(std::string name, PoolOptions options, mysql::ClientOptions server);
  ~Pool();  // REQUIRES: no lease, nobody waiting
  Pool(const Pool&) = delete;

  // A connection with exactly these settings. A connection that has been idle for a while is looked
  // at first, so that one that the server has closed is not handed out. Waits when all are in use.
  // Errors: kResourceExhausted "connection pool timed out"; of connecting; of a setting.
  Result<Lease> get(std::span<const std::string> settings, rt::Deadline deadline);
  // Opens a connection that is not counted in the pool.
  Result<Lease> open_outside(std::span<const std::string> settings, rt::Deadline deadline);

  // Closes what is idle; what is in use will be closed when it comes back. For when mysqld went
  // away.
  void close_all();
  // Closes what was idle or alive for too long. To be called now and then.
  void reap();

  const std::string& name() const { return name_; }
  int size() const { return options_.size; }
  int64_t available() const { return permits_.available(); }
  int64_t in_use() const { return options_.size - permits_.available(); }
  size_t idle() const { return idle_count_; }
  int64_t waits() const { return waits_; }

 private:
  using Stack = std::vector<std::unique_ptr<PooledConnection>>;

  Result<std::unique_ptr<PooledConnection>> dial(std::span<const std::string> settings,
                                                 std::string key, rt::Deadline deadline);
  std::unique_ptr<PooledConnection> pop(Stack& stack);
  void drop_one_idle();
  void put(std::unique_ptr<PooledConnection> connection);

  std::string name_;
  PoolOptions options_;
  mysql::ClientOptions server_;
  rt::Semaphore permits_;
  Stack plain_;
  std::map<std::string, Stack, std::less<>> with_settings_;
  size_t idle_count_ = 0;
  rt::Instant closed_before_{};  // connections opened earlier are not taken back
  int64_t waits_ = 0;
};

}  // namespace vif::vttablet
