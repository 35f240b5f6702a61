#include "discovery/tablet_gateway.h"

#include <algorithm>

#include "base/log.h"
#include "rt/fiber.h"

namespace vif::discovery {

namespace {

// Tells whether anything was handed on: after that a second attempt would repeat rows.
class WatchedSink final : public mysql::ResultSink {
 public:
  explicit WatchedSink(mysql::ResultSink& to) : to_(to) {}
  Status columns(uint32_t count, std::string_view packets) override {
    touched = true;
    return to_.columns(count, packets);
  }
  Status rows(std::string_view packets) override { return to_.rows(packets); }
  Status end(const mysql::ResultEnd& end) override {
    touched = true;
    return to_.end(end);
  }
  bool touched = false;

 private:
  mysql::ResultSink& to_;
};

Error shard_error(const Error& error, const clients::Target& target) {
  return error.with_prefix("target: " + target_dotted(target));
}

}  // namespace

struct TabletGateway::Attempt {
  bool untouched = true;  // nothing reached the client, nothing was opened
};

TabletGateway::TabletGateway(GatewayOptions options, HealthCheck& health)
    : options_(std::move(options)), health_(health) {}

Status TabletGateway::execute(const clients::ExecuteRequest& request,
                              const clients::TabletAlias* pinned, clients::ExecuteState& state,
                              mysql::ResultSink& sink, rt::Deadline deadline) {
  const clients::Target& target = request.target;
  if (pinned != nullptr) {
    auto connection = connection_of(*pinned, target);
    if (!connection.ok()) return shard_error(connection.error(), target);
    const Status done = (*connection)->execute(request, state, sink, deadline);
    return done.ok() ? done : Status(shard_error(done.error(), target));
  }
  const auto& allowed = options_.allowed_tablet_types;
  if (!allowed.empty() &&
      std::find(allowed.begin(), allowed.end(), target.tablet_type) == allowed.end()) {
    std::string names;
    for (const clients::TabletType type : allowed)
      names += (names.empty() ? "" : " ") + tablet_type_upper(type);
    return Error(Code::kFailedPrecondition,
                 fmt::format("requested tablet type {} is not part of the allowed tablet types for "
                             "this vtgate: [{}]",
                             tablet_type_upper(target.tablet_type), names));
  }

  const bool primary = target.tablet_type == clients::TabletType::kPrimary;
  const rt::Deadline buffer_until = rt::Deadline::in(options_.buffer.window).earlier(deadline);
  std::vector<clients::TabletAlias> tried;
  std::optional<Error> last;
  for (int attempt_number = 0; attempt_number <= options_.retry_count; ++attempt_number) {
    Result<TabletHealthPtr> picked = pick(target, tried);
    if (!picked.ok()) {
      if (!primary || !may_buffer(target)) {
        return shard_error(last ? *last : picked.error(), target);
      }
      const Status waited = wait_for_primary(target, nullptr, buffer_until);
      if (!waited.ok()) return shard_error(waited.error(), target);
      --attempt_number;  // a wait for a primary is no attempt; the window bounds it
      continue;
    }
    Attempt attempt;
    const TabletHealthPtr tablet = *std::move(picked);
    Status done = execute_once(tablet, request, attempt, state, sink, deadline);
    if (done.ok()) return done;
    last = done.error();
    if (!attempt.untouched || deadline.passed()) break;
    const Code code = done.error().code();
    if (code == Code::kClusterEvent && primary && may_buffer(target)) {
      const Status waited = wait_for_primary(target, tablet.get(), buffer_until);
      if (!waited.ok()) return shard_error(waited.error(), target);
      --attempt_number;
      continue;
    }
    // A primary that broke off may have run the statement; only its refusal is safe to repeat.
    const bool refused = code == Code::kClusterEvent || code == Code::kFailedPrecondition;
    if (!refused && (primary || code != Code::kUnavailable)) break;
    tried.push_back(tablet->tablet.alias);
  }
  return shard_error(*last, target);
}

Result<TabletHealthPtr> TabletGateway::pick(const clients::Target& target,
                                            const std::vector<clients::TabletAlias>& tried) const {
  const std::vector<TabletHealthPtr>& healthy = health_.healthy(target);
  if (healthy.empty()) {
    return Error(Code::kUnavailable,
                 fmt::format("no healthy tablet available for '{}'", target_proto_text(target)));
  }
  TabletHealthPtr chosen = choose(healthy, options_.cell, tried, rt::random_below);
  if (!chosen) return Error(Code::kUnavailable, "VT14002: no available connection");
  return chosen;
}

Status TabletGateway::execute_once(TabletHealthPtr tablet, const clients::ExecuteRequest& request,
                                   Attempt& attempt, clients::ExecuteState& state,
                                   mysql::ResultSink& sink, rt::Deadline deadline) {
  WatchedSink watched(sink);
  const Status done = tablet->connection->execute(request, state, watched, deadline);
  attempt.untouched = !watched.touched && state.transaction_id == request.transaction_id &&
                      state.reserved_id == request.reserved_id;
  if (state.alias.cell.empty()) state.alias = tablet->tablet.alias;
  return done;
}

bool TabletGateway::may_buffer(const clients::Target& target) const {
  const BufferOptions& buffer = options_.buffer;
  if (!buffer.enabled || !health_.seen_serving(target)) return false;
  const std::string name = target.keyspace + "/" + target.shard;
  const auto& only = buffer.keyspace_shards;
  if (!only.empty() && std::find(only.begin(), only.end(), name) == only.end() &&
      std::find(only.begin(), only.end(), target.keyspace) == only.end()) {
    return false;
  }
  const auto found = failovers_.find(name);
  if (found == failovers_.end()) return true;
  const Failover& failover = found->second;
  if (failover.active) return rt::now() < failover.began + buffer.failover_max;
  return failover.ended.ns == 0 || rt::now() >= failover.ended + buffer.between_failovers_min;
}

Status TabletGateway::wait_for_primary(const clients::Target& target,
                                       const TabletHealth* refused_by, rt::Deadline deadline) {
  const std::string shard = fmt::format("{}.{}", target.keyspace, target.shard);
  Failover& failover = failovers_[target.keyspace + "/" + target.shard];
  if (failover.waiting >= options_.buffer.size) {
    ++counters_.evicted[shard];
    return Error(Code::kUnavailable, "primary buffer is full");
  }
  if (!failover.active) {
    failover.active = true;
    failover.began = rt::now();
    ++counters_.starts[shard];
    VIF_LOG(kInfo, "buffering requests for {}: no serving primary", shard);
  }
  ++failover.waiting;
  ++counters_.buffered[shard];
  const auto ready = [&] {
    const auto& healthy = health_.healthy(target);
    return !healthy.empty() && healthy.front().get() != refused_by;
  };
  const rt::Deadline until =
      rt::Deadline::at(failover.began + options_.buffer.failover_max).earlier(deadline);
  Status waited;
  while (waited.ok() && !ready()) waited = health_.wait_for_change(until);
  --failover.waiting;
  if (failover.active && (waited.ok() || failover.waiting == 0)) {
    failover.active = false;
    failover.ended = waited.ok() ? rt::Instant{} : rt::now();
    ++counters_.stops[shard];
    counters_.failover_ms_sum[shard] +=
        std::chrono::duration_cast<std::chrono::milliseconds>(rt::now() - failover.began).count();
  }
  if (waited.ok()) {
    ++counters_.drained[shard];
    return {};
  }
  if (waited.error().code() != Code::kDeadlineExceeded) return waited;
  return Error(
      Code::kUnavailable,
      fmt::format("no healthy tablet available for '{}': waited {} ms for a serving primary",
                  target_proto_text(target),
                  std::chrono::duration_cast<std::chrono::milliseconds>(rt::now() - failover.began)
                      .count()));
}

Result<std::shared_ptr<clients::QueryService>> TabletGateway::connection_of(
    const clients::TabletAlias& alias, const clients::Target& target) const {
  const TabletHealthPtr tablet = health_.tablet(alias);
  if (!tablet || !tablet->connection) {
    return Error(Code::kNotFound,
                 fmt::format("tablet: cell:\"{}\" uid:{} not found", alias.cell, alias.uid));
  }
  if (!tablet->serving) {
    return Error(Code::kNotFound,
                 fmt::format("tablet: cell:\"{}\" uid:{} is either down or nonexistent", alias.cell,
                             alias.uid));
  }
  if (tablet->target != target) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("wrong tablet type: {}, want: {}",
                             tablet_type_upper(tablet->target.tablet_type),
                             tablet_type_upper(target.tablet_type)));
  }
  return tablet->connection;
}

