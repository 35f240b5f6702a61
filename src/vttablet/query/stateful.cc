#include "vttablet/query/stateful.h"

#include <ctime>

#include "base/log.h"

namespace vif::vttablet {
namespace {

constexpr size_t kEndedMax = 1000;

std::string utc_text(int64_t wall_us) {
  const std::time_t seconds = wall_us / 1'000'000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &utc);
  return fmt::format("{}.{:03} UTC", text, wall_us / 1000 % 1000);
}

}  // namespace

// Ids of an earlier life of this process must not be taken for ours, so they start from the clock,
// as Vitess's do.
StatefulConnections::StatefulConnections() : last_id_(rt::wall_now_us() * 1000) {}
StatefulConnections::~StatefulConnections() = default;

StatefulConnections::Locked::~Locked() {
  if (!connection_) return;
  connection_->in_use = {};
  if (!connection_->lease.wire().usable())
    owner_->forget(connection_->id, "unlocked closed connection");
}

void StatefulConnections::Locked::release(std::string_view reason) {
  owner_->forget(connection_->id, reason);
  connection_ = nullptr;
}

int64_t StatefulConnections::Locked::renew(std::string_view reason) {
  const auto node = owner_->connections_.find(connection_->id);
  std::unique_ptr<StatefulConnection> kept = std::move(node->second);
  owner_->forget(connection_->id, reason);
  kept->id = ++owner_->last_id_;
  const int64_t id = kept->id;
  owner_->connections_[id] = std::move(kept);
  return id;
}

StatefulConnections::Locked StatefulConnections::add(Pool::Lease lease, std::string_view purpose) {
  auto connection = std::make_unique<StatefulConnection>();
  connection->id = ++last_id_;
  connection->lease = std::move(lease);
  connection->in_use = purpose;
  StatefulConnection& added = *connection;
  connections_[added.id] = std::move(connection);
  return Locked(*this, added);
}

Result<StatefulConnections::Locked> StatefulConnections::lock(int64_t id,
                                                              std::string_view purpose) {
  auto it = connections_.find(id);
  if (it != connections_.end() && it->second->in_use.empty() && it->second->expiry().passed()) {
    end_expired(*it->second);
    it = connections_.end();
  }
  if (it == connections_.end()) {
    const auto ended = ended_.find(id);
    if (ended == ended_.end()) {
      return Error(Code::kAborted,
                   fmt::format("transaction {}: not found (potential transaction timeout)", id));
    }
    return Error(Code::kAborted,
                 fmt::format("transaction {}: ended at {} ({})", id,
                             utc_text(ended->second.when_us), ended->second.reason));
  }
  if (!it->second->in_use.empty()) {
    return Error(Code::kAborted, fmt::format("transaction {}: in use: {}", id, it->second->in_use));
  }
  it->second->in_use = purpose;
  return Locked(*this, *it->second);
}

void StatefulConnections::end_expired() {
  for (auto it = connections_.begin(); it != connections_.end();) {
    StatefulConnection& connection = *(it++)->second;
    if (connection.in_use.empty() && connection.expiry().passed()) end_expired(connection);
  }
}

void StatefulConnections::end_expired(StatefulConnection& connection) {
  const auto limit_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(connection.timeout).count();
  VIF_LOG(kWarning, "transaction {} of user {} is over its time of {} ms: rolled back",
          connection.id, connection.user, limit_ms);
  // Closing makes mysqld roll back.
  connection.lease.wire().close();
  forget(connection.id, limit_ms % 1000 == 0 ? fmt::format("exceeded timeout: {}s", limit_ms / 1000)
                                             : fmt::format("exceeded timeout: {}ms", limit_ms));
}

void StatefulConnections::end_all(std::string_view reason) {
  for (auto it = connections_.begin(); it != connections_.end();) {
    StatefulConnection& connection = *(it++)->second;
    if (!connection.in_use.empty()) continue;
    connection.lease.wire().close();
    forget(connection.id, reason);
  }
}

Status StatefulConnections::wait_empty(rt::Deadline deadline) {
  while (!connections_.empty()) VIF_TRY(emptied_.wait(deadline));
  return {};
}

size_t StatefulConnections::transactions() const {
  size_t count = 0;
  for (const auto& [id, connection] : connections_)
    count += connection && connection->in_transaction;
  return count;
}

void StatefulConnections::forget(int64_t id, std::string_view reason) {
  connections_.erase(id);
  ended_[id] = {rt::wall_now_us(), std::string(reason)};
  ended_order_.push_back(id);
  if (ended_order_.size() > kEndedMax) {
    ended_.erase(ended_order_.front());
    ended_order_.pop_front();
  }
  if (connections_.empty()) emptied_.notify_all();
}

}  // namespace vif::vttablet
