// How long the results of functions are, and whether they can be NULL: as the server describes
// them.
#include <algorithm>
#include <string_view>

#include "eval/mariadb_typing.h"
#include "eval/static_type.h"
#include "eval/strictness.h"
#include "eval/text_call.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

constexpr int64_t kBlobMost =
    16777216;  // what the server takes for the longest result, in bytes or in characters
constexpr int64_t kIntMost = INT32_MAX;

// A call whose result's type is known but for its length.
struct Shape {
  StaticType& out;
  std::span<const StaticType> types;
  const std::vector<NodePtr>& args;
  Context& context;
  int64_t fixed;

  size_t size() const { return args.size(); }
  int64_t character_bytes() const {
    const StaticType one = {.type = Type::kVarchar, .collation = out.collation, .size = 1};
    return field_of(one).column_length;
  }
  // As the wire tells it; a TEXT column's characters at their longest.
  int64_t bytes(size_t i) const {
    StaticType t = types[i];
    if (t.type == Type::kText) t.fixed = false;
    return field_of(t).column_length;
  }
  // The argument's characters, or bytes in a result that is bytes.
  int64_t characters(size_t i) const {
    const Type t = types[i].type;
    const bool text = types::is_text(t) || t == Type::kEnum || t == Type::kSet || t == Type::kJson;
    return types::is_binary(out.type) && text ? bytes(i) : text_length(i);
  }
  int64_t text_length(size_t i) const {
    return context.env.mariadb ? mariadb_characters(types[i]) : text_size(types[i]);
  }
  // Of what becomes bytes as it stands: of a literal its bytes, of another its characters.
  int64_t kept(size_t i) const {
    const Type t = types[i].type;
    const bool text = types::is_text(t) || t == Type::kEnum || t == Type::kSet || t == Type::kJson;
    const bool literal = args[i]->is_leaf() && args[i]->is_constant();
    return text && !literal && !context.env.mariadb ? text_length(i) : characters(i);
  }
  // A constant of another charset than the result's is converted, and so as long as its value:
  // numbers and times are latin1.
  int64_t settled(size_t i) const {
    const std::optional<Datum> value = constant_value(*args[i], context);
    const Type t = types[i].type;
    const bool digits = types::is_number(t) || t == Type::kDate || t == Type::kTime ||
                        t == Type::kDatetime || t == Type::kTimestamp;
    if (value && value->is_null() && digits && !context.env.mariadb) return 0;
    const bool number = value && (value->is_number() || value->is_temporal());
    if (context.env.mariadb)
      return number ? static_cast<int64_t>(to_text(*value).size()) : characters(i);
    const bool text = value && value->form == Form::kText;
    const types::Collation* from = types::find_collation(number ? kLatin1 : types[i].collation);
    const types::Collation* to = types::find_collation(out.collation);
    const bool same = !from || !to || from->charset == to->charset;
    if (same || !(number || text)) return characters(i);
    return static_cast<int64_t>(character_count(*value, to_text(*value)));
  }
  static constexpr uint32_t kLatin1 = 8;
  bool is_constant(size_t i) const { return i < args.size() && args[i]->is_constant(); }
  // Nothing when it is NULL.
  std::optional<int64_t> constant(size_t i) const {
    std::optional<Datum> value = i < args.size() ? constant_value(*args[i], context) : std::nullopt;
    if (!value || value->is_null()) return std::nullopt;
    const bool hex = value->type == Type::kHexNum || value->type == Type::kHexVal;
    if (hex && !context.env.mariadb) value = to_number(*value);
    return value->form == Form::kUint
               ? static_cast<int64_t>(std::min<uint64_t>(value->u, INT64_MAX))
               : to_int(*value);
  }
  int64_t capped(int64_t characters_of) const {
    return std::min(characters_of, kBlobMost / character_bytes());
  }
};

using Size = int64_t (*)(const Shape&);

