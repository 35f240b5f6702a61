// Lists within strings, strings in other forms, and what a string is.
#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include "eval/charsets.h"
#include "eval/compare.h"
#include "eval/compared_side.h"
#include "eval/equality.h"
#include "eval/mariadb_typing.h"
#include "eval/number_locale.h"
#include "eval/static_type.h"
#include "eval/strictness.h"
#include "eval/text_call.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

Datum make_set(const Call& call) {
  const Datum bits_value = call.arg(0);
  if (bits_value.is_null()) return {};
  const auto bits = static_cast<uint64_t>(to_int(bits_value, call.context));
  std::vector<Datum> values;
  values.reserve(call.size());
  std::vector<const Datum*> parts;
  std::string out;
  // What is not chosen counts for the result's collation too.
  const StaticType merged = later_text_type(call);
  const bool text_wins = merged.collation != kBinaryCollation;
  bool bytes = false;
  for (size_t i = 1; i < call.size(); ++i) {
    const bool chosen = i <= 64 && (bits >> (i - 1) & 1) != 0;
    if (!chosen) continue;
    Datum& d = values.emplace_back(call.arg(i));
    if (!text_wins && d.form == Form::kText) d = Datum::of_bytes(own_bytes(d));
    if (d.is_null()) continue;
    if (text_wins && d.form == Form::kBytes) d = text_of_bytes(d, merged.collation);
    if (!parts.empty()) out += ',';
    out += to_text(d);
    parts.push_back(&d);
    bytes = bytes || d.form == Form::kBytes;
  }
  if (!text_wins) {
    Datum joined_bytes = Datum::of_bytes(std::move(out));
    joined_bytes.coercibility = static_cast<Coercibility>(merged.coercibility);
    return joined_bytes;
  }
  if (bytes)
    return Datum::of_text(std::move(out), merged.collation,
                          static_cast<Coercibility>(merged.coercibility));
  return joined(parts, std::move(out), call);
}

// Bytes among texts are a text, though there be a NULL after them.
bool any_null_as_texts(const Call& call, std::vector<Datum>& values) {
  std::vector<StaticType> types;
  for (size_t i = 1; i < std::min<size_t>(call.size(), 4); ++i) types.push_back(call.arg_type(i));
  const uint32_t all = merged_text(types, call.collation).collation;
  for (size_t i = 0; i < call.size(); ++i) {
    values.push_back(call.arg(i));
    if (values[i].is_null()) return true;
    const bool text = i > 0 && i < 4 && all != kBinaryCollation && values[i].form == Form::kBytes;
    if (text && !call.context.env.mariadb) values[i] = text_of_bytes(values[i], all);
    const bool bytes = i > 0 && i < 4 && all == kBinaryCollation && values[i].form == Form::kText;
    if (bytes && !call.context.env.mariadb) values[i] = Datum::of_bytes(own_bytes(values[i]));
  }
  return false;
}

Datum export_set(const Call& call) {
  std::vector<Datum> v;
  if (any_null_as_texts(call, v)) return {};
  constexpr int64_t kBits = 64;
  const auto bits = static_cast<uint64_t>(to_int(v[0], call.context));
  const std::string on = to_text(v[1]);
  const std::string off = to_text(v[2]);
  const std::string separator = v.size() > 3 ? to_text(v[3]) : ",";
  int64_t count = v.size() > 4 ? to_int(v[4], call.context) : kBits;
  if (count < 0 || count > kBits) count = kBits;
  std::string out;
  for (int64_t i = 0; i < count; ++i) {
    if (i > 0) out += separator;
    out += (bits >> i & 1) != 0 ? on : off;
    if (out.size() > length_max(call.context)) return {};
  }
  std::vector<const Datum*> parts = {&v[1], &v[2]};
  if (v.size() > 3) parts.push_back(&v[3]);
  return joined(parts, std::move(out), call);
}

Datum find_in_set(const Call& call) {
  std::vector<Datum> v;
  if (any_null(call, v)) return {};
  Coercibility ignored;
  // Bytes are looked for as they are, though they be no text.
  const auto as_text = [&](const Datum& d) {
    Datum out = d;
    if (!call.context.env.mariadb && d.form == Form::kBytes) out.bytes.clear();
    return out;
  };
  const uint32_t collation = v[0].is_textual() || v[1].is_textual()
                                 ? merged_collation(as_text(v[0]), as_text(v[1]), ignored)
                                 : kTextOfNumbers;
  const std::string wanted = to_text(v[0]);
  const std::string list = to_text(v[1]);
  if (list.empty() || wanted.find(',') != std::string::npos) return Datum::of_int(0);
  int64_t place = 1;
  for (size_t at = 0;; ++place) {
    const size_t end = std::min(list.find(',', at), list.size());
    const Result<bool> same =
        same_text(std::string_view(list).substr(at, end - at), wanted, collation);
    if (!same.ok()) throw SqlError{same.error()};
    if (*same) return Datum::of_int(place);
    if (end == list.size()) return Datum::of_int(0);
    at = end + 1;
  }
}

