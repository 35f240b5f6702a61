// SHOW of what servers or the gate know of databases, tables and variables.

#include <algorithm>
#include <cstdlib>

#include "mysql/rows.h"
#include "sql/ast.h"
#include "sql/parser.h"
#include "sql/printer.h"
#include "sql/tree.h"
#include "vtgate/engine/packets.h"
#include "vtgate/mysql_error.h"
#include "vtgate/processes.h"
#include "vtgate/statements/statements.h"
#include "vtgate/system_variables.h"

namespace vif::vtgate::statements {

namespace {

types::Value text(std::string_view value) { return types::Value::varchar(std::string(value)); }

std::vector<types::Field> text_fields(std::initializer_list<std::string_view> names) {
  std::vector<types::Field> fields;
  for (const std::string_view name : names) fields.push_back(text_field(std::string(name)));
  return fields;
}

// The servers' databases are called vt_<keyspace>; clients know the keyspace.
class RenamedColumn final : public mysql::ResultSink {
 public:
  RenamedColumn(mysql::ResultSink& to, std::string keyspace)
      : to_(to), keyspace_(std::move(keyspace)) {}
  Status columns(uint32_t count, std::string_view packets) override {
    engine::Fields fields = VIF_TRY(engine::decode_columns(count, packets));
    const std::string_view header = fields[0].name;
    const size_t pattern = header.find(" (");
    fields[0].name = "Tables_in_" + keyspace_ +
                     std::string(pattern == std::string_view::npos ? std::string_view()
                                                                   : header.substr(pattern));
    std::string out;
    engine::encode_columns(fields, out);
    return to_.columns(count, out);
  }
  Status rows(std::string_view packets) override { return to_.rows(packets); }
  Status end(const mysql::ResultEnd& end) override { return to_.end(end); }

