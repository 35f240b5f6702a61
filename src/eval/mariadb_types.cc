// What MariaDB's metadata says of results where MySQL's says something else.
#include <algorithm>

#include "eval/mariadb.h"
#include "eval/static_type.h"

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
    {"is_ipv4", Type::kInt32, 1, Null::kNever},
    {"is_ipv4_compat", Type::kInt32, 1, Null::kNever},
    {"is_ipv4_mapped", Type::kInt32, 1, Null::kNever},
    {"is_ipv6", Type::kInt32, 1, Null::kNever},
    {"json_depth", Type::kInt32, 10, Null::kAsArguments},
    {"json_length", Type::kInt32, 10, Null::kAlways},
    {"length", Type::kInt32, 10, Null::kAsArguments},
    {"locate", Type::kInt32, 11, Null::kAsArguments},
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

bool is_short_text(Type t) {
  return t == Type::kVarchar || t == Type::kChar || t == Type::kVarbinary || t == Type::kBinary;
}

}  // namespace

StaticType mariadb_function_type(std::string_view name, StaticType out,
                                 std::span<const StaticType> args) {
  const auto* found =
      std::lower_bound(std::begin(kFunctions), std::end(kFunctions), name,
                       [](const Described& d, std::string_view n) { return d.name < n; });
  if (found == std::end(kFunctions) || found->name != name) return out;
  if (found->type != Type::kNull) out.type = found->type;
  if (found->size != kAsItIs) out.size = found->size;
  if (found->no_decimals) {
    out.fixed = true;
    out.scale = 0;
  }
  const bool nullable =
      std::any_of(args.begin(), args.end(), [](const StaticType& t) { return t.nullable; });
  out.nullable = found->null == Null::kAlways || (found->null == Null::kAsArguments && nullable);
  return out;
}

StaticType mariadb_operand(StaticType t, bool divides_integers) {
  if (t.type == Type::kEnum || t.type == Type::kSet) {
    t.type = Type::kInt64;
    ++t.size;
  } else if (t.type == Type::kBitNum) {
    t.type = Type::kHexNum;
  } else if (is_short_text(t.type) && t.fixed) {
    t = double_type(t.scale, t.nullable);
  } else if (t.type == Type::kTimestamp && divides_integers && t.scale == 0) {
    t.type = Type::kUint64;
    constexpr int kDigits = 14;
    t.size = kDigits;
  }
  return t;
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
}

}  // namespace vif::eval
