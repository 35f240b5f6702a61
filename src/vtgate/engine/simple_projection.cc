#include "vtgate/engine/simple_projection.h"

#include "vtgate/engine/description.h"

namespace vif::vtgate::engine {

namespace {

using Columns = std::vector<SimpleProjection::Column>;

Fields picked(const Columns& columns, const Fields& input, const Bindings& bindings) {
  Fields fields;
  for (const auto& column : columns) {
    fields.push_back(input[column.index]);
    if (column.name.empty()) continue;
    // ":name": a literal, called by its value.
    const types::BindVariable* literal =
        column.name[0] == ':' ? bindings.find(std::string_view(column.name).substr(1)) : nullptr;
    fields.back().name = literal ? literal->bytes : column.name;
  }
  return fields;
}

class PickSink : public RowSink {
 public:
  PickSink(RowSink& to, const Columns& columns, const Bindings& bindings)
      : to_(to), columns_(columns), bindings_(bindings) {}
  Status fields(const Fields& fields) override {
    return to_.fields(picked(columns_, fields, bindings_));
  }
  Result<Flow> rows(Rows batch) override {
    for (types::Row& row : batch) {
      types::Row out;
      out.reserve(columns_.size());
      for (const auto& column : columns_) out.push_back(row[column.index]);
      row = std::move(out);
    }
    return to_.rows(std::move(batch));
  }
  Status end(const mysql::ResultEnd& end) override { return to_.end(end); }

 private:
  RowSink& to_;
  const Columns& columns_;
  const Bindings& bindings_;
};

}  // namespace

Status SimpleProjection::execute(ExecContext& context, const Bindings& bindings,
                                 RowSink& sink) const {
  PickSink pick(sink, columns_, bindings);
  return input_->execute(context, bindings, pick);
}

Result<Fields> SimpleProjection::fields(ExecContext& context, const Bindings& bindings) const {
  return picked(columns_, VIF_TRY(input_->fields(context, bindings)), bindings);
}

Description SimpleProjection::describe() const {
  Description d;
  d.operator_type = "SimpleProjection";
  std::vector<std::string> names;
  std::string indexes;
  bool named = false;
  for (const Column& column : columns_) {
    indexes += fmt::format("{}{}", indexes.empty() ? "" : ",", column.index);
    named = named || !column.name.empty();
    names.push_back(fmt::format("{}:{}", column.index, column.name));
  }
  if (named) d.other["ColumnNames"] = std::move(names);
  d.other["Columns"] = indexes;
  d.inputs.push_back(input_->describe());
  return d;
}

}  // namespace vif::vtgate::engine
