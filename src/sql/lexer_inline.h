// Lexer::read, to be inlined into a loop over tokens: the parser's advance and the fingerprint.
// Names, numbers, quoted strings and single-character punctuation are read here; the rest by
// read_other (lexer.cc).
//
// Runs of name characters and of digits are found in bit masks of 63 bytes of text at a time,
// quotes 16 bytes at a time. Nothing is read beyond the text's end.
#pragma once

#include <array>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "sql/lexer.h"

namespace vif::sql {

namespace lexing {

enum : uint8_t { kLetter = 1, kDigit = 2, kBlank = 4, kHexDigit = 8 };

// Letters are those of names. Vitess reads ASCII only; MySQL takes any character above it too.
inline constexpr auto kClass = [] {
  std::array<uint8_t, 256> table{};
  for (int c = 'a'; c <= 'z'; ++c) table[c] = table[c - 32] = kLetter;
  for (int c = 128; c < 256; ++c) table[c] = kLetter;
  table['_'] = table['$'] = kLetter;
  for (int c = '0'; c <= '9'; ++c) table[c] = kDigit | kHexDigit;
  for (int c = 'a'; c <= 'f'; ++c) table[c] = table[c - 32] = kLetter | kHexDigit;
  for (char c : {' ', '\t', '\n', '\r', '\v', '\f'}) table[static_cast<uint8_t>(c)] = kBlank;
  return table;
}();

inline bool has(char c, uint8_t bits) { return (kClass[static_cast<uint8_t>(c)] & bits) != 0; }
inline bool is_name_char(char c) { return has(c, kLetter | kDigit); }

// What a token that begins with the character is read as.
enum class Begins : uint8_t {
  kOther,
  kBlank,
  kWord,
  kMaybeQuoted,
  kNumber,
  kString,
  kQuotedName,
  kDot,
  kPunctuation
};

struct First {
  Begins begins = Begins::kOther;
  Tok tok = Tok::kError;  // of kPunctuation
};

inline constexpr auto kFirst = [] {
  std::array<First, 256> table{};
  for (size_t c = 0; c < 256; ++c) {
    if ((kClass[c] & kLetter) != 0) table[c].begins = Begins::kWord;
    if ((kClass[c] & kDigit) != 0) table[c].begins = Begins::kNumber;
    if ((kClass[c] & kBlank) != 0) table[c].begins = Begins::kBlank;
  }
  for (char c : {'x', 'X', 'b', 'B', 'n', 'N'})
    table[static_cast<uint8_t>(c)].begins = Begins::kMaybeQuoted;
  table['\''].begins = Begins::kString;
  const auto single = [&](char c, Tok tok) {
    table[static_cast<uint8_t>(c)] = {Begins::kPunctuation, tok};
  };
  table['`'].begins = Begins::kQuotedName;
  table['.'] = {Begins::kDot, Tok::kDot};
  single(';', Tok::kSemicolon);
  single(',', Tok::kComma);
  single('(', Tok::kOpen);
  single(')', Tok::kClose);
  single('+', Tok::kPlus);
  single('*', Tok::kStar);
  single('%', Tok::kPercent);
  single('^', Tok::kCaret);
  single('~', Tok::kTilde);
  single('=', Tok::kEq);
  return table;
}();

// The first n bytes of eight.
inline uint64_t low_bytes(size_t n) { return n >= 8 ? ~uint64_t{0} : (uint64_t{1} << (n * 8)) - 1; }

}  // namespace lexing

inline WordHead Lexer::load(uint32_t at) const {
  WordHead head;
  if (size_ - at >= 16) {
    std::memcpy(&head, base_ + at, 16);
  } else if (size_ >= 16) {
    // The text's last 16 bytes, without those before `at`.
    unsigned __int128 last;
    std::memcpy(&last, base_ + size_ - 16, 16);
    last >>= (16 - (size_ - at)) * 8;
    head.low = static_cast<uint64_t>(last);
    head.high = static_cast<uint64_t>(last >> 64);
  } else {
    std::memcpy(&head, base_ + at, size_ - at);
  }
  return head;
}

inline bool Lexer::after_name(uint32_t at) const {
  if (at > 0 && base_[at - 1] == '`') return true;
  uint32_t begin = at;
  while (begin > 0 && lexing::is_name_char(base_[begin - 1])) --begin;
  return begin < at && !lexing::has(base_[begin], lexing::kDigit);
}

inline uint32_t Lexer::name_end(uint32_t at) {
  for (;;) {
    if (at - block_ >= 63) classify_block(at);
    const uint32_t end = at + static_cast<uint32_t>(__builtin_ctzll(~(names_ >> (at - block_))));
    if (end - block_ < 63 || end >= size_) return end;
    at = end;
    classify_block(at);
    if ((names_ & 1) == 0) return at;
  }
}

inline uint32_t Lexer::digits_end(uint32_t at) {
  for (;;) {
    if (at - block_ >= 63) classify_block(at);
    const uint32_t end = at + static_cast<uint32_t>(__builtin_ctzll(~(digits_ >> (at - block_))));
    if (end - block_ < 63 || end >= size_) return end;
    at = end;
    classify_block(at);
    if ((digits_ & 1) == 0) return at;
  }
}

inline uint32_t Lexer::find_either(uint32_t at, char quote, char other) const {
#if defined(__SSE2__)
  const __m128i quotes = _mm_set1_epi8(quote);
  const __m128i others = _mm_set1_epi8(other);
  const auto hits = [&](uint32_t from) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(base_ + from));
    return static_cast<uint32_t>(_mm_movemask_epi8(
        _mm_or_si128(_mm_cmpeq_epi8(bytes, quotes), _mm_cmpeq_epi8(bytes, others))));
  };
  for (; size_ - at >= 16; at += 16) {
    const uint32_t mask = hits(at);
    if (mask != 0) return at + static_cast<uint32_t>(__builtin_ctz(mask));
  }
  if (size_ >= 16) {
    const uint32_t mask = at == size_ ? 0 : hits(size_ - 16) >> (16 - (size_ - at));
    return mask != 0 ? at + static_cast<uint32_t>(__builtin_ctz(mask)) : size_;
  }
