#include "sql/parse_core.h"

#include <charconv>

#include "sql/lexer_inline.h"
#include "sql/printer.h"

namespace vif::sql {

namespace {

// Fibers have 256 KiB of stack; the parser leaves the rest to its caller and to the walkers.
constexpr ptrdiff_t kStackMax = 144 * 1024;
// With less than this no tree gets near its greatest height but by a long run.
constexpr ptrdiff_t kStackOfLow = 8 * 1024;

SqlError syntax_error(std::string message) {
  return SqlError{Error(Code::kInvalidArgument, 1064, "42000", std::move(message))};
}

}  // namespace

Parser::Parser(Arena& arena, std::string_view sql, const ParseOptions& options)
    : arena_(arena),
      sql_(sql),
      options_(options),
      lexer_(sql, options.sql_mode, options.mysql_version),
      stack_top_(static_cast<const char*>(__builtin_frame_address(0))) {
  token_ = lexer_.next();
}

void Parser::advance() {
  WordHead head;
  lexer_.read(token_, head);
}

Token Parser::peek() const {
  Lexer ahead = lexer_;
  return ahead.next();
}

bool Parser::at_any(std::initializer_list<Tok> toks) const {
  for (Tok tok : toks) {
    if (at(tok)) return true;
  }
  return false;
}

bool Parser::at_word(std::string_view word) const {
  return token_.tok == Tok::kId && sql_[token_.begin] != '`' && sql_[token_.begin] != '"' &&
         equal_ci(token_.text, word);
}

bool Parser::accept_word(std::string_view word) {
  if (!at_word(word)) return false;
  advance();
  return true;
}

void Parser::fail() const {
  std::string near(token_value());
  std::string message = "syntax error at position " + std::to_string(token_.report_end + 1);
  if (!near.empty()) message += " near '" + near + "'";
  throw syntax_error(std::move(message));
}

void Parser::fail_nesting() const { fail_with("max nesting level reached"); }

void Parser::fail_with(std::string_view what) const {
  throw syntax_error(std::string(what) + " at position " + std::to_string(token_.report_end + 1));
}

void Parser::check_stack() {
  const char* here = static_cast<const char*>(__builtin_frame_address(0));
  if (stack_top_ - here > kStackOfLow) may_be_high_ = true;
  if (stack_top_ - here > kStackMax || here - stack_top_ > kStackMax) fail_nesting();
}

bool Parser::at_name() const {
  return at(Tok::kId) ||
         (is_keyword(token_.tok) && (keyword_class(token_.tok) == KeywordClass::kNonReserved ||
                                     keyword_class(token_.tok) == KeywordClass::kUnused));
}

bool Parser::at_reserved_name() const {
  if (at(Tok::kId)) return true;
  if (!is_keyword(token_.tok)) return false;
  const KeywordClass word = keyword_class(token_.tok);
  return word != KeywordClass::kStrict && word != KeywordClass::kCharset;
}

std::string_view Parser::token_value() const {
  if (at(Tok::kArg)) {
    if (token_.text.empty()) return "";
    return sql_.substr(token_.begin, token_.end - token_.begin);
  }
  if (at(Tok::kListArg)) return sql_.substr(token_.begin, token_.end - token_.begin);
  if (!token_.escaped) return token_.text;
  std::string value;
  uint32_t at = token_.begin;
  while (sql_[at] == '@' || sql_[at] == 'n' || sql_[at] == 'N') ++at;
  const char quote = sql_[at];
  const bool is_name = quote == '`' || (quote == '"' && options_.sql_mode.ansi_quotes);
  unescape(token_.text, quote, is_name || options_.sql_mode.no_backslash_escapes, value);
  return arena_.copy(value);
}

std::string_view Parser::token_name() const {
  if (token_.escaped) return token_value();
  if (at(Tok::kId) && token_.text.size() == 4 && sql_[token_.begin] != '`' &&
      equal_ci(token_.text, "dual")) {
    return "dual";
  }
  return token_.text;
}

std::string_view Parser::name() {
  if (!at_name()) fail();
  const std::string_view text = token_name();
  advance();
  return text;
}

std::string_view Parser::reserved_name() {
  if (!at_reserved_name()) fail();
  const std::string_view text = token_name();
  advance();
  return text;
}

std::string_view Parser::identifier() {
  if (!at(Tok::kId)) fail();
  const std::string_view text = token_name();
  advance();
  return text;
}

TableName Parser::table_name() {
  TableName table;
  table.name = name();
  if (accept(Tok::kDot)) {
    table.qualifier = table.name;
    table.name = reserved_name();
  }
  return table;
}

Columns Parser::name_list() {
  Columns names;
  do {
    push(names, name());
  } while (accept(Tok::kComma));
  return names;
}

Columns Parser::names_in_parens() {
  expect(Tok::kOpen);
  Columns names = name_list();
  expect(Tok::kClose);
  return names;
}

std::string_view Parser::string_value() {
  if (!at(Tok::kString)) fail();
  const std::string_view value = token_value();
  advance();
  return value;
}

std::string_view Parser::as_sql_string(std::string_view value) {
  scratch_.clear();
  append_string_literal(scratch_, value);
  return arena_.copy(scratch_);
}

std::string_view Parser::sql_string() { return as_sql_string(string_value()); }

std::string_view Parser::lower(std::string_view text) { return arena_.copy(lowered(text)); }

int64_t Parser::integer() {
  if (!at(Tok::kInt)) fail();
  int64_t value = 0;
  const auto [end, error] =
      std::from_chars(token_.text.data(), token_.text.data() + token_.text.size(), value);
  if (error != std::errc() || end != token_.text.data() + token_.text.size()) fail();
  advance();
  return value;
}

std::optional<int32_t> Parser::length_opt() {
  if (!accept(Tok::kOpen)) return std::nullopt;
  const int32_t length = small_integer();
  expect(Tok::kClose);
  return length;
}

// MySQL limits each of these to less than this; a wider one must not come out as another number.
int32_t Parser::small_integer() {
  return static_cast<int32_t>(std::min<int64_t>(integer(), INT32_MAX));
}

Literal* Parser::literal(LiteralType type, std::string_view text, int32_t index) {
  Literal* node = make<Literal>();
  node->type = type;
  node->text = text;
  node->index = index;
  return node;
}

Literal* Parser::string_literal() {
  const int32_t index = token_.literal;
  return literal(LiteralType::kStrVal, string_value(), index);
}

Literal* Parser::int_literal() {
  if (!at(Tok::kInt)) fail();
  Literal* node = literal(LiteralType::kIntVal, token_.text, token_.literal);
  advance();
  return node;
}

Comments Parser::comments() {
  Comments notes;
  if (token_.begin == token_.prev_end) return notes;
  for_each_comment(sql_.substr(token_.prev_end, token_.begin - token_.prev_end),
                   [&](std::string_view comment) { push(notes, comment); });
  return notes;
}

std::string_view Parser::skip_to_end() {
  const uint32_t from = token_.begin;
  uint32_t to = from;
  while (!at(Tok::kEnd) && !at(Tok::kSemicolon) && !at(Tok::kError)) {
    to = token_.end;
    advance();
  }
  if (at(Tok::kError)) fail();
  return sql_.substr(from, to - from);
}

}  // namespace vif::sql
