// USE: where the following statements go.

#include "sharding/destination.h"
#include "sql/ast.h"
#include "vtgate/mysql_error.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::statements {

Status set_target(Executor& executor, Session& session, std::string_view target) {
  sharding::TargetString parsed = VIF_TRY(sharding::parse_target_string(target));
  clients::TabletType type = clients::TabletType::kPrimary;
  if (!parsed.tablet_type.empty()) {
    const std::optional<clients::TabletType> named = clients::parse_tablet_type(parsed.tablet_type);
    if (!named) {
      return Error(Code::kInvalidArgument,
                   fmt::format("invalid tablet type: {}", parsed.tablet_type));
    }
    type = *named;
  }
  const CatalogPtr catalog = executor.parts().catalog.current();
  if (!parsed.keyspace.empty() && !is_system_schema(parsed.keyspace) &&
      !catalog->graph->contains(parsed.keyspace) &&
      catalog->vschema->keyspace(parsed.keyspace) == nullptr) {
    return unknown_database(parsed.keyspace);
  }
  if (session.in_transaction && type != session.tablet_type && !session.shard_sessions.empty()) {
    return Error(Code::kFailedPrecondition, 1192, "HY000",
                 "can't execute the given command because you have an active transaction");
  }
  session.keyspace = std::move(parsed.keyspace);
  session.tablet_type = type;
  session.destination =
      parsed.destination ? std::make_unique<sharding::Destination>(std::move(*parsed.destination))
                         : nullptr;
  session.target_string = target;
  session.plan_context = 0;
  return {};
}

Status run_use(Context& context) {
  VIF_TRY(set_target(context.executor, context.session,
                     sql::to<sql::Use>(*context.parsed.statement).db_name));
  return answer_ok(context);
}

}  // namespace vif::vtgate::statements
