// Internet addresses and UUIDs.
#include <algorithm>
#include <array>

#include "eval/function.h"

namespace vif::eval {
namespace {

constexpr int kWrongValue = 1411;
constexpr size_t kIpv4Size = 4;
constexpr size_t kIpv6Size = 16;

// As the server's message names an argument.
std::string named(const Datum& d, const Call& call) {
  if (!call.context.env.mariadb) return std::string(call.source);
  if (d.form == Form::kText) return "'" + d.bytes + "'";
  if (d.form != Form::kBytes) return to_text(d);
  std::string out = "0x";
  for (const unsigned char c : d.bytes) out += fmt::format("{:02X}", c);
  return out;
}

Datum wrong_value(const Call& call, std::string_view kind, const std::string& value) {
  if (call.context.env.mariadb) return {};  // it says nothing
  call.context.warn(
      kWrongValue, fmt::format("Incorrect {} value: '{}' for function {}", kind, value, call.name));
  return {};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Datum inet_aton(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const std::string text = to_text(d);
  uint64_t result = 0;
  uint64_t byte = 0;
  int points = 0;
  char last = '.';
  for (const char c : text) {
    last = c;
    if (is_digit(c)) {
      byte = byte * 10 + static_cast<uint64_t>(c - '0');
      if (byte > 255) return wrong_value(call, "string", named(d, call));
    } else if (c == '.') {
      // MariaDB takes any number of them.
      if (++points > 3 && !call.context.env.mariadb)
        return wrong_value(call, "string", named(d, call));
      result = (result << 8) + byte;
      byte = 0;
    } else {
      return wrong_value(call, "string", named(d, call));
    }
  }
  if (last == '.') return wrong_value(call, "string", named(d, call));
  // The short forms: 127.255 is 127.0.0.255.
  if (points == 1) result <<= 8;
  if (points == 1 || points == 2) result <<= 8;
  return Datum::of_uint((result << 8) + byte);
}

std::string ipv4_text(std::string_view bytes) {
  const auto part = [&](size_t i) {
    return static_cast<unsigned>(static_cast<unsigned char>(bytes[i]));
  };
  return fmt::format("{}.{}.{}.{}", part(0), part(1), part(2), part(3));
}

Datum inet_ntoa(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const auto value = static_cast<uint64_t>(to_int(d, call.context));
  if (value > UINT32_MAX)
    return wrong_value(call, "integer",
                       call.context.env.mariadb ? to_text(d) : std::string(call.source));
  std::string bytes(kIpv4Size, '\0');
  for (size_t i = 0; i < kIpv4Size; ++i) bytes[i] = static_cast<char>(value >> (24 - 8 * i) & 0xff);
  return Datum::of_text(ipv4_text(bytes), call.collation);
}

std::optional<std::string> parse_ipv4(std::string_view text) {
  if (text.size() < 7 || text.size() > 15) return std::nullopt;
  std::string out;
  int byte = 0;
  int digits = 0;
  for (const char c : text) {
    if (is_digit(c)) {
      byte = byte * 10 + (c - '0');
      if (++digits > 3 || byte > 255) return std::nullopt;
    } else if (c == '.') {
      if (digits == 0 || out.size() == 3) return std::nullopt;
      out += static_cast<char>(byte);
      byte = digits = 0;
    } else {
      return std::nullopt;
    }
  }
  if (digits == 0 || out.size() != 3) return std::nullopt;
  out += static_cast<char>(byte);
  return out;
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<std::string> parse_ipv6(std::string_view text) {
  if (text.size() < 2 || text.size() > 39) return std::nullopt;
  size_t at = 0;
  if (text[0] == ':') {
    if (text[1] != ':') return std::nullopt;
    at = 1;
  }
  std::string out;
  std::optional<size_t> gap;
  size_t group_start = at;
  int digits = 0;
  int group = 0;
  const auto store = [&] {
    out += static_cast<char>(group >> 8);
    out += static_cast<char>(group & 0xff);
    digits = group = 0;
    return out.size() <= kIpv6Size;
  };
  while (at < text.size()) {
    const char c = text[at++];
    if (c == ':') {
      group_start = at;
      if (digits == 0) {
        if (gap) return std::nullopt;
        gap = out.size();
        continue;
      }
      if (at >= text.size() || !store()) return std::nullopt;
    } else if (c == '.') {
      const std::optional<std::string> ipv4 = parse_ipv4(text.substr(group_start));
      if (!ipv4 || out.size() + kIpv4Size > kIpv6Size) return std::nullopt;
      out += *ipv4;
      digits = 0;
      break;
    } else {
      const int value = hex_digit(c);
      if (value < 0 || digits >= 4) return std::nullopt;
      group = group << 4 | value;
      ++digits;
    }
  }
  if (digits > 0 && !store()) return std::nullopt;
  if (gap) {
    if (out.size() == kIpv6Size) return std::nullopt;
    out.insert(*gap, kIpv6Size - out.size(), '\0');
  }
  return out.size() == kIpv6Size ? std::optional(out) : std::nullopt;
}

std::string ipv6_text(std::string_view bytes) {
  constexpr size_t kWords = 8;
  std::array<unsigned, kWords> words;
  for (size_t i = 0; i < kWords; ++i) {
    words[i] = static_cast<unsigned>(static_cast<unsigned char>(bytes[2 * i])) << 8 |
               static_cast<unsigned char>(bytes[2 * i + 1]);
  }
  // The first of the longest runs of zeros.
  size_t gap = kWords + 1;
  size_t gap_length = 0;
  for (size_t i = 0; i < kWords;) {
    size_t length = 0;
    while (i + length < kWords && words[i + length] == 0) ++length;
    if (length > gap_length) {
      gap = i;
      gap_length = length;
    }
    i += length + 1;
  }
  std::string out;
  for (size_t i = 0; i < kWords; ++i) {
    if (i == gap) {
      if (i == 0) out += ':';
      out += ':';
      i += gap_length - 1;
    } else if (i == 6 && gap == 0 && (gap_length == 6 || (gap_length == 5 && words[5] == 0xffff))) {
      return out + ipv4_text(bytes.substr(12));
    } else {
      out += fmt::format("{:x}", words[i]);
      if (i + 1 < kWords) out += ':';
    }
  }
  return out;
}

Datum inet6_aton(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const std::string text = to_text(d);
  std::optional<std::string> out = parse_ipv4(text);
  if (!out) out = parse_ipv6(text);
  return out ? Datum::of_bytes(*std::move(out)) : wrong_value(call, "string", named(d, call));
}

Datum inet6_ntoa(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  if (d.form == Form::kBytes && d.bytes.size() == kIpv4Size)
    return Datum::of_text(ipv4_text(d.bytes), call.collation);
  if (d.form == Form::kBytes && d.bytes.size() == kIpv6Size)
    return Datum::of_text(ipv6_text(d.bytes), call.collation);
  return wrong_value(call, "string", named(d, call));
}

// What is no string is no address, and is not even looked at.
bool is_string(const StaticType& t) {
  return t.type == Type::kNull || types::is_quoted(t.type) || types::is_text(t.type) ||
         types::is_binary(t.type) || t.type == Type::kHexNum || t.type == Type::kHexVal ||
         t.type == Type::kBitNum;
}

Datum is_address(const Call& call, std::optional<std::string> (*parse)(std::string_view)) {
  if (!is_string(call.arg_type(0))) return Datum::of_bool(false);
  const Datum d = call.arg(0);
  return d.is_null() ? Datum() : Datum::of_bool(parse(to_text(d)).has_value());
}
Datum is_ipv4(const Call& call) { return is_address(call, parse_ipv4); }
Datum is_ipv6(const Call& call) { return is_address(call, parse_ipv6); }

bool starts_with_zeros(const Datum& d, size_t count) {
  return d.form == Form::kBytes && d.bytes.size() == kIpv6Size &&
         d.bytes.find_first_not_of('\0') >= count;
}

Datum is_ipv4_compat(const Call& call) {
  if (!is_string(call.arg_type(0))) return Datum::of_bool(false);
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  if (!starts_with_zeros(d, 12)) return Datum::of_bool(false);
  // :: and ::1 are addresses of their own.
  const bool special = d.bytes.find_first_not_of('\0') == std::string::npos ||
                       (d.bytes.find_first_not_of('\0') == kIpv6Size - 1 && d.bytes.back() == 1);
  return Datum::of_bool(!special);
}

Datum is_ipv4_mapped(const Call& call) {
  if (!is_string(call.arg_type(0))) return Datum::of_bool(false);
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  return Datum::of_bool(starts_with_zeros(d, 10) && d.bytes[10] == '\xff' && d.bytes[11] == '\xff');
}

// 32 digits, alone, or in groups of 8-4-4-4-12, these perhaps in braces.
std::optional<std::string> parse_uuid(std::string_view text) {
  if (text.size() == 38) {
    if (text.front() != '{' || text.back() != '}') return std::nullopt;
    text = text.substr(1, 36);
  }
  std::string digits;
  if (text.size() == 36) {
    for (size_t i = 0; i < text.size(); ++i) {
      const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash != (text[i] == '-')) return std::nullopt;
      if (!dash) digits += text[i];
    }
  } else {
    digits = text;
  }
  if (digits.size() != 2 * kIpv6Size) return std::nullopt;
  std::string out;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_digit(digits[i]);
    const int low = hex_digit(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

Datum is_uuid(const Call& call) {
  const Datum d = call.arg(0);
  return d.is_null() ? Datum() : Datum::of_bool(parse_uuid(to_text(d)).has_value());
}

[[noreturn]] void wrong_uuid(const Call& call, const Datum& d) {
  throw SqlError{
      Error(Code::kInvalidArgument, kWrongValue, "HY000",
            fmt::format("Incorrect string value: '{}' for function {}", to_text(d), call.name))};
}

bool swaps(const Call& call) {
  if (call.size() < 2) return false;
  const Datum flag = call.arg(1);
  return !flag.is_null() && to_bool(flag, call.context);
}

Datum uuid_to_bin(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const std::optional<std::string> uuid = parse_uuid(to_text(d));
  if (!uuid) wrong_uuid(call, d);
  if (!swaps(call)) return Datum::of_bytes(*uuid);
  // The high part of the time first.
  return Datum::of_bytes(uuid->substr(6, 2) + uuid->substr(4, 2) + uuid->substr(0, 4) +
                         uuid->substr(8));
}

Datum bin_to_uuid(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  std::string bytes = to_text(d);
  if (bytes.size() != kIpv6Size) wrong_uuid(call, d);
  if (swaps(call))
    bytes = bytes.substr(4, 4) + bytes.substr(2, 2) + bytes.substr(0, 2) + bytes.substr(8);
  std::string out;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += fmt::format("{:02x}", static_cast<unsigned char>(bytes[i]));
  }
  return Datum::of_text(std::move(out), call.collation);
}

StaticType uint_type(const Call&) { return static_type(Type::kUint64); }
StaticType name_type(const Call& call) { return static_type(Type::kVarchar, call.collation); }
StaticType bytes_type(const Call&) { return static_type(Type::kVarbinary); }

constexpr Function kFunctions[] = {
    {"inet_aton", 1, 1, inet_aton, uint_type},
    {"inet_ntoa", 1, 1, inet_ntoa, name_type},
    {"inet6_aton", 1, 1, inet6_aton, bytes_type},
    {"inet6_ntoa", 1, 1, inet6_ntoa, name_type},
    {"is_ipv4", 1, 1, is_ipv4, int_type},
    {"is_ipv6", 1, 1, is_ipv6, int_type},
    {"is_ipv4_compat", 1, 1, is_ipv4_compat, int_type},
    {"is_ipv4_mapped", 1, 1, is_ipv4_mapped, int_type},
    {"is_uuid", 1, 1, is_uuid, int_type},
    {"uuid_to_bin", 1, 2, uuid_to_bin, bytes_type},
    {"bin_to_uuid", 1, 2, bin_to_uuid, name_type},
};

}  // namespace

std::span<const Function> net_functions() { return kFunctions; }

}  // namespace vif::eval
