#include "eval/mariadb_json.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "eval/datum.h"
#include "types/collation/charset.h"

namespace vif::eval {
namespace {

using Kind = JsonText::Kind;

constexpr int kDepthMost = 31;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

class JsonReader {
 public:
  JsonReader(std::string_view text, JsonTextFault& fault) : text_(text), fault_(fault) {}

  std::optional<JsonText> document() {
    JsonText out;
    if (!value(out, 0) && !out.complete && out.raw.empty() && out.items.empty() && out.is_scalar())
      return std::nullopt;
    if (fault_.kind != JsonTextFault::Kind::kNone) return out;
    skip_blanks();
    if (at_ < text_.size()) {
      fault_.trailing = true;
      syntax(at_ + 1);
    }
    return out;
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  bool syntax(size_t position) { return fail(JsonTextFault::Kind::kSyntax, position); }
  bool end() { return fail(JsonTextFault::Kind::kEnd, text_.size()); }
  bool fail(JsonTextFault::Kind kind, size_t position) {
    fault_.kind = kind;
    fault_.position = position;
    return false;
  }

  // Of the one that is no JSON.
  size_t character_size() const {
    size_t size = 1;
    while (at_ + size < text_.size() &&
           (static_cast<unsigned char>(text_[at_ + size]) & 0xc0) == 0x80)
      ++size;
    return size;
  }

  bool value(JsonText& out, int depth) {
    out.complete = false;
    if (depth > kDepthMost) refuse("so deep a JSON text of MariaDB in the gate");
    skip_blanks();
    if (at_ >= text_.size()) return end();
    const size_t start = at_;
    const char c = text_[at_];
    bool good = false;
    if (c == '{' || c == '[')
      good = container(out, c == '[', depth);
    else if (c == '"')
      good = string(out);
    else if (is_digit(c) || c == '-')
      good = number(out);
    else if (c == 't')
      good = word("true", Kind::kTrue, out);
    else if (c == 'f')
      good = word("false", Kind::kFalse, out);
    else if (c == 'n')
      good = word("null", Kind::kNull, out);
    else if (static_cast<unsigned char>(c) < 0x20)
      return fail(JsonTextFault::Kind::kCharacter, at_ + 1);
    else
      return syntax(at_ + character_size());
    if (!good) return false;
    out.raw = std::string(text_.substr(start, at_ - start));
    out.complete = true;
    return true;
  }

  bool word(std::string_view wanted, Kind kind, JsonText& out) {
    for (size_t i = 0; i < wanted.size(); ++i, ++at_) {
      if (at_ >= text_.size()) return end();
      if (text_[at_] != wanted[i]) return syntax(at_);
    }
    out.kind = kind;
    return true;
  }

  bool number(JsonText& out) {
    enum class At : uint8_t {
      kStart,
      kMinus,
      kZero,
      kWhole,
      kFraction,
      kExponent,
      kPower
    } state = At::kStart;
    out.kind = Kind::kNumber;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      const bool ends = is_blank(c) || c == ',' || c == ']' || c == '}' || c == ':';
      const bool whole = state != At::kStart && state != At::kMinus && state != At::kExponent;
      if (ends) return whole || syntax(at_ + 1);
      const bool exponent = c == 'e' || c == 'E';
      switch (state) {
        case At::kStart:
        case At::kMinus:
          if (c == '-' && state == At::kStart)
            state = At::kMinus;
          else if (c == '0')
            state = At::kZero;
          else if (is_digit(c))
            state = At::kWhole;
          else
            return syntax(at_ + 1);
          break;
        case At::kZero:
        case At::kWhole:
          if (c == '.')
            state = At::kFraction;
          else if (exponent)
            state = At::kExponent;
          else if (!is_digit(c) || state == At::kZero)
            return syntax(at_ + 1);
          break;
        case At::kFraction:
          if (exponent)
            state = At::kExponent;
          else if (!is_digit(c))
            return syntax(at_ + 1);
          break;
        case At::kExponent:
          if (is_digit(c))
            state = At::kPower;
          else if (c != '+' && c != '-')
            return syntax(at_ + 1);
          break;
        case At::kPower:
          if (!is_digit(c)) return syntax(at_ + 1);
          break;
      }
    }
    return (state != At::kStart && state != At::kMinus && state != At::kExponent) || syntax(at_);
  }

