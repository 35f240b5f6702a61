#include "eval/compare.h"

#include <algorithm>

#include "types/collation/collation.h"
#include "types/decimal.h"
#include "types/float_text.h"

namespace vif::eval {
namespace {

using types::Collation;
using types::Decimal;
using types::Type;
using types::Value;

int sign(int n) { return (n > 0) - (n < 0); }

// Text in the gate is UTF-8 whatever the column's charset: a server converts it for the connection.
bool is_utf8(const Collation& collation) {
  return collation.charset->encoding == types::Encoding::kUtf8 ||
         collation.charset->encoding == types::Encoding::kUtf8Mb3 ||
         collation.charset->encoding == types::Encoding::kBytes;
}

// The text in the collation's charset; false: it has not all of the characters.
bool in_charset_of(const Collation& collation, std::string_view text, std::string& out) {
  static const types::Charset& utf8 = *types::find_charset("utf8mb4");
  const bool ascii_stays = collation.charset->holds_ascii();
  while (!text.empty()) {
    if (ascii_stays && static_cast<unsigned char>(text.front()) < 0x80) {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    const uint32_t c = utf8.next_code_point(text);
    if (c == types::Charset::kInvalid || !collation.charset->append(c, out)) return false;
  }
  return true;
}

Error unknown_order(uint32_t collation) {
  return Error(Code::kUnimplemented,
               fmt::format("VT12001: unsupported: comparing text in the gate under collation {}",
                           collation));
}

bool is_temporal(Type t) {
  return t == Type::kDate || t == Type::kDatetime || t == Type::kTimestamp || t == Type::kTime;
}

double as_double(const Value& v) { return types::parse_double_prefix(v.bytes); }

int compare_doubles(double a, double b) { return a < b ? -1 : a > b; }

// "-12:30:00.5" as the number -123000.5.
Decimal time_number(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ':') digits += c;
  }
  return Decimal::parse_prefix(digits);
}

// Date before datetime with the same day: a date is its midnight. Fractions may differ in length.
int compare_dates(std::string_view a, std::string_view b) {
  constexpr std::string_view kMidnight = "0000-00-00 00:00:00.000000";
  std::string x(a);
  std::string y(b);
  if (x.size() < kMidnight.size()) x += kMidnight.substr(x.size());
  if (y.size() < kMidnight.size()) y += kMidnight.substr(y.size());
  return sign(x.compare(y));
}

std::string number_key(const Value& value) {
  if (types::is_float(value.type)) {
    const double number = as_double(value);
    return types::double_text(number == 0 ? 0 : number);
  }
  std::string text = Decimal::parse_prefix(value.bytes).to_string();
  if (text.find('.') != std::string::npos) {
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
  }
  return text;
}

}  // namespace

bool collation_is_comparable(uint32_t collation, bool& ascii_only) {
  ascii_only = false;
  const Collation* c = types::find_collation(collation);
  return c && c->is_known();
}

Result<int> compare_text(std::string_view a, std::string_view b, uint32_t collation) {
  const Collation* c = types::find_collation(collation);
  if (!c || !c->is_known()) {
    if (a == b) return 0;
    return unknown_order(collation);
  }
  if (is_utf8(*c)) return c->compare(a, b);
  std::string x;
  std::string y;
  if (!in_charset_of(*c, a, x) || !in_charset_of(*c, b, y)) return unknown_order(collation);
  return c->compare(x, y);
}

Result<bool> text_matches(std::string_view text, std::string_view pattern, uint32_t collation,
                          uint32_t escape) {
  const Collation* c = types::find_collation(collation);
  if (!c || !c->is_known()) return unknown_order(collation);
  if (is_utf8(*c)) return c->like(text, pattern, escape);
  std::string x;
  std::string y;
  if (!in_charset_of(*c, text, x) || !in_charset_of(*c, pattern, y))
    return unknown_order(collation);
  const uint32_t own = c->charset->code_of(escape);
  return c->like(x, y, own > 0xff && escape < 0x80 ? escape : own);
}