// Bytes decide what a delimiter is, whatever the collation.
Datum substring_index(const Call& call) {
  std::vector<Datum> v;
  if (any_null(call, v)) return {};
  settle(call, v[0], {&v[1]});
  const std::string text = to_text(v[0]);
  const std::string delimiter = to_text(v[1]);
  int64_t count =
      v[2].form == Form::kUint && v[2].u > INT64_MAX ? INT64_MAX : to_int(v[2], call.context);
  const auto result = [&](std::string part) {
    return joined({&v[0], &v[1]}, std::move(part), call);
  };
  if (text.empty() || delimiter.empty() || count == 0) return result("");
  if (count > 0) {
    size_t at = 0;
    while (true) {
      const size_t hit = text.find(delimiter, at);
      if (hit == std::string::npos) return result(text);
      if (--count == 0) return result(text.substr(0, hit));
      at = hit + delimiter.size();
    }
  }
  // They are found from the left, and counted from the right.
  std::vector<size_t> ends;
  for (size_t at = 0; (at = text.find(delimiter, at)) != std::string::npos;)
    ends.push_back(at += delimiter.size());
  const int64_t left = static_cast<int64_t>(ends.size()) + count;
  return result(left < 0 ? text : text.substr(ends[static_cast<size_t>(left)]));
}

Datum quote(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return Datum::of_text("NULL", call.collation);
  std::string out = "'";
  for (const char c : to_text(d)) {
    switch (c) {
      case '\0': out += "\\0"; break;
      case '\x1a': out += "\\Z"; break;
      case '\'':
      case '\\': out += '\\'; [[fallthrough]];
      default: out += c;
    }
  }
  if (d.form == Form::kBytes) {
    (void)checked_utf8(d.bytes);
    return Datum::of_text(out + "'", call.collation, d.coercibility);
  }
  Datum quoted = like(d, out + "'", call);
  if (d.form != Form::kText && !call.context.env.mariadb) quoted.coercibility = d.coercibility;
  return quoted;
}

// Letters with one sound have one digit; vowels none.
char sound_of(unsigned char letter) {
  constexpr std::string_view kSounds = "01230120022455012623010202";
  const int upper = letter >= 'a' && letter <= 'z' ? letter - 'a' + 'A' : letter;
  return upper >= 'A' && upper <= 'Z' ? kSounds[static_cast<size_t>(upper - 'A')] : '0';
}

Datum soundex(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const std::string text = to_text(d);
  std::string out;
  size_t letters = 0;
  char last = '0';
  for (size_t at = 0; at < text.size();) {
    size_t size = 1;
    if (!counts_bytes(d)) {
      while (at + size < text.size() &&
             (static_cast<unsigned char>(text[at + size]) & 0xc0) == 0x80)
        ++size;
    }
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::string letter = text.substr(at, size);
    at += size;
    const bool ascii = (lead >= 'a' && lead <= 'z') || (lead >= 'A' && lead <= 'Z');
    // The server takes characters from U+00C0 on for letters.
    const bool beyond = !counts_bytes(d) && lead > 0xc2;
    if (!ascii && !beyond) continue;
    const char sound = sound_of(lead);
    if (letters == 0) {
      out += ascii && lead >= 'a' ? std::string(1, static_cast<char>(lead - 'a' + 'A')) : letter;
      letters = 1;
      last = sound;
    } else if (sound != '0' && sound != last) {
      out += sound;
      ++letters;
      last = sound;
    }
  }
  constexpr size_t kShortest = 4;
  if (letters > 0 && letters < kShortest) out.append(kShortest - letters, '0');
  return like(d, std::move(out), call);
}