Result<int64_t> TabletGateway::commit(const clients::Target& target,
                                      const clients::TabletAlias& alias, int64_t transaction_id,
                                      rt::Deadline deadline) {
  auto connection = connection_of(alias, target);
  if (!connection.ok()) return shard_error(connection.error(), target);
  auto done = (*connection)->commit(target, transaction_id, deadline);
  return done.ok() ? done : Result<int64_t>(shard_error(done.error(), target));
}

Result<int64_t> TabletGateway::rollback(const clients::Target& target,
                                        const clients::TabletAlias& alias, int64_t transaction_id,
                                        rt::Deadline deadline) {
  const TabletHealthPtr tablet = health_.tablet(alias);
  // Also of a tablet that no longer serves: it should not hold the locks until its own timeout.
  if (!tablet || !tablet->connection) {
    return shard_error(Error(Code::kNotFound, fmt::format("tablet: cell:\"{}\" uid:{} not found",
                                                          alias.cell, alias.uid)),
                       target);
  }
  auto done = tablet->connection->rollback(target, transaction_id, deadline);
  return done.ok() ? done : Result<int64_t>(shard_error(done.error(), target));
}

Status TabletGateway::release(const clients::Target& target, const clients::TabletAlias& alias,
                              int64_t transaction_id, int64_t reserved_id, rt::Deadline deadline) {
  const TabletHealthPtr tablet = health_.tablet(alias);
  if (!tablet || !tablet->connection) return {};
  const Status done = tablet->connection->release(target, transaction_id, reserved_id, deadline);
  return done.ok() ? done : Status(shard_error(done.error(), target));
}

}  // namespace vif::discovery