Result<int64_t> find_text(std::string_view text, std::string_view needle, int64_t from,
                          uint32_t collation) {
  const Collation* c = types::find_collation(collation);
  if (!c || !c->is_known()) return unknown_order(collation);
  std::string x;
  std::string y;
  if (!is_utf8(*c)) {
    if (!in_charset_of(*c, text, x) || !in_charset_of(*c, needle, y))
      return unknown_order(collation);
    text = x;
    needle = y;
  }
  for (int64_t at = 0; !text.empty(); ++at) {
    if (at >= from) {
      const std::string_view window = text.substr(0, needle.size());
      const bool of_mysql = c->starts_with(text, needle);
      const bool of_mariadb = window.size() == needle.size() && c->starts_with(window, needle) &&
                              c->starts_with(needle, window);
      if (of_mysql != of_mariadb && c->of_mysql && c->of_mariadb) return unknown_order(collation);
      if (c->of_mysql ? of_mysql : of_mariadb) return at;
    }
    c->charset->next_code(text);
  }
  return -1;
}

Result<bool> same_text(std::string_view a, std::string_view b, uint32_t collation) {
  const Collation* c = types::find_collation(collation);
  if (!c || !c->is_known()) return unknown_order(collation);
  std::string x;
  std::string y;
  if (!is_utf8(*c)) {
    if (!in_charset_of(*c, a, x) || !in_charset_of(*c, b, y)) return unknown_order(collation);
    a = x;
    b = y;
  }
  return c->starts_with(a, b) && c->starts_with(b, a);
}

Result<std::string> changed_case(std::string_view text, uint32_t collation, bool upper) {
  const Collation* c = types::find_collation(collation);
  if (!c) return unknown_order(collation);
  if (is_utf8(*c)) return upper ? c->to_upper(text) : c->to_lower(text);
  std::string own;
  if (!in_charset_of(*c, text, own)) return unknown_order(collation);
  return types::convert(upper ? c->to_upper(own) : c->to_lower(own), *c->charset,
                        *types::find_charset("utf8mb4"));
}

Result<int> compare_values(const Value& a, const Value& b, uint32_t collation) {
  if (a.is_null() || b.is_null())
    return static_cast<int>(b.is_null()) - static_cast<int>(a.is_null());
  if (types::is_number(a.type) && types::is_number(b.type)) {
    if (types::is_float(a.type) || types::is_float(b.type))
      return compare_doubles(as_double(a), as_double(b));
    return compare(Decimal::parse_prefix(a.bytes), Decimal::parse_prefix(b.bytes));
  }
  if (is_temporal(a.type) && is_temporal(b.type)) {
    if (a.type == Type::kTime && b.type == Type::kTime)
      return compare(time_number(a.bytes), time_number(b.bytes));
    if (a.type != Type::kTime && b.type != Type::kTime) return compare_dates(a.bytes, b.bytes);
  }
  const bool a_bytes = types::is_binary(a.type) || a.type == Type::kBit;
  const bool b_bytes = types::is_binary(b.type) || b.type == Type::kBit;
  if (a_bytes && b_bytes) return sign(a.bytes.compare(b.bytes));
  const bool a_text = types::is_text(a.type) || a_bytes;
  const bool b_text = types::is_text(b.type) || b_bytes;
  if (a_text && b_text) return compare_text(a.bytes, b.bytes, a_bytes || b_bytes ? 63 : collation);
  return Error(Code::kUnimplemented,
               fmt::format("VT12001: unsupported: comparing {} with {} in the gate",
                           types::type_name(a.type), types::type_name(b.type)));
}

Result<std::string> grouping_key(const Value& value, uint32_t collation) {
  if (value.is_null()) return std::string("n");
  if (types::is_number(value.type)) return "d" + number_key(value);
  if (is_temporal(value.type)) {
    std::string text = value.bytes;
    if (text.find('.') != std::string::npos) {
      while (text.ends_with('0')) text.pop_back();
      if (text.ends_with('.')) text.pop_back();
    }
    return "t" + text;
  }
  if (types::is_binary(value.type) || value.type == Type::kBit) return "b" + value.bytes;
  if (!types::is_text(value.type)) {
    return Error(Code::kUnimplemented,
                 fmt::format("VT12001: unsupported: grouping by {} in the gate",
                             types::type_name(value.type)));
  }
  const Collation* c = types::find_collation(collation);
  if (!c || !c->is_known()) return unknown_order(collation);
  std::string own;
  std::string_view text = value.bytes;
  if (!is_utf8(*c)) {
    if (!in_charset_of(*c, text, own)) return unknown_order(collation);
    text = own;
  }
  std::string key = "b";
  c->append_key(text, key);
  return key;
}

}  // namespace vif::eval
