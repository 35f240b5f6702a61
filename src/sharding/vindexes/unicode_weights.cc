#include <algorithm>
#include <iterator>
#include <map>
#include <vector>

#include <unicode/uchar.h>

#include "sharding/vindexes/unicode_loose.h"
#include "sharding/vindexes/unicode_table.h"

namespace vif::sharding {
namespace {

using CodePoint = uint32_t;

constexpr CodePoint kHangulFirst = 0xac00;
constexpr CodePoint kHangulLast = 0xd7a3;

struct CodePointRange {
  CodePoint first;
  CodePoint last;
};

// Han as the frozen tables know it: the unified ideographs, and their extensions with Tangut, Nushu
// and Khitan.
constexpr CodePointRange kHan[] = {{0x4e00, 0x9fff}, {0xfa0e, 0xfa0f}, {0xfa11, 0xfa11},
                                   {0xfa13, 0xfa14}, {0xfa1f, 0xfa1f}, {0xfa21, 0xfa21},
                                   {0xfa23, 0xfa24}, {0xfa27, 0xfa29}};
constexpr CodePointRange kHanExtensions[] = {
    {0x3400, 0x4dbf},   {0x16fe4, 0x16fe4}, {0x17000, 0x187f7}, {0x18800, 0x18cd5},
    {0x18d00, 0x18d08}, {0x1b170, 0x1b2fb}, {0x20000, 0x2a6df}, {0x2a700, 0x2b739},
    {0x2b740, 0x2b81d}, {0x2b820, 0x2cea1}, {0x2ceb0, 0x2ebe0}, {0x30000, 0x3134a},
    {0x31350, 0x323af}};

template <size_t N>
bool within(const CodePointRange (&ranges)[N], CodePoint c) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [c](const CodePointRange& r) { return r.first <= c && c <= r.last; });
}

// The weight of a code point that no table lists.
uint32_t implicit_weight(CodePoint c) {
  if (within(kHan, c)) return 0x10000 + c;
  if (within(kHanExtensions, c)) return 0x20000 + c;
  return 0x50000 + c;
}

std::string decoded_base64(const char* text) {
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (; *text && *text != '='; ++text) {
    const char c = *text;
    uint32_t digit = 63;
    if (c >= 'A' && c <= 'Z') digit = static_cast<uint32_t>(c - 'A');
    if (c >= 'a' && c <= 'z') digit = static_cast<uint32_t>(c - 'a' + 26);
    if (c >= '0' && c <= '9') digit = static_cast<uint32_t>(c - '0' + 52);
    if (c == '+') digit = 62;
    bits = bits << 6 | digit;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xff);
    }
  }
  return out;
}

// Weights by code point, laid out flat: those of `c` are weights[offsets[c] .. offsets[c + 1]).
class WeightTable {
 public:
  WeightTable() { decode_runs(decoded_base64(kUnicodeRuns)); }

  // False when the table does not list it (implicit_weight() holds then).
  bool find(CodePoint c, const uint32_t*& from, const uint32_t*& to) const {
    const auto run = std::upper_bound(runs_.begin(), runs_.end(), c,
                                      [](CodePoint at, const Run& r) { return at < r.first; });
    if (run == runs_.begin()) return false;
    const Run& found = *std::prev(run);
    const size_t index = c - found.first;
    if (index >= found.count) return false;
    from = weights_.data() + offsets_[found.at + index];
    to = weights_.data() + offsets_[found.at + index + 1];
    return true;
  }

 private:
  struct Run {
    CodePoint first;
    uint32_t count;
    size_t at;  // in offsets_
  };