int64_t fixed(const Shape& s) { return s.fixed; }
int64_t own(const Shape& s) {
  StaticType t = s.out;
  t.size = 0;
  const uint32_t usual = field_of(t).column_length;
  return s.out.size > 0 ? s.out.size : usual;
}
int64_t first(const Shape& s) { return s.size() == 0 ? 0 : s.characters(0); }

int64_t absolute(const Shape& s) {
  s.out.signless = s.types[0].signless;
  if (!types::is_float(s.out.type))
    return s.types[0].type == Type::kDecimal || types::is_integral(s.types[0].type)
               ? text_size(s.types[0])
               : own(s);
  s.out = double_type(double_decimals(s.types[0]), false);
  s.out.signless = s.types[0].signless;
  return s.out.size;
}
// CEILING, ROUND and their like: a BIGINT's or a double's length, or a DECIMAL's that was worked
// out with the type.
int64_t whole(const Shape& s) {
  return types::is_integral(s.out.type) ? 21 : types::is_float(s.out.type) ? 23 : own(s);
}

int64_t sum(const Shape& s) {
  int64_t out = 0;
  for (size_t i = 0; i < s.size(); ++i) out += s.characters(i);
  return s.capped(out);
}
int64_t separated(const Shape& s) {
  int64_t out = s.characters(0) * static_cast<int64_t>(s.size() - 2);
  for (size_t i = 1; i < s.size(); ++i) out += s.characters(i);
  return s.capped(out);
}
int64_t separated_set(const Shape& s) {
  auto out = static_cast<int64_t>(s.size() - 2);
  for (size_t i = 1; i < s.size(); ++i) out += s.kept(i);
  return out;
}
int64_t longest(const Shape& s) {
  int64_t out = 0;
  for (size_t i = 1; i < s.size(); ++i) out = std::max(out, s.kept(i));
  return out;
}
int64_t exported_set(const Shape& s) {
  constexpr int64_t kBits = 64;
  const int64_t separator = s.size() > 3 ? s.characters(3) : 1;
  return s.capped(std::max(s.characters(1), s.characters(2)) * kBits + separator * (kBits - 1));
}

// LEFT and RIGHT.
int64_t end_part(const Shape& s) {
  const int64_t all = s.characters(0);
  const std::optional<int64_t> count = s.constant(1);
  return count ? std::clamp<int64_t>(*count, 0, all) : all;
}
// What is no integer of 32 bits limits nothing.
int64_t limited(const Shape& s, int64_t size) {
  const std::optional<int64_t> count = s.constant(2);
  if (!count || (*count > INT32_MAX && !s.context.env.mariadb)) return size;
  return std::clamp<int64_t>(static_cast<int32_t>(*count), 0, size);
}
int64_t middle_part(const Shape& s) {
  int64_t out = s.characters(0);
  if (s.is_constant(1)) {
    const std::optional<int64_t> start = s.constant(1);
    if (!start) return out;
    const bool beyond = *start != static_cast<int32_t>(*start);
    if (beyond && !s.context.env.mariadb) return limited(s, out);
    const auto from = static_cast<int32_t>(*start);
    if (from < 0)
      out = -int64_t{from} > out ? 0 : -int64_t{from};
    else
      out -= from == 0 ? out : std::min<int64_t>(from - 1, out);
  }
  return limited(s, out);
}

