// What MariaDB 10.11 computes in another way: its own versions of functions, and how it reads bits
// and dates.
#include <algorithm>
#include <cmath>

#include "eval/clock_time.h"
#include "eval/function.h"
#include "eval/mariadb.h"
#include "eval/mariadb_typing.h"
#include "types/float_text.h"

namespace vif::eval {
namespace {

constexpr int kFractionDigits = 6;

// `call` of the function that both servers have, by its name there.
Call shared_call(const Call& call) {
  Call same = call;
  same.name = call.name.substr(kMariadbPrefix.size());
  return same;
}

const Function& find_shared(const Call& same, std::span<const Function> functions) {
  const auto found = std::find_if(functions.begin(), functions.end(),
                                  [&](const Function& f) { return f.name == same.name; });
  if (found == functions.end()) refuse(fmt::format("the function {} in the gate", same.name));
  return *found;
}

Datum shared(const Call& call, std::span<const Function> functions) {
  const Call same = shared_call(call);
  return find_shared(same, functions).evaluate(same);
}

StaticType shared_type_of(const Call& call, std::span<const Function> functions) {
  const Call same = shared_call(call);
  return find_shared(same, functions).type(same);
}

// NULL is no address.
Datum is_address(const Call& call) {
  const Datum d = call.arg(0);
  return d.is_null() ? Datum::of_bool(false) : shared_of(call, net_functions(), {d});
}

Datum from_days(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const int64_t days = to_int(d, call.context);
  constexpr int64_t kFirst = 366;
  constexpr int64_t kLast = 3652424;
  const bool zero = days < kFirst || days > kLast;
  if (days == 0 && has_sql_mode(call.context, "NO_ZERO_DATE")) return {};
  return zero ? Datum::of_date({}) : shared_of(call, date_functions(), {Datum::of_int(days)});
}

Datum bit_count(const Call& call) {
  const Datum d = call.arg(0);
  return d.is_null() ? Datum() : Datum::of_int(__builtin_popcountll(mariadb_bits(d, call.context)));
}

Datum sha2(const Call& call) {
  const Datum bits = call.arg(1);
  const Datum text = call.arg(0);
  // Of a constant it is told before there are rows.
  const int64_t n = bits.is_null() ? 0 : to_int(bits);
  const bool known = n == 0 || n == 224 || n == 256 || n == 384 || n == 512;
  if (!known || text.is_null()) return {};
  return shared_of(call, crypto_functions(), {text, bits.is_null() ? Datum::of_int(256) : bits});
}

// Its offsets end at +13:00 and -12:59.
bool is_far_offset(const Datum& zone) {
  if (!zone.is_textual() || zone.bytes.empty() || (zone.bytes[0] != '+' && zone.bytes[0] != '-'))
    return false;
  const size_t colon = zone.bytes.find(':');
  if (colon == std::string::npos || colon > 3) return false;
  const int minutes = std::atoi(zone.bytes.substr(1, colon - 1).c_str()) * 60 +
                      std::atoi(zone.bytes.substr(colon + 1).c_str());
  constexpr int kMost = 13 * 60;
  return zone.bytes[0] == '+' ? minutes > kMost : minutes >= kMost;
}
// "+7:5" is "+07:05".
Datum whole_offset(Datum zone) {
  constexpr size_t kDigits = 2;
  const std::string_view text = zone.bytes;
  const size_t colon = text.find(':');
  const bool sign = text.starts_with('+') || text.starts_with('-');
  if (!zone.is_textual() || !sign || colon == std::string_view::npos) return zone;
  std::string out(text.substr(0, 1));
  const std::string_view parts[] = {text.substr(1, colon - 1), text.substr(colon + 1)};
  for (std::string_view part : parts) {
    while (part.size() > kDigits && part.starts_with('0')) part.remove_prefix(1);
    if (part.empty() || part.find_first_not_of("0123456789") != std::string_view::npos) return zone;
    out.append(part.size() < kDigits ? "0" : "").append(part);
    if (out.size() < kDigits + 2) out += ':';
  }
  zone.bytes = out;
  return zone;
}
Datum convert_tz(const Call& call) {
  const Datum from = whole_offset(call.arg(1));
  const Datum to = whole_offset(call.arg(2));
  if (is_far_offset(from) || is_far_offset(to)) return {};
  return shared_of(call, clock_functions(), {call.arg(0), from, to});
}

// An address of as many bytes as it has.
Datum inet_aton(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const std::string text = to_text(d);
  constexpr int kPoints = 3;
  if (std::count(text.begin(), text.end(), '.') <= kPoints) return shared(call, net_functions());
  uint64_t result = 0;
  unsigned byte = 0;
  constexpr unsigned kByteMost = 255;
  for (const char c : text) {
    if (c == '.') {
      result = (result << 8) + byte;
      byte = 0;
    } else if (c < '0' || c > '9' ||
               (byte = byte * 10 + static_cast<unsigned>(c - '0')) > kByteMost) {
      return {};
    }
  }
  return text.ends_with('.') ? Datum() : Datum::of_uint((result << 8) + byte);
}

Datum str_to_date(const Call& call) {
  const Datum format = call.arg(1);
  if (!format.is_null() && to_text(format).empty()) {
    const Datum d = call.arg(0);
    if (d.is_null()) return {};
    const std::string text = to_text(d);
    if (has_sql_mode(call.context, "NO_ZERO_DATE")) {
      call.context.warn(1411, fmt::format("Incorrect datetime value: '{}' for function str_to_date",
                                          mariadb_argument_shown(d)));
      return {};
    }
    if (text.find_first_not_of(" \t\n\v\f\r") != std::string::npos)
      call.context.warn(
          1292, fmt::format("Truncated incorrect date value: '{}'", mariadb_bytes_shown(text)));
    return Datum::of_date({});
  }
  return shared(call, time_functions());
}

Datum quote(const Call& call) {
  const Datum d = call.arg(0);
  const bool bare = d.is_null() && call.arg_type(0).type == Type::kNull;
  if (bare) {
    Datum null = Datum::of_bytes("NULL");
    null.coercibility = Coercibility::kIgnorable;
    return null;
  }
  if (d.form != Form::kBytes) return shared_of(call, string_functions(), {d});
  std::string out = "'";
  for (const char c : d.bytes) {
    if (c == '\'' || c == '\\') out += '\\';
    if (c == '\0')
      out += "\\0";
    else if (c == '\x1a')
      out += "\\Z";
    else
      out += c;
  }
  return Datum::of_bytes(out + "'");
}
StaticType quote_type(const Call& call) {
  const StaticType t = call.arg_type(0);
  StaticType out = shared_type_of(call, string_functions());
  if (types::is_binary(t.type) || t.type == Type::kHexNum || t.type == Type::kHexVal ||
      t.type == Type::kBitNum || t.type == Type::kBit) {
    const int64_t size = t.type == Type::kBit ? 2 * t.size + 2 : out.size;
    out = static_type(Type::kVarbinary);
    out.size = size;
  }
  return out;
}

// What is no longer than the length before compressed data is no such data.
Datum uncompressed_length(const Call& call) {
  constexpr size_t kLengthBytes = 4;
  const Datum d = call.arg(0);
  const size_t size = d.is_null() ? 0 : to_text(d).size();
  if (size == 0 || size > kLengthBytes) return shared(call, crypto_functions());
  call.context.warn(1259, "ZLIB: Input data corrupted");
  return {};
}

// What the client wrote as a literal may come as a bind variable.
bool is_known(const Node& node) { return node.is_constant() || node.is_bind_variable(); }

// Of ROUND and its like.
struct Places {
  bool known = true;
  bool null = false;
  int64_t count = 0;
};
Places places_of(const Call& call) {
  if (call.size() < 2) return {};
  if (!is_known(*call.args[1])) return {false, false, 0};
  const Datum d = call.arg(1);
  constexpr int64_t kMost = 400;
  if (d.is_null()) return {true, true, 0};
  return {true, false,
          d.form == Form::kUint ? static_cast<int64_t>(std::min<uint64_t>(d.u, kMost))
                                : std::clamp<int64_t>(to_int(d), -kMost, kMost)};
}
bool is_round(const Call& call) { return call.name == "mariadb round"; }
bool is_whole(const Call& call) { return !is_round(call) && call.size() == 1; }

// A number whose digits are those of a BIT, a date, ...
StaticType counted(const StaticType& t) {
  constexpr double kDigitsABit = 0.30103;
  constexpr int kMemberDigits = 5;
  const int64_t digits = t.type == Type::kBit    ? static_cast<int64_t>(t.size * kDigitsABit) + 1
                         : t.type == Type::kDate ? 8
                         : t.type == Type::kYear ? 4
                         : t.type == Type::kEnum || t.type == Type::kSet ? kMemberDigits
                                                                         : mariadb_precision(t);
  return mariadb_integer_type(digits, true, t.nullable);
}

StaticType rounded_decimal(const Call& call, const StaticType& t, const Places& places) {
  const int before = mariadb_precision(t) - t.scale;
  constexpr int64_t kIntegerMost = 19;
  constexpr int kInt32Digits = 9;
  if (is_whole(call) && t.size - t.scale <= kIntegerMost) {
    StaticType out = mariadb_integer_type(before + 2, false, t.nullable);
    out.type = before < kInt32Digits ? Type::kInt32 : Type::kInt64;
    return out;
  }
  if (places.null) return mariadb_double_type(std::nullopt, true);
  if (!places.known) return t;
  StaticType out = t;
  out.scale = static_cast<int>(std::clamp<int64_t>(places.count, 0, kMariadbScaleMax));
  const int carried = (is_round(call) || is_whole(call)) && places.count < t.scale ? 1 : 0;
  out.size = length_of_decimal(before + carried + out.scale, out.scale, false);
  return out;
}

StaticType rounded_type(const Call& call) {
  const StaticType t = call.arg_type(0);
  const Places places = places_of(call);
  StaticType out;
  if (t.type == Type::kTime || t.type == Type::kDatetime || t.type == Type::kTimestamp) {
    const int digits = places.known && !places.null
                           ? static_cast<int>(std::clamp<int64_t>(places.count, 0, kFractionDigits))
                           : t.scale;
    out = static_type(t.type == Type::kTime ? Type::kTime : Type::kDatetime, kBinaryCollation,
                      digits);
    out.nullable = t.nullable || (t.type != Type::kTime && call.name != "mariadb truncate");
    constexpr int kTimeLength = 10;
    constexpr int kDatetimeLength = 19;
    out.size =
        (t.type == Type::kTime ? kTimeLength : kDatetimeLength) + (digits > 0 ? digits + 1 : 0);
  } else if (t.type == Type::kDecimal) {
    out = rounded_decimal(call, t, places);
  } else if (mariadb_is_double(t)) {
    const bool open = !places.known || places.null;
    out = mariadb_double_type(
        open ? std::nullopt : std::optional<int>(std::max<int64_t>(0, places.count)), t.nullable);
  } else {
    out = types::is_integral(t.type) && t.type != Type::kYear ? t : counted(t);
    out.fixed = false;
    out.digits = 0;
    const bool grows = is_round(call) && (!places.known || (!places.null && places.count < 0));
    const int64_t bytes = mariadb_bytes(out);
    constexpr int64_t kInt32Most = 9;
    const bool wide = out.type == Type::kInt64 || out.type == Type::kUint64;
    if (grows && wide && !(out.size > 0 && out.size <= kInt32Most)) {
      out = static_type(Type::kDecimal);
      out.size = bytes + 1;
    } else if (grows) {
      out = mariadb_integer_type(bytes + 1, types::is_unsigned(out.type), t.nullable);
    }
    out.nullable = t.nullable;
  }
  if (call.size() > 1) out.nullable = out.nullable || call.arg_type(1).nullable;
  out.json = false;
  return out;
}

// A unit of the digits that stay, in microseconds.
int64_t unit_of(int digits) {
  int64_t unit = 1;
  for (int i = digits; i < kFractionDigits; ++i) unit *= 10;
  return unit;
}
int64_t rounded_us(int64_t us, int64_t unit, const Call& call) {
  const int64_t rest = us % unit;
  const int64_t low = us - rest;  // towards zero
  if (rest == 0 || call.name == "mariadb truncate") return low;
  if (is_round(call)) return std::abs(rest) * 2 >= unit ? low + (rest < 0 ? -unit : unit) : low;
  const bool up = call.name != "mariadb floor";
  return up ? (rest > 0 ? low + unit : low) : (rest < 0 ? low - unit : low);
}
Datum rounded_temporal(const Datum& d, const Call& call, int digits) {
  constexpr int64_t kMicro = 1000000;
  constexpr int64_t kLongest = 838ll * 3600 + 59 * 60 + 59;
  const int64_t unit = unit_of(digits);
  if (d.form == Form::kTime) {
    int64_t us = rounded_us(clock_us(d.temporal), unit, call);
    if (std::abs(us) > kLongest * kMicro + kMicro - unit)
      us = (us < 0 ? -1 : 1) * (kLongest * kMicro + kMicro - unit);
    return Datum::of_time(clock_of(us), digits);
  }
  Temporal cut = d.temporal;
  const int64_t us = rounded_us(cut.microsecond, unit, call);
  cut.microsecond = static_cast<int>(std::min<int64_t>(us, kMicro - 1) / unit * unit);
  if (us < kMicro) return Datum::of_datetime(cut, digits);
  if (cut.month == 0 || cut.day == 0) refuse("rounding a date with zeros of MariaDB in the gate");
  Temporal whole = cut;
  whole.microsecond = 0;
  const std::optional<Temporal> next = types::add_interval(whole, types::Interval{0, 0, 1, 0});
  return Datum::of_datetime(next ? *next : cut, digits);
}

// A result has the decimals that are asked for, though the value has fewer.
Datum rounded(const Call& call) {
  Datum d = call.arg(0);
  if (d.is_null()) return {};
  const StaticType type = rounded_type(call);
  if (d.form == Form::kTime || d.form == Form::kDatetime) {
    if (call.size() > 1 && call.arg(1).is_null()) return {};
    int digits = type.scale;
    if (call.size() > 1 && !places_of(call).known)
      digits = static_cast<int>(
          std::clamp<int64_t>(to_int(call.arg(1), call.context), 0, kFractionDigits));
    Datum out = rounded_temporal(d, call, digits);
    out.precision = static_cast<uint8_t>(type.scale);
    return out;
  }
  if (d.is_member()) d = Datum::of_int(to_int(d));
  if (d.form == Form::kDate || d.is_hex_or_bit()) d = to_number(d);
  const bool integer = d.form == Form::kInt || d.form == Form::kUint;
  if (integer && type.type == Type::kDecimal) d = Datum::of_decimal(to_decimal(d), 0);
  std::vector<Datum> values = {std::move(d)};
  for (size_t i = 1; i < call.size(); ++i) values.push_back(call.arg(i));
  Datum out = shared_of(call, math_functions(), std::move(values));
  if (out.is_null()) return out;
  if (types::is_integral(type.type)) {
    if (out.form == Form::kDecimal || out.form == Form::kFloat) out = Datum::of_int(to_int(out));
    if (types::is_unsigned(type.type) && out.form == Form::kInt)
      out = Datum::of_uint(static_cast<uint64_t>(out.i));
    out.type = type.type;
  } else if (type.type == Type::kDecimal) {
    if (out.form != Form::kDecimal) out = Datum::of_decimal(to_decimal(out), 0);
    // As many words of nine digits as the whole part leaves.
    constexpr int kWords = 9;
    constexpr int kWordDigits = 9;
    const int whole = (out.decimal.integer_digits() + kWordDigits - 1) / kWordDigits;
    out.scale = std::max(out.scale, std::min<int>(type.scale, (kWords - whole) * kWordDigits));
  }
  if (out.form == Form::kFloat && type.fixed) out.scale = type.scale > 0 ? type.scale : kShownWhole;
  return out;
}

StaticType small_type(const Call&) { return static_type(Type::kInt64); }
StaticType address_type(const Call&) {
  StaticType out = static_type(Type::kInt64);
  out.size = 1;
  out.nullable = false;
  return out;
}
// As a text it may be an address too. What is none is told of.
Datum is_ipv4_within(const Call& call) {
  Datum d = call.arg(0);
  if (d.is_null()) return Datum::of_bool(false);
  constexpr size_t kSize = 16;
  if (d.form != Form::kBytes || d.bytes.size() != kSize) {
    Call parse = call;
    parse.name = "mariadb inet6_aton";
    const Datum text = Datum::of_text(to_text(d), call.collation);
    Datum address = shared_of(parse, net_functions(), {text});
    if (address.is_null() || address.bytes.size() != kSize) {
      call.context.warn(1292, fmt::format("Incorrect inet6 value: '{}'",
                                          shown_in_message(d.is_textual() ? d : text)));
      return Datum::of_bool(false);
    }
    d = std::move(address);
  }
  return shared_of(call, net_functions(), {d});
}

template <std::span<const Function> (*Table)()>
StaticType shared_type(const Call& call) {
  return shared_type_of(call, Table());
}

constexpr Function kFunctions[] = {
    {"mariadb bit_count", 1, 1, bit_count, small_type},
    {"mariadb ceil", 1, 1, rounded, rounded_type},
    {"mariadb ceiling", 1, 1, rounded, rounded_type},
    {"mariadb floor", 1, 1, rounded, rounded_type},
    {"mariadb quote", 1, 1, quote, quote_type},
    {"mariadb round", 1, 2, rounded, rounded_type},
    {"mariadb truncate", 2, 2, rounded, rounded_type},
    {"mariadb uncompressed_length", 1, 1, uncompressed_length, small_type},
    {"mariadb convert_tz", 3, 3, convert_tz, shared_type<clock_functions>},
    {"mariadb from_days", 1, 1, from_days, date_type},
    {"mariadb inet_aton", 1, 1, inet_aton, shared_type<net_functions>},
    {"mariadb is_ipv4", 1, 1, is_address, address_type},
    {"mariadb is_ipv4_compat", 1, 1, is_ipv4_within, address_type},
    {"mariadb is_ipv4_mapped", 1, 1, is_ipv4_within, address_type},
    {"mariadb is_ipv6", 1, 1, is_address, address_type},
    {"mariadb sha2", 2, 2, sha2, shared_type<crypto_functions>},
    {"mariadb str_to_date", 2, 2, str_to_date, shared_type<time_functions>},
};

// Rounded half away from zero, and clamped to the integers of its sign.
uint64_t clamped_bits(const Decimal& d, const Context& context) {
  const Decimal whole = d.rounded(0);
  if (whole.is_negative()) {
    if (const std::optional<int64_t> i = whole.to_int64()) return static_cast<uint64_t>(*i);
    context.warn(1916, fmt::format("Got overflow when converting '{}' to INT. Value truncated",
                                   d.to_string()));
    return static_cast<uint64_t>(INT64_MIN);
  }
  if (const std::optional<uint64_t> u = whole.to_uint64()) return *u;
  context.warn(1916,
               fmt::format("Got overflow when converting '{}' to UNSIGNED INT. Value truncated",
                           d.to_string()));
  return UINT64_MAX;
}

// A value that was an argument already.
class ValueNode final : public Node {
 public:
  ValueNode(Datum value, StaticType type, bool fixed)
      : value_(std::move(value)), type_(type), fixed_(fixed) {}
  Datum evaluate(Context&) const override { return value_; }
  StaticType type(Context&) const override { return type_; }
  bool is_constant() const override { return false; }
  bool is_bind_variable() const override { return fixed_; }

