#include "types/collation/own_order.h"

#include <algorithm>

#include "types/collation/tables.h"

namespace vif::types {
namespace {

// In a weight of latin2_czech_cs; no weight is as small.
constexpr uint8_t kIgnored = 0;
constexpr uint8_t kSpace = 2;
constexpr char kEndOfPass = 1;
// Bits of a class of tis620_thai_ci; the number of a mark stands above them.
constexpr uint8_t kConsonant = 1;
constexpr uint8_t kLeadingVowel = 2;
constexpr uint8_t kStep = 4;
constexpr int kMarkShift = 4;
// What a mark that is the text's first character weighs, without its number; each step takes some
// off.
constexpr int kMarks = 0xf8;
constexpr int kStepSize = 8;

void read_bytes(std::string_view& bytes, uint8_t* to, size_t count) {
  std::copy_n(bytes.begin(), count, to);
  bytes.remove_prefix(count);
}

}  // namespace

OwnOrder::OwnOrder(std::string_view section) {
  const std::string content = read_section(section);
  std::string_view bytes = content;
  reorders_ = read_number(bytes) != 0;
  ends_at_zero_ = read_number(bytes) != 0;
  read_bytes(bytes, characters_.data(), characters_.size());
  if (reorders_) {
    read_bytes(bytes, lower_.data(), lower_.size());
    read_bytes(bytes, class_.data(), class_.size());
    return;
  }
  for (Weights& weights : weights_) read_bytes(bytes, weights.data(), weights.size());
  pairs_.resize(read_number(bytes));
  for (Pair& pair : pairs_) {
    read_bytes(bytes, &pair.first, 1);
    read_bytes(bytes, &pair.second, 1);
    read_bytes(bytes, pair.weights.data(), pair.weights.size());
  }
}

void OwnOrder::append_weights(std::string_view text, std::string& out) const {
  if (reorders_) return append_reordered(text, out);
  append_passes(text, out);
}

void OwnOrder::append_weight_string(std::string_view text, std::string& out) const {
  const size_t end = ends_at_zero_ ? std::min(text.find('\0'), text.size()) : text.size();
  append_weights(text.substr(0, end), out);
  out.append(text.size() - end, ' ');
}

const OwnOrder::Weights& OwnOrder::weights_at(std::string_view text, size_t at,
                                              size_t& length) const {
  const auto first = static_cast<uint8_t>(text[at]);
  length = 1;
  if (at + 1 == text.size()) return weights_[first];
  const auto second = static_cast<uint8_t>(text[at + 1]);
  for (const Pair& pair : pairs_) {
    if (pair.first != first || pair.second != second) continue;
    length = 2;
    return pair.weights;
  }
  return weights_[first];
}

// Passes 0 and 1 take turns at each word; 2 and 3 read the whole, and only the last one counts
// spaces. Spaces at the end are not there.
void OwnOrder::append_passes(std::string_view text, std::string& out) const {
  size_t pass = 0;
  size_t word = 0;
  size_t at = 0;
  for (;;) {
    if (at >= text.size()) {
      if (pass == kPasses - 1) break;
      out += kEndOfPass;
      at = pass == 0 ? word : 0;
      ++pass;
      continue;
    }
    size_t length = 1;
    const uint8_t weight = weights_at(text, at, length)[pass];
    if (weight == kIgnored) {
      at += length;
      continue;
    }
    if (weight != kSpace) {
      out += static_cast<char>(weight);
      at += length;
      continue;
    }
    size_t next = at + 1;
    while (next < text.size() && weights_[static_cast<uint8_t>(text[next])][0] == kSpace) ++next;
    if (next == text.size() || pass < kPasses - 1) at = next;
    if (next == text.size()) continue;
    if (pass == kPasses - 1) ++at;
    out += static_cast<char>(kSpace);
    if (pass == 0) {
      at = word;
      pass = 1;
    } else if (pass == 1) {
      word = at;
      pass = 0;
    }
  }
  out += '\0';
}

// A mark goes to the last place, and what is unread moves up by one: of several marks some take an
// earlier one's place, as the servers have it.
void OwnOrder::append_reordered(std::string_view text, std::string& out) const {
  const size_t begin = out.size();
  out += text;
  char* p = out.data() + begin;
  int marks = kMarks;
  for (size_t left = text.size(); left > 0;) {
    const auto byte = static_cast<uint8_t>(*p);
    const uint8_t kind = class_[byte];
    if ((kind & kLeadingVowel) != 0 && left > 1 &&
        (class_[static_cast<uint8_t>(p[1])] & kConsonant) != 0) {
      std::swap(p[0], p[1]);
      p += 2;
      left -= 2;
      continue;
    }
    if ((kind & kStep) != 0) marks -= kStepSize;
    --left;
    if (const int mark = kind >> kMarkShift; mark != 0) {
      std::copy(p + 1, p + 1 + left, p);
      out.back() = static_cast<char>(marks + mark);
    } else {
      *p++ = static_cast<char>(lower_[byte]);
    }
  }
}

}  // namespace vif::types