int64_t repeated(const Shape& s) {
  const std::optional<int64_t> times = s.constant(1);
  if (!times) return kBlobMost;
  return s.capped(std::min(s.characters(0), kIntMost) *
                  (*times < 0 ? kIntMost : std::min(*times, kIntMost)));
}
int64_t padded(const Shape& s) {
  const std::optional<int64_t> length = s.constant(1);
  if (!length) return kBlobMost;
  return s.capped(*length < 0 ? kIntMost : std::min(*length, kIntMost));
}
int64_t spaces(const Shape& s) {
  if (!s.is_constant(0)) return kBlobMost;
  return s.capped(std::clamp<int64_t>(s.constant(0).value_or(0), 0, kIntMost));
}
int64_t replaced(const Shape& s) {
  const int64_t all = s.characters(0);
  const bool bytes = types::is_binary(s.out.type) && !s.context.env.mariadb;
  const int64_t put = bytes ? s.characters(2) : s.settled(2);
  return s.capped(all + std::min(all, kIntMost) * std::max<int64_t>(0, put - 2));
}
int64_t inserted(const Shape& s) {
  const bool bytes = types::is_binary(s.out.type) && !s.context.env.mariadb;
  return s.capped(s.characters(0) + (bytes ? s.characters(3) : s.settled(3)));
}

int64_t hexadecimal(const Shape& s) {
  constexpr int64_t kOfNumber = 16;
  const Type t = s.types[0].type;
  return types::is_number(t) || t == Type::kBit ? kOfNumber : static_cast<uint32_t>(s.bytes(0) * 2);
}
int64_t from_hexadecimal(const Shape& s) { return (s.bytes(0) + 1) / 2; }
int64_t quoted(const Shape& s) {
  constexpr int64_t kOfNull = 4;
  const int64_t least = s.context.env.mariadb ? 0 : 1;
  return s.types[0].type == Type::kNull ? kOfNull
                                        : s.capped(2 * std::max(s.text_length(0), least) + 2);
}
int64_t quoted_json(const Shape& s) {
  const int64_t size = 6 * s.text_length(0) + 2;
  return s.context.env.mariadb ? s.capped(size) : static_cast<uint32_t>(size);
}
int64_t sounds(const Shape& s) { return std::max<int64_t>(4, first(s)); }
int64_t characters_of_numbers(const Shape& s) { return 4 * static_cast<int64_t>(s.size()); }
int64_t formatted_number(const Shape& s) {
  constexpr int64_t kMore = 32;
  const int64_t n = text_size(s.types[0]);
  return n + n / 3 + kMore;
}
int64_t encoded_base64(const Shape& s) {
  constexpr int64_t kLine = 76;
  const int64_t n = s.bytes(0);
  if (n == 0) return 0;
  const int64_t letters = (n + 2) / 3 * 4;
  return s.capped(letters + (letters - 1) / kLine);
}
int64_t decoded_base64(const Shape& s) { return s.capped(s.bytes(0) * 3 / 4); }
int64_t compressed(const Shape& s) {
  const int64_t n = s.bytes(0);
  return s.capped(n + (n >> 12) + (n >> 14) + (n >> 25) + 18);
}
int64_t encrypted(const Shape& s) { return s.capped((s.bytes(0) / 16 + 1) * 16); }
int64_t digest(const Shape& s) {
  if (!s.is_constant(1)) return 128;
  switch (s.constant(1).value_or(0)) {
    case 224: return 56;
    case 384: return 96;
    case 512: return 128;
    default: return 64;
  }
}

// What a format may give, letter by letter.
int64_t formatted_size(std::string_view format) {
  int64_t out = 0;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      ++out;
      continue;
    }
    const char c = format[++i];
    const auto among = [c](std::string_view letters) {
      return letters.find(c) != std::string_view::npos;
    };
    out += among("MW")                 ? 64
           : among("ab")               ? 32
           : c == 'r'                  ? 11
           : c == 'T'                  ? 8
           : among("kH")               ? 7
           : c == 'f'                  ? 6
           : among("DYxX")             ? 4
           : c == 'j'                  ? 3
           : among("uUvVymdhiIlpSsce") ? 2
                                       : 1;
  }
  return out;
}
int64_t formatted_date(const Shape& s) {
  if (s.size() < 2) return own(s);
  const std::optional<Datum> format = constant_value(*s.args[1], s.context);
  if (format && format->is_null() && (s.args[1]->is_leaf() || s.context.env.mariadb)) return 0;
  if (format && format->is_textual() && !format->is_hex_or_bit() && s.args[1]->is_leaf())
    return formatted_size(format->bytes);
  return std::min(10 * text_size(s.types[1]), kBlobMost);
}
int64_t seconds(const Shape& s) { return s.out.type == Type::kDecimal ? 13 + s.out.scale : 21; }
int64_t date_as_text(const Shape& s) { return s.out.type == Type::kChar ? 29 : own(s); }

