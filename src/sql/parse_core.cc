#include "sql/parse_core.h"

#include <array>
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

// Where a keyword is a name: as its class has it, which is Vitess's, but for what MySQL has
// otherwise.
enum class Names : uint8_t { kNever, kUnlessCalled, kAlways };

constexpr auto kNames = [] {
  std::array<Names, static_cast<size_t>(Tok::kCount)> table{};
  const auto set = [&](Tok tok, Names names) { table[static_cast<size_t>(tok)] = names; };
  set(Tok::kId, Names::kAlways);
  for (size_t i = static_cast<size_t>(Tok::kLastPunctuation) + 1; i < table.size(); ++i) {
    const KeywordClass word = keyword_class(static_cast<Tok>(i));
    if (word == KeywordClass::kNonReserved || word == KeywordClass::kUnused)
      table[i] = Names::kAlways;
  }
  // Words that MySQL reserves and Vitess does not: a table of such a name is refused by every
  // server.
  for (Tok tok : {Tok::kw_accessible,
                  Tok::kw_asensitive,
                  Tok::kw_before,
                  Tok::kw_bigint,
                  Tok::kw_blob,
                  Tok::kw_cascade,
                  Tok::kw_char,
                  Tok::kw_cursor,
                  Tok::kw_day_hour,
                  Tok::kw_day_microsecond,
                  Tok::kw_day_minute,
                  Tok::kw_day_second,
                  Tok::kw_dec,
                  Tok::kw_decimal,
                  Tok::kw_delayed,
                  Tok::kw_deterministic,
                  Tok::kw_double,
                  Tok::kw_each,
                  Tok::kw_enclosed,
                  Tok::kw_escaped,
                  Tok::kw_fetch,
                  Tok::kw_float,
                  Tok::kw_function,
                  Tok::kw_get,
                  Tok::kw_grant,
                  Tok::kw_grouping,
                  Tok::kw_groups,
                  Tok::kw_hour_microsecond,
                  Tok::kw_hour_minute,
                  Tok::kw_hour_second,
                  Tok::kw_infile,
                  Tok::kw_insensitive,
                  Tok::kw_int,
                  Tok::kw_int1,
                  Tok::kw_int2,
                  Tok::kw_int3,
                  Tok::kw_int4,
                  Tok::kw_int8,
                  Tok::kw_integer,
                  Tok::kw_io_after_gtids,
                  Tok::kw_iterate,
                  Tok::kw_keys,
                  Tok::kw_leave,
                  Tok::kw_lines,
                  Tok::kw_load,
                  Tok::kw_long,
                  Tok::kw_longblob,
                  Tok::kw_longtext,
                  Tok::kw_loop,
                  Tok::kw_mediumblob,
                  Tok::kw_mediumint,
                  Tok::kw_mediumtext,
                  Tok::kw_middleint,
                  Tok::kw_minute_microsecond,
                  Tok::kw_minute_second,
                  Tok::kw_modifies,
                  Tok::kw_numeric,
                  Tok::kw_optimize,
                  Tok::kw_option,
                  Tok::kw_optionally,
                  Tok::kw_precision,
                  Tok::kw_procedure,
                  Tok::kw_purge,
                  Tok::kw_qualify,
                  Tok::kw_read_write,
                  Tok::kw_reads,
                  Tok::kw_real,
                  Tok::kw_references,
                  Tok::kw_repeat,
                  Tok::kw_require,
                  Tok::kw_resignal,
                  Tok::kw_restrict,
                  Tok::kw_return,
                  Tok::kw_revoke,
                  Tok::kw_second_microsecond,
                  Tok::kw_sensitive,
                  Tok::kw_smallint,
                  Tok::kw_specific,
                  Tok::kw_sql,
                  Tok::kw_ssl,
                  Tok::kw_starting,
                  Tok::kw_system,
                  Tok::kw_tablesample,
                  Tok::kw_terminated,
                  Tok::kw_tinyblob,
                  Tok::kw_tinyint,
                  Tok::kw_tinytext,
                  Tok::kw_trigger,
                  Tok::kw_unsigned,
                  Tok::kw_usage,
                  Tok::kw_varbinary,
                  Tok::kw_varchar,
                  Tok::kw_varcharacter,
                  Tok::kw_varying,
                  Tok::kw_while,
                  Tok::kw_year_month,
                  Tok::kw_zerofill}) {
    set(tok, Names::kNever);
  }
  // Words that Vitess reserves and MySQL does not.
  for (Tok tok : {Tok::kw_next, Tok::kw_off, Tok::kw_postpone, Tok::kw_revert, Tok::kw_savepoint,
                  Tok::kw_vstream}) {
    set(tok, Names::kAlways);
  }
  // Functions where a parenthesis follows at once, names elsewhere.
  for (Tok tok : {Tok::kw_bit_and,
                  Tok::kw_bit_or,
                  Tok::kw_bit_xor,
                  Tok::kw_cast,
                  Tok::kw_count,
                  Tok::kw_curdate,
                  Tok::kw_curtime,
                  Tok::kw_date_add,
                  Tok::kw_date_sub,
                  Tok::kw_extract,
                  Tok::kw_group_concat,
                  Tok::kw_json_arrayagg,
                  Tok::kw_json_objectagg,
                  Tok::kw_max,
                  Tok::kw_mid,
                  Tok::kw_min,
                  Tok::kw_now,
                  Tok::kw_position,
                  Tok::kw_std,
                  Tok::kw_stddev,
                  Tok::kw_stddev_pop,
                  Tok::kw_stddev_samp,
                  Tok::kw_substr,
                  Tok::kw_substring,
                  Tok::kw_sum,
                  Tok::kw_sysdate,
                  Tok::kw_trim,
                  Tok::kw_var_pop,
                  Tok::kw_var_samp,
                  Tok::kw_variance}) {
    set(tok, Names::kUnlessCalled);
  }
  return table;
}();

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

