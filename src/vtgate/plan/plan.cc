#include "vtgate/plan/plan.h"

#include "vtgate/engine/description.h"

namespace vif::vtgate::plan {

std::string_view query_type_name(QueryType type) {
  switch (type) {
    case QueryType::kSelect: return "SELECT";
    case QueryType::kStream: return "STREAM";
    case QueryType::kInsert: return "INSERT";
    case QueryType::kReplace: return "REPLACE";
    case QueryType::kUpdate: return "UPDATE";
    case QueryType::kDelete: return "DELETE";
    case QueryType::kDdl: return "DDL";
    case QueryType::kOther: return "OTHER";
    case QueryType::kExplain: return "EXPLAIN";
    case QueryType::kShow: return "SHOW";
    case QueryType::kLoad: return "OTHER";
    case QueryType::kCall: return "CALL_PROC";
    case QueryType::kVExplain: return "VEXPLAIN";
    case QueryType::kUnlockTables: return "UNLOCK_TABLES";
    case QueryType::kLockTables: return "LOCK_TABLES";
    case QueryType::kFlush: return "FLUSH";
    case QueryType::kAnalyze: return "ANALYZE";
  }
  return "UNKNOWN";
}

std::string_view plan_type_name(PlanType type) {
  switch (type) {
    case PlanType::kLocal: return "Local";
    case PlanType::kPassthrough: return "Passthrough";
    case PlanType::kMultiShard: return "MultiShard";
    case PlanType::kLookup: return "Lookup";
    case PlanType::kScatter: return "Scatter";
    case PlanType::kJoin: return "Join";
    case PlanType::kForeignKey: return "ForeignKey";
    case PlanType::kComplex: return "Complex";
    case PlanType::kOnlineDdl: return "OnlineDDL";
    case PlanType::kDirectDdl: return "DirectDDL";
    case PlanType::kTransaction: return "Transaction";
    case PlanType::kTopology: return "Topology";
  }
  return "Unknown";
}

std::string instructions_json(const Plan& plan) { return engine::to_json(plan.root->describe()); }

}  // namespace vif::vtgate::plan