// What cannot be sent is NULL, as far as is known before there are rows.
bool may_be_too_long(std::string_view function, const Shape& s) {
  if (function == "json_pretty") return false;
  if (s.out.size * s.character_bytes() >= kBlobMost) return true;
  const bool counted = function == "repeat" || function == "lpad" || function == "rpad";
  if (!counted || !s.is_constant(1)) return false;
  const std::optional<int64_t> count = s.constant(1);
  return count && *count < 0;
}

// kStrict: always in strict mode, else as arguments; kOnlyStrict: always there, else never.
// kWide: in a charset of more than one byte.
enum class Null : uint8_t { kNever, kAsArguments, kAlways, kStrict, kOnlyStrict, kWide };

struct Described {
  std::string_view name;
  Null null;
  Size size;
  int64_t fixed = 0;
};

constexpr Described kFunctions[] = {
    {"abs", Null::kAsArguments, absolute},
    {"acos", Null::kAlways, fixed, 23},
    {"addtime", Null::kAlways, date_as_text},
    {"aes_decrypt", Null::kAlways, [](const Shape& s) { return text_size(s.types[0]); }},
    {"aes_encrypt", Null::kStrict, encrypted},
    {"ascii", Null::kAsArguments, fixed, 4},
    {"asin", Null::kAlways, fixed, 23},
    {"atan", Null::kAlways, fixed, 23},
    {"atan2", Null::kAlways, fixed, 23},
    {"bin", Null::kAlways, fixed, 65},
    {"bin_to_uuid", Null::kAlways, fixed, 36},
    {"bit_count", Null::kAsArguments, fixed, 21},
    {"bit_length", Null::kAsArguments, fixed, 11},
    {"ceil", Null::kAsArguments, whole},
    {"ceiling", Null::kAsArguments, whole},
    {"char", Null::kStrict, characters_of_numbers},
    {"char using utf8mb4", Null::kStrict, characters_of_numbers},
    {"char_length", Null::kAsArguments, fixed, 11},
    {"character_length", Null::kAsArguments, fixed, 11},
    {"charset", Null::kOnlyStrict, fixed, 64},
    {"coercibility", Null::kNever, fixed, 10},
    {"collation", Null::kOnlyStrict, fixed, 64},
    {"compress", Null::kStrict, compressed},
    {"concat", Null::kStrict, sum},
    {"concat_ws", Null::kStrict, separated},
    {"conv", Null::kAlways, fixed, 65},
    {"convert_tz", Null::kAlways, own},
    {"cos", Null::kAlways, fixed, 23},
    {"cot", Null::kAlways, fixed, 23},
    {"crc32", Null::kAsArguments, fixed, 10},
    {"date", Null::kAlways, fixed, 10},
    {"date_format", Null::kAlways, formatted_date},
    {"datediff", Null::kAlways, fixed, 9},
    {"day", Null::kAlways, fixed, 3},
    {"dayname", Null::kAlways, fixed, 9},
    {"dayofmonth", Null::kAlways, fixed, 3},
    {"dayofweek", Null::kAlways, fixed, 2},
    {"dayofyear", Null::kAlways, fixed, 4},
    {"degrees", Null::kAsArguments, fixed, 23},
    {"elt", Null::kAlways, longest},
    {"exp", Null::kAlways, fixed, 23},
    {"export_set", Null::kStrict, exported_set},
    {"field", Null::kNever, fixed, 11},
    {"find_in_set", Null::kAsArguments, fixed, 11},
    {"floor", Null::kAsArguments, whole},
    {"format", Null::kStrict, formatted_number},
    {"from_base64", Null::kAlways, decoded_base64},
    {"from_days", Null::kAlways, fixed, 10},
    {"from_unixtime", Null::kAlways, formatted_date},
    {"hex", Null::kStrict, hexadecimal},
    {"hour", Null::kAlways, fixed, 4},
    {"inet6_aton", Null::kAlways, fixed, 16},
    {"inet6_ntoa", Null::kAlways, fixed, 39},
    {"inet_aton", Null::kAlways, fixed, 21},
    {"inet_ntoa", Null::kAlways, fixed, 31},
    {"insert", Null::kStrict, inserted},
    {"instr", Null::kAsArguments, fixed, 11},
    {"interval", Null::kNever, fixed, 2},
    {"is_ipv4", Null::kAsArguments, fixed, 1},
    {"is_ipv4_compat", Null::kAsArguments, fixed, 1},
    {"is_ipv4_mapped", Null::kAsArguments, fixed, 1},
    {"is_ipv6", Null::kAsArguments, fixed, 1},
    {"is_uuid", Null::kAlways, fixed, 1},
    {"isnull", Null::kNever, fixed, 1},
    {"json_contains", Null::kAlways, fixed, 21},
    {"json_contains_path", Null::kAlways, fixed, 21},
    {"json_depth", Null::kAlways, fixed, 21},
    {"json_length", Null::kAlways, fixed, 21},
    {"json_overlaps", Null::kAsArguments, fixed, 1},
    {"json_pretty", Null::kStrict, fixed, kBlobMost},
    {"json_quote", Null::kAlways, quoted_json},
    {"json_storage_size", Null::kAlways, fixed, 21},
    {"json_type", Null::kAlways, fixed, 17},
    {"json_unquote", Null::kAlways, first},
    {"json_valid", Null::kAlways, fixed, 21},
    {"last_day", Null::kAlways, fixed, 10},
    {"lcase", Null::kStrict, first},
    {"left", Null::kStrict, end_part},
    {"length", Null::kAsArguments, fixed, 11},
    {"ln", Null::kAlways, fixed, 23},
    {"locate", Null::kAsArguments, fixed, 11},
    {"log", Null::kAlways, fixed, 23},
    {"log10", Null::kAlways, fixed, 23},
    {"log2", Null::kAlways, fixed, 23},
    {"lower", Null::kStrict, first},
    {"lpad", Null::kStrict, padded},
    {"make_set", Null::kAsArguments, separated_set},
    {"makedate", Null::kAlways, fixed, 10},
    {"maketime", Null::kAlways, own},
    {"md5", Null::kAlways, fixed, 32},
    {"member of", Null::kAsArguments, fixed, 1},
    {"microsecond", Null::kAlways, fixed, 21},
    {"mid", Null::kStrict, middle_part},
    {"minute", Null::kAlways, fixed, 3},
    {"month", Null::kAlways, fixed, 3},
    {"monthname", Null::kAlways, fixed, 9},
    {"oct", Null::kAlways, fixed, 65},
    {"octet_length", Null::kAsArguments, fixed, 11},
    {"ord", Null::kAsArguments, fixed, 21},
    {"period_add", Null::kAsArguments, fixed, 21},
    {"period_diff", Null::kAsArguments, fixed, 21},
    {"position", Null::kAsArguments, fixed, 11},
    {"pow", Null::kAlways, fixed, 23},
    {"power", Null::kAlways, fixed, 23},
    {"quarter", Null::kAlways, fixed, 2},
    {"quote", Null::kStrict, quoted},
    {"radians", Null::kAsArguments, fixed, 23},
    {"regexp_instr", Null::kAsArguments, fixed, 21},
    {"regexp_like", Null::kAsArguments, fixed, 1},
    {"regexp_replace", Null::kWide, [](const Shape& s) { return s.capped(kBlobMost); }},
    {"regexp_substr", Null::kAlways, first},
    {"repeat", Null::kStrict, repeated},
    {"replace", Null::kStrict, replaced},
    {"reverse", Null::kStrict, first},
    {"right", Null::kStrict, end_part},
    {"round", Null::kAsArguments, whole},
    {"rpad", Null::kStrict, padded},
    {"sec_to_time", Null::kAlways, own},
    {"second", Null::kAlways, fixed, 3},
    {"sha", Null::kAlways, fixed, 40},
    {"sha1", Null::kAlways, fixed, 40},
    {"sha2", Null::kAlways, digest},
    {"sign", Null::kAsArguments, fixed, 21},
    {"sin", Null::kAlways, fixed, 23},
    {"soundex", Null::kStrict, sounds},
    {"space", Null::kStrict, spaces},
    {"sqrt", Null::kAlways, fixed, 23},
    {"strcmp", Null::kAsArguments, fixed, 2},
    {"substr", Null::kStrict, middle_part},
    {"substring", Null::kStrict, middle_part},
    {"substring_index", Null::kStrict, first},
    {"subtime", Null::kAlways, date_as_text},
    {"tan", Null::kAlways, fixed, 23},
    {"time", Null::kAlways, own},
    {"time_format", Null::kAlways, formatted_date},
    {"time_to_sec", Null::kAlways, fixed, 10},
    {"timediff", Null::kAlways, own},
    {"timestamp", Null::kAlways, own},
    {"to_base64", Null::kStrict, encoded_base64},
    {"to_days", Null::kAlways, fixed, 8},
    {"to_seconds", Null::kAlways, fixed, 21},
    {"trim", Null::kStrict, first},
    {"truncate", Null::kAsArguments, whole},
    {"ucase", Null::kStrict, first},
    {"uncompress", Null::kAlways, fixed, kBlobMost},
    {"uncompressed_length", Null::kAsArguments, fixed, 11},
    {"unhex", Null::kAlways, from_hexadecimal},
    {"unix_timestamp", Null::kAsArguments, seconds},
    {"upper", Null::kStrict, first},
    {"uuid_to_bin", Null::kAlways, fixed, 16},
    {"week", Null::kAlways, fixed, 3},
    {"weekday", Null::kAlways, fixed, 2},
    {"weekofyear", Null::kAlways, fixed, 3},
    {"year", Null::kAlways, fixed, 4},
    {"yearweek", Null::kAlways, fixed, 7},
};

