// MariaDB's functions of texts that are not MySQL's.
#include <algorithm>
#include <cmath>

#include "eval/charsets.h"
#include "eval/compare.h"
#include "eval/function.h"
#include "eval/mariadb.h"
#include "eval/mariadb_typing.h"
#include "eval/static_type.h"
#include "eval/text_call.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

// Half away from zero; what is beyond the unsigned integers or below the signed ones is the
// greatest.
uint64_t digits_of_hex(double d) {
  constexpr double kLeast = -9223372036854775808.0;
  constexpr double kEnd = 18446744073709551616.0;
  if (d <= kLeast || d >= kEnd) return UINT64_MAX;
  const double rounded = d + (d > 0 ? 0.5 : -0.5);
  if (rounded >= kEnd) return UINT64_MAX;
  return rounded < 0 ? static_cast<uint64_t>(static_cast<int64_t>(rounded))
                     : static_cast<uint64_t>(rounded);
}
Datum hex(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  if (d.form == Form::kFloat || d.form == Form::kDecimal)
    return Datum::of_text(fmt::format("{:X}", digits_of_hex(to_double(d))), call.collation);
  return shared_of(call, text_functions(), {d.type == Type::kBit ? to_number(d) : d});
}

// A hexadecimal literal is a text to it.
Datum conv(const Call& call) {
  Datum d = call.arg(0);
  if (d.is_hex_or_bit() && d.type != Type::kBit) d = Datum::of_bytes(d.bytes);
  return shared_of(call, string_functions(), {d, call.arg(1), call.arg(2)});
}

Datum digits_of(const Call& call) {
  Datum d = call.arg(0);
  if (d.is_hex_or_bit() && d.type != Type::kBit) d = Datum::of_bytes(d.bytes);
  return shared_of(call, string_functions(), {std::move(d)});
}

// Of how far into a text and how many it looks at the lower half.
Datum narrow(const Datum& d, const Context& context, bool is_unsigned) {
  if (d.is_null()) return d;
  const int64_t whole = d.form == Form::kUint ? static_cast<int64_t>(d.u) : to_int(d, context);
  return Datum::of_int(is_unsigned ? static_cast<int64_t>(static_cast<uint32_t>(whole))
                                   : static_cast<int64_t>(static_cast<int32_t>(whole)));
}
Datum substring_index(const Call& call) {
  const Datum text = call.arg(0);
  const Datum part = call.arg(1);
  return shared_of(call, string_functions(),
                   {text, part, narrow(call.arg(2), call.context, false)});
}

Datum elt(const Call& call) {
  const Datum place = narrow(call.arg(0), call.context, true);
  if (place.is_null() || place.i < 1 || place.i >= static_cast<int64_t>(call.size())) return {};
  const Datum d = call.arg(static_cast<size_t>(place.i));
  if (d.is_null()) return {};
  const StaticType merged = later_text_type(call);
  Datum out;
  if (merged.collation == kBinaryCollation) {
    out = Datum::of_bytes(d.is_textual() ? own_bytes(d) : to_text(d));
  } else {
    if (d.form == Form::kBytes) (void)checked_utf8(d.bytes);
    out = Datum::of_text(to_text(d), merged.collation);
  }
  out.coercibility = static_cast<Coercibility>(merged.coercibility);
  return out;
}

// Dates and times are texts, and texts with numbers are numbers.
Datum field(const Call& call) {
  std::vector<Datum> values;
  bool numbers = false;
  bool texts = false;
  for (size_t i = 0; i < call.size(); ++i) {
    const StaticType t = call.arg_type(i);
    const bool number = types::is_number(t.type) || t.type == Type::kBit ||
                        t.type == Type::kHexNum || t.type == Type::kBitNum;
    numbers = numbers || number;
    texts = texts || (!number && t.type != Type::kNull);
    Datum d = call.arg(i);
    if (i == 0 && d.is_null()) return Datum::of_int(0);
    values.push_back(std::move(d));
  }
  if (!numbers) {
    for (Datum& d : values) {
      if (d.is_temporal()) d = Datum::of_text(to_text(d), call.collation, Coercibility::kNumeric);
    }
  } else if (texts) {
    for (Datum& d : values) {
      if (d.is_temporal()) d = Datum::of_float(to_double(d));
    }
  }
  return shared_of(call, string_functions(), std::move(values));
}

// An empty text is found where the search begins, counted in bytes; the place must be less than the
// bytes are.
Datum empty_at(const Datum& text, int64_t from) {
  const std::string all = to_text(text);
  const auto total = static_cast<int64_t>(character_count(text, all));
  const size_t bytes = own_bytes(text).size();
  if (from < 1 || from > total + 1 || from > static_cast<int64_t>(bytes)) return Datum::of_int(0);
  std::string before = all.substr(0, offset_of(text, all, static_cast<size_t>(from - 1)));
  if (text.form == Form::kText) before = own_bytes(before, text.collation);
  return Datum::of_int(static_cast<int64_t>(before.size()) + 1);
}

