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
  kEnd,        // of the text
  kError,      // does not lex
  kId,         // a name; in backticks too
  kString,     // 'x', "x"
  kNString,    // n'x'
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
// REQUIRES: tok is a keyword.
KeywordClass keyword_class(Tok tok);
// The keyword in lower case. REQUIRES: tok is a keyword.
std::string_view keyword_text(Tok tok);
inline bool is_keyword(Tok tok) { return tok > Tok::kLastPunctuation; }

}  // namespace vif::sql
