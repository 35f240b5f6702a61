#include "vtgate/engine/dml_with_input.h"

#include <set>

#include "vtgate/engine/description.h"
#include "vtgate/engine/packets.h"

namespace vif::vtgate::engine {

Status DmlWithInput::execute_raw(ExecContext& context, const Bindings& bindings, mysql::ResultSink& sink) const {
  Collected found;
  VIF_TRY(input_->execute(context, bindings, found));
  std::vector<types::Value> values;
  std::set<std::string> seen;  // a join may find a row more than once
  for (const types::Row& row : found.all_rows) {
    std::string text;
    for (const size_t column : key_) {
      text += text.empty() ? "" : ", ";
      row[column].append_sql(text);
    }
    if (!seen.insert(text).second) continue;
    if (key_.size() == 1) {
      values.push_back(row[key_[0]]);
    } else {
      values.push_back({types::Type::kExpression, fmt::format("({})", text)});
    }
  }
  if (values.empty()) return sink.end({});
  Bindings scope(&bindings);
  scope.set(std::string(kDmlValuesVariable), types::BindVariable::tuple(std::move(values)));
  return dml_->execute_raw(context, scope, sink);
}

Status DmlWithInput::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  DecodingSink decoding(sink);
  return execute_raw(context, bindings, decoding);
}

Description DmlWithInput::describe() const {
  Description d;
  d.operator_type = "DMLWithInput";
  std::string offsets;
  for (const size_t column : key_) offsets += (offsets.empty() ? "" : " ") + std::to_string(column);
  d.other["Offset"] = fmt::format("0:[{}]", offsets);
  d.inputs.push_back(input_->describe());
  d.inputs.push_back(dml_->describe());
  return d;
}

}  // namespace vif::vtgate::engine
