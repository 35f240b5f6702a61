// JSON_VALUE: a path's value as an SQL type, and what stands in for none or a wrong one.
#include <algorithm>
#include <cmath>

#include "eval/charsets.h"
#include "eval/json_datum.h"
#include "eval/static_type.h"
#include "types/collation/charset.h"
#include "types/collation/collation.h"
#include "types/float_text.h"

namespace vif::eval {
namespace {

[[noreturn]] void fail(int number, std::string_view state, std::string message) {
  throw SqlError{Error(Code::kInvalidArgument, number, state, std::move(message))};
}

size_t character_count(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return count;
}

bool is_string_kind(CastKind kind) { return kind == CastKind::kChar || kind == CastKind::kBinary; }

std::string_view kind_name(CastKind kind) {
  switch (kind) {
    case CastKind::kSigned: return "SIGNED";
    case CastKind::kUnsigned: return "UNSIGNED";
    case CastKind::kDouble: return "DOUBLE";
    case CastKind::kFloat: return "FLOAT";
    case CastKind::kDecimal: return "DECIMAL";
    case CastKind::kDate: return "DATE";
    case CastKind::kDatetime: return "DATETIME";
    case CastKind::kTime: return "TIME";
    case CastKind::kYear: return "YEAR";
    case CastKind::kJson: return "JSON";
    default: return "CHAR";
  }
}

// The integer that a text is: blanks before it, a sign.
struct WholeText {
  std::string_view digits;  // with the sign
  bool complete = false;
};
WholeText whole_text(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size()));
  const size_t from = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const size_t end = std::min(text.find_first_not_of("0123456789", from), text.size());
  return {end == from ? std::string_view() : text.substr(0, end), end == text.size()};
}

std::optional<Datum> ranged(const Decimal& whole, bool is_unsigned) {
  if (is_unsigned) {
    const std::optional<uint64_t> u = whole.to_uint64();
    return u && !whole.is_negative() ? std::optional(Datum::of_uint(*u)) : std::nullopt;
  }
  const std::optional<int64_t> i = whole.to_int64();
  return i ? std::optional(Datum::of_int(*i)) : std::nullopt;
}

std::optional<Datum> year_from(int64_t year) {
  constexpr int64_t kFirst = 1901;
  constexpr int64_t kLast = 2155;
  if (year != 0 && (year < kFirst || year > kLast)) return std::nullopt;
  Datum out = Datum::of_uint(static_cast<uint64_t>(year));
  out.type = Type::kYear;
  out.computed = true;
  return out;
}

Temporal cut_to(Temporal t, int digits) {
  int unit = 1;
  for (int i = digits; i < 6; ++i) unit *= 10;
  t.microsecond -= t.microsecond % unit;
  return t;
}

// Nullopt for a text that is too long, or not wholly of the charset.
std::optional<Datum> fitting_text(std::string text, const CastTarget& target) {
  if (target.length && character_count(text) > static_cast<size_t>(*target.length))
    return std::nullopt;
  const types::Collation* c = types::find_collation(target.collation);
  const types::Charset& utf8 = charset_named("utf8mb4");
  if (c && types::convert(types::convert(text, utf8, *c->charset), *c->charset, utf8) != text)
    return std::nullopt;
  return Datum::of_text(std::move(text), target.collation);
}

[[noreturn]] void truncated(std::string_view type, const Datum& d) {
  fail(1292, "22007", fmt::format("Truncated incorrect {} value: '{}'", type, shown_in_message(d)));
}

Datum date_for_json(const Datum& d, const CastTarget& target, const auto& out_of_range) {
  if (target.kind == CastKind::kDatetime && d.form == Form::kTime)
    refuse("a default of JSON_VALUE of the current day in the gate");
  Env env;
  std::vector<Warning> warnings;
  env.warnings = &warnings;
  const Context context{{}, env};
  const bool time = target.kind == CastKind::kTime;
  std::optional<types::ParsedTemporal> parsed =
      time ? to_time(d, context) : to_datetime(d, context, {false, target.kind == CastKind::kDate});
  for (const Warning& w : warnings) {
    if (w.code == 1292) fail(w.code, "22007", w.message);
  }
  const bool dated = target.kind == CastKind::kDatetime && d.is_textual() && !parsed->has_time;
  if (!parsed || dated)
    fail(1292, "22007", fmt::format("Incorrect datetime value: '{}'", shown_in_message(d)));
  if (target.kind == CastKind::kDate) return Datum::of_date(parsed->value);
  const int digits = target.length.value_or(0);
  if (cut_to(parsed->value, digits) != parsed->value) out_of_range("TIME");
  return time ? Datum::of_time(parsed->value, digits) : Datum::of_datetime(parsed->value, digits);
}

