#include "mysql/binary_value.h"

#include <charconv>

#include "mysql/packet.h"

namespace vif::mysql {
namespace {

uint64_t to_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return negative ? ~value + 1 : value;
}

template <typename Float>
void append_float(std::string& out, std::string_view text) {
  Float value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

// Digits up to a byte that is none; skips that byte.
uint32_t take_number(std::string_view& text) {
  uint32_t value = 0;
  size_t i = 0;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i)
    value = value * 10 + static_cast<uint32_t>(text[i] - '0');
  text.remove_prefix(std::min(text.size(), i + 1));
  return value;
}

uint32_t take_microseconds(std::string_view text) {
  uint32_t value = 0;
  for (size_t i = 0; i < 6; ++i) {
    value *= 10;
    if (i < text.size() && text[i] >= '0' && text[i] <= '9')
      value += static_cast<uint32_t>(text[i] - '0');
  }
  return value;
}

void append_datetime(std::string& out, std::string_view text, bool date_only) {
  const uint32_t year = take_number(text);
  const uint32_t month = take_number(text);
  const uint32_t day = take_number(text);
  const uint32_t hour = take_number(text);
  const uint32_t minute = take_number(text);
  const uint32_t second = take_number(text);
  const uint32_t micros = take_microseconds(text);
  const bool has_time = !date_only && (hour | minute | second | micros) != 0;
  const bool has_date = (year | month | day) != 0;
  const uint8_t size = !date_only && micros != 0 ? 11 : has_time ? 7 : has_date ? 4 : 0;
  out.push_back(static_cast<char>(size));
  if (size == 0) return;
  append_fixed(out, year, 2);
  out.push_back(static_cast<char>(month));
  out.push_back(static_cast<char>(day));
  if (size == 4) return;
  out.push_back(static_cast<char>(hour));
  out.push_back(static_cast<char>(minute));
  out.push_back(static_cast<char>(second));
  if (size == 11) append_fixed(out, micros, 4);
}

void append_time(std::string& out, std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const uint32_t hours = take_number(text);
  const uint32_t minute = take_number(text);
  const uint32_t second = take_number(text);
  const uint32_t micros = take_microseconds(text);
  const uint8_t size = micros != 0 ? 12 : (hours | minute | second) != 0 ? 8 : 0;
  out.push_back(static_cast<char>(size));
  if (size == 0) return;
  out.push_back(static_cast<char>(negative));
  append_fixed(out, hours / 24, 4);
  out.push_back(static_cast<char>(hours % 24));
  out.push_back(static_cast<char>(minute));
  out.push_back(static_cast<char>(second));
  if (size == 12) append_fixed(out, micros, 4);
}

void append_fraction(std::string& text, uint32_t micros, uint32_t decimals) {
  if (decimals > 6) decimals = micros == 0 ? 0 : 6;
  if (decimals == 0) return;
  const std::string digits = fmt::format(".{:06}", micros % 1'000'000);
  text.append(digits, 0, decimals + 1);
}

template <typename Int>
void read_integer(ByteReader& reader, bool is_unsigned, std::string& text) {
  const auto value = static_cast<Int>(reader.fixed(sizeof(Int)));
  if (is_unsigned) {
    fmt::format_to(std::back_inserter(text), "{}",
                   static_cast<uint64_t>(static_cast<std::make_unsigned_t<Int>>(value)));
  } else {
    fmt::format_to(std::back_inserter(text), "{}", static_cast<int64_t>(value));
  }
}

// Lays "-d.ddde+xx" out as MySQL does: without an exponent while the point stays within 15 digits.
void append_number(std::string& text, std::string_view scientific) {
  const size_t e = scientific.find('e');
  if (e == std::string_view::npos) {
    text.append(scientific);
    return;
  }
  if (scientific.starts_with('-')) text.push_back('-');
  std::string digits;
  for (const char c : scientific.substr(0, e)) {
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  int exponent = 0;
  const char* at = scientific.data() + e + 1;
  if (*at == '+') ++at;
  std::from_chars(at, scientific.data() + scientific.size(), exponent);
  if (digits == "0") exponent = 0;

  constexpr int kPointMax = 15;
  const int point = exponent + 1;  // digits before the point
  if (point > kPointMax || point < 1 - kPointMax) {
    text.push_back(digits[0]);
    if (digits.size() > 1) text.append(".").append(digits, 1);
    fmt::format_to(std::back_inserter(text), "e{}", exponent);
  } else if (point <= 0) {
    text.append("0.").append(static_cast<size_t>(-point), '0').append(digits);
  } else if (digits.size() <= static_cast<size_t>(point)) {
    text.append(digits).append(static_cast<size_t>(point) - digits.size(), '0');
  } else {
    text.append(digits, 0, static_cast<size_t>(point))
        .append(".")
        .append(digits, static_cast<size_t>(point));
  }
}

// The shortest digits that read back as the same number, "d.ddde+xx".
std::string shortest(double value) {
  char buffer[40];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  return {buffer, end};
}

template <typename Float>
void read_float(ByteReader& reader, uint32_t decimals, std::string& text) {
  const std::string_view bytes = reader.take(sizeof(Float));
  if (bytes.size() != sizeof(Float)) return;
  Float value;
  std::memcpy(&value, bytes.data(), sizeof value);
  constexpr uint32_t kNotFixed = 31;
  if (decimals < kNotFixed) {
    fmt::format_to(std::back_inserter(text), "{:.{}f}", value, decimals);
  } else if (sizeof value == sizeof(float)) {
    // The text protocol shows a FLOAT's six significant digits, not all that tell it from its
    // neighbours.
    append_number(text, fmt::format("{:.5e}", value));
  } else {
    append_number(text, shortest(value));
  }
}

}  // namespace

void append_binary_value(std::string& out, uint8_t type, std::string_view text) {
  switch (type) {
    case column::kTiny: return append_fixed(out, to_integer(text), 1);
    case column::kShort:
    case column::kYear: return append_fixed(out, to_integer(text), 2);
    case column::kLong:
    case column::kInt24: return append_fixed(out, to_integer(text), 4);
    case column::kLongLong: return append_fixed(out, to_integer(text), 8);
    case column::kFloat: return append_float<float>(out, text);
    case column::kDouble: return append_float<double>(out, text);
    case column::kDate:
    case column::kNewDate: return append_datetime(out, text, true);
    case column::kDatetime:
    case column::kTimestamp: return append_datetime(out, text, false);
    case column::kTime: return append_time(out, text);
    default: return append_lenenc_string(out, text);
  }
}

void read_binary_datetime(ByteReader& reader, bool date_only, uint32_t decimals,
                          std::string& text) {
  const uint8_t size = reader.u8();
  if (size != 0 && size != 4 && size != 7 && size != 11) return reader.fail();
  uint32_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0;
  if (size >= 4) {
    year = reader.u16();
    month = reader.u8();
    day = reader.u8();
  }
  if (size >= 7) {
    hour = reader.u8();
    minute = reader.u8();
    second = reader.u8();
  }
  if (size == 11) micros = reader.u32();
  fmt::format_to(std::back_inserter(text), "{:04}-{:02}-{:02}", year, month, day);
  if (date_only) return;
  fmt::format_to(std::back_inserter(text), " {:02}:{:02}:{:02}", hour, minute, second);
  append_fraction(text, micros, decimals);
}

void read_binary_time(ByteReader& reader, uint32_t decimals, std::string& text) {
  const uint8_t size = reader.u8();
  if (size != 0 && size != 8 && size != 12) return reader.fail();
  bool negative = false;
  uint64_t hours = 0;
  uint32_t minute = 0, second = 0, micros = 0;
  if (size >= 8) {
    negative = reader.u8() != 0;
    hours = uint64_t{reader.u32()} * 24;
    hours += reader.u8();
    minute = reader.u8();
    second = reader.u8();
  }
  if (size == 12) micros = reader.u32();
  fmt::format_to(std::back_inserter(text), "{}{:02}:{:02}:{:02}", negative ? "-" : "", hours,
                 minute, second);
  append_fraction(text, micros, decimals);
}

void read_binary_value(ByteReader& reader, const types::Field& field, std::string& text) {
  const bool is_unsigned = types::is_unsigned(field.type);
  switch (types::to_mysql(field.type).type) {
    case column::kTiny: return read_integer<int8_t>(reader, is_unsigned, text);
    case column::kShort: return read_integer<int16_t>(reader, is_unsigned, text);
    case column::kYear: fmt::format_to(std::back_inserter(text), "{:04}", reader.u16()); return;
    case column::kLong:
    case column::kInt24: return read_integer<int32_t>(reader, is_unsigned, text);
    case column::kLongLong: return read_integer<int64_t>(reader, is_unsigned, text);
    case column::kFloat: return read_float<float>(reader, field.decimals, text);
    case column::kDouble: return read_float<double>(reader, field.decimals, text);
    case column::kDate:
    case column::kNewDate: return read_binary_datetime(reader, true, 0, text);
    case column::kDatetime:
    case column::kTimestamp: return read_binary_datetime(reader, false, field.decimals, text);
    case column::kTime: return read_binary_time(reader, field.decimals, text);
    default: text.append(read_lenenc_string(reader));
  }
}

}  // namespace vif::mysql
