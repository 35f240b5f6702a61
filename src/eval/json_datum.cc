#include "eval/json_datum.h"

#include "eval/charsets.h"

#include <cmath>

#include "eval/charsets.h"
#include "types/float_text.h"

namespace vif::eval {
namespace {

// MySQL's column type bytes of opaque values.
constexpr uint8_t kVarcharByte = 15;
constexpr uint8_t kBitByte = 16;
constexpr uint8_t kTinyBlobByte = 249;
constexpr uint8_t kMediumBlobByte = 250;
constexpr uint8_t kLongBlobByte = 251;
constexpr uint8_t kBlobByte = 252;
constexpr uint8_t kStringByte = 254;

uint8_t field_type(Type type) {
  if (type == Type::kBlob) return kBlobByte;
  if (type == Type::kBit) return kBitByte;
  return type == Type::kBinary ? kStringByte : kVarcharByte;
}

[[noreturn]] void fail(int number, std::string_view state, std::string message) {
  throw SqlError{Error(Code::kInvalidArgument, number, state, std::move(message))};
}

bool is_blank_rest(std::string_view rest) {
  return rest.find_first_not_of(' ') == std::string_view::npos;
}

}  // namespace

Json json_from(const Datum& d) {
  switch (d.form) {
    case Form::kNull: return {};
    case Form::kInt: return d.boolean ? Json::of_bool(d.i != 0) : Json::of_int(d.i);
    case Form::kUint: return Json::of_uint(d.u);
    case Form::kFloat: return Json::of_double(d.f);
    case Form::kDecimal: {
      // A zero that is the result of an operation has no decimals.
      const bool bare = d.computed && d.decimal.is_zero();
      // UNIX_TIMESTAMP's have microseconds, or none.
      if (d.source == kUnixSeconds) {
        const Decimal whole = d.decimal.truncated(0);
        const bool fraction = compare(d.decimal, whole) != 0;
        return Json::of_decimal(fraction ? d.decimal : whole, fraction ? 6 : 0);
      }
      return bare ? Json::of_decimal(Decimal(), 0)
                  : Json::of_decimal(d.decimal.rounded(d.scale), d.scale);
    }
    case Form::kText: {
      // The server takes the bytes of UTF-16 and UTF-32 as they are.
      const std::string_view charset = collation_name(d.collation);
      const bool wide = charset.starts_with("utf16") || charset.starts_with("utf32");
      return Json::of_string(wide ? own_bytes(d) : d.bytes);
    }
    case Form::kBytes: return Json::of_opaque(field_type(d.type), d.bytes);
    case Form::kDate: return Json::of_date(d.temporal);
    case Form::kDatetime: return Json::of_datetime(d.temporal);
    case Form::kTime: return Json::of_time(d.temporal);
    case Form::kJson: return *d.json;
    case Form::kTuple: refuse("a row value as JSON in the gate");
  }
  return {};
}

Json json_argument(const Call& call, size_t i) {
  const Datum d = call.arg(i);
  if (!call.context.env.mariadb) check_chosen(d);
  const bool column = d.origin == Origin::kColumn;
  if (d.form != Form::kBytes || (column && d.type != Type::kBlob) || d.type == Type::kBit)
    return json_from(d);
  // What a function gives is a BLOB by what it might be long.
  constexpr int64_t kVarcharMost = 65535;
  constexpr int64_t kMediumMost = 16777215;
  constexpr int64_t kTinyMost = 255;
  const int64_t size = call.arg_type(i).size;
  if (column && size == 0) return json_from(d);
  if (d.type == Type::kBlob && size == kTinyMost) return Json::of_opaque(kTinyBlobByte, d.bytes);
  return Json::of_opaque(size > kMediumMost    ? kLongBlobByte
                         : size > kVarcharMost ? kMediumBlobByte
                                               : field_type(d.type),
                         d.bytes);
}

std::string invalid_json_text(const Call& call, size_t i, const types::JsonFault& fault) {
  return fmt::format("Invalid JSON text in argument {} to function {}: \"{}\" at position {}.",
                     i + 1, call.name, fault.reason, fault.position);
}

std::shared_ptr<const Json> json_document(const Call& call, size_t i) {
  // A number is no document, whatever error its value is.
  const bool computed = !call.context.env.mariadb && !call.args[i]->is_leaf();
  if (const Type t = computed ? call.arg_type(i).type : Type::kNull; types::is_number(t)) {
    Datum number = Datum::of_int(0);
    number.type = t;
    return json_document_of(number, call, i);
  }
  return json_document_of(call.arg(i), call, i);
}

std::shared_ptr<const Json> json_document_of(const Datum& d, const Call& call, size_t i) {
  if (d.form == Form::kJson) return d.json;
  const Type type = d.is_null() ? call.arg_type(i).type : d.type;
  const bool text = types::is_text(type) || types::is_binary(type) || type == Type::kHexNum ||
                    type == Type::kHexVal || type == Type::kBitNum;
  // A NULL of any other type is no document either.
  if (!text && type != Type::kJson && type != Type::kNull) {
    fail(3146, "22032",
         fmt::format("Invalid data type for JSON data in argument {} to function {}; a JSON string "
                     "or JSON type is required.",
                     i + 1, call.name));
  }
  if (d.is_null()) return nullptr;
  if (d.form == Form::kBytes)
    fail(3144, "22032", "Cannot create a JSON value from a string with CHARACTER SET 'binary'.");
  types::JsonFault fault;
  std::optional<Json> json = types::parse_json(d.bytes, fault);
  if (!json && fault.too_deep) fail(3157, "22032", "The JSON document exceeds the maximum depth.");
  if (!json) fail(3141, "22032", invalid_json_text(call, i, fault));
  return std::make_shared<const Json>(*std::move(json));
}

std::optional<JsonPath> json_path(const Call& call, size_t i, bool many_allowed) {
  const Datum d = call.arg(i);
  if (d.is_null()) return std::nullopt;
  if (d.form == Form::kBytes)
    fail(3144, "22032", "Cannot create a JSON value from a string with CHARACTER SET 'binary'.");
  const std::string text = to_text(d);
  size_t bad_at = 0;
  std::optional<JsonPath> path = JsonPath::parse(text, bad_at);
  if (!path)
    fail(3143, "42000",
         fmt::format("Invalid JSON path expression. The error is around character position {}.",
                     bad_at));
  if (!many_allowed && path->can_match_many()) {
    fail(3149, "42000",
         "In this situation, path expressions may not contain the * and ** tokens or an array "
         "range.");
  }
  return path;
}

Datum json_result(Json json) {
  // A scalar may stand within as many arrays as there may be.
  if (json.depth() > Json::kDepthMax + 1)
    fail(3157, "22032", "The JSON document exceeds the maximum depth.");
  return Datum::of_json(std::move(json));
}

double json_double(const Json& json, bool& exact) {
  exact = true;
  switch (json.kind()) {
    case Json::Kind::kInt: return static_cast<double>(json.integer());
    case Json::Kind::kUint: return static_cast<double>(json.unsigned_integer());
    case Json::Kind::kDouble: return json.real();
    case Json::Kind::kDecimal: return json.decimal().value.to_double();
    case Json::Kind::kBool: return json.boolean() ? 1 : 0;
    case Json::Kind::kString: {
      std::string_view rest;
      const double out = types::parse_double_prefix(json.string(), &rest);
      exact = !json.string().empty() && is_blank_rest(rest);
      return out;
    }
    default: exact = false; return 0;
  }
}

int64_t json_int(const Json& json, bool& exact) {
  exact = true;
  switch (json.kind()) {
    case Json::Kind::kInt: return json.integer();
    case Json::Kind::kUint: return static_cast<int64_t>(json.unsigned_integer());
    case Json::Kind::kDouble: return to_int(Datum::of_float(std::rint(json.real())));
    case Json::Kind::kDecimal: {
      // Without a sign, unless it is negative.
      const Decimal whole = json.decimal().value.rounded(0);
      if (whole.is_negative()) return whole.to_int64().value_or(INT64_MIN);
      return static_cast<int64_t>(whole.to_uint64().value_or(UINT64_MAX));
    }
    case Json::Kind::kBool: return json.boolean() ? 1 : 0;
    case Json::Kind::kString: {
      const Decimal whole = integer_prefix(json.string());
      exact = json.string().find_first_not_of(
                  "0123456789", json.string().starts_with('-') ? 1 : 0) == std::string::npos &&
              !json.string().empty();
      if (const std::optional<int64_t> i = whole.to_int64()) return *i;
      return whole.is_negative() ? INT64_MIN
                                 : static_cast<int64_t>(whole.to_uint64().value_or(UINT64_MAX));
    }
    default: exact = false; return 0;
  }
}

Decimal json_decimal(const Json& json, bool& exact) {
  exact = true;
  switch (json.kind()) {
    case Json::Kind::kInt: return Decimal::from_int(json.integer());
    // The server takes it for a signed one.
    case Json::Kind::kUint: return Decimal::from_int(static_cast<int64_t>(json.unsigned_integer()));
    case Json::Kind::kDouble: return Decimal::from_double(json.real());
    case Json::Kind::kDecimal: return json.decimal().value;
    case Json::Kind::kBool: return Decimal::from_int(json.boolean() ? 1 : 0);
    case Json::Kind::kString: {
      std::string_view rest;
      Decimal out = Decimal::parse_prefix(json.string(), &rest);
      exact = !json.string().empty() && is_blank_rest(rest);
      return out;
    }
    default: exact = false; return {};
  }
}

std::optional<types::ParsedTemporal> json_temporal(const types::Json& json, bool time) {
  using Kind = types::Json::Kind;
  constexpr int kFractionDigits = 6;
  std::optional<types::ParsedTemporal> out;
  if (json.kind() == Kind::kString)
    out = time ? types::parse_time(json.string()) : types::parse_datetime(json.string());
  // Digits alone are no time there.
  if (time && out && json.kind() == Kind::kString && json.string().find(':') == std::string::npos)
    out.reset();
  if (time ? json.kind() == Kind::kTime
           : json.kind() == Kind::kDate || json.kind() == Kind::kDatetime) {
    out = types::ParsedTemporal{json.temporal(), 0, json.kind() != Kind::kDate, true};
  }
  if (out) out->precision = json.kind() == Kind::kDate ? 0 : kFractionDigits;
  return out;
}

}  // namespace vif::eval
