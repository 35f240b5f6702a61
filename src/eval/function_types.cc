// How long the results of functions are, and whether they can be NULL, where a table can tell: as the server describes them.
#include <algorithm>
#include <string_view>

#include "eval/static_type.h"

namespace vif::eval {
namespace {

enum class Length : uint8_t {
  kFixed,   // `size`
  kFirst,   // the first argument's, as text
  kSum,     // all the arguments' together
  kSecond,  // the second argument's value
  kSelf,    // the type's own: a date's, a number's that was worked out with the type
  kWhole,   // a BIGINT's or a double's, if it is one
  kHex,     // two digits a byte
  kUnhex,   // a byte for two
  kCount,   // the argument that `size` names says how many characters
  kRepeat,  // the first argument's so many times as the second says
};
enum class Null : uint8_t { kNever, kAsArguments, kAlways };

struct Described {
  std::string_view name;
  Length length;
  int size;  // characters
  Null null;
};

constexpr Described kFunctions[] = {
    {"abs", Length::kFirst, 0, Null::kAsArguments},
    {"acos", Length::kFixed, 23, Null::kAlways},
    {"ascii", Length::kFixed, 4, Null::kAsArguments},
    {"asin", Length::kFixed, 23, Null::kAlways},
    {"atan", Length::kFixed, 23, Null::kAlways},
    {"atan2", Length::kFixed, 23, Null::kAlways},
    {"bin", Length::kFixed, 65, Null::kAlways},
    {"bit_count", Length::kFixed, 21, Null::kAsArguments},
    {"bit_length", Length::kFixed, 11, Null::kAsArguments},
    {"ceil", Length::kWhole, 0, Null::kAsArguments},
    {"ceiling", Length::kWhole, 0, Null::kAsArguments},
    {"char_length", Length::kFixed, 11, Null::kAsArguments},
    {"character_length", Length::kFixed, 11, Null::kAsArguments},
    {"charset", Length::kFixed, 64, Null::kAlways},
    {"coercibility", Length::kFixed, 10, Null::kNever},
    {"collation", Length::kFixed, 64, Null::kAlways},
    {"concat", Length::kSum, 0, Null::kAlways},
    {"conv", Length::kFixed, 65, Null::kAlways},
    {"cos", Length::kFixed, 23, Null::kAlways},
    {"cot", Length::kFixed, 23, Null::kAlways},
    {"crc32", Length::kFixed, 10, Null::kAsArguments},
    {"date", Length::kFixed, 10, Null::kAlways},
    {"datediff", Length::kFixed, 9, Null::kAlways},
    {"day", Length::kFixed, 3, Null::kAlways},
    {"dayname", Length::kFixed, 9, Null::kAlways},
    {"dayofmonth", Length::kFixed, 3, Null::kAlways},
    {"dayofweek", Length::kFixed, 2, Null::kAlways},
    {"dayofyear", Length::kFixed, 4, Null::kAlways},
    {"degrees", Length::kFixed, 23, Null::kAsArguments},
    {"exp", Length::kFixed, 23, Null::kAlways},
    {"field", Length::kFixed, 11, Null::kNever},
    {"find_in_set", Length::kFixed, 11, Null::kAsArguments},
    {"floor", Length::kWhole, 0, Null::kAsArguments},
    {"from_days", Length::kFixed, 10, Null::kAlways},
    {"hex", Length::kHex, 0, Null::kAlways},
    {"hour", Length::kFixed, 4, Null::kAlways},
    {"inet6_aton", Length::kFixed, 16, Null::kAlways},
    {"inet6_ntoa", Length::kFixed, 39, Null::kAlways},
    {"inet_aton", Length::kFixed, 21, Null::kAlways},
    {"inet_ntoa", Length::kFixed, 31, Null::kAlways},
    {"instr", Length::kFixed, 11, Null::kAsArguments},
    {"interval", Length::kFixed, 2, Null::kNever},
    {"is_ipv4", Length::kFixed, 1, Null::kAsArguments},
    {"is_ipv4_compat", Length::kFixed, 1, Null::kAsArguments},
    {"is_ipv4_mapped", Length::kFixed, 1, Null::kAsArguments},
    {"is_ipv6", Length::kFixed, 1, Null::kAsArguments},
    {"is_uuid", Length::kFixed, 1, Null::kAlways},
    {"isnull", Length::kFixed, 1, Null::kNever},
    {"json_contains", Length::kFixed, 21, Null::kAlways},
    {"json_contains_path", Length::kFixed, 21, Null::kAlways},
    {"json_depth", Length::kFixed, 21, Null::kAlways},
    {"json_length", Length::kFixed, 21, Null::kAlways},
    {"json_overlaps", Length::kFixed, 1, Null::kAsArguments},
    {"json_storage_size", Length::kFixed, 21, Null::kAlways},
    {"json_type", Length::kFixed, 17, Null::kAlways},
    {"json_valid", Length::kFixed, 21, Null::kAlways},
    {"last_day", Length::kFixed, 10, Null::kAlways},
    {"lcase", Length::kFirst, 0, Null::kAlways},
    {"left", Length::kSecond, 0, Null::kAlways},
    {"length", Length::kFixed, 11, Null::kAsArguments},
    {"ln", Length::kFixed, 23, Null::kAlways},
    {"locate", Length::kFixed, 11, Null::kAsArguments},
    {"log", Length::kFixed, 23, Null::kAlways},
    {"log10", Length::kFixed, 23, Null::kAlways},
    {"log2", Length::kFixed, 23, Null::kAlways},
    {"lower", Length::kFirst, 0, Null::kAlways},
    {"lpad", Length::kCount, 1, Null::kAlways},
    {"makedate", Length::kFixed, 10, Null::kAlways},
    {"maketime", Length::kSelf, 0, Null::kAlways},
    {"microsecond", Length::kFixed, 21, Null::kAlways},
    {"minute", Length::kFixed, 3, Null::kAlways},
    {"month", Length::kFixed, 3, Null::kAlways},
    {"monthname", Length::kFixed, 9, Null::kAlways},
    {"oct", Length::kFixed, 65, Null::kAlways},
    {"octet_length", Length::kFixed, 11, Null::kAsArguments},
    {"ord", Length::kFixed, 21, Null::kAsArguments},
    {"period_add", Length::kFixed, 21, Null::kAsArguments},
    {"period_diff", Length::kFixed, 21, Null::kAsArguments},
    {"pow", Length::kFixed, 23, Null::kAlways},
    {"power", Length::kFixed, 23, Null::kAlways},
    {"quarter", Length::kFixed, 2, Null::kAlways},
    {"radians", Length::kFixed, 23, Null::kAsArguments},
    {"regexp_instr", Length::kFixed, 21, Null::kAsArguments},
    {"regexp_like", Length::kFixed, 1, Null::kAsArguments},
    {"repeat", Length::kRepeat, 0, Null::kAlways},
    {"reverse", Length::kFirst, 0, Null::kAlways},
    {"right", Length::kSecond, 0, Null::kAlways},
    {"round", Length::kWhole, 0, Null::kAsArguments},
    {"rpad", Length::kCount, 1, Null::kAlways},
    {"sec_to_time", Length::kSelf, 0, Null::kAlways},
    {"second", Length::kFixed, 3, Null::kAlways},
    {"sha2", Length::kFixed, 64, Null::kAlways},
    {"sign", Length::kFixed, 21, Null::kAsArguments},
    {"sin", Length::kFixed, 23, Null::kAlways},
    {"space", Length::kCount, 0, Null::kAlways},
    {"sqrt", Length::kFixed, 23, Null::kAlways},
    {"strcmp", Length::kFixed, 2, Null::kAsArguments},
    {"tan", Length::kFixed, 23, Null::kAlways},
    {"time", Length::kSelf, 0, Null::kAlways},
    {"time_to_sec", Length::kFixed, 10, Null::kAlways},
    {"timediff", Length::kSelf, 0, Null::kAlways},
    {"timestamp", Length::kSelf, 0, Null::kAlways},
    {"to_days", Length::kFixed, 8, Null::kAlways},
    {"to_seconds", Length::kFixed, 21, Null::kAlways},
    {"trim", Length::kFirst, 0, Null::kAlways},
    {"truncate", Length::kWhole, 0, Null::kAsArguments},
    {"ucase", Length::kFirst, 0, Null::kAlways},
    {"unhex", Length::kUnhex, 0, Null::kAlways},
    {"upper", Length::kFirst, 0, Null::kAlways},
    {"uuid_to_bin", Length::kFixed, 16, Null::kAlways},
    {"week", Length::kFixed, 3, Null::kAlways},
    {"weekday", Length::kFixed, 2, Null::kAlways},
    {"weekofyear", Length::kFixed, 3, Null::kAlways},
    {"year", Length::kFixed, 4, Null::kAlways},
    {"yearweek", Length::kFixed, 7, Null::kAlways},
};

static_assert(std::is_sorted(std::begin(kFunctions), std::end(kFunctions),
                             [](const Described& a, const Described& b) { return a.name < b.name; }));

constexpr int32_t kTextMost = 16777216;

// Characters that the value takes as text.
int text_size(const StaticType& t) {
  if (types::is_float(t.type) && t.size <= 0) return 23;
  if (t.type == Type::kJson) return kTextMost;
  return std::max(0, t.size);
}

int byte_size(const StaticType& t) {
  StaticType text = t;
  if (!types::is_binary(t.type)) text.type = Type::kVarchar;
  text.size = text_size(t);
  if (text.size == 0) return 0;
  return static_cast<int>(std::min<uint32_t>(field_of(text).column_length, kTextMost));
}

// What a constant argument says; nullopt when it is none.
std::optional<int32_t> constant_count(const std::vector<NodePtr>& args, size_t i, Context& context) {
  if (i >= args.size() || !args[i]->is_constant()) return std::nullopt;
  const Datum count = args[i]->evaluate(context);
  if (count.is_null()) return std::nullopt;
  return static_cast<int32_t>(std::clamp<int64_t>(to_int(count), 0, kTextMost));
}

int own_size(const StaticType& t) {
  const int fraction = t.scale > 0 ? t.scale + 1 : 0;
  switch (t.type) {
    case Type::kDate: return 10;
    case Type::kTime: return 10 + fraction;
    case Type::kDatetime:
    case Type::kTimestamp: return 19 + fraction;
    default: return t.size;
  }
}

}  // namespace

StaticType function_type(std::string_view name, StaticType out, const std::vector<NodePtr>& args, Context& context) {
  const auto* found = std::lower_bound(std::begin(kFunctions), std::end(kFunctions), name,
                                       [](const Described& d, std::string_view n) { return d.name < n; });
  if (found == std::end(kFunctions) || found->name != name) {
    out.size = own_size(out);
    return out;
  }
  switch (found->length) {
    case Length::kFixed: out.size = found->size; break;
    case Length::kFirst: out.size = args.empty() ? 0 : text_size(args[0]->type(context)); break;
    case Length::kSelf: out.size = own_size(out); break;
    case Length::kHex: {
      const StaticType t = args.empty() ? StaticType() : args[0]->type(context);
      out.size = types::is_number(t.type) ? 16 : 2 * byte_size(t);
      break;
    }
    case Length::kUnhex: out.size = args.empty() ? 0 : (byte_size(args[0]->type(context)) + 1) / 2; break;
    case Length::kCount: out.size = constant_count(args, static_cast<size_t>(found->size), context).value_or(0); break;
    case Length::kRepeat: {
      const int64_t times = constant_count(args, 1, context).value_or(0);
      out.size = args.empty() ? 0 : static_cast<int32_t>(std::min<int64_t>(times * text_size(args[0]->type(context)), kTextMost));
      break;
    }
    case Length::kWhole: out.size = types::is_integral(out.type) ? 21 : types::is_float(out.type) ? 23 : own_size(out); break;
    case Length::kSum:
      out.size = 0;
      for (const NodePtr& arg : args) out.size = std::min(out.size, INT32_MAX / 8) + std::min(text_size(arg->type(context)), INT32_MAX / 8);
      break;
    case Length::kSecond: {
      out.size = args.empty() ? 0 : text_size(args[0]->type(context));
      if (args.size() < 2 || !args[1]->is_constant()) break;
      const Datum count = args[1]->evaluate(context);
      if (!count.is_null()) out.size = static_cast<int32_t>(std::clamp<int64_t>(to_int(count), 0, out.size));
      break;
    }
  }
  out.nullable = found->null == Null::kAlways || (found->null == Null::kAsArguments && either_nullable(args, context));
  return out;
}

}  // namespace vif::eval
