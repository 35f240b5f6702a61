#include "discovery/health_check.h"

#include <algorithm>

#include "base/duration.h"
#include "base/log.h"

namespace vif::discovery {

struct HealthCheck::Watch {
  Tablet tablet;
  TabletHealthPtr health;
  // Made once, by the tablet's own fiber: it dials again by itself.
  std::shared_ptr<clients::QueryService> connection;
  rt::Instant last_message;
  rt::TaskGroup* stream = nullptr;  // while one is open; cancel() ends it
  bool removed = false;
};

HealthCheck::HealthCheck(HealthCheckOptions options, Connect connect)
    : options_(options), connect_(std::move(connect)) {}

HealthCheck::~HealthCheck() = default;

void HealthCheck::stop() {
  listeners_.clear();
  tasks_.cancel();
  const rt::Uncancelled finish;
  (void)tasks_.wait();
}

void HealthCheck::add_tablet(const Tablet& tablet) {
  auto found = watches_.find(tablet.alias);
  if (found != watches_.end()) {
    Watch& old = *found->second;
    if (old.tablet == tablet) return;
    if (old.tablet.address() == tablet.address() && old.tablet.keyspace == tablet.keyspace &&
        old.tablet.shard == tablet.shard) {
      // Its type or term changed: the tablet itself says so on the stream, and it knows better.
      old.tablet = tablet;
      return;
    }
    remove_tablet(tablet.alias);
  }
  auto watch = std::make_shared<Watch>();
  watch->tablet = tablet;
  TabletHealth health;
  health.tablet = tablet;
  health.target = tablet.target();
  watch->health = std::make_shared<const TabletHealth>(std::move(health));
  watches_[tablet.alias] = watch;
  tasks_.spawn([this, watch] { run(watch); });
}

void HealthCheck::remove_tablet(const clients::TabletAlias& alias) {
  auto found = watches_.find(alias);
  if (found == watches_.end()) return;
  const std::shared_ptr<Watch> watch = found->second;
  watches_.erase(found);
  watch->removed = true;
  if (watch->stream != nullptr) watch->stream->cancel();
  recompute(watch->health->target);
  TabletHealth gone = *watch->health;
  gone.serving = false;
  gone.error = "removed";
  for (const Listener& listener : listeners_) listener(gone, nullptr);
  changed_.notify_all();
}

void HealthCheck::run(std::shared_ptr<Watch> watch) {
  rt::Duration delay = options_.retry_delay;
  while (!watch->removed && !rt::cancelled()) {
    const rt::Instant opened = rt::now();
    watch->last_message = rt::Instant{};
    const Status ended = stream_once(*watch);
    if (watch->removed || rt::cancelled()) return;
    const std::string why = ended.ok() ? "health stream ended" : ended.error().message();
    ++errors_[target_dotted(watch->health->target)];
    TabletHealth broken = *watch->health;
    if (broken.error.empty()) {
      VIF_LOG(kWarning, "health of {} ({}): {}", watch->tablet.alias.to_string(),
              watch->tablet.address(), why);
    }
    broken.serving = false;
    broken.error = why;
    publish(*watch, std::move(broken), nullptr);
    // A stream that worked starts the back-off anew.
    if (watch->last_message > opened) delay = options_.retry_delay;
    if (!rt::sleep_for(delay).ok()) return;
    delay = std::min(delay * 2, options_.retry_delay_max);
  }
}

Status HealthCheck::stream_once(Watch& watch) {
  if (!watch.connection) watch.connection = VIF_TRY(connect_(watch.tablet));
  const std::shared_ptr<clients::QueryService> connection = watch.connection;
  if (watch.removed) return {};
  {
    TabletHealth connected = *watch.health;
    connected.tablet = watch.tablet;
    connected.connection = connection;
    watch.health = std::make_shared<const TabletHealth>(std::move(connected));
  }
  Status result;
  bool finished = false;
  rt::TaskGroup stream;
  watch.stream = &stream;
  rt::Instant heard = rt::now();
  stream.spawn([&] {
    result = connection->stream_health([&](const clients::Health& message) -> Status {
      if (watch.removed) return Error(Code::kCanceled, "tablet was removed");
      if (message.alias != watch.tablet.alias) {
        return Error(
            Code::kFailedPrecondition,
            fmt::format("health stats mismatch, tablet {} alias does not match response alias {}",
                        watch.tablet.alias.to_string(), message.alias.to_string()));
      }
      heard = watch.last_message = rt::now_exact();
      on_message(watch, message);
      return {};
    });
    finished = true;
  });
  while (!finished) {
    const Status waited = stream.wait(rt::Deadline::at(heard + options_.timeout));
    if (waited.ok() || waited.error().code() == Code::kCanceled) break;
    if (rt::now() < heard + options_.timeout) continue;
    stream.cancel();
    const rt::Uncancelled finish;
    (void)stream.wait();
    result = Error(Code::kUnavailable, "health check timed out (no message for " +
                                           format_duration(options_.timeout) + ")");
    break;
  }
  watch.stream = nullptr;
  return result;
}

void HealthCheck::on_message(Watch& watch, const clients::Health& message) {
  TabletHealth health = *watch.health;
  health.tablet = watch.tablet;
  if (health.target != message.target &&
      message.target.tablet_type == clients::TabletType::kPrimary &&
      health.target.tablet_type != clients::TabletType::kPrimary) {
    ++promotions_[fmt::format("{}.{}", message.target.keyspace, message.target.shard)];
  }
  health.target = message.target;
  health.serving = message.serving;
  health.primary_term_start_s = message.primary_term_start_s;
  health.replication_lag_s = message.replication_lag_s;
  health.qps = message.qps;
  health.error = message.error;
  publish(watch, std::move(health), &message);
}

void HealthCheck::publish(Watch& watch, TabletHealth health, const clients::Health* message) {
  const clients::Target old_target = watch.health->target;
  watch.health = std::make_shared<const TabletHealth>(std::move(health));
  const TabletHealthPtr published = watch.health;
  if (old_target != published->target) recompute(old_target);
  recompute(published->target);
  if (published->usable()) seen_serving_[published->target] = true;
  for (const Listener& listener : listeners_) listener(*published, message);
  changed_.notify_all();
}

void HealthCheck::recompute(const clients::Target& target) {
  std::vector<TabletHealthPtr> of_target;
  for (const auto& [alias, watch] : watches_) {
    if (watch->health->target == target) of_target.push_back(watch->health);
  }
  healthy_[target] = target.tablet_type == clients::TabletType::kPrimary
                         ? newest_primary(of_target)
                         : filter_by_lag(std::move(of_target), options_.lag);
}

const std::vector<TabletHealthPtr>& HealthCheck::healthy(const clients::Target& target) const {
  static const std::vector<TabletHealthPtr> kNone;
  if (recent_ != nullptr && recent_->first == target) return recent_->second;
  const auto found = healthy_.find(target);
  if (found == healthy_.end()) return kNone;
  recent_ = &*found;
  return found->second;
}

TabletHealthPtr HealthCheck::tablet(const clients::TabletAlias& alias) const {
  const auto found = watches_.find(alias);
  return found == watches_.end() ? nullptr : found->second->health;
}

std::vector<TabletHealthPtr> HealthCheck::all() const {
  std::vector<TabletHealthPtr> tablets;
  for (const auto& [alias, watch] : watches_) tablets.push_back(watch->health);
  return tablets;
}

bool HealthCheck::seen_serving(const clients::Target& target) const {
  return seen_serving_.contains(target);
}

Status HealthCheck::wait_for_change(rt::Deadline deadline) { return changed_.wait(deadline); }

Status HealthCheck::wait_for_healthy(std::span<const clients::Target> targets,
                                     rt::Deadline deadline) {
  const auto all_healthy = [&] {
    return std::all_of(targets.begin(), targets.end(),
                       [&](const auto& t) { return !healthy(t).empty(); });
  };
  while (!all_healthy()) VIF_TRY(changed_.wait(deadline));
  return {};
}

std::map<std::string, int64_t> HealthCheck::connection_counts() const {
  std::map<std::string, int64_t> counts;
  for (const auto& [alias, watch] : watches_) {
    if (watch->health->usable()) ++counts[target_dotted(watch->health->target)];
  }
  return counts;
}

}  // namespace vif::discovery
