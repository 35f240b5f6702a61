#include "vtgate/engine/distinct.h"

#include <unordered_set>

#include "types/collation/collation.h"
#include "vtgate/engine/description.h"
#include "vtgate/engine/trim.h"

namespace vif::vtgate::engine {

namespace {

class DistinctSink : public RowSink {
 public:
  DistinctSink(RowSink& to, std::span<const OrderBy> columns) : to_(to), columns_(columns) {}

  Status fields(const Fields& fields) override {
    VIF_TRY(check_hashable(fields));
    return to_.fields(fields);
  }
  Result<Flow> rows(Rows batch) override {
    std::string key;
    std::erase_if(batch, [&](const types::Row& row) {
      key.clear();
      for (const OrderBy& column : columns_) append_key(row, column, key);
      return !seen_.insert(key).second;
    });
    return to_.rows(std::move(batch));
  }
  Status end(const mysql::ResultEnd& end) override { return to_.end(end); }

 private:
  // ENUM and SET cannot be sorted by what a result shows, but they can be told apart.
  Status check_hashable(const Fields& fields) const {
    std::vector<OrderBy> to_check;
    for (const OrderBy& column : columns_) {
      const types::Type type = fields[column.column].type;
      if (column.weight_column < 0 || (type != types::Type::kEnum && type != types::Type::kSet)) {
        to_check.push_back(column);
      }
    }
    return check_sortable(fields, to_check);
  }

  RowSink& to_;
  std::span<const OrderBy> columns_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

Status Distinct::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  TrimSink trim(sink, visible_);
  DistinctSink distinct(visible_ == 0 ? sink : trim, columns_);
  return input_->execute(context, bindings, distinct);
}

Result<Fields> Distinct::fields(ExecContext& context, const Bindings& bindings) const {
  Fields fields = VIF_TRY(input_->fields(context, bindings));
  if (visible_ != 0 && fields.size() > visible_) fields.resize(visible_);
  return fields;
}

Description Distinct::describe() const {
  Description d;
  d.operator_type = "Distinct";
  std::vector<std::string> columns;
  for (const OrderBy& c : columns_) {
    columns.push_back(c.weight_column < 0 ? std::to_string(c.column)
                                          : fmt::format("({}:{})", c.column, c.weight_column));
    if (c.weight_column < 0 && c.collation != 0)
      columns.back() += ": " + types::find_collation(c.collation)->name;
  }
  d.other["Collations"] = std::move(columns);
  if (visible_ != 0) d.other["ResultColumns"] = static_cast<int64_t>(visible_);
  d.inputs.push_back(input_->describe());
  return d;
}

}  // namespace vif::vtgate::engine
