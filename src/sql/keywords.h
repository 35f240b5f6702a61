// The words of the language, and finding one in a few nanoseconds.
#pragma once

#include <cstdint>
#include <string_view>

namespace vif::sql {

enum class KeywordClass : uint8_t {
  kReserved,     // a name only after a dot, or in backticks
  kNonReserved,  // a name wherever a name may stand
  kStrict,       // never a name without backticks
  kUnused,       // reserved in MySQL but of no use here: a name, as in Vitess
  kCharset,      // _utf8mb4 and its like
};

// What a token is: a keyword, or one of these.
enum class Tok : uint16_t {
  kEnd,      // of the text
  kError,    // does not lex
  kId,       // a name; in backticks too
  kString,   // 'x', "x"
  kNString,  // n'x'
  kInt,
  kDecimal,
  kFloat,
  kHexNum,     // 0xff
  kHexVal,     // x'ff'
  kBitNum,     // 0b1
  kBitVal,     // b'1'
  kAtId,       // @name
  kAtAtId,     // @@name
  kArg,        // :name, ?
  kListArg,    // ::name
  kOffsetArg,  // :3
  kSemicolon,
  kComma,
  kOpen,
  kClose,
  kDot,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kCaret,
  kTilde,
  kAmp,
  kPipe,
  kBang,
  kEq,
  kLt,
  kGt,
  kLe,
  kGe,
  kNe,
  kNullSafeEq,
  kShiftLeft,
  kShiftRight,
  kAndAnd,
  kOrOr,
  kAssign,              // :=
  kJSONExtract,         // ->
  kJSONUnquoteExtract,  // ->>
  kLastPunctuation = kJSONUnquoteExtract,
#define X(word, class) kw_##word,
#include "sql/keywords.inc"
#undef X
  kCount,
};

// The keyword that `word` is, in any case; Tok::kId when it is none.
Tok find_keyword(std::string_view word);
// The same for a word of at most 16 bytes that is in two numbers already, low bytes first, zero
// after its end.
Tok find_keyword(uint64_t low, uint64_t high);
inline bool is_keyword(Tok tok) { return tok > Tok::kLastPunctuation; }

// In the order of their tokens.
inline constexpr KeywordClass kKeywordClasses[] = {
#define X(word, class) KeywordClass::class,
#include "sql/keywords.inc"
#undef X
};

// REQUIRES: tok is a keyword.
constexpr KeywordClass keyword_class(Tok tok) {
  return kKeywordClasses[static_cast<size_t>(tok) - static_cast<size_t>(Tok::kLastPunctuation) - 1];
}
// The keyword in lower case. REQUIRES: tok is a keyword.
std::string_view keyword_text(Tok tok);
// An open hash table of the words that fit two numbers, folded to lower case: a look-up is a
// multiplication and, nearly always, one comparison.
struct ShortKeywords {
  static constexpr size_t kSlots = 4096;
  struct Key {
    uint64_t low;
    uint64_t high;
    Tok tok;
  };
  uint16_t slots[kSlots];  // index of a key; 0: empty
  Key keys[1024];          // the first is none
  // Letters lose their case; digits, _ and $ stay apart from them and from one another, and zeros
  // become blanks.
  static constexpr uint64_t fold(uint64_t bytes) { return bytes | 0x2020202020202020ULL; }
  static constexpr size_t slot_of(uint64_t low, uint64_t high) {
    return (low * 0x9E3779B97F4A7C15ULL + high * 0xD6E8FEB86659FD93ULL) >> 52;
  }
};
extern const ShortKeywords kShortKeywords;

inline Tok find_keyword(uint64_t low, uint64_t high) {
  low = ShortKeywords::fold(low);
  high = ShortKeywords::fold(high);
  for (size_t slot = ShortKeywords::slot_of(low, high);;
       slot = (slot + 1) % ShortKeywords::kSlots) {
    const ShortKeywords::Key& key = kShortKeywords.keys[kShortKeywords.slots[slot]];
    if (key.low == low && key.high == high) return key.tok;
    if (kShortKeywords.slots[slot] == 0) return Tok::kId;
  }
}

}  // namespace vif::sql
