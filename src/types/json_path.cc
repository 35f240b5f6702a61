#include "types/json_path.h"

#include <algorithm>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace vif::types {
namespace {

constexpr std::string_view kBlanks = " \t\n\r\v\f";

bool is_blank(char c) { return kBlanks.find(c) != std::string_view::npos; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(UChar32 c) { return u_isalpha(c) || u_charType(c) == U_LETTER_NUMBER; }

// An ECMAScript identifier.
bool is_identifier(std::string_view name) {
  const auto size = static_cast<int32_t>(name.size());
  for (int32_t at = 0; at < size;) {
    const bool first = at == 0;
    UChar32 c = 0;
    U8_NEXT(name.data(), at, size, c);
    if (c < 0) return false;
    if (is_letter(c) || c == '$' || c == '_') continue;
    if (first) return false;
    const int8_t type = u_charType(c);
    const bool part = type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK ||
                      type == U_DECIMAL_DIGIT_NUMBER || type == U_CONNECTOR_PUNCTUATION ||
                      c == 0x200c || c == 0x200d;
    if (!part) return false;
  }
  return !name.empty();
}

}  // namespace

// Its steps are false at what is no path; at_ is then the place.
class JsonPathParser {
 public:
  JsonPathParser(std::string_view text, JsonPath& out) : text_(text), out_(out) {}

  bool parse() {
    skip_blanks();
    if (at_end() || peek() != '$') return false;
    ++at_;
    for (skip_blanks(); !at_end(); skip_blanks()) {
      if (!leg()) return false;
    }
    return out_.legs_.empty() || out_.legs_.back().kind != JsonPath::Kind::kEllipsis;
  }
  size_t at() const { return at_; }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return text_[at_]; }
  void skip_blanks() {
    while (!at_end() && is_blank(peek())) ++at_;
  }
  JsonPath::Leg& add(JsonPath::Kind kind) {
    JsonPath::Leg& out = out_.legs_.emplace_back();
    out.kind = kind;
    return out;
  }

  bool leg() {
    switch (peek()) {
      case '[': return cells();
      case '.': return member();
      case '*': return ellipsis();
      default: return false;
    }
  }

  bool ellipsis() {
    ++at_;
    if (at_end() || peek() != '*') return false;
    ++at_;
    if (at_end() || peek() == '*') return false;
    add(JsonPath::Kind::kEllipsis);
    return true;
  }

  bool closed() {
    skip_blanks();
    if (at_end() || peek() != ']') return false;
    ++at_;
    return true;
  }

  bool index(JsonPath::Index& out) {
    if (text_.substr(at_).starts_with("last")) {
      at_ += 4;
      out.from_end = true;
      skip_blanks();
      if (at_end() || peek() != '-') return true;
      ++at_;
      skip_blanks();
    }
    if (at_end() || !is_digit(peek())) return false;
    uint64_t number = 0;
    const size_t from = at_;
    while (!at_end() && is_digit(peek()))
      number = std::min<uint64_t>(number * 10 + static_cast<uint64_t>(text_[at_++] - '0'),
                                  UINT64_C(1) << 40);
    if (number > UINT32_MAX) {
      at_ = from;
      return false;
    }
    out.number = static_cast<uint32_t>(number);
    return true;
  }

  bool cells() {
    ++at_;
    skip_blanks();
    if (at_end()) return false;
    if (peek() == '*') {
      ++at_;
      add(JsonPath::Kind::kAnyCell);
      return closed();
    }
    JsonPath::Index from;
    if (!index(from)) return false;
    skip_blanks();
    if (at_end()) return false;
    const std::string_view rest = text_.substr(at_);
    if (rest.size() > 3 && is_blank(text_[at_ - 1]) && rest.starts_with("to") &&
        is_blank(rest[2])) {
      at_ += 3;
      skip_blanks();
      JsonPath::Index to;
      if (!index(to)) return false;
      // What can never match is no path.
      if (from.from_end == to.from_end &&
          (from.from_end ? from.number < to.number : to.number < from.number))
        return false;
      JsonPath::Leg& range = add(JsonPath::Kind::kRange);
      range.from = from;
      range.to = to;
      return closed();
    }
    add(JsonPath::Kind::kCell).from = from;
    return closed();
  }

  // The end of the name that starts here: past the closing quote, or at what cannot be in a bare
  // name.
  size_t name_end() const {
    size_t end = at_;
    if (peek() != '"') {
      while (end < text_.size() && !is_blank(text_[end]) && text_[end] != '.' &&
             text_[end] != '[' && text_[end] != '*')
        ++end;
      return end;
    }
    for (++end; end < text_.size(); ++end) {
      if (text_[end] == '\\') {
        ++end;
      } else if (text_[end] == '"') {
        return end + 1;
      }
    }
    return text_.size();
  }

