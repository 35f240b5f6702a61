#include "types/collation/collation.h"
#include "types/collation/weight_stream.h"

namespace vif::types {
namespace {

// A text read character by character, by code; bytes that begin no character are codes of their
// own.
struct Reader {
  const Collation& collation;
  std::string_view rest;

  bool done() const { return rest.empty(); }
  uint32_t next() {
    const auto first = static_cast<uint8_t>(rest.front());
    const uint32_t code = collation.unicode_keys ? collation.charset->next_code_point(rest)
                                                 : collation.charset->next_code(rest);
    return code == Charset::kInvalid ? kMalformed | first : code;
  }
};

}  // namespace

// `%` backtracks to the last one only, which is enough.
bool Collation::like(std::string_view text, std::string_view pattern, uint32_t escape) const {
  Reader t{*this, text};
  Reader p{*this, pattern};
  bool starred = false;
  std::string_view star_pattern;
  std::string_view star_text;
  while (!t.done()) {
    if (!p.done()) {
      Reader ahead = p;
      uint32_t code = ahead.next();
      const bool escaped = code == escape && !ahead.done();
      if (escaped) code = ahead.next();
      if (!escaped && code == '%') {
        starred = true;
        star_pattern = ahead.rest;
        star_text = t.rest;
        p.rest = ahead.rest;
        continue;
      }
      Reader behind = t;
      const uint32_t c = behind.next();
      if ((!escaped && code == '_') || same_character(c, code)) {
        t.rest = behind.rest;
        p.rest = ahead.rest;
        continue;
      }
    }
    if (!starred) return false;
    Reader from{*this, star_text};
    from.next();
    star_text = from.rest;
    t.rest = star_text;
    p.rest = star_pattern;
  }
  while (!p.done()) {
    if (p.next() != '%') return false;
  }
  return true;
}

}  // namespace vif::types
