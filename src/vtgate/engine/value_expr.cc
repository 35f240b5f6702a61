#include "vtgate/engine/value_expr.h"

namespace vif::vtgate::engine {

using types::Type;
using types::Value;

namespace {

// -5 of 5, 5 of -5. Text is a number in MySQL when a sign stands before it.
Result<Value> negated(const Value& value, std::string_view name) {
  if (value.type == Type::kNull) return value;
  if (!types::is_number(value.type)) {
    return Error(Code::kUnimplemented,
                 fmt::format("VT12001: unsupported: a sign before :{}, which is no number", name));
  }
  const bool was_negative = value.bytes.starts_with('-');
  std::string text = was_negative ? value.bytes.substr(1) : "-" + value.bytes;
  const bool whole = types::is_integral(value.type);
  if (whole && text.find_first_not_of("-0") == std::string::npos) text = "0";
  return Value{whole && types::is_unsigned(value.type) ? Type::kInt64 : value.type,
               std::move(text)};
}

}  // namespace

Result<Value> evaluate(const ValueExpr& expr, const Bindings& bindings) {
  switch (expr.kind) {
    case ValueExpr::Kind::kConstant: return expr.constant;
    case ValueExpr::Kind::kBind: {
      const types::BindVariable* variable = bindings.find(expr.name);
      if (!variable)
        return Error(Code::kInvalidArgument,
                     fmt::format("query arguments missing for {}", expr.name));
      if (variable->type == Type::kTuple) {
        return Error(Code::kInvalidArgument,
                     fmt::format("query argument '{}' cannot be a tuple", expr.name));
      }
      return expr.negative ? negated(variable->value(), expr.name)
                           : Result<Value>(variable->value());
    }
    case ValueExpr::Kind::kBindList:
    case ValueExpr::Kind::kList: break;
  }
  return Error(Code::kInternal, fmt::format("a list where one value belongs: {}", expr.display));
}

Result<std::vector<Value>> evaluate_list(const ValueExpr& expr, const Bindings& bindings) {
  std::vector<Value> values;
  if (expr.kind == ValueExpr::Kind::kBindList) {
    const types::BindVariable* variable = bindings.find(expr.name);
    if (!variable)
      return Error(Code::kInvalidArgument,
                   fmt::format("query arguments missing for {}", expr.name));
    if (variable->type != Type::kTuple) {
      return Error(Code::kInvalidArgument,
                   fmt::format("query argument '{}' must be a tuple (is {})", expr.name,
                               types::type_name(variable->type)));
    }
    return variable->values;
  }
  if (expr.kind != ValueExpr::Kind::kList) {
    values.push_back(VIF_TRY(evaluate(expr, bindings)));
    return values;
  }
  values.reserve(expr.list.size());
  for (const ValueExpr& item : expr.list) values.push_back(VIF_TRY(evaluate(item, bindings)));
  return values;
}

}  // namespace vif::vtgate::engine
