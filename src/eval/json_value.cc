// JSON_VALUE: a path's value as an SQL type, and what stands in for none or a wrong one.
#include "eval/json_datum.h"
#include "eval/static_type.h"

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
    const std::optional<Datum> value = converted_json(*found[0]);
    if (value) return *value;
    if (error_ == JsonFallback::kError) wrong_value();
    return instead(error_, context, args().size() - 1);
  }

  StaticType type(Context&) const override {
    switch (target_.kind) {
      case CastKind::kSigned: return static_type(Type::kInt64);
      case CastKind::kUnsigned: return static_type(Type::kUint64);
      case CastKind::kDouble: return static_type(Type::kFloat64);
      case CastKind::kDecimal: {
        StaticType out = static_type(Type::kDecimal, kBinaryCollation, target_.scale.value_or(0));
        out.size = length_of_decimal(target_.length.value_or(0) == 0 ? 10 : *target_.length,
                                     out.scale, false);
        return out;
      }
      case CastKind::kJson: return static_type(Type::kJson, kJsonCollation);
      default: {
        StaticType out = static_type(Type::kVarchar, target_.collation);
        out.size = target_.length.value_or(0);
        return out;
      }
    }
  }

 private:
  Datum instead(JsonFallback how, Context& context, size_t place) const {
    return how == JsonFallback::kDefault ? arg(place, context) : Datum();
  }

  [[noreturn]] void wrong_value() const {
    if (target_.kind == CastKind::kSigned)
      fail(1690, "22003", "SIGNED value is out of range in 'json_value'");
    if (target_.kind == CastKind::kUnsigned)
      fail(1690, "22003", "UNSIGNED value is out of range in 'json_value'");
    refuse("the error of JSON_VALUE in the gate");
  }

  // nullopt when it is no such value.
  std::optional<Datum> converted_json(const Json& json) const {
    bool exact = false;
    switch (target_.kind) {
      case CastKind::kSigned: {
        if (json.kind() == Json::Kind::kUint && json.unsigned_integer() > INT64_MAX)
          return std::nullopt;
        const int64_t i = json_int(json, exact);
        return exact ? std::optional(Datum::of_int(i)) : std::nullopt;
      }
      case CastKind::kUnsigned: {
        const int64_t i = json_int(json, exact);
        if (!exact || (i < 0 && json.kind() != Json::Kind::kUint)) return std::nullopt;
        return Datum::of_uint(static_cast<uint64_t>(i));
      }
      case CastKind::kDouble: {
        const double f = json_double(json, exact);
        return exact ? std::optional(Datum::of_float(f)) : std::nullopt;
      }
      case CastKind::kDecimal: {
        const int scale = target_.scale.value_or(0);
        const Decimal rounded = json_decimal(json, exact).rounded(scale);
        const int precision = target_.length.value_or(0) == 0 ? 10 : *target_.length;
        if (!exact || rounded.integer_digits() > precision - scale) return std::nullopt;
        return Datum::of_decimal(rounded, scale);
      }
      case CastKind::kJson: return Datum::of_json(json);
      default: {
        std::string text = json.unquoted();
        if (target_.length && character_count(text) > static_cast<size_t>(*target_.length))
          return std::nullopt;
        return Datum::of_text(std::move(text), target_.collation, Coercibility::kImplicit);
      }
    }
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
}

}  // namespace

NodePtr make_json_value(std::vector<NodePtr> args, const CastTarget& target, JsonFallback empty,
                        JsonFallback error) {
  switch (target.kind) {
    case CastKind::kSigned:
    case CastKind::kUnsigned:
    case CastKind::kDouble:
    case CastKind::kDecimal:
    case CastKind::kJson:
    case CastKind::kChar: break;
    default: refuse("JSON_VALUE returning such a type in the gate");
  }
  check_before_rows(args, target);
  return std::make_unique<JsonValueNode>(std::move(args), target, empty, error);
}

}  // namespace vif::eval