// Doubles are rounded as ROUND does, then written with that many decimals.
std::string fixed(double value, int decimals) {
  const double power = std::pow(10.0, decimals);
  const double scaled = value * power;
  const double rounded = std::isfinite(scaled) ? std::nearbyint(scaled) / power : value;
  // The shortest digits that are that double, and zeros.
  const Decimal exact = Decimal::from_double(rounded).rounded(decimals);
  std::string out = exact.to_string();
  const size_t point = out.find('.');
  const size_t shown = point == std::string::npos ? 0 : out.size() - point - 1;
  if (decimals > 0 && point == std::string::npos) out += '.';
  out.append(static_cast<size_t>(decimals) - std::min<size_t>(shown, static_cast<size_t>(decimals)),
             '0');
  // There is no negative zero.
  if (out.starts_with('-') && out.find_first_not_of("-0.") == std::string::npos) out.erase(0, 1);
  return out;
}

Datum format_function(const Call& call) {
  const Datum given = call.arg(0);
  const Datum d = given.type == Type::kBit ? to_number(given) : given;
  const Datum places = call.arg(1);
  NumberLocale style;
  bool known = true;
  if (call.size() > 2) {
    const Datum locale = call.arg(2);
    const std::string name = locale.is_null() ? "NULL" : to_text(locale);
    known = find_number_locale(name, style);
    if (call.context.env.mariadb && name != "en_US" && name != "en_us")
      refuse("FORMAT in a locale other than en_US in the gate");
    if (!known) call.context.warn(1649, fmt::format("Unknown locale: '{}'", name));
  }
  if (d.is_null() || places.is_null()) return {};
  const bool mariadb = call.context.env.mariadb;
  const int most = mariadb ? kMariadbScaleMax : Decimal::kScaleMax;
  // Of MySQL's integer the lower half counts.
  const int64_t asked = to_int(places, call.context);
  const auto decimals =
      static_cast<int>(std::clamp<int64_t>(mariadb ? asked : static_cast<int32_t>(asked), 0, most));
  const bool exact = d.form == Form::kInt || d.form == Form::kUint || d.form == Form::kDecimal;
  std::string number;
  if (exact) {
    const Decimal rounded =
        (d.form == Form::kDecimal && !mariadb ? d.decimal.rounded(d.scale) : to_decimal(d))
            .rounded(decimals);
    // Beyond nine words of nine digits the server writes over what it wrote.
    constexpr int kWords = 9;
    constexpr int kWordDigits = 9;
    const auto words = [](int digits) { return (digits + kWordDigits - 1) / kWordDigits; };
    if (words(rounded.integer_digits()) + words(decimals) > kWords)
      refuse("FORMAT of so many digits in the gate");
    number = rounded.to_string();
    const size_t point = number.find('.');
    const size_t shown = point == std::string::npos ? 0 : number.size() - point - 1;
    if (decimals > 0 && point == std::string::npos) number += '.';
    number.append(static_cast<size_t>(decimals) - shown, '0');
  } else {
    const double value = to_double(d, call.context);
    number = fixed(value, decimals);
    // It keeps its sign where it is rounded to nothing.
    if (!mariadb && std::signbit(value) && number[0] != '-') number.insert(0, "-");
  }
  return Datum::of_text(grouped_number(number, style), call.collation);
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

Datum from_base64(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  int padding = 0;
  const std::string text = to_text(d);
  const auto bad = [&](size_t at) {
    if (call.context.env.mariadb)
      call.context.warn(1958, fmt::format("Bad base64 data as position {}", at));
    return Datum();
  };
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == ' ' || (c >= '\t' && c <= '\r')) continue;
    const int digit = base64_digit(c);
    if (c == '=') {
      // At the end of a group of four only, and nothing after it.
      if (++padding > 2 || (count % 4) < 2) return bad(at);
    } else if (digit < 0 || padding > 0) {
      return bad(at);
    }
    bits = bits << 6 | static_cast<uint32_t>(std::max(digit, 0));
    if (++count % 4 != 0) continue;
    for (int i = 0; i < 3 - padding; ++i) out += static_cast<char>(bits >> (16 - 8 * i) & 0xff);
    bits = 0;
  }
  if (count % 4 != 0) return bad(text.size());
  return Datum::of_bytes(std::move(out));
}

uint32_t collation_of(const Call& call) {
  const StaticType t = call.arg_type(0);
  // A column's is the documents' own bytes.
  const bool column = call.args[0]->is_leaf() && !call.args[0]->is_constant();
  if (t.type == Type::kJson)
    return column && !call.context.env.mariadb ? kBinaryCollation : kJsonCollation;
  if (!types::is_text(t.type) && t.type != Type::kEnum && t.type != Type::kSet)
    return kBinaryCollation;
  if (collation_name(t.collation) == "unknown") refuse("the collation of a text in the gate");
  return t.collation;
}

