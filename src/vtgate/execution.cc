#include "vtgate/execution.h"

#include "discovery/tablet.h"
#include "eval/program.h"
#include "vtgate/mysql_error.h"

namespace vif::vtgate {

Result<std::span<const sharding::ShardReference>> serving_shards(const Catalog& catalog, std::string_view keyspace,
                                                                 clients::TabletType type) {
  const auto found = catalog.graph->find(std::string(keyspace));
  if (found == catalog.graph->end()) return unknown_database(keyspace);
  const auto partition = found->second.partitions.find(type);
  if (partition == found->second.partitions.end() || partition->second.empty()) {
    return Error(Code::kUnavailable, fmt::format("no valid tablet: no shard of keyspace {} serves tablet type {}",
                                                 keyspace, discovery::tablet_type_upper(type)));
  }
  return std::span<const sharding::ShardReference>(partition->second);
}

Result<std::span<const sharding::ShardReference>> Execution::shards(std::string_view keyspace) {
  return serving_shards(*catalog_, keyspace, session_.tablet_type);
}

Status Execution::execute(const engine::ShardBatch& batch, std::span<mysql::ResultSink* const> sinks) {
  engine::ShardBatch run = batch;
  run.outside_transaction |= outside_;
  const bool writes_many = run.effect == engine::Effect::kWrite && run.queries.size() > 1 &&
                           !run.multi_shard_autocommit && !run.outside_transaction;
  if (writes_many && !session_.in_transaction) {
    session_.in_transaction = true;
    implicit_transaction_ = true;
  }
  return scatter_.execute(session_, run, sinks, deadline_, sent_, implicit_transaction_);
}

namespace {

// A system variable that the session has set, without its quotes; empty when it has not.
std::string set_value(const Session& session, std::string_view name) {
  const SessionExtras* extras = session.extras_if_any();
  if (extras == nullptr) return {};
  const auto found = extras->system_variables.find(name);
  if (found == extras->system_variables.end()) return {};
  const std::string& sql = found->second;
  return sql.size() >= 2 && sql.front() == '\'' ? sql.substr(1, sql.size() - 2) : sql;
}

}  // namespace

void Execution::describe_session(eval::Env& env) {
  // One clock reading for the whole statement, as NOW() demands.
  if (began_us_ == 0) {
    began_us_ = rt::wall_now_us();
    time_zone_ = set_value(session_, "time_zone");
    sql_mode_ = set_value(session_, "sql_mode");
  }
  env.now_us = began_us_;
  if (!time_zone_.empty()) env.time_zone = time_zone_;
  env.sql_mode = sql_mode_;
  env.user = session_.caller.principal;
  env.database = session_.target_string;
}

void Execution::warn(int mysql_errno, std::string message) {
  session_.warnings.push_back({"Warning", mysql_errno, std::move(message)});
}

}  // namespace vif::vtgate
