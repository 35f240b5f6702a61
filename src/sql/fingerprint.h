// The one-pass reading of a query's text that a plan cache needs: a hash of the normalised
// statement, and where its literals stand. No tree, and no heap allocation once the caller's buffer
// has grown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sql/parser.h"

namespace vif::sql {

enum class TokenLiteral : uint8_t {
  kString,   // 'x' or "x"
  kNString,  // n'x'
  kInt,      // 12
  kDecimal,  // 1.5
  kFloat,    // 1e3
  kHexNum,   // 0xff
  kHexVal,   // x'ff'
  kBitNum,   // 0b1
  kBitVal,   // b'1'
  kDate,     // the string of date'2024-01-02', and so on
  kTime,
  kTimestamp,
};

// A literal of the text, by its place. Adjacent strings ('a' 'b') are one literal.
struct LiteralRef {
  TokenLiteral kind;
  bool kept;            // its text is part of the hash, so it is the same in all texts of the hash
  uint8_t list = 0;     // 1: begins the list of an IN, which is one argument; 2: goes on with it
  uint32_t offset = 0;  // of the first byte, quotes included
  uint32_t length = 0;
};

enum class QueryClass : uint8_t {
  kEmpty,
  kSelect,
  kInsert,
  kReplace,
  kUpdate,
  kDelete,
  kBegin,
  kCommit,
  kRollback,
  kSet,
  kShow,
  kUse,
  kExplain,
  kDdl,
  kOther,
};

struct Fingerprint {
  uint64_t hash = 0;
  QueryClass query_class = QueryClass::kEmpty;
  bool has_directive = false;  // a /*vt+ ... */ right after the verb; its text is part of the hash
  bool has_more = false;       // a ';' with another statement after it
  bool ok = true;  // false: the text does not lex (an open quote...); parse to get the error
  uint32_t statement_length = 0;  // bytes up to the ';' or the end
  std::vector<LiteralRef> literals;

  // Room to work in; no result.
  struct Scratch {
    std::vector<uint64_t> values;   // hashes of the distinct literals, in order of appearance
    std::vector<uint32_t> buckets;  // finds a value once there are many
    std::string text;
  } scratch;
};

// Reads the first statement of `sql` into `out` (cleared first, its buffer reused).
// Two statements with equal hash and class normalise to the same tree; one whose literals alone
// differ has the same hash (as far as they keep their kinds, and equal ones stay equal: Vitess's
// normaliser shares their arguments). Literals are numbered as Literal::index numbers them.
void fingerprint(std::string_view sql, const SqlMode& mode, Fingerprint& out);

// The value of a literal of `sql`: unescaped for strings, digits otherwise, as Literal::text has
// it. `buffer` is used when the text has escapes; the view is into `sql` or `buffer`.
std::string_view literal_value(std::string_view sql, const LiteralRef& literal, const SqlMode& mode,
                               std::string& buffer);

}  // namespace vif::sql
