// An UPDATE or DELETE of rows that only a query over several shards can find: their primary keys
// are read first, then those rows are changed where they are.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

// The keys found, as a list: values, or tuples of them.
inline constexpr std::string_view kDmlValuesVariable = "dml_vals";

class DmlWithInput : public Primitive {
 public:
  // A table whose rows change.
  struct Target {
    std::vector<size_t> key;  // the input's columns that make its primary key
    std::map<std::string, size_t>
        values;  // bind variables of `dml` that have another value for each row -> column
    PrimitivePtr dml;
  };
  DmlWithInput(PrimitivePtr input, std::vector<Target> targets)
      : input_(std::move(input)), targets_(std::move(targets)) {}

  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Status execute_raw(ExecContext& context, const Bindings& bindings,
                     mysql::ResultSink& sink) const override;
  Result<Fields> fields(ExecContext&, const Bindings&) const override { return Fields(); }
  Description describe() const override;

 private:
  PrimitivePtr input_;
  std::vector<Target> targets_;
};

}  // namespace vif::vtgate::engine