Datum json_for_json(Datum d) {
  d.boolean = false;
  if (d.form != Form::kText) return Datum::of_json(json_from(d));
  types::JsonFault fault;
  std::optional<Json> json = types::parse_json(d.bytes, fault);
  if (!json) {
    fail(3141, "22032",
         fmt::format(
             "Invalid JSON text in argument 1 to function json_value: \"{}\" at position {}.",
             fault.reason, fault.position));
  }
  return Datum::of_json(std::move(*json));
}

Datum whole_for_json(const Datum& d, const CastTarget& target, const auto& out_of_range) {
  const bool year = target.kind == CastKind::kYear;
  const std::string text = to_text(d);
  const WholeText whole = whole_text(text);
  if (!whole.complete)
    truncated(year ? "YEAR" : fmt::format("INTEGER {}", kind_name(target.kind)), d);
  std::optional<Datum> out;
  if (!whole.digits.empty())
    out = ranged(Decimal::parse_prefix(whole.digits), target.kind == CastKind::kUnsigned);
  if (year && out) out = year_from(out->i);
  if (year && !out) fail(1690, "22003", "YEAR value is out of range in 'json_value'");
  if (!out) out_of_range(kind_name(target.kind));
  return *out;
}

// What stands in the statement for a value that is none. Throws the server's errors.
Datum default_for_json(const Datum& d, const CastTarget& target) {
  const auto out_of_range = [](std::string_view name) {
    fail(1690, "22003", fmt::format("{} DEFAULT value is out of range in 'json_value'", name));
  };
  const std::string text = to_text(d);
  std::string_view rest;
  switch (target.kind) {
    case CastKind::kSigned:
    case CastKind::kUnsigned:
    case CastKind::kYear: return whole_for_json(d, target, out_of_range);
    case CastKind::kDouble:
    case CastKind::kFloat: {
      const double f = types::parse_double_prefix(text, &rest);
      if (!rest.empty()) truncated("DOUBLE", d);
      if (target.kind == CastKind::kDouble) return Datum::of_float(f);
      const auto narrow = static_cast<float>(f);
      if (std::isinf(narrow)) out_of_range("FLOAT");
      Datum out = Datum::of_float(static_cast<double>(narrow));
      out.type = Type::kFloat32;
      return out;
    }
    case CastKind::kDecimal: {
      const Decimal value = d.is_textual() ? Decimal::parse_prefix(text, &rest) : to_decimal(d);
      if (!rest.empty()) truncated("DECIMAL", d);
      const int scale = target.scale.value_or(0);
      const int precision = target.length.value_or(0) == 0 ? 10 : *target.length;
      const Decimal rounded = value.rounded(scale);
      if (compare(rounded, value) != 0 || rounded.integer_digits() > precision - scale)
        out_of_range("DECIMAL");
      return Datum::of_decimal(rounded, scale);
    }
    case CastKind::kDate:
    case CastKind::kDatetime:
    case CastKind::kTime: return date_for_json(d, target, out_of_range);
    case CastKind::kBinary: {
      if (target.length && text.size() > static_cast<size_t>(*target.length)) out_of_range("CHAR");
      return Datum::of_bytes(d.form == Form::kText ? own_bytes(d) : text);
    }
    case CastKind::kChar: {
      std::optional<Datum> out = fitting_text(text, target);
      if (!out) out_of_range("CHAR");
      return *out;
    }
    case CastKind::kJson: return json_for_json(d);
  }
  return {};
}

class JsonValueNode final : public Operation {
 public:
  // args: the document, the path, then the defaults that there are: for nothing, for an error.
  JsonValueNode(std::vector<NodePtr> args, const CastTarget& target, JsonFallback empty,
                JsonFallback error)
      : Operation(std::move(args)), target_(target), empty_(empty), error_(error) {}

