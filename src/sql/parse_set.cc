// SET, USE, and transactions.
#include "sql/parse_core.h"

namespace vif::sql {

namespace {

bool is_scope(std::string_view word) {
  return equal_ci(word, "global") || equal_ci(word, "session") || equal_ci(word, "local") ||
         equal_ci(word, "persist") || equal_ci(word, "persist_only");
}

}  // namespace

Statement* Parser::set_statement() {
  const uint32_t from = token_.begin;
  advance();
  const Comments notes = comments();
  const Tok then = peek().tok;
  if (at(Tok::kw_password)) return shaped(from, "set", "set password");
  if (at_word("role") && then != Tok::kEq && then != Tok::kAssign)
    return shaped(from, "set", "set role");
  if (at(Tok::kw_default) && then == Tok::kId) return shaped(from, "set", "set default role");
  if (at_word("resource") && then == Tok::kw_group)
    return shaped(from, "set", "set resource group");
  if (at(Tok::kw_transaction)) return set_transaction(notes, Scope::kNextTxScope);
  if (at_any({Tok::kw_session, Tok::kw_local, Tok::kw_global}) &&
      peek().tok == Tok::kw_transaction) {
    const Scope scope = at(Tok::kw_global) ? Scope::kGlobalScope : Scope::kSessionScope;
    advance();
    return set_transaction(notes, scope);
  }
  Set* set = make<Set>();
  set->comments = notes;
  // GLOBAL, SESSION and PERSIST hold for the names behind, up to the next such word.
  Scope scope = Scope::kNoScope;
  do {
    push(set->exprs, set_expression(scope));
  } while (accept(Tok::kComma));
  return set;
}

SetExpr* Parser::set_charset(std::string_view variable) {
  SetExpr* set = make<SetExpr>();
  set->var = make<Variable>();
  set->var->name = variable;
  set->var->scope = Scope::kSessionScope;
  if (accept(Tok::kw_default)) {
    set->expr = make<Default>();
    return set;
  } else {
    const int32_t index = token_.literal;
    const std::string_view value = at(Tok::kString)     ? string_value()
                                   : at(Tok::kw_binary) ? reserved_name()
                                                        : name();
    set->expr = literal(LiteralType::kStrVal, value, index);
  }
  if (accept(Tok::kw_collate)) set->collate = at(Tok::kString) ? sql_string() : charset_name();
  return set;
}

SetExpr* Parser::set_expression(Scope& scope) {
  const std::string_view first_word = token_.text;  // kept as written
  if (accept(Tok::kw_names)) return set_charset(first_word);
  if (at(Tok::kw_charset) || at(Tok::kw_character) || at(Tok::kw_char)) {
    const bool one_word = at(Tok::kw_charset);
    if (accept_charset()) return set_charset(one_word ? first_word : "charset");
  }
  SetExpr* set = make<SetExpr>();
  if (at(Tok::kAtId)) {
    set->var = user_variable();
  } else if (at(Tok::kAtAtId)) {
    set->var = at_at_variable();
  } else {
    set->var = make<Variable>();
    if (at_any({Tok::kw_session, Tok::kw_local, Tok::kw_global}) && peek().tok != Tok::kEq) {
      scope = at(Tok::kw_global) ? Scope::kGlobalScope : Scope::kSessionScope;
      advance();
    } else if ((at_word("persist") || at_word("persist_only")) && peek().tok != Tok::kEq) {
      scope = at_word("persist") ? Scope::kPersistSysScope : Scope::kPersistOnlySysScope;
      advance();
    }
    const bool quoted = token_.end - token_.begin != token_.text.size();
    if (is_scope(token_.text) && !quoted && peek().tok != Tok::kDot) fail();
    set->var->scope = scope;
    set->var->name = name();
    if (accept(Tok::kDot)) {  // new.a in a trigger, hot.key_buffer_size
      if (is_scope(set->var->name)) fail();
      scratch_.assign(set->var->name).append(".").append(reserved_name());
      set->var->name = arena_.copy(scratch_);
    }
  }
  if (!accept(Tok::kAssign)) expect(Tok::kEq);
  if (at(Tok::kw_on) || at(Tok::kw_off)) {
    set->expr = literal(LiteralType::kStrVal, at(Tok::kw_on) ? "on" : "off", -1);
    advance();
  } else if (at_any({Tok::kw_all, Tok::kw_row, Tok::kw_system, Tok::kw_binary}) &&
             (peek().tok == Tok::kEnd || peek().tok == Tok::kSemicolon ||
              peek().tok == Tok::kComma)) {
    // Words that MySQL takes as values: set binlog_format = row.
    ColName* word = make<ColName>();
    word->name = token_.text;
    advance();
    set->expr = word;
  } else {
    const bool of_user = set->var->scope == Scope::kVariableScope;
    set->expr = of_user ? expression() : expression_or_default();
  }
  return set;
}

Statement* Parser::set_transaction(const Comments& notes, Scope scope) {
  expect(Tok::kw_transaction);
  Set* set = make<Set>();
  set->comments = notes;
  const auto add_variable = [&](std::string_view variable, std::string_view value) {
    SetExpr* item = make<SetExpr>();
    item->var = make<Variable>();
    item->var->scope = scope;
    item->var->name = variable;
    item->expr = literal(LiteralType::kStrVal, value, -1);
    push(set->exprs, item);
  };
  bool has_level = false, has_access = false;
  do {
    bool& has = at(Tok::kw_isolation) ? has_level : has_access;
    if (has) fail();
    has = true;
    if (accept(Tok::kw_isolation)) {
      expect(Tok::kw_level);
      if (accept(Tok::kw_repeatable)) {
        expect(Tok::kw_read);
        add_variable("transaction_isolation", "repeatable-read");
      } else if (accept(Tok::kw_serializable)) {
        add_variable("transaction_isolation", "serializable");
      } else {
        expect(Tok::kw_read);
        const bool committed = at(Tok::kw_committed);
        if (!accept(Tok::kw_committed)) expect(Tok::kw_uncommitted);
        add_variable("transaction_isolation", committed ? "read-committed" : "read-uncommitted");
      }
    } else {
      expect(Tok::kw_read);
      const bool only = at(Tok::kw_only);
      if (!accept(Tok::kw_only)) expect(Tok::kw_write);
      add_variable("transaction_read_only", only ? "on" : "off");
    }
  } while (accept(Tok::kComma));
  return set;
}

// COMMIT and ROLLBACK with a completion (AND CHAIN, RELEASE): not the plain statement, so not its
// node.
Statement* Parser::transaction_end(Statement* plain, uint32_t from) {
  if (!at(Tok::kw_and) && !at(Tok::kw_no) && !at(Tok::kw_release)) return plain;
  bool chained = false;
  if (accept(Tok::kw_and)) {
    chained = !accept(Tok::kw_no);
    if (!accept_word("chain")) fail();
  }
  if (at(Tok::kw_no) || (at(Tok::kw_release) && !chained)) {
    accept(Tok::kw_no);
    expect(Tok::kw_release);
  }
  OtherStatement* other = make<OtherStatement>();
  other->verb = is<Commit>(plain) ? "commit" : "rollback";
  other->text = written_since(from);
  return other;
}

Statement* Parser::begin_statement() {
  advance();
  accept(Tok::kw_work);
  return make<Begin>();
}

Statement* Parser::start_statement() {
  const uint32_t from = token_.begin;
  advance();
  if (!at(Tok::kw_transaction)) {
    restart(from);
    return shaped(from, "start", "start");
  }
  expect(Tok::kw_transaction);
  Begin* begin = make<Begin>();
  begin->start_transaction = true;
  if (!at(Tok::kw_with) && !at(Tok::kw_read)) return begin;
  bool read_only = false;
  bool read_write = false;
  do {
    if (accept(Tok::kw_with)) {
      expect(Tok::kw_consistent);
      expect(Tok::kw_snapshot);
      push(begin->modes, TxAccessMode::kWithConsistentSnapshot);
    } else {
      expect(Tok::kw_read);
      push(begin->modes, at(Tok::kw_only) ? TxAccessMode::kReadOnly : TxAccessMode::kReadWrite);
      (at(Tok::kw_only) ? read_only : read_write) = true;
      if (!accept(Tok::kw_only)) expect(Tok::kw_write);
      if (read_only && read_write) fail();
    }
  } while (accept(Tok::kComma));
  return begin;
}

Statement* Parser::commit_statement() {
  const uint32_t from = token_.begin;
  advance();
  accept(Tok::kw_work);
  return transaction_end(make<Commit>(), from);
}

Statement* Parser::rollback_statement() {
  const uint32_t from = token_.begin;
  advance();
  accept(Tok::kw_work);
  if (!accept(Tok::kw_to)) return transaction_end(make<Rollback>(), from);
  accept(Tok::kw_savepoint);
  SRollback* rollback = make<SRollback>();
  rollback->name = name();
  return rollback;
}

Statement* Parser::release_statement() {
  advance();
  expect(Tok::kw_savepoint);
  Release* release = make<Release>();
  release->name = name();
  return release;
}

// use ks, use ks:-80@replica, use @replica
Statement* Parser::use_statement() {
  advance();
  Use* use = make<Use>();
  if (at(Tok::kEnd) || at(Tok::kSemicolon)) return use;
  std::string target;
  if (at(Tok::kAtId) || at(Tok::kAtAtId)) {
    target = at(Tok::kAtId) ? "@" : "@@";
    target += token_value();
    advance();
  } else {
    target = name();
  }
  if (at(Tok::kAtId)) {
    target += '@';
    target += token_value();
    advance();
  }
  use->db_name = arena_.copy(target);
  return use;
}

}  // namespace vif::sql
