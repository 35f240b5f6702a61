#include "vttablet/query/pool.h"

namespace vif::vttablet {
namespace {

// Below this, a connection is trusted to be alive: looking costs a system call.
constexpr rt::Duration kTrustedIdle = std::chrono::seconds(1);

}  // namespace

std::string settings_key(std::span<const std::string> settings) {
  std::string key;
  for (const std::string& setting : settings) {
    if (!key.empty()) key += ';';
    key += setting;
  }
  return key;
}

Pool::Lease& Pool::Lease::operator=(Lease&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  pool_ = std::exchange(other.pool_, nullptr);
  connection_ = std::move(other.connection_);
  return *this;
}

void Pool::Lease::taint() {
  if (pool_) pool_->permits_.release();
  pool_ = nullptr;
}

void Pool::Lease::give_back() {
  if (pool_) pool_->put(std::move(connection_));
  pool_ = nullptr;
  connection_.reset();
}

Pool::Pool(std::string name, PoolOptions options, mysql::ClientOptions server)
    : name_(std::move(name)),
      options_(options),
      server_(std::move(server)),
      permits_(options.size) {}

Pool::~Pool() = default;

Result<Pool::Lease> Pool::get(std::span<const std::string> settings, rt::Deadline deadline) {
  if (!permits_.try_acquire()) {
    ++waits_;
    rt::Deadline until = deadline;
    if (options_.timeout.count() > 0) until = until.earlier(rt::Deadline::in(options_.timeout));
    if (Status acquired = permits_.acquire(until); !acquired.ok()) {
      if (acquired.error().code() != Code::kDeadlineExceeded) return acquired.error();
      return Error(Code::kResourceExhausted, "connection pool timed out");
    }
  }
  Lease lease;
  lease.pool_ = this;
  if (settings.empty()) {
    lease.connection_ = pop(plain_);
    if (!lease.connection_) {
      Result<std::unique_ptr<PooledConnection>> dialed = dial(settings, {}, deadline);
      if (!dialed.ok()) return dialed.error();
      lease.connection_ = *std::move(dialed);
    }
    return lease;
  }
  std::string key;
  const bool single = settings.size() == 1;
  if (!single) key = settings_key(settings);
  if (const auto it = with_settings_.find(single ? settings[0] : key); it != with_settings_.end()) {
    lease.connection_ = pop(it->second);
    if (it->second.empty()) with_settings_.erase(it);
  }
  if (!lease.connection_) {
    if (single) key = settings[0];
    Result<std::unique_ptr<PooledConnection>> dialed = dial(settings, std::move(key), deadline);
    if (!dialed.ok()) return dialed.error();
    lease.connection_ = *std::move(dialed);
  }
  return lease;
}

Result<Pool::Lease> Pool::open_outside(std::span<const std::string> settings,
                                       rt::Deadline deadline) {
  Lease lease;
  lease.connection_ = VIF_TRY(dial(settings, settings_key(settings), deadline));
  return lease;
}

Result<std::unique_ptr<PooledConnection>> Pool::dial(std::span<const std::string> settings,
                                                     std::string key, rt::Deadline deadline) {
  if (static_cast<int64_t>(idle_count_) + in_use() > options_.size) drop_one_idle();
  auto connection = std::make_unique<PooledConnection>();
  connection->wire = VIF_TRY(mysql::ClientConnection::connect(
      server_, deadline.earlier(rt::Deadline::in(server_.connect_timeout))));
  connection->opened = connection->last_used = rt::now();
  for (const std::string& setting : settings) VIF_TRY(connection->wire->execute(setting, deadline));
  connection->settings = std::move(key);
  return connection;
}

std::unique_ptr<PooledConnection> Pool::pop(Stack& stack) {
  while (!stack.empty()) {
    std::unique_ptr<PooledConnection> connection = std::move(stack.back());
    stack.pop_back();
    --idle_count_;
    if (rt::now() - connection->last_used < kTrustedIdle || connection->wire->idle_and_alive())
      return connection;
  }
  return nullptr;
}

void Pool::drop_one_idle() {
  if (!with_settings_.empty()) {
    const auto it = with_settings_.begin();
    it->second.erase(it->second.begin());
    if (it->second.empty()) with_settings_.erase(it);
    --idle_count_;
  } else if (!plain_.empty()) {
    plain_.erase(plain_.begin());
    --idle_count_;
  }
}

void Pool::put(std::unique_ptr<PooledConnection> connection) {
  // A statement that left a transaction open, or results behind, would surprise the next user.
  const bool fit = connection && connection->wire->usable() &&
                   !connection->wire->in_transaction() && !connection->wire->more_results() &&
                   connection->opened >= closed_before_;
  if (fit) {
    connection->last_used = rt::now();
    Stack& stack = connection->settings.empty() ? plain_ : with_settings_[connection->settings];
    stack.push_back(std::move(connection));
    ++idle_count_;
  }
  permits_.release();
}

void Pool::close_all() {
  plain_.clear();
  with_settings_.clear();
  idle_count_ = 0;
  closed_before_ = rt::now() + rt::Duration(1);
}

void Pool::reap() {
  const rt::Instant now = rt::now();
  const auto stale = [&](const std::unique_ptr<PooledConnection>& connection) {
    return (options_.idle_timeout.count() > 0 &&
            now - connection->last_used > options_.idle_timeout) ||
           (options_.max_lifetime.count() > 0 && now - connection->opened > options_.max_lifetime);
  };
  idle_count_ -= std::erase_if(plain_, stale);
  for (auto it = with_settings_.begin(); it != with_settings_.end();) {
    idle_count_ -= std::erase_if(it->second, stale);
    it = it->second.empty() ? with_settings_.erase(it) : std::next(it);
  }
}

}  // namespace vif::vttablet