 private:
  mysql::ResultSink& to_;
  std::string keyspace_;
};

Status show_databases(Context& context, const sql::ShowBasic& show) {
  std::vector<types::Row> rows;
  for (const auto& [name, keyspace] : *context.executor.parts().catalog.current()->graph)
    rows.push_back({text(name)});
  if (show.command == sql::ShowCommand::kDatabase) {
    for (const auto name : {"information_schema", "mysql", "sys", "performance_schema"})
      rows.push_back({text(name)});
  }
  std::vector<types::Field> fields = text_fields({"Database"});
  rows = VIF_TRY(filter_rows(show.filter, fields, std::move(rows)));
  return answer_rows(context, std::move(fields), std::move(rows));
}

// SHOW WARNINGS, SHOW ERRORS, each with LIMIT; SHOW COUNT(*) of them. `rest` is what follows the
// first word.
Status show_diagnostics(Context& context, bool errors_only, std::string_view rest) {
  uint64_t skip = 0;
  uint64_t left = UINT64_MAX;
  if (!rest.empty()) {
    const std::string limited = fmt::format("select 1 {}", rest);
    const sql::Parsed parsed = VIF_TRY(sql::parse(limited));
    const auto* select = sql::as<sql::Select>(parsed.statement);
    auto number = [](const sql::Expr* expr) {
      const auto* literal = sql::as<sql::Literal>(expr);
      return literal == nullptr ? uint64_t{0}
                                : static_cast<uint64_t>(std::strtoull(
                                      std::string(literal->text).c_str(), nullptr, 10));
    };
    if (select == nullptr || select->limit == nullptr)
      return unsupported("clause of SHOW WARNINGS");
    left = number(select->limit->rowcount);
    if (select->limit->offset != nullptr) skip = number(select->limit->offset);
  }
  std::vector<types::Row> rows;
  for (const Warning& warning : context.session.warnings) {
    if (errors_only && warning.level != "Error") continue;
    if (skip > 0) {
      --skip;
    } else if (left > 0) {
      --left;
      rows.push_back(
          {text(warning.level), types::Value::int64(warning.code), text(warning.message)});
    }
  }
  return answer_rows(context, {text_field("Level"), integer_field("Code"), text_field("Message")},
                     std::move(rows));
}

Status show_diagnostics_count(Context& context, std::string_view rest) {
  const bool errors = sql::lowered(rest).find("errors") != std::string::npos;
  const uint32_t count = errors ? error_count(context.session) : context.session.warning_count;
  return answer_rows(context,
                     {integer_field(errors ? "@@session.error_count" : "@@session.warning_count")},
                     {{types::Value::int64(count)}});
}

Status show_processlist(Context& context, bool full) {
  std::vector<types::Row> rows;
  for (const auto& [id, process] : context.executor.parts().processes.all()) {
    const int64_t seconds = (rt::now() - process.connection->since()).count() / 1'000'000'000;
    std::string_view sql = process.sql;
    if (!full) sql = sql.substr(0, 100);
    const std::string& db = process.session->target_string;
    rows.push_back(
        {types::Value::int64(id), text(process.connection->login().user),
         text(process.connection->peer_address()), db.empty() ? types::Value::null() : text(db),
         text(process.connection->busy() ? process.command : "Sleep"), types::Value::int64(seconds),
         text(process.connection->busy() ? "executing" : ""),
         sql.empty() ? types::Value::null() : text(sql)});
  }
  std::vector<types::Field> fields =
      text_fields({"Id", "User", "Host", "db", "Command", "Time", "State", "Info"});
  fields[0] = integer_field("Id");
  fields[5] = integer_field("Time");
  return answer_rows(context, std::move(fields), std::move(rows));
}

Result<engine::Collected> collect(Context& context, std::string_view keyspace,
                                  std::string_view sql) {
  engine::Collected collected;
  engine::DecodingSink sink(collected);
  VIF_TRY(send(context, keyspace, Where::kAnyShard, sql, engine::Effect::kRead, sink));
  return collected;
}

// What the session or the gate says of a variable instead of the server.
std::optional<std::string> own_variable(const Context& context, std::string_view name) {
  const std::optional<types::BindVariable> value =
      context.executor.session_value(context.session, fmt::format("__vt{}", name));
  if (!value) return std::nullopt;
  const SystemVariable* known = find_system_variable(name);
  if (known != nullptr && known->is_boolean) return value->bytes == "1" ? "ON" : "OFF";
  return value->bytes;
}

Status show_variables(Context& context, const sql::ShowBasic& show) {
  // A WHERE is applied here, after the values were replaced.
  const bool session_scope = show.command == sql::ShowCommand::kVariableSession;
  std::string sql = session_scope ? "show variables" : "show global variables";
  if (show.filter != nullptr && show.filter->has_like) {
    sql += " like ";
    sql::append_string_literal(sql, show.filter->like);
  }
  engine::Collected collected = VIF_TRY(collect(context, VIF_TRY(any_keyspace(context)), sql));
  std::vector<types::Row> rows;
  for (types::Row& row : collected.all_rows) {
    if (std::optional<std::string> own = own_variable(context, row[0].bytes)) row[1] = text(*own);
    rows.push_back(std::move(row));
  }
  // Variables that only the gate has.
  for (const SystemVariable& variable : system_variables()) {
    if (variable.variable_class != VariableClass::kGate) continue;
    if (variable.name == "charset" || variable.name == "names") continue;
    const bool there = std::any_of(rows.begin(), rows.end(),
                                   [&](const auto& r) { return r[0].bytes == variable.name; });
    if (there || (show.filter != nullptr && show.filter->has_like &&
                  !matches_like(show.filter->like, variable.name))) {
      continue;
    }
    if (std::optional<std::string> own = own_variable(context, variable.name)) {
      rows.push_back({text(variable.name), text(*own)});
    }
  }
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return a[0].bytes < b[0].bytes; });
  std::vector<types::Field> fields = text_fields({"Variable_name", "Value"});
  if (show.filter != nullptr && !show.filter->has_like) {
    rows = VIF_TRY(filter_rows(show.filter, fields, std::move(rows)));
  }
  return answer_rows(context, std::move(fields), std::move(rows));
}

// A copy of the statement without keyspace names, as a server wants it.
template <typename Change>
std::string changed_text(const sql::Statement& statement, Change change) {
  sql::Arena arena;
  sql::Statement* copy = sql::clone(arena, &statement);
  change(*copy);
  return sql::print(copy, sql::PrintStyle::kMysql);
}

Status show_in_table(Context& context, const sql::ShowBasic& show) {
  const std::string_view qualifier = show.db_name.empty() ? show.table.qualifier : show.db_name;
  const std::string keyspace = VIF_TRY(keyspace_of_table(context, qualifier, show.table.name));
  if (is_system_schema(qualifier))
    return relay(context, keyspace, Where::kAnyShard, context.text.sql);
  const std::string sql = changed_text(show, [](sql::Statement& copy) {
    auto& basic = sql::to<sql::ShowBasic>(copy);
    basic.db_name = {};
    basic.table.qualifier = {};
  });
  return relay(context, keyspace, Where::kAnyShard, sql);
}