  bool string(JsonText& out) {
    out.kind = Kind::kString;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20)
        return fail(JsonTextFault::Kind::kCharacter, at_ + 1);
      if (c != '\\') continue;
      if (++at_ >= text_.size()) return end();
      if (text_[at_] != 'u') continue;
      constexpr size_t kDigits = 4;
      for (size_t i = 0; i < kDigits; ++i) {
        if (++at_ >= text_.size()) return end();
        if (!is_hex(text_[at_])) return syntax(at_);
      }
    }
    return end();
  }

  bool container(JsonText& out, bool array, int depth) {
    out.kind = array ? Kind::kArray : Kind::kObject;
    const char close = array ? ']' : '}';
    ++at_;
    for (bool first = true;; first = false) {
      skip_blanks();
      if (at_ >= text_.size()) return end();
      if (text_[at_] == close && first) break;
      if (!array) {
        if (text_[at_] != '"') return syntax(at_ + 1);
        JsonText key;
        const size_t start = at_ + 1;
        if (!string(key)) return false;
        const std::string name(text_.substr(start, at_ - start - 1));
        skip_blanks();
        if (at_ >= text_.size()) return end();
        if (text_[at_] != ':') return syntax(at_);
        ++at_;
        out.keys.push_back(name);
      }
      out.items.emplace_back();
      if (!value(out.items.back(), depth + 1)) return false;
      skip_blanks();
      if (at_ >= text_.size()) return end();
      if (text_[at_] == close) break;
      if (text_[at_] != ',') return syntax(at_ + 1);
      ++at_;
    }
    ++at_;
    return true;
  }

  std::string_view text_;
  JsonTextFault& fault_;
  size_t at_ = 0;
};

void print(const JsonText& json, std::string_view blank, std::string& out) {
  if (json.is_scalar()) {
    out += json.raw;
    return;
  }
  const bool array = json.kind == Kind::kArray;
  out += array ? '[' : '{';
  for (size_t i = 0; i < json.items.size(); ++i) {
    if (i > 0) out.append(",").append(blank);
    if (!array) out.append("\"").append(json.keys[i]).append("\":").append(blank);
    print(json.items[i], blank, out);
  }
  out += array ? ']' : '}';
}

void print_detailed(const JsonText& json, int indent, int depth, std::string& out) {
  const auto line = [&](int levels) {
    out.append("\n").append(static_cast<size_t>(levels * indent), ' ');
  };
  const bool array = json.kind == Kind::kArray;
  if (json.is_scalar()) {
    out += json.raw;
    return;
  }
  if (array && (json.items.empty() || (json.items.size() == 1 && json.items[0].is_scalar()))) {
    out.append("[").append(json.items.empty() ? "" : json.items[0].raw).append("]");
    return;
  }
  out += array ? '[' : '{';
  for (size_t i = 0; i < json.items.size(); ++i) {
    if (i > 0) out += ',';
    line(depth + 1);
    if (!array) {
      out.append("\"").append(json.keys[i]).append("\": ");
      if (!json.items[i].is_scalar()) line(depth + 1);
    }
    print_detailed(json.items[i], indent, depth + 1, out);
  }
  line(depth);
  out += array ? ']' : '}';
}

