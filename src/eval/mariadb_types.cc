// What MariaDB's metadata says of results where MySQL's says something else.
#include <algorithm>

#include "eval/mariadb.h"
#include "eval/mariadb_typing.h"
#include "eval/static_type.h"
#include "eval/strictness.h"

namespace vif::eval {
namespace {

enum class Null : uint8_t { kNever, kAsArguments, kAlways };

struct Described {
  std::string_view name;
  Type type;  // kNull: as it is
  int size;   // -1: as it is
  Null null;
  bool no_decimals = false;  // of a text: it says 0, not "as many as it takes"
};

constexpr int kAsItIs = -1;

constexpr Described kFunctions[] = {
    {"ascii", Type::kInt32, 3, Null::kAsArguments},
    {"bit_count", Type::kInt32, 2, Null::kAsArguments},
    {"char_length", Type::kInt32, 10, Null::kAsArguments},
    {"character_length", Type::kInt32, 10, Null::kAsArguments},
    {"coercibility", Type::kInt32, 10, Null::kNever},
    {"crc32", Type::kUint32, 10, Null::kAsArguments},
    {"crc32c", Type::kUint32, 10, Null::kAsArguments},
    {"date_format", Type::kNull, kAsItIs, Null::kAlways, true},
    {"datediff", Type::kInt32, 8, Null::kAlways},
    {"day", Type::kInt32, 2, Null::kAlways},
    {"dayname", Type::kNull, kAsItIs, Null::kAlways, true},
    {"dayofmonth", Type::kInt32, 2, Null::kAlways},
    {"dayofweek", Type::kInt32, 1, Null::kAlways},
    {"dayofyear", Type::kInt32, 3, Null::kAlways},
    {"field", Type::kInt32, 3, Null::kNever},
    {"find_in_set", Type::kInt32, 3, Null::kAsArguments},
    {"get_format", Type::kNull, kAsItIs, Null::kAlways, true},
    {"hex", Type::kNull, kAsItIs, Null::kAlways, true},
    {"hour", Type::kInt32, 2, Null::kAlways},
    {"inet6_aton", Type::kNull, kAsItIs, Null::kAlways, true},
    {"inet6_ntoa", Type::kNull, kAsItIs, Null::kAlways, true},
    {"inet_ntoa", Type::kNull, kAsItIs, Null::kAlways, true},
    {"instr", Type::kInt32, 11, Null::kAsArguments},
    {"is_ipv4", Type::kInt32, 1, Null::kAsArguments},
    {"is_ipv4_compat", Type::kInt32, 1, Null::kAsArguments},
    {"is_ipv4_mapped", Type::kInt32, 1, Null::kAsArguments},
    {"is_ipv6", Type::kInt32, 1, Null::kAsArguments},
    {"json_depth", Type::kInt32, 10, Null::kAsArguments},
    {"json_length", Type::kInt32, 10, Null::kAlways},
    {"length", Type::kInt32, 10, Null::kAsArguments},
    {"locate", Type::kInt32, 11, Null::kAsArguments},
    {"make_set", Type::kNull, kAsItIs, Null::kAlways},
    {"microsecond", Type::kInt32, 6, Null::kAlways},
    {"minute", Type::kInt32, 2, Null::kAlways},
    {"month", Type::kInt32, 2, Null::kAlways},
    {"monthname", Type::kNull, kAsItIs, Null::kAlways, true},
    {"octet_length", Type::kInt32, 10, Null::kAsArguments},
    {"ord", Type::kInt32, 7, Null::kAsArguments},
    {"period_add", Type::kInt32, 6, Null::kAsArguments},
    {"period_diff", Type::kInt32, 6, Null::kAsArguments},
    {"position", Type::kInt32, 11, Null::kAsArguments},
    {"quarter", Type::kInt32, 1, Null::kAlways},
    {"regexp_instr", Type::kInt32, 11, Null::kAsArguments},
    {"regexp_replace", Type::kNull, kAsItIs, Null::kAlways},
    {"second", Type::kInt32, 2, Null::kAlways},
    {"sign", Type::kInt32, 2, Null::kAsArguments},
    {"time_format", Type::kNull, kAsItIs, Null::kAlways, true},
    {"to_days", Type::kInt32, 6, Null::kAlways},
    {"to_seconds", Type::kInt64, 12, Null::kAlways},
    {"uncompressed_length", Type::kInt32, 10, Null::kAlways},
    {"unhex", Type::kNull, kAsItIs, Null::kAlways, true},
    {"week", Type::kInt32, 2, Null::kAlways},
    {"weekday", Type::kInt32, 1, Null::kAlways},
    {"weekofyear", Type::kInt32, 2, Null::kAlways},
    {"year", Type::kInt32, 4, Null::kAlways},
    {"yearweek", Type::kInt32, 6, Null::kAlways},
};

static_assert(std::is_sorted(std::begin(kFunctions), std::end(kFunctions),
                             [](const Described& a, const Described& b) {
                               return a.name < b.name;
                             }));

// Texts that are NULL where they are too long, which is an error in strict modes only.
bool is_null_if_strict(std::string_view name) {
  constexpr std::string_view kNames[] = {"char",
                                         "charset",
                                         "collation",
                                         "concat",
                                         "concat_ws",
                                         "export_set",
                                         "format",
                                         "hex",
                                         "insert",
                                         "json_array",
                                         "json_merge",
                                         "json_merge_patch",
                                         "json_merge_preserve",
                                         "json_object",
                                         "json_quote",
                                         "lcase",
                                         "left",
                                         "lower",
                                         "lpad",
                                         "ltrim",
                                         "make_set",
                                         "md5",
                                         "mid",
                                         "quote",
                                         "regexp_replace",
                                         "regexp_substr",
                                         "repeat",
                                         "replace",
                                         "reverse",
                                         "right",
                                         "rpad",
                                         "rtrim",
                                         "sha",
                                         "sha1",
                                         "soundex",
                                         "space",
                                         "substr",
                                         "substring",
                                         "substring_index",
                                         "to_base64",
                                         "trim",
                                         "ucase",
                                         "upper"};
  return std::binary_search(std::begin(kNames), std::end(kNames), name);
}

constexpr int64_t kBytesMost = 16777216;  // of a text that a function makes

// A call whose result is as long as its arguments tell.
struct Sized {
  StaticType& out;
  const std::vector<NodePtr>& args;
  std::span<const StaticType> types;
  Context& context;