  Datum evaluate(Context& context) const override {
    const Call call{args(), context, target_.collation, "json_value"};
    const Datum text = arg(0, context);
    types::JsonFault fault;
    if (text.form == Form::kText && error_ != JsonFallback::kError &&
        !types::parse_json(text.bytes, fault) && !fault.too_deep) {
      context.warn(3141, invalid_json_text(call, 0, fault));
      return instead(error_, context, args().size() - 1);
    }
    const std::shared_ptr<const Json> document = json_document(call, 0);
    if (!document) return {};
    const std::optional<JsonPath> path = json_path(call, 1, true);
    if (!path) return {};
    const std::vector<const Json*> found = path->seek(*document);
    if (found.empty()) {
      if (empty_ == JsonFallback::kError)
        fail(3966, "22035", "No value was found by 'json_value' on the specified path.");
      return instead(empty_, context, 2);
    }
    if (found.size() > 1) {
      if (error_ == JsonFallback::kError)
        fail(3967, "22034", "More than one value was found by 'json_value' on the specified path.");
      return instead(error_, context, args().size() - 1);
    }
    if (found[0]->is_null()) return {};
    const std::optional<Datum> value = converted_json(*found[0], context);
    if (value) return *value;
    if (error_ == JsonFallback::kError) wrong_value();
    return instead(error_, context, args().size() - 1);
  }

  StaticType type(Context&) const override {
    switch (target_.kind) {
      case CastKind::kFloat: {
        StaticType out = static_type(Type::kFloat32);
        constexpr int kLength = 23;
        out.size = kLength;
        return out;
      }
      case CastKind::kDecimal: {
        StaticType out = static_type(Type::kDecimal, kBinaryCollation, target_.scale.value_or(0));
        out.size = length_of_decimal(target_.length.value_or(0) == 0 ? 10 : *target_.length,
                                     out.scale, false);
        return out;
      }
      case CastKind::kBinary: {
        StaticType out = static_type(Type::kVarbinary);
        out.size = target_.length ? *target_.length : int64_t{UINT32_MAX};
        return out;
      }
      case CastKind::kChar: {
        StaticType out = static_type(Type::kVarchar, target_.collation);
        const StaticType one = {.type = Type::kVarchar, .collation = target_.collation, .size = 1};
        out.size =
            target_.length ? *target_.length : int64_t{UINT32_MAX} / field_of(one).column_length;
        return out;
      }
      default: return cast_type(target_);
    }
  }

 private:
  Datum instead(JsonFallback how, Context& context, size_t place) const {
    return how == JsonFallback::kDefault ? default_for_json(arg(place, context), target_) : Datum();
  }

  [[noreturn]] void wrong_value() const {
    fail(1690, "22003",
         fmt::format("{} value is out of range in 'json_value'",
                     is_string_kind(target_.kind) ? "STRING" : kind_name(target_.kind)));
  }

  // nullopt when it is no such value.
  std::optional<Datum> converted_json(const Json& json, const Context& context) const {
    bool exact = false;
    switch (target_.kind) {
      case CastKind::kSigned:
      case CastKind::kUnsigned: return json_integer(json, target_.kind == CastKind::kUnsigned);
      case CastKind::kFloat:
      case CastKind::kDouble: return json_real(json);
      case CastKind::kDecimal: {
        const int scale = target_.scale.value_or(0);
        const Decimal rounded = json_decimal(json, exact).rounded(scale);
        const int precision = target_.length.value_or(0) == 0 ? 10 : *target_.length;
        if (!exact || rounded.integer_digits() > precision - scale) return std::nullopt;
        return Datum::of_decimal(rounded, scale);
      }
      case CastKind::kDate:
      case CastKind::kDatetime:
      case CastKind::kTime: return json_date(json, context);
      case CastKind::kYear: {
        if (json.kind() == Json::Kind::kBool) return std::nullopt;
        const std::optional<Datum> whole = json_integer(json, false);
        return whole ? year_from(whole->i) : std::nullopt;
      }
      case CastKind::kJson: {
        Datum out = Datum::of_json(json);
        out.source = "json_value";
        return out;
      }
      case CastKind::kBinary: {
        std::string bytes = json.unquoted();
        if (target_.length && bytes.size() > static_cast<size_t>(*target_.length))
          return std::nullopt;
        return Datum::of_bytes(std::move(bytes));
      }
      case CastKind::kChar: return fitting_text(json.unquoted(), target_);
    }
    return std::nullopt;
  }