void append_character(uint32_t c, std::string& out) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | (c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | (c >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | (c >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

class PathReader {
 public:
  PathReader(std::string_view text, JsonTextFault& fault) : text_(text), fault_(fault) {}
  JsonTextPath path() {
    JsonTextPath out;
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    if (at_ >= text_.size()) return fail(JsonTextFault::Kind::kEnd);
    if (text_[at_] != '$') return fail(JsonTextFault::Kind::kSyntax, at_ + 1);
    ++at_;
    while (at_ < text_.size()) {
      JsonTextPath::Leg leg;
      if (text_.substr(at_).starts_with("**")) {
        leg.deep = true;
        at_ += 2;
        if (at_ >= text_.size()) return fail(JsonTextFault::Kind::kSyntax, at_ + 1);
      }
      const char c = text_[at_++];
      if (c != '.' && c != '[') return fail(JsonTextFault::Kind::kSyntax, at_);
      if (c == '.' ? !key(leg) : !cell(leg)) return {};
      out.legs.push_back(std::move(leg));
    }
    return out;
  }

 private:
  JsonTextPath fail(JsonTextFault::Kind kind, size_t position = 0) {
    fault_.kind = kind;
    fault_.position = position;
    return {};
  }
  bool end() {
    fail(JsonTextFault::Kind::kEnd);
    return false;
  }
  bool syntax() {
    fail(JsonTextFault::Kind::kSyntax, at_ + 1);
    return false;
  }
  bool key(JsonTextPath::Leg& leg) {
    if (at_ >= text_.size()) return end();
    if (text_[at_] == '*') {
      leg.wild = true;
      ++at_;
      return true;
    }
    if (text_[at_] == '"') {
      const size_t close = text_.find('"', at_ + 1);
      if (close == std::string_view::npos) return end();
      leg.key = std::string(text_.substr(at_ + 1, close - at_ - 1));
      at_ = close + 1;
    } else {
      const size_t close = std::min(text_.find_first_of(".[", at_), text_.size());
      leg.key = std::string(text_.substr(at_, close - at_));
      at_ = close;
      if (leg.key.empty()) refuse("such a JSON path of MariaDB in the gate");
    }
    if (leg.key.find_first_of("\\*\"") != std::string::npos)
      refuse("such a JSON path of MariaDB in the gate");
    return true;
  }
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  bool index(int& out) {
    skip_blanks();
    if (at_ >= text_.size()) return end();
    bool negative = false;
    if (text_.substr(at_).starts_with("last")) {
      at_ += 4;
      skip_blanks();
      out = -1;
      if (at_ >= text_.size()) return end();
      if (text_[at_] != '-') return true;
      ++at_;
      int less = 0;
      if (!digits(less)) return false;
      out -= less;
      return true;
    }
    if (text_[at_] == '-') {
      negative = true;
      ++at_;
    }
    if (!digits(out)) return false;
    if (negative && out == 0) refuse("such a JSON path of MariaDB in the gate");
    if (negative) out = -out;
    return true;
  }
  bool digits(int& out) {
    skip_blanks();
    if (at_ >= text_.size()) return end();
    if (!is_digit(text_[at_])) return syntax();
    constexpr int kMost = 100000000;
    for (out = 0; at_ < text_.size() && is_digit(text_[at_]); ++at_) {
      if (out > kMost) refuse("such a JSON path of MariaDB in the gate");
      out = out * 10 + (text_[at_] - '0');
    }
    return true;
  }
  bool cell(JsonTextPath::Leg& leg) {
    leg.array = true;
    skip_blanks();
    if (at_ >= text_.size()) return end();
    if (text_[at_] == '*') {
      leg.wild = true;
      ++at_;
    } else {
      if (!index(leg.from)) return false;
      skip_blanks();
      if (text_.substr(at_).starts_with("to")) {
        at_ += 2;
        leg.range = true;
        if (!index(leg.until)) return false;
      }
    }
    skip_blanks();
    if (at_ >= text_.size()) return end();
    if (text_[at_] != ']') return syntax();
    ++at_;
    return true;
  }

  std::string_view text_;
  JsonTextFault& fault_;
  size_t at_ = 0;
};

bool is_cell_of(const JsonTextPath::Leg& leg, const JsonPlace& place) {
  const auto absolute = [&](int i) { return i < 0 ? i + place.count : i; };
  if (leg.wild) return true;
  if (!leg.range) return absolute(leg.from) == place.index;
  return absolute(leg.from) <= place.index && place.index <= absolute(leg.until);
}

double number_of(const JsonText& json) { return std::strtod(json.raw.c_str(), nullptr); }

bool same_scalar(const JsonText& a, const JsonText& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == Kind::kNumber) return number_of(a) == number_of(b);
  return a.kind != Kind::kString || a.raw == b.raw;
}

const JsonText* member(const JsonText& object, std::string_view key) {
  const auto found = std::find(object.keys.begin(), object.keys.end(), key);
  return found == object.keys.end()
             ? nullptr
             : &object.items[static_cast<size_t>(found - object.keys.begin())];
}

// Whether they are the same values, objects in any order.
bool same_json(const JsonText& a, const JsonText& b) {
  if (a.is_scalar() || b.is_scalar()) return same_scalar(a, b);
  if (a.kind != b.kind || a.items.size() != b.items.size()) return false;
  for (size_t i = 0; i < a.items.size(); ++i) {
    const JsonText* other = a.kind == Kind::kArray ? &b.items[i] : member(b, a.keys[i]);
    if (!other || !same_json(a.items[i], *other)) return false;
  }
  return true;
}

// What a patch adds where nothing was: without its nulls.
JsonText without_nulls(const JsonText& json) {
  if (json.kind != Kind::kObject) return json;
  JsonText out;
  out.kind = Kind::kObject;
  for (size_t i = 0; i < json.items.size(); ++i) {
    if (json.items[i].kind == Kind::kNull) continue;
    out.keys.push_back(json.keys[i]);
    out.items.push_back(without_nulls(json.items[i]));
  }
  return out;
}

}  // namespace

std::optional<JsonText> read_json_text(std::string_view text, JsonTextFault& fault) {
  return JsonReader(text, fault).document();
}

int json_levels(const JsonText& json) {
  int below = 0;
  for (const JsonText& item : json.items) below = std::max(below, json_levels(item));
  return below + 1;
}

std::string loose_json(const JsonText& json) {
  std::string out;
  print(json, " ", out);
  return out;
}
std::string compact_json(const JsonText& json) {
  std::string out;
  print(json, "", out);
  return out;
}
std::string detailed_json(const JsonText& json, int indent) {
  std::string out;
  print_detailed(json, indent, 0, out);
  return out;
}

std::string unescaped_json(std::string_view raw) {
  std::string out;
  raw = raw.substr(1, raw.size() - 2);
  const auto code_unit = [&](size_t at) {
    return static_cast<uint32_t>(std::strtoul(std::string(raw.substr(at, 4)).c_str(), nullptr, 16));
  };
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\') {
      out += raw[i];
      continue;
    }
    switch (const char c = raw[++i]) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': {
        uint32_t unit = code_unit(i + 1);
        i += 4;
        const bool pair = unit >= 0xd800 && unit < 0xdc00 && raw.substr(i + 1).starts_with("\\u");
        if (unit >= 0xd800 && unit < 0xe000 && !pair)
          refuse("half a surrogate in a JSON text of MariaDB in the gate");
        if (pair) {
          unit = 0x10000 + ((unit - 0xd800) << 10) + (code_unit(i + 3) - 0xdc00);
          i += 6;
        }
        append_character(unit, out);
        break;
      }
      default: out += c;
    }
  }
  return out;
}