 private:
  Datum value_;
  StaticType type_;
  bool fixed_;
};

}  // namespace

Datum shared_of(const Call& call, std::span<const Function> functions, std::vector<Datum> values) {
  std::vector<NodePtr> nodes;
  for (size_t i = 0; i < values.size(); ++i)
    nodes.push_back(std::make_unique<ValueNode>(
        std::move(values[i]), call.arg_type(i),
        call.args[i]->is_constant() || call.args[i]->is_bind_variable()));
  const std::string_view name = call.name.substr(kMariadbPrefix.size());
  const Call same = {nodes, call.context, call.collation, name, call.json_as_text, call.source};
  return find_shared(same, functions).evaluate(same);
}

std::span<const Function> mariadb_functions() { return kFunctions; }

bool is_missing_in_mariadb(std::string_view name) {
  constexpr std::string_view kMissing[] = {"any_value",         "bin_to_uuid",       "is_uuid",
                                           "json_storage_free", "json_storage_size", "regexp_like",
                                           "uuid_to_bin"};
  return std::find(std::begin(kMissing), std::end(kMissing), name) != std::end(kMissing);
}

uint64_t mariadb_bits(const Datum& d, const Context& context) {
  if (d.form == Form::kUint) return d.u;
  if (d.form == Form::kInt) return static_cast<uint64_t>(d.i);
  if (d.is_member()) return static_cast<uint64_t>(to_int(d));
  if (d.is_hex_or_bit()) return mariadb_bits(to_number(d), context);
  if (d.is_temporal()) {
    const Datum number = to_number(d);
    return number.form == Form::kDecimal ? clamped_bits(number.decimal, context)
                                         : mariadb_bits(number, context);
  }
  const Datum exact = mariadb_bit_operand(d, context);
  return clamped_bits(exact.form == Form::kDecimal ? exact.decimal : to_decimal(exact, context),
                      context);
}

Datum mariadb_bit_operand(const Datum& d, const Context& context) {
  const bool text = d.is_textual() && !d.is_member() && !d.is_hex_or_bit();
  if (text) return Datum::of_decimal(to_decimal(d, context), 0);
  if (d.form != Form::kFloat) return d;
  const Decimal exact = Decimal::from_double(d.f);
  constexpr int kMost = 81;  // nine words of nine digits
  if (exact.integer_digits() <= kMost) return Datum::of_decimal(exact, 0);
  context.warn(1916, "Got overflow when converting '' to DECIMAL. Value truncated");
  return Datum::of_decimal(exact.clamped(Decimal::kDigitsMax, 0), 0);
}

Datum mariadb_integer(const Datum& d, bool is_unsigned, const Context& context) {
  constexpr int kOverflow = 1916;
  if (d.is_temporal()) {
    if (is_unsigned && d.form == Form::kTime && d.temporal.negative)
      context.warn(
          kOverflow,
          fmt::format("Got overflow when converting '{}' to UNSIGNED BIGINT. Value truncated",
                      to_text(d)));
    Temporal t = d.temporal;
    t.microsecond = 0;
    return to_number(d.form == Form::kDate   ? Datum::of_date(t)
                     : d.form == Form::kTime ? Datum::of_time(t, 0)
                                             : Datum::of_datetime(t, 0));
  }
  if (d.form == Form::kFloat) {
    const double whole = std::rint(d.f);
    constexpr double kSignedEnd = 9223372036854775808.0;
    constexpr double kUnsignedEnd = 18446744073709551616.0;
    const bool low = whole < (is_unsigned ? 0 : -kSignedEnd);
    const bool high = whole >= (is_unsigned ? kUnsignedEnd : kSignedEnd);
    if (low || high) {
      context.warn(kOverflow,
                   fmt::format("Got overflow when converting '{}' to {} BIGINT. Value truncated",
                               to_text(Datum::of_float(d.f)), is_unsigned ? "UNSIGNED" : "SIGNED"));
    }
    if (is_unsigned)
      return Datum::of_uint(low ? 0 : high ? UINT64_MAX : static_cast<uint64_t>(whole));
    return Datum::of_int(low ? INT64_MIN : high ? INT64_MAX : static_cast<int64_t>(whole));
  }
  if (d.form != Form::kDecimal) return to_number(d);
  const Decimal whole = d.decimal.rounded(0);
  if (is_unsigned) {
    if (const std::optional<uint64_t> u = whole.to_uint64()) return Datum::of_uint(*u);
  } else if (const std::optional<int64_t> i = whole.to_int64()) {
    return Datum::of_int(*i);
  }
  context.warn(kOverflow, fmt::format("Got overflow when converting '{}' to {}INT. Value truncated",
                                      to_text(d), is_unsigned ? "UNSIGNED " : ""));
  if (is_unsigned) return Datum::of_uint(whole.is_negative() ? 0 : UINT64_MAX);
  return Datum::of_int(whole.is_negative() ? INT64_MIN : INT64_MAX);
}

std::optional<int> compare_mariadb_dates(const Datum& a, const Datum& b, const Context& context) {
  const auto dated = [](const Datum& d) {
    return d.form == Form::kDate || d.form == Form::kDatetime;
  };
  if (dated(a) || dated(b)) {
    if (dated(a) && dated(b)) return std::nullopt;
    const Temporal left = mariadb_date_or_zero(a, context);
    return types::compare_datetimes(left, mariadb_date_or_zero(b, context));
  }
  const bool time = a.form == Form::kTime || b.form == Form::kTime;
  if (!time || (a.form == Form::kTime && b.form == Form::kTime)) return std::nullopt;
  const Temporal left = mariadb_time_or_zero(a, context);
  return types::compare_times(left, mariadb_time_or_zero(b, context));
}

}  // namespace vif::eval
