#include "vtgate/engine/uncorrelated_subquery.h"

#include "vtgate/engine/description.h"

namespace vif::vtgate::engine {

namespace {

std::string_view variant(UncorrelatedSubquery::Use use) {
  switch (use) {
    case UncorrelatedSubquery::Use::kValue: return "PulloutValue";
    case UncorrelatedSubquery::Use::kIn: return "PulloutIn";
    case UncorrelatedSubquery::Use::kNotIn: return "PulloutNotIn";
    case UncorrelatedSubquery::Use::kExists: return "PulloutExists";
  }
  return "";
}

// What the outer query is asked for its columns with.
void bind_nothing(const UncorrelatedSubquery::Spec& spec, Bindings& scope) {
  if (!spec.has_values.empty()) scope.set(spec.has_values, types::Value::int64(0));
  const bool list =
      spec.use == UncorrelatedSubquery::Use::kIn || spec.use == UncorrelatedSubquery::Use::kNotIn;
  if (list) {
    // A list must have something in it; has_values says that it does not count.
    scope.set(spec.result, types::BindVariable::tuple({types::Value::int64(0)}));
  } else if (!spec.result.empty()) {
    scope.set(spec.result, types::Value::null());
  }
}

}  // namespace

Status UncorrelatedSubquery::bind(ExecContext& context, const Bindings& bindings,
                                  Bindings& scope) const {
  Collected inner;
  VIF_TRY(spec_.subquery->execute(context, bindings, inner));
  bind_nothing(spec_, scope);
  if (spec_.use != Use::kExists && inner.all_fields.size() != 1) {
    return Error(Code::kInvalidArgument, 1241, "21000", "Operand should contain 1 column(s)");
  }
  if (inner.all_rows.empty()) return {};
  if (!spec_.has_values.empty()) scope.set(spec_.has_values, types::Value::int64(1));
  switch (spec_.use) {
    case Use::kExists: break;
    case Use::kValue:
      if (inner.all_rows.size() > 1) {
        return Error(Code::kInvalidArgument, 1242, "21000", "Subquery returns more than 1 row");
      }
      scope.set(spec_.result, inner.all_rows[0][0]);
      break;
    case Use::kIn:
    case Use::kNotIn: {
      std::vector<types::Value> values;
      values.reserve(inner.all_rows.size());
      for (types::Row& row : inner.all_rows) values.push_back(std::move(row[0]));
      scope.set(spec_.result, types::BindVariable::tuple(std::move(values)));
      break;
    }
  }
  return {};
}

Status UncorrelatedSubquery::execute(ExecContext& context, const Bindings& bindings,
                                     RowSink& sink) const {
  Bindings scope(&bindings);
  VIF_TRY(bind(context, bindings, scope));
  return spec_.outer->execute(context, scope, sink);
}

Result<Fields> UncorrelatedSubquery::fields(ExecContext& context, const Bindings& bindings) const {
  Bindings scope(&bindings);
  bind_nothing(spec_, scope);
  return spec_.outer->fields(context, scope);
}

Description UncorrelatedSubquery::describe() const {
  Description d;
  d.operator_type = "UncorrelatedSubquery";
  d.variant = variant(spec_.use);
  std::vector<std::string> variables;
  if (!spec_.has_values.empty()) variables.push_back(spec_.has_values);
  if (!spec_.result.empty()) variables.push_back(spec_.result);
  d.other["PulloutVars"] = std::move(variables);
  d.inputs.push_back(spec_.subquery->describe());
  d.inputs.back().input_name = "SubQuery";
  d.inputs.push_back(spec_.outer->describe());
  d.inputs.back().input_name = "Outer";
  return d;
}

}  // namespace vif::vtgate::engine