void Parser::deprecate(std::string_view what, std::string_view instead) {
  warnings_.push_back({1287, "'" + std::string(what) +
                                 "' is deprecated and will be removed in a future release. Please "
                                 "use " +
                                 std::string(instead) + " instead"});
}

void Parser::deprecate_charset(std::string_view name) {
  constexpr std::string_view kOld[] = {"ucs2", "utf8mb3", "macroman", "macce", "dec8", "hp8"};
  const std::string low = lowered(name.starts_with('\'') ? name.substr(1, name.size() - 2) : name);
  if (low == "utf8") {
    warnings_.push_back({3719,
                         "'utf8' is currently an alias for the character set UTF8MB3, but will be "
                         "an alias for UTF8MB4 in a future release. Please consider using UTF8MB4 "
                         "in order to be unambiguous."});
  }
  for (const std::string_view old : kOld) {
    if (low == old) deprecate(old, "utf8mb4");
  }
}

void Parser::deprecate_national() {
  warnings_.push_back(
      {3720,
       "NATIONAL/NCHAR/NVARCHAR implies the character set UTF8MB3, which will be replaced by "
       "UTF8MB4 in a future release. Please consider using CHAR(x) CHARACTER SET UTF8MB4 in order "
       "to be unambiguous."});
}

void Parser::check_stack() {
  const char* here = static_cast<const char*>(__builtin_frame_address(0));
  if (stack_top_ - here > kStackOfLow) may_be_high_ = true;
  if (stack_top_ - here > kStackMax || here - stack_top_ > kStackMax) fail_nesting();
}

bool Parser::at_name() const {
  const Names names = kNames[static_cast<size_t>(token_.tok)];
  if (names != Names::kUnlessCalled) return names == Names::kAlways;
  if (options_.sql_mode.ignore_space) return peek().tok != Tok::kOpen;
  return token_.end >= sql_.size() || sql_[token_.end] != '(';
}

bool Parser::at_reserved_name() const {
  if (at(Tok::kId)) return true;
  if (!is_keyword(token_.tok)) return false;
  return keyword_class(token_.tok) != KeywordClass::kCharset;
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

// A length: 10.3 is 10.
int32_t Parser::length_value() {
  if (!at(Tok::kDecimal)) return small_integer();
  const Literal* whole = whole_number();
  int64_t value = 0;
  std::from_chars(whole->text.data(), whole->text.data() + whole->text.size(), value);
  return static_cast<int32_t>(std::min<int64_t>(value, INT32_MAX));
}

std::optional<int32_t> Parser::length_opt() {
  if (!accept(Tok::kOpen)) return std::nullopt;
  const int32_t length = length_value();
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

Literal* Parser::whole_number() {
  if (!at(Tok::kDecimal)) return int_literal();
  std::string_view digits = token_.text.substr(0, token_.text.find('.'));
  if (digits.empty()) digits = "0";
  Literal* node = literal(LiteralType::kIntVal, digits, -1);
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

std::string_view Parser::written_since(uint32_t from) const {
  uint32_t to = token_.prev_end;
  // A version comment's words are tokens, its end is none: a text that ends in one has it, too.
  const std::string_view text = sql_.substr(from, to - from);
  const size_t open = text.rfind("/*");
  const size_t close = sql_.substr(0, token_.begin).find("*/", to);
  if (open != std::string_view::npos && close != std::string_view::npos &&
      text.find("*/", open) == std::string_view::npos)
    to = static_cast<uint32_t>(close) + 2;
  return sql_.substr(from, to - from);
}

}  // namespace vif::sql
