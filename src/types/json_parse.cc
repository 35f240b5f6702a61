// JSON's text, read with the faults, positions and doubles of the server's reader.
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "types/json.h"

namespace vif::types {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The fault unwinds by `failed_`: every step looks at it.
class Parser {
 public:
  Parser(std::string_view text, JsonFault& fault) : text_(text), fault_(fault) {}

  std::optional<Json> document() {
    skip_space();
    if (at_end()) {
      fail("The document is empty.", at_);
      return std::nullopt;
    }
    Json out = value(1);
    if (failed_) return std::nullopt;
    skip_space();
    // What follows a NUL is not looked at, as the server's parser does not.
    if (peek() != '\0') fail("The document root must not be followed by other values.", at_);
    if (failed_) return std::nullopt;
    return out;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  bool consume(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (!at_end() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
      ++at_;
  }
  Json fail(std::string reason, size_t position) {
    if (!failed_) {
      failed_ = true;
      fault_.reason = std::move(reason);
      fault_.position = position;
    }
    return {};
  }

  Json value(int depth) {
    const char c = peek();
    if (c == '[' || c == '{') {
      if (depth > Json::kDepthMax) {
        fault_.too_deep = true;
        return fail("The JSON document exceeds the maximum depth.", at_);
      }
      return c == '[' ? array(depth) : object(depth);
    }
    if (c == '"') return Json::of_string(string());
    if (c == 'n') return word("null", Json());
    if (c == 't') return word("true", Json::of_bool(true));
    if (c == 'f') return word("false", Json::of_bool(false));
    return number();
  }

  Json word(std::string_view spelled, Json out) {
    for (const char c : spelled) {
      if (!consume(c)) return fail("Invalid value.", at_);
    }
    return out;
  }

  Json array(int depth) {
    Json out = Json::array();
    ++at_;
    skip_space();
    if (consume(']')) return out;
    while (true) {
      out.items().push_back(value(depth + 1));
      if (failed_) return {};
      skip_space();
      if (consume(',')) {
        skip_space();
      } else if (consume(']')) {
        return out;
      } else {
        return fail("Missing a comma or ']' after an array element.", at_);
      }
    }
  }

  // Of members with one name the last counts.
  Json object(int depth) {
    Json out = Json::object();
    ++at_;
    skip_space();
    if (consume('}')) return out;
    while (true) {
      if (peek() != '"') return fail("Missing a name for object member.", at_);
      const std::string key = string();
      if (failed_) return {};
      skip_space();
      if (!consume(':')) return fail("Missing a colon after a name of object member.", at_);
      skip_space();
      out.set(key, value(depth + 1));
      if (failed_) return {};
      skip_space();
      if (consume(',')) {
        skip_space();
      } else if (consume('}')) {
        return out;
      } else {
        return fail("Missing a comma or '}' after an object member.", at_);
      }
    }
  }

  std::optional<uint32_t> hex4(size_t escape) {
    uint32_t code = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = peek();
      code = code << 4;
      if (is_digit(c)) {
        code += static_cast<uint32_t>(c - '0');
      } else if (c >= 'A' && c <= 'F') {
        code += static_cast<uint32_t>(c - 'A' + 10);
      } else if (c >= 'a' && c <= 'f') {
        code += static_cast<uint32_t>(c - 'a' + 10);
      } else {
        fail("Incorrect hex digit after \\u escape in string.", escape);
        return std::nullopt;
      }
      ++at_;
    }
    return code;
  }

  static void append_utf8(std::string& out, uint32_t code) {
    if (code < 0x80) {
      out += static_cast<char>(code);
      return;
    }
    if (code < 0x800) {
      out += static_cast<char>(0xc0 | code >> 6);
    } else {
      if (code < 0x10000) {
        out += static_cast<char>(0xe0 | code >> 12);
      } else {
        out += static_cast<char>(0xf0 | code >> 18);
        out += static_cast<char>(0x80 | (code >> 12 & 0x3f));
      }
      out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    }
    out += static_cast<char>(0x80 | (code & 0x3f));
  }

  void escaped(std::string& out, size_t escape) {
    const char c = peek();
    ++at_;
    switch (c) {
      case '"':
      case '\\':
      case '/': out += c; return;
      case 'b': out += '\b'; return;
      case 'f': out += '\f'; return;
      case 'n': out += '\n'; return;
      case 'r': out += '\r'; return;
      case 't': out += '\t'; return;
      case 'u': break;
      default: fail("Invalid escape character in string.", escape); return;
    }
    std::optional<uint32_t> code = hex4(escape);
    if (!code) return;
    if (*code >= 0xd800 && *code <= 0xdfff) {
      if (*code > 0xdbff || !consume('\\') || !consume('u')) {
        fail("The surrogate pair in string is invalid.", escape);
        return;
      }
      const std::optional<uint32_t> low = hex4(escape);
      if (!low) return;
      if (*low < 0xdc00 || *low > 0xdfff) {
        fail("The surrogate pair in string is invalid.", escape);
        return;
      }
      code = ((*code - 0xd800) << 10 | (*low - 0xdc00)) + 0x10000;
    }
    append_utf8(out, *code);
  }

  std::string string() {
    std::string out;
    ++at_;
    while (!failed_) {
      const size_t from = at_;
      while (!at_end() && text_[at_] != '"' && text_[at_] != '\\' &&
             static_cast<unsigned char>(text_[at_]) >= 0x20)
        ++at_;
      out.append(text_, from, at_ - from);
      if (consume('"')) return out;
      if (peek() == '\\') {
        const size_t escape = at_++;
        escaped(out, escape);
      } else if (peek() == '\0') {
        fail("Missing a closing quotation mark in string.", at_);
      } else {
        fail("Invalid encoding in string.", at_);
      }
    }
    return out;
  }

  void digits() {
    while (is_digit(peek())) ++at_;
  }

  // The exponent's digits; false for an error. An exponent that is too large is one even of zero.
  bool exponent(size_t start, int fraction_digits) {
    ++at_;
    bool minus = false;
    if (!consume('+')) minus = consume('-');
    if (!is_digit(peek())) {
      fail("Miss exponent in number.", at_);
      return false;
    }
    constexpr int kExponentMax = 308;
    const int most = kExponentMax + std::min(fraction_digits, 1 << 20);
    int exp = 0;
    for (; is_digit(peek()); ++at_) {
      if (exp <= most) exp = exp * 10 + (peek() - '0');
      if (exp > most && !minus) {
        fail("Number too big to be stored in double.", start);
        return false;
      }
    }
    return true;
  }

  Json number() {
    const size_t start = at_;
    const bool minus = consume('-');
    if (!is_digit(peek())) return fail("Invalid value.", at_);
    if (peek() == '0') {
      ++at_;
    } else {
      digits();
    }
    const std::string whole(text_.substr(start, at_ - start));
    bool real = false;
    int fraction_digits = 0;
    if (consume('.')) {
      if (!is_digit(peek())) return fail("Miss fraction part in number.", at_);
      const size_t from = at_;
      digits();
      fraction_digits = static_cast<int>(std::min<size_t>(at_ - from, INT32_MAX));
      real = true;
    }
    if (peek() == 'e' || peek() == 'E') {
      if (!exponent(start, fraction_digits)) return {};
      real = true;
    }
    if (!real) {
      int64_t i = 0;
      const auto [end, code] = std::from_chars(whole.data(), whole.data() + whole.size(), i);
      // What does not fit in 32 bits is unsigned when it is positive.
      if (code == std::errc() && (minus || i <= UINT32_MAX)) return Json::of_int(i);
      uint64_t u = 0;
      if (!minus && std::from_chars(whole.data(), whole.data() + whole.size(), u).ec == std::errc())
        return Json::of_uint(u);
    }
    const double d = std::strtod(std::string(text_.substr(start, at_ - start)).c_str(), nullptr);
    if (std::isinf(d)) return fail("Number too big to be stored in double.", start);
    return Json::of_double(d);
  }

  std::string_view text_;
  JsonFault& fault_;
  size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace

std::optional<Json> parse_json(std::string_view text, JsonFault& fault) {
  return Parser(text, fault).document();
}

}  // namespace vif::types