static_assert(std::is_sorted(std::begin(kFunctions), std::end(kFunctions),
                             [](const Described& a, const Described& b) {
                               return a.name < b.name;
                             }));

}  // namespace

StaticType function_type(std::string_view name, StaticType out, const std::vector<NodePtr>& args,
                         std::span<const StaticType> types, Context& context) {
  const auto* found =
      std::lower_bound(std::begin(kFunctions), std::end(kFunctions), name,
                       [](const Described& d, std::string_view n) { return d.name < n; });
  if (found == std::end(kFunctions) || found->name != name) return out;
  Shape shape{out, types, args, context, found->fixed};
  out.size = found->size(shape);
  const bool nullable =
      std::any_of(types.begin(), types.end(), [](const StaticType& t) { return t.nullable; });
  switch (found->null) {
    case Null::kNever: out.nullable = false; break;
    case Null::kAsArguments: out.nullable = nullable; break;
    case Null::kAlways: out.nullable = true; break;
    case Null::kStrict:
      out.nullable = nullable || is_strict(context) || may_be_too_long(name, shape);
      break;
    case Null::kWide: out.nullable = nullable || shape.character_bytes() > 1; break;
    case Null::kOnlyStrict: out.nullable = is_strict(context); break;
  }
  // A text that is always empty has no usual length.
  if (out.size == 0 && out.type == Type::kChar) out.fixed = true;
  return out;
}

}  // namespace vif::eval
