#include "sql/keywords.h"

#include <array>
#include <cstring>

namespace vif::sql {

namespace {

constexpr std::string_view kWords[] = {
#define X(word, class) #word,
#include "sql/keywords.inc"
#undef X
};
constexpr size_t kWordCount = std::size(kWords);
static_assert(kWordCount < std::size(ShortKeywords{}.keys));

constexpr size_t kShortMax = 16;
constexpr size_t kLongMax = 40;

constexpr Tok tok_of(size_t index) {
  return static_cast<Tok>(static_cast<size_t>(Tok::kLastPunctuation) + 1 + index);
}

// A word's bytes from `from` on as a number.
constexpr uint64_t number_of(std::string_view word, size_t from) {
  uint64_t number = 0;
  for (size_t i = from; i < word.size() && i < from + 8; ++i) {
    number |= static_cast<uint64_t>(static_cast<uint8_t>(word[i])) << ((i - from) * 8);
  }
  return number;
}

constexpr ShortKeywords short_keywords() {
  ShortKeywords table{};
  for (size_t i = 0, used = 0; i < kWordCount; ++i) {
    if (kWords[i].size() > kShortMax) continue;
    const uint64_t low = ShortKeywords::fold(number_of(kWords[i], 0));
    const uint64_t high = ShortKeywords::fold(number_of(kWords[i], 8));
    size_t slot = ShortKeywords::slot_of(low, high);
    while (table.slots[slot] != 0) slot = (slot + 1) % ShortKeywords::kSlots;
    table.slots[slot] = static_cast<uint16_t>(++used);
    table.keys[used] = {low, high, tok_of(i)};
  }
  return table;
}

// The others, by length: there are few.
constexpr auto kLongWords = [] {
  std::array<uint16_t, 128> indexes{};
  size_t used = 0;
  for (size_t i = 0; i < kWordCount; ++i) {
    if (kWords[i].size() > kShortMax) indexes[used++] = static_cast<uint16_t>(i + 1);
  }
  return indexes;
}();

constexpr size_t index_of(Tok tok) {
  return static_cast<size_t>(tok) - static_cast<size_t>(Tok::kLastPunctuation) - 1;
}

}  // namespace

constinit const ShortKeywords kShortKeywords = short_keywords();

Tok find_keyword(std::string_view word) {
  if (word.empty() || word.size() > kLongMax) return Tok::kId;
  if (word.size() <= kShortMax) {
    uint64_t halves[2] = {0, 0};
    std::memcpy(halves, word.data(), word.size());
    const Tok tok = find_keyword(halves[0], halves[1]);
    return is_keyword(tok) && keyword_text(tok).size() == word.size() ? tok : Tok::kId;
  }
  const auto folded = [](char c) { return static_cast<uint8_t>(c) | 0x20; };
  for (uint16_t index : kLongWords) {
    if (index == 0) return Tok::kId;
    const std::string_view known = kWords[index - 1];
    if (known.size() != word.size() || folded(word[0]) != folded(known[0])) continue;
    size_t i = 1;
    while (i < word.size() && folded(word[i]) == folded(known[i])) ++i;
    if (i == word.size()) return tok_of(index - 1);
  }
  return Tok::kId;
}

std::string_view keyword_text(Tok tok) { return kWords[index_of(tok)]; }

}  // namespace vif::sql