  // A run: code points skipped, count << 2 | kind, then by kind 0: one weight, each next one more;
  // 1: one list for all; 2: a list each; 3: one weight each. Numbers are varints, weights signed
  // steps from the weight before.
  void decode_runs(const std::string& bytes) {
    size_t at = 0;
    CodePoint c = 0;
    uint32_t last = 0;
    const auto number = [&] {
      uint32_t value = 0;
      for (int shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.at(at++));
        value |= static_cast<uint32_t>(byte & 127) << shift;
        if (byte < 128) return value;
      }
    };
    const auto weight = [&] {
      const uint32_t step = number();
      last += (step >> 1) ^ (~(step & 1) + 1);
      return last;
    };
    while (at < bytes.size()) {
      c += number();
      const uint32_t head = number();
      const uint32_t count = head >> 2;
      runs_.push_back({c, count, offsets_.size()});
      std::vector<uint32_t> shared;
      if ((head & 3) == 1) {
        shared.resize(number());
        for (uint32_t& w : shared) w = weight();
      }
      for (uint32_t i = 0; i < count; ++i) {
        offsets_.push_back(static_cast<uint32_t>(weights_.size()));
        switch (head & 3) {
          case 0: weights_.push_back(i == 0 ? weight() : ++last); break;
          case 1: weights_.insert(weights_.end(), shared.begin(), shared.end()); break;
          case 2:
            for (uint32_t n = number(); n > 0; --n) weights_.push_back(weight());
            break;
          case 3: weights_.push_back(weight()); break;
        }
      }
      offsets_.push_back(static_cast<uint32_t>(weights_.size()));
      c += count;
    }
  }

  std::vector<Run> runs_;
  std::vector<uint32_t> offsets_;
  std::vector<uint32_t> weights_;
};

const WeightTable& table() {
  static const WeightTable made;
  return made;
}

struct Combining {
  uint8_t first;  // class of the first and of the last code point of its decomposition
  uint8_t last;
};

Combining combining(CodePoint c) {
  switch (c) {
    case 0x0344: return {230, 230};
    case 0x0f73: return {129, 130};
    case 0x0f75: return {129, 132};
    case 0x0f81: return {129, 130};
    default: {
      if (c < 0x300) return {0, 0};
      const uint8_t ccc = u_getCombiningClass(static_cast<UChar32>(c));
      return {ccc, ccc};
    }
  }
}

// What moves as one when marks are put into canonical order.
struct Block {
  std::vector<uint32_t> weights;
  uint8_t combining = 0;
};

void append_weights(std::vector<uint32_t>& out, CodePoint c) {
  if (c >= kHangulFirst && c <= kHangulLast) {
    const CodePoint index = c - kHangulFirst;
    append_weights(out, 0x1100 + index / 588);
    append_weights(out, 0x1161 + index % 588 / 28);
    if (index % 28 != 0) append_weights(out, 0x11a7 + index % 28);
    return;
  }
  const uint32_t* from = nullptr;
  const uint32_t* to = nullptr;
  if (table().find(c, from, to)) {
    out.insert(out.end(), from, to);
  } else {
    out.push_back(implicit_weight(c));
  }
}

const UnicodeContraction* find_contraction(CodePoint a, CodePoint b, CodePoint c) {
  const UnicodeContraction* end = kUnicodeContractions + kUnicodeContractionCount;
  const CodePoint key[] = {a, b, c};
  const auto less = [](const UnicodeContraction& entry, const CodePoint(&k)[3]) {
    return std::lexicographical_compare(entry.code_points, entry.code_points + 3, k, k + 3);
  };
  const UnicodeContraction* at = std::lower_bound(kUnicodeContractions, end, key, less);
  return at != end && std::equal(key, key + 3, at->code_points) ? at : nullptr;
}

bool starts_contraction(CodePoint c) {
  if (c < 0x400 && c != 'L' && c != 'l') return false;
  const UnicodeContraction* end = kUnicodeContractions + kUnicodeContractionCount;
  const UnicodeContraction* at = std::lower_bound(
      kUnicodeContractions, end, c,
      [](const UnicodeContraction& entry, CodePoint k) { return entry.code_points[0] < k; });
  return at != end && at->code_points[0] == c;
}

// Cuts text into blocks: contractions first, also with marks between that do not block them.
class Cutter {
 public:
  explicit Cutter(std::vector<CodePoint> text) : text_(std::move(text)) {}

  std::vector<Block> cut() {
    while (at_ < text_.size()) {
      const CodePoint c = text_[at_++];
      Block block;
      block.combining = combining(c).first;
      if (starts_contraction(c) && take_contraction(c, block)) continue;
      append_weights(block.weights, c);
      blocks_.push_back(std::move(block));
    }
    return std::move(blocks_);
  }