  bool member() {
    ++at_;
    skip_blanks();
    if (at_end()) return false;
    if (peek() == '*') {
      ++at_;
      add(JsonPath::Kind::kAnyMember);
      return true;
    }
    const bool quoted = peek() == '"';
    const size_t end = name_end();
    std::string literal(text_.substr(at_, end - at_));
    at_ = end;
    if (!quoted) literal = '"' + literal + '"';
    JsonFault fault;
    const std::optional<Json> name = parse_json(literal, fault);
    if (!name || name->kind() != Json::Kind::kString) return false;
    if (!quoted && !is_identifier(name->string())) return false;
    add(JsonPath::Kind::kMember).name = name->string();
    return true;
  }

  std::string_view text_;
  JsonPath& out_;
  size_t at_ = 0;
};

namespace {

class Seeker {
 public:
  Seeker(const std::vector<JsonPath::Leg>& legs, bool wrap) : legs_(legs), wrap_(wrap) {}
  std::vector<const Json*> found() && { return std::move(found_); }

  // Bounded by the document's depth and the path's length.
  void seek(const Json& json, size_t at) {
    if (at == legs_.size()) {
      // Below ** a value may be met twice.
      const bool twice =
          ellipses_ && std::find(found_.begin(), found_.end(), &json) != found_.end();
      if (!twice) found_.push_back(&json);
      return;
    }
    const JsonPath::Leg& leg = legs_[at];
    if (wrap_ && !json.is_array() && leg.wraps()) {
      while (at < legs_.size() && legs_[at].wraps()) ++at;
      seek(json, at);
      return;
    }
    switch (leg.kind) {
      case JsonPath::Kind::kMember:
        if (const Json* value = json.is_object() ? json.find(leg.name) : nullptr)
          seek(*value, at + 1);
        return;
      case JsonPath::Kind::kAnyMember:
        each_child(json.is_object() ? &json : nullptr, at + 1);
        return;
      case JsonPath::Kind::kAnyCell: each_child(json.is_array() ? &json : nullptr, at + 1); return;
      case JsonPath::Kind::kCell:
      case JsonPath::Kind::kRange:
        if (json.is_array()) cells(json, leg, at + 1);
        return;
      case JsonPath::Kind::kEllipsis:
        ellipses_ = true;
        seek(json, at + 1);
        each_child(&json, at);
        return;
    }
  }

 private:
  void each_child(const Json* json, size_t at) {
    if (!json) return;
    if (json->is_array()) {
      for (const Json& item : json->items()) seek(item, at);
    } else if (json->is_object()) {
      for (const Json::Member& member : json->members()) seek(member.value, at);
    }
  }

  void cells(const Json& json, const JsonPath::Leg& leg, size_t at) {
    const size_t size = json.items().size();
    bool within = false;
    const size_t from = leg.from.place(size, within);
    if (leg.kind == JsonPath::Kind::kCell) {
      if (within) seek(json.items()[from], at);
      return;
    }
    size_t end = leg.to.place(size, within);
    if (within) ++end;
    for (size_t i = from; i < end; ++i) seek(json.items()[i], at);
  }

  const std::vector<JsonPath::Leg>& legs_;
  bool wrap_;
  bool ellipses_ = false;
  std::vector<const Json*> found_;
};

}  // namespace

size_t JsonPath::Index::place(size_t size, bool& within) const {
  within = number < size;
  if (from_end) return within ? size - number - 1 : 0;
  return std::min<size_t>(number, size);
}

bool JsonPath::Leg::wraps() const {
  bool within = false;
  if (kind == Kind::kCell) {
    from.place(1, within);
    return within;
  }
  if (kind != Kind::kRange) return false;
  const size_t first = from.place(1, within);
  size_t end = to.place(1, within);
  if (within) ++end;
  return first < end;
}

std::optional<JsonPath> JsonPath::parse(std::string_view text, size_t& bad_at) {
  JsonPath out;
  JsonPathParser parser(text, out);
  if (parser.parse()) return out;
  bad_at = parser.at();
  return std::nullopt;
}

bool JsonPath::can_match_many() const {
  return std::any_of(legs_.begin(), legs_.end(), [](const Leg& leg) {
    return leg.kind != Kind::kMember && leg.kind != Kind::kCell;
  });
}

std::vector<const Json*> JsonPath::seek(const Json& document, bool wrap) const {
  Seeker seeker(legs_, wrap);
  seeker.seek(document, 0);
  return std::move(seeker).found();
}

std::string JsonPath::to_string() const {
  const auto index_text = [](const Index& i) {
    if (!i.from_end) return std::to_string(i.number);
    return i.number == 0 ? std::string("last") : fmt::format("last-{}", i.number);
  };
  std::string out = "$";
  for (const Leg& leg : legs_) {
    switch (leg.kind) {
      case Kind::kMember:
        out += '.';
        if (is_identifier(leg.name)) {
          out += leg.name;
        } else {
          append_json_string(out, leg.name);
        }
        break;
      case Kind::kAnyMember: out += ".*"; break;
      case Kind::kAnyCell: out += "[*]"; break;
      case Kind::kCell: out += "[" + index_text(leg.from) + "]"; break;
      case Kind::kRange:
        out += "[" + index_text(leg.from) + " to " + index_text(leg.to) + "]";
        break;
      case Kind::kEllipsis: out += "**"; break;
    }
  }
  return out;
}

}  // namespace vif::types