Datum system_text(std::string_view text, const Call& call) {
  const bool mariadb = call.context.env.mariadb;
  return Datum::of_text(std::string(text), 33,
                        mariadb ? Coercibility::kSystem : Coercibility::kCoercible);
}

Datum collation_function(const Call& call) {
  return system_text(collation_name(collation_of(call)), call);
}
Datum charset_function(const Call& call) {
  const std::string_view name = collation_name(collation_of(call));
  return system_text(name.substr(0, name.find('_')), call);
}
Datum coercibility_function(const Call& call) {
  // The argument's own errors are none here.
  Datum d;
  Env quiet_env = call.context.env;
  quiet_env.warnings = nullptr;
  Context quiet{call.context.row, quiet_env};
  try {
    d = call.args[0]->evaluate(quiet);
  } catch (const SqlError& e) {
    if (call.context.env.mariadb || e.error.code() == Code::kUnimplemented) throw;
  }
  const StaticType known = call.arg_type(0);
  const Type t = known.type;
  if (known.searched != 0) return Datum::of_int(known.coercibility);
  if (d.is_null() && t != Type::kNull) {
    const bool text = types::is_text(t) || types::is_binary(t) || t == Type::kEnum ||
                      t == Type::kSet || t == Type::kBit;
    const bool bare = !text && t != Type::kJson;
    const auto own = text ? static_cast<Coercibility>(known.coercibility) : Coercibility::kImplicit;
    return Datum::of_int(static_cast<int>(bare ? Coercibility::kNumeric : own));
  }
  return Datum::of_int(static_cast<int>(d.coercibility));
}
StaticType export_set_type(const Call& call) {
  std::vector<StaticType> types;
  for (size_t i = 1; i < std::min<size_t>(call.size(), 4); ++i) types.push_back(call.arg_type(i));
  return merged_text(types, call.collation);
}
// What is no text is one of the server's own charset.
StaticType quote_type(const Call& call) {
  constexpr uint32_t kLatin1 = 8;
  const StaticType t = call.arg_type(0);
  const bool dated = t.type == Type::kDate || t.type == Type::kDatetime ||
                     t.type == Type::kTimestamp || t.type == Type::kTime;
  if (types::is_number(t.type) || dated) {
    StaticType out = static_type(Type::kVarchar, kLatin1);
    if (!call.context.env.mariadb) out.coercibility = static_cast<uint8_t>(Coercibility::kNumeric);
    return out;
  }
  const StaticType out = first_type(call);
  return out.type == Type::kVarchar ? out : plain_text_type(call);
}
StaticType system_type(const Call&) { return static_type(Type::kVarchar, 33); }

Datum bit_count(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const bool number = d.is_hex_or_bit() && d.type != Type::kBit && !call.context.env.mariadb;
  if (d.form == Form::kBytes && !number) {
    int64_t count = 0;
    for (const char c : d.bytes) count += std::popcount(static_cast<unsigned char>(c));
    return Datum::of_int(count);
  }
  return Datum::of_int(std::popcount(static_cast<uint64_t>(to_int(d, call.context))));
}

// Each number's bytes, without leading zeros.
std::string bytes_of_numbers(const Call& call) {
  std::string out;
  for (size_t i = 0; i < call.size(); ++i) {
    const Datum d = call.arg(i);
    if (d.is_null()) continue;
    const auto number = static_cast<uint32_t>(to_int(d, call.context));
    for (int shift = 24; shift >= 0; shift -= 8) {
      if (shift == 0 || number >> shift != 0) out += static_cast<char>(number >> shift & 0xff);
    }
  }
  return out;
}

Datum char_function(const Call& call) { return Datum::of_bytes(bytes_of_numbers(call)); }

Datum char_using_utf8mb4(const Call& call) {
  std::string text = bytes_of_numbers(call);
  size_t bad = 0;
  if (is_utf8mb4(text, bad)) return Datum::of_text(std::move(text), 255);
  std::string hex;
  constexpr size_t kShown = 3;
  for (const char c : std::string_view(text).substr(bad, kShown))
    hex += fmt::format("{:02X}", static_cast<unsigned char>(c));
  call.context.warn(1300, fmt::format("Invalid utf8mb4 character string: '{}'", hex));
  if (is_strict(call.context) || call.context.env.mariadb) return {};
  return Datum::of_text(text.substr(0, bad), 255);
}
StaticType utf8mb4_type(const Call&) { return static_type(Type::kVarchar, 255); }

