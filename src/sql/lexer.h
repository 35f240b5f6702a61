// Text to tokens, for parser and fingerprint alike. No allocation: a token's value is a view into
// the text, or says that it must be unescaped. What a statement costs begins here, so the common
// tokens are read by lexer_inline.h, sixteen and more bytes at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sql/keywords.h"
#include "sql/parser.h"

namespace vif::sql {

struct Token {
  Tok tok = Tok::kEnd;
  bool escaped = false;  // `text` holds escapes or doubled quotes: unescape() gives the value
  uint32_t begin = 0;    // bytes of the text, with quotes
  uint32_t end = 0;
  uint32_t report_end =
      0;                  // the end that an error tells: of the executed comment, for tokens in one
  uint32_t prev_end = 0;  // where the token before ended: comments stand between
  int32_t literal = -1;   // number of the literal, from 0 (a string right after a string keeps its
                          // number); of a '?', from 1
  std::string_view text;  // the value: without quotes, @, x''; empty for punctuation
};

// The first 16 bytes of a word as two little-endian numbers, zero after its end.
struct WordHead {
  uint64_t low = 0;
  uint64_t high = 0;
};

class Lexer {
 public:
  // REQUIRES: `sql` outlives the lexer and is shorter than 4 GiB.
  Lexer(std::string_view sql, const SqlMode& mode, int mysql_version)
      : base_(sql.data()),
        size_(static_cast<uint32_t>(sql.size())),
        end_(size_),
        mode_(mode),
        mysql_version_(mysql_version) {}

  // The next token; kEnd for ever at the end of the text.
  Token next();
  // The same for a hot loop (lexer_inline.h), which gets the head of `text` too for keywords and
  // names (kId).
  void read(Token& token, WordHead& head);

  std::string_view source() const { return {base_, size_}; }
  // Goes on from byte `at`, outside of any comment.
  void seek(uint32_t at) { at_ = at; }

 private:
  char cur() const { return at_ < end_ ? base_[at_] : '\0'; }
  char peek(uint32_t n) const { return at_ + n < end_ ? base_[at_ + n] : '\0'; }
  std::string_view slice(uint32_t from, uint32_t to) const { return {base_ + from, to - from}; }

  // The bytes at `at` up to the text's end, at most 16, zero after.
  WordHead load(uint32_t at) const;
  WordHead head_of(uint32_t at, uint32_t length) const;
  // The end of the run of name characters (of digits) that begins at `at`.
  uint32_t name_end(uint32_t at);
  uint32_t digits_end(uint32_t at);
  // Right behind a name: a dot there joins, and what follows it is a name even when it begins with
  // a digit. (Not behind a name that itself begins with a digit: Vitess refuses 2t.3t.)
  bool after_name(uint32_t at) const;
  // Makes the masks those of the 63 bytes from `at`.
  void classify_block(uint32_t at);
  // The first `quote` or `other` at or after `at`; size_ when there is none.
  uint32_t find_either(uint32_t at, char quote, char other) const;

  // A token that is none of the common ones, from where the one before ended.
  void read_other(Token& token, WordHead& head);
  void dispatch(Token& token, char c);
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
  uint32_t end_;  // of the text
  bool in_executed_ = false;
  uint32_t executed_end_ = 0;  // of the executed comment that we are in, as far as errors tell it
  SqlMode mode_;
  int mysql_version_;
  uint32_t arguments_ = 0;  // '?' so far
  int32_t literals_ = 0;
  bool after_string_ = false;
  // Which of the bytes from block_ on are name characters, digits; no bit 63, so that each run
  // ends.
  uint32_t block_ = ~uint32_t{63};  // no byte is within 63 of it
  uint64_t names_ = 0;
  uint64_t digits_ = 0;
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
      const bool executed =
          at + 2 < gap.size() &&
          (gap[at + 2] == '!' || (gap[at + 2] == 'M' && at + 3 < gap.size() && gap[at + 3] == '!'));
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
