// MySQL's and MariaDB's collations: how text compares, hashes, matches and changes case.
//
// Everything agrees with the servers' own answers (tools/collations/, collation_test.py); texts are
// in the collation's own charset. A collation's tables are read when it is first used and immutable
// afterwards: all of this may be used by several threads, and a pointer to a collation stays good
// as long as the program.
//
// A malformed byte sequence compares like nothing else and never crashes; callers that must refuse
// it ask charset().valid() first, as a server does when it takes a literal.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "types/collation/charset.h"

namespace vif::types {

class WeightSlot;
class CaseTable;
class OwnOrder;

// Whose collation: the two servers have the same names and numbers for most, and different weights
// for a few.
enum class Dialect : uint8_t { kMySql, kMariaDb };

class Collation {
 public:
  enum class Kind : uint8_t {
    kBytes,    // by the bytes
    kPoints,   // by the code points
    kWeights,  // by tables
    kOwn,      // latin2_czech_cs and tis620_thai_ci: by rules of their own
    kUnknown,  // of a server that the tables were not made of; nothing compares
  };

  uint32_t id = 0;
  std::string name;
  const Charset* charset = nullptr;
  Kind kind = Kind::kBytes;
  bool pad_space = false;  // as if the shorter text were filled up with spaces
  bool trims_spaces =
      false;  // spaces at the end do not count, but do not weigh against other characters either
  bool is_default = false;  // of its charset
  bool of_mysql = false;
  bool of_mariadb = false;
  std::vector<int> levels;    // of the weight table that count here
  bool separated = false;     // a zero weight stands between levels in a weight string
  bool unicode_keys = false;  // the table is of code points, though the charset is not Unicode's
  const WeightSlot* weights = nullptr;  // of kWeights
  const WeightSlot* strings = nullptr;  // for weight strings: the same but for big5
  std::string case_section;
  std::string own_section;  // of kOwn

  // REQUIRES of all that compares, hashes and matches: is_known().
  bool is_known() const { return kind != Kind::kUnknown; }

  // Less than, equal to or greater than 0.
  int compare(std::string_view a, std::string_view b) const;
  bool equal(std::string_view a, std::string_view b) const { return compare(a, b) == 0; }
  // Equal for texts that compare equal.
  uint64_t hash(std::string_view text) const;
  // What WEIGHT_STRING(text) gives. Its bytes order NO PAD texts as compare() does; those of PAD
  // SPACE texts when both are of the same length or end without spaces and control characters.
  void append_weight_string(std::string_view text, std::string& out) const;
  // Bytes that are equal when, and only when, the texts compare equal: for grouping and DISTINCT.
  void append_key(std::string_view text, std::string& out) const;
  // text LIKE pattern ESCAPE escape; `escape` is a code of the charset.
  bool like(std::string_view text, std::string_view pattern, uint32_t escape = '\\') const;
  // Do the text's weights begin with the prefix's? Without padding: two texts that begin with each
  // other are equal as they are.
  bool starts_with(std::string_view text, std::string_view prefix) const;
  // The same characters for this collation: of one character each.
  bool same_character(uint32_t a, uint32_t b) const;

  std::string to_upper(std::string_view text) const;
  std::string to_lower(std::string_view text) const;

  // False for big5, whose index order is not the order of its weight strings, by which a server
  // sorts.
  bool sorts_as_it_compares() const { return weights == strings; }
  bool is_binary() const { return kind == Kind::kBytes || kind == Kind::kPoints; }
  // Does the name say that case does not count?
  bool is_case_insensitive() const { return name.ends_with("_ci"); }

  Collation() = default;
  Collation(const Collation&) = delete;
  Collation& operator=(const Collation&) = delete;
  ~Collation();

 private:
  bool is_utf8() const;
  size_t room_for_weights(std::string_view text) const;
  bool pads(int level) const {
    return (pad_space && !trims_spaces) || (level > 0 && !separated && !trims_spaces);
  }
  const CaseTable* cases() const;
  const OwnOrder& own() const;
  std::string changed_case(std::string_view text, bool upper) const;

  mutable std::atomic<const CaseTable*> cases_ = nullptr;
  mutable std::atomic<const OwnOrder*> own_ = nullptr;
};

// nullptr: none. Names in any case; "utf8_..." is utf8mb3_... A collation that only the other
// server has is found too.
const Collation* find_collation(std::string_view name, Dialect dialect = Dialect::kMySql);
const Collation* find_collation(uint32_t id, Dialect dialect = Dialect::kMySql);
const std::vector<const Collation*>& all_collations();

}  // namespace vif::types
