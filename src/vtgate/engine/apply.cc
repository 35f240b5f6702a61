#include "vtgate/engine/apply.h"

#include "vtgate/engine/description.h"
#include "vtgate/engine/join.h"

namespace vif::vtgate::engine {

namespace {

// Enough of the inner rows to answer: one, or two to see that there are too many.
class FirstRows : public RowSink {
 public:
  explicit FirstRows(size_t wanted) : wanted_(wanted) {}
  Status fields(const Fields& fields) override {
    width = fields.size();
    return {};
  }
  Result<Flow> rows(Rows batch) override {
    for (types::Row& row : batch) {
      if (found.size() < wanted_) found.push_back(std::move(row));
    }
    return found.size() < wanted_ ? Flow::kMore : Flow::kEnough;
  }
  Status end(const mysql::ResultEnd&) override { return {}; }

  size_t width = 0;
  Rows found;

 private:
  size_t wanted_;
};

std::string key_of(const types::Row& row, const std::map<std::string, size_t>& variables) {
  std::string key;
  for (const auto& [name, column] : variables) {
    const types::Value& value = row[column];
    key += value.is_null() ? std::string("n")
                           : fmt::format("{}:{}:{}", static_cast<int>(value.type),
                                         value.bytes.size(), value.bytes);
  }
  return key;
}

}  // namespace

Result<types::Value> Apply::run(ExecContext& context, const Bindings& scope) const {
  const bool exists = spec_.use == Use::kExists;
  FirstRows first(exists ? 1 : 2);
  VIF_TRY(spec_.inner->execute(context, scope, first));
  if (exists) return types::Value::int64(first.found.empty() ? 0 : 1);
  if (first.width != 1)
    return Error(Code::kInvalidArgument, 1241, "21000", "Operand should contain 1 column(s)");
  if (first.found.size() > 1)
    return Error(Code::kInvalidArgument, 1242, "21000", "Subquery returns more than 1 row");
  return first.found.empty() ? types::Value::null() : std::move(first.found[0][0]);
}

Result<Fields> Apply::with_result(ExecContext& context, const Bindings& bindings,
                                  const Fields& outer) const {
  types::Field result;
  if (spec_.use == Use::kExists) {
    result.type = types::Type::kInt64;
    result.column_length = 1;
    result.charset = 63;
    result.flags = 129;  // NOT NULL, binary
  } else {
    Bindings scope(&bindings);
    for (const auto& [name, column] : spec_.variables) scope.set(name, types::Value::null());
    const Fields inner = VIF_TRY(spec_.inner->fields(context, scope));
    if (inner.size() != 1)
      return Error(Code::kInvalidArgument, 1241, "21000", "Operand should contain 1 column(s)");
    result = inner[0];
    result.flags &= ~1u;  // without a row it is NULL
  }
  if (!spec_.name.empty()) result.name = spec_.name;
  Fields fields;
  for (const int column : spec_.columns)
    fields.push_back(column == kResult ? result : outer[static_cast<size_t>(column)]);
  return fields;
}

Status Apply::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  Collected outer;
  VIF_TRY(spec_.outer->execute(context, bindings, outer));
  VIF_TRY(check_variables(outer.all_fields, spec_.variables));
  VIF_TRY(sink.fields(VIF_TRY(with_result(context, bindings, outer.all_fields))));
  std::map<std::string, types::Value> known;
  for (const types::Row& row : outer.all_rows) {
    const auto [at, is_new] = known.try_emplace(key_of(row, spec_.variables));
    if (is_new) {
      Bindings scope(&bindings);
      for (const auto& [name, column] : spec_.variables) scope.set(name, row[column]);
      at->second = VIF_TRY(run(context, scope));
    }
    Rows one(1);
    for (const int column : spec_.columns) {
      one[0].push_back(column == kResult ? at->second : row[static_cast<size_t>(column)]);
    }
    if (VIF_TRY(sink.rows(std::move(one))) == Flow::kEnough) break;
  }
  return sink.end(outer.result_end);
}

Result<Fields> Apply::fields(ExecContext& context, const Bindings& bindings) const {
  return with_result(context, bindings, VIF_TRY(spec_.outer->fields(context, bindings)));
}

Description Apply::describe() const {
  Description d;
  d.operator_type = "SemiJoin";
  d.variant = spec_.use == Use::kExists ? "Exists" : "Value";
  std::map<std::string, int64_t> variables;
  for (const auto& [name, column] : spec_.variables) variables[name] = static_cast<int64_t>(column);
  d.other["JoinVars"] = std::move(variables);
  d.inputs.push_back(spec_.outer->describe());
  d.inputs.back().input_name = "Outer";
  d.inputs.push_back(spec_.inner->describe());
  d.inputs.back().input_name = "SubQuery";
  return d;
}

}  // namespace vif::vtgate::engine
