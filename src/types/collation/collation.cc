#include "types/collation/collation.h"

#include <algorithm>
#include <cstring>

#include "types/collation/case_table.h"
#include "types/collation/own_order.h"
#include "types/collation/weight_stream.h"

namespace vif::types {
namespace {

int sign(int n) { return (n > 0) - (n < 0); }
int order_of(int a, int b) { return a < b ? -1 : a > b; }

// As if the shorter were filled up with spaces, byte by byte.
int compare_padded_bytes(std::string_view a, std::string_view b) {
  const size_t shared = std::min(a.size(), b.size());
  if (const int order = sign(std::memcmp(a.data(), b.data(), shared)); order != 0) return order;
  for (const char c : a.substr(shared)) {
    if (c != ' ') return static_cast<uint8_t>(c) < ' ' ? -1 : 1;
  }
  for (const char c : b.substr(shared)) {
    if (c != ' ') return static_cast<uint8_t>(c) < ' ' ? 1 : -1;
  }
  return 0;
}

int compare_points(const Charset& charset, std::string_view a, std::string_view b, bool pad) {
  while (!a.empty() && !b.empty()) {
    const uint32_t x = charset.next_code(a);
    const uint32_t y = charset.next_code(b);
    if (x != y) return x < y ? -1 : 1;
  }
  if (!pad) return order_of(!a.empty(), !b.empty());
  while (!a.empty()) {
    if (const uint32_t x = charset.next_code(a); x != ' ') return x < ' ' ? -1 : 1;
  }
  while (!b.empty()) {
    if (const uint32_t x = charset.next_code(b); x != ' ') return x < ' ' ? 1 : -1;
  }
  return 0;
}

int pad_weight(const WeightTable& table, int level) {
  uint16_t scratch[12];
  const WeightTable::Weights space = table.look_up(level, ' ', scratch);
  return space.count == 0 ? -1 : *space.data;
}

template <typename Keys>
int compare_streams(const WeightTable& table, int level, Keys keys, std::string_view a,
                    std::string_view b, bool pad) {
  WeightStream<Keys> left(table, level, keys, a);
  WeightStream<Keys> right(table, level, keys, b);
  int x = 0;
  int y = 0;
  while ((x = left.next()) == (y = right.next())) {
    if (x < 0) return 0;
  }
  if (x >= 0 && y >= 0) return order_of(x, y);
  if (!pad) return x < 0 ? -1 : 1;
  const int space = pad_weight(table, level);
  for (; x >= 0; x = left.next()) {
    if (x != space) return order_of(x, space);
  }
  for (; y >= 0; y = right.next()) {
    if (y != space) return order_of(space, y);
  }
  return 0;
}

// Passes the start of both that is ASCII, has one weight each and weighs the same; true when the
// order is known then.
bool compare_ascii(const WeightTable& table, int level, std::string_view& a, std::string_view& b,
                   int& order) {
  const std::array<uint16_t, 128>& weights = table.levels[static_cast<size_t>(level)].ascii;
  const size_t shared = std::min(a.size(), b.size());
  size_t i = 0;
  for (; i < shared; ++i) {
    const auto x = static_cast<uint8_t>(a[i]);
    const auto y = static_cast<uint8_t>(b[i]);
    if ((x | y) >= 0x80) break;
    const uint16_t left = weights[x];
    const uint16_t right = weights[y];
    if (left == 0 || right == 0) break;
    if (left != right) {
      order = left < right ? -1 : 1;
      return true;
    }
  }
  a.remove_prefix(i);
  b.remove_prefix(i);
  return false;
}

// Of numbers of 16 bits, four at a time.
class Hash {
 public:
  void add(uint32_t n) {
    pending_ |= static_cast<uint64_t>(n) << shift_;
    shift_ += 16;
    if (shift_ == 64) mix();
  }
  uint64_t get() {
    if (shift_ > 0) mix();
    const uint64_t h = (state_ ^ (state_ >> 32)) * 0xd6e8feb86659fd93u;
    return h ^ (h >> 32);
  }

