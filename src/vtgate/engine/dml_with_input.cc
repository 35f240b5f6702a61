#include "vtgate/engine/dml_with_input.h"

#include <set>

#include "vtgate/engine/description.h"
#include "vtgate/engine/exec_context.h"
#include "vtgate/engine/gather.h"
#include "vtgate/engine/packets.h"

namespace vif::vtgate::engine {

namespace {

class Sum : public mysql::ResultSink {
 public:
  Status columns(uint32_t, std::string_view) override { return {}; }
  Status rows(std::string_view) override { return {}; }
  Status end(const mysql::ResultEnd& end) override {
    if (ended_) {
      add_end(total, end);
    } else {
      total = end;
    }
    ended_ = true;
    return {};
  }
  mysql::ResultEnd total;

 private:
  bool ended_ = false;
};

// The rows of a target, each once: a join may find it more often, and may find none.
struct Keys {
  std::vector<types::Value> values;
  std::vector<const types::Row*> rows;
};

Keys keys_of(const Rows& rows, const std::vector<size_t>& key) {
  Keys keys;
  std::set<std::string> seen;
  for (const types::Row& row : rows) {
    std::string text;
    bool null = false;
    for (const size_t column : key) {
      text += text.empty() ? "" : ", ";
      row[column].append_sql(text);
      null = null || row[column].is_null();
    }
    if (null || !seen.insert(text).second) continue;
    keys.rows.push_back(&row);
    if (key.size() == 1) {
      keys.values.push_back(row[key[0]]);
    } else {
      keys.values.push_back({types::Type::kExpression, fmt::format("({})", text)});
    }
  }
  return keys;
}

}  // namespace

Status DmlWithInput::execute_raw(ExecContext& context, const Bindings& bindings,
                                 mysql::ResultSink& sink) const {
  Collected found;
  VIF_TRY(input_->execute(context, bindings, found));
  if (found.all_rows.empty()) return sink.end({});
  if (targets_.size() > 1 || !targets_[0].values.empty()) context.open_transaction();
  Sum sum;
  for (const Target& target : targets_) {
    Keys keys = keys_of(found.all_rows, target.key);
    if (keys.values.empty()) continue;
    Bindings scope(&bindings);
    if (target.values.empty()) {
      scope.set(std::string(kDmlValuesVariable),
                types::BindVariable::tuple(std::move(keys.values)));
      VIF_TRY(target.dml->execute_raw(context, scope, sum));
      continue;
    }
    for (size_t i = 0; i < keys.rows.size(); ++i) {
      scope.set(std::string(kDmlValuesVariable), types::BindVariable::tuple({keys.values[i]}));
      for (const auto& [name, column] : target.values) scope.set(name, (*keys.rows[i])[column]);
      VIF_TRY(target.dml->execute_raw(context, scope, sum));
    }
  }
  return sink.end(sum.total);
}

Status DmlWithInput::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  DecodingSink decoding(sink);
  return execute_raw(context, bindings, decoding);
}

Description DmlWithInput::describe() const {
  Description d;
  d.operator_type = "DMLWithInput";
  std::vector<std::string> offsets;
  for (const Target& target : targets_) {
    offsets.push_back(fmt::format("{}:[{}]", offsets.size(), fmt::join(target.key, " ")));
  }
  d.other["Offset"] = fmt::format("{}", fmt::join(offsets, ", "));
  d.inputs.push_back(input_->describe());
  for (const Target& target : targets_) d.inputs.push_back(target.dml->describe());
  return d;
}

}  // namespace vif::vtgate::engine
