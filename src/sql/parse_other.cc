// Which statement it is, and the administrative ones.
#include <charconv>

#include "sql/parse_core.h"
#include "sql/tree.h"

namespace vif::sql {

Statement* Parser::statement() {
  Statement* result;
  if (at(Tok::kEnd) || at(Tok::kSemicolon)) {
    CommentOnly* only = make<CommentOnly>();
    only->comments = comments();
    result = only;
  } else {
    result = command_or_partial();
  }
  if (!at(Tok::kEnd) && !at(Tok::kSemicolon)) fail();
  if (may_be_high_ && higher_than(result, kStatementHeightMax)) fail_nesting();
  statement_length_ = token_.begin;
  consumed_ = at(Tok::kSemicolon) ? token_.end : sql_.size();
  return result;
}

// A DDL statement that breaks off after its name is taken as far as it goes, as in Vitess.
Statement* Parser::command_or_partial() {
  try {
    Statement* whole = command();
    if (!at(Tok::kEnd) && !at(Tok::kSemicolon)) fail();
    return whole;
  } catch (const SqlError&) {
    const bool at_stop = at(Tok::kEnd) || at(Tok::kSemicolon) || at(Tok::kError);
    if (partial_ == nullptr || options_.strict_ddl || (at_stop && token_.begin != partial_begin_))
      throw;
  }
  skip_to_end();
  if (at(Tok::kSemicolon)) {
    const Token then = peek();
    if (then.tok != Tok::kEnd) {
      throw SqlError{
          Error(Code::kInvalidArgument, 1064, "42000",
                "extra characters encountered after end of DDL: '" + std::string(then.text) + "'")};
    }
  }
  return partial_;
}

Expr* Parser::lone_expression() {
  Expr* expr = expression();
  if (!at(Tok::kEnd)) fail();
  if (may_be_high_ && higher_than(expr, kStatementHeightMax)) fail_nesting();
  return expr;
}

Statement* Parser::command() {
  switch (token_.tok) {
    case Tok::kw_select:
    case Tok::kw_values:
    case Tok::kw_table:
    case Tok::kOpen: return select_statement();
    case Tok::kw_with: return with_statement();
    case Tok::kw_insert:
    case Tok::kw_replace: return insert_statement();
    case Tok::kw_update: return update_statement(nullptr);
    case Tok::kw_delete: return delete_statement(nullptr);
    case Tok::kw_set: return set_statement();
    case Tok::kw_begin: return begin_statement();
    case Tok::kw_start: return start_statement();
    case Tok::kw_commit: return commit_statement();
    case Tok::kw_rollback: return rollback_statement();
    case Tok::kw_release: return release_statement();
    case Tok::kw_savepoint: {
      advance();
      Savepoint* savepoint = make<Savepoint>();
      savepoint->name = name();
      return savepoint;
    }
    case Tok::kw_show: return show_statement();
    case Tok::kw_use: return use_statement();
    case Tok::kw_explain:
    case Tok::kw_describe:
    case Tok::kw_desc: return explain_statement();
    case Tok::kw_vexplain: return vexplain_statement();
    case Tok::kw_create: return create_statement();
    case Tok::kw_alter: return alter_statement();
    case Tok::kw_drop: return drop_statement();
    case Tok::kw_rename: return rename_statement();
    case Tok::kw_truncate: return truncate_statement();
    default: return other_command();
  }
}

Statement* Parser::other_command() {
  switch (token_.tok) {
    case Tok::kw_analyze: return analyze_statement();
    case Tok::kw_purge: return purge_statement();
    case Tok::kw_call: return call_statement();
    case Tok::kw_prepare: return prepare_statement();
    case Tok::kw_execute: return execute_statement();
    case Tok::kw_deallocate: {
      advance();
      return deallocate_statement(comments());
    }
    case Tok::kw_revert: return revert_statement();
    case Tok::kw_load: return load_statement();
    case Tok::kw_lock: return lock_tables();
    case Tok::kw_unlock:
      if (equal_ci(peek().text, "instance"))
        return shaped(token_.begin, "unlock instance", "unlock instance");
      advance();
      if (!accept(Tok::kw_tables)) expect(Tok::kw_table);
      return make<UnlockTables>();
    case Tok::kw_flush: return flush_statement();
    case Tok::kw_kill: return kill_statement();
    case Tok::kw_stream: return stream_statement();
    case Tok::kw_vstream: return vstream_statement();
    case Tok::kw_repair:
    case Tok::kw_optimize:
    case Tok::kw_do:
    case Tok::kw_check:
    case Tok::kw_checksum: return other_admin();
    default: break;
  }
  static constexpr std::string_view kKept[] = {
      "handler", "grant", "revoke",  "signal", "resignal",  "change", "import",
      "get",     "xa",    "install", "cache",  "uninstall", "reset",  "binlog",
      "restart", "clone", "stop",    "help",   "shutdown"};
  for (std::string_view verb : kKept) {
    if (at_shape_text(verb))
      return shaped(token_.begin, verb, verb == "resignal" ? "signal" : verb);
  }
  fail();
}

bool Parser::accept_if_exists() {
  if (!at(Tok::kw_if)) return false;
  advance();
  expect(Tok::kw_exists);
  return true;
}

bool Parser::accept_if_not_exists() {
  if (!accept(Tok::kw_if)) return false;
  expect(Tok::kw_not);
  expect(Tok::kw_exists);
  return true;
}

Statement* Parser::other_admin() {
  OtherAdmin* admin = make<OtherAdmin>();
  const uint32_t from = token_.begin;
  // Vitess takes whatever follows these words; what MySQL has is checked.
  const Token then = peek();
  const bool known = at(Tok::kw_do) || then.tok == Tok::kw_table || then.tok == Tok::kw_tables ||
                     then.tok == Tok::kw_view || then.tok == Tok::kw_local ||
                     then.tok == Tok::kw_no_write_to_binlog || then.tok == Tok::kEnd;
  if (known) {
    expect_shape(keyword_text(token_.tok));
  } else {
    advance();
    skip_to_end();
  }
  admin->text = written_since(from);
  return admin;
}

Statement* Parser::analyze_statement() {
  const uint32_t from = token_.begin;
  advance();
  Analyze* analyze = make<Analyze>();
  analyze->is_local = accept(Tok::kw_local) || accept(Tok::kw_no_write_to_binlog);
  if (accept(Tok::kw_table)) {
    analyze->table = table_name();
    if (at(Tok::kEnd) || at(Tok::kSemicolon)) return analyze;
  }
  // Several tables, or histograms.
  restart(from);
  return shaped(from, "analyze", "analyze");
}

Statement* Parser::purge_statement() {
  const uint32_t from = token_.begin;
  expect_shape("purge");
  const uint32_t to = token_.prev_end;
  restart(from);
  advance();
  PurgeBinaryLogs* purge = make<PurgeBinaryLogs>();
  if (accept(Tok::kw_binary)) {
    expect(Tok::kw_logs);
    const bool by_name = accept(Tok::kw_to);
    if (!by_name) expect(Tok::kw_before);
    if (at(Tok::kString)) {
      (by_name ? purge->to : purge->before) = string_value();
      if (token_.prev_end == to) return purge;
    }
  }
  restart(from);
  return shaped(from, "purge", "purge");
}

Statement* Parser::call_statement() {
  advance();
  CallProc* call = make<CallProc>();
  call->name = table_name();
  if (at(Tok::kEnd) || at(Tok::kSemicolon)) return call;
  expect(Tok::kOpen);
  call->params = expressions_until_close();
  return call;
}

Statement* Parser::prepare_statement() {
  advance();
  PrepareStmt* prepare = make<PrepareStmt>();
  prepare->comments = comments();
  prepare->name = name();
  expect(Tok::kw_from);
  if (at(Tok::kAtId)) {
    prepare->statement = user_variable();
  } else {
    prepare->statement = text_literal_or_arg();
  }
  return prepare;
}

Statement* Parser::execute_statement() {
  advance();
  ExecuteStmt* execute = make<ExecuteStmt>();
  execute->comments = comments();
  execute->name = name();
  if (!accept(Tok::kw_using)) return execute;
  do {
    push(execute->arguments, user_variable());
  } while (accept(Tok::kComma));
  return execute;
}

Statement* Parser::deallocate_statement(const Comments& notes) {
  expect(Tok::kw_prepare);
  DeallocateStmt* deallocate = make<DeallocateStmt>();
  deallocate->comments = notes;
  deallocate->name = name();
  return deallocate;
}

Statement* Parser::revert_statement() {
  advance();
  RevertMigration* revert = make<RevertMigration>();
  revert->comments = comments();
  expect(Tok::kw_vitess_migration);
  revert->uuid = string_value();
  return revert;
}

Statement* Parser::load_statement() {
  const uint32_t from = token_.begin;
  advance();
  if (at(Tok::kw_index)) return shaped(from, "load index", "load index");
  expect_shape("load");
  Load* load = make<Load>();
  load->text = written_since(from);
  return load;
}

Statement* Parser::lock_tables() {
  if (equal_ci(peek().text, "instance"))
    return shaped(token_.begin, "lock instance", "lock instance");
  advance();
  if (!accept(Tok::kw_tables)) expect(Tok::kw_table);
  LockTables* lock = make<LockTables>();
  do {
    AliasedTableExpr* table = table_expr(table_name());
    table->as = table_alias_opt();
    push(lock->tables, static_cast<TableExpr*>(table));
    if (accept(Tok::kw_read)) {
      push(lock->locks, accept(Tok::kw_local) ? TableLock::kReadLocal : TableLock::kRead);
    } else {
      const bool low = accept(Tok::kw_low_priority);
      expect(Tok::kw_write);
      push(lock->locks, low ? TableLock::kLowPriorityWrite : TableLock::kWrite);
    }
  } while (accept(Tok::kComma));
  return lock;
}

// "" when no option stands here.
std::string_view Parser::flush_option() {
  static constexpr struct {
    Tok tok;
    bool logs;  // the word LOGS follows
  } kOptions[] = {
      {Tok::kw_binary, true},           {Tok::kw_engine, true},  {Tok::kw_error, true},
      {Tok::kw_general, true},          {Tok::kw_slow, true},    {Tok::kw_relay, true},
      {Tok::kw_hosts, false},           {Tok::kw_logs, false},   {Tok::kw_privileges, false},
      {Tok::kw_optimizer_costs, false}, {Tok::kw_status, false}, {Tok::kw_user_resources, false}};
  for (const auto& [tok, logs] : kOptions) {
    if (!at(tok)) continue;
    std::string_view text = token_.text;
    advance();
    if (logs) {
      if (!at(Tok::kw_logs)) fail();
      text = arena_.copy(std::string(text).append(" ").append(token_.text));
      advance();
    }
    if (tok != Tok::kw_relay || !accept(Tok::kw_for)) return text;
    expect(Tok::kw_channel);
    if (at(Tok::kString)) return arena_.copy("relay logs for channel " + std::string(sql_string()));
    return arena_.copy("relay logs for channel " + std::string(identifier()));
  }
  return {};
}

Statement* Parser::flush_statement() {
  advance();
  Flush* flush = make<Flush>();
  flush->is_local = accept(Tok::kw_local) || accept(Tok::kw_no_write_to_binlog);
  if (!at(Tok::kw_tables) && !at(Tok::kw_table)) {
    do {
      const std::string_view option = flush_option();
      if (option.empty()) fail();
      push(flush->options, option);
    } while (accept(Tok::kComma));
    return flush;
  }
  advance();
  if (at_name()) {
    do {
      push(flush->tables, table_name());
    } while (accept(Tok::kComma));
    if (accept(Tok::kw_for)) {
      expect(Tok::kw_export);
      flush->for_export = true;
      return flush;
    }
  }
  if (accept(Tok::kw_with)) {
    expect(Tok::kw_read);
    expect(Tok::kw_lock);
    flush->with_lock = true;
  }
  return flush;
}

Statement* Parser::kill_statement() {
  const uint32_t from = token_.begin;
  advance();
  Kill* kill = make<Kill>();
  if (accept(Tok::kw_query)) {
    kill->type = KillType::kQuery;
  } else {
    accept(Tok::kw_connection);
  }
  if (at(Tok::kInt)) {
    std::from_chars(token_.text.data(), token_.text.data() + token_.text.size(), kill->process_id);
    advance();
    if (at(Tok::kEnd) || at(Tok::kSemicolon)) return kill;
  }
  restart(from);
  return shaped(from, "kill", "kill");
}

}  // namespace vif::sql