std::string escaped_json(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20)
          out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
        else
          out += c;
    }
  }
  return out;
}

std::string text_of_codes(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xc0 | code >> 6);
      out += static_cast<char>(0x80 | (code & 0x3f));
    }
  }
  return out;
}
std::string bytes_of_codes(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const uint32_t code = types::find_charset("utf8mb4")->next_code_point(text);
    constexpr uint32_t kPairs = 0x10000;
    if (code <= 0xff)
      out += static_cast<char>(code);
    else if (code < kPairs)
      out += fmt::format("\\u{:04X}", code);
    else
      out += fmt::format("\\u{:04X}{:04X}", 0xd800 + ((code - kPairs) >> 10),
                         0xdc00 + ((code - kPairs) & 0x3ff));
  }
  return out;
}

bool JsonTextPath::is_single() const {
  return std::none_of(legs.begin(), legs.end(),
                      [](const Leg& leg) { return leg.wild || leg.deep || leg.range; });
}

JsonTextPath read_json_text_path(std::string_view text, JsonTextFault& fault) {
  return PathReader(text, fault).path();
}

namespace {

// From the leg `a` and the step `b` on. What is no array is the only item of itself.
JsonMatch match_from(const JsonTextPath& path, size_t a, const std::vector<JsonPlace>& place,
                     size_t b, const JsonText& value) {
  if (a == path.legs.size()) return b < place.size() ? JsonMatch::kAbove : JsonMatch::kHere;
  const JsonTextPath::Leg& leg = path.legs[a];
  if (b == place.size()) {
    if (value.kind == Kind::kArray || !leg.is_first()) return JsonMatch::kNone;
    return match_from(path, a + 1, place, b, value);
  }
  const JsonPlace& step = place[b];
  const bool matches = leg.array ? step.array && is_cell_of(leg, step)
                                 : !step.array && (leg.wild || leg.key == step.key);
  JsonMatch out = JsonMatch::kNone;
  if (matches)
    out = match_from(path, a + 1, place, b + 1, value);
  else if (leg.is_first() && !step.array)
    out = match_from(path, a + 1, place, leg.deep ? b + 1 : b, value);
  if (out == JsonMatch::kHere || !leg.deep) return out;
  const JsonMatch below = match_from(path, a, place, b + 1, value);
  return below == JsonMatch::kNone ? out : below;
}

}  // namespace

