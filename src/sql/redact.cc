#include "sql/redact.h"

#include <algorithm>

#include "sql/comments.h"
#include "sql/lexer.h"
#include "sql/normalize.h"
#include "sql/printer.h"

namespace vif::sql {

namespace {

bool names_secret(std::string_view word) {
  const std::string low = lowered(word);
  return low.find("password") != std::string::npos || low == "by" || low == "as" ||
         low == "using" || low == "replace";
}

// Statements about accounts keep their strings, so those that may be passwords are hidden as the
// server's own log does it: what follows IDENTIFIED ... BY, AS or USING, or a word with "password"
// in it.
std::string without_secrets(std::string_view text, const SqlMode& mode) {
  std::string out;
  Lexer lexer(text, mode, ParseOptions{}.mysql_version);
  size_t copied = 0;
  bool about_accounts = false, secret = false, sets_password = false;
  Tok first = Tok::kEnd;
  for (Token token = lexer.next(); token.tok != Tok::kEnd && token.tok != Tok::kError;
       token = lexer.next()) {
    if (first == Tok::kEnd) first = token.tok;
    const bool is_word = token.tok == Tok::kId || token.tok == Tok::kAtId ||
                         token.tok == Tok::kAtAtId || is_keyword(token.tok);
    if (is_word) {
      if (equal_ci(token.text, "identified") ||
          lowered(token.text).find("password") != std::string::npos)
        about_accounts = true;
      if (first == Tok::kw_set && equal_ci(token.text, "password")) sets_password = true;
      secret = about_accounts && names_secret(token.text);
    } else if (token.tok == Tok::kEq) {
      secret = secret || sets_password;
    } else if (token.tok == Tok::kString && secret) {
      out.append(text.substr(copied, token.begin - copied)).append("'<secret>'");
      copied = token.end;
    } else if (token.tok != Tok::kOpen) {
      secret = false;
    }
  }
  out.append(text.substr(copied));
  return out;
}

}  // namespace

Result<std::string> redact(std::string_view sql, const ParseOptions& options) {
  const MarginComments margins = split_margin_comments(sql);
  Parsed parsed = VIF_TRY(parse(margins.query, options));
  NormalizeOptions normalizing;
  normalizing.prefix = "redacted";
  normalizing.keyspace = "ks";
  (void)VIF_TRY(normalize(parsed, normalizing, options));
  std::string text(margins.leading);
  text += without_secrets(print(parsed.statement), {});
  text += margins.trailing;
  return text;
}

std::string truncate_query(std::string_view sql, size_t max) {
  constexpr std::string_view kMark = "[TRUNCATED]";
  const MarginComments margins = split_margin_comments(sql);
  std::string text(margins.leading);
  if (max == 0 || margins.query.size() <= max || margins.query.size() < kMark.size()) {
    text += margins.query;
  } else {
    const size_t keep = std::max(max, kMark.size() + 1) - (kMark.size() + 1);
    text.append(margins.query.substr(0, keep)).append(" ").append(kMark);
  }
  text += margins.trailing;
  return text;
}

}  // namespace vif::sql
