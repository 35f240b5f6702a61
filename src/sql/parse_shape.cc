// Statements that are kept as written, checked against their shape.
#include "sql/parse_core.h"
#include "sql/shape.h"

namespace vif::sql {

namespace {

// The text between, with the begin of the executed comment that its first token is in and the end
// of the one that its last token is in.
std::string_view written(std::string_view sql, size_t from, size_t to) {
  const std::string_view inside = sql.substr(from, to - from);
  const size_t first = sql.substr(0, from).rfind("/*!");
  // mysqldump's /*!50003 CREATE*/ /*!50003 TRIGGER ... */: the first closes before another opens.
  if (inside.find("*/") < inside.find("/*") && first != std::string_view::npos) from = first;
  const std::string_view text = sql.substr(from, to - from);
  const size_t open = text.rfind("/*!");
  if (open == std::string_view::npos || text.find("*/", open) != std::string_view::npos)
    return text;
  const size_t close = sql.find("*/", to);
  return close == std::string_view::npos ? text : sql.substr(from, close + 2 - from);
}

}  // namespace

void Parser::expect_shape(std::string_view shape) {
  furthest_ = token_;
  if (match_name(shape)) return;
  // The place that no choice could get past tells more than the one where the first choice stood.
  token_ = furthest_;
  fail();
}

// The statement that began at `from`; its shape begins at the current token.
Statement* Parser::shaped(uint32_t from, std::string_view verb, std::string_view shape) {
  expect_shape(shape);
  OtherStatement* other = make<OtherStatement>();
  other->verb = verb;
  other->text = written(sql_, from, token_.prev_end);
  return other;
}

void Parser::restart(uint32_t from) {
  lexer_.seek(from);
  advance();
}

// Statements of CREATE, ALTER and DROP whose thing is the current token. Null: no such thing.
Statement* Parser::kept_opt(uint32_t from, std::string_view verb) {
  const std::string what = lowered(sql_.substr(token_.begin, token_.end - token_.begin));
  std::string shape = std::string(verb) + " " + what;
  if (what == "undo") shape += " tablespace";
  if (verb == "alter" && (what == "procedure" || what == "function")) shape = "alter routine";
  if (verb == "alter" && what == "logfile") shape = "create logfile";
  if (find_shape(shape) == nullptr) return nullptr;
  return shaped(from, arena_.copy(std::string(verb) + " " + what), arena_.copy(shape));
}

bool Parser::at_shape_text(std::string_view text) const {
  return equal_ci(sql_.substr(token_.begin, token_.end - token_.begin), text);
}

bool Parser::match_all(const std::vector<Shape>& parts) {
  const Lexer lexer = lexer_;
  const Token token = token_;
  for (const Shape& part : parts) {
    if (match(part)) continue;
    if (token_.begin > furthest_.begin) furthest_ = token_;
    lexer_ = lexer;
    token_ = token;
    return false;
  }
  return true;
}

bool Parser::match(const Shape& shape) {
  check_stack();
  switch (shape.kind) {
    case Shape::Kind::kText:
      if (!at_shape_text(shape.text)) return false;
      advance();
      return true;
    case Shape::Kind::kName: return match_name(shape.text);
    case Shape::Kind::kAll: return match_all(shape.parts);
    case Shape::Kind::kOne:
      for (const Shape& part : shape.parts) {
        if (match(part)) return true;
      }
      return false;
    case Shape::Kind::kMaybe: match(shape.parts[0]); return true;
    case Shape::Kind::kList:
      if (!match(shape.parts[0])) return false;
      while (at(Tok::kComma)) {
        const Lexer lexer = lexer_;
        const Token token = token_;
        advance();
        if (match(shape.parts[0])) continue;
        if (token_.begin > furthest_.begin) furthest_ = token_;
        lexer_ = lexer;
        token_ = token;
        break;
      }
      return true;
    case Shape::Kind::kSome:
      if (!match(shape.parts[0])) return false;
      while (match(shape.parts[0])) {
      }
      return true;
  }
  return false;
}

// `name:` before a block or a loop. The lexer takes a colon for the begin of an argument.
bool Parser::match_label() {
  if (!at_name()) return false;
  size_t colon = token_.end;
  while (colon < sql_.size() &&
         (sql_[colon] == ' ' || sql_[colon] == '\n' || sql_[colon] == '\t' || sql_[colon] == '\r'))
    ++colon;
  if (colon >= sql_.size() || sql_[colon] != ':' || sql_.substr(colon).starts_with(":="))
    return false;
  lexer_.seek(static_cast<uint32_t>(colon + 1));
  advance();
  return true;
}

// 'u'@'h', u@localhost, current_user()
bool Parser::match_user() {
  if (at_shape_text("current_user")) {
    advance();
    if (accept(Tok::kOpen)) expect(Tok::kClose);
    return true;
  }
  const bool nameless = at(Tok::kError) && at_shape_text("``");
  if (!at(Tok::kString) && !at_name() && !nameless) return false;
  advance();
  // A host may be missing behind the @.
  if (at(Tok::kAtId) || (at(Tok::kError) && sql_[token_.begin] == '@')) advance();
  return true;
}

// $$ ... $$, $tag$ ... $tag$: a text in another language.
bool Parser::match_dollar_quoted() {
  const size_t tag_end = sql_.find('$', token_.begin + 1);
  if (tag_end == std::string_view::npos) return false;
  const std::string_view tag = sql_.substr(token_.begin, tag_end + 1 - token_.begin);
  const size_t close = sql_.find(tag, tag_end + 1);
  if (close == std::string_view::npos) return false;
  lexer_.seek(static_cast<uint32_t>(close + tag.size()));
  advance();
  return true;
}

// 4M
bool Parser::match_size() {
  if (!at(Tok::kInt)) return false;
  const uint32_t end = token_.end;
  advance();
  if (at(Tok::kId) && token_.begin == end) advance();
  return true;
}

// : 3306
bool Parser::match_clone_port() {
  if (token_.begin != token_.prev_end) return false;
  if (at(Tok::kOffsetArg)) {
    advance();
    return true;
  }
  if (!at(Tok::kError) || token_.text != ":") return false;
  advance();
  return accept(Tok::kInt);
}

bool Parser::match_statement() {
  if (at_any({Tok::kEnd, Tok::kSemicolon, Tok::kw_end, Tok::kw_else, Tok::kw_elseif, Tok::kw_when,
              Tok::kError})) {
    return false;
  }
  if (at_shape_text("until") || at_shape_text("declare")) return false;
  in_body_ = true;
  command();
  return true;
}

// A literal, a variable, a column of a trigger's row.
Expr* Parser::simple_value() {
  if (at_any({Tok::kOpen, Tok::kPlus, Tok::kMinus, Tok::kTilde, Tok::kBang, Tok::kArg})) fail();
  Expr* value = primary();
  const bool simple_one = is<Literal>(value) || is<IntroducerExpr>(value) || is<Variable>(value) ||
                          is<ColName>(value) || is<NullVal>(value) || is<BoolVal>(value);
  if (!simple_one) fail();
  return value;
}

bool Parser::match_name(std::string_view shape) {
  const auto take_if = [&](bool fits) {
    if (fits) advance();
    return fits;
  };
  if (shape == "id") return take_if(at_name());
  if (shape == "str") return take_if(at(Tok::kString));
  if (shape == "size") return match_size();
  if (shape == "clone_port") return match_clone_port();
  if (shape == "explainable") {
    explainable();
    return true;
  }
  if (shape == "text") {
    if (at(Tok::kId) && sql_[token_.begin] == '$') return match_dollar_quoted();
    return take_if(at_any({Tok::kString, Tok::kHexNum, Tok::kHexVal, Tok::kBitNum, Tok::kBitVal}));
  }
  if (shape == "int") return take_if(at(Tok::kInt) || at(Tok::kHexNum));
  if (shape == "number")
    return take_if(at_any({Tok::kInt, Tok::kDecimal, Tok::kFloat, Tok::kHexNum}));
  if (shape == "var") return take_if(at(Tok::kAtId));
  if (shape == "argument") return take_if(at(Tok::kArg));
  if (shape == "user") return match_user();
  if (shape == "account") return !at_shape_text("current_user") && match_user();
  if (shape == "label") return match_label();
  if (shape == "stmt") return match_statement();
  if (shape == "table") {
    if (!at_name()) return false;
    table_name();
    return true;
  }
  if (shape == "expr") {
    expression();
    return true;
  }
  if (shape == "value") {
    simple_value();
    return true;
  }
  if (shape == "expr_or_default") {
    expression_or_default();
    return true;
  }
  if (shape == "type") {
    column_type();
    return true;
  }
  if (shape == "collation") {
    charset_name();
    return true;
  }
  if (shape == "query") {
    if (!at(Tok::kOpen) && !at_query()) return false;
    select_statement();
    return true;
  }
  if (shape == "rest") {
    if (at(Tok::kEnd) || at(Tok::kSemicolon)) return false;
    while (!at(Tok::kEnd)) {
      if (at(Tok::kError) && token_.text != ":") fail();
      advance();
    }
    return true;
  }
  const Shape* found = find_shape(shape);
  VIF_ASSERT(found != nullptr);
  return match(*found);
}

}  // namespace vif::sql
