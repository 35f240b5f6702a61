#include "sql/lexer.h"

#include <algorithm>

#include "sql/lexer_inline.h"

namespace vif::sql {

using lexing::has;
using lexing::is_name_char;
using lexing::kBlank;
using lexing::kDigit;
using lexing::kHexDigit;
using lexing::kLetter;

namespace {

#if defined(__SSE2__)
struct Masks {
  uint32_t names;
  uint32_t digits;
};

// Of 16 bytes.
Masks masks_of(const char* at) {
  const auto all = [](int c) { return _mm_set1_epi8(static_cast<char>(c)); };
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  // `bytes` from `low` on, at most `span` further: SSE2 compares without a sign by the smaller of
  // two.
  const auto within = [&](__m128i of, int low, int span) {
    const __m128i above = _mm_sub_epi8(of, all(low));
    return _mm_cmpeq_epi8(_mm_min_epu8(above, all(span)), above);
  };
  const __m128i digits = within(bytes, '0', 9);
  const __m128i letters = within(_mm_or_si128(bytes, all(0x20)), 'a', 25);
  const __m128i marks =
      _mm_or_si128(_mm_cmpeq_epi8(bytes, all('_')), _mm_cmpeq_epi8(bytes, all('$')));
  // A byte above ASCII has the bit that movemask takes.
  const __m128i names = _mm_or_si128(_mm_or_si128(digits, letters), _mm_or_si128(marks, bytes));
  return {static_cast<uint32_t>(_mm_movemask_epi8(names)),
          static_cast<uint32_t>(_mm_movemask_epi8(digits))};
}
#endif

struct Block {
  uint64_t names = 0;
  uint64_t digits = 0;
};

// Of 64 bytes.
Block block_of(const char* at) {
  Block block;
#if defined(__SSE2__)
  for (int i = 0; i < 4; ++i) {
    const Masks masks = masks_of(at + i * 16);
    block.names |= static_cast<uint64_t>(masks.names) << (i * 16);
    block.digits |= static_cast<uint64_t>(masks.digits) << (i * 16);
  }
#else
  for (int i = 0; i < 64; ++i) {
    block.names |= static_cast<uint64_t>(is_name_char(at[i])) << i;
    block.digits |= static_cast<uint64_t>(has(at[i], kDigit)) << i;
  }
#endif
  return block;
}

}  // namespace

void Lexer::classify_block(uint32_t at) {
  const uint32_t left = size_ - at;
  Block block;
  if (left >= 64) {
    block = block_of(base_ + at);
  } else if (size_ >= 64) {
    block = block_of(base_ + size_ - 64);
    block.names = left == 0 ? 0 : block.names >> (64 - left);
    block.digits = left == 0 ? 0 : block.digits >> (64 - left);
  } else {
    char bytes[64] = {};
    std::memcpy(bytes, base_ + at, left);
    block = block_of(bytes);
  }
  block_ = at;
  names_ = block.names & ~(uint64_t{1} << 63);
  digits_ = block.digits & ~(uint64_t{1} << 63);
}

bool Lexer::skip_block_comment() {
  const size_t close = slice(at_ + 2, end_).find("*/");
  if (close == std::string_view::npos) return false;
  at_ += static_cast<uint32_t>(close) + 4;
  return true;
}

bool Lexer::skip_gap() {
  for (;;) {
    if (at_ >= end_) return !in_executed_;
    const char c = base_[at_];
    if (has(c, kBlank)) {
      ++at_;
      continue;
    }
    if (in_executed_ && c == '*' && peek(1) == '/') {
      in_executed_ = false;
      at_ += 2;
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
      uint32_t closes = at_ + mark + static_cast<uint32_t>(close);
      uint32_t inside = at_ + mark;
      int version = 0;
      uint32_t digits = 0;
      // Six digits where they are a version from 8.0.0 to 15.99.99; else five, and what follows is
      // SQL, as in Vitess.
      while (digits < 6 && inside + digits < closes && has(base_[inside + digits], kDigit))
        ++digits;
      const int major = digits == 6 ? (base_[inside] - '0') * 10 + (base_[inside + 1] - '0') : 0;
      if (digits == 6 && (major < 8 || major > 15)) digits = 5;
      if (digits >= 5) {
        for (uint32_t i = 0; i < digits; ++i) version = version * 10 + (base_[inside + i] - '0');
        inside += digits;
      }
      if (mark == 4 || version > mysql_version_) {
        // A comment inside one that is left out is closed by itself.
        if (slice(inside, closes).find("/*") != std::string_view::npos) {
          const size_t outer = slice(closes + 2, end_).find("*/");
          if (outer == std::string_view::npos) return false;
          closes += 2 + static_cast<uint32_t>(outer);
        }
        at_ = closes + 2;
        continue;
      }
      at_ = inside;
      executed_end_ = closes + 2;
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
  WordHead head;
  read(token, head);
  return token;
}

void Lexer::read_other(Token& token, WordHead& head) {
  at_ = token.prev_end;
  token.tok = Tok::kEnd;
  token.text = {};
  const bool closed = skip_gap();
  token.begin = at_;
  if (!closed) {
    token.tok = Tok::kError;
    token.text = slice(at_, end_);
    at_ = end_;
    token.end = token.report_end = at_;
    return;
  }
  if (at_ >= end_) {
    token.end = token.report_end = at_;
    return;
  }
  dispatch(token, base_[at_]);
  token.end = at_;
  token.report_end = in_executed_ ? executed_end_ : at_;
  if (token.tok >= Tok::kString && token.tok <= Tok::kBitVal) count_literal(token);
  after_string_ = token.tok == Tok::kString || token.tok == Tok::kNString;
  if (token.tok == Tok::kId || is_keyword(token.tok)) {
    head = head_of(static_cast<uint32_t>(token.text.data() - base_),
                   static_cast<uint32_t>(token.text.size()));
  }
}

void Lexer::dispatch(Token& token, char c) {
  if (has(c, kLetter)) {
    const char d = peek(1);
    if (d == '\'' && (c == 'x' || c == 'X')) {
      digits_in_quotes(token, Tok::kHexVal, 16);
    } else if (d == '\'' && (c == 'b' || c == 'B')) {
      digits_in_quotes(token, Tok::kBitVal, 2);
    } else if (d == '\'' && (c == 'n' || c == 'N')) {
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
}

void Lexer::word(Token& token) {
  at_ = name_end(at_);
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
  if (has(cur(), kDigit) && at_ > 1 && base_[at_ - 1] == '.' && after_name(at_ - 1)) {
    word(token);  // t.1a
    token.tok = Tok::kId;
    return;
  }
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
    if (at_ == token.begin + 2 && !has(cur(), kDigit)) {
      while (at_ < end_ && is_name_char(base_[at_])) ++at_;
      token.tok = Tok::kId;
    }
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
    if (exponent && has(peek(1 + sign), kDigit)) {
      token.tok = Tok::kFloat;
      at_ += 1 + sign;
      digits(decimal);
    } else if (exponent && token.tok == Tok::kDecimal) {
      token.tok = Tok::kError;
    }
  }
  if (at_ < end_ && has(base_[at_], kLetter) && token.tok != Tok::kError) {
    // To MySQL 1.5a is 1.5 and a name, to Vitess a fault.
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
  for (;;) {
    at_ = find_either(at_, quote, mode_.no_backslash_escapes ? quote : '\\');
    if (at_ >= end_) break;
    if (base_[at_] == quote && peek(1) != quote) {
      token.text = slice(from, at_);
      token.tok = tok;
      ++at_;
      return;
    }
    token.escaped = true;
    at_ = std::min(at_ + 2, end_);
  }
  at_ = end_;
  token.text = slice(from, at_);
  token.tok = Tok::kError;
}

void Lexer::quoted_name(Token& token, char quote) {
  ++at_;
  const uint32_t from = at_;
  for (;;) {
    at_ = find_either(at_, quote, quote);
    if (at_ >= end_) break;
    if (peek(1) != quote) {
      token.text = slice(from, at_);
      token.tok = token.text.empty() ? Tok::kError : Tok::kId;
      ++at_;
      return;
    }
    token.escaped = true;
    at_ += 2;
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
    token.tok = tok == Tok::kAtId ? tok : Tok::kError;
    return;
  }
  const char quote = cur();
  if (quote == '`' || (quote == '"' && mode_.ansi_quotes)) {
    quoted_name(token, quote);
    const bool nameless =
        tok == Tok::kAtId && token.text.empty() && at_ > token.begin + 2;  // @`` is a variable
    if (token.tok != Tok::kError || nameless) token.tok = tok;
    return;
  }
  if ((quote == '\'' || quote == '"') && tok == Tok::kAtId) {
    quoted(token, quote, tok);
    return;
  }
  if (!is_name_char(quote) && quote != '.') {
    // Vitess takes any first character here; the parser then finds no use for such a name. An @
    // alone is the variable without a name.
    token.tok = tok == Tok::kAtId ? tok : Tok::kError;
    return;
  }
  const uint32_t from = at_;
  while (at_ < end_ && (is_name_char(base_[at_]) || base_[at_] == '.')) ++at_;
  // @@session.`x`
  if (tok == Tok::kAtAtId && cur() == '`' && base_[at_ - 1] == '.') {
    Token last;
    quoted_name(last, '`');
    if (last.tok == Tok::kError) {
      token.tok = Tok::kError;
      return;
    }
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
      token.tok = at_ < end_ && is_name_char(base_[at_]) ? Tok::kError : Tok::kArg;
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
