#include "sql/split.h"

#include "sql/lexer.h"

namespace vif::sql {

Result<FirstStatement> split_first(std::string_view sql, const SqlMode& mode) {
  Lexer lexer(sql, mode, ParseOptions{}.mysql_version);
  for (;;) {
    const Token token = lexer.next();
    switch (token.tok) {
      case Tok::kEnd: return FirstStatement{sql, {}};
      case Tok::kSemicolon: return FirstStatement{sql.substr(0, token.begin), sql.substr(token.end)};
      case Tok::kError:
        return Error(Code::kInvalidArgument, 1064, "42000",
                     "syntax error at position " + std::to_string(token.report_end + 1) + " near '" +
                         std::string(token.text) + "'");
      default: break;
    }
  }
}

Result<std::vector<std::string_view>> split_statements(std::string_view sql, const SqlMode& mode) {
  std::vector<std::string_view> statements;
  Lexer lexer(sql, mode, ParseOptions{}.mysql_version);
  uint32_t begin = 0;
  bool any = false;  // a token since the last ';'
  for (;;) {
    const Token token = lexer.next();
    if (token.tok == Tok::kError) {
      return Error(Code::kInvalidArgument, 1064, "42000",
                   "syntax error at position " + std::to_string(token.report_end + 1) + " near '" +
                       std::string(token.text) + "'");
    }
    if (token.tok != Tok::kEnd && token.tok != Tok::kSemicolon) {
      any = true;
      continue;
    }
    if (any) statements.push_back(sql.substr(begin, token.begin - begin));
    if (token.tok == Tok::kEnd) return statements;
    begin = token.end;
    any = false;
  }
}

}  // namespace vif::sql
