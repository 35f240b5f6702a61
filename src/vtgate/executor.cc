#include "vtgate/executor.h"

#include <algorithm>

#include "base/log.h"
#include "clients/insert_id.h"
#include "mysql/error_codes.h"
#include "mysql/packet.h"
#include "mysql/sinks.h"
#include "rt/fiber.h"
#include "sharding/destination.h"
#include "sharding/vschema.h"
#include "sql/ast.h"
#include "sql/classify.h"
#include "sql/normalize.h"
#include "sql/parser.h"
#include "sql/tables.h"
#include "sql/tree.h"
#include "vtgate/engine/bindings.h"
#include "vtgate/engine/packets.h"
#include "vtgate/execution.h"
#include "vtgate/mysql_error.h"
#include "vtgate/passage.h"
#include "vtgate/plan/gathered.h"
#include "vtgate/session_functions.h"
#include "vtgate/statements/statements.h"
#include "vtgate/system_variables.h"

namespace vif::vtgate {

namespace {

uint64_t mix(uint64_t a, uint64_t b) {
  a ^= b + 0x9e3779b97f4a7c15ull + (a << 6) + (a >> 2);
  a *= 0xff51afd7ed558ccdull;
  return a ^ (a >> 33);
}

void clear_warnings(Session& session) {
  session.warnings.clear();
  session.warning_count = 0;
}

// `plan`, made of `text`, with what its later runs look at; but for its counters.
CachedPlanPtr cacheable_plan(const Session& session, const StatementText& text, uint64_t key,
                             CachedPlan plan) {
  auto cached = std::make_shared<CachedPlan>(std::move(plan));
  cached->key = key;
  if (cached->plan->as_written && !cached->rewritten && text.variables.empty())
    cached->titled = TitledBy::kNothing;
  if (cached->titled != TitledBy::kNothing)
    cached->title = title_hash(text.sql, session.sql_mode, cached->titled);
  cached->sql = text.sql;
  cached->passage.route = passage_of(*cached);
  return cached;
}

// What MySQL says of the two that it would rather not have.
void warn_of_found_rows(Session& session, const CachedPlan& plan, bool counted) {
  constexpr int kDeprecated = 1287;
  auto warn = [&](std::string message) {
    session.warnings.push_back({"Warning", kDeprecated, std::move(message)});
    ++session.warning_count;
  };
  if (counted) {
    warn(
        "SQL_CALC_FOUND_ROWS is deprecated and will be removed in a future release. Consider using "
        "two separate queries instead.");
  }
  if (std::find(plan.needs.begin(), plan.needs.end(), "__vtfrows") != plan.needs.end()) {
    warn(
        "FOUND_ROWS() is deprecated and will be removed in a future release. Consider using "
        "COUNT(*) instead.");
  }
}

}  // namespace

uint64_t plan_context_hash(const Session& session) {
  if (session.plan_context != 0) return session.plan_context;
  uint64_t hash = std::hash<std::string_view>()(session.target_string);
  hash = mix(hash, std::hash<std::string_view>()(session.keyspace));
  hash = mix(hash, static_cast<uint64_t>(session.tablet_type));
  hash = mix(hash, session.collation);
  hash = mix(hash, static_cast<uint64_t>(session.sql_select_limit));
  const sql::SqlMode& mode = session.sql_mode;
  hash = mix(hash, mode.ansi_quotes | mode.no_backslash_escapes << 1 | mode.pipes_as_concat << 2 |
                       mode.high_not_precedence << 3 | mode.ignore_space << 4);
  if (const SessionExtras* extras = session.extras_if_any()) {
    // Reading a variable that was set here asks the session, else a server.
    for (const auto& [name, value] : extras->told_variables)
      hash = mix(hash, std::hash<std::string_view>()(name));
  }
  return session.plan_context = hash | 1;
}

uint16_t with_session_status(const Session& session, uint16_t status) {
  constexpr uint16_t kOurs =
      mysql::status::kInTransaction | mysql::status::kAutocommit |
      mysql::status::kMoreResultsExist | mysql::status::kSessionStateChanged |
      mysql::status::kInReadOnlyTransaction | mysql::status::kNoBackslashEscapes;
  status &= static_cast<uint16_t>(~kOurs);
  if (session.in_transaction) status |= mysql::status::kInTransaction;
  if (session.in_transaction && session.begin_options.read_only)
    status |= mysql::status::kInReadOnlyTransaction;
  if (session.autocommit) status |= mysql::status::kAutocommit;
  // By it clients choose how they escape what they put into a statement's text.
  if (session.sql_mode.no_backslash_escapes) status |= mysql::status::kNoBackslashEscapes;
  return status;
}

Executor::Executor(ExecutorOptions options, ExecutorParts parts)
    : options_(std::move(options)),
      parts_(parts),
      cache_(options_.plan_cache_plans),
      api_timings_(parts.metrics.timings("VtgateApi", "VtgateApi timings",
                                         {"Operation", "Keyspace", "DbType"})),
      api_errors_(parts.metrics.counters("VtgateApiErrorCounts",
                                         "Vtgate API error counts per error type",
                                         {"Operation", "Keyspace", "DbType", "Code"})),
      queries_processed_(parts.metrics.counters(
          "QueriesProcessed", "Queries processed at vtgate by plan type", {"Plan"})),
      queries_routed_(parts.metrics.counters(
          "QueriesRouted", "Queries routed from vtgate to vttablet by plan type", {"Plan"})) {}

Executor::~Executor() = default;

rt::Deadline Executor::deadline_of(const Session& session) const {
  if (session.query_timeout_ms > 0)
    return rt::Deadline::in(std::chrono::milliseconds(session.query_timeout_ms));
  if (options_.query_timeout.count() > 0) return rt::Deadline::in(options_.query_timeout);
  return rt::Deadline::never();
}

Status Executor::execute(Session& session, const StatementText& text, mysql::ResultSink& sink) {
  QueryRecord record;
  // The turn's clock: waiting for the turn is part of what it took, and reading costs nothing.
  const rt::Instant began = rt::now();
  const uint64_t generation = parts_.catalog.current()->generation;
  if (generation != cache_generation_) {
    cache_.clear();
    cache_generation_ = generation;
  }
  // With arguments the text is always printed: then its columns may need other names.
  constexpr uint64_t kWithArguments = 0x9e3779b97f4a7c15ull;
  uint64_t key = mix(text.print.hash, plan_context_hash(session)) ^
                 (text.variables.empty() ? 0 : kWithArguments);
  const bool cacheable = text.print.ok && !session.skip_query_plan_cache;
  CachedPlanPtr cached = cacheable ? cache_.find(key) : nullptr;
  if (cached && cached->titled != TitledBy::kNothing) {
    const uint64_t title = title_hash(text.sql, session.sql_mode, cached->titled);
    if (cached->title != title) {
      key = mix(key, title);
      cached = cache_.find(key);
    }
  }
  record.cached_plan = cached != nullptr;
  Status status;
  types::BindVariables variables;
  if (!cached) {
    Result<sql::Parsed> parsed = sql::parse(text.sql, {.sql_mode = session.sql_mode});
    if (!parsed.ok()) {
      clear_warnings(session);
      status = parsed.error();
    } else if (statements::is_session_statement(*parsed->statement, session)) {
      record.statement_type = sql::to_string(sql::statement_type(*parsed->statement));
      statements::Context context{*this, session, *parsed, text, sink, deadline_of(session),
                                  record};
      status = statements::run(context);
      record.total_time = rt::now_exact() - began;
      finish(session, text, nullptr, record, status);
      return status;
    } else {
      Result<Planned> planned = plan_parsed(session, *parsed);
      if (planned.ok()) {
        variables = std::move(planned->literals);
        cached = cacheable_plan(session, text, key, std::move(planned->plan));
        const std::string_view type = plan::plan_type_name(cached->plan->type);
        cached->processed = &queries_processed_.at({type});
        cached->routed = &queries_routed_.at({type});
        if (cacheable && cached->plan->cacheable) cache_.insert(cached);
      } else {
        clear_warnings(session);
        status = planned.error();
      }
    }
    record.plan_time = rt::now_exact() - began;
  }
  if (cached) {
    if (cached->passage.route == nullptr ||
        !pass_through(session, *cached, text, sink, record, status)) {
      if (record.cached_plan)
        variables = sql::bind_literals(cached->arguments, text.sql, text.print, session.sql_mode);
      status = run_cached(session, *cached, text, std::move(variables), sink, record);
    }
    // The turn's clock again, where only shards took time: it was read when the answer came.
    record.total_time = (record.cached_plan ? rt::now() : rt::now_exact()) - began;
    record.execute_time = record.total_time - record.plan_time;
    cached->time_ns += record.execute_time.count();
  } else {
    record.total_time = record.plan_time;
  }
  finish(session, text, cached.get(), record, status);
  return status;
}

namespace {

// `ks[-80]`.t and `ks:-80`.t: the whole statement goes where its tables' qualifier says. Takes that
// out of the qualifiers. Errors: kUnimplemented when tables say different things; kInvalidArgument
// when a bracketed part is no hex.
Result<std::optional<sharding::TargetString>> take_target(sql::Parsed& parsed) {
  std::optional<std::string> written;
  bool differs = false;
  size_t tables = 0;
  sql::for_each_table_name(
      static_cast<sql::Node*>(parsed.statement), [&](sql::TableName& name, const sql::Node& owner) {
        const bool of_column = sql::is<sql::ColName>(&owner) || sql::is<sql::StarExpr>(&owner);
        if (name.empty() || of_column) return;
        ++tables;
        if (name.qualifier.find_first_of("[:") == std::string_view::npos) {
          differs |= written.has_value();
          return;
        }
        differs |= written ? *written != name.qualifier : tables > 1;
        written = name.qualifier;
        name.qualifier = name.qualifier.substr(0, name.qualifier.find_first_of("[:"));
      });
  if (!written) return std::optional<sharding::TargetString>();
  if (differs)
    return Error(Code::kUnimplemented, 1235, "42000",
                 "VT12001: unsupported: tables of several targets in one statement");
  return std::optional<sharding::TargetString>(VIF_TRY(sharding::parse_target_string(*written)));
}

// An UPDATE of columns that no vindex of the table is on.
bool leaves_entries(const sql::Statement& statement, const sharding::Table& table) {
  const auto* update = sql::as<sql::Update>(&statement);
  if (update == nullptr) return false;
  for (const sql::UpdateExpr* set : update->exprs) {
    for (const sharding::ColumnVindex& vindex : table.column_vindexes) {
      for (const std::string& column : vindex.columns) {
        if (sql::equal_ci(column, set->name->name)) return false;
      }
    }
  }
  return true;
}

// What goes to a shard as it is changes no entries of lookup vindexes.
Status refuse_owners(const sql::Statement& statement, const sharding::VSchema& vschema,
                     std::string_view keyspace) {
  if (!sql::is_dml(statement)) return {};
  for (const sql::TableName& name : sql::tables_of(statement)) {
    const Result<sharding::TablePtr> table = vschema.find_table(keyspace, name.name);
    if (!table.ok() || (*table)->owned.empty() || leaves_entries(statement, **table)) continue;
    return Error(
        Code::kUnimplemented, 1235, "42000",
        fmt::format(
            "VT12001: unsupported: DML with a target on table '{}', which owns a lookup vindex",
            name.name));
  }
  return {};
}

}  // namespace

Result<Executor::Planned> Executor::plan_parsed(const Session& session, sql::Parsed& parsed) const {
  std::set<std::string> needs;
  const std::optional<sharding::TargetString> target = VIF_TRY(take_target(parsed));
  const TitledBy titled = give_titles(parsed, options_.flavor);
  const bool changed = put_session_functions(parsed, options_.flavor, needs);
  sql::NormalizeOptions options;
  options.keyspace = session.keyspace;
  if (session.sql_select_limit > 0) options.select_limit = session.sql_select_limit;
  for (const SystemVariable& variable : system_variables()) {
    if (session_value(session, fmt::format("__vt{}", variable.name))) {
      options.system_variables.emplace(variable.name);
    }
  }
  sql::Normalized normalized = VIF_TRY(sql::normalize(parsed, options));
  const CatalogPtr catalog = parts_.catalog.current();
  plan::PlanContext context;
  context.vschema = catalog->vschema.get();
  context.keyspace = session.keyspace;
  context.destination = session.destination.get();
  if (target) {
    VIF_TRY(refuse_owners(*parsed.statement, *catalog->vschema, target->keyspace));
    context.keyspace = target->keyspace;
    if (target->destination) context.destination = &*target->destination;
  }
  context.collation = session.collation;
  context.flavor = options_.flavor;
  context.no_scatter = options_.no_scatter;
  context.read_only_target = session.tablet_type != clients::TabletType::kPrimary;
  Planned planned;
  planned.plan.plan = VIF_TRY(plan::build_gathering(parsed, context));
  planned.plan.arguments = std::move(normalized.arguments);
  planned.plan.titled = titled;
  if (options_.flavor == plan::Flavor::kMySql) planned.plan.warnings = std::move(parsed.warnings);
  planned.plan.sets_last_insert_id = normalized.sets_last_insert_id;
  planned.plan.rewritten = changed || target.has_value() || normalized.needs.has_rewrites() ||
                           session.sql_select_limit > 0;
  for (const std::string& name : planned.plan.plan->needs) needs.insert(name);
  for (const std::string& name : normalized.needs.functions) needs.insert(name);
  for (const std::string& name : normalized.needs.system_variables) needs.insert("__vt" + name);
  planned.plan.needs.assign(needs.begin(), needs.end());
  planned.plan.user_variables.assign(normalized.needs.user_variables.begin(),
                                     normalized.needs.user_variables.end());
  planned.literals = std::move(normalized.bind_variables);
  return planned;
}

Status Executor::run_cached(Session& session, CachedPlan& cached, const StatementText& text,
                            types::BindVariables literals, mysql::ResultSink& sink,
                            QueryRecord& record) {
  Sent sent;
  const Status status = run_plan(session, cached, text, std::move(literals), sink, sent);
  record.shard_queries = sent.shard_queries;
  ++cached.executions;
  cached.shard_queries += sent.shard_queries;
  if (!status.ok()) ++cached.errors;
  if (session.row_count > 0) {
    cached.rows_affected += session.row_count;
    record.rows_affected = static_cast<uint64_t>(session.row_count);
  }
  return status;
}

Status Executor::add_needs(const Session& session, const CachedPlan& plan,
                           types::BindVariables& variables) const {
  for (const std::string& name : plan.needs) {
    std::optional<types::BindVariable> value = session_value(session, name);
    if (!value) return bug("no value for bind variable " + name);
    variables[name] = std::move(*value);
  }
  const SessionExtras* extras = session.extras_if_any();
  for (const auto& [name, argument] : plan.user_variables) {
    const types::BindVariable* value = nullptr;
    if (extras != nullptr) {
      const auto found = extras->user_variables.find(name);
      if (found != extras->user_variables.end()) value = &found->second;
    }
    variables[argument] = value == nullptr ? types::BindVariable() : *value;
  }
  return {};
}

Status Executor::run_plan(Session& session, const CachedPlan& plan, const StatementText& text,
                          types::BindVariables variables, mysql::ResultSink& sink, Sent& sent) {
  if (session.failed_transaction) return previous_transaction_failed();
  if (!session.autocommit && !session.in_transaction) session.in_transaction = true;
  VIF_TRY(add_needs(session, plan, variables));  // @@warning_count is that of the statement before
  clear_warnings(session);
  // The shards may be sent other words, or evaluate nothing; of what they say too it is said once.
  for (const sql::ReadWarning& w : plan.warnings)
    session.warnings.push_back({"Warning", w.code, w.message});
  session.warning_count = static_cast<uint32_t>(plan.warnings.size());
  for (const auto& [name, value] : text.variables) variables[name] = value;
  // Servers read by our rules (settings.cc): a text that the session reads by others cannot go out
  // as it came.
  const bool our_rules =
      !session.sql_mode.no_backslash_escapes && !session.sql_mode.high_not_precedence;
  const bool as_written = our_rules && !plan.rewritten && text.variables.empty();
  mysql::HeldEnd held(sink);
  // What the statement says overrules the session's bound and the flag's.
  const int64_t said_ms = plan.plan->timeout_ms;
  const rt::Deadline deadline = said_ms == 0  ? deadline_of(session)
                                : said_ms > 0 ? rt::Deadline::in(std::chrono::milliseconds(said_ms))
                                              : rt::Deadline::never();
  Execution execution(session, parts_.catalog.current(), parts_.scatter, deadline, sent);
  if (plan.sets_last_insert_id) execution.fetch_last_insert_id();
  execution.set_writes(plan.plan->query_type != plan::QueryType::kSelect);
  execution.set_tx(&parts_.tx);
  const engine::Bindings bindings(variables, as_written ? text.sql : std::string_view());
  Status status = plan.plan->root->execute_raw(execution, bindings, held);
  if (execution.implicit_transaction()) {
    // Ours to end: the client knows of no transaction.
    const rt::Uncancelled finish_it;
    if (status.ok()) {
      status = parts_.tx.commit(session, rt::Deadline::in(std::chrono::seconds(30)));
    } else {
      (void)parts_.tx.rollback(session, rt::Deadline::in(std::chrono::seconds(5)));
      if (sent.writes_done > 0) status = reversed(status.error());
    }
  }
  if (!status.ok()) status = execution.undo(status.error());
  execution.forget_savepoint();
  if (!status.ok()) {
    session.row_count = -1;
    return status;
  }
  mysql::ResultEnd end = std::move(held.held);
  session.row_count = held.has_columns ? -1 : static_cast<int64_t>(end.affected_rows);
  // Of rows that went to a client, its command knows how many.
  if (options_.flavor == plan::Flavor::kMySql)
    warn_of_found_rows(session, plan, execution.found_rows().has_value());
  session.found_rows = execution.found_rows().value_or(0);
  session.found_rows_counted = execution.found_rows().has_value();
  if (end.last_insert_id != 0 && !execution.keeps_last_insert_id()) {
    if (end.last_insert_id == clients::kInsertIdZero) end.last_insert_id = 0;
    session.last_insert_id = end.last_insert_id;
  }
  end.status = with_session_status(session, end.status);
  end.session_state_changes.clear();
  end.warnings = static_cast<uint16_t>(std::min<uint32_t>(session.warning_count, UINT16_MAX));
  return sink.end(end);
}

namespace {

// What the server said, without what tablets and calls put around it; of several shards' messages
// the first.
std::string server_message(std::string_view message) {
  message = message.substr(0, message.find('\n'));
  constexpr std::string_view kDescription = " desc = ";
  for (const std::string_view put :
       {"reverted partial DML execution failure: ",
        "transaction rolled back to reverse changes of partial DML execution: ",
        "lookup.Create: "}) {
    if (message.starts_with(put)) message.remove_prefix(put.size());
  }
  const size_t description = message.find(kDescription);
  if (message.starts_with("target: ") && description != std::string_view::npos) {
    message.remove_prefix(description + kDescription.size());
  } else if (constexpr std::string_view kTablet = ": vttablet: ";
             message.starts_with("target: ") && message.find(kTablet) != std::string_view::npos) {
    message.remove_prefix(message.find(kTablet) + kTablet.size());
  }
  return std::string(message.substr(0, message.find(" (errno ")));
}

}  // namespace

uint32_t error_count(const Session& session) {
  return static_cast<uint32_t>(
      std::count_if(session.warnings.begin(), session.warnings.end(),
                    [](const Warning& warning) { return warning.level == "Error"; }));
}

void note_error(Session& session, const Error& error) {
  const mysql::ClientError client = mysql::client_error(error);
  std::string message = server_message(error.message());
  // EXECUTE fails with what it executed.
  const bool told = !session.warnings.empty() && session.warnings.back().level == "Error" &&
                    session.warnings.back().message == message;
  if (told) return;
  session.warnings.push_back({"Error", client.mysql_errno, std::move(message)});
  ++session.warning_count;
}

void Executor::finish(Session& session, const StatementText& text, const CachedPlan* cached,
                      QueryRecord& record, const Status& status) {
  if (!status.ok()) note_error(session, status.error());
  const std::string_view tablet_type = clients::tablet_type_name(session.tablet_type);
  if (session.api_timing == nullptr || session.api_timing_context != session.plan_context) {
    session.api_timing = &api_timings_.at({"Execute", session.keyspace, tablet_type});
    session.api_timing_context = session.plan_context;
  }
  session.api_timing->add(record.total_time.count());
  if (cached != nullptr) {
    cached->processed->add();
    cached->routed->add(record.shard_queries);
  }
  if (!status.ok()) {
    api_errors_.at({"Execute", session.keyspace, tablet_type, code_name(status.error().code())})
        .add();
  }
  if (!parts_.log.wants(record.total_time, !status.ok())) return;
  record.sql = text.sql;
  record.keyspace = session.keyspace;
  record.tablet_type = tablet_type;
  record.user = session.caller.principal;
  record.connection_id = session.connection_id;
  record.in_transaction = session.in_transaction;
  record.start_us = rt::wall_now_us() - record.total_time.count() / 1000;
  if (cached != nullptr) {
    record.plan_type = plan::plan_type_name(cached->plan->type);
    record.statement_type = plan::query_type_name(cached->plan->query_type);
    record.tables = cached->plan->tables_used;
  }
  if (!status.ok()) record.error = status.error().message();
  parts_.log.add(std::move(record));
}

Result<engine::Collected> Executor::execute_collected(Session& session, std::string_view sql) {
  sql::Fingerprint print;
  sql::fingerprint(sql, session.sql_mode, print);
  const types::BindVariables none;
  engine::Collected collected;
  engine::DecodingSink sink(collected);
  VIF_TRY(execute(session, {sql, print, none}, sink));
  return collected;
}

Result<Executor::Prepared> Executor::prepare(Session& session, std::string_view sql) {
  sql::Parsed parsed = VIF_TRY(sql::parse(sql, {.sql_mode = session.sql_mode}));
  Prepared prepared;
  sql::walk(static_cast<const sql::Node*>(parsed.statement), [&](const sql::Node& node) {
    if (sql::is<sql::Argument>(&node)) ++prepared.parameters;
    return true;
  });
  const sql::StatementType type = sql::statement_type(*parsed.statement);
  if (type != sql::StatementType::kSelect ||
      statements::is_session_statement(*parsed.statement, session))
    return prepared;
  Planned planned = VIF_TRY(plan_parsed(session, parsed));
  types::BindVariables& variables = planned.literals;
  for (int i = 1; i <= prepared.parameters; ++i)
    variables[fmt::format("v{}", i)] = types::BindVariable();
  VIF_TRY(add_needs(session, planned.plan, variables));
  Sent sent;
  // The columns are asked outside of the client's transaction: preparing opens none.
  Execution execution(session, parts_.catalog.current(), parts_.scatter, deadline_of(session),
                      sent);
  execution.stay_outside_transaction();
  const engine::Bindings bindings(variables);
  Result<engine::Fields> fields = planned.plan.plan->root->fields(execution, bindings);
  // Unknown columns are told by the first execution; an error here would refuse what may well run.
  if (fields.ok()) prepared.columns = std::move(*fields);
  return prepared;
}

}  // namespace vif::vtgate