 private:
  void mix() {
    state_ = (state_ ^ pending_) * 0x9e3779b97f4a7c15u;
    state_ ^= state_ >> 29;
    pending_ = 0;
    shift_ = 0;
  }
  uint64_t state_ = 0x2545f4914f6cdd1du;
  uint64_t pending_ = 0;
  int shift_ = 0;
};

std::string_view without_trailing_spaces(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Each weight of a level but those at the end that padding could make.
template <typename Keys, typename Add>
void each_weight(const WeightTable& table, int level, Keys keys, std::string_view text, int space,
                 const Add& add) {
  size_t spaces = 0;
  if constexpr (!std::is_same_v<Keys, AnyKeys>) {
    const uint16_t* ascii = table.levels[static_cast<size_t>(level)].ascii.data();
    size_t i = 0;
    for (; i < text.size(); ++i) {
      const auto c = static_cast<uint8_t>(text[i]);
      const int weight = c < 0x80 ? ascii[c] : 0;
      if (weight == 0) break;
      if (weight == space) {
        ++spaces;
        continue;
      }
      for (; spaces > 0; --spaces) add(space);
      add(weight);
    }
    text.remove_prefix(i);
  }
  WeightStream<Keys> stream(table, level, keys, text);
  for (int weight = stream.next(); weight >= 0; weight = stream.next()) {
    if (weight == space) {
      ++spaces;
      continue;
    }
    for (; spaces > 0; --spaces) add(space);
    add(weight);
  }
}

void append_big_endian(uint32_t n, int bytes, std::string& out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(n >> shift);
}

}  // namespace

Collation::~Collation() {
  delete cases_.load();
  delete own_.load();
}

const OwnOrder& Collation::own() const {
  const OwnOrder* known = own_.load(std::memory_order_acquire);
  if (known) return *known;
  auto* fresh = new OwnOrder(own_section);
  if (own_.compare_exchange_strong(known, fresh, std::memory_order_acq_rel)) return *fresh;
  delete fresh;
  return *known;
}

const CaseTable* Collation::cases() const {
  if (case_section.empty()) return nullptr;
  const CaseTable* known = cases_.load(std::memory_order_acquire);
  if (known) return known;
  auto* fresh = new CaseTable(case_section);
  if (cases_.compare_exchange_strong(known, fresh, std::memory_order_acq_rel)) return fresh;
  delete fresh;
  return known;
}

bool Collation::is_utf8() const {
  return charset->encoding == Encoding::kUtf8 || charset->encoding == Encoding::kUtf8Mb3;
}

int Collation::compare(std::string_view a, std::string_view b) const {
  if (kind == Kind::kBytes) {
    if (pad_space) return compare_padded_bytes(a, b);
    return sign(a.compare(b));
  }
  // UTF-8's bytes are in the order of its code points.
  if (kind == Kind::kPoints && is_utf8())
    return pad_space ? compare_padded_bytes(a, b) : sign(a.compare(b));
  if (kind == Kind::kPoints) return compare_points(*charset, a, b, pad_space);
  if (kind == Kind::kOwn) {
    std::string x;
    std::string y;
    own().append_weights(a, x);
    own().append_weights(b, y);
    return pad_space ? compare_padded_bytes(x, y) : sign(x.compare(y));
  }
  if (trims_spaces) {
    a = without_trailing_spaces(a);
    b = without_trailing_spaces(b);
  }
  const WeightTable& table = weights->get();
  return with_keys(*this, [&](auto keys) {
    for (const int level : levels) {
      std::string_view left = a;
      std::string_view right = b;
      int order = 0;
      if constexpr (!std::is_same_v<decltype(keys), AnyKeys>) {
        if (compare_ascii(table, level, left, right, order)) return order;
      }
      order = compare_streams(table, level, keys, left, right, pads(level));
      if (order != 0) return order;
    }
    return 0;
  });
}

bool Collation::starts_with(std::string_view text, std::string_view prefix) const {
  if (kind == Kind::kOwn) {
    return text.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), text.begin(), [&](char a, char b) {
             return own().character(static_cast<uint8_t>(a)) ==
                    own().character(static_cast<uint8_t>(b));
           });
  }
  if (kind != Kind::kWeights) return text.starts_with(prefix);
  const WeightTable& table = weights->get();
  return with_keys(*this, [&](auto keys) {
    for (const int level : levels) {
      WeightStream<decltype(keys)> whole(table, level, keys, text);
      WeightStream<decltype(keys)> start(table, level, keys, prefix);
      for (int weight = start.next(); weight >= 0; weight = start.next()) {
        if (whole.next() != weight) return false;
      }
    }
    return true;
  });
}

