// Text to tokens, for parser and fingerprint alike. No allocation: a token's value is a view into the
// text, or says that it must be unescaped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sql/keywords.h"
#include "sql/parser.h"

namespace vif::sql {

struct Token {
  Tok tok = Tok::kEnd;
  bool escaped = false;    // `text` holds escapes or doubled quotes: unescape() gives the value
  uint32_t begin = 0;      // bytes of the text, with quotes
  uint32_t end = 0;
  uint32_t report_end = 0; // the end that an error tells: of the executed comment, for tokens in one
  uint32_t prev_end = 0;   // where the token before ended: comments stand between
  int32_t literal = -1;    // number of the literal, from 0 (a string right after a string keeps its
                           // number); of a '?', from 1
  std::string_view text;   // the value: without quotes, @, x''; empty for punctuation
};

class Lexer {
 public:
  // REQUIRES: `sql` outlives the lexer and is shorter than 4 GiB.
  Lexer(std::string_view sql, const SqlMode& mode, int mysql_version)
      : base_(sql.data()), size_(static_cast<uint32_t>(sql.size())), end_(size_), mode_(mode),
        mysql_version_(mysql_version) {}

  // The next token; kEnd for ever at the end of the text.
  Token next();

  std::string_view source() const { return {base_, size_}; }
  // Goes on from byte `at`, outside of any comment.
  void seek(uint32_t at) { at_ = at; }

 private:
  char cur() const { return at_ < end_ ? base_[at_] : '\0'; }
  char peek(uint32_t n) const { return at_ + n < end_ ? base_[at_ + n] : '\0'; }
  std::string_view slice(uint32_t from, uint32_t to) const { return {base_ + from, to - from}; }

  // Blanks and comments. False: the comment at at_ is not closed.
  bool skip_gap();
  bool skip_block_comment();
  void word(Token& token);
  void number(Token& token);
  void quoted(Token& token, char quote, Tok tok);
  void quoted_name(Token& token, char quote);
  void digits_in_quotes(Token& token, Tok tok, int base);
  void at_name(Token& token);
  void colon(Token& token);
  void punctuation(Token& token, char c);
  void count_literal(Token& token);

  const char* base_;
  uint32_t size_;
  uint32_t at_ = 0;
  uint32_t end_;                // of the text, or of the executed comment that we are in
  bool in_executed_ = false;
  SqlMode mode_;
  int mysql_version_;
  uint32_t arguments_ = 0;      // '?' so far
  int32_t literals_ = 0;
  bool after_string_ = false;
};

// Appends the value of a string token's inside: escapes and doubled `quote`s undone.
void unescape(std::string_view inside, char quote, bool no_backslash_escapes, std::string& out);

// The comments between two tokens, in order: each view is one, with its marks.
// `visit` is called for each.
template <typename F>
void for_each_comment(std::string_view gap, F&& visit) {
  size_t at = 0;
  while (at < gap.size()) {
    const char c = gap[at];
    const char d = at + 1 < gap.size() ? gap[at + 1] : '\0';
    if (c == '/' && d == '*') {
      const bool executed = at + 2 < gap.size() && (gap[at + 2] == '!' || (gap[at + 2] == 'M' &&
                            at + 3 < gap.size() && gap[at + 3] == '!'));
      const size_t close = gap.find("*/", at + 2);
      if (executed && close == std::string_view::npos) return;  // the token is inside it
      const size_t end = close == std::string_view::npos ? gap.size() : close + 2;
      if (!executed) visit(gap.substr(at, end - at));
      at = end;
    } else if (c == '#' || (c == '-' && d == '-') || (c == '/' && d == '/')) {
      const size_t newline = gap.find('\n', at);
      const size_t end = newline == std::string_view::npos ? gap.size() : newline + 1;
      visit(gap.substr(at, end - at));
      at = end;
    } else {
      ++at;
    }
  }
}

}  // namespace vif::sql