  int64_t characters(size_t i) const { return mariadb_characters(types[i]); }
  // Bytes, or characters of what is none.
  int64_t bytes(size_t i) const {
    const StaticType& t = types[i];
    const bool text = types::is_text(t.type) || t.type == Type::kEnum || t.type == Type::kSet;
    return text ? mariadb_bytes(t) : mariadb_characters(t);
  }
  bool is_constant(size_t i) const { return i < args.size() && args[i]->is_constant(); }
  // Nothing when it is NULL, or not known yet.
  std::optional<int64_t> constant(size_t i) const {
    const std::optional<Datum> value =
        is_constant(i) ? constant_value(*args[i], context) : std::nullopt;
    if (!value || value->is_null()) return std::nullopt;
    return value->form == Form::kUint
               ? static_cast<int64_t>(std::min<uint64_t>(value->u, INT64_MAX))
               : to_int(*value);
  }
  int64_t capped(int64_t size) const {
    const StaticType one = {.type = Type::kVarchar, .collation = out.collation, .size = 1};
    return std::min<int64_t>(size, kBytesMost / std::max<int64_t>(1, mariadb_bytes(one)));
  }
  // The result is of these arguments' charset.
  void merge(std::initializer_list<size_t> which) const {
    std::vector<StaticType> texts;
    for (const size_t i : which) texts.push_back(types[i]);
    const StaticType merged = merged_text(texts, mariadb_connection_collation());
    out.type = merged.type;
    out.collation = merged.collation;
    out.coercibility = merged.coercibility;
  }
};

void absolute(const Sized& s) {
  const StaticType& t = s.types[0];
  const int64_t size = mariadb_bytes(t);
  if (mariadb_is_double(t)) {
    s.out = mariadb_double_type(mariadb_decimals(t), t.nullable);
  } else if (types::is_integral(t.type) || t.type == Type::kHexNum || t.type == Type::kBitNum ||
             t.type == Type::kBit || t.type == Type::kEnum || t.type == Type::kSet) {
    s.out = mariadb_integer_type(size, mariadb_is_unsigned(t), t.nullable);
    s.out.signless = t.signless;
  } else {
    s.out = static_type(Type::kDecimal, kBinaryCollation, mariadb_decimals(t).value_or(0));
    s.out.size = size;
    s.out.nullable = t.nullable;
  }
}

void concatenation(const Sized& s) {
  int64_t size = 0;
  for (size_t i = 0; i < s.types.size(); ++i) size += s.characters(i);
  s.out.size = s.capped(size);
}
void separated(const Sized& s) {
  int64_t size = s.characters(0) * static_cast<int64_t>(s.types.size() - 2);
  for (size_t i = 1; i < s.types.size(); ++i) size += s.characters(i);
  s.out.size = s.capped(size);
}
void separated_set(const Sized& s) {
  auto size = static_cast<int64_t>(s.types.size() - 2);
  for (size_t i = 1; i < s.types.size(); ++i) size += s.characters(i);
  s.out.size = s.capped(size);
}
void exported_set(const Sized& s) {
  constexpr int64_t kBits = 64;
  const int64_t separator = s.types.size() > 3 ? s.characters(3) : 1;
  s.out.size =
      s.capped(std::max(s.characters(1), s.characters(2)) * kBits + separator * (kBits - 1));
}
// As many decimals as the one of the choices that has most.
void element(const Sized& s) {
  std::optional<int> decimals = 0;
  for (size_t i = 1; i < s.types.size(); ++i) {
    const std::optional<int> own = mariadb_decimals(s.types[i]);
    decimals = own && decimals ? std::optional<int>(std::max(*own, *decimals)) : std::nullopt;
  }
  s.out.fixed = decimals.has_value();
  s.out.scale = decimals.value_or(0);
  s.out.size = 0;
  for (size_t i = 1; i < s.types.size(); ++i) s.out.size = std::max(s.out.size, s.characters(i));
}

int64_t whole_digits_shown(const StaticType& t) {
  constexpr int kOfFloat = 40;
  constexpr int kOfNull = 309;
  constexpr int kOfDouble = 310;
  switch (t.type) {
    case Type::kNull: return kOfNull;
    case Type::kInt8:
    case Type::kUint8: return 3;
    case Type::kInt16:
    case Type::kUint16: return 5;
    case Type::kInt24:
    case Type::kUint24: return t.type == Type::kInt24 ? 7 : 8;
    case Type::kInt32:
    case Type::kUint32: return 10;
    case Type::kInt64:
    case Type::kUint64: return t.size > 0 && t.size <= 9 ? 10 : t.type == Type::kUint64 ? 20 : 19;
    case Type::kFloat32: return kOfFloat;
    case Type::kHexNum:
    case Type::kHexVal:
    case Type::kBitNum:
    case Type::kEnum:
    case Type::kSet: return kOfNull;
    case Type::kBit:
    case Type::kYear:
    case Type::kDecimal:
    case Type::kDate:
    case Type::kTime:
    case Type::kDatetime:
    case Type::kTimestamp: return mariadb_precision(t) - mariadb_decimals(t).value_or(0);
    default: return kOfDouble;
  }
}
void formatted_number(const Sized& s) {
  int64_t decimals = kMariadbScaleMax;
  if (const std::optional<int64_t> places = s.constant(1))
    decimals = std::clamp<int64_t>(*places, 0, kMariadbScaleMax);
  // Of fewer decimals than there are one more digit may come.
  const StaticType& t = s.types[0];
  const bool exact = t.type == Type::kDecimal || t.type == Type::kTime ||
                     t.type == Type::kDatetime || t.type == Type::kTimestamp;
  const bool carries =
      exact && s.is_constant(1) && s.constant(1).value_or(0) < mariadb_decimals(t).value_or(0);
  const int64_t whole = whole_digits_shown(t) + (carries ? 1 : 0);
  s.out.size = whole + whole / 3 + (decimals > 0 ? 1 : 0) + 1 + decimals;
}

void decoded_base64(const Sized& s) {
  constexpr int64_t kGroup = 4;
  s.out.size = (s.bytes(0) + kGroup - 1) / kGroup * 3;
}
void end_part(const Sized& s) {
  const int64_t all = s.characters(0);
  s.out.size = s.is_constant(1) ? std::clamp<int64_t>(s.constant(1).value_or(0), 0, all) : all;
}
// Of so many characters as the text has bytes.
void middle_part(const Sized& s) {
  int64_t size = s.bytes(0);
  if (s.is_constant(1)) {
    const std::optional<int64_t> start = s.constant(1);
    const auto from = static_cast<int32_t>(start.value_or(0));
    if (from < 0)
      size = -int64_t{from} > size ? 0 : -int64_t{from};
    else
      size -= from == 0 ? size : std::min<int64_t>(from - 1, size);
  }
  if (s.is_constant(2)) {
    const std::optional<int64_t> count = s.constant(2);
    const bool none = !count || *count <= 0;
    size = none ? 0 : std::min(*count, size);
  }
  s.out.size = size;
}
void padded(const Sized& s) {
  s.merge({0, 2});
  if (!s.is_constant(1)) {
    s.out.size = s.capped(kBytesMost);
    return;
  }
  s.out.size = s.capped(std::max<int64_t>(0, s.constant(1).value_or(0)));
}
void repeated(const Sized& s) {
  if (!s.is_constant(1)) {
    s.out.size = s.capped(kBytesMost);
    return;
  }
  const int64_t times = std::clamp<int64_t>(s.constant(1).value_or(0), 0, INT32_MAX);
  s.out.size = s.capped(std::min<int64_t>(s.characters(0), INT32_MAX) * times);
}
void replaced(const Sized& s) {
  s.merge({0, 1, 2});
  const int64_t all = s.bytes(0) == 0 ? 0 : s.characters(0);
  const int64_t more = std::max<int64_t>(0, s.characters(2) - 1);
  s.out.size = s.capped(all + std::min<int64_t>(all, INT32_MAX) * more);
}
// TRIM(x) is of x alone: the blank stands there for the compiler.
bool is_default_blank(const Sized& s) {
  const std::optional<Datum> what = constant_value(*s.args[1], s.context);
  return s.args[1]->is_leaf() && what && what->form == Form::kText && what->bytes == " ";
}
void trimmed(const Sized& s) {
  if (s.types.size() > 1 && !is_default_blank(s)) s.merge({0, 1});
  s.out.size = s.characters(0);
}
void inserted(const Sized& s) {
  s.merge({0, 3});
  // In a result of bytes each character is as many as it may be.
  const bool bytes = types::is_binary(s.out.type);
  const auto size = [&](size_t i) { return bytes ? s.bytes(i) : s.characters(i); };
  s.out.size = s.capped(size(0) + size(3));
}
void part_before(const Sized& s) {
  s.merge({0, 1});
  s.out.size = s.characters(0);
}
void hexadecimal(const Sized& s) {
  const StaticType& t = s.types[0];
  const bool whole = types::is_integral(t.type) || t.type == Type::kBit;
  if (whole && mariadb_is_unsigned(t)) s.out.size = 2 * s.characters(0);
}
void quoted(const Sized& s) {
  constexpr int64_t kOfNull = 4;
  if (s.types[0].type != Type::kNull) return;
  s.out = static_type(Type::kVarbinary);
  s.out.coercibility = static_cast<uint8_t>(Coercibility::kIgnorable);
  s.out.size = kOfNull;
}

void digest(const Sized& s) {
  constexpr int64_t kNibbles = 4;
  constexpr int64_t kLongest = 128;
  if (!s.is_constant(1)) {
    s.out.size = kLongest;
    return;
  }
  const int64_t bits = s.constant(1).value_or(0);
  if (bits == 0 || bits == 256 || bits == 224 || bits == 384 || bits == 512) {
    s.out.size = (bits == 0 ? 256 : bits) / kNibbles;
    return;
  }
  s.out = static_type(Type::kVarbinary);
  s.out.fixed = false;
}
void clock_text(const Sized& s) {
  const bool format = s.types.size() > 1;
  if (!format) return;
  const std::optional<Datum> value = s.is_constant(1) && s.args[1]->is_leaf()
                                         ? constant_value(*s.args[1], s.context)
                                         : std::nullopt;
  const bool number =
      value && (value->is_number() || value->is_temporal() || value->form == Form::kBytes);
  constexpr int64_t kOfLetter = 10;
  if (number)
    s.out.size = static_cast<int64_t>(to_text(*value).size());
  else if (!value)
    s.out.size = std::min(kOfLetter * s.bytes(1), kBytesMost);
  s.out.fixed = true;
  s.out.scale = 0;
}
struct Length {
  std::string_view name;
  void (*size)(const Sized&);
};
constexpr Length kLengths[] = {
    {"abs", absolute},
    {"concat", concatenation},
    {"concat_ws", separated},
    {"date_format", clock_text},
    {"elt", element},
    {"export_set", exported_set},
    {"format", formatted_number},
    {"from_base64", decoded_base64},
    {"from_unixtime", clock_text},
    {"hex", hexadecimal},
    {"insert", inserted},
    {"left", end_part},
    {"lpad", padded},
    {"make_set", separated_set},
    {"mid", middle_part},
    {"quote", quoted},
    {"repeat", repeated},
    {"replace", replaced},
    {"right", end_part},
    {"rpad", padded},
    {"sha2", digest},
    {"substr", middle_part},
    {"substring", middle_part},
    {"substring_index", part_before},
    {"time_format", clock_text},
    {"trim", trimmed},
};

}  // namespace

StaticType mariadb_function_type(std::string_view name, StaticType out,
                                 const std::vector<NodePtr>& nodes,
                                 std::span<const StaticType> args, Context& context) {
  for (const Length& own : kLengths) {
    if (own.name == name) own.size({out, nodes, args, context});
  }
  if (name == "interval") {
    constexpr uint8_t kPlaces = 2;
    out.signless = false;
    out.digits = kPlaces;
  }
  constexpr std::string_view kTruths[] = {"is_ipv4", "is_ipv4_compat", "is_ipv4_mapped",
                                          "is_ipv6", "isnull",         "regexp_like"};
  if (std::find(std::begin(kTruths), std::end(kTruths), name) != std::end(kTruths)) out.json = true;
  const bool nullable =
      std::any_of(args.begin(), args.end(), [](const StaticType& t) { return t.nullable; });
  const bool lenient = !is_strict(context) && is_null_if_strict(name);
  const bool described = name == "charset" || name == "collation";
  if (lenient) out.nullable = nullable && !described;
  const auto* found =
      std::lower_bound(std::begin(kFunctions), std::end(kFunctions), name,
                       [](const Described& d, std::string_view n) { return d.name < n; });
  if (found == std::end(kFunctions) || found->name != name) return out;
  if (found->type != Type::kNull) out.type = found->type;
  constexpr std::string_view kSignless[] = {
      "day",     "dayofmonth", "dayofyear", "hour", "microsecond", "minute", "month",
      "quarter", "second",     "to_days",   "week", "weekofyear",  "year"};
  out.signless = std::binary_search(std::begin(kSignless), std::end(kSignless), name);
  if (found->size != kAsItIs) out.size = found->size;
  if (found->no_decimals) {
    out.fixed = true;
    out.scale = 0;
  }
  if (lenient) return out;
  out.nullable = found->null == Null::kAlways || (found->null == Null::kAsArguments && nullable);
  return out;
}

void show_decimals(Datum& number, const StaticType& type) {
  if (number.form != Form::kFloat || !types::is_float(type.type) || !type.fixed) return;
  number.scale = type.scale > 0 ? type.scale : kShownWhole;
}

void as_mariadb(types::Field& field, bool is_column) {
  constexpr uint32_t kOfMysql = 31;
  constexpr uint32_t kAsManyAsItTakes = 39;
  const bool text = types::is_text(field.type) || types::is_binary(field.type);
  if (text && field.decimals == kOfMysql) field.decimals = is_column ? 0 : kAsManyAsItTakes;
  constexpr uint32_t kVarcharMost = 65535;
  constexpr uint32_t kVarbinaryMost = 65534;
  if (field.column_length < (field.type == Type::kVarbinary ? kVarbinaryMost : kVarcharMost))
    return;
  if (field.type == Type::kVarchar) field.type = Type::kText;
  if (field.type == Type::kVarbinary) field.type = Type::kBlob;
}

}  // namespace vif::eval
