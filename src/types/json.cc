#include "types/json.h"

#include <algorithm>
#include <cmath>

#include "types/float_text.h"

namespace vif::types {
namespace {

constexpr int kFractionDigits = 6;  // temporals always show them all
constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64(std::string_view bytes) {
  std::string out;
  constexpr size_t kLineBytes = 57;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    if (i > 0 && i % kLineBytes == 0) out += '\n';
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (size_t k = 0; k < 4; ++k) out += k <= count ? kBase64[bits >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

void append_double(std::string& out, double value) {
  const std::string text = double_text(value);
  out += text;
  if (text.find_first_of(".e") == std::string::npos) out += ".0";
}

void append_scalar(std::string& out, const Json& json) {
  switch (json.kind()) {
    case Json::Kind::kNull: out += "null"; return;
    case Json::Kind::kBool: out += json.boolean() ? "true" : "false"; return;
    case Json::Kind::kInt: out += std::to_string(json.integer()); return;
    case Json::Kind::kUint: out += std::to_string(json.unsigned_integer()); return;
    case Json::Kind::kDouble: append_double(out, json.real()); return;
    case Json::Kind::kDecimal:
      out += json.decimal().value.rounded(json.decimal().scale).to_string();
      return;
    case Json::Kind::kString: append_json_string(out, json.string()); return;
    default: append_json_string(out, json.unquoted()); return;
  }
}

void append(std::string& out, const Json& json) {
  if (json.is_array()) {
    out += '[';
    bool first = true;
    for (const Json& item : json.items()) {
      if (!std::exchange(first, false)) out += ", ";
      append(out, item);
    }
    out += ']';
  } else if (json.is_object()) {
    out += '{';
    bool first = true;
    for (const Json::Member& member : json.members()) {
      if (!std::exchange(first, false)) out += ", ";
      append_json_string(out, member.key);
      out += ": ";
      append(out, member.value);
    }
    out += '}';
  } else {
    append_scalar(out, json);
  }
}

void append_line(std::string& out, int indent) {
  out += '\n';
  out.append(static_cast<size_t>(indent) * 2, ' ');
}

void append_pretty(std::string& out, const Json& json, int indent) {
  if (json.is_array() && !json.items().empty()) {
    out += '[';
    bool first = true;
    for (const Json& item : json.items()) {
      if (!std::exchange(first, false)) out += ',';
      append_line(out, indent + 1);
      append_pretty(out, item, indent + 1);
    }
    append_line(out, indent);
    out += ']';
  } else if (json.is_object() && !json.members().empty()) {
    out += '{';
    bool first = true;
    for (const Json::Member& member : json.members()) {
      if (!std::exchange(first, false)) out += ',';
      append_line(out, indent + 1);
      append_json_string(out, member.key);
      out += ": ";
      append_pretty(out, member.value, indent + 1);
    }
    append_line(out, indent);
    out += '}';
  } else {
    append(out, json);
  }
}

auto lower_bound(auto& members, std::string_view key) {
  return std::lower_bound(
      members.begin(), members.end(), key,
      [](const Json::Member& m, std::string_view k) { return json_key_less(m.key, k); });
}

Decimal decimal_of(const Json& json) {
  switch (json.kind()) {
    case Json::Kind::kInt: return Decimal::from_int(json.integer());
    case Json::Kind::kUint: return Decimal::from_uint(json.unsigned_integer());
    case Json::Kind::kDouble: return Decimal::from_double(json.real());
    default: return json.decimal().value;
  }
}

int sign_of(auto a, auto b) { return a < b ? -1 : a > b ? 1 : 0; }

int compare_double_with(double d, const Json& other) {
  constexpr double kDecimalMax = 1e65;
  if (d >= kDecimalMax) return 1;
  if (d <= -kDecimalMax) return -1;
  if (other.kind() != Json::Kind::kDecimal) {
    // Exact: the double's own value against the integer.
    const long double whole = other.kind() == Json::Kind::kInt
                                  ? static_cast<long double>(other.integer())
                                  : static_cast<long double>(other.unsigned_integer());
    return sign_of(static_cast<long double>(d), whole);
  }
  return compare(Decimal::from_double(d), decimal_of(other));
}

int compare_numbers(const Json& a, const Json& b) {
  using Kind = Json::Kind;
  if (a.kind() == Kind::kInt && b.kind() == Kind::kInt) return sign_of(a.integer(), b.integer());
  if (a.kind() == Kind::kUint && b.kind() == Kind::kUint)
    return sign_of(a.unsigned_integer(), b.unsigned_integer());
  if (a.kind() == Kind::kDouble && b.kind() == Kind::kDouble) return sign_of(a.real(), b.real());
  if (a.kind() == Kind::kDouble) return compare_double_with(a.real(), b);
  if (b.kind() == Kind::kDouble) return -compare_double_with(b.real(), a);
  return compare(decimal_of(a), decimal_of(b));
}

int compare_objects(const Json::Object& a, const Json::Object& b) {
  if (a.size() != b.size()) return sign_of(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].key != b[i].key) return json_key_less(a[i].key, b[i].key) ? -1 : 1;
    if (const int order = compare(a[i].value, b[i].value); order != 0) return order;
  }
  return 0;
}

int compare_arrays(const Json::Array& a, const Json::Array& b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (const int order = compare(a[i], b[i]); order != 0) return order;
  }
  return sign_of(a.size(), b.size());
}

// Numbers are one rank.
int rank(Json::Kind kind) {
  return kind >= Json::Kind::kInt && kind <= Json::Kind::kDecimal
             ? static_cast<int>(Json::Kind::kInt)
             : static_cast<int>(kind);
}

}  // namespace

