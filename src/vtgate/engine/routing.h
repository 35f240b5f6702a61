// Which shards a statement runs on, as planned, and its resolution when it runs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sharding/destination.h"
#include "vtgate/engine/value_expr.h"

namespace vif::sharding {
class Vindex;
}

namespace vif::vtgate::engine {

class ExecContext;
struct Description;

// Cheapest first, as the planner prefers them; opcode_name() gives vexplain's names.
enum class Opcode : uint8_t {
  kUnsharded,
  kEqualUnique,
  kEqual,
  kIn,
  kBetween,
  kMultiEqual,
  kSubShard,
  kScatter,
  kNext,
  kDba,
  kReference,
  kNone,
  kByDestination,
};
std::string_view opcode_name(Opcode opcode);

// The bind variable that holds one shard's part of an IN list.
inline constexpr std::string_view kListVariable = "__vals";

// The bind variable that holds a database's name where the client wrote a keyspace's, of
// information_schema.
inline constexpr std::string_view kSchemaVariable = "__vtschemaname";

struct Routing {
  Opcode opcode = Opcode::kUnsharded;
  std::string keyspace;
  bool sharded = false;
  std::shared_ptr<const sharding::Vindex> vindex;  // of kEqualUnique to kSubShard
  // One a column of the vindex. A list stands for each of its values; kBetween has one list, from
  // and to.
  std::vector<ValueExpr> values;
  // The list is cut by shard: the query has ::__vals where the list was. Only for one-column
  // vindexes.
  bool splits_list = false;
  sharding::Destination destination;  // of kByDestination
  // Of kDba: the schema that is asked about. When it is a keyspace, that one is asked.
  std::optional<ValueExpr> system_schema;
};

struct ShardTarget {
  std::string shard;
  std::vector<types::Value> list;  // this shard's part, when splits_list
};

// Empty when no shard can hold a matching row. Errors: those of the vindex and of
// ExecContext::shards().
Result<std::vector<ShardTarget>> resolve(const Routing& routing, ExecContext& context,
                                         const Bindings& bindings);
// The one shard for statements that any shard can answer.
Result<std::string> any_shard(const Routing& routing, ExecContext& context);

// At most one shard, whatever the values are.
bool is_single_shard(Opcode opcode);

// Adds Variant, Keyspace, Values, Vindex, TargetDestination.
void describe(const Routing& routing, Description& description);

}  // namespace vif::vtgate::engine
