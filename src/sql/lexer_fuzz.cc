// Any bytes: the lexer ends, its tokens move forward and stay inside the text, and the fingerprint
// of the same bytes is the same twice.
#include <cstdint>

#include "base/assert.h"
#include "sql/fingerprint.h"
#include "sql/lexer.h"

namespace vif::sql {
namespace {

int one(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  SqlMode mode;
  mode.ansi_quotes = size % 2 != 0;
  mode.no_backslash_escapes = size % 3 == 0;
  Lexer lexer(text, mode, 80040);
  uint32_t last = 0;
  for (;;) {
    const Token token = lexer.next();
    VIF_ASSERT(token.begin >= last && token.end >= token.begin && token.end <= size);
    last = token.end;
    if (token.tok == Tok::kEnd || token.tok == Tok::kError) break;
    VIF_ASSERT(token.end > token.begin);
  }
  Fingerprint first, second;
  fingerprint(text, mode, first);
  fingerprint(text, mode, second);
  VIF_ASSERT(first.hash == second.hash && first.literals.size() == second.literals.size());
  return 0;
}

}  // namespace
}  // namespace vif::sql

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  return vif::sql::one(bytes, size);
}
