#include "sql/keywords.h"

#include <array>
#include <cstring>

namespace vif::sql {

namespace {

struct Word {
  std::string_view text;
  KeywordClass keyword_class;
};

constexpr Word kWords[] = {
#define X(word, class) {#word, KeywordClass::class},
#include "sql/keywords.inc"
#undef X
};
constexpr size_t kWordCount = std::size(kWords);
constexpr size_t kLengthMax = 40;

// Without its case. Names have letters, digits, _ and $ only, which stay apart.
constexpr uint64_t fold(char c) { return static_cast<uint8_t>(c) | 0x20; }

// The whole word would be too long a read: length, two ends and three middles tell nearly all words apart.
constexpr uint32_t slot_of(std::string_view word) {
  const size_t n = word.size();
  const uint64_t key = n | fold(word[0]) << 8 | fold(word[n - 1]) << 16 | fold(word[n / 2]) << 24 |
                       fold(word[n / 4]) << 32 | fold(word[n - 1 - n / 4]) << 40;
  return static_cast<uint32_t>((key * 0x9E3779B97F4A7C15ULL) >> 52);
}

constexpr size_t kSlots = 4096;
constexpr uint16_t kEmpty = 0xffff;

constexpr auto kTable = [] {
  std::array<uint16_t, kSlots> table{};
  table.fill(kEmpty);
  for (size_t i = 0; i < kWordCount; ++i) {
    size_t slot = slot_of(kWords[i].text);
    while (table[slot] != kEmpty) slot = (slot + 1) % kSlots;
    table[slot] = static_cast<uint16_t>(i);
  }
  return table;
}();

constexpr size_t index_of(Tok tok) {
  return static_cast<size_t>(tok) - static_cast<size_t>(Tok::kLastPunctuation) - 1;
}

}  // namespace

Tok find_keyword(std::string_view word) {
  if (word.empty() || word.size() > kLengthMax) return Tok::kId;
  for (size_t slot = slot_of(word); kTable[slot] != kEmpty; slot = (slot + 1) % kSlots) {
    const std::string_view known = kWords[kTable[slot]].text;
    if (known.size() != word.size()) continue;
    size_t i = 0;
    while (i < word.size() && fold(word[i]) == fold(known[i])) ++i;
    if (i == word.size()) {
      return static_cast<Tok>(static_cast<size_t>(Tok::kLastPunctuation) + 1 + kTable[slot]);
    }
  }
  return Tok::kId;
}

KeywordClass keyword_class(Tok tok) { return kWords[index_of(tok)].keyword_class; }
std::string_view keyword_text(Tok tok) { return kWords[index_of(tok)].text; }

}  // namespace vif::sql
