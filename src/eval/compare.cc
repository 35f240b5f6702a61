#include "eval/compare.h"

#include <algorithm>
#include <array>

#include "types/decimal.h"
#include "types/float_text.h"

namespace vif::eval {
namespace {

using types::Decimal;
using types::Type;
using types::Value;

int sign(int n) { return (n > 0) - (n < 0); }

enum class Order : uint8_t {
  kUnknown,
  kBytes,     // by bytes as they are
  kFolded,    // ASCII: upper case, then by bytes
  kUnicode,   // ASCII: in the order of the Unicode Collation Algorithm, without case
};

struct KnownCollation {
  uint32_t id;
  Order order;
  bool pad_space;
};

constexpr KnownCollation kCollations[] = {
    {63, Order::kBytes, false},   // binary
    {309, Order::kBytes, false},  // utf8mb4_0900_bin
    {46, Order::kBytes, true},    // utf8mb4_bin
    {83, Order::kBytes, true},    // utf8mb3_bin
    {47, Order::kBytes, true},    // latin1_bin
    {65, Order::kBytes, true},    // ascii_bin
    {45, Order::kFolded, true},   // utf8mb4_general_ci
    {33, Order::kFolded, true},   // utf8mb3_general_ci
    {8, Order::kFolded, true},    // latin1_swedish_ci
    {11, Order::kFolded, true},   // ascii_general_ci
    {255, Order::kUnicode, false},  // utf8mb4_0900_ai_ci
};

const KnownCollation* known(uint32_t id) {
  const auto* found = std::find_if(std::begin(kCollations), std::end(kCollations),
                                   [id](const KnownCollation& c) { return c.id == id; });
  return found == std::end(kCollations) ? nullptr : found;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Printable ASCII in the order of the Unicode Collation Algorithm; letters stand for both cases. Control
// characters that are not white space do not count at all.
constexpr std::string_view kUnicodeOrder = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";

constexpr std::array<uint8_t, 128> kUnicodeWeights = [] {
  std::array<uint8_t, 128> weights{};
  for (size_t i = 0; i < kUnicodeOrder.size(); ++i) {
    const auto c = static_cast<unsigned char>(kUnicodeOrder[i]);
    weights[c] = static_cast<uint8_t>(i + 1);
    if (c >= 'a' && c <= 'z') weights[static_cast<size_t>(c - 'a' + 'A')] = static_cast<uint8_t>(i + 1);
  }
  return weights;
}();

std::string ascii_weights(std::string_view text, Order order) {
  std::string out;
  for (const char c : text) {
    if (order == Order::kUnicode) {
      const uint8_t weight = kUnicodeWeights[static_cast<unsigned char>(c)];
      if (weight != 0) out += static_cast<char>(weight);
    } else {
      out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return out;
}

std::string_view without_trailing_spaces(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// As if the shorter were filled up with spaces.
int compare_padded(std::string_view a, std::string_view b) {
  const size_t shared = std::min(a.size(), b.size());
  const int order = sign(a.substr(0, shared).compare(b.substr(0, shared)));
  if (order != 0) return order;
  for (const char c : a.substr(shared)) {
    if (c != ' ') return static_cast<unsigned char>(c) < ' ' ? -1 : 1;
  }
  for (const char c : b.substr(shared)) {
    if (c != ' ') return static_cast<unsigned char>(c) < ' ' ? 1 : -1;
  }
  return 0;
}

Error unknown_order(uint32_t collation) {
  return Error(Code::kUnimplemented,
               fmt::format("VT12001: unsupported: comparing text in the gate under collation {}", collation));
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
  const KnownCollation* c = known(collation);
  ascii_only = c && c->order != Order::kBytes;
  return c != nullptr;
}

Result<int> compare_text(std::string_view a, std::string_view b, uint32_t collation) {
  if (a == b) return 0;
  const KnownCollation* c = known(collation);
  if (!c) return unknown_order(collation);
  if (c->order == Order::kBytes) return c->pad_space ? compare_padded(a, b) : sign(a.compare(b));
  if (!is_ascii(a) || !is_ascii(b)) return unknown_order(collation);
  const std::string x = ascii_weights(a, c->order);
  const std::string y = ascii_weights(b, c->order);
  return c->pad_space ? compare_padded(x, y) : sign(x.compare(y));
}

Result<int> compare_values(const Value& a, const Value& b, uint32_t collation) {
  if (a.is_null() || b.is_null()) return static_cast<int>(b.is_null()) - static_cast<int>(a.is_null());
  if (types::is_number(a.type) && types::is_number(b.type)) {
    if (types::is_float(a.type) || types::is_float(b.type)) return compare_doubles(as_double(a), as_double(b));
    return compare(Decimal::parse_prefix(a.bytes), Decimal::parse_prefix(b.bytes));
  }
  if (is_temporal(a.type) && is_temporal(b.type)) {
    if (a.type == Type::kTime && b.type == Type::kTime) return compare(time_number(a.bytes), time_number(b.bytes));
    if (a.type != Type::kTime && b.type != Type::kTime) return compare_dates(a.bytes, b.bytes);
  }
  const bool a_bytes = types::is_binary(a.type) || a.type == Type::kBit;
  const bool b_bytes = types::is_binary(b.type) || b.type == Type::kBit;
  if (a_bytes && b_bytes) return sign(a.bytes.compare(b.bytes));
  const bool a_text = types::is_text(a.type) || a_bytes;
  const bool b_text = types::is_text(b.type) || b_bytes;
  if (a_text && b_text) return compare_text(a.bytes, b.bytes, a_bytes || b_bytes ? 63 : collation);
  return Error(Code::kUnimplemented, fmt::format("VT12001: unsupported: comparing {} with {} in the gate",
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
                 fmt::format("VT12001: unsupported: grouping by {} in the gate", types::type_name(value.type)));
  }
  const KnownCollation* c = known(collation);
  if (!c || (c->order != Order::kBytes && !is_ascii(value.bytes))) return unknown_order(collation);
  const std::string_view text = c->pad_space ? without_trailing_spaces(value.bytes) : std::string_view(value.bytes);
  return "b" + (c->order == Order::kBytes ? std::string(text) : ascii_weights(text, c->order));
}

}  // namespace vif::eval