uint64_t Collation::hash(std::string_view text) const {
  Hash hash;
  if (kind == Kind::kOwn) {
    std::string key;
    append_key(text, key);
    for (const char c : key) hash.add(static_cast<uint8_t>(c));
    return hash.get();
  }
  if (kind == Kind::kBytes) {
    for (const char c : pad_space ? without_trailing_spaces(text) : text)
      hash.add(static_cast<uint8_t>(c));
    return hash.get();
  }
  if (kind == Kind::kPoints) {
    size_t spaces = 0;
    while (!text.empty()) {
      const uint32_t code = charset->next_code(text);
      if (pad_space && code == ' ') {
        ++spaces;
        continue;
      }
      for (; spaces > 0; --spaces) hash.add(' ');
      hash.add(code & 0xffff);
      hash.add(code >> 16);
    }
    return hash.get();
  }
  if (trims_spaces) text = without_trailing_spaces(text);
  const WeightTable& table = weights->get();
  with_keys(*this, [&](auto keys) {
    for (const int level : levels) {
      const int space = pads(level) ? pad_weight(table, level) : -1;
      each_weight(table, level, keys, text, space,
                  [&](int weight) { hash.add(static_cast<uint32_t>(weight)); });
      hash.add(0);
    }
  });
  return hash.get();
}

void Collation::append_key(std::string_view text, std::string& out) const {
  if (kind == Kind::kOwn) {
    const size_t begin = out.size();
    own().append_weights(text, out);
    while (pad_space && out.size() > begin && out.back() == ' ') out.pop_back();
    return;
  }
  if (kind == Kind::kBytes) {
    out += pad_space ? without_trailing_spaces(text) : text;
    return;
  }
  if (kind == Kind::kPoints) {
    const std::string space = charset->space();
    while (pad_space && text.ends_with(space)) text.remove_suffix(space.size());
    out += text;
    return;
  }
  if (trims_spaces) text = without_trailing_spaces(text);
  const WeightTable& table = weights->get();
  with_keys(*this, [&](auto keys) {
    for (const int level : levels) {
      const int space = pads(level) ? pad_weight(table, level) : -1;
      each_weight(table, level, keys, text, space,
                  [&](int weight) { append_big_endian(static_cast<uint32_t>(weight), 2, out); });
      if (levels.size() > 1) append_big_endian(0, 2, out);
    }
  });
}

// MariaDB's "..._w2" have room for eight weights a character, of both levels, where characters have
// two bytes at least; utf8's have more of it.
size_t Collation::room_for_weights(std::string_view text) const {
  const Encoding e = charset->encoding;
  const bool wide = e == Encoding::kUcs2 || e == Encoding::kUtf16 || e == Encoding::kUtf32;
  if (!wide || !name.ends_with("_w2")) return std::string_view::npos;
  constexpr size_t kRoom = 16;
  return text.size() / (e == Encoding::kUtf32 ? 4 : 2) * kRoom;
}

