#include "vtgate/engine/column_value.h"

#include <charconv>
#include <cmath>

#include "types/decimal.h"
#include "types/float_text.h"

namespace vif::vtgate::engine {

namespace {

using types::Type;
using types::Value;

constexpr std::string_view kSpaces = " \t\n\v\f\r";
// Up to here each integer is a double of its own.
constexpr double kExact = 9007199254740992.0;

std::string_view trimmed(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(kSpaces), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(kSpaces) + 1);
}

// Digits with a sign or without.
std::optional<Value> written_as_integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.starts_with("-+") || text.starts_with('+')) return std::nullopt;
  const char* const end = text.data() + text.size();
  if (text.starts_with('-')) {
    int64_t number = 0;
    const auto [at, code] = std::from_chars(text.data(), end, number);
    return code == std::errc() && at == end ? std::optional(Value::int64(number)) : std::nullopt;
  }
  uint64_t number = 0;
  const auto [at, code] = std::from_chars(text.data(), end, number);
  if (code != std::errc() || at != end) return std::nullopt;
  return number <= INT64_MAX ? Value::int64(static_cast<int64_t>(number)) : Value::uint64(number);
}

std::optional<Value> whole(double number) {
  if (!(std::fabs(number) < kExact) || number != std::floor(number)) return std::nullopt;
  return Value::int64(static_cast<int64_t>(number));
}

// Hexadecimal and bit literals: 0x2 and x'02', 0b10 and b'10'.
std::optional<Value> from_bits(const Value& value) {
  std::string_view text = value.bytes;
  const int base = value.type == Type::kBitNum ? 2 : 16;
  if (text.size() < 3) return std::nullopt;
  text.remove_prefix(2);
  if (text.back() == '\'') text.remove_suffix(1);
  uint64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return Value::uint64(number);
}

bool has_bits(Type type) {
  return type == Type::kHexNum || type == Type::kHexVal || type == Type::kBitNum;
}

bool is_double(Type type) { return type == Type::kFloat64 || type == Type::kFloat32; }

std::optional<Value> from_decimal(const Value& value, bool rounds) {
  const std::optional<types::Decimal> number = types::Decimal::parse(value.bytes);
  if (!number) return std::nullopt;
  const types::Decimal rounded = number->rounded(0);
  if (!rounds && compare(rounded, *number) != 0) return std::nullopt;
  return written_as_integer(rounded.to_string());
}

}  // namespace

Value compared_with_integer(Value value) {
  if (types::is_integral(value.type)) return value;
  std::optional<Value> integer;
  if (value.type == Type::kDecimal) integer = from_decimal(value, false);
  if (has_bits(value.type)) integer = from_bits(value);
  if (is_double(value.type)) integer = whole(types::parse_double_prefix(value.bytes));
  if (types::is_text(value.type) && !has_bits(value.type)) {
    const std::string_view text = trimmed(value.bytes);
    integer = written_as_integer(text);
    if (!integer) integer = whole(types::parse_double_prefix(text));
  }
  return integer ? *std::move(integer) : std::move(value);
}

Value stored_as_integer(Value value) {
  if (types::is_integral(value.type)) return value;
  std::optional<Value> integer;
  if (value.type == Type::kDecimal) integer = from_decimal(value, true);
  if (has_bits(value.type)) integer = from_bits(value);
  if (is_double(value.type)) integer = whole(std::rint(types::parse_double_prefix(value.bytes)));
  if (types::is_text(value.type) && !has_bits(value.type)) {
    const std::string_view text = trimmed(value.bytes);
    integer = written_as_integer(text);
    std::string_view rest;
    const double number = types::parse_double_prefix(text, &rest);
    if (!integer && !text.empty() && rest.empty()) integer = whole(std::round(number));
  }
  return integer ? *std::move(integer) : std::move(value);
}

}  // namespace vif::vtgate::engine