 private:
  bool take_contraction(CodePoint first, Block& block) {
    const UnicodeContraction* found = nullptr;
    CodePoint second = 0;
    if (at_ + 1 < text_.size()) found = find_contraction(first, text_[at_], text_[at_ + 1]);
    if (found) {
      at_ += 2;
    } else if (at_ < text_.size() && (found = find_contraction(first, text_[at_], 0))) {
      second = text_[at_++];
    }
    const size_t marks_end = extend_over_marks(first, second, found);
    if (!found) return false;
    block.weights.push_back(found->weight);
    std::vector<Block> skipped;
    for (; at_ < marks_end; ++at_) {
      Block mark;
      mark.combining = combining(text_[at_]).first;
      append_weights(mark.weights, text_[at_]);
      skipped.push_back(std::move(mark));
    }
    if (block.combining != 0) {
      for (const Block& mark : skipped)
        block.weights.insert(block.weights.end(), mark.weights.begin(), mark.weights.end());
      skipped.clear();
    }
    blocks_.push_back(std::move(block));
    std::move(skipped.begin(), skipped.end(), std::back_inserter(blocks_));
    return true;
  }

  // Looks behind ascending marks for one that joins; takes it out of the text. Returns where the
  // marks before the last one taken end.
  size_t extend_over_marks(CodePoint first, CodePoint second, const UnicodeContraction*& found) {
    size_t end = at_;
    uint8_t last = 0;
    for (size_t i = at_; i < text_.size();) {
      const Combining ccc = combining(text_[i]);
      if (ccc.first == 0 || ccc.first <= last) break;
      const UnicodeContraction* longer = second == 0 && found == nullptr
                                             ? find_contraction(first, text_[i], 0)
                                         : second != 0 ? find_contraction(first, second, text_[i])
                                                       : nullptr;
      if (longer) {
        second = second == 0 ? text_[i] : 0;
        found = longer;
        end = i;
        text_.erase(text_.begin() + static_cast<ptrdiff_t>(i));
        continue;
      }
      last = ccc.last;
      ++i;
    }
    return end;
  }

  std::vector<CodePoint> text_;
  size_t at_ = 0;
  std::vector<Block> blocks_;
};

// Strict: no surrogates, no overlong forms.
bool decode_utf8(std::string_view text, std::vector<CodePoint>& out) {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    if (lead < 0x80) {
      out.push_back(lead);
      continue;
    }
    const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || i + static_cast<size_t>(more) > text.size()) return false;
    CodePoint c = lead & (0x3fu >> more);
    for (int k = 0; k < more; ++k) {
      const auto byte = static_cast<unsigned char>(text[i++]);
      if ((byte & 0xc0) != 0x80) return false;
      c = c << 6 | (byte & 0x3f);
    }
    const bool overlong = (more == 2 && c < 0x800) || (more == 3 && c < 0x10000);
    if (overlong || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) return false;
    out.push_back(c);
  }
  return true;
}

}  // namespace

Result<std::string> unicode_weights(std::string_view text) {
  std::vector<CodePoint> code_points;
  code_points.reserve(text.size());
  if (!decode_utf8(text, code_points)) {
    return Error(Code::kUnknown,
                 fmt::format("cannot normalize string containing invalid UTF-8: \"{}\"", text));
  }
  while (!code_points.empty() && code_points.back() == ' ') code_points.pop_back();
  std::vector<Block> blocks = Cutter(std::move(code_points)).cut();
  for (auto from = blocks.begin(); from != blocks.end();) {
    const auto to =
        std::find_if(from, blocks.end(), [](const Block& b) { return b.combining == 0; });
    std::stable_sort(from, to,
                     [](const Block& a, const Block& b) { return a.combining < b.combining; });
    from = to == blocks.end() ? to : std::next(to);
  }
  std::string out;
  for (const Block& block : blocks) {
    for (const uint32_t w : block.weights) {
      if (w > 0x7fff) out += static_cast<char>(w >> 16 | 0x80);
      out += static_cast<char>(w >> 8 & 0xff);
      out += static_cast<char>(w & 0xff);
    }
  }
  return out;
}

}  // namespace vif::sharding
