// The weights of a text on one level, one after the other: the loop that comparing, hashing and
// weight strings share.
#pragma once

#include <type_traits>

#include "types/collation/collation.h"
#include "types/collation/weight_table.h"

namespace vif::types {

// With a byte: what begins no character.
inline constexpr uint32_t kMalformed = 0x80000000;

// Reads UTF-8 that is mostly well formed; a byte that begins no character is a key of its own,
// which no table has.
struct Utf8Keys {
  static uint32_t next(const uint8_t*& p, const uint8_t* end) {
    const uint32_t lead = *p;
    if (lead < 0x80) return *p++;
    const auto tail = [&](size_t i) { return static_cast<uint32_t>(p[i] & 0x3f); };
    if (lead >= 0xc2 && lead < 0xe0 && end - p >= 2) {
      const uint32_t key = (lead & 0x1f) << 6 | tail(1);
      p += 2;
      return key;
    }
    if (lead >= 0xe0 && lead < 0xf0 && end - p >= 3) {
      const uint32_t key = (lead & 0xf) << 12 | tail(1) << 6 | tail(2);
      p += 3;
      return key;
    }
    if (lead >= 0xf0 && lead < 0xf5 && end - p >= 4) {
      const uint32_t key = (lead & 7) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3);
      p += 4;
      return key;
    }
    ++p;
    return kMalformed | lead;
  }
};

// A byte is a character.
struct ByteKeys {
  static uint32_t next(const uint8_t*& p, const uint8_t*) { return *p++; }
};

// Any charset, character by character.
struct AnyKeys {
  const Collation& collation;
  uint32_t next(const uint8_t*& p, const uint8_t* end) const {
    std::string_view text(reinterpret_cast<const char*>(p), static_cast<size_t>(end - p));
    const uint8_t first = *p;
    const uint32_t key = collation.unicode_keys ? collation.charset->next_code_point(text)
                                                : collation.charset->next_code(text);
    p = end - text.size();
    return key == Charset::kInvalid ? kMalformed | first : key;
  }
};

// Calls `use` with what reads the collation's charset.
template <typename Use>
auto with_keys(const Collation& collation, const Use& use) {
  switch (collation.charset->encoding) {
    case Encoding::kUtf8:
    case Encoding::kUtf8Mb3: return use(Utf8Keys{});
    case Encoding::kSingle: return use(ByteKeys{});
    default: return use(AnyKeys{collation});
  }
}

template <typename Keys>
class WeightStream {
 public:
  WeightStream(const WeightTable& table, int level, Keys keys, std::string_view text)
      : table_(table),
        level_(level),
        keys_(keys),
        ascii_(table.levels[static_cast<size_t>(level)].ascii.data()),
        p_(reinterpret_cast<const uint8_t*>(text.data())),
        end_(p_ + text.size()) {}

  // -1 at the end.
  int next() {
    while (weights_.count == 0) {
      if (p_ == end_) return -1;
      if constexpr (!std::is_same_v<Keys, AnyKeys>) {
        const uint16_t weight = *p_ < 0x80 ? ascii_[*p_] : 0;
        if (weight != 0) {
          ++p_;
          return weight;
        }
      }
      advance();
    }
    --weights_.count;
    return *weights_.data++;
  }

 private:
  void advance() {
    const uint32_t key = keys_.next(p_, end_);
    if (key >= kMalformed) {
      scratch_[0] = 0xffff;
      scratch_[1] = static_cast<uint16_t>(key & 0xff);
      weights_ = {scratch_, 2};
      return;
    }
    if (table_.may_contract(key) && contract(key)) return;
    weights_ = table_.look_up(level_, key, scratch_);
  }

  bool contract(uint32_t key) {
    for (const WeightTable::Contraction& c : table_.contractions_of(key)) {
      const uint8_t* p = p_;
      size_t matched = 0;
      while (matched < c.tail.size() && p != end_ && keys_.next(p, end_) == c.tail[matched])
        ++matched;
      if (matched < c.tail.size()) continue;
      p_ = p;
      const std::vector<uint16_t>& weights = c.weights[static_cast<size_t>(level_)];
      weights_ = {weights.data(), static_cast<uint32_t>(weights.size())};
      return true;
    }
    return false;
  }

  const WeightTable& table_;
  const int level_;
  [[no_unique_address]] Keys keys_;
  const uint16_t* ascii_;
  const uint8_t* p_;
  const uint8_t* end_;
  WeightTable::Weights weights_{nullptr, 0};
  uint16_t scratch_[12];
};

}  // namespace vif::types