bool json_key_less(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

const Json* Json::find(std::string_view key) const {
  const auto at = lower_bound(members(), key);
  return at != members().end() && at->key == key ? &at->value : nullptr;
}

Json* Json::find(std::string_view key) {
  const auto at = lower_bound(members(), key);
  return at != members().end() && at->key == key ? &at->value : nullptr;
}

void Json::set(std::string_view key, Json value) {
  Object& all = members();
  // Documents are mostly read in order.
  if (all.empty() || json_key_less(all.back().key, key)) {
    all.push_back({std::string(key), std::move(value)});
    return;
  }
  const auto at = lower_bound(all, key);
  if (at != all.end() && at->key == key) {
    at->value = std::move(value);
  } else {
    all.insert(at, {std::string(key), std::move(value)});
  }
}

bool Json::remove(std::string_view key) {
  const auto at = lower_bound(members(), key);
  if (at == members().end() || at->key != key) return false;
  members().erase(at);
  return true;
}

int Json::depth() const {
  int deepest = 0;
  if (is_array()) {
    for (const Json& item : items()) deepest = std::max(deepest, item.depth());
  } else if (is_object()) {
    for (const Member& member : members()) deepest = std::max(deepest, member.value.depth());
  }
  return deepest + 1;
}

std::string_view Json::type_text() const {
  switch (kind_) {
    case Kind::kNull: return "NULL";
    case Kind::kInt: return "INTEGER";
    case Kind::kUint: return "UNSIGNED INTEGER";
    case Kind::kDouble: return "DOUBLE";
    case Kind::kDecimal: return "DECIMAL";
    case Kind::kString: return "STRING";
    case Kind::kObject: return "OBJECT";
    case Kind::kArray: return "ARRAY";
    case Kind::kBool: return "BOOLEAN";
    case Kind::kDate: return "DATE";
    case Kind::kTime: return "TIME";
    case Kind::kDatetime: return "DATETIME";
    case Kind::kOpaque: break;
  }
  constexpr uint8_t kVarcharByte = 15;
  constexpr uint8_t kBitByte = 16;
  constexpr uint8_t kTinyBlobByte = 249;
  const uint8_t type = opaque().field_type;
  if (type == kBitByte) return "BIT";
  return type == kVarcharByte || type >= kTinyBlobByte ? "BLOB" : "OPAQUE";
}

std::string Json::to_string() const {
  std::string out;
  append(out, *this);
  return out;
}

std::string Json::to_pretty() const {
  std::string out;
  append_pretty(out, *this, 0);
  return out;
}

std::string Json::unquoted() const {
  switch (kind_) {
    case Kind::kString: return string();
    case Kind::kDate: return date_text(temporal());
    case Kind::kTime: return time_text(temporal(), kFractionDigits);
    case Kind::kDatetime: return datetime_text(temporal(), kFractionDigits);
    case Kind::kOpaque:
      return fmt::format("base64:type{}:{}", opaque().field_type, base64(opaque().bytes));
    default: return to_string();
  }
}

bool Json::operator==(const Json& other) const { return compare(*this, other) == 0; }

int compare(const Json& a, const Json& b) {
  if (rank(a.kind()) != rank(b.kind())) return sign_of(rank(a.kind()), rank(b.kind()));
  switch (a.kind()) {
    case Json::Kind::kNull: return 0;
    case Json::Kind::kBool: return sign_of(a.boolean(), b.boolean());
    case Json::Kind::kString: return sign_of(a.string().compare(b.string()), 0);
    case Json::Kind::kObject: return compare_objects(a.members(), b.members());
    case Json::Kind::kArray: return compare_arrays(a.items(), b.items());
    case Json::Kind::kTime: return compare_times(a.temporal(), b.temporal());
    case Json::Kind::kDate:
    case Json::Kind::kDatetime: return compare_datetimes(a.temporal(), b.temporal());
    case Json::Kind::kOpaque: return sign_of(a.opaque().bytes.compare(b.opaque().bytes), 0);
    default: return compare_numbers(a, b);
  }
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
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
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

}  // namespace vif::types