JsonMatch match_json_path(const JsonTextPath& path, const std::vector<JsonPlace>& place,
                          const JsonText& value) {
  return match_from(path, 0, place, 0, value);
}

std::optional<size_t> json_index(const JsonText& array, int index) {
  const int count = static_cast<int>(array.items.size());
  const int at = index < 0 ? index + count : index;
  if (at < 0 || at >= count) return std::nullopt;
  return static_cast<size_t>(at);
}

JsonText* find_json(JsonText& json, const JsonTextPath& path, size_t legs) {
  JsonText* at = &json;
  for (size_t i = 0; i < legs; ++i) {
    const JsonTextPath::Leg& leg = path.legs[i];
    if (at->kind != Kind::kArray && leg.is_first()) continue;
    if (at->is_scalar()) return nullptr;
    if (leg.array != (at->kind == Kind::kArray)) return nullptr;
    if (leg.array) {
      const std::optional<size_t> index = json_index(*at, leg.from);
      if (!index) return nullptr;
      at = &at->items[*index];
    } else {
      const auto found = std::find(at->keys.begin(), at->keys.end(), leg.key);
      if (found == at->keys.end()) return nullptr;
      const auto index = static_cast<size_t>(found - at->keys.begin());
      if (index >= at->items.size()) return nullptr;
      at = &at->items[index];
    }
  }
  return at;
}

void change_json_cell(JsonText& parent, int index, JsonText value, JsonChange change) {
  if (parent.kind != Kind::kArray) {
    const bool first = index == 0;
    if (change == JsonChange::kInsert ? first : change == JsonChange::kReplace && !first) return;
    if (change != JsonChange::kInsert && index <= 0) {
      parent = std::move(value);
      return;
    }
    JsonText list;
    list.kind = Kind::kArray;
    list.items = {std::move(parent), std::move(value)};
    parent = std::move(list);
    return;
  }
  const std::optional<size_t> at = json_index(parent, index);
  if (at && change != JsonChange::kInsert) parent.items[*at] = std::move(value);
  if (!at && change != JsonChange::kReplace) parent.items.push_back(std::move(value));
}