  static std::optional<Datum> json_integer(const Json& json, bool is_unsigned) {
    if (json.kind() == Json::Kind::kString) {
      const WholeText whole = whole_text(json.string());
      if (!whole.complete || whole.digits.empty()) return std::nullopt;
      return ranged(Decimal::parse_prefix(whole.digits), is_unsigned);
    }
    if (json.kind() == Json::Kind::kUint) {
      if (!is_unsigned && json.unsigned_integer() > INT64_MAX) return std::nullopt;
      return is_unsigned ? Datum::of_uint(json.unsigned_integer())
                         : Datum::of_int(static_cast<int64_t>(json.unsigned_integer()));
    }
    bool exact = false;
    if (json.kind() == Json::Kind::kDouble || json.kind() == Json::Kind::kDecimal) {
      constexpr double kMost = 1e20;
      const double about = json_double(json, exact);
      if (!(std::fabs(about) < kMost)) return std::nullopt;
      return ranged(json.kind() == Json::Kind::kDouble
                        ? to_decimal(Datum::of_float(std::rint(about)))
                        : json.decimal().value.rounded(0),
                    is_unsigned);
    }
    const int64_t i = json_int(json, exact);
    if (!exact || (is_unsigned && i < 0)) return std::nullopt;
    return is_unsigned ? Datum::of_uint(static_cast<uint64_t>(i)) : Datum::of_int(i);
  }

  std::optional<Datum> json_real(const Json& json) const {
    bool exact = false;
    double f = json_double(json, exact);
    if (json.kind() == Json::Kind::kString) {
      std::string_view rest;
      f = types::parse_double_prefix(json.string(), &rest);
      exact = rest.empty();
    }
    if (!exact) return std::nullopt;
    if (target_.kind == CastKind::kDouble) return Datum::of_float(f);
    const auto narrow = static_cast<float>(f);
    if (std::isinf(narrow)) refuse("so large a FLOAT from JSON in the gate");
    Datum out = Datum::of_float(static_cast<double>(narrow));
    out.type = Type::kFloat32;
    out.computed = true;
    return out;
  }

  std::optional<Datum> json_date(const Json& json, const Context& context) const {
    const bool time = target_.kind == CastKind::kTime;
    const bool string = json.kind() == Json::Kind::kString;
    const std::optional<types::ParsedTemporal> parsed = json_temporal(json, time);
    if (!parsed || !parsed->complete) return std::nullopt;
    constexpr std::string_view kLongest = "38:59:59";
    const Temporal& t = parsed->value;
    const bool longest = time && types::time_text(t, 0).ends_with(kLongest) && t.hour > 800;
    if (string && longest && json.string().find(kLongest) == std::string::npos) return std::nullopt;
    const bool timed =
        parsed->has_time && (!string || json.string().find('T') == std::string::npos);
    if (target_.kind == CastKind::kDatetime && string && !timed) return std::nullopt;
    const int digits = target_.length.value_or(0);
    if (string) {
      warn_deprecated(Datum::of_text(std::string(json.string()), kUtf8mb4Collation), *parsed,
                      context);
    }
    if (target_.kind == CastKind::kDate) return Datum::of_date(t);
    return time ? Datum::of_time(cut_to(t, digits), digits)
                : Datum::of_datetime(cut_to(t, digits), digits);
  }

  CastTarget target_;
  JsonFallback empty_;
  JsonFallback error_;
};

// What is no document by its type, and a path that is none, are errors though nothing is asked.
void check_before_rows(const std::vector<NodePtr>& args, const CastTarget& target) {
  const Env env;
  Context context{{}, env};
  Type type = Type::kNull;
  try {
    type = args[0]->type(context).type;
  } catch (const SqlError&) {
    return;  // a bind variable
  }
  const bool none = types::is_number(type) || type == Type::kDate || type == Type::kTime ||
                    type == Type::kDatetime || type == Type::kTimestamp || type == Type::kBit;
  if (none) {
    fail(3146, "22032",
         "Invalid data type for JSON data in argument 1 to function json_value; a JSON string or "
         "JSON type is required.");
  }
  const Call call{args, context, target.collation, "json_value"};
  if (args[1]->is_constant()) (void)json_path(call, 1, true);
  for (size_t i = 2; i < args.size(); ++i)
    (void)default_for_json(args[i]->evaluate(context), target);
}

}  // namespace

NodePtr make_json_value(std::vector<NodePtr> args, const CastTarget& target, JsonFallback empty,
                        JsonFallback error) {
  check_before_rows(args, target);
  return std::make_unique<JsonValueNode>(std::move(args), target, empty, error);
}

}  // namespace vif::eval
