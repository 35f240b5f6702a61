// From a statement to a plan. Pure: no I/O, no waiting; the same input gives the same plan.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "vtgate/plan/plan.h"

namespace vif::sql {
struct Parsed;
}
namespace vif::sharding {
class VSchema;
struct Destination;
}  // namespace vif::sharding

namespace vif::vtgate::plan {

enum class Flavor : uint8_t { kMySql, kMariaDb };

struct PlanContext {
  const sharding::VSchema* vschema = nullptr;  // a snapshot; outlives the plan's building only
  std::string keyspace;                        // the session's, "" when none was chosen
  // Where the session's target string points when it names more than a keyspace ("ks:-80"); every
  // statement then goes there as it is, unplanned. May be absent.
  const sharding::Destination* destination = nullptr;
  uint32_t collation = 255;  // the session's; utf8mb4_0900_ai_ci
  Flavor flavor = Flavor::kMySql;
  bool no_scatter = false;        // --no_scatter
  bool read_only_target = false;  // replica or rdonly: DML is refused
  // The statement is not what the client wrote: what is sent of it is printed.
  bool is_own = false;
};

// Errors: Vitess's texts and codes: VT12001 (unsupported: <construct>), VT05004 (table not found),
// VT03019 (column not found), VT09005 (no database selected)...
Result<std::shared_ptr<const Plan>> build(const sql::Parsed& statement, const PlanContext& context);

}  // namespace vif::vtgate::plan