std::string in_base(uint64_t value, int base) {
  char buffer[65];
  const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, value, base);
  std::string out(buffer, end);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

// Digits of `base` at the start of the text; beyond 64 bits the greatest number, or 0 below zero.
// Negative numbers are their complement. `is_signed`: beyond 63 bits the greatest or the least.
uint64_t digits_in_base(std::string_view text, int base, const Call& call, bool is_signed = false) {
  const std::string_view all = text;
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size()));
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  const uint64_t most = is_signed ? INT64_MAX + uint64_t{negative} : UINT64_MAX;
  const bool beyond = code == std::errc::result_out_of_range || value > most;
  const bool mysql = !call.context.env.mariadb;
  if ((code != std::errc() || beyond) && mysql)
    call.context.warn(1292, fmt::format("Truncated incorrect DECIMAL value: '{}'",
                                        shown_in_message(Datum::of_text(std::string(all), 255))));
  if (beyond && is_signed) return negative ? ~most + 1 : most;
  if (beyond) return negative && mysql ? 0 : UINT64_MAX;
  return negative ? ~value + 1 : value;
}

// The text's digits, even a double's: 5e-324 is 5.
Datum to_base(const Call& call, int base) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const std::string text = to_text(d);
  if (text.empty()) return {};
  if (d.is_hex_or_bit())
    return Datum::of_text(in_base(to_number(d, call.context).u, base), call.collation);
  return Datum::of_text(in_base(digits_in_base(text, 10, call), base), call.collation);
}
Datum bin(const Call& call) { return to_base(call, 2); }
Datum oct(const Call& call) { return to_base(call, 8); }

Datum conv(const Call& call) {
  std::vector<Datum> v;
  const bool null = any_null(call, v);
  const size_t last = call.context.env.mariadb && null ? 0 : v.size() - (null ? 1 : 0);
  const int64_t from = last > 1 ? to_int(v[1], call.context) : 0;
  const int64_t to = last > 2 ? to_int(v[2], call.context) : 0;
  if (null) return {};
  const auto valid = [](int64_t base) {
    return (base >= 2 && base <= 36) || (base <= -2 && base >= -36);
  };
  if (!valid(from) || !valid(to)) return {};
  if (v[0].is_textual() && v[0].bytes.empty()) return {};
  if (v[0].is_hex_or_bit()) {
    const uint64_t bits = to_number(v[0], call.context).u;
    const bool below = to < 0 && static_cast<int64_t>(bits) < 0;
    return Datum::of_text(
        (below ? "-" : "") + in_base(below ? ~bits + 1 : bits, static_cast<int>(std::abs(to))),
        call.collation);
  }
  const std::string digits = to_text(v[0]);
  if (digits.empty()) return {};
  const uint64_t value = digits_in_base(digits, static_cast<int>(std::abs(from)), call, from < 0);
  if (to < 0 && static_cast<int64_t>(value) < 0) {
    return Datum::of_text("-" + in_base(~value + 1, static_cast<int>(-to)), call.collation);
  }
  return Datum::of_text(in_base(value, static_cast<int>(std::abs(to))), call.collation);
}

// One after the other, as what they all are together, until one is the same.
void warn_of_field(const Call& call, int64_t found) {
  take([&] {
    const Side subject = side_of(*call.args[0], call.context);
    Kind kind = subject.kind();
    for (size_t i = 1; i < call.size(); ++i)
      kind = common_kind(kind, side_of(*call.args[i], call.context).kind());
    if (!read_as(subject, kind, call.context)) return;
    for (size_t i = 1; i < call.size(); ++i) {
      (void)read_as(side_of(*call.args[i], call.context), kind, call.context);
      if (static_cast<int64_t>(i) == found) return;
    }
  });
}

// Bytes that are no text are none that stands beside them.
bool may_be_same(const Datum& a, const Datum& b) {
  if ((a.form == Form::kBytes) == (b.form == Form::kBytes)) return true;
  const types::Collation* text =
      types::find_collation(a.form == Form::kBytes ? b.collation : a.collation);
  return !text || text->charset->valid(a.form == Form::kBytes ? a.bytes : b.bytes);
}

