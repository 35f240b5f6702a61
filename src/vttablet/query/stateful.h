// Connections that keep state between calls: open transactions and reserved connections, by their
// ids.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "clients/query_service.h"
#include "rt/sync.h"
#include "rt/time.h"
#include "vttablet/query/pool.h"

namespace vif::vttablet {

struct StatefulConnection {
  int64_t id = 0;
  Pool::Lease lease;
  bool in_transaction = false;
  bool reserved = false;
  bool read_only = false;
  std::string settings;     // key of what was applied
  std::string_view in_use;  // why it is locked (a literal), or empty
  rt::Instant started;      // of the transaction
  rt::Duration timeout{0};  // of the transaction; zero: none
  std::string user;
  rt::Deadline expiry() const {
    return in_transaction && timeout.count() > 0 ? rt::Deadline::at(started + timeout)
                                                 : rt::Deadline::never();
  }
};

// Belongs to one scheduler.
class StatefulConnections {
 public:
  // A connection that one call uses. Unlocks when destroyed; a connection that broke meanwhile is
  // then forgotten.
  class Locked {
   public:
    Locked(StatefulConnections& owner, StatefulConnection& connection)
        : owner_(&owner), connection_(&connection) {}
    Locked(Locked&& other) noexcept
        : owner_(other.owner_), connection_(std::exchange(other.connection_, nullptr)) {}
    Locked& operator=(Locked&&) = delete;
    ~Locked();
    StatefulConnection& operator*() const { return *connection_; }
    StatefulConnection* operator->() const { return connection_; }
    // Forgets it; `reason` is what later calls with its id are told ("transaction committed").
    void release(std::string_view reason);
    // Goes on under another id, which is returned: the old one ended for `reason`.
    int64_t renew(std::string_view reason);

   private:
    StatefulConnections* owner_;
    StatefulConnection* connection_;
  };

  StatefulConnections();
  ~StatefulConnections();

  // Takes the connection in under a new id, locked.
  Locked add(Pool::Lease lease, std::string_view purpose);
  // What is over its time is ended, not locked.
  // Errors: kAborted "transaction 12: not found (potential transaction timeout)", "... ended at
  // <time> (<why>)", "... in use: for query".
  Result<Locked> lock(int64_t id, std::string_view purpose);

  // Ends what is over its time and not in use.
  void end_expired();
  // Ends all that is not in use.
  void end_all(std::string_view reason);
  // Until none is left. Errors: kDeadlineExceeded, kCanceled.
  Status wait_empty(rt::Deadline deadline);
  size_t count() const { return connections_.size(); }
  size_t transactions() const;

 private:
  void forget(int64_t id, std::string_view reason);
  void end_expired(StatefulConnection& connection);

  struct Ended {
    int64_t when_us;
    std::string reason;
  };
  std::unordered_map<int64_t, std::unique_ptr<StatefulConnection>> connections_;
  std::unordered_map<int64_t, Ended> ended_;
  std::deque<int64_t> ended_order_;
  int64_t last_id_;
  rt::WaitQueue emptied_;
};

}  // namespace vif::vttablet
