#include "vtgate/engine/join.h"

#include "vtgate/engine/description.h"

namespace vif::vtgate::engine {

namespace {

using Columns = std::vector<Join::Column>;

// Puts each right row beside the left row at hand.
class RightSink : public RowSink {
 public:
  RightSink(const Columns& columns, RowSink& to) : columns_(columns), to_(to) {}

  Status fields(const Fields& fields) override {
    right_fields = fields;
    return on_fields ? on_fields(fields) : Status();
  }
  Result<Flow> rows(Rows batch) override {
    Rows joined;
    joined.reserve(batch.size());
    for (const types::Row& right : batch) {
      types::Row& row = joined.emplace_back();
      row.reserve(columns_.size());
      for (const Join::Column& c : columns_)
        row.push_back(c.left ? (*left)[c.index] : right[c.index]);
    }
    matched = matched || !batch.empty();
    flow = VIF_TRY(to_.rows(std::move(joined)));
    return flow;
  }
  Status end(const mysql::ResultEnd&) override { return {}; }

  const types::Row* left = nullptr;
  bool matched = false;
  Flow flow = Flow::kMore;
  Fields right_fields;
  std::function<Status(const Fields&)> on_fields;

 private:
  const Columns& columns_;
  RowSink& to_;
};

}  // namespace

// A FLOAT's text has fewer digits than the value: as a literal it is another number.
Status check_variables(const Fields& fields, const std::map<std::string, size_t>& variables) {
  for (const auto& [name, column] : variables) {
    if (column >= fields.size() || fields[column].type != types::Type::kFloat32) continue;
    return Error(
        Code::kUnimplemented, 1235, "42000",
        fmt::format("VT12001: unsupported: comparing FLOAT column '{}' over several shards",
                    fields[column].name));
  }
  return {};
}

Fields Join::joined(const Fields& left, const Fields& right) const {
  Fields fields;
  fields.reserve(spec_.columns.size());
  for (const Column& c : spec_.columns) fields.push_back(c.left ? left[c.index] : right[c.index]);
  return fields;
}

Status Join::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  Collected left;
  VIF_TRY(spec_.left->execute(context, bindings, left));
  VIF_TRY(check_variables(left.all_fields, spec_.variables));
  RightSink right(spec_.columns, sink);
  bool told_fields = false;
  right.on_fields = [&](const Fields& fields) -> Status {
    if (told_fields) return {};
    told_fields = true;
    return sink.fields(joined(left.all_fields, fields));
  };
  mysql::ResultEnd end = left.result_end;
  end.affected_rows = 0;
  for (const types::Row& row : left.all_rows) {
    Bindings scope(&bindings);
    for (const auto& [name, column] : spec_.variables) scope.set(name, row[column]);
    right.left = &row;
    right.matched = false;
    VIF_TRY(spec_.right->execute(context, scope, right));
    if (right.flow == Flow::kEnough) break;
    if (spec_.left_outer && !right.matched) {
      Rows nulls(1);
      for (const Column& c : spec_.columns)
        nulls[0].push_back(c.left ? row[c.index] : types::Value());
      if (VIF_TRY(sink.rows(std::move(nulls))) == Flow::kEnough) break;
    }
  }
  if (!told_fields) VIF_TRY(sink.fields(VIF_TRY(this->fields(context, bindings))));
  return sink.end(end);
}

Result<Fields> Join::fields(ExecContext& context, const Bindings& bindings) const {
  const Fields left = VIF_TRY(spec_.left->fields(context, bindings));
  Bindings scope(&bindings);
  for (const auto& [name, column] : spec_.variables) scope.set(name, types::Value::null());
  return joined(left, VIF_TRY(spec_.right->fields(context, scope)));
}

Description Join::describe() const {
  Description d;
  d.operator_type = "Join";
  d.variant = spec_.left_outer ? "LeftJoin" : "Join";
  std::string columns;
  for (const Column& c : spec_.columns) {
    if (!columns.empty()) columns += ',';
    columns += fmt::format("{}:{}", c.left ? 'L' : 'R', c.index);
  }
  if (!columns.empty()) d.other["JoinColumnIndexes"] = columns;
  if (!spec_.variables.empty()) {
    std::map<std::string, int64_t> variables;
    for (const auto& [name, column] : spec_.variables)
      variables[name] = static_cast<int64_t>(column);
    d.other["JoinVars"] = std::move(variables);
  }
  d.inputs.push_back(spec_.left->describe());
  d.inputs.push_back(spec_.right->describe());
  return d;
}

}  // namespace vif::vtgate::engine
