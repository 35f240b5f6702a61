#include "sql/split.h"

#include <algorithm>
#include <optional>

#include "sql/lexer.h"

namespace vif::sql {

namespace {

// Tells the ';' that ends a statement from one inside a routine's body.
class BodyTracker {
 public:
  // Of each token in turn; `then` is the one after it.
  void see(Tok tok, Tok then) {
    if (at_start_) creates_ = tok == Tok::kw_create;
    at_start_ = false;
    switch (tok) {
      case Tok::kw_procedure:
      case Tok::kw_function:
      case Tok::kw_trigger:
      case Tok::kw_event: routine_ = creates_; break;
      case Tok::kw_begin:
      case Tok::kw_case:
        if (routine_ && previous_ != Tok::kw_end) ++depth_;
        break;
      case Tok::kw_end: {
        const bool of_other = then == Tok::kw_if || then == Tok::kw_loop || then == Tok::kw_while ||
                              then == Tok::kw_repeat;
        if (depth_ > 0 && !of_other) --depth_;
        break;
      }
      default: break;
    }
    previous_ = tok;
  }
  bool inside() const { return depth_ > 0; }
  void restart() { *this = BodyTracker(); }

 private:
  bool at_start_ = true;
  bool creates_ = false;
  bool routine_ = false;
  int depth_ = 0;
  Tok previous_ = Tok::kEnd;
};

Tok after(const Lexer& lexer) {
  Lexer ahead = lexer;
  return ahead.next().tok;
}

Error does_not_lex(const Token& token) {
  return Error(Code::kInvalidArgument, 1064, "42000",
               "syntax error at position " + std::to_string(token.report_end + 1) + " near '" +
                   std::string(token.text) + "'");
}

}  // namespace

Result<FirstStatement> split_first(std::string_view sql, const SqlMode& mode) {
  Lexer lexer(sql, mode, ParseOptions{}.mysql_version);
  BodyTracker body;
  for (;;) {
    const Token token = lexer.next();
    if (token.tok == Tok::kError) return does_not_lex(token);
    if (token.tok == Tok::kEnd) return FirstStatement{sql, {}};
    if (token.tok == Tok::kSemicolon && !body.inside()) {
      return FirstStatement{sql.substr(0, token.begin), sql.substr(token.end)};
    }
    body.see(token.tok, token.tok == Tok::kw_end ? after(lexer) : Tok::kEnd);
  }
}

Result<std::vector<std::string_view>> split_statements(std::string_view sql, const SqlMode& mode) {
  std::vector<std::string_view> statements;
  Lexer lexer(sql, mode, ParseOptions{}.mysql_version);
  uint32_t begin = 0;
  bool any = false;  // a token since the last ';'
  BodyTracker body;
  for (;;) {
    const Token token = lexer.next();
    if (token.tok == Tok::kError) return does_not_lex(token);
    if (token.tok != Tok::kEnd && (token.tok != Tok::kSemicolon || body.inside())) {
      any = true;
      body.see(token.tok, token.tok == Tok::kw_end ? after(lexer) : Tok::kEnd);
      continue;
    }
    body.restart();
    if (any) statements.push_back(sql.substr(begin, token.begin - begin));
    if (token.tok == Tok::kEnd) return statements;
    begin = token.end;
    any = false;
  }
}

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Past the comment or quoted text at `at`, or past one character.
size_t skip(std::string_view sql, size_t at, const SqlMode& mode) {
  const auto past = [&](std::string_view mark, size_t from) {
    const size_t found = sql.find(mark, from);
    return found == std::string_view::npos ? sql.size() : found + mark.size();
  };
  const char c = sql[at];
  const std::string_view rest = sql.substr(at);
  if (rest.starts_with("/*")) return past("*/", at + 2);
  if (c == '#' || (rest.starts_with("--") && (rest.size() == 2 || is_blank(rest[2]))))
    return past("\n", at);
  if (c != '\'' && c != '"' && c != '`') return at + 1;
  for (size_t i = at + 1; i < sql.size(); ++i) {
    if (sql[i] == '\\' && c != '`' && !mode.no_backslash_escapes) {
      ++i;
    } else if (sql[i] == c) {
      return i + 1;  // a doubled one opens again at once
    }
  }
  return sql.size();
}

// The delimiter that the line at `at` sets, with the byte after the line; nothing when it sets
// none.
std::optional<std::pair<std::string_view, size_t>> delimiter_line(std::string_view sql, size_t at) {
  constexpr std::string_view kWord = "delimiter";
  while (at < sql.size() && (sql[at] == ' ' || sql[at] == '\t')) ++at;
  const std::string_view rest = sql.substr(at);
  if (rest.size() <= kWord.size() || !equal_ci(rest.substr(0, kWord.size()), kWord) ||
      !is_blank(rest[kWord.size()])) {
    return std::nullopt;
  }
  const size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view delimiter = trimmed(rest.substr(kWord.size(), end - kWord.size()));
  if (delimiter.empty()) return std::nullopt;
  return std::pair{delimiter, std::min(at + end + 1, sql.size())};
}

}  // namespace

Result<std::vector<std::string_view>> split_script(std::string_view sql, const SqlMode& mode) {
  std::vector<std::string_view> statements;
  std::string_view delimiter = ";";
  const auto add = [&](std::string_view part) -> Result<void> {
    if (delimiter != ";") {
      if (part = trimmed(part); !part.empty()) statements.push_back(part);
      return {};
    }
    for (std::string_view piece : VIF_TRY(split_statements(part, mode)))
      statements.push_back(trimmed(piece));
    return {};
  };
  size_t begin = 0;
  bool plain = true;  // no line has set a delimiter
  for (size_t at = 0; at < sql.size();) {
    if (at == 0 || sql[at - 1] == '\n') {
      if (const auto line = delimiter_line(sql, at)) {
        VIF_TRY(add(sql.substr(begin, at - begin)));
        plain = false;
        delimiter = line->first;
        begin = at = line->second;
        continue;
      }
    }
    if (delimiter != ";" && sql.substr(at).starts_with(delimiter)) {
      VIF_TRY(add(sql.substr(begin, at - begin)));
      begin = at += delimiter.size();
      continue;
    }
    at = skip(sql, at, mode);
  }
  if (plain) return split_statements(sql, mode);
  VIF_TRY(add(sql.substr(begin)));
  return statements;
}

}  // namespace vif::sql
