// A planned statement: what the plan cache keeps, by fingerprint, and the executor runs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "vtgate/engine/primitive.h"

namespace vif::vtgate::plan {

// sqlparser.StatementType of Vitess, as far as plans have it; query_type_name() gives its text
// ("SELECT").
enum class QueryType : uint8_t {
  kSelect,
  kStream,
  kInsert,
  kReplace,
  kUpdate,
  kDelete,
  kDdl,
  kOther,
  kExplain,
  kShow,
  kLoad,
  kCall,
  kVExplain,
  kUnlockTables,
  kLockTables,
  kFlush,
  kAnalyze,
};
std::string_view query_type_name(QueryType type);

// The metrics label and vexplain's "Type".
enum class PlanType : uint8_t {
  kLocal,
  kPassthrough,
  kMultiShard,
  kLookup,
  kScatter,
  kJoin,
  kForeignKey,
  kComplex,
  kOnlineDdl,
  kDirectDdl,
  kTransaction,
  kTopology,
};
std::string_view plan_type_name(PlanType type);

struct Plan {
  QueryType query_type = QueryType::kOther;
  PlanType type = PlanType::kLocal;
  engine::PrimitivePtr root;
  std::vector<std::string> tables_used;  // "keyspace.table", sorted
  bool cacheable = true;   // SKIP_QUERY_PLAN_CACHE, and plans that depend on literal values, say no
  int64_t timeout_ms = 0;  // directive QUERY_TIMEOUT_MS; 0: not said, -1: no bound
  bool as_written = false;  // the client's own text goes out, when it has no arguments
  // Names of bind variables that the gate must give beside the client's: "__lastInsertId",
  // "__vtdbname"...
  std::vector<std::string> needs;
};

// The primitives alone, as vexplain plan prints them.
std::string instructions_json(const Plan& plan);

}  // namespace vif::vtgate::plan
