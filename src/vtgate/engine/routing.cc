#include "vtgate/engine/routing.h"

#include <algorithm>

#include "sharding/vindex.h"
#include "vtgate/engine/column_value.h"
#include "vtgate/engine/description.h"
#include "vtgate/engine/exec_context.h"
#include "vtgate/engine/lookup.h"

namespace vif::vtgate::engine {

namespace {

using sharding::Destination;
using sharding::ShardReference;
using types::Value;

ShardTarget& target_of(std::vector<ShardTarget>& targets, const std::string& shard) {
  for (ShardTarget& target : targets) {
    if (target.shard == shard) return target;
  }
  return targets.emplace_back(ShardTarget{shard, {}});
}

Result<std::vector<ShardTarget>> all_shards(std::span<const ShardReference> shards) {
  std::vector<ShardTarget> targets;
  targets.reserve(shards.size());
  for (const ShardReference& shard : shards) targets.push_back({shard.name, {}});
  return targets;
}

// Every combination of one value from each column.
std::vector<sharding::RowValues> combinations(const std::vector<std::vector<Value>>& columns) {
  std::vector<sharding::RowValues> rows(1);
  for (const std::vector<Value>& column : columns) {
    std::vector<sharding::RowValues> longer;
    longer.reserve(rows.size() * column.size());
    for (const sharding::RowValues& row : rows) {
      for (const Value& value : column) {
        longer.push_back(row);
        longer.back().push_back(value);
      }
    }
    rows = std::move(longer);
  }
  return rows;
}

// The shards of one row of values. One that is nowhere as it was written is looked for as the
// integer that it is. Where the column is not known, what is no integer at all may still equal one
// by MySQL's rules ('3abc' is 3): every shard may have it.
Result<std::vector<std::string>> shards_of(const Routing& routing, ExecContext& context,
                                           std::span<const ShardReference> shards,
                                           const Destination& destination,
                                           const sharding::RowValues& row) {
  std::vector<std::string> found = VIF_TRY(sharding::resolve(destination, shards));
  if (!found.empty() || row.size() != 1) return found;
  if (types::is_text(row[0].type)) {
    if (routing.values[0].compared_with == ComparedWith::kUnknown &&
        !routing.vindex->needs_vcursor()) {
      for (const ShardReference& shard : shards) found.push_back(shard.name);
    }
    return found;
  }
  Value integer = compared_with_integer(row[0]);
  if (integer == row[0]) return found;
  const std::vector<sharding::RowValues> again = {{std::move(integer)}};
  const std::vector<Destination> destinations = VIF_TRY(map_rows(context, *routing.vindex, again));
  return sharding::resolve(destinations.front(), shards);
}

Result<std::vector<ShardTarget>> by_vindex(const Routing& routing, ExecContext& context,
                                           std::span<const ShardReference> shards,
                                           const Bindings& bindings) {
  std::vector<std::vector<Value>> columns;
  std::vector<Value> written;  // the first column's, as they go to a shard
  for (const ValueExpr& value : routing.values) {
    std::vector<Value> values = VIF_TRY(evaluate_list(value, bindings));
    if (columns.empty() && routing.splits_list) written = values;
    if (value.compared_with == ComparedWith::kInteger) {
      for (Value& one : values) one = compared_with_integer(std::move(one));
    }
    columns.push_back(std::move(values));
  }
  const std::vector<sharding::RowValues> rows = combinations(columns);
  std::vector<ShardTarget> targets;
  if (rows.empty()) return targets;
  // A number is compared with text as a number, which many texts are.
  const bool by_number = !is_single_shard(routing.opcode) && rows[0].size() == 1 &&
                         routing.values[0].compared_with == ComparedWith::kText &&
                         std::any_of(rows.begin(), rows.end(), [](const sharding::RowValues& row) {
                           return types::is_number(row[0].type);
                         });
  if (by_number) {
    targets = VIF_TRY(all_shards(shards));
    for (ShardTarget& target : targets) target.list = written;
    return targets;
  }
  const std::vector<Destination> destinations = VIF_TRY(map_rows(context, *routing.vindex, rows));
  for (size_t i = 0; i < destinations.size(); ++i) {
    for (const std::string& shard :
         VIF_TRY(shards_of(routing, context, shards, destinations[i], rows[i]))) {
      ShardTarget& target = target_of(targets, shard);
      if (routing.splits_list) target.list.push_back(written[i]);
    }
  }
  return targets;
}

Result<std::vector<ShardTarget>> between(const Routing& routing,
                                         std::span<const ShardReference> shards,
                                         const Bindings& bindings) {
  const std::vector<Value> ends = VIF_TRY(evaluate_list(routing.values[0], bindings));
  std::vector<ShardTarget> targets;
  for (const Destination& destination :
       VIF_TRY(routing.vindex->sequential()->range_map(ends[0], ends[1]))) {
    for (const std::string& shard : VIF_TRY(sharding::resolve(destination, shards)))
      target_of(targets, shard);
  }
  return targets;
}

}  // namespace

std::string_view opcode_name(Opcode opcode) {
  switch (opcode) {
    case Opcode::kUnsharded: return "Unsharded";
    case Opcode::kEqualUnique: return "EqualUnique";
    case Opcode::kEqual: return "Equal";
    case Opcode::kIn: return "IN";
    case Opcode::kBetween: return "Between";
    case Opcode::kMultiEqual: return "MultiEqual";
    case Opcode::kSubShard: return "SubShard";
    case Opcode::kScatter: return "Scatter";
    case Opcode::kNext: return "Next";
    case Opcode::kDba: return "DBA";
    case Opcode::kReference: return "Reference";
    case Opcode::kNone: return "None";
    case Opcode::kByDestination: return "ByDestination";
  }
  return "?";
}

bool is_single_shard(Opcode opcode) {
  switch (opcode) {
    case Opcode::kUnsharded:
    case Opcode::kEqualUnique:
    case Opcode::kNext:
    case Opcode::kDba:
    case Opcode::kReference:
    case Opcode::kNone: return true;
    default: return false;
  }
}

Result<std::string> any_shard(const Routing& routing, ExecContext& context) {
  const auto shards = VIF_TRY(context.shards(routing.keyspace));
  if (shards.empty()) {
    return Error(Code::kUnavailable,
                 fmt::format("keyspace {} has no serving shards", routing.keyspace));
  }
  return shards[context.any_shard_choice() % shards.size()].name;
}

Result<std::vector<ShardTarget>> resolve(const Routing& routing, ExecContext& context,
                                         const Bindings& bindings) {
  const auto shards = VIF_TRY(context.shards(routing.keyspace));
  switch (routing.opcode) {
    case Opcode::kNone: return std::vector<ShardTarget>();
    case Opcode::kUnsharded:
    case Opcode::kNext: {
      if (shards.size() != 1) {
        return Error(
            Code::kFailedPrecondition,
            fmt::format("Keyspace '{}' does not have exactly one shard", routing.keyspace));
      }
      return all_shards(shards);
    }
    case Opcode::kDba:
    case Opcode::kReference:
      return std::vector<ShardTarget>{{VIF_TRY(any_shard(routing, context)), {}}};
    case Opcode::kScatter: return all_shards(shards);
    case Opcode::kByDestination: {
      std::vector<ShardTarget> targets;
      for (std::string& name :
           VIF_TRY(sharding::resolve(routing.destination, shards, context.any_shard_choice()))) {
        targets.push_back({std::move(name), {}});
      }
      return targets;
    }
    case Opcode::kBetween: return between(routing, shards, bindings);
    case Opcode::kEqualUnique:
    case Opcode::kEqual:
    case Opcode::kIn:
    case Opcode::kMultiEqual:
    case Opcode::kSubShard: return by_vindex(routing, context, shards, bindings);
  }
  return Error(Code::kInternal, "unknown routing");
}

void describe(const Routing& routing, Description& description) {
  description.variant = opcode_name(routing.opcode);
  description.keyspace = routing.keyspace;
  description.sharded = routing.sharded;
  if (routing.opcode == Opcode::kByDestination) {
    description.target_destination =
        routing.destination.to_string().substr(std::string_view("Destination").size());
  }
  if (routing.system_schema)
    description.other["SysTableTableSchema"] = "[" + routing.system_schema->display + "]";
  if (routing.vindex) description.other["Vindex"] = routing.vindex->name();
  if (!routing.values.empty()) {
    std::vector<std::string> values;
    for (const ValueExpr& value : routing.values) values.push_back(value.display);
    description.other["Values"] = std::move(values);
  }
}

}  // namespace vif::vtgate::engine