void change_json_member(JsonText& parent, const std::string& key, JsonText value,
                        JsonChange change) {
  const auto found = std::find(parent.keys.begin(), parent.keys.end(), key);
  if (found != parent.keys.end()) {
    if (change != JsonChange::kInsert)
      parent.items[static_cast<size_t>(found - parent.keys.begin())] = std::move(value);
  } else if (change != JsonChange::kReplace) {
    parent.keys.push_back(key);
    parent.items.push_back(std::move(value));
  }
}

bool contains_json(const JsonText& in, const JsonText& candidate) {
  if (in.kind == Kind::kObject) {
    if (candidate.kind != Kind::kObject) return false;
    for (size_t i = 0; i < candidate.items.size(); ++i) {
      const JsonText* own = member(in, candidate.keys[i]);
      if (!own || !contains_json(*own, candidate.items[i])) return false;
    }
    return true;
  }
  if (in.kind != Kind::kArray) return same_scalar(in, candidate);
  if (candidate.kind == Kind::kArray) {
    return std::all_of(candidate.items.begin(), candidate.items.end(),
                       [&](const JsonText& item) { return contains_json(in, item); });
  }
  return std::any_of(in.items.begin(), in.items.end(),
                     [&](const JsonText& item) { return contains_json(item, candidate); });
}

bool overlaps_json(const JsonText& a, const JsonText& b) {
  if (a.kind == Kind::kObject && b.kind == Kind::kObject) {
    for (size_t i = 0; i < a.items.size(); ++i) {
      const JsonText* other = member(b, a.keys[i]);
      if (other && same_json(a.items[i], *other)) return true;
    }
    return false;
  }
  if (a.kind != Kind::kArray && b.kind != Kind::kArray) return same_scalar(a, b);
  const JsonText& list = a.kind == Kind::kArray ? a : b;
  const JsonText& other = a.kind == Kind::kArray ? b : a;
  return std::any_of(list.items.begin(), list.items.end(), [&](const JsonText& item) {
    if (other.kind != Kind::kArray) return same_json(item, other);
    return std::any_of(other.items.begin(), other.items.end(),
                       [&](const JsonText& x) { return same_json(item, x); });
  });
}

JsonText merge_json(const JsonText& a, const JsonText& b) {
  JsonText out;
  if (a.kind == Kind::kObject && b.kind == Kind::kObject) {
    out = a;
    for (size_t i = 0; i < out.items.size(); ++i) {
      if (const JsonText* other = member(b, out.keys[i]))
        out.items[i] = merge_json(out.items[i], *other);
    }
    for (size_t i = 0; i < b.items.size(); ++i) {
      if (member(a, b.keys[i])) continue;
      out.keys.push_back(b.keys[i]);
      out.items.push_back(b.items[i]);
    }
    return out;
  }
  out.kind = Kind::kArray;
  for (const JsonText* part : {&a, &b}) {
    if (part->kind == Kind::kArray)
      out.items.insert(out.items.end(), part->items.begin(), part->items.end());
    else
      out.items.push_back(*part);
  }
  return out;
}

JsonText patch_json(const JsonText& a, const JsonText& b) {
  if (b.kind != Kind::kObject) return b;
  if (a.kind != Kind::kObject) return without_nulls(b);
  JsonText out;
  out.kind = Kind::kObject;
  for (size_t i = 0; i < a.items.size(); ++i) {
    const JsonText* other = member(b, a.keys[i]);
    if (other && other->kind == Kind::kNull) continue;
    out.keys.push_back(a.keys[i]);
    out.items.push_back(other ? patch_json(a.items[i], *other) : a.items[i]);
  }
  for (size_t i = 0; i < b.items.size(); ++i) {
    if (member(a, b.keys[i]) || b.items[i].kind == Kind::kNull) continue;
    out.keys.push_back(b.keys[i]);
    out.items.push_back(without_nulls(b.items[i]));
  }
  return out;
}

}  // namespace vif::eval
