// Variables: @user, @@system, and those of SET.
#include "sql/parse_core.h"

namespace vif::sql {

// The name behind @@: a word with dots, its last part perhaps quoted (a.`b`), or quoted as a whole.
std::string_view Parser::at_at_name() {
  const char first = sql_[token_.begin + 2];
  if (first == '`' || first == '"') return token_value();
  const std::string_view text = token_.text;
  const size_t quote = text.find('`');
  const std::string_view words = text.substr(0, quote);
  const bool quoted = quote != std::string_view::npos;
  const bool ends = !quoted && words.ends_with('.');
  if (words.starts_with('.') || words.find("..") != std::string_view::npos || ends) fail();
  // @@global.session.x, @@global
  const std::string known = std::string(words) + (quoted ? "x" : "");
  const ScopePrefix* prefix = scope_prefix(known);
  const std::string behind = prefix == nullptr ? known : known.substr(prefix->text.size());
  if (scope_prefix(behind) != nullptr) fail();
  if (!quoted && scope_prefix(behind + ".x") != nullptr) fail();
  if (!quoted) return text;
  const std::string_view inside = text.substr(quote + 1, text.size() - quote - 2);
  if (inside.empty()) fail();
  std::string whole(words);
  unescape(inside, '`', true, whole);
  return arena_.copy(whole);
}

Variable* Parser::at_at_variable() {
  Variable* node = make<Variable>();
  node->scope = Scope::kSessionScope;
  node->name = at_at_name();
  if (const ScopePrefix* prefix = scope_prefix(node->name); prefix != nullptr) {
    node->scope = prefix->scope;
    node->session_written = prefix->scope == Scope::kSessionScope;
    node->name.remove_prefix(prefix->text.size());
  } else if (holds_for_next_transaction(node->name)) {
    node->scope = Scope::kNextTxScope;
  }
  advance();
  return node;
}

Variable* Parser::user_variable() {
  if (!at(Tok::kAtId)) fail();
  Variable* node = make<Variable>();
  node->scope = Scope::kVariableScope;
  node->name = token_value();
  advance();
  return node;
}

Expr* Parser::variable() {
  if (at(Tok::kAtAtId)) {
    // The default key cache is named in SET, and behind a scope.
    if (equal_ci(token_.text.substr(0, 8), "default.")) fail();
    return at_at_variable();
  }
  Variable* node = user_variable();
  if (!accept(Tok::kAssign)) return node;
  AssignmentExpr* assignment = make<AssignmentExpr>();
  assignment->left = node;
  assignment->right = expression();
  return assignment;
}

}  // namespace vif::sql
