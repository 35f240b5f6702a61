// The verbs of reparenting: the other half of TabletManager.
#include "base/log.h"
#include "proto/topodata.pb.h"
#include "vttablet/manager/tablet_manager.h"

namespace vif::vttablet {

using clients::TabletAlias;
using clients::TabletType;

namespace {

constexpr std::string_view kSidecar = "_vt";
constexpr std::string_view kReparentJournal =
    "create table if not exists _vt.reparent_journal ("
    "time_created_ns bigint unsigned not null, action_name varbinary(255) not null, "
    "primary_alias varbinary(255) not null, replication_position varbinary(64000) default null, "
    "primary key (time_created_ns)) engine = InnoDB charset = utf8mb4";

std::string literal(std::string_view text) {
  std::string out;
  types::Value::varchar(std::string(text)).append_sql(out);
  return out;
}

// A verb's turn.
class Turn {
 public:
  explicit Turn(rt::Mutex& mutex) : mutex_(&mutex) {}
  Turn(Turn&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
  Turn& operator=(Turn&&) = delete;
  ~Turn() {
    if (mutex_) mutex_->unlock();
  }
  static Result<Turn> take(rt::Mutex& mutex, rt::Deadline deadline) {
    VIF_TRY(mutex.lock(deadline));
    return Turn(mutex);
  }

 private:
  rt::Mutex* mutex_;
};

}  // namespace

Status TabletManager::become(TabletType type) {
  if (type != TabletType::kPrimary && type_ == TabletType::kPrimary) {
    // First what protects the data, then what is told.
    queries_.set_serving({type_, false, term_.seconds, "no longer primary"});
    primary_ready_ = false;
    demoted_ = false;
    VIF_TRY(replication_.set_read_only(true, rt::Deadline::in(std::chrono::seconds(15))));
    VIF_TRY(replication_.set_semi_sync(false, false, rt::Deadline::in(std::chrono::seconds(15))));
  }
  if (type == TabletType::kPrimary && type_ != TabletType::kPrimary) {
    type_before_primary_ = type_;
    const int64_t now_us = rt::wall_now_us();
    term_ = {now_us / 1'000'000, static_cast<int32_t>(now_us % 1'000'000 * 1000)};
    // Clocks differ between machines, terms must not go back.
    if (term_ <= shard_.term) term_ = {shard_.term.seconds + 1, 0};
  }
  if (type != TabletType::kPrimary) {
    term_ = {};
    lag_seen_at_.reset();
  }
  type_ = type;
  // A topology that is away does not undo what was done; the follower writes the record later.
  if (Status published = publish_tablet(); !published.ok()) {
    VIF_LOG(kWarning, "tablet record not written yet: {}", published.error().to_string());
  }
  return {};
}

Result<bool> TabletManager::databases_exist(rt::Deadline deadline) {
  const mysql::QueryResult found = VIF_TRY(replication_.query(
      fmt::format("select count(*) from information_schema.schemata where schema_name = {}",
                  literal(queries_.database())),
      deadline));
  const mysql::QueryResult journal =
      VIF_TRY(replication_.query(fmt::format("select count(*) from information_schema.tables where "
                                             "table_schema = '{}' and table_name = "
                                             "'reparent_journal'",
                                             kSidecar),
                                 deadline));
  return found.rows[0][0].bytes == "1" && journal.rows[0][0].bytes == "1";
}

Status TabletManager::make_databases(rt::Deadline deadline) {
  return replication_.run(
      {fmt::format("create database if not exists `{}`", queries_.database()),
       fmt::format("create database if not exists {}", kSidecar), std::string(kReparentJournal)},
      true, deadline);
}

// Semi-sync before writability, so that no write goes unacknowledged; but the databases of a new
// shard come before it, as there may be no replica yet to acknowledge them.
Status TabletManager::make_writable(bool semi_sync, rt::Deadline deadline) {
  if (!VIF_TRY(databases_exist(deadline))) {
    VIF_TRY(replication_.set_semi_sync(false, false, deadline));
    VIF_TRY(replication_.set_read_only(false, deadline));
    VIF_TRY(make_databases(deadline));
  }
  VIF_TRY(replication_.set_semi_sync(semi_sync, false, deadline));
  VIF_TRY(replication_.set_read_only(false, deadline));
  primary_ready_ = true;
  return {};
}

Status TabletManager::become_primary(bool semi_sync, rt::Deadline deadline) {
  demoted_ = false;
  replication_stopped_ = false;
  VIF_TRY(become(TabletType::kPrimary));
  VIF_TRY(make_writable(semi_sync, deadline));
  serve("");
  if (Status published = publish_shard(); !published.ok()) {
    VIF_LOG(kWarning, "shard record not written yet: {}", published.error().to_string());
  }
  return {};
}

Result<std::string> TabletManager::init_primary(bool semi_sync, rt::Deadline deadline) {
  const Turn turn = VIF_TRY(Turn::take(action_, deadline));
  mysql_up_ = true;
  VIF_TRY(replication_.reset_source(deadline));
  std::string position = VIF_TRY(replication_.position(deadline));
  VIF_TRY(become_primary(semi_sync, deadline));
  return position;
}

Status TabletManager::populate_reparent_journal(int64_t time_created_ns, std::string_view action,
                                                const TabletAlias& primary,
                                                std::string_view position, rt::Deadline deadline) {
  return replication_.run(
      {fmt::format("insert into _vt.reparent_journal (time_created_ns, action_name, primary_alias, "
                   "replication_position) values ({}, {}, {}, {})",
                   time_created_ns, literal(action), literal(primary.to_string()),
                   literal(position))},
      true, deadline);
}

Status TabletManager::wait_for_journal(int64_t time_created_ns, rt::Deadline deadline) {
  const std::string sql =
      fmt::format("select 1 from _vt.reparent_journal where time_created_ns = {}", time_created_ns);
  while (true) {
    // The table itself comes by replication too.
    const Result<mysql::QueryResult> found = replication_.query(sql, deadline);
    if (found.ok() && !found->rows.empty()) return {};
    if (deadline.passed()) {
      return Error(Code::kDeadlineExceeded,
                   fmt::format("no entry {} came into the reparent journal", time_created_ns));
    }
    VIF_TRY(rt::sleep_for(std::chrono::milliseconds(50)));
  }
}

Status TabletManager::follow_source(const TabletAlias& parent, bool start, rt::Deadline deadline) {
  topodata::TabletAlias alias;
  alias.set_cell(parent.cell);
  alias.set_uid(parent.uid);
  const topodata::Tablet source = VIF_TRY(topology_.get_tablet(alias));
  if (source.mysql_hostname().empty() || source.mysql_port() == 0) {
    return Error(Code::kFailedPrecondition, "Shard primary has empty mysql hostname");
  }
  return replication_.set_source(source.mysql_hostname(),
                                 static_cast<uint16_t>(source.mysql_port()), start, deadline);
}

Status TabletManager::init_replica(const TabletAlias& parent, std::string_view position,
                                   int64_t time_created_ns, bool semi_sync, rt::Deadline deadline) {
  {
    const Turn turn = VIF_TRY(Turn::take(action_, deadline));
    if (type_ == TabletType::kPrimary) VIF_TRY(become(TabletType::kReplica));
    replication_stopped_ = false;
    const PositionText from = VIF_TRY(parse_position(position));
    VIF_TRY(replication_.reset_all(deadline));
    if (!from.gtid_set.empty()) VIF_TRY(replication_.set_position(position, deadline));
    VIF_TRY(
        replication_.set_semi_sync(false, semi_sync && type_ == TabletType::kReplica, deadline));
    VIF_TRY(replication_.set_read_only(true, deadline));
    VIF_TRY(follow_source(parent, true, deadline));
  }
  wake_.notify_all();
  if (time_created_ns != 0) return wait_for_journal(time_created_ns, deadline);
  return {};
}

Result<PrimaryStatus> TabletManager::demote_primary(rt::Deadline deadline) {
  const Turn turn = VIF_TRY(Turn::take(action_, deadline));
  if (type_ == TabletType::kPrimary) {
    demoted_ = true;
    serve("demotion in progress");
  }
  const Status fenced = [&]() -> Status {
    VIF_TRY(replication_.set_read_only(true, deadline));
    return replication_.set_semi_sync(
        false, VIF_TRY(replication_.semi_sync(deadline)).replica_enabled, deadline);
  }();
  if (!fenced.ok()) {
    // The follower makes it writable again.
    demoted_ = false;
    wake_.notify_all();
    return fenced.error();
  }
  return primary_status(deadline);
}

Status TabletManager::undo_demote_primary(bool semi_sync, rt::Deadline deadline) {
  const Turn turn = VIF_TRY(Turn::take(action_, deadline));
  if (type_ != TabletType::kPrimary) {
    return Error(Code::kFailedPrecondition,
                 "cannot undo the demotion of a tablet that is no primary");
  }
  VIF_TRY(make_writable(semi_sync, deadline));
  demoted_ = false;
  serve("");
  return {};
}

Result<std::string> TabletManager::promote_replica(bool semi_sync, rt::Deadline deadline) {
  const Turn turn = VIF_TRY(Turn::take(action_, deadline));
  mysql_up_ = true;
  VIF_TRY(replication_.reset_source(deadline));
  std::string position = VIF_TRY(replication_.position(deadline));
  VIF_TRY(become_primary(semi_sync, deadline));
  return position;
}

Status TabletManager::set_replication_source(const TabletAlias& parent, int64_t time_created_ns,
                                             bool force_start_replication,
                                             std::string_view wait_position, bool semi_sync,
                                             rt::Deadline deadline) {
  {
    const Turn turn = VIF_TRY(Turn::take(action_, deadline));
    if (type_ == TabletType::kPrimary) VIF_TRY(become(TabletType::kReplica));
    const std::optional<ReplicaStatus> status = VIF_TRY(replication_.status(deadline));
    const bool was_replicating =
        status && (status->io != ThreadState::kStopped || status->sql != ThreadState::kStopped);
    const bool start = !status || was_replicating || force_start_replication;
    replication_stopped_ = !start;
    VIF_TRY(
        replication_.set_semi_sync(false, semi_sync && type_ == TabletType::kReplica, deadline));
    VIF_TRY(replication_.set_read_only(true, deadline));
    VIF_TRY(follow_source(parent, start, deadline));
    if (!start) return {};
  }
  wake_.notify_all();
  if (!wait_position.empty()) VIF_TRY(replication_.wait_for_position(wait_position, deadline));
  if (time_created_ns != 0) return wait_for_journal(time_created_ns, deadline);
  return {};
}

Status TabletManager::stop_replication(rt::Deadline deadline) {
  const Turn turn = VIF_TRY(Turn::take(action_, deadline));
  replication_stopped_ = true;
  return replication_.stop(deadline);
}

Status TabletManager::stop_io_thread(rt::Deadline deadline) {
  const Turn turn = VIF_TRY(Turn::take(action_, deadline));
  replication_stopped_ = true;
  return replication_.stop_io(deadline);
}

Status TabletManager::start_replication(bool semi_sync, rt::Deadline deadline) {
  const Turn turn = VIF_TRY(Turn::take(action_, deadline));
  VIF_TRY(replication_.set_semi_sync(false, semi_sync && type_ == TabletType::kReplica, deadline));
  replication_stopped_ = false;
  return replication_.start(deadline);
}

Status TabletManager::reset_replication(rt::Deadline deadline) {
  const Turn turn = VIF_TRY(Turn::take(action_, deadline));
  replication_stopped_ = true;
  return replication_.reset_all(deadline);
}

Result<PrimaryStatus> TabletManager::primary_status(rt::Deadline deadline) {
  PrimaryStatus status;
  status.position = VIF_TRY(replication_.position(deadline));
  status.server_uuid = VIF_TRY(replication_.server_uuid(deadline));
  return status;
}

Status TabletManager::set_read_only(bool on, rt::Deadline deadline) {
  const Turn turn = VIF_TRY(Turn::take(action_, deadline));
  if (!on && type_ != TabletType::kPrimary) {
    return Error(Code::kFailedPrecondition, "only a primary can be made writable");
  }
  return replication_.set_read_only(on, deadline);
}

Status TabletManager::change_type(TabletType type, bool semi_sync, rt::Deadline deadline) {
  const Turn turn = VIF_TRY(Turn::take(action_, deadline));
  if (type == TabletType::kPrimary) {
    if (type_ == type) return {};
    return become_primary(semi_sync, deadline);
  }
  VIF_TRY(become(type));
  if (mysql_up_)
    VIF_TRY(replication_.set_semi_sync(false, semi_sync && type == TabletType::kReplica, deadline));
  serve("");
  wake_.notify_all();
  return {};
}

Status TabletManager::refresh_state(rt::Deadline deadline) {
  const Turn turn = VIF_TRY(Turn::take(action_, deadline));
  VIF_TRY(read_shard());
  step(deadline);
  return {};
}

Status TabletManager::run_health_check(rt::Deadline deadline) {
  {
    const Turn turn = VIF_TRY(Turn::take(action_, deadline));
    step(deadline);
  }
  queries_.broadcast();
  return {};
}

}  // namespace vif::vttablet
