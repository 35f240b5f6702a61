// An UPDATE or DELETE of rows that only a query over several shards can find: their primary keys are read first, then
// those rows are changed where they are.
#pragma once

#include <vector>

#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

// The keys found, as a list: values, or tuples of them.
inline constexpr std::string_view kDmlValuesVariable = "dml_vals";

class DmlWithInput : public Primitive {
 public:
  // `key`: the input's columns that make a primary key.
  DmlWithInput(PrimitivePtr input, std::vector<size_t> key, PrimitivePtr dml)
      : input_(std::move(input)), key_(std::move(key)), dml_(std::move(dml)) {}

  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Status execute_raw(ExecContext& context, const Bindings& bindings, mysql::ResultSink& sink) const override;
  Result<Fields> fields(ExecContext&, const Bindings&) const override { return Fields(); }
  Description describe() const override;

 private:
  PrimitivePtr input_;
  std::vector<size_t> key_;
  PrimitivePtr dml_;
};

}  // namespace vif::vtgate::engine