// What has as many bytes as is looked for, and compares equal to that.
Datum found_in(const Call& call, Datum needle, Datum text, int64_t from) {
  if (to_text(needle).empty()) return call.size() > 2 ? empty_at(text, from) : Datum::of_int(1);
  settle(call, text, {&needle});
  const std::string plain = to_text(needle);
  const std::string all = to_text(text);
  const auto total = static_cast<int64_t>(character_count(text, all));
  if (from < 1 || from > total) return Datum::of_int(0);
  Coercibility ignored;
  const bool textual = needle.is_textual() || text.is_textual();
  const uint32_t collation = textual ? merged_collation(needle, text, ignored) : kTextOfNumbers;
  const auto bytes_of = [&](std::string_view part) {
    return counts_bytes(text) ? part.size() : own_bytes(part, collation).size();
  };
  const size_t wanted = bytes_of(plain);
  for (int64_t at = from; at <= total; ++at) {
    const size_t begin = offset_of(text, all, static_cast<size_t>(at - 1));
    size_t end = begin;
    std::string part;
    while (end < all.size() && bytes_of(part) < wanted) {
      end += offset_of(text, all.substr(end, 4), 1);
      part = all.substr(begin, end - begin);
    }
    if (bytes_of(part) != wanted) continue;
    const Result<bool> same =
        counts_bytes(text) ? Result<bool>(part == plain) : same_text(part, plain, collation);
    if (!same.ok()) throw SqlError{same.error()};
    if (*same) return Datum::of_int(at);
  }
  return Datum::of_int(0);
}
Datum locate(const Call& call) {
  std::vector<Datum> v;
  if (any_null(call, v)) return {};
  const int64_t from = v.size() < 3 ? 1
                       : v[2].form == Form::kUint && v[2].u > INT64_MAX
                           ? 0
                           : to_int(v[2], call.context);
  return found_in(call, v[0], v[1], from);
}
Datum instr(const Call& call) {
  std::vector<Datum> v;
  if (any_null(call, v)) return {};
  return found_in(call, v[1], v[0], 1);
}

// What is not there is looked for before what would stand in its place, but in texts whose
// characters have several bytes and a weight.
Datum replace(const Call& call) {
  Datum subject = call.arg(0);
  Datum from = call.arg(1);
  if (subject.is_null() || from.is_null()) return {};
  const StaticType type = text_type(call);
  const types::Collation* c = types::find_collation(type.collation);
  const bool by_bytes = type.collation == kBinaryCollation || !c ||
                        collation_name(type.collation).ends_with("_bin") ||
                        c->charset->max_length == 1;
  const std::string text = to_text(subject);
  const std::string wanted = to_text(from);
  if (wanted.empty() || (by_bytes && text.find(wanted) == std::string::npos)) {
    if (type.collation == kBinaryCollation) return Datum::of_bytes(own_bytes(subject));
    return Datum::of_text(text, type.collation, static_cast<Coercibility>(type.coercibility));
  }
  return shared_of(call, text_functions(), {std::move(subject), std::move(from), call.arg(2)});
}

// A number, no truth.
Datum strcmp_function(const Call& call) {
  std::vector<Datum> both = {call.arg(0), call.arg(1)};
  for (Datum& d : both) {
    if (d.is_temporal()) d = Datum::of_text(to_text(d), call.collation, Coercibility::kNumeric);
  }
  Datum out = shared_of(call, text_functions(), std::move(both));
  out.boolean = false;
  return out;
}

// A checksum of what follows another one's text, if that is given. `polynomial`: its bits turned.
Datum checksum(const Call& call, uint32_t polynomial) {
  uint32_t crc = 0;
  if (call.size() > 1) {
    const Datum first = call.arg(0);
    if (first.is_null()) return {};
    crc = static_cast<uint32_t>(to_int(first, call.context));
  }
  const Datum d = call.arg(call.size() - 1);
  if (d.is_null()) return {};
  crc = ~crc;
  for (const unsigned char c : own_bytes(d)) {
    crc ^= c;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? polynomial : 0);
  }
  return Datum::of_uint(~crc);
}
Datum crc32(const Call& call) { return checksum(call, 0xedb88320u); }
Datum crc32c(const Call& call) { return checksum(call, 0x82f63b78u); }
StaticType checksum_type(const Call&) { return static_type(Type::kUint64); }

constexpr Function kFunctions[] = {
    {"mariadb bin", 1, 1, digits_of, plain_text_type},
    {"mariadb conv", 3, 3, conv, plain_text_type},
    {"mariadb crc32", 1, 2, crc32, checksum_type},
    {"mariadb crc32c", 1, 2, crc32c, checksum_type},
    {"mariadb elt", 2, kAnyNumber, elt, later_text_type},
    {"mariadb field", 2, kAnyNumber, field, int_type},
    {"mariadb hex", 1, 1, hex, plain_text_type},
    {"mariadb instr", 2, 2, instr, int_type},
    {"mariadb locate", 2, 3, locate, int_type},
    {"mariadb oct", 1, 1, digits_of, plain_text_type},
    {"mariadb position", 2, 2, locate, int_type},
    {"mariadb replace", 3, 3, replace, text_type},
    {"mariadb strcmp", 2, 2, strcmp_function, int_type},
    {"mariadb substring_index", 3, 3, substring_index, two_text_type},
};

}  // namespace

std::span<const Function> mariadb_text_functions() { return kFunctions; }

}  // namespace vif::eval
