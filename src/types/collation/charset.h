// MySQL's character sets: how characters are encoded, and what they are in Unicode.
//
// Everything comes from the servers' own answers (tools/collations/); a charset's map is read when
// first used. All of it is immutable once read, and may be used by several threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vif::types {

enum class Encoding : uint8_t {
  kBytes,   // binary: a byte is a character
  kSingle,  // one byte a character, by a map
  kMulti,   // one to four bytes, by a map
  kUtf8,    // utf8mb4
  kUtf8Mb3,
  kUcs2,
  kUtf16,
  kUtf16Le,
  kUtf32,
};

// A charset's characters and Unicode's, both ways.
class CharsetMap {
 public:
  static constexpr uint32_t kNone = 0xffffffff;
  // Of a section of the tables.
  explicit CharsetMap(std::string_view section);
  // The code point of a native code; kNone: no such character. '?' for characters that Unicode has
  // not.
  uint32_t to_unicode(uint32_t code) const;
  // kNone: the charset has not this character.
  uint32_t from_unicode(uint32_t code_point) const;
  // May the byte begin a character of several bytes?
  bool is_lead(uint8_t byte) const { return lead_[byte]; }
  // Are ASCII characters the same bytes here?
  bool holds_ascii() const { return holds_ascii_; }
  // The bytes of the character at the start of the text; 0: none begins here. REQUIRES: text is not
  // empty.
  size_t length(std::string_view text) const;

 private:
  struct Run {
    uint32_t from;
    uint32_t count;
    uint32_t to;
  };
  static std::vector<Run> read_runs(std::string_view& bytes);
  static uint32_t look_up(const std::vector<Run>& runs, uint32_t key);

  std::vector<Run> to_unicode_;
  std::vector<Run> from_unicode_;
  bool lead_[256] = {};
  bool holds_ascii_ = true;
};

class Charset {
 public:
  static constexpr uint32_t kInvalid = 0xffffffff;

  std::string name;
  std::string description;
  std::string default_collation;
  uint32_t max_length = 1;  // bytes of a character at most
  Encoding encoding = Encoding::kBytes;
  bool of_mysql = false;
  bool of_mariadb = false;

  // The character at the start of `text`, which is moved behind it: its native code (the code point
  // in Unicode's charsets). kInvalid: no character begins here; one byte is passed. REQUIRES: text
  // is not empty.
  uint32_t next_code(std::string_view& text) const;
  // Likewise, as a code point.
  uint32_t next_code_point(std::string_view& text) const;
  // Appends the character; false, and nothing appended, when the charset has not this character.
  bool append(uint32_t code_point, std::string& out) const;
  void append_code(uint32_t code, std::string& out) const;
  // The code of the character; of '?' when the charset has not this character.
  uint32_t code_of(uint32_t code_point) const;

  bool valid(std::string_view text) const;
  // What a server says of a literal that is not valid: errno 1300 "Invalid utf8mb4 character
  // string: 'FF6364'".
  Status check(std::string_view text) const;
  // The bytes at the start that are characters of this charset.
  size_t valid_prefix(std::string_view text) const;
  // Characters; a byte that begins no character counts as one.
  size_t length(std::string_view text) const;
  // A space is not always one byte.
  std::string space() const;
  // Are ASCII characters the same bytes in this charset?
  bool holds_ascii() const;
  bool is_unicode() const { return encoding >= Encoding::kUtf8; }

  Charset() = default;
  Charset(const Charset&) = delete;
  Charset& operator=(const Charset&) = delete;
  ~Charset();

  // Of the tables; "" for what needs no map.
  std::string map_section;

 private:
  const CharsetMap& map() const;
  mutable std::atomic<const CharsetMap*> map_ = nullptr;
};

// Names as the servers have them, in any case; "utf8" is utf8mb3. nullptr: no such charset.
const Charset* find_charset(std::string_view name);
const std::vector<const Charset*>& all_charsets();

// The text in another charset, as CONVERT(text USING to): '?' for characters that `to` has not, and
// for bytes that are no characters of `from`. From and to binary the bytes stay as they are.
std::string convert(std::string_view text, const Charset& from, const Charset& to);

}  // namespace vif::types
