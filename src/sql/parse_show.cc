// SHOW, EXPLAIN, VEXPLAIN.
#include "sql/parse_core.h"
#include "sql/shape.h"

namespace vif::sql {

ShowFilter* Parser::filter_opt(bool only_like) {
  if (!at(Tok::kw_like) && (only_like || !at(Tok::kw_where))) return nullptr;
  ShowFilter* filter = make<ShowFilter>();
  if (accept(Tok::kw_like)) {
    filter->has_like = true;
    filter->like = string_value();
  } else {
    advance();
    filter->where = expression();
  }
  return filter;
}

// The command's last word is the current token.
Statement* Parser::show_basic(ShowCommand command) {
  advance();
  ShowBasic* show = make<ShowBasic>();
  show->command = command;
  show->filter = filter_opt(false);
  return show;
}

Statement* Parser::show_in_database(ShowCommand command, bool full) {
  advance();
  ShowBasic* show = make<ShowBasic>();
  show->command = command;
  show->full = full;
  if (accept(Tok::kw_from) || accept(Tok::kw_in)) show->db_name = name();
  show->filter = filter_opt(false);
  return show;
}

Statement* Parser::show_columns(bool full) {
  advance();
  ShowBasic* show = make<ShowBasic>();
  show->command = ShowCommand::kColumn;
  show->full = full;
  if (!accept(Tok::kw_from)) expect(Tok::kw_in);
  show->table = table_name();
  if (accept(Tok::kw_from) || accept(Tok::kw_in)) show->db_name = name();
  show->filter = filter_opt(false);
  return show;
}

Statement* Parser::show_index() {
  advance();
  ShowBasic* show = make<ShowBasic>();
  show->command = ShowCommand::kIndex;
  if (!accept(Tok::kw_from)) expect(Tok::kw_in);
  show->table = table_name();
  if (accept(Tok::kw_from) || accept(Tok::kw_in)) show->db_name = name();
  show->filter = filter_opt(false);
  return show;
}

Statement* Parser::show_create() {
  static constexpr struct {
    Tok tok;
    ShowCommand command;
  } kThings[] = {
      {Tok::kw_database, ShowCommand::kCreateDb},    {Tok::kw_schema, ShowCommand::kCreateDb},
      {Tok::kw_event, ShowCommand::kCreateE},        {Tok::kw_function, ShowCommand::kCreateF},
      {Tok::kw_procedure, ShowCommand::kCreateProc}, {Tok::kw_table, ShowCommand::kCreateTbl},
      {Tok::kw_trigger, ShowCommand::kCreateTr},     {Tok::kw_view, ShowCommand::kCreateV}};
  const uint32_t from = token_.begin;
  advance();
  for (const auto& [tok, command] : kThings) {
    if (!accept(tok)) continue;
    accept_if_not_exists();
    ShowCreate* show = make<ShowCreate>();
    show->command = command;
    show->op = table_name();
    return show;
  }
  if (!at(Tok::kw_user) && !at(Tok::kId)) fail();
  ShowOther* show = make<ShowOther>();
  scratch_.assign(sql_.substr(from, 6)).append(" ").append(token_.text);
  show->command = arena_.copy(scratch_);
  skip_to_end();
  show->text = written_since(from);
  return show;
}

Statement* Parser::show_other() {
  const uint32_t from = token_.begin;
  std::string command(token_value());  // as written
  const bool pair = at(Tok::kw_binary);
  const bool code = at(Tok::kw_function) || at(Tok::kw_procedure);
  advance();
  if (pair || code) {
    if (code) {
      if (!at(Tok::kw_code)) fail();
    } else if (!at(Tok::kId) && !at(Tok::kw_logs)) {
      fail();
    }
    command += ' ';
    command += token_value();
    advance();
  }
  // The statements that MySQL has; others are as their server takes them.
  if (const std::string shape = "show " + lowered(command); find_shape(shape) != nullptr) {
    restart(from);
    expect_shape(arena_.copy(shape));
    ShowOther* known = make<ShowOther>();
    known->command = arena_.copy(command);
    known->text = written_since(from);
    return known;
  }
  ShowOther* show = make<ShowOther>();
  if (code) {
    const TableName routine = table_name();
    command += ' ';
    if (!routine.qualifier.empty()) command.append(routine.qualifier).append(".");
    command += routine.name;
  } else {
    skip_to_end();
  }
  show->command = arena_.copy(command);
  show->text = written_since(from);
  return show;
}

Statement* Parser::show_scoped() {
  const bool global = at(Tok::kw_global);
  advance();
  if (at(Tok::kw_status)) {
    return show_basic(global ? ShowCommand::kStatusGlobal : ShowCommand::kStatusSession);
  }
  if (at(Tok::kw_variables)) {
    return show_basic(global ? ShowCommand::kVariableGlobal : ShowCommand::kVariableSession);
  }
  if (global && at(Tok::kw_gtid_executed))
    return show_in_database(ShowCommand::kGtidExecGlobal, false);
  if (global && at(Tok::kw_vgtid_executed))
    return show_in_database(ShowCommand::kVGtidExecGlobal, false);
  fail();
}

Statement* Parser::show_vschema() {
  advance();
  if (at(Tok::kw_tables)) return show_basic(ShowCommand::kVschemaTables);
  if (at(Tok::kw_keyspaces)) return show_basic(ShowCommand::kVschemaKeyspaces);
  if (!at(Tok::kw_vindexes)) fail();
  advance();
  ShowBasic* show = make<ShowBasic>();
  show->command = ShowCommand::kVschemaVindexes;
  if (accept(Tok::kw_from) || accept(Tok::kw_on)) show->table = table_name();
  return show;
}

Statement* Parser::show_migration() {
  advance();
  ShowMigrationLogs* show = make<ShowMigrationLogs>();
  show->uuid = string_value();
  expect(Tok::kw_logs);
  return show;
}

Statement* Parser::show_statement() {
  advance();
  comments();
  switch (token_.tok) {
    case Tok::kw_char:
    case Tok::kw_character:
      advance();
      if (!at(Tok::kw_set)) fail();
      return show_basic(ShowCommand::kCharset);
    case Tok::kw_charset: return show_basic(ShowCommand::kCharset);
    case Tok::kw_collation: return show_basic(ShowCommand::kCollation);
    case Tok::kw_databases:
    case Tok::kw_schemas: return show_basic(ShowCommand::kDatabase);
    case Tok::kw_keyspaces:
    case Tok::kw_vitess_keyspaces: return show_basic(ShowCommand::kKeyspace);
    case Tok::kw_engines: return show_basic(ShowCommand::kEngines);
    case Tok::kw_plugins: return show_basic(ShowCommand::kPlugins);
    case Tok::kw_privileges: return show_basic(ShowCommand::kPrivilege);
    case Tok::kw_count: return show_other();
    case Tok::kw_warnings:
      if (peek().tok == Tok::kw_limit) return show_other();
      return show_basic(ShowCommand::kWarnings);
    case Tok::kw_vitess_shards: return show_basic(ShowCommand::kVitessShards);
    case Tok::kw_vitess_tablets: return show_basic(ShowCommand::kVitessTablets);
    case Tok::kw_vitess_target: return show_basic(ShowCommand::kVitessTarget);
    case Tok::kw_vitess_replication_status:
      return show_basic(ShowCommand::kVitessReplicationStatus);
    case Tok::kw_status: return show_basic(ShowCommand::kStatusSession);
    case Tok::kw_variables: return show_basic(ShowCommand::kVariableSession);
    case Tok::kw_session:
    case Tok::kw_local:
    case Tok::kw_global: return show_scoped();
    case Tok::kw_tables: return show_in_database(ShowCommand::kTable, false);
    case Tok::kw_triggers: return show_in_database(ShowCommand::kTrigger, false);
    case Tok::kw_vitess_migrations: return show_in_database(ShowCommand::kVitessMigrations, false);
    case Tok::kw_columns:
    case Tok::kw_fields: return show_columns(false);
    case Tok::kw_index:
    case Tok::kw_indexes:
    case Tok::kw_keys: return show_index();
    default: return show_rest();
  }
}

Statement* Parser::show_rest() {
  switch (token_.tok) {
    case Tok::kw_create: return show_create();
    case Tok::kw_vschema: return show_vschema();
    case Tok::kw_vitess_migration: return show_migration();
    case Tok::kw_vitess_throttled_apps: advance(); return make<ShowThrottledApps>();
    case Tok::kw_processlist: return show_other();
    case Tok::kw_binary:
    case Tok::kw_engine:
    case Tok::kw_storage: return show_other();
    case Tok::kw_extended:
      advance();
      if (accept(Tok::kw_full)) {
        if (at(Tok::kw_tables)) return show_in_database(ShowCommand::kTable, true);
        if (!at(Tok::kw_columns) && !at(Tok::kw_fields)) fail();
      }
      if (at(Tok::kw_tables)) return show_in_database(ShowCommand::kTable, false);
      if (at(Tok::kw_columns) || at(Tok::kw_fields)) return show_columns(true);
      if (!at_any({Tok::kw_index, Tok::kw_indexes, Tok::kw_keys})) fail();
      return show_index();
    case Tok::kw_full:
      advance();
      if (at(Tok::kw_columns) || at(Tok::kw_fields)) return show_columns(true);
      if (at(Tok::kw_processlist)) return show_other();
      if (at(Tok::kw_triggers)) return show_in_database(ShowCommand::kTrigger, true);
      if (!at(Tok::kw_tables)) fail();
      return show_in_database(ShowCommand::kTable, true);
    case Tok::kw_open:
      advance();
      if (!at(Tok::kw_tables)) fail();
      return show_in_database(ShowCommand::kOpenTable, false);
    case Tok::kw_table:
      advance();
      if (!at(Tok::kw_status)) fail();
      return show_in_database(ShowCommand::kTableStatus, false);
    case Tok::kw_function:
    case Tok::kw_procedure: {
      const bool is_function = at(Tok::kw_function);
      if (peek().tok != Tok::kw_status) return show_other();
      advance();
      return show_basic(is_function ? ShowCommand::kFunction : ShowCommand::kProcedure);
    }
    case Tok::kw_vitess_metadata:
      advance();
      if (!at(Tok::kw_variables)) fail();
      return show_basic(ShowCommand::kVitessVariables);
    case Tok::kw_vitess_throttler:
      advance();
      expect(Tok::kw_status);
      return make<ShowThrottlerStatus>();
    case Tok::kw_transaction: {
      advance();
      expect(Tok::kw_status);
      accept(Tok::kw_for);
      ShowTransactionStatus* show = make<ShowTransactionStatus>();
      show->transaction_id = string_value();
      return show;
    }
    case Tok::kw_unresolved: {
      advance();
      expect(Tok::kw_transactions);
      ShowTransactionStatus* show = make<ShowTransactionStatus>();
      if (accept(Tok::kw_for)) show->keyspace = name();
      return show;
    }
    case Tok::kId: return show_other();
    default: fail();
  }
}

Statement* Parser::explainable() {
  switch (token_.tok) {
    case Tok::kw_insert:
    case Tok::kw_replace: return insert_statement();
    case Tok::kw_update: return update_statement(nullptr);
    case Tok::kw_delete: return delete_statement(nullptr);
    case Tok::kw_with: return with_statement();
    default: break;
  }
  if (!at(Tok::kOpen) && !at_query()) fail();
  return select_statement();
}

Statement* Parser::explain_statement() {
  const uint32_t from = token_.begin;
  advance();
  const Comments notes = comments();
  ExplainType type = ExplainType::kEmpty;
  const Tok then = peek().tok;
  const auto kept = [&] {
    restart(from);
    return shaped(from, "explain", "explain");
  };
  if (at(Tok::kw_format) && then == Tok::kEq) {
    advance();
    advance();
    if (accept(Tok::kw_json)) {
      type = ExplainType::kJSON;
    } else if (accept(Tok::kw_tree)) {
      type = ExplainType::kTree;
    } else if (accept(Tok::kw_traditional)) {
      type = ExplainType::kTraditional;
    } else if (at(Tok::kString) || at(Tok::kId)) {
      return kept();
    } else {
      fail();
    }
    if (at(Tok::kw_for) || at(Tok::kw_into)) return kept();
  } else if (at(Tok::kw_for) || at(Tok::kw_into)) {
    return kept();
  } else if (accept(Tok::kw_analyze)) {
    type = ExplainType::kAnalyze;
    if (at(Tok::kw_format)) return kept();
  } else if (at_name()) {
    ExplainTab* table = make<ExplainTab>();
    table->table = table_name();
    if (at(Tok::kString)) {
      table->wild = sql_string();
    } else if (at_name()) {
      table->wild = name();
    }
    return table;
  }
  ExplainStmt* explain = make<ExplainStmt>();
  explain->comments = notes;
  explain->type = type;
  explain->statement = explainable();
  return explain;
}

Statement* Parser::vexplain_statement() {
  advance();
  VExplainStmt* explain = make<VExplainStmt>();
  explain->comments = comments();
  if (accept(Tok::kw_plan)) {
    explain->type = VExplainType::kPlan;
  } else if (accept(Tok::kw_all)) {
    explain->type = VExplainType::kAll;
  } else if (accept(Tok::kw_queries)) {
    explain->type = VExplainType::kQueries;
  } else if (accept(Tok::kw_trace)) {
    explain->type = VExplainType::kTrace;
  } else if (accept(Tok::kw_keys)) {
    explain->type = VExplainType::kKeys;
  }
  explain->statement = explainable();
  return explain;
}

}  // namespace vif::sql
