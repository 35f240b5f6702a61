#include "types/collation/weight_table.h"

#include <algorithm>
#include <deque>

#include "base/assert.h"
#include "types/collation/tables.h"

namespace vif::types {
namespace {

constexpr WeightTable::Entry kRuleEntry = WeightTable::kByRule << 24;

// The jamo that a Hangul syllable is made of: two or three.
size_t jamo_of(uint32_t syllable, uint32_t* jamo) {
  const uint32_t index = syllable - 0xac00;
  jamo[0] = 0x1100 + index / (21 * 28);
  jamo[1] = 0x1161 + index / 28 % 21;
  jamo[2] = 0x11a7 + index % 28;
  return jamo[2] == 0x11a7 ? 2 : 3;
}

uint32_t code_bytes(uint32_t code, uint16_t* out) {
  uint32_t count = 0;
  for (int shift = 24; shift >= 0; shift -= 8) {
    if (count > 0 || code >> shift != 0) out[count++] = static_cast<uint16_t>(code >> shift & 0xff);
  }
  return count;
}

}  // namespace

WeightTable::Page& WeightTable::own_page(Level& level, uint32_t index) {
  const Page*& page = level.pages[index];
  if (level.owned[index]) return const_cast<Page&>(*page);
  auto fresh = std::make_unique<Page>();
  if (page) {
    *fresh = *page;
  } else {
    fresh->fill(kRuleEntry);
  }
  page = fresh.get();
  level.owned[index] = true;
  own_pages_.push_back(std::move(fresh));
  return *own_pages_.back();
}

void WeightTable::set(Level& level, uint32_t key, const std::vector<uint16_t>& weights) {
  Page& page = own_page(level, key >> 8);
  Entry& entry = page[key & 0xff];
  if (weights.size() == 1) {
    entry = 1u << 24 | weights[0];
    return;
  }
  VIF_ASSERT(weights.size() < kByRule && level.pool.size() < 0xffffff);
  entry = static_cast<uint32_t>(weights.size()) << 24 | static_cast<uint32_t>(level.pool.size());
  level.pool.insert(level.pool.end(), weights.begin(), weights.end());
}

void WeightTable::inherit() {
  for (int i = 0; i < level_count; ++i) {
    Level& level = levels[static_cast<size_t>(i)];
    if (parent && i < parent->level_count) {
      level = parent->levels[static_cast<size_t>(i)];
    } else {
      level.pages.assign(kKeys >> 8, nullptr);
    }
    level.owned.assign(kKeys >> 8, false);
  }
  if (parent) contractions = parent->contractions;
}

void WeightTable::read_rules(std::string_view& bytes) {
  for (int i = 0; i < level_count; ++i)
    levels[static_cast<size_t>(i)].rule_weight = static_cast<uint16_t>(read_number(bytes));
  rules.resize(read_number(bytes));
  uint32_t at = 0;
  for (Rule& rule : rules) {
    at += read_number(bytes);
    rule.first = at;
    rule.kind = static_cast<Rule::Kind>(read_number(bytes));
    rule.value = static_cast<uint16_t>(read_number(bytes));
    rule.prefix = static_cast<uint16_t>(read_number(bytes));
  }
  if (!parent) return;
  // What the parent has stored for these characters is not theirs.
  for (size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].kind == Rule::Kind::kInherited) continue;
    const uint32_t end = i + 1 < rules.size() ? rules[i + 1].first : kKeys;
    for (int n = 0; n < level_count; ++n) {
      Level& level = levels[static_cast<size_t>(n)];
      for (uint32_t page = rules[i].first >> 8; page <= (end - 1) >> 8; ++page) {
        if (!level.pages[page]) continue;
        if (page << 8 >= rules[i].first && (page + 1) << 8 <= end) {
          level.pages[page] = nullptr;
          level.owned[page] = false;
          continue;
        }
        Page& own = own_page(level, page);
        for (uint32_t key = std::max(page << 8, rules[i].first);
             key < std::min((page + 1) << 8, end); ++key)
          own[key & 0xff] = kRuleEntry;
      }
    }
  }
}

// Columns: the keys; then for each level how many weights each has, and the weights as differences.
void WeightTable::read_explicit(std::string_view& bytes) {
  std::vector<uint32_t> keys(read_number(bytes));
  uint32_t key = 0;
  for (uint32_t& k : keys) k = key += read_number(bytes);
  std::vector<std::vector<uint16_t>> weights(keys.size());
  for (int n = 0; n < level_count; ++n) {
    for (std::vector<uint16_t>& w : weights) w.resize(read_number(bytes));
    int64_t before = 0;
    for (std::vector<uint16_t>& list : weights) {
      for (uint16_t& w : list) w = static_cast<uint16_t>(before += read_signed(bytes));
    }
    for (size_t i = 0; i < keys.size(); ++i)
      set(levels[static_cast<size_t>(n)], keys[i], weights[i]);
  }
}

