#include "vtgate/engine/rows.h"

#include "vtgate/engine/description.h"

namespace vif::vtgate::engine {

Status SingleRow::execute(ExecContext&, const Bindings&, RowSink& sink) const {
  VIF_TRY(sink.fields({}));
  VIF_TRY(sink.rows(Rows(1)));
  return sink.end({});
}

Result<Fields> SingleRow::fields(ExecContext&, const Bindings&) const { return Fields(); }

Description SingleRow::describe() const {
  Description d;
  d.operator_type = "SingleRow";
  return d;
}

Status FixedRows::execute(ExecContext&, const Bindings&, RowSink& sink) const {
  VIF_TRY(sink.fields(fields_));
  VIF_TRY(sink.rows(rows_));
  return sink.end({});
}

Result<Fields> FixedRows::fields(ExecContext&, const Bindings&) const { return fields_; }

Description FixedRows::describe() const {
  Description d;
  d.operator_type = "Rows";
  d.other["RowCount"] = static_cast<int64_t>(rows_.size());
  return d;
}

}  // namespace vif::vtgate::engine
