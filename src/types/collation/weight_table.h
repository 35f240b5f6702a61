// The weights of a family of collations: for each character, or group of characters that sort as
// one (contraction), a list of weights on each level. Read from a section of the tables; a tailored
// table shares its parent's pages.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vif::types {

inline constexpr int kLevelsMax = 4;

class WeightTable {
 public:
  // One entry: the highest bit says that a contraction may begin here; then seven bits of a count,
  // and the only weight itself or the place of the weights in the pool. The count kByRule: see
  // `rules`.
  using Entry = uint32_t;
  static constexpr uint32_t kHead = 0x80000000;
  static constexpr uint32_t kByRule = 127;
  static uint32_t count_of(Entry e) { return e >> 24 & 0x7f; }
  static uint32_t place_of(Entry e) { return e & 0xffffff; }

  using Page = std::array<Entry, 256>;

  // Weights that nothing is stored for.
  struct Rule {
    enum class Kind : uint8_t {
      kSelf,
      kConstant,
      kImplicit,
      kIgnored,
      kPrefixedImplicit,
      kHangul,
      kInherited,
      kCodeBytes,
      kGb18030
    };
    uint32_t first = 0;  // up to the next rule's
    Kind kind = Kind::kInherited;
    uint16_t value = 0;   // the constant; the lead weight of the first 32,768 code points
    uint16_t prefix = 0;  // before the two
  };

  struct Contraction {
    std::vector<uint32_t> tail;  // what follows the first character
    std::array<std::vector<uint16_t>, kLevelsMax> weights;
  };

  struct Level {
    std::vector<const Page*> pages;  // nullptr: all by rule
    std::vector<bool> owned;         // the page is this table's own, not the parent's
    std::vector<uint16_t> pool;
    uint16_t rule_weight = 0;  // beyond the first level, of each character that goes by a rule
    // Of ASCII: the only weight; 0: not one weight, or a contraction begins here.
    std::array<uint16_t, 128> ascii{};
  };

  struct Weights {
    const uint16_t* data;
    uint32_t count;
  };

  // Reads the section, and its parent's.
  explicit WeightTable(std::string_view section);
  WeightTable(const WeightTable&) = delete;
  WeightTable& operator=(const WeightTable&) = delete;

  // `scratch` has room for 12 weights, and is used for what goes by rule.
  Weights look_up(int level, uint32_t key, uint16_t* scratch) const {
    const Level& l = levels[static_cast<size_t>(level)];
    const Page* page = key < kKeys ? l.pages[key >> 8] : nullptr;
    const Entry entry = page ? (*page)[key & 0xff] : kByRule << 24;
    const uint32_t count = count_of(entry);
    if (count == kByRule) return by_rule(level, key, scratch);
    if (count == 1) {
      *scratch = static_cast<uint16_t>(entry);
      return {scratch, 1};
    }
    return {l.pool.data() + place_of(entry), count};
  }
  bool may_contract(uint32_t key) const {
    const Page* page = has_contractions && key < kKeys ? levels[0].pages[key >> 8] : nullptr;
    return page && (*page)[key & 0xff] & kHead;
  }
  const std::vector<Contraction>& contractions_of(uint32_t key) const {
    return contractions.find(key)->second;
  }

  // Greater keys, native codes of more than two bytes, weigh their own bytes.
  static constexpr uint32_t kKeys = 0x110000;

  int level_count = 1;
  int weight_bytes = 2;  // in a weight string
  bool has_contractions = false;
  bool weighs_supplementary =
      true;  // false for Unicode 4's order, where all of these weigh the same
  std::array<Level, kLevelsMax> levels;
  std::vector<Rule> rules;
  std::unordered_map<uint32_t, std::vector<Contraction>>
      contractions;  // by the first character, the longest first
  const WeightTable* parent = nullptr;

 private:
  Weights by_rule(int level, uint32_t key, uint16_t* scratch) const;
  void inherit();
  void read_rules(std::string_view& bytes);
  void read_explicit(std::string_view& bytes);
  void read_contractions(std::string_view& bytes);
  void fill_ascii();
  Page& own_page(Level& level, uint32_t index);
  void set(Level& level, uint32_t key, const std::vector<uint16_t>& weights);

  std::vector<std::unique_ptr<Page>> own_pages_;
};

// A table that is read when first asked for, and shared by all collations that use it.
class WeightSlot {
 public:
  explicit WeightSlot(std::string section) : section_(std::move(section)) {}
  WeightSlot(const WeightSlot&) = delete;
  WeightSlot& operator=(const WeightSlot&) = delete;
  ~WeightSlot() { delete table_.load(); }
  const WeightTable& get() const {
    const WeightTable* known = table_.load(std::memory_order_acquire);
    return known ? *known : read();
  }
  const std::string& section() const { return section_; }

 private:
  const WeightTable& read() const;
  const std::string section_;
  mutable std::atomic<const WeightTable*> table_ = nullptr;
};

// REQUIRES: the section exists.
const WeightSlot& weight_slot(std::string_view section);

}  // namespace vif::types
