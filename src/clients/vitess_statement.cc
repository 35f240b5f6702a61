#include "clients/vitess_statement.h"

#include <algorithm>
#include <array>

#include "clients/convert.h"
#include "sql/lexer.h"

namespace vif::clients {

std::string with_hex_literals(std::string_view sql) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  sql::Lexer lexer(sql, sql::SqlMode{}, sql::ParseOptions{}.mysql_version);
  std::string out;
  std::string bytes;
  size_t done = 0;  // of `sql`
  for (sql::Token token = lexer.next(); token.tok != sql::Tok::kEnd; token = lexer.next()) {
    if (token.tok == sql::Tok::kError) return std::string(sql);
    const bool is_string = token.tok == sql::Tok::kString || token.tok == sql::Tok::kNString;
    if (!is_string || is_utf8(token.text)) continue;
    bytes.clear();
    sql::unescape(token.text, sql[token.end - 1], false, bytes);
    out += sql.substr(done, token.begin - done);
    // A letter before the quote is an introducer's, and `_binaryx'..'` would be a name.
    if (!out.empty() && out.back() != ' ') out += ' ';
    out += "x'";
    for (const char byte : bytes) {
      out += kDigits[static_cast<unsigned char>(byte) >> 4];
      out += kDigits[static_cast<unsigned char>(byte) & 15];
    }
    out += '\'';
    done = token.end;
  }
  return out.append(sql.substr(done));
}

bool may_stream(std::string_view sql) {
  using sql::Tok;
  constexpr std::array kStreamed = {Tok::kw_select,  Tok::kw_show,     Tok::kw_with,
                                    Tok::kw_call,    Tok::kw_describe, Tok::kw_desc,
                                    Tok::kw_explain, Tok::kw_analyze};
  sql::Lexer lexer(sql, sql::SqlMode{}, sql::ParseOptions{}.mysql_version);
  sql::Token first = lexer.next();
  while (first.tok == Tok::kOpen) first = lexer.next();
  if (std::find(kStreamed.begin(), kStreamed.end(), first.tok) == kStreamed.end()) return false;
  return first.tok != Tok::kw_select || lexer.next().tok != Tok::kw_next;
}

}  // namespace vif::clients
