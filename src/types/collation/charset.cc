#include "types/collation/charset.h"

#include <algorithm>

#include "types/collation/tables.h"

namespace vif::types {
namespace {

uint8_t byte_at(std::string_view text, size_t at) { return static_cast<uint8_t>(text[at]); }

uint32_t pass(std::string_view& text, size_t bytes, uint32_t code) {
  text.remove_prefix(bytes);
  return code;
}

bool is_surrogate(uint32_t c) { return c >= 0xd800 && c < 0xe000; }

uint32_t next_utf8(std::string_view& text, size_t bytes_max) {
  const uint8_t lead = byte_at(text, 0);
  if (lead < 0x80) return pass(text, 1, lead);
  const size_t length = lead >= 0xf0 && lead < 0xf5   ? 4
                        : lead >= 0xe0 && lead < 0xf0 ? 3
                        : lead >= 0xc2 && lead < 0xe0 ? 2
                                                      : 0;
  if (length == 0 || length > bytes_max || text.size() < length)
    return pass(text, 1, Charset::kInvalid);
  uint32_t code = lead & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) {
    const uint8_t c = byte_at(text, i);
    if ((c & 0xc0) != 0x80) return pass(text, 1, Charset::kInvalid);
    code = code << 6 | (c & 0x3f);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[length] || code > 0x10ffff || is_surrogate(code))
    return pass(text, 1, Charset::kInvalid);
  return pass(text, length, code);
}

uint32_t next_utf16(std::string_view& text, bool little, bool pairs) {
  const auto unit = [&](size_t at) -> uint32_t {
    return little ? byte_at(text, at) | byte_at(text, at + 1) << 8
                  : byte_at(text, at) << 8 | byte_at(text, at + 1);
  };
  if (text.size() < 2) return pass(text, text.size(), Charset::kInvalid);
  const uint32_t first = unit(0);
  if (!pairs || !is_surrogate(first)) return pass(text, 2, first);
  if (first >= 0xdc00 || text.size() < 4) return pass(text, 1, Charset::kInvalid);
  const uint32_t second = unit(2);
  if (second < 0xdc00 || second >= 0xe000) return pass(text, 1, Charset::kInvalid);
  return pass(text, 4, 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
}

uint32_t next_utf32(std::string_view& text) {
  if (text.size() < 4) return pass(text, text.size(), Charset::kInvalid);
  uint32_t code = 0;
  for (size_t i = 0; i < 4; ++i) code = code << 8 | byte_at(text, i);
  return code > 0x10ffff ? pass(text, 1, Charset::kInvalid) : pass(text, 4, code);
}

void append_utf8(uint32_t c, std::string& out) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

void append_utf16(uint32_t c, bool little, std::string& out) {
  const auto unit = [&](uint32_t u) {
    out += static_cast<char>(little ? u : u >> 8);
    out += static_cast<char>(little ? u >> 8 : u);
  };
  if (c < 0x10000) return unit(c);
  unit(0xd800 + ((c - 0x10000) >> 10));
  unit(0xdc00 + ((c - 0x10000) & 0x3ff));
}

// What the charset's encoding can hold at all.
bool holds(Encoding encoding, uint32_t c) {
  switch (encoding) {
    case Encoding::kUtf8Mb3:
    case Encoding::kUcs2: return c < 0x10000;
    default: return c <= 0x10ffff;
  }
}

}  // namespace

std::vector<CharsetMap::Run> CharsetMap::read_runs(std::string_view& bytes) {
  std::vector<Run> runs(read_number(bytes));
  uint32_t key = 0;
  uint32_t value = 0;
  for (Run& run : runs) {
    key += read_number(bytes);
    run.count = read_number(bytes);
    value = static_cast<uint32_t>(static_cast<int64_t>(value) + read_signed(bytes));
    run.from = key;
    run.to = value;
    key += run.count;
    value += run.count;
  }
  return runs;
}

uint32_t CharsetMap::look_up(const std::vector<Run>& runs, uint32_t key) {
  auto run = std::upper_bound(runs.begin(), runs.end(), key,
                              [](uint32_t k, const Run& r) { return k < r.from; });
  if (run == runs.begin()) return kNone;
  --run;
  return key - run->from < run->count ? run->to + (key - run->from) : kNone;
}

CharsetMap::CharsetMap(std::string_view section) {
  to_unicode_ = read_runs(section);
  from_unicode_ = read_runs(section);
  for (uint32_t c = 0; c < 0x80; ++c)
    holds_ascii_ = holds_ascii_ && to_unicode(c) == c && from_unicode(c) == c;
  for (const Run& run : to_unicode_) {
    for (uint32_t code = run.from; code < run.from + run.count;) {
      if (code < 0x100) {
        ++code;
        continue;
      }
      int shift = 8;
      while (code >> shift > 0xff) shift += 8;
      lead_[code >> shift] = true;
      code = ((code >> 8) + 1) << 8;
    }
  }
}

uint32_t CharsetMap::to_unicode(uint32_t code) const { return look_up(to_unicode_, code); }
uint32_t CharsetMap::from_unicode(uint32_t code_point) const {
  return look_up(from_unicode_, code_point);
}

size_t CharsetMap::length(std::string_view text) const {
  uint32_t code = byte_at(text, 0);
  if (!lead_[code]) return to_unicode(code) == kNone ? 0 : 1;
  for (size_t length = 2; length <= std::min<size_t>(text.size(), 4); ++length) {
    code = code << 8 | byte_at(text, length - 1);
    if (to_unicode(code) != kNone) return length;
  }
  return to_unicode(byte_at(text, 0)) == kNone ? 0 : 1;
}

Charset::~Charset() { delete map_.load(); }

const CharsetMap& Charset::map() const {
  const CharsetMap* known = map_.load(std::memory_order_acquire);
  if (known) return *known;
  auto* fresh = new CharsetMap(read_section(map_section));
  if (map_.compare_exchange_strong(known, fresh, std::memory_order_acq_rel)) return *fresh;
  delete fresh;
  return *known;
}

uint32_t Charset::next_code(std::string_view& text) const {
  switch (encoding) {
    case Encoding::kBytes:
    case Encoding::kSingle: return pass(text, 1, byte_at(text, 0));
    case Encoding::kMulti: {
      const size_t length = map().length(text);
      if (length == 0) return pass(text, 1, kInvalid);
      uint32_t code = 0;
      for (size_t i = 0; i < length; ++i) code = code << 8 | byte_at(text, i);
      return pass(text, length, code);
    }
    case Encoding::kUtf8: return next_utf8(text, 4);
    case Encoding::kUtf8Mb3: return next_utf8(text, 3);
    case Encoding::kUcs2: return next_utf16(text, false, false);
    case Encoding::kUtf16: return next_utf16(text, false, true);
    case Encoding::kUtf16Le: return next_utf16(text, true, true);
    case Encoding::kUtf32: return next_utf32(text);
  }
  return kInvalid;
}

uint32_t Charset::next_code_point(std::string_view& text) const {
  const uint32_t code = next_code(text);
  if (code == kInvalid || map_section.empty()) return code;
  return map().to_unicode(code);
}

void Charset::append_code(uint32_t c, std::string& out) const {
  switch (encoding) {
    case Encoding::kBytes:
    case Encoding::kSingle: out += static_cast<char>(c); return;
    case Encoding::kMulti:
      for (int shift = c > 0xffffff ? 24
                       : c > 0xffff ? 16
                       : c > 0xff   ? 8
                                    : 0;
           shift >= 0; shift -= 8)
        out += static_cast<char>(c >> shift);
      return;
    case Encoding::kUtf8:
    case Encoding::kUtf8Mb3: return append_utf8(c, out);
    case Encoding::kUcs2:
    case Encoding::kUtf16: return append_utf16(c, false, out);
    case Encoding::kUtf16Le: return append_utf16(c, true, out);
    case Encoding::kUtf32:
      for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(c >> shift);
      return;
  }
}

bool Charset::append(uint32_t code_point, std::string& out) const {
  if (!holds(encoding, code_point)) return false;
  if (!map_section.empty()) code_point = map().from_unicode(code_point);
  if (code_point == CharsetMap::kNone) return false;
  append_code(code_point, out);
  return true;
}

bool Charset::holds_ascii() const {
  if (!map_section.empty()) return map().holds_ascii();
  return encoding != Encoding::kUcs2 && encoding != Encoding::kUtf16 &&
         encoding != Encoding::kUtf16Le && encoding != Encoding::kUtf32;
}

uint32_t Charset::code_of(uint32_t code_point) const {
  if (!holds(encoding, code_point)) return '?';
  if (map_section.empty()) return code_point;
  const uint32_t code = map().from_unicode(code_point);
  return code == CharsetMap::kNone ? '?' : code;
}

size_t Charset::valid_prefix(std::string_view text) const {
  if (encoding == Encoding::kBytes) return text.size();
  std::string_view rest = text;
  while (!rest.empty()) {
    const size_t before = rest.size();
    uint32_t code = next_code(rest);
    if (encoding == Encoding::kSingle && map().to_unicode(code) == CharsetMap::kNone)
      code = kInvalid;
    if (code == kInvalid) return text.size() - before;
  }
  return text.size();
}

bool Charset::valid(std::string_view text) const { return valid_prefix(text) == text.size(); }

Status Charset::check(std::string_view text) const {
  const size_t good = valid_prefix(text);
  if (good == text.size()) return {};
  std::string digits;
  for (const char c : text.substr(good, 3))
    digits += fmt::format("{:02X}", static_cast<uint8_t>(c));
  return Error(Code::kInvalidArgument, 1300, "HY000",
               fmt::format("Invalid {} character string: '{}'", name, digits));
}

size_t Charset::length(std::string_view text) const {
  if (encoding == Encoding::kBytes || encoding == Encoding::kSingle) return text.size();
  size_t count = 0;
  while (!text.empty()) {
    next_code(text);
    ++count;
  }
  return count;
}

std::string Charset::space() const {
  std::string out;
  append_code(' ', out);
  return out;
}

std::string convert(std::string_view text, const Charset& from, const Charset& to) {
  if (&from == &to || from.encoding == Encoding::kBytes || to.encoding == Encoding::kBytes)
    return std::string(text);
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const uint32_t code_point = from.next_code_point(text);
    if (code_point == Charset::kInvalid || !to.append(code_point, out)) to.append_code('?', out);
  }
  return out;
}

}  // namespace vif::types
