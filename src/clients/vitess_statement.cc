#include "clients/vitess_statement.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "clients/convert.h"

namespace vif::clients {

namespace {

// One quoted thing: where it ends (after the quote), and what it says.
struct Quoted {
  size_t end;
  std::string bytes;
};

char unescaped(char c) {
  switch (c) {
    case '0': return '\0';
    case 'b': return '\b';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'Z': return '\x1a';
    default: return c;
  }
}

Quoted read_quoted(std::string_view sql, size_t at) {
  const char quote = sql[at];
  Quoted quoted{sql.size(), {}};
  for (size_t i = at + 1; i < sql.size(); ++i) {
    if (sql[i] == quote) {
      if (i + 1 == sql.size() || sql[i + 1] != quote) {
        quoted.end = i + 1;
        break;
      }
      quoted.bytes += sql[++i];
    } else if (sql[i] == '\\' && quote != '`' && i + 1 < sql.size()) {
      ++i;
      // LIKE's own escapes stay what they are.
      if (sql[i] == '%' || sql[i] == '_') quoted.bytes += '\\';
      quoted.bytes += unescaped(sql[i]);
    } else {
      quoted.bytes += sql[i];
    }
  }
  return quoted;
}

// The end of the comment that starts at `at`; `at` itself when there is none.
size_t comment_end(std::string_view sql, size_t at) {
  const std::string_view rest = sql.substr(at);
  std::string_view closing = "\n";
  if (rest.starts_with("/*"))
    closing = "*/";
  else if (!rest.starts_with("-- ") && !rest.starts_with('#'))
    return at;
  const size_t end = rest.find(closing, closing.size());
  return end == std::string_view::npos ? sql.size() : at + end + closing.size();
}

std::string_view word(std::string_view sql, size_t& at) {
  for (;;) {
    while (at < sql.size() &&
           (std::isspace(static_cast<unsigned char>(sql[at])) != 0 || sql[at] == '('))
      ++at;
    const size_t end = comment_end(sql, at);
    if (end == at) break;
    at = end;
  }
  const size_t from = at;
  while (at < sql.size() &&
         (std::isalnum(static_cast<unsigned char>(sql[at])) != 0 || sql[at] == '_'))
    ++at;
  return sql.substr(from, at - from);
}

bool is_word(std::string_view got, std::string_view lower) {
  return std::equal(got.begin(), got.end(), lower.begin(), lower.end(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == b;
  });
}

}  // namespace

std::string with_hex_literals(std::string_view sql) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(sql.size() + sql.size() / 4);
  for (size_t at = 0; at < sql.size();) {
    const char c = sql[at];
    size_t end = comment_end(sql, at);
    if (end == at) end = at + 1;
    if (c == '\'' || c == '"' || c == '`') {
      const Quoted quoted = read_quoted(sql, at);
      end = quoted.end;
      if (c != '`' && !is_utf8(sql.substr(at, end - at))) {
        // A letter before the quote is an introducer's, and `_binaryx'..'` would be a name.
        if (!out.empty() && out.back() != ' ') out += ' ';
        out += "x'";
        for (const char byte : quoted.bytes) {
          out += kDigits[static_cast<unsigned char>(byte) >> 4];
          out += kDigits[static_cast<unsigned char>(byte) & 15];
        }
        out += '\'';
        at = end;
        continue;
      }
    }
    out += sql.substr(at, end - at);
    at = end;
  }
  return out;
}

bool may_stream(std::string_view sql) {
  constexpr std::array<std::string_view, 8> kStreamed = {"select",   "show", "with",    "call",
                                                         "describe", "desc", "explain", "analyze"};
  size_t at = 0;
  const std::string_view first = word(sql, at);
  if (std::none_of(kStreamed.begin(), kStreamed.end(),
                   [&](std::string_view one) { return is_word(first, one); }))
    return false;
  return !is_word(first, "select") || !is_word(word(sql, at), "next");
}

}  // namespace vif::clients
