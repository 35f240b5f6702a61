#include "vtgate/engine/memory_sort.h"

#include <algorithm>

#include "vtgate/engine/description.h"
#include "vtgate/engine/trim.h"

namespace vif::vtgate::engine {

Status MemorySort::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  Collected input;
  VIF_TRY(input_->execute(context, bindings, input));
  VIF_TRY(check_sortable(input.all_fields, order_by_));
  std::stable_sort(input.all_rows.begin(), input.all_rows.end(),
                   [this](const types::Row& a, const types::Row& b) {
                     return compare_rows(a, b, order_by_) < 0;
                   });
  TrimSink trim(sink, visible_);
  RowSink& to = visible_ == 0 ? sink : trim;
  VIF_TRY(to.fields(input.all_fields));
  VIF_TRY(to.rows(std::move(input.all_rows)));
  return to.end(input.result_end);
}

Result<Fields> MemorySort::fields(ExecContext& context, const Bindings& bindings) const {
  Fields fields = VIF_TRY(input_->fields(context, bindings));
  if (visible_ != 0 && fields.size() > visible_) fields.resize(visible_);
  return fields;
}

Description MemorySort::describe() const {
  Description d;
  d.operator_type = "Sort";
  d.variant = "Memory";
  d.other["OrderBy"] = to_string(order_by_);
  if (visible_ != 0) d.other["ResultColumns"] = static_cast<int64_t>(visible_);
  d.inputs.push_back(input_->describe());
  return d;
}

}  // namespace vif::vtgate::engine
