#include "sql/parser.h"

#include <algorithm>

#include "sql/parse_core.h"

namespace vif::sql {

SqlMode SqlMode::from_string(std::string_view sql_mode) {
  SqlMode mode;
  const std::string low = lowered(sql_mode);
  size_t from = 0;
  while (from <= low.size()) {
    const size_t to = std::min(low.find(',', from), low.size());
    std::string_view word = std::string_view(low).substr(from, to - from);
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
    if (word == "ansi_quotes") mode.ansi_quotes = true;
    if (word == "no_backslash_escapes") mode.no_backslash_escapes = true;
    if (word == "pipes_as_concat") mode.pipes_as_concat = true;
    if (word == "high_not_precedence") mode.high_not_precedence = true;
    if (word == "ignore_space") mode.ignore_space = true;
    if (word == "ansi") mode.ansi_quotes = mode.pipes_as_concat = mode.ignore_space = true;
    from = to + 1;
  }
  return mode;
}

Statement* parse_statement(Arena& arena, std::string_view sql, const ParseOptions& options) {
  Parser parser(arena, sql, options);
  return parser.statement();
}

Expr* parse_expression(Arena& arena, std::string_view sql, const ParseOptions& options) {
  return Parser(arena, sql, options).lone_expression();
}

Result<Parsed> parse(std::string_view sql, const ParseOptions& options) {
  Parsed parsed;
  parsed.arena = std::make_unique<Arena>();
  const std::string_view text = parsed.arena->copy(sql);
  try {
    Parser parser(*parsed.arena, text, options);
    parsed.statement = parser.statement();
    parsed.consumed = parser.consumed();
    parsed.warnings = parser.take_warnings();
    parsed.text = text.substr(0, parser.statement_length());
  } catch (const SqlError& thrown) {
    return thrown.error;
  }
  if (const auto* only = as<CommentOnly>(parsed.statement);
      only != nullptr && only->comments.empty()) {
    return Error(Code::kInvalidArgument, 1065, "42000", "Query was empty");
  }
  if (parsed.consumed >= text.size()) return parsed;
  // Nothing but blanks, comments and ';' may follow.
  Lexer rest(text.substr(parsed.consumed), options.sql_mode, options.mysql_version);
  for (;;) {
    const Token token = rest.next();
    if (token.tok == Tok::kEnd) return parsed;
    if (token.tok != Tok::kSemicolon) {
      return Error(Code::kInvalidArgument, 1064, "42000", "Expected a single statement");
    }
  }
}

Result<ParsedExpr> parse_expr(std::string_view sql, const ParseOptions& options) {
  ParsedExpr parsed;
  parsed.arena = std::make_unique<Arena>();
  try {
    Parser parser(*parsed.arena, parsed.arena->copy(sql), options);
    parsed.expr = parser.lone_expression();
    parsed.warnings = parser.take_warnings();
    parsed.argument_texts = parser.take_argument_texts();
  } catch (const SqlError& thrown) {
    return thrown.error;
  }
  return parsed;
}

int error_position(const Error& error) {
  static constexpr std::string_view kMark = " at position ";
  const size_t at = error.message().find(kMark);
  if (at == std::string::npos) return -1;
  int position = 0;
  for (size_t i = at + kMark.size(); i < error.message().size(); ++i) {
    const char c = error.message()[i];
    if (c < '0' || c > '9') break;
    position = position * 10 + (c - '0');
  }
  return position;
}

}  // namespace vif::sql
