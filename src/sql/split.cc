#include "sql/split.h"

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
        const bool of_other = then == Tok::kw_if || then == Tok::kw_loop || then == Tok::kw_while || then == Tok::kw_repeat;
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

}  // namespace vif::sql
