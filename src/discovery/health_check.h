// The health of every tablet we know: one StreamHealth a tablet, kept open, retried when it breaks.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "clients/query_service.h"
#include "discovery/replica_choice.h"
#include "discovery/tablet.h"
#include "rt/fiber.h"
#include "rt/sync.h"

namespace vif::discovery {

struct HealthCheckOptions {
  rt::Duration retry_delay =
      std::chrono::milliseconds(2);  // --healthcheck_retry_delay; doubles up to
  rt::Duration retry_delay_max = std::chrono::seconds(5);
  rt::Duration timeout = std::chrono::minutes(1);  // --healthcheck_timeout: silence means down
  LagLimits lag;
};

// An actor: its fibers start with add_tablet() and end with the destructor. Belongs to one
// scheduler.
class HealthCheck {
 public:
  // Makes the client of a tablet. May wait. The tablet's own clients::QueryService when it is in
  // this process.
  using Connect = std::function<Result<std::shared_ptr<clients::QueryService>>(const Tablet&)>;
  // Told of each change, after healthy() shows it. Must not wait. `message` is null when the stream
  // broke or the tablet was removed.
  using Listener = std::function<void(const TabletHealth&, const clients::Health* message)>;

  HealthCheck(HealthCheckOptions options, Connect connect);
  ~HealthCheck();

  // Adds the tablet, or puts the new record in the place of the old one with the same alias
  // (reconnecting when its address changed).
  void add_tablet(const Tablet& tablet);
  void remove_tablet(const clients::TabletAlias& alias);
  // Ends every stream and waits for it; no listener is called from then on.
  void stop();

  // Those that may be asked: for a primary target the one of the newest term, for others those that
  // lag little. The reference is good until the next wait.
  const std::vector<TabletHealthPtr>& healthy(const clients::Target& target) const;
  // Null when unknown.
  TabletHealthPtr tablet(const clients::TabletAlias& alias) const;
  std::vector<TabletHealthPtr> all() const;
  // True once a tablet of this target has been seen serving since we started.
  bool seen_serving(const clients::Target& target) const;

  // Until anything changes. Errors: kCanceled, kDeadlineExceeded.
  Status wait_for_change(rt::Deadline deadline);
  // Until each of `targets` has a healthy tablet. Errors as above.
  Status wait_for_healthy(std::span<const clients::Target> targets, rt::Deadline deadline);
  void listen(Listener listener) { listeners_.push_back(std::move(listener)); }

  // Serving connections by "keyspace.shard.type", as /debug/vars' HealthcheckConnections has them.
  std::map<std::string, int64_t> connection_counts() const;
  // Broken or refused streams by the same name (HealthcheckErrors).
  const std::map<std::string, int64_t>& error_counts() const { return errors_; }
  // Primaries seen promoted (HealthcheckPrimaryPromoted) by "keyspace.shard".
  const std::map<std::string, int64_t>& promotions() const { return promotions_; }

 private:
  struct Watch;  // one tablet's stream

  void run(std::shared_ptr<Watch> watch);
  Status stream_once(Watch& watch);
  void on_message(Watch& watch, const clients::Health& message);
  void publish(Watch& watch, TabletHealth health, const clients::Health* message);
  void recompute(const clients::Target& target);

  HealthCheckOptions options_;
  Connect connect_;
  std::vector<Listener> listeners_;
  std::map<clients::TabletAlias, std::shared_ptr<Watch>> watches_;
  std::map<clients::Target, std::vector<TabletHealthPtr>> healthy_;
  // What was last asked for: most queries go where the one before went. Entries of healthy_ are
  // replaced, never removed.
  mutable const std::pair<const clients::Target, std::vector<TabletHealthPtr>>* recent_ = nullptr;
  std::map<clients::Target, bool> seen_serving_;
  std::map<std::string, int64_t> errors_;
  std::map<std::string, int64_t> promotions_;
  rt::WaitQueue changed_;
  rt::TaskGroup tasks_;  // last: its fibers use all of the above
};

}  // namespace vif::discovery
