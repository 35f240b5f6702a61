#include "vttablet/manager/tablet_manager.h"

#include "base/log.h"
#include "proto/topodata.pb.h"

namespace vif::vttablet {

using clients::TabletAlias;
using clients::TabletType;

namespace {

constexpr rt::Duration kStepEvery = std::chrono::seconds(1);
// While a server or its replication comes up: who waits for a cluster to start waits for this.
constexpr rt::Duration kStepWhileSettling = std::chrono::milliseconds(100);
constexpr rt::Duration kSourceCheckEvery = std::chrono::seconds(10);
constexpr rt::Duration kStepTimeout = std::chrono::seconds(15);

topodata::TabletAlias to_record(const TabletAlias& alias) {
  topodata::TabletAlias record;
  record.set_cell(alias.cell);
  record.set_uid(alias.uid);
  return record;
}

PrimaryTerm term_of(const vttime::Time& time) { return {time.seconds(), time.nanoseconds()}; }

bool serves(TabletType type) {
  return type == TabletType::kPrimary || type == TabletType::kReplica ||
         type == TabletType::kRdonly;
}

}  // namespace

TabletManager::TabletManager(topo::Server& topology, const TabletOptions& options,
                             QueryServer& queries)
    : topology_(topology),
      options_(options),
      queries_(queries),
      dba_("DbaPool", {.size = 5}, client_options(options.mysql, options.mysql.dba, "")),
      app_("AppPool", {.size = 2},
           client_options(options.mysql, options.mysql.app, queries.database())),
      replication_(dba_, options.mysql.repl, options.replication_connect_retry),
      type_(options.type),
      type_before_primary_(options.type),
      mysql_port_(options.mysql_port) {
  queries_.on_connection_error([this] { wake_.notify_all(); });
}

TabletManager::~TabletManager() {
  queries_.on_connection_error({});
  background_.cancel();
  const rt::Uncancelled to_the_end;
  (void)background_.wait();
}

Status TabletManager::init() {
  if (Result<topo::Connection*> cell = topology_.cell(options_.alias.cell); !cell.ok()) {
    return cell.error().with_prefix(
        fmt::format("cell {} of tablet {}", options_.alias.cell, options_.alias.to_string()));
  }
  VIF_TRY(topology_.get_or_create_shard(options_.keyspace, options_.shard));
  VIF_TRY(read_shard());
  const Result<topodata::Tablet> before = topology_.get_tablet(to_record(options_.alias));
  if (!before.ok() && before.error().code() != Code::kNotFound) return before.error();
  const bool was_primary = before.ok() && before->type() == topodata::PRIMARY;
  const PrimaryTerm term_before =
      was_primary ? term_of(before->primary_term_start_time()) : PrimaryTerm();
  if (shard_.primary == options_.alias) {
    type_ = TabletType::kPrimary;
    term_ = was_primary ? std::max(term_before, shard_.term) : shard_.term;
  } else if (was_primary && term_before > shard_.term) {
    // It was promoted, and died before the shard record said so.
    type_ = TabletType::kPrimary;
    term_ = term_before;
  }
  if (type_ == TabletType::kPrimary && options_.type == TabletType::kPrimary)
    type_before_primary_ = TabletType::kReplica;

  topodata::Tablet record;
  *record.mutable_alias() = to_record(options_.alias);
  record.set_hostname(options_.hostname);
  (*record.mutable_port_map())["vt"] = options_.http_port;
  (*record.mutable_port_map())["grpc"] = options_.grpc_port;
  record.set_keyspace(options_.keyspace);
  record.set_shard(options_.shard);
  const topodata::Shard shard = VIF_TRY(topology_.get_shard(options_.keyspace, options_.shard));
  if (shard.has_key_range()) *record.mutable_key_range() = shard.key_range();
  record.set_type(static_cast<topodata::TabletType>(type_));
  if (queries_.database() != "vt_" + options_.keyspace)
    record.set_db_name_override(queries_.database());
  record.set_mysql_hostname(options_.mysql_hostname.empty() ? options_.hostname
                                                            : options_.mysql_hostname);
  record.set_mysql_port(mysql_port_);
  if (type_ == TabletType::kPrimary) {
    record.mutable_primary_term_start_time()->set_seconds(term_.seconds);
    record.mutable_primary_term_start_time()->set_nanoseconds(term_.nanoseconds);
  }
  return topology_.init_tablet(record);
}

void TabletManager::start() {
  serve("mysqld was not reached yet");
  background_.spawn([this] { follow(); });
  background_.spawn([this] { follow_shard(); });
  background_.spawn([this] { follow_serving_graph(); });
}

Status TabletManager::stop(rt::Deadline deadline) {
  background_.cancel();
  VIF_TRY(background_.wait(deadline));
  queries_.set_serving({type_, false, term_.seconds, "tablet is shutting down"});
  queries_.close();
  return topology_.update_tablet_fields(to_record(options_.alias),
                                        [](topodata::Tablet& record) -> Result<bool> {
                                          record.clear_hostname();
                                          record.clear_mysql_hostname();
                                          record.clear_port_map();
                                          return true;
                                        });
}

void TabletManager::follow() {
  while (!rt::cancelled()) {
    // A verb at work is not disturbed; it leaves the state to its liking, and we look after it.
    if (action_.try_lock()) {
      step(rt::Deadline::in(kStepTimeout));
      action_.unlock();
    }
    (void)wake_.wait(rt::Deadline::in(settling_ ? kStepWhileSettling : kStepEvery));
  }
}

void TabletManager::step(rt::Deadline deadline) {
  const Result<bool> read_only = replication_.read_only(deadline);
  if (!read_only.ok()) {
    mysql_is_lost(read_only.error());
    return;
  }
  if (!mysql_up_) VIF_LOG(kInfo, "tablet {}: mysqld is up", options_.alias.to_string());
  mysql_up_ = true;
  settling_ = false;
  if (tablet_record_stale_ || mysql_port_ == 0) (void)publish_tablet();

  const bool other_is_newer =
      shard_.primary && *shard_.primary != options_.alias && shard_.term > term_;
  if (type_ == TabletType::kPrimary && other_is_newer) {
    VIF_LOG(kWarning, "tablet {}: {} is the shard's primary now, stepping down",
            options_.alias.to_string(), shard_.primary->to_string());
    (void)become(type_before_primary_);
  }
  const Status done = type_ == TabletType::kPrimary ? step_as_primary(*read_only, deadline)
                                                    : step_as_replica(*read_only, deadline);
  if (rt::cancelled()) return;
  std::string trouble = done.ok() ? "" : done.error().to_string();
  if (trouble != trouble_ && !trouble.empty())
    VIF_LOG(kWarning, "tablet {}: {}", options_.alias.to_string(), trouble);
  trouble_ = std::move(trouble);
  serve(trouble_);
}

void TabletManager::mysql_is_lost(const Error& error) {
  if (rt::cancelled()) return;
  if (mysql_up_) {
    VIF_LOG(kWarning, "tablet {}: mysqld is gone: {}", options_.alias.to_string(),
            error.to_string());
    dba_.close_all();
    app_.close_all();
    queries_.mysql_lost();
  }
  mysql_up_ = false;
  settling_ = true;
  primary_ready_ = false;
  database_seen_ = false;
  trouble_ = fmt::format("mysqld is not reachable: {}", error.message());
  serve(trouble_);
}

// A trouble of a primary is that it could not be made writable; one of a replica shows in its
// replication status.
void TabletManager::serve(std::string reason) {
  const bool primary = type_ == TabletType::kPrimary;
  bool serving = mysql_up_ && serves(type_);
  if (primary ? !primary_ready_ || demoted_ : !database_seen_) serving = false;
  if (!primary && mysql_up_ && !database_seen_ && reason.empty()) {
    reason = fmt::format("database {} is not there yet", queries_.database());
  }
  if (primary && demoted_) reason = "demotion in progress";
  if (serving) reason.clear();
  const ServingState& now = queries_.serving_state();
  if (now.type == type_ && now.serving == serving && now.reason == reason &&
      now.primary_term_start_s == term_.seconds) {
    return;
  }
  queries_.set_serving({type_, serving, primary ? term_.seconds : 0, std::move(reason)});
}

Status TabletManager::step_as_primary(bool read_only, rt::Deadline deadline) {
  if (demoted_) return {};
  if (!primary_ready_ || read_only) {
    // Not without asking again: another may have been promoted while this mysqld was away.
    VIF_TRY(read_shard());
    if (shard_.primary && *shard_.primary != options_.alias && shard_.term > term_) {
      wake_.notify_all();
      return {};
    }
    VIF_TRY(make_writable(VIF_TRY(durability_wants_semi_sync()), deadline));
  }
  if (shard_.known && (shard_.primary != options_.alias || shard_.term != term_))
    VIF_TRY(publish_shard());
  return {};
}

Status TabletManager::step_as_replica(bool read_only, rt::Deadline deadline) {
  primary_ready_ = false;
  demoted_ = false;
  if (!read_only) VIF_TRY(replication_.set_read_only(true, deadline));
  std::optional<ReplicaStatus> status = VIF_TRY(replication_.status(deadline));
  Status repaired;
  if (may_follow() && (!status || !status->running())) {
    repaired = repair_replication(status, deadline);
    if (repaired.ok()) status = VIF_TRY(replication_.status(deadline));
  } else if (may_follow() && rt::now() - source_checked_at_ > kSourceCheckEvery) {
    // Running, but perhaps behind a server that is the primary no more, or that moved.
    source_checked_at_ = rt::now();
    const topodata::Tablet source = VIF_TRY(topology_.get_tablet(to_record(*shard_.primary)));
    const bool wrong = source.mysql_port() != 0 && !source.mysql_hostname().empty() &&
                       (source.mysql_hostname() != status->source_host ||
                        source.mysql_port() != status->source_port);
    if (wrong) repaired = repair_replication(status, deadline);
  }
  report_lag(status);
  if (!database_seen_) database_seen_ = VIF_TRY(databases_exist(deadline));
  settling_ = settling_ || (may_follow() && !database_seen_);
  return repaired;
}

bool TabletManager::may_follow() const {
  return shard_.primary && *shard_.primary != options_.alias && !replication_stopped_ &&
         !options_.disable_active_reparents;
}

Status TabletManager::repair_replication(const std::optional<ReplicaStatus>& status,
                                         rt::Deadline deadline) {
  const topodata::Tablet source = VIF_TRY(topology_.get_tablet(to_record(*shard_.primary)));
  if (source.mysql_hostname().empty() || source.mysql_port() == 0) {
    return Error(Code::kUnavailable, fmt::format("the primary {} has no mysql address yet",
                                                 shard_.primary->to_string()));
  }
  const bool wants = VIF_TRY(durability_wants_semi_sync());
  VIF_TRY(replication_.set_semi_sync(false, wants && type_ == TabletType::kReplica, deadline));
  const uint16_t port = static_cast<uint16_t>(source.mysql_port());
  if (!status || status->source_host != source.mysql_hostname() || status->source_port != port) {
    VIF_LOG(kInfo, "tablet {}: replicating from {} at {}:{}", options_.alias.to_string(),
            shard_.primary->to_string(), source.mysql_hostname(), port);
    return replication_.set_source(source.mysql_hostname(), port, true, deadline);
  }
  if (status->io == ThreadState::kConnecting && status->sql == ThreadState::kRunning)
    return {};  // it tries by itself
  if (!status->sql_error.empty() && status->sql_error == trouble_) return {};
  VIF_TRY(replication_.start(deadline));
  if (!status->sql_error.empty()) return Error(Code::kFailedPrecondition, status->sql_error);
  return {};
}

void TabletManager::report_lag(const std::optional<ReplicaStatus>& status) {
  settling_ = may_follow() && (!status || !status->running() || !status->lag_s);
  if (status && status->running() && status->lag_s) {
    lag_seen_at_ = rt::now();
    lag_seen_s_ = *status->lag_s;
    queries_.set_replication(lag_seen_s_, "");
    return;
  }
  // While replication is interrupted, the data grow older by the second.
  if (!status || !lag_seen_at_ || replication_stopped_) {
    queries_.set_replication(0, "replication is not running");
    return;
  }
  const auto since =
      std::chrono::duration_cast<std::chrono::seconds>(rt::now() - *lag_seen_at_).count();
  queries_.set_replication(lag_seen_s_ + static_cast<uint32_t>(since), "");
}

void TabletManager::follow_shard() {
  while (!rt::cancelled()) {
    Result<std::unique_ptr<topo::Watch>> watch =
        topology_.watch_shard(options_.keyspace, options_.shard);
    while (watch.ok()) {
      const Result<topo::WatchEvent> event = (*watch)->next(rt::Deadline::never());
      topodata::Shard record;
      if (!event.ok() || !topo::decode(event->file, record).ok()) break;
      see_shard(record);
      wake_.notify_all();
    }
    (void)rt::sleep_for(kStepEvery);
  }
}

// Until the serving graph of this cell knows our shard: whoever starts a keyspace's first tablet
// need not rebuild it by hand.
void TabletManager::follow_serving_graph() {
  while (!rt::cancelled()) {
    const Result<topodata::SrvKeyspace> known =
        topology_.get_srv_keyspace(options_.alias.cell, options_.keyspace);
    if (known.ok()) {
      for (const auto& partition : known->partitions()) {
        for (const auto& reference : partition.shard_references()) {
          if (reference.name() == options_.shard) return;
        }
      }
    }
    // Fails while other shards of the keyspace are still to come.
    if (topology_.rebuild_srv_keyspace(options_.keyspace, {options_.alias.cell}).ok()) {
      (void)topology_.rebuild_srv_vschema({options_.alias.cell});
      if (const auto shard = topology_.get_shard(options_.keyspace, options_.shard);
          shard.ok() && !shard->is_primary_serving()) {
        return;
      }
    }
    (void)rt::sleep_for(kStepEvery);
  }
}

Status TabletManager::read_shard() {
  see_shard(VIF_TRY(topology_.get_shard(options_.keyspace, options_.shard)));
  return {};
}

void TabletManager::see_shard(const topodata::Shard& record) {
  shard_.known = true;
  shard_.primary.reset();
  if (record.has_primary_alias() && record.primary_alias().uid() != 0) {
    shard_.primary = TabletAlias{record.primary_alias().cell(), record.primary_alias().uid()};
  }
  shard_.term = term_of(record.primary_term_start_time());
  source_checked_at_ = {};
}

Result<bool> TabletManager::durability_wants_semi_sync() {
  const std::string policy = VIF_TRY(topology_.keyspace_durability(options_.keyspace));
  if (policy.empty() || policy == "none" || policy == "test") return false;
  if (type_ != TabletType::kPrimary) return true;
  // With nobody to acknowledge, a primary would wait for ever.
  for (const topodata::Tablet& tablet :
       VIF_TRY(topology_.tablets_of_shard(options_.keyspace, options_.shard))) {
    const bool self =
        tablet.alias().cell() == options_.alias.cell && tablet.alias().uid() == options_.alias.uid;
    if (!self && tablet.type() == topodata::REPLICA) return true;
  }
  return false;
}

Status TabletManager::publish_tablet() {
  if (mysql_port_ == 0) {
    const Result<uint16_t> port = replication_.port(topology_.operation_deadline());
    if (port.ok()) mysql_port_ = *port;
  }
  tablet_record_stale_ = true;
  VIF_TRY(topology_.update_tablet_fields(
      to_record(options_.alias), [&](topodata::Tablet& record) -> Result<bool> {
        record.set_type(static_cast<topodata::TabletType>(type_));
        record.set_mysql_port(mysql_port_);
        if (type_ == TabletType::kPrimary) {
          record.mutable_primary_term_start_time()->set_seconds(term_.seconds);
          record.mutable_primary_term_start_time()->set_nanoseconds(term_.nanoseconds);
        } else {
          record.clear_primary_term_start_time();
        }
        return true;
      }));
  tablet_record_stale_ = false;
  return {};
}

Status TabletManager::publish_shard() {
  bool newer_found = false;
  VIF_TRY(topology_.update_shard_fields(
      options_.keyspace, options_.shard, [&](topodata::Shard& record) -> Result<bool> {
        newer_found = term_of(record.primary_term_start_time()) > term_;
        if (newer_found) return false;
        *record.mutable_primary_alias() = to_record(options_.alias);
        record.mutable_primary_term_start_time()->set_seconds(term_.seconds);
        record.mutable_primary_term_start_time()->set_nanoseconds(term_.nanoseconds);
        return true;
      }));
  return read_shard();
}

}  // namespace vif::vttablet
