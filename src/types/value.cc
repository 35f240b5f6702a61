#include "types/value.h"

#include <charconv>

namespace vif::types {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  const size_t from = text.find_first_not_of(kBlanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kBlanks) - from + 1);
}

template <typename Int>
Result<Int> parse_integer(std::string_view bytes) {
  std::string_view digits = trimmed(bytes);
  if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
  Int value = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (code == std::errc() && end == digits.data() + digits.size()) return value;
  return Error(Code::kInvalidArgument, fmt::format("could not parse value: '{}'", bytes));
}

char escape_letter(char c) {
  switch (c) {
    case '\0': return '0';
    case '\'': return '\'';
    case '\b': return 'b';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    case '\x1a': return 'Z';
    case '\\': return '\\';
    default: return 0;
  }
}

// `\%` and `\_` stay as they are: they mean themselves only to LIKE, which reads them again.
void append_quoted(std::string& out, std::string_view bytes) {
  out += '\'';
  for (size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    const bool like_escape =
        c == '\\' && i + 1 < bytes.size() && (bytes[i + 1] == '%' || bytes[i + 1] == '_');
    const char letter = like_escape ? '\0' : escape_letter(c);
    if (letter != 0) {
      out += '\\';
      out += letter;
    } else {
      out += c;
    }
  }
  out += '\'';
}

void append_bits(std::string& out, std::string_view bytes) {
  out += "b'";
  for (const unsigned char c : bytes) {
    for (int bit = 7; bit >= 0; --bit) out += (c >> bit & 1) ? '1' : '0';
  }
  out += '\'';
}

// A valid UTF-8 sequence's length at `at`, or 0.
size_t utf8_length(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char lead = byte(0);
  size_t length = 0;
  if (lead < 0x80) length = 1;
  if (lead >= 0xc2 && lead < 0xe0) length = 2;
  if (lead >= 0xe0 && lead < 0xf0) length = 3;
  if (lead >= 0xf0 && lead < 0xf5) length = 4;
  if (length == 0 || at + length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  if (lead == 0xe0 && byte(1) < 0xa0) return 0;
  if (lead == 0xed && byte(1) >= 0xa0) return 0;
  if (lead == 0xf0 && byte(1) < 0x90) return 0;
  if (lead == 0xf4 && byte(1) >= 0x90) return 0;
  return length;
}

// Go's %q for the characters that occur in practice: printable UTF-8 stays, the rest is escaped.
void append_go_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    const size_t length = utf8_length(text, i);
    if (length > 1) {
      out.append(text, i, length);
      i += length;
      continue;
    }
    ++i;
    switch (c) {
      case '"': out += "\\\""; continue;
      case '\\': out += "\\\\"; continue;
      case '\a': out += "\\a"; continue;
      case '\b': out += "\\b"; continue;
      case '\f': out += "\\f"; continue;
      case '\n': out += "\\n"; continue;
      case '\r': out += "\\r"; continue;
      case '\t': out += "\\t"; continue;
      case '\v': out += "\\v"; continue;
      default: break;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

Value Value::int64(int64_t v) { return {Type::kInt64, std::to_string(v)}; }
Value Value::uint64(uint64_t v) { return {Type::kUint64, std::to_string(v)}; }

Result<int64_t> Value::to_int64() const { return parse_integer<int64_t>(bytes); }
Result<uint64_t> Value::to_uint64() const { return parse_integer<uint64_t>(bytes); }

void Value::append_sql(std::string& out) const {
  if (is_null()) {
    out += "null";
  } else if (is_binary(type)) {
    out += "_binary";
    append_quoted(out, bytes);
  } else if (is_quoted(type)) {
    append_quoted(out, bytes);
  } else if (type == Type::kBit) {
    append_bits(out, bytes);
  } else {
    out += bytes;
  }
}

std::string Value::to_string() const {
  if (is_null()) return "NULL";
  std::string out(type_name(type));
  out += '(';
  if (is_quoted(type) || type == Type::kBit) {
    append_go_quoted(out, bytes);
  } else {
    out += bytes;
  }
  out += ')';
  return out;
}

BindVariable BindVariable::tuple(std::vector<Value> list) {
  BindVariable variable;
  variable.type = Type::kTuple;
  variable.values = std::move(list);
  return variable;
}

}  // namespace vif::types
