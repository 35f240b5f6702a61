// SQL in, packets out: fingerprint -> plan cache -> (parse, plan) -> run.
//
// A statement whose plan is cached is neither parsed nor copied: its literals fill the plan's slots
// by their places. Statements about the session (SET, SHOW, USE, BEGIN, ...) are parsed and handed
// to vtgate/statements/.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/metrics.h"
#include "base/result.h"
#include "mysql/result_sink.h"
#include "rt/time.h"
#include "sql/fingerprint.h"
#include "types/value.h"
#include "vtgate/catalog.h"
#include "vtgate/engine/row_sink.h"
#include "vtgate/plan/planner.h"
#include "vtgate/plan_cache.h"
#include "vtgate/query_log.h"
#include "vtgate/scatter.h"
#include "vtgate/session.h"
#include "vtgate/tx.h"

namespace vif::sql {
struct Parsed;
}

namespace vif::vtgate {

class Processes;
class SchemaTracker;
class VSchemaEditor;

struct ExecutorOptions {
  std::string version = "8.0.40-Vitess";  // --mysql-server-version
  std::string version_comment = "Vif";
  std::string cell;
  bool no_scatter = false;             // --no_scatter
  bool allow_kill = true;              // --allow-kill-statement
  bool enable_system_settings = true;  // --enable_system_settings
  std::string vschema_ddl_users;       // --vschema_ddl_authorized_users
  std::string dbddl_plugin = "fail";   // --dbddl_plugin: fail, noop
  rt::Duration query_timeout{0};       // --query-timeout and --mysql-server-query-timeout; 0: none
  size_t plan_cache_plans = 20'000;
  clients::Workload default_workload = clients::Workload::kOltp;  // --mysql-default-workload
  plan::Flavor flavor = plan::Flavor::kMySql;                     // of the servers
};

// A prepared statement's execution as a server can be given it: the parameters as bytes
// (ExecuteRequest::parameters), and where binary rows go.
struct BinaryExecution {
  std::string_view parameters;
  mysql::ResultSink& sink;
};

// One statement of a client, without what follows its ';'.
struct StatementText {
  std::string_view sql;
  const sql::Fingerprint& print;          // of `sql`
  const types::BindVariables& variables;  // of a prepared statement: "v1"...
  bool is_prepared = false;
  const BinaryExecution* binary =
      nullptr;  // absent: the rows or the parameters need work at the gate
};

// What the gate's parts share; all of it outlives the executor.
struct ExecutorParts {
  CatalogHolder& catalog;
  discovery::TabletGateway& gateway;
  Tx& tx;
  Scatter& scatter;
  SchemaTracker* tracker;  // may be absent
  VSchemaEditor& vschema_editor;
  Processes& processes;
  QueryLog& log;
  Metrics& metrics;
};

class Executor {
 public:
  Executor(ExecutorOptions options, ExecutorParts parts);
  ~Executor();

  // Runs it, the result into `sink`. The status flags of the result's end are the session's. Waits
  // for shards.
  Status execute(Session& session, const StatementText& text, mysql::ResultSink& sink);

  // The same for a text of our own, decoded and in memory; the session is the client's.
  Result<engine::Collected> execute_collected(Session& session, std::string_view sql);

  // What COM_STMT_PREPARE answers. `columns` is empty when they are not known before the first
  // execution.
  struct Prepared {
    uint16_t parameters = 0;
    engine::Fields columns;
  };
  Result<Prepared> prepare(Session& session, std::string_view sql);

  const ExecutorOptions& options() const { return options_; }
  // What the servers turned out to be. Plans made before may not fit, and go.
  void set_flavor(plan::Flavor flavor) {
    options_.flavor = flavor;
    cache_.clear();
  }
  ExecutorParts& parts() { return parts_; }
  PlanCache& plan_cache() { return cache_; }
  rt::Deadline deadline_of(const Session& session) const;

  // A plan and the literals of the statement it was made from.
  struct Planned {
    CachedPlan plan;
    types::BindVariables literals;
  };
  // Normalises `parsed` in place and plans it, past the cache.
  Result<Planned> plan_parsed(const Session& session, sql::Parsed& parsed) const;
  // Runs a plan with the statement's literals, in the session's transaction. `sent` says what went
  // out.
  Status run_plan(Session& session, const CachedPlan& plan, const StatementText& text,
                  types::BindVariables literals, mysql::ResultSink& sink, Sent& sent);
  // Bind variables that the session answers ("__lastInsertId"). Null when the name is none of them.
  std::optional<types::BindVariable> session_value(const Session& session,
                                                   std::string_view name) const;

 private:
  // Runs a plan that is a Passage: one shard, the client's own text. False: it needs run_plan()
  // after all.
  bool pass_through(Session& session, CachedPlan& cached, const StatementText& text,
                    mysql::ResultSink& sink, QueryRecord& record, Status& done);
  // Where such a statement goes; nothing when that is not one place.
  std::optional<clients::Target> passage_target(Session& session, CachedPlan& cached,
                                                const StatementText& text, rt::Deadline deadline);
  Status run_cached(Session& session, CachedPlan& cached, const StatementText& text,
                    types::BindVariables literals, mysql::ResultSink& sink, QueryRecord& record);
  Status add_needs(const Session& session, const CachedPlan& plan,
                   types::BindVariables& variables) const;
  void finish(Session& session, const StatementText& text, const CachedPlan* cached,
              QueryRecord& record, const Status& status);

  ExecutorOptions options_;
  ExecutorParts parts_;
  PlanCache cache_;
  uint64_t cache_generation_ = 0;
  Timings& api_timings_;
  Counters& api_errors_;
  Counters& queries_processed_;
  Counters& queries_routed_;
};

// A failed statement's error is what SHOW WARNINGS tells next.
void note_error(Session& session, const Error& error);
uint32_t error_count(const Session& session);
// The part of a plan cache's key that comes from the session.
uint64_t plan_context_hash(const Session& session);
// SERVER_STATUS_* bits that the session decides, put into `status`.
uint16_t with_session_status(const Session& session, uint16_t status);

}  // namespace vif::vtgate
