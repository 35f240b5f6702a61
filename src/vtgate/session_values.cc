// What the session and the gate answer for functions and variables that a plan asks of them.

#include "types/collation/charset.h"
#include "vtgate/executor.h"
#include "vtgate/system_variables.h"

namespace vif::vtgate {

namespace {

types::BindVariable text(std::string_view value) {
  return types::Value::varchar(std::string(value));
}
types::BindVariable boolean(bool on) { return types::Value::int64(on ? 1 : 0); }

std::string_view workload_name(clients::Workload workload) {
  switch (workload) {
    case clients::Workload::kOlap: return "OLAP";
    case clients::Workload::kDba: return "DBA";
    default: return "OLTP";
  }
}

std::string_view gate_variable(const Session& session, std::string_view name) {
  const SessionExtras* extras = session.extras_if_any();
  if (extras == nullptr) return {};
  const auto found = extras->gate_variables.find(name);
  return found == extras->gate_variables.end() ? std::string_view()
                                               : std::string_view(found->second);
}

// "127.0.0.1:4242" without the port; a unix socket is local.
std::string host_of(std::string_view peer) {
  const size_t colon = peer.rfind(':');
  if (peer.empty() || colon == std::string_view::npos) return "localhost";
  return std::string(peer.substr(0, colon));
}

}  // namespace

std::optional<types::BindVariable> Executor::session_value(const Session& session,
                                                           std::string_view name) const {
  if (name == "__lastInsertId")
    return types::BindVariable(types::Value::uint64(session.last_insert_id));
  if (name == "__vtfrows")
    return types::BindVariable(types::Value::int64(static_cast<int64_t>(session.found_rows)));
  if (name == "__vtrcount") return types::BindVariable(types::Value::int64(session.row_count));
  if (name == "__vtdbname") {
    return session.target_string.empty() ? types::BindVariable() : text(session.target_string);
  }
  constexpr std::string_view kSystemVariable = "__vt";
  if (!name.starts_with(kSystemVariable)) return std::nullopt;
  const std::string_view variable = name.substr(kSystemVariable.size());
  if (variable == "user")
    return text(session.caller.principal + "@" + host_of(session.caller.component));
  if (variable == "connection_id")
    return types::BindVariable(types::Value::int64(session.connection_id));
  if (variable == "autocommit") return boolean(session.autocommit);
  if (variable == "warning_count")
    return types::BindVariable(types::Value::int64(session.warning_count));
  if (variable == "error_count")
    return types::BindVariable(types::Value::int64(error_count(session)));
  if (variable == "version") return text(options_.version);
  if (variable == "version_comment") return text(options_.version_comment);
  if (variable == "socket") return text("");
  if (variable == "client_found_rows") return boolean(session.client_found_rows);
  if (variable == "skip_query_plan_cache") return boolean(session.skip_query_plan_cache);
  if (variable == "enable_system_settings") return boolean(options_.enable_system_settings);
  if (variable == "tx_read_only" || variable == "transaction_read_only") {
    const SessionExtras* extras = session.extras_if_any();
    const bool set = extras != nullptr &&
                     extras->system_variables.contains("transaction_read_only") &&
                     extras->system_variables.find("transaction_read_only")->second == "1";
    return boolean(set);
  }
  if (variable == "sql_select_limit") {
    if (session.sql_select_limit == 0) return types::BindVariable(types::Value::uint64(UINT64_MAX));
    return types::BindVariable(types::Value::int64(session.sql_select_limit));
  }
  if (variable == "transaction_mode") return text(transaction_mode_name(parts_.tx.mode(session)));
  if (variable == "workload") return text(workload_name(session.workload));
  if (variable == "query_timeout")
    return types::BindVariable(types::Value::int64(session.query_timeout_ms));
  if (variable == "charset" || variable == "names")
    return text(session.client_charset ? session.client_charset->name : "utf8mb4");
  if (variable == "session_track_gtids") {
    const std::string_view mode = gate_variable(session, variable);
    return text(mode.empty() ? "off" : mode);
  }
  if (variable == "ddl_strategy" || variable == "migration_context" || variable == "session_uuid" ||
      variable == "read_after_write_gtid" || variable == "read_after_write_timeout") {
    return text(gate_variable(session, variable));
  }
  if (const SessionExtras* extras = session.extras_if_any()) {
    const auto told = extras->told_variables.find(variable);
    if (told != extras->told_variables.end()) return told->second;
  }
  return std::nullopt;
}

}  // namespace vif::vtgate