void WeightTable::read_contractions(std::string_view& bytes) {
  const uint32_t count = read_number(bytes);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t length = read_number(bytes);
    const uint32_t first = read_number(bytes);
    Contraction contraction;
    for (uint32_t c = 1; c < length; ++c) contraction.tail.push_back(read_number(bytes));
    for (int n = 0; n < level_count; ++n) {
      std::vector<uint16_t>& weights = contraction.weights[static_cast<size_t>(n)];
      weights.resize(read_number(bytes));
      for (uint16_t& w : weights) w = static_cast<uint16_t>(read_number(bytes));
    }
    VIF_ASSERT(!contraction.tail.empty());
    std::vector<Contraction>& list = contractions[first];
    std::erase_if(list, [&](const Contraction& c) { return c.tail == contraction.tail; });
    list.push_back(std::move(contraction));
  }
  for (auto& [first, list] : contractions) {
    has_contractions = true;
    std::stable_sort(list.begin(), list.end(), [](const Contraction& a, const Contraction& b) {
      return a.tail.size() > b.tail.size();
    });
    own_page(levels[0], first >> 8)[first & 0xff] |= kHead;
  }
}

void WeightTable::fill_ascii() {
  for (int n = 0; n < level_count; ++n) {
    Level& level = levels[static_cast<size_t>(n)];
    for (uint32_t c = 0; c < 128; ++c) {
      uint16_t scratch[12];
      const Weights w = look_up(n, c, scratch);
      level.ascii[c] = w.count == 1 && !may_contract(c) ? *w.data : 0;
    }
  }
}

WeightTable::Weights WeightTable::by_rule(int level, uint32_t key, uint16_t* scratch) const {
  if (key >= kKeys) return {scratch, code_bytes(key, scratch)};
  const auto next = std::upper_bound(rules.begin(), rules.end(), key,
                                     [](uint32_t k, const Rule& r) { return k < r.first; });
  const Rule rule = next == rules.begin() ? Rule{} : *(next - 1);
  if (rule.kind == Rule::Kind::kInherited) {
    return parent && level < parent->level_count ? parent->look_up(level, key, scratch)
                                                 : Weights{scratch, 0};
  }
  if (rule.kind == Rule::Kind::kIgnored) return {scratch, 0};
  if (rule.kind == Rule::Kind::kCodeBytes) return {scratch, code_bytes(key, scratch)};
  // The place among gb18030's codes of four bytes.
  if (rule.kind == Rule::Kind::kGb18030)
    return {scratch, code_bytes(0xff000000 + 189000 + key - 0x10000, scratch)};
  if (rule.kind == Rule::Kind::kHangul) {
    uint32_t jamo[3];
    const size_t count = jamo_of(key, jamo);
    uint32_t filled = 0;
    for (size_t i = 0; i < count; ++i) {
      uint16_t one[12];
      const Weights w = look_up(level, jamo[i], one);
      for (uint32_t k = 0; k < w.count && filled < 12; ++k) scratch[filled++] = w.data[k];
    }
    return {scratch, filled};
  }
  if (level > 0) {
    *scratch = levels[static_cast<size_t>(level)].rule_weight;
    return {scratch, *scratch ? 1u : 0u};
  }
  uint32_t count = 0;
  switch (rule.kind) {
    case Rule::Kind::kSelf: scratch[count++] = static_cast<uint16_t>(key); break;
    case Rule::Kind::kConstant: scratch[count++] = rule.value; break;
    case Rule::Kind::kPrefixedImplicit: scratch[count++] = rule.prefix; [[fallthrough]];
    default:
      scratch[count++] = static_cast<uint16_t>(rule.value + (key >> 15));
      scratch[count++] = static_cast<uint16_t>(0x8000 | (key & 0x7fff));
  }
  return {scratch, count};
}

WeightTable::WeightTable(std::string_view section) {
  const std::string content = read_section(section);
  std::string_view bytes = content;
  level_count = static_cast<int>(read_number(bytes));
  weight_bytes = static_cast<int>(read_number(bytes));
  const std::string_view parent_section = read_text(bytes);
  if (!parent_section.empty()) parent = &weight_slot(parent_section).get();
  inherit();
  read_rules(bytes);
  read_explicit(bytes);
  read_contractions(bytes);
  fill_ascii();
  weighs_supplementary =
      parent ? parent->weighs_supplementary : section != "weights/utf8mb4_unicode_ci";
}

// Two threads may both read it; what loses is dropped.
const WeightTable& WeightSlot::read() const {
  auto* fresh = new WeightTable(section_);
  const WeightTable* known = nullptr;
  if (table_.compare_exchange_strong(known, fresh, std::memory_order_acq_rel)) return *fresh;
  delete fresh;
  return *known;
}

const WeightSlot& weight_slot(std::string_view section) {
  static const std::deque<WeightSlot> slots = [] {
    std::deque<WeightSlot> all;
    for (const std::string& name : section_names("weights/")) all.emplace_back(name);
    return all;
  }();
  const auto found = std::find_if(slots.begin(), slots.end(),
                                  [&](const WeightSlot& s) { return s.section() == section; });
  VIF_ASSERT(found != slots.end());
  return *found;
}

}  // namespace vif::types
