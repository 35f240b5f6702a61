// The tablet's query service as its callers see it: vtgate talks to this, whether the tablet is in
// this process, behind our own lean calls, or a Vitess vttablet behind queryservice.Query.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mysql/result_sink.h"
#include "rt/time.h"
#include "types/value.h"

namespace vif::clients {

// topodata.TabletType; numbers are wire format. kMaster is the old name of kPrimary.
enum class TabletType : int32_t {
  kUnknown = 0,
  kPrimary = 1,
  kReplica = 2,
  kRdonly = 3,
  kSpare = 4,
  kExperimental = 5,
  kBackup = 6,
  kRestore = 7,
  kDrained = 8,
};
// "primary", lower case, as Vitess prints; parse takes any case, and "master".
std::string_view tablet_type_name(TabletType type);
std::optional<TabletType> parse_tablet_type(std::string_view text);

struct TabletAlias {
  std::string cell;
  uint32_t uid = 0;
  std::string to_string() const;  // "zone1-0000000100"
  auto operator<=>(const TabletAlias&) const = default;
};

struct Target {
  std::string keyspace;
  std::string shard;
  TabletType tablet_type = TabletType::kPrimary;
  auto operator<=>(const Target&) const = default;
};

enum class Workload : uint8_t { kUnspecified = 0, kOltp = 1, kOlap = 2, kDba = 3 };

// vtrpc.CallerID and query.VTGateCallerID.
struct CallerId {
  std::string principal, component, subcomponent;  // effective
  std::string username;                            // immediate
  std::vector<std::string> groups;
};

struct BeginOptions {
  std::string isolation;  // "" default, or "REPEATABLE READ", "READ COMMITTED", ...
  bool read_only = false;
  bool consistent_snapshot = false;
  std::vector<std::string> post_begin_queries;  // savepoints
};

struct ExecuteRequest {
  Target target;
  std::string_view sql;  // complete text, unless bind_variables has something
  uint64_t fingerprint =
      0;  // of the normalised text; 0: not known. The tablet keys its plans by it.
  const types::BindVariables* bind_variables = nullptr;  // may be absent
  int64_t transaction_id = 0;                            // 0: none open
  int64_t reserved_id = 0;
  bool begin = false;  // open a transaction first
  BeginOptions begin_options;
  bool reserve = false;  // pin the connection after `settings` were applied
  std::span<const std::string>
      settings;  // SET statements the connection must have; pooled by their text
  Workload workload = Workload::kOltp;
  int64_t timeout_ms = 0;  // 0: the tablet's default
  bool fetch_last_insert_id = false;
  bool client_found_rows = false;  // affected rows are to count matched rows
  const CallerId* caller = nullptr;
  // Runs the text as a statement that the server prepares, with these parameters: their number in
  // two bytes, then what COM_STMT_EXECUTE has after the iteration count, types included. Rows come
  // in binary. Who cannot do that, or whose server cannot, says kUnimplemented before anything
  // reached the sink; the text then has to go with its values in it.
  std::optional<std::string_view> parameters;
};

// What opening a transaction or reserving a connection gave, filled in as soon as it is known: also
// when the statement itself then failed.
struct ExecuteState {
  int64_t transaction_id = 0;
  int64_t reserved_id = 0;
  TabletAlias alias;
  std::string session_state_changes;
};

// query.StreamHealthResponse.
struct Health {
  Target target;
  TabletAlias alias;
  bool serving = false;
  int64_t primary_term_start_s = 0;  // 0 when not primary
  std::string error;
  uint32_t replication_lag_s = 0;
  double qps = 0;
  std::vector<std::string> changed_tables;
  std::vector<std::string> changed_views;
};

enum class SchemaTableKind : int32_t { kViews = 0, kTables = 1, kAll = 2, kUdfs = 3 };

// One per tablet; any fiber of its scheduler may call, many calls at a time. Each call waits, and
// ends at the latest at its deadline. Errors carry the tablet's code, and MySQL's errno and
// SQLSTATE when the server said so; kUnavailable when the tablet could not be reached,
// kClusterEvent when it is not serving.
class QueryService {
 public:
  virtual ~QueryService() = default;

  // Runs one statement, with or without opening a transaction or reserving first, streaming the
  // result.
  virtual Status execute(const ExecuteRequest& request, ExecuteState& state,
                         mysql::ResultSink& sink, rt::Deadline deadline) = 0;
  virtual Result<ExecuteState> begin(const Target& target, const BeginOptions& options,
                                     std::span<const std::string> settings,
                                     rt::Deadline deadline) = 0;
  // Returns the reserved id that goes on, 0 when none.
  virtual Result<int64_t> commit(const Target& target, int64_t transaction_id,
                                 rt::Deadline deadline) = 0;
  virtual Result<int64_t> rollback(const Target& target, int64_t transaction_id,
                                   rt::Deadline deadline) = 0;
  virtual Status release(const Target& target, int64_t transaction_id, int64_t reserved_id,
                         rt::Deadline deadline) = 0;

  // Calls `on_health` for each message until it returns an error, the stream breaks or we are
  // cancelled.
  virtual Status stream_health(const std::function<Status(const Health&)>& on_health) = 0;
  // Table name -> CREATE statement.
  virtual Status get_schema(
      const Target& target, SchemaTableKind kind, std::span<const std::string> names,
      const std::function<Status(std::map<std::string, std::string>)>& on_tables,
      rt::Deadline deadline) = 0;
};

}  // namespace vif::clients
