#include "vtgate/settings.h"

#include <algorithm>
#include <sstream>

#include "mysql/sinks.h"
#include "rt/fiber.h"
#include "sharding/destination.h"
#include "types/collation/collation.h"
#include "vtgate/execution.h"
#include "vtgate/executor.h"
#include "vtgate/mysql_error.h"

namespace vif::vtgate {

namespace {

// Servers read the text that we write, with its backslashes and its NOT: what a session's mode says
// of reading is for the gate alone, which has read the client's text by it.
std::string server_sql_mode(std::string_view value_sql) {
  if (!value_sql.starts_with('\'')) return std::string(value_sql);
  std::string modes;
  while (!value_sql.empty()) {
    const size_t comma = std::min(value_sql.find(','), value_sql.size());
    std::string_view mode = value_sql.substr(0, comma);
    value_sql.remove_prefix(std::min(comma + 1, value_sql.size()));
    while (!mode.empty() && (mode.front() == '\'' || mode.front() == ' ')) mode.remove_prefix(1);
    while (!mode.empty() && (mode.back() == '\'' || mode.back() == ' ')) mode.remove_suffix(1);
    if (mode.empty() || sql::equal_ci(mode, "no_backslash_escapes") ||
        sql::equal_ci(mode, "high_not_precedence"))
      continue;
    if (!modes.empty()) modes += ',';
    modes += mode;
  }
  return "'" + modes + "'";
}

// The statement that sets one variable. Transactions are set in words: the variables' names differ
// between servers.
std::string set_statement(const std::string& name, const std::string& value_sql) {
  if (name == "transaction_isolation" || name == "tx_isolation") {
    return "set session transaction isolation level " + value_sql;
  }
  if (name == "transaction_read_only") {
    return fmt::format("set session transaction read {}", value_sql == "1" ? "only" : "write");
  }
  return fmt::format("set {} = {}", name,
                     name == "sql_mode" ? server_sql_mode(value_sql) : value_sql);
}

std::shared_ptr<const std::vector<std::string>> make_settings(const Session& session) {
  auto settings = std::make_shared<std::vector<std::string>>();
  const SessionExtras* extras = session.extras_if_any();
  if (extras != nullptr) {
    for (const auto& [name, value] : extras->system_variables)
      settings->push_back(set_statement(name, value));
  }
  constexpr std::string_view kCollation = "collation_connection";
  if (session.login_collation != 0 &&
      (extras == nullptr || !extras->system_variables.contains(kCollation))) {
    settings->push_back(fmt::format("set {} = '{}'", kCollation,
                                    types::find_collation(session.login_collation)->name));
  }
  return settings->empty() ? nullptr : settings;
}

void apply_to_gate(Session& session, const std::string& name, const types::Value& value) {
  if (name == "sql_mode") session.sql_mode = sql::SqlMode::from_string(value.bytes);
  session.plan_context = 0;
}

// `modes` with `mode` in front of the first of `later`, which is where servers print it.
void insert_mode(std::vector<std::string>& modes, std::string_view mode,
                 std::initializer_list<std::string_view> later) {
  const auto before = std::find_if(modes.begin(), modes.end(), [&](const std::string& one) {
    return std::find(later.begin(), later.end(), one) != later.end();
  });
  modes.insert(before, std::string(mode));
}

// A client that asks for its mode is told of what the servers do not have of it, too.
Status tell_sql_mode(Executor& executor, Session& session) {
  session.extras().told_variables.erase("sql_mode");
  const sql::SqlMode& mode = session.sql_mode;
  if (!mode.no_backslash_escapes && !mode.high_not_precedence) return {};
  const engine::Collected asked = VIF_TRY(executor.execute_collected(session, "select @@sql_mode"));
  std::vector<std::string> modes;
  if (!asked.all_rows.empty()) {
    std::istringstream text(asked.all_rows[0][0].bytes);
    for (std::string one; std::getline(text, one, ',');) modes.push_back(one);
  }
  if (mode.high_not_precedence) {
    insert_mode(modes, "HIGH_NOT_PRECEDENCE",
                {"NO_ENGINE_SUBSTITUTION", "PAD_CHAR_TO_FULL_LENGTH", "EMPTY_STRING_IS_NULL",
                 "SIMULTANEOUS_ASSIGNMENT", "TIME_ROUND_FRACTIONAL", "TIME_TRUNCATE_FRACTIONAL"});
  }
  if (mode.no_backslash_escapes) {
    insert_mode(modes, "NO_BACKSLASH_ESCAPES",
                {"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES", "NO_ZERO_IN_DATE", "NO_ZERO_DATE",
                 "ALLOW_INVALID_DATES", "ERROR_FOR_DIVISION_BY_ZERO", "TRADITIONAL",
                 "NO_AUTO_CREATE_USER", "HIGH_NOT_PRECEDENCE", "NO_ENGINE_SUBSTITUTION",
                 "PAD_CHAR_TO_FULL_LENGTH", "EMPTY_STRING_IS_NULL", "SIMULTANEOUS_ASSIGNMENT",
                 "TIME_ROUND_FRACTIONAL", "TIME_TRUNCATE_FRACTIONAL"});
  }
  session.extras().told_variables["sql_mode"] =
      types::BindVariable(types::Value::varchar(fmt::format("{}", fmt::join(modes, ","))));
  session.plan_context = 0;  // @@sql_mode is planned by what is told
  return {};
}

// One query with the session's new settings, on any shard.
Status try_settings(Executor& executor, Session& session, rt::Deadline deadline) {
  const CatalogPtr catalog = executor.parts().catalog.current();
  for (const auto& [keyspace, served] : *catalog->graph) {
    if (!session.keyspace.empty() && session.keyspace != keyspace &&
        catalog->graph->contains(session.keyspace))
      continue;
    const auto shards = serving_shards(*catalog, keyspace, session.tablet_type);
    if (!shards.ok()) continue;
    Sent sent;
    mysql::NullSink sink;
    mysql::ResultSink* sinks[] = {&sink};
    const engine::ShardQuery query{(*shards)[rt::random_below(shards->size())].name,
                                   "select 1 from dual"};
    engine::ShardBatch batch;
    batch.keyspace = keyspace;
    batch.queries = {&query, 1};
    batch.outside_transaction = true;
    return executor.parts().scatter.execute(session, batch, sinks, deadline, sent);
  }
  return {};
}

// On the connections that the session holds, in a transaction or reserved for it: no other way
// changes their settings.
Status set_on_held(Executor& executor, Session& session, const std::string& sql,
                   rt::Deadline deadline) {
  VIF_TRY(executor.parts().tx.run_on_open_shards(session, sql, deadline));
  std::vector<clients::Target> reserved;
  for (const ShardSession& shard : session.shard_sessions) {
    if (shard.transaction_id == 0 && shard.reserved_id != 0) reserved.push_back(shard.target);
  }
  for (const clients::Target& target : reserved) {
    Sent sent;
    mysql::NullSink sink;
    mysql::ResultSink* sinks[] = {&sink};
    const engine::ShardQuery query{target.shard, sql};
    engine::ShardBatch batch;
    batch.keyspace = target.keyspace;
    batch.queries = {&query, 1};
    VIF_TRY(executor.parts().scatter.execute(session, batch, sinks, deadline, sent));
  }
  return {};
}

}  // namespace

std::string isolation_words(std::string_view value) {
  std::string words;
  for (const char c : value) {
    words += c == '-' ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return words;
}

Status set_server_variable(Executor& executor, Session& session, const std::string& name,
                           const types::Value& value, rt::Deadline deadline) {
  const bool isolation = name == "transaction_isolation" || name == "tx_isolation";
  std::string value_sql;
  if (isolation) {
    value_sql = isolation_words(value.bytes);
    // Words, not a quoted value: only the four that there are may stand in the statement.
    if (value_sql != "READ UNCOMMITTED" && value_sql != "READ COMMITTED" &&
        value_sql != "REPEATABLE READ" && value_sql != "SERIALIZABLE") {
      return Error(
          Code::kInvalidArgument, 1231, "42000",
          fmt::format("Variable '{}' can't be set to the value of '{}'", name, value.bytes));
    }
  } else {
    value.append_sql(value_sql);
  }
  SessionExtras& extras = session.extras();
  const auto old_variables = extras.system_variables;
  const auto old_settings = session.settings;
  const std::string key = isolation ? "transaction_isolation" : name;
  extras.system_variables.insert_or_assign(key, value_sql);
  session.settings = make_settings(session);
  Status tried = try_settings(executor, session, deadline);
  if (tried.ok() && !session.shard_sessions.empty() && !isolation) {
    tried = set_on_held(executor, session, set_statement(key, value_sql), deadline);
  }
  // A server that is away says nothing about the value.
  if (!tried.ok() && tried.error().mysql_errno() != 0) {
    extras.system_variables = old_variables;
    session.settings = old_settings;
    return tried.error();
  }
  apply_to_gate(session, key, value);
  return key == "sql_mode" ? tell_sql_mode(executor, session) : Status();
}

uint32_t default_collation(plan::Flavor flavor) {
  constexpr uint32_t kUtf8mb40900AiCi = 255;
  constexpr uint32_t kUtf8mb4GeneralCi = 45;
  return flavor == plan::Flavor::kMariaDb ? kUtf8mb4GeneralCi : kUtf8mb40900AiCi;
}

void refresh_settings(Session& session) { session.settings = make_settings(session); }

Status forget_server_variable(Executor& executor, Session& session, const std::string& name,
                              rt::Deadline deadline) {
  session.extras().system_variables.erase(name == "tx_isolation" ? "transaction_isolation" : name);
  if (name == "sql_mode") session.extras().told_variables.erase(name);
  if (name == "collation_connection") session.login_collation = 0;
  session.settings = make_settings(session);
  apply_to_gate(session, name, {});
  const bool of_transactions = name == "tx_isolation" || name.starts_with("transaction_");
  if (session.shard_sessions.empty() || of_transactions) return {};
  return set_on_held(executor, session, fmt::format("set {} = default", name), deadline);
}

}  // namespace vif::vtgate