Status show_in_database(Context& context, const sql::ShowBasic& show) {
  const std::string_view named =
      show.db_name.empty() ? std::string_view(context.session.keyspace) : show.db_name;
  if (is_system_schema(named)) {
    const std::string there = changed_text(
        show, [&](sql::Statement& copy) { sql::to<sql::ShowBasic>(copy).db_name = named; });
    return relay(context, VIF_TRY(any_keyspace(context)), Where::kAnyShard, there);
  }
  const std::string keyspace = VIF_TRY(keyspace_or_error(context, show.db_name));
  const std::string sql =
      changed_text(show, [](sql::Statement& copy) { sql::to<sql::ShowBasic>(copy).db_name = {}; });
  if (show.command != sql::ShowCommand::kTable)
    return relay(context, keyspace, Where::kAnyShard, sql);
  RenamedColumn renamed(context.sink, keyspace);
  context.session.row_count = -1;
  return send(context, keyspace, Where::kAnyShard, sql, engine::Effect::kRead, renamed);
}

Status show_basic(Context& context, const sql::ShowBasic& show) {
  using Show = sql::ShowCommand;
  switch (show.command) {
    case Show::kDatabase:
    case Show::kKeyspace: return show_databases(context, show);
    case Show::kWarnings: return show_diagnostics(context, false, {});
    case Show::kProcesslist: return show_processlist(context, show.full);
    case Show::kVariableGlobal:
    case Show::kVariableSession: return show_variables(context, show);
    case Show::kColumn:
    case Show::kIndex: return show_in_table(context, show);
    case Show::kOpenTable:
    case Show::kTableStatus:
    case Show::kTable:
    case Show::kTrigger: return show_in_database(context, show);
    case Show::kGtidExecGlobal:
    case Show::kVGtidExecGlobal:
    case Show::kVitessMigrations:
    case Show::kVitessReplicationStatus:
    case Show::kVitessShards:
    case Show::kVitessTablets:
    case Show::kVitessTarget:
    case Show::kVitessVariables:
    case Show::kVschemaTables:
    case Show::kVschemaKeyspaces:
    case Show::kVschemaVindexes: return run_show_vitess(context);
    default:
      return relay(context, VIF_TRY(any_keyspace(context)), Where::kAnyShard, context.text.sql);
  }
}

Status show_create(Context& context, const sql::ShowCreate& show) {
  if (show.command == sql::ShowCommand::kCreateDb) {
    if (is_system_schema(show.op.name)) {
      return relay(context, VIF_TRY(any_keyspace(context)), Where::kAnyShard, context.text.sql);
    }
    const std::string keyspace = VIF_TRY(keyspace_or_error(context, show.op.name));
    return answer_rows(context, text_fields({"Database", "Create Database"}),
                       {{text(keyspace), text(fmt::format("CREATE DATABASE `{}`", keyspace))}});
  }
  const std::string keyspace = VIF_TRY(keyspace_of_table(context, show.op.qualifier, show.op.name));
  if (is_system_schema(show.op.qualifier))
    return relay(context, keyspace, Where::kAnyShard, context.text.sql);
  const std::string sql = changed_text(
      show, [](sql::Statement& copy) { sql::to<sql::ShowCreate>(copy).op.qualifier = {}; });
  return relay(context, keyspace, Where::kAnyShard, sql);
}

}  // namespace

Status run_show(Context& context) {
  const sql::Statement& statement = *context.parsed.statement;
  if (const auto* basic = sql::as<sql::ShowBasic>(&statement)) return show_basic(context, *basic);
  if (const auto* create = sql::as<sql::ShowCreate>(&statement))
    return show_create(context, *create);
  const auto& other = sql::to<sql::ShowOther>(statement);
  if (sql::equal_ci(other.command, "processlist")) return show_processlist(context, false);
  if (sql::equal_ci(other.command, "full processlist")) return show_processlist(context, true);
  if (sql::equal_ci(other.command, "errors") || sql::equal_ci(other.command, "warnings")) {
    return show_diagnostics(context, sql::equal_ci(other.command, "errors"),
                            other.text.substr(other.command.size()));
  }
  if (sql::equal_ci(other.command, "count")) return show_diagnostics_count(context, other.text);
  return relay(context, VIF_TRY(any_keyspace(context)), Where::kAnyShard, context.text.sql);
}

}  // namespace vif::vtgate::statements