Datum field(const Call& call) {
  if (call.context.env.warnings && !call.context.env.mariadb) {
    Quiet quiet(call.context);
    Datum out = field({call.args, quiet.context(), call.collation, call.name, call.json_as_text});
    warn_of_field(call, out.i);
    return out;
  }
  Datum d = call.arg(0);
  if (d.is_null()) return Datum::of_int(0);
  // Dates and times are texts.
  const bool mysql = !call.context.env.mariadb;
  const auto is_text = [&](const Datum& one) {
    return one.is_textual() || (mysql && one.is_temporal());
  };
  const auto as_text = [&](Datum& one) {
    if (mysql && one.is_temporal())
      one = Datum::of_text(to_text(one), call.collation, Coercibility::kNumeric);
  };
  std::vector<Datum> candidates(call.size() - 1);
  bool mixed = false;
  for (size_t i = 1; i < call.size() && !mysql; ++i) {
    Datum& candidate = candidates[i - 1] = call.arg(i);
    mixed = mixed || (!candidate.is_null() && is_text(candidate) != is_text(d));
    // What is NULL is of a kind too, and beside numbers a date is a text.
    const Type t = candidate.is_null() ? call.arg_type(i).type : Type::kNull;
    mixed = mixed || (t != Type::kNull && kind_of(t) != Kind::kString && is_text(d)) ||
            (candidate.is_temporal() && d.form == Form::kDecimal);
  }
  Kind kind = kind_of(call.arg_type(0).type);
  for (size_t i = 1; i < call.size(); ++i) kind = common_kind(kind, kind_of(call.arg_type(i).type));
  if (mysql) mixed = kind != Kind::kString;
  const double number = mixed ? to_double(d, call.context) : 0;
  const uint32_t all = mysql && !mixed ? text_type(call).collation : kBinaryCollation;
  if (!mixed) as_text(d);
  const auto same_number = [&](const Datum& one) {
    if (mysql && kind == Kind::kDecimal) return compare(to_decimal(d), to_decimal(one)) == 0;
    if (mysql && kind == Kind::kInt)
      return static_cast<uint64_t>(whole_of(d, call.context)) ==
             static_cast<uint64_t>(whole_of(one, call.context));
    return number == to_double(one, call.context);
  };
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (mysql) candidates[i] = call.arg(i + 1);
    if (candidates[i].is_null()) continue;
    if (!mixed) as_text(candidates[i]);
    if (mysql && !mixed && d.form == Form::kBytes && !may_be_same(d, candidates[i])) continue;
    if (all != kBinaryCollation && candidates[i].form == Form::kBytes)
      candidates[i] = text_of_bytes(candidates[i], all);
    Datum subject = d;
    if (!mixed && d.form == Form::kText) settle(call, subject, {&candidates[i]});
    // They compare as the first one does.
    if (!mixed && mysql && d.form == Form::kBytes && candidates[i].form == Form::kText)
      candidates[i] = Datum::of_bytes(own_bytes(candidates[i]));
    if (!mixed && mysql && d.form == Form::kText && candidates[i].form == Form::kText)
      candidates[i].collation = subject.collation;
    // Text and numbers together compare as doubles, all of them.
    const bool same =
        mixed ? same_number(candidates[i]) : compare_datums(subject, candidates[i]) == 0;
    if (same) return Datum::of_int(static_cast<int64_t>(i) + 1);
  }
  return Datum::of_int(0);
}

constexpr Function kFunctions[] = {
    {"field", 2, kAnyNumber, field, int_type},
    {"bin", 1, 1, bin, plain_text_type},
    {"oct", 1, 1, oct, plain_text_type},
    {"conv", 3, 3, conv, plain_text_type},
    {"char", 1, kAnyNumber, char_function, bytes_type},
    {"char using utf8mb4", 1, kAnyNumber, char_using_utf8mb4, utf8mb4_type},
    {"make_set", 2, kAnyNumber, make_set, later_text_type},
    {"export_set", 3, 5, export_set, export_set_type},
    {"find_in_set", 2, 2, find_in_set, int_type},
    {"substring_index", 3, 3, substring_index, first_type},
    {"quote", 1, 1, quote, quote_type},
    {"soundex", 1, 1, soundex, first_type},
    {"format", 2, 3, format_function, plain_text_type},
    {"from_base64", 1, 1, from_base64, bytes_type},
    {"collation", 1, 1, collation_function, system_type},
    {"charset", 1, 1, charset_function, system_type},
    {"coercibility", 1, 1, coercibility_function, int_type},
    {"bit_count", 1, 1, bit_count, int_type},
};

}  // namespace

std::span<const Function> string_functions() { return kFunctions; }

}  // namespace vif::eval