#endif
  while (at < size_ && base_[at] != quote && base_[at] != other) ++at;
  return at;
}

inline WordHead Lexer::head_of(uint32_t at, uint32_t length) const {
  WordHead head = load(at);
  if (length < 16) {
    head.low &= lexing::low_bytes(length);
    head.high &= length <= 8 ? 0 : lexing::low_bytes(length - 8);
  }
  return head;
}

[[gnu::always_inline]] inline void Lexer::read(Token& token, WordHead& head) {
  using lexing::Begins;
  uint32_t at = at_;
  token.prev_end = at;
  token.escaped = false;
  token.literal = -1;
  if (at < end_ && base_[at] == ' ') ++at;
again:
  if (at >= end_) return read_other(token, head);
  token.begin = at;
  const lexing::First first = lexing::kFirst[static_cast<uint8_t>(base_[at])];
  bool is_string = false;
  switch (first.begins) {
    case Begins::kBlank: ++at; goto again;
    case Begins::kMaybeQuoted: {
      if (at + 1 < end_ && base_[at + 1] == '\'') return read_other(token, head);
      [[fallthrough]];
    }
    case Begins::kWord: {
      at_ = name_end(at);
      const uint32_t length = at_ - at;
      head = head_of(at, length);
      token.text = {base_ + at, length};
      token.tok = length <= 16 ? find_keyword(head.low, head.high) : find_keyword(token.text);
      // Right before a dot and a name every word is a name, as in MySQL.
      if (at_ + 1 < end_ && base_[at_] == '.' && token.tok != Tok::kId &&
          lexing::is_name_char(base_[at_ + 1])) [[unlikely]] {
        token.tok = Tok::kId;
      }
      break;
    }
    case Begins::kNumber: {
      const uint32_t end = digits_end(at);
      const char next = end < size_ ? base_[end] : ' ';
      if (next == '.' || lexing::is_name_char(next) || (at > 1 && base_[at - 1] == '.'))
        return read_other(token, head);
      at_ = end;
      token.text = {base_ + at, end - at};
      token.tok = Tok::kInt;
      token.literal = literals_++;
      break;
    }
    case Begins::kString: {
      const uint32_t end = find_either(at + 1, '\'', mode_.no_backslash_escapes ? '\'' : '\\');
      if (end >= end_ || base_[end] != '\'' || (end + 1 < end_ && base_[end + 1] == '\''))
        return read_other(token, head);
      at_ = end + 1;
      token.text = {base_ + at + 1, end - at - 1};
      token.tok = Tok::kString;
      token.literal = after_string_ ? literals_ - 1 : literals_++;
      is_string = true;
      break;
    }
    case Begins::kQuotedName: {
      const uint32_t end = find_either(at + 1, '`', '`');
      if (end >= end_ || end == at + 1 || (end + 1 < end_ && base_[end + 1] == '`'))
        return read_other(token, head);
      at_ = end + 1;
      head = head_of(at + 1, end - at - 1);
      token.text = {base_ + at + 1, end - at - 1};
      token.tok = Tok::kId;
      break;
    }
    case Begins::kDot:
      if (at + 1 < end_ && lexing::has(base_[at + 1], lexing::kDigit) && !after_name(at))
        return read_other(token, head);
      [[fallthrough]];
    case Begins::kPunctuation:
      if (in_executed_ && first.tok == Tok::kStar) return read_other(token, head);
      at_ = at + 1;
      token.text = {};
      token.tok = first.tok;
      break;
    case Begins::kOther: return read_other(token, head);
  }
  after_string_ = is_string;
  token.end = at_;
  token.report_end = in_executed_ ? executed_end_ : at_;
}

}  // namespace vif::sql