void Collation::append_weight_string(std::string_view text, std::string& out) const {
  if (kind == Kind::kOwn) return own().append_weight_string(text, out);
  if (kind == Kind::kBytes) {
    out += text;
    return;
  }
  if (kind == Kind::kPoints) {
    const int bytes =
        charset->encoding == Encoding::kUcs2 || charset->encoding == Encoding::kUtf8Mb3 ? 2 : 3;
    while (!text.empty()) append_big_endian(charset->next_code(text), bytes, out);
    return;
  }
  const WeightTable& table = strings->get();
  bool first = true;
  const size_t all = out.size();
  const size_t room = room_for_weights(text);
  for (const int level : levels) {
    const size_t begin = out.size();
    if (separated && !first) append_big_endian(0, 2, out);
    first = false;
    const size_t separator_end = out.size();
    each_weight(table, level, AnyKeys{*this}, text, -1, [&](int weight) {
      append_big_endian(static_cast<uint32_t>(weight), table.weight_bytes, out);
    });
    // The fourth level, which tells kana apart, is not there when the text has none.
    if (level == 3 && out.size() == separator_end) out.resize(begin);
  }
  if (out.size() - all > room) out.resize(all + room);
}

// All 256 characters have the weight that is usual at that level.
static bool is_usual_page(const WeightTable& table, int level, uint32_t page) {
  constexpr uint16_t kUsual[] = {0, 0x20, 0x02};
  for (uint32_t i = 0; i < 256; ++i) {
    uint16_t scratch[12];
    const WeightTable::Weights w = table.look_up(level, page << 8 | i, scratch);
    if (w.count != 1 || w.data[0] != kUsual[level]) return false;
  }
  return true;
}

bool Collation::same_character(uint32_t a, uint32_t b) const {
  if (a == b) return true;
  if (kind == Kind::kOwn && a < 0x100 && b < 0x100)
    return own().character(static_cast<uint8_t>(a)) == own().character(static_cast<uint8_t>(b));
  if (kind != Kind::kWeights || a >= kMalformed || b >= kMalformed) return false;
  // MariaDB's collations of several levels but the Thai one, and the oldest ones of Unicode's
  // order, do not look at supplementary characters here.
  const bool to_the_end = levels.size() == 1 || separated || name.ends_with("_w2");
  const bool uca1400 = name.find("uca1400") != std::string::npos;
  if (charset->is_unicode() && !uca1400 && (a > 0xffff || b > 0xffff) &&
      !(to_the_end && weights->get().weighs_supplementary))
    return false;
  const WeightTable& table = weights->get();
  for (const int level : levels) {
    uint16_t left[12];
    uint16_t right[12];
    const WeightTable::Weights x = table.look_up(level, a, left);
    const WeightTable::Weights y = table.look_up(level, b, right);
    if (!std::equal(x.data, x.data + x.count, y.data, y.data + y.count)) return false;
    // Servers have no weights of characters on pages that go by a rule, and MariaDB no later ones
    // of such as have the usual ones: each is the same as itself only.
    const auto by_rule = [&](uint32_t code, const WeightTable::Weights& w) {
      return level == 0 && w.count > 1 && code < WeightTable::kKeys &&
             !table.levels[0].pages[code >> 8];
    };
    if (charset->is_unicode() && (by_rule(a, x) || by_rule(b, y))) return false;
    if ((uca1400 || name.ends_with("_w2")) && level > 0 && level < 3 &&
        (is_usual_page(table, level, a >> 8) || is_usual_page(table, level, b >> 8)))
      return false;
  }
  return true;
}

std::string Collation::changed_case(std::string_view text, bool upper) const {
  const CaseTable* letters = cases();
  if (!letters) return std::string(text);
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char first = text.front();
    const uint32_t code = charset->next_code(text);
    if (code == Charset::kInvalid) {
      out += first;
    } else {
      charset->append_code(upper ? letters->upper(code) : letters->lower(code), out);
    }
  }
  return out;
}

std::string Collation::to_upper(std::string_view text) const { return changed_case(text, true); }
std::string Collation::to_lower(std::string_view text) const { return changed_case(text, false); }

}  // namespace vif::types
