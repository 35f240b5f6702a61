#include "vtgate/passage.h"

#include <algorithm>

#include "sharding/vindex.h"
#include "vtgate/engine/route.h"
#include "vtgate/execution.h"
#include "vtgate/executor.h"

namespace vif::vtgate {

const engine::Route* passage_of(const CachedPlan& cached) {
  const auto* route = dynamic_cast<const engine::Route*>(cached.plan->root.get());
  if (route == nullptr || !cached.plan->as_written || cached.rewritten || !cached.needs.empty())
    return nullptr;
  if (cached.sets_last_insert_id) return nullptr;
  const engine::Route::Spec& spec = route->spec();
  const engine::Opcode opcode = spec.routing.opcode;
  const bool one_shard =
      opcode == engine::Opcode::kUnsharded || opcode == engine::Opcode::kEqualUnique;
  const bool plain = spec.query.verbatim && spec.order_by.empty() && spec.columns == 0 &&
                     spec.timeout_ms == 0 && !spec.scatter_errors_as_warnings &&
                     !spec.routing.system_schema;
  // A lookup is a query of its own.
  const bool computed = spec.routing.vindex == nullptr || !spec.routing.vindex->needs_vcursor();
  return one_shard && plain && computed ? route : nullptr;
}

bool may_pass(const Session& session) {
  return !session.failed_transaction && !session.sql_mode.no_backslash_escapes &&
         !session.sql_mode.high_not_precedence;
}

Status PassingSink::end(const mysql::ResultEnd& end) {
  touched_ = true;
  if (end.warnings != 0) note_warnings(session_, end);
  session_.row_count = has_columns_ ? -1 : static_cast<int64_t>(end.affected_rows);
  session_.found_rows = 0;
  session_.found_rows_counted = false;
  if (end.last_insert_id != 0) session_.last_insert_id = end.last_insert_id;
  mysql::ResultEnd own;
  own.affected_rows = end.affected_rows;
  own.last_insert_id = end.last_insert_id;
  own.status = with_session_status(session_, end.status);
  own.warnings = static_cast<uint16_t>(std::min<uint32_t>(session_.warning_count, UINT16_MAX));
  if (!end.info.empty()) own.info = end.info;
  return to_.end(own);
}

std::optional<clients::Target> Executor::passage_target(Session& session, CachedPlan& cached,
                                                        const StatementText& text,
                                                        rt::Deadline deadline) {
  const engine::Routing& routing = cached.passage.route->spec().routing;
  const CatalogPtr catalog = parts_.catalog.current();
  if (routing.opcode == engine::Opcode::kUnsharded) {
    Passage& passage = cached.passage;
    if (passage.graph != catalog->graph) {
      const auto shards = serving_shards(*catalog, routing.keyspace, session.tablet_type);
      if (!shards.ok() || shards->size() != 1) return std::nullopt;
      passage.target = {routing.keyspace, shards->front().name, session.tablet_type};
      passage.graph = catalog->graph;
    }
    return passage.target;
  }
  types::BindVariables variables =
      sql::bind_literals(cached.arguments, text.sql, text.print, session.sql_mode);
  for (const auto& [name, value] : text.variables) variables[name] = value;
  Sent none;
  Execution execution(session, catalog, parts_.scatter, deadline, none);
  auto targets = engine::resolve(routing, execution, engine::Bindings(variables));
  if (!targets.ok() || targets->size() != 1) return std::nullopt;
  return clients::Target{routing.keyspace, std::move(targets->front().shard), session.tablet_type};
}

bool Executor::pass_through(Session& session, CachedPlan& cached, const StatementText& text,
                            mysql::ResultSink& sink, QueryRecord& record, Status& done) {
  if ((!text.variables.empty() && text.binary == nullptr) || !may_pass(session)) return false;
  const rt::Deadline deadline = deadline_of(session);
  const std::optional<clients::Target> target = passage_target(session, cached, text, deadline);
  if (!target) return false;
  if (!session.warnings.empty() || session.warning_count != 0) {
    session.warnings.clear();
    session.warning_count = 0;
  }
  PassingSink passing(text.binary != nullptr ? text.binary->sink : sink, session);
  std::optional<std::string_view> parameters;
  if (text.binary != nullptr) parameters = text.binary->parameters;
  if (session.autocommit && !session.in_transaction && session.shard_sessions.empty()) {
    done = parts_.scatter.execute_plain(session, *target, text.sql, parameters, passing, deadline);
  } else {
    session.in_transaction |= !session.autocommit;
    const engine::ShardQuery query{target->shard, std::string(text.sql)};
    engine::ShardBatch batch;
    batch.keyspace = target->keyspace;
    batch.queries = std::span(&query, 1);
    batch.parameters = parameters;
    mysql::ResultSink* const to = &passing;
    Sent sent;
    done = parts_.scatter.execute(session, batch, std::span(&to, 1), deadline, sent);
  }
  // Nobody there can execute it so: the text goes with its values in it.
  if (!done.ok() && parameters && done.error().code() == Code::kUnimplemented && !passing.touched())
    return false;
  record.shard_queries = 1;
  ++cached.executions;
  ++cached.shard_queries;
  if (!done.ok()) {
    session.row_count = -1;
    ++cached.errors;
  } else if (session.row_count > 0) {
    cached.rows_affected += session.row_count;
    record.rows_affected = static_cast<uint64_t>(session.row_count);
  }
  return true;
}

}  // namespace vif::vtgate
