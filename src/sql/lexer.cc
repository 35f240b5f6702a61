#include "sql/lexer.h"

#include <array>

namespace vif::sql {

namespace {

enum : uint8_t { kLetter = 1, kDigit = 2, kBlank = 4, kHexDigit = 8 };

// Letters are those of names. Vitess reads ASCII only; MySQL takes any character above it too.
constexpr auto kClass = [] {
  std::array<uint8_t, 256> table{};
  for (int c = 'a'; c <= 'z'; ++c) table[c] = table[c - 32] = kLetter;
  for (int c = 128; c < 256; ++c) table[c] = kLetter;
  table['_'] = table['$'] = kLetter;
  for (int c = '0'; c <= '9'; ++c) table[c] = kDigit | kHexDigit;
  for (int c = 'a'; c <= 'f'; ++c) table[c] = table[c - 32] = kLetter | kHexDigit;
  for (char c : {' ', '\t', '\n', '\r', '\v', '\f'}) table[static_cast<uint8_t>(c)] = kBlank;
  return table;
}();

bool has(char c, uint8_t bits) { return (kClass[static_cast<uint8_t>(c)] & bits) != 0; }
bool is_name_char(char c) { return has(c, kLetter | kDigit); }

}  // namespace

bool Lexer::skip_block_comment() {
  const size_t close = slice(at_ + 2, end_).find("*/");
  if (close == std::string_view::npos) return false;
  at_ += static_cast<uint32_t>(close) + 4;
  return true;
}

bool Lexer::skip_gap() {
  for (;;) {
    if (at_ >= end_) {
      if (!in_executed_) return true;
      in_executed_ = false;  // the "*/" of the executed comment
      at_ = end_ + 2;
      end_ = size_;
      continue;
    }
    const char c = base_[at_];
    if (has(c, kBlank)) {
      ++at_;
      continue;
    }
    if (c == '/' && peek(1) == '*') {
      const uint32_t mark = peek(2) == 'M' && peek(3) == '!' ? 4 : peek(2) == '!' ? 3 : 0;
      if (mark == 0 || in_executed_) {
        if (!skip_block_comment()) return false;
        continue;
      }
      const size_t close = slice(at_ + mark, end_).find("*/");
      if (close == std::string_view::npos) return false;
      const uint32_t closes = at_ + mark + static_cast<uint32_t>(close);
      uint32_t inside = at_ + mark;
      int version = 0;
      uint32_t digits = 0;
      while (digits < 5 && inside + digits < closes && has(base_[inside + digits], kDigit)) ++digits;
      if (digits == 5) {
        for (uint32_t i = 0; i < digits; ++i) version = version * 10 + (base_[inside + i] - '0');
        inside += digits;
      }
      if (mark == 4 || version > mysql_version_) {
        at_ = closes + 2;
        continue;
      }
      at_ = inside;
      end_ = closes;
      in_executed_ = true;
      continue;
    }
    if (c == '#' || (c == '/' && peek(1) == '/') ||
        (c == '-' && peek(1) == '-' && (at_ + 2 >= end_ || has(peek(2), kBlank)))) {
      while (at_ < end_ && base_[at_] != '\n') ++at_;
      continue;
    }
    return true;
  }
}

void Lexer::count_literal(Token& token) {
  const bool is_string = token.tok == Tok::kString || token.tok == Tok::kNString;
  if (is_string && after_string_) {
    token.literal = literals_ - 1;
  } else {
    token.literal = literals_++;
  }
}

Token Lexer::next() {
  Token token;
  token.prev_end = at_;
  const bool closed = skip_gap();
  token.begin = at_;
  if (!closed) {
    token.tok = Tok::kError;
    token.text = slice(at_, end_);
    at_ = end_;
    token.end = token.report_end = at_;
    return token;
  }
  if (at_ >= end_) {
    token.end = token.report_end = at_;
    return token;
  }
  const char c = base_[at_];
  if (has(c, kLetter)) {
    const char d = peek(1);
    if (d == '\'' && (c == 'x' || c == 'X')) {
      digits_in_quotes(token, Tok::kHexVal, 16);
    } else if (d == '\'' && (c == 'b' || c == 'B')) {
      digits_in_quotes(token, Tok::kBitVal, 2);
    } else if ((c == 'n' || c == 'N') && (d == '\'' || d == '"')) {
      ++at_;
      quoted(token, d, Tok::kNString);
    } else {
      word(token);
    }
  } else if (has(c, kDigit) || (c == '.' && has(peek(1), kDigit))) {
    number(token);
  } else if (c == '\'' || (c == '"' && !mode_.ansi_quotes)) {
    quoted(token, c, Tok::kString);
  } else if (c == '`' || c == '"') {
    quoted_name(token, c);
  } else if (c == '@') {
    at_name(token);
  } else if (c == ':') {
    colon(token);
  } else {
    ++at_;
    punctuation(token, c);
  }
  token.end = at_;
  token.report_end = in_executed_ ? end_ + 2 : at_;
  if (token.tok >= Tok::kString && token.tok <= Tok::kBitVal) count_literal(token);
  after_string_ = token.tok == Tok::kString || token.tok == Tok::kNString;
  return token;
}

void Lexer::word(Token& token) {
  while (at_ < end_ && is_name_char(base_[at_])) ++at_;
  token.text = slice(token.begin, at_);
  token.tok = find_keyword(token.text);
}

void Lexer::digits_in_quotes(Token& token, Tok tok, int base) {
  at_ += 2;
  const uint32_t from = at_;
  while (base == 16 ? has(cur(), kHexDigit) : cur() == '0' || cur() == '1') ++at_;
  token.text = slice(from, at_);
  const bool odd = base == 16 && token.text.size() % 2 != 0;
  if (cur() != '\'') {
    token.tok = Tok::kError;
    return;
  }
  ++at_;
  token.tok = odd ? Tok::kError : tok;
}

void Lexer::number(Token& token) {
  token.tok = Tok::kInt;
  const auto digits = [&](auto&& good) {
    while (at_ < end_ && good(base_[at_])) ++at_;
  };
  const auto decimal = [](char c) { return has(c, kDigit); };
  const char second = static_cast<char>(peek(1) | 0x20);
  if (cur() == '0' && (second == 'x' || second == 'b')) {
    token.tok = second == 'x' ? Tok::kHexNum : Tok::kBitNum;
    at_ += 2;
    digits([&](char c) { return second == 'x' ? has(c, kHexDigit) : c == '0' || c == '1'; });
  } else {
    digits(decimal);
    if (cur() == '.') {
      token.tok = Tok::kDecimal;
      ++at_;
      digits(decimal);
    }
    // "1e" begins a name unless digits follow, but "1.5e" cannot be one.
    const bool exponent = (cur() | 0x20) == 'e';
    const uint32_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
    if (exponent && (has(peek(1 + sign), kDigit) || sign == 1 || token.tok == Tok::kDecimal)) {
      token.tok = Tok::kFloat;
      at_ += 1 + sign;
      digits(decimal);
    }
  }
  if (at_ < end_ && has(base_[at_], kLetter)) {
    if (token.tok == Tok::kFloat || token.tok == Tok::kDecimal) {
      token.tok = Tok::kError;
    } else {
      while (at_ < end_ && is_name_char(base_[at_])) ++at_;
      token.tok = Tok::kId;
    }
  }
  token.text = slice(token.begin, at_);
}

void Lexer::quoted(Token& token, char quote, Tok tok) {
  ++at_;
  const uint32_t from = at_;
  while (at_ < end_) {
    const char c = base_[at_];
    if (c == quote) {
      if (peek(1) != quote) {
        token.text = slice(from, at_);
        token.tok = tok;
        ++at_;
        return;
      }
      token.escaped = true;
      at_ += 2;
    } else if (c == '\\' && !mode_.no_backslash_escapes) {
      token.escaped = true;
      at_ += 2;
    } else {
      ++at_;
    }
  }
  at_ = end_;
  token.text = slice(from, at_);
  token.tok = Tok::kError;
}

void Lexer::quoted_name(Token& token, char quote) {
  ++at_;
  const uint32_t from = at_;
  while (at_ < end_) {
    if (base_[at_] == quote) {
      if (peek(1) != quote) {
        token.text = slice(from, at_);
        token.tok = token.text.empty() ? Tok::kError : Tok::kId;
        ++at_;
        return;
      }
      token.escaped = true;
      ++at_;
    }
    ++at_;
  }
  at_ = end_;
  token.text = slice(from, at_);
  token.tok = Tok::kError;
}

void Lexer::at_name(Token& token) {
  ++at_;
  Tok tok = Tok::kAtId;
  if (cur() == '@') {
    ++at_;
    tok = Tok::kAtAtId;
  }
  if (at_ >= end_) {
    token.tok = Tok::kError;
    return;
  }
  if (cur() == '`') {
    quoted_name(token, '`');
    if (token.tok != Tok::kError) token.tok = tok;
    return;
  }
  const char quote = cur();
  if (quote == '\'' || quote == '"') {
    quoted(token, quote, tok);
    return;
  }
  if (!is_name_char(quote) && quote != '.') {
    // Vitess takes any first character here; the parser then finds no use for such a name.
    token.tok = Tok::kError;
    return;
  }
  const uint32_t from = at_;
  while (at_ < end_ && (is_name_char(base_[at_]) || base_[at_] == '.' || base_[at_] == '`' ||
                        base_[at_] == '\'' || base_[at_] == '"')) {
    ++at_;
  }
  token.text = slice(from, at_);
  token.tok = tok;
}

void Lexer::colon(Token& token) {
  ++at_;
  if (has(cur(), kDigit)) {
    const uint32_t from = at_;
    while (has(cur(), kDigit)) ++at_;
    token.text = slice(from, at_);
    token.tok = Tok::kOffsetArg;
    return;
  }
  if (cur() == '=') {
    ++at_;
    token.tok = Tok::kAssign;
    return;
  }
  token.tok = Tok::kArg;
  if (cur() == ':') {
    ++at_;
    token.tok = Tok::kListArg;
  }
  const uint32_t from = at_;
  if (!has(cur(), kLetter)) {
    token.tok = Tok::kError;
    token.text = slice(token.begin, at_);
    return;
  }
  while (at_ < end_ && (is_name_char(base_[at_]) || base_[at_] == '.')) ++at_;
  token.text = slice(from, at_);
}

void Lexer::punctuation(Token& token, char c) {
  const auto then = [&](char wanted, Tok tok) {
    if (cur() != wanted) return false;
    ++at_;
    token.tok = tok;
    return true;
  };
  switch (c) {
    case ';': token.tok = Tok::kSemicolon; return;
    case ',': token.tok = Tok::kComma; return;
    case '(': token.tok = Tok::kOpen; return;
    case ')': token.tok = Tok::kClose; return;
    case '.': token.tok = Tok::kDot; return;
    case '+': token.tok = Tok::kPlus; return;
    case '*': token.tok = Tok::kStar; return;
    case '/': token.tok = Tok::kSlash; return;
    case '%': token.tok = Tok::kPercent; return;
    case '^': token.tok = Tok::kCaret; return;
    case '~': token.tok = Tok::kTilde; return;
    case '=': token.tok = Tok::kEq; return;
    case '?':
      token.literal = static_cast<int32_t>(++arguments_);
      token.tok = Tok::kArg;
      return;
    case '&':
      if (!then('&', Tok::kAndAnd)) token.tok = Tok::kAmp;
      return;
    case '|':
      if (!then('|', Tok::kOrOr)) token.tok = Tok::kPipe;
      return;
    case '!':
      if (!then('=', Tok::kNe)) token.tok = Tok::kBang;
      return;
    case '-':
      if (!then('>', Tok::kJSONExtract)) {
        token.tok = Tok::kMinus;
      } else {
        then('>', Tok::kJSONUnquoteExtract);
      }
      return;
    case '<':
      if (then('>', Tok::kNe) || then('<', Tok::kShiftLeft)) return;
      if (!then('=', Tok::kLe)) {
        token.tok = Tok::kLt;
      } else {
        then('>', Tok::kNullSafeEq);
      }
      return;
    case '>':
      if (!then('=', Tok::kGe) && !then('>', Tok::kShiftRight)) token.tok = Tok::kGt;
      return;
    default:
      token.tok = Tok::kError;
      token.text = slice(token.begin, at_);
      return;
  }
}

void unescape(std::string_view inside, char quote, bool no_backslash_escapes, std::string& out) {
  for (size_t i = 0; i < inside.size(); ++i) {
    const char c = inside[i];
    if (c == quote && i + 1 < inside.size() && inside[i + 1] == quote) {
      out += quote;
      ++i;
    } else if (c == '\\' && !no_backslash_escapes && i + 1 < inside.size()) {
      const char d = inside[++i];
      switch (d) {
        case '0': out += '\0'; break;
        case 'b': out += '\b'; break;
        case 'n': out += '\n'; break;
        case 'r': out += '\r'; break;
        case 't': out += '\t'; break;
        case 'Z': out += '\x1a'; break;
        case '%':
        case '_':  // kept for LIKE
          out += '\\';
          out += d;
          break;
        default: out += d;
      }
    } else {
      out += c;
    }
  }
}

}  // namespace vif::sql
