// A query that only a server can compute, over rows of many shards: the rows of its tables are read
// first, and travel inside the query, as JSON that JSON_TABLE makes tables of, to one shard's
// server.
#pragma once

#include <string>
#include <vector>

#include "vtgate/engine/primitive.h"

namespace vif::vtgate::engine {

class Gathered : public Primitive {
 public:
  // How a value is written into the JSON.
  enum class Form : uint8_t {
    kText,   // as a string
    kBytes,  // in base64
    kDate,   // as a string; a date with zero parts is refused, as JSON_TABLE would make it NULL
    kWhole,  // the same, and a fraction of a second is refused: the column's type is not known to have one
  };
  struct Input {
    PrimitivePtr rows;
    std::string variable;  // that gets the JSON: an array of rows, each an array
    std::vector<Form> columns;
  };
  struct Spec {
    std::vector<Input> inputs;
    PrimitivePtr query;  // over the variables
    bool has_own_types =
        false;  // query->fields() asks the real tables: it knows the true types, and checks names first
    // Not empty: the variable that gets the session's sql_mode without ONLY_FULL_GROUP_BY. Keys of
    // the real tables let it pass; JSON_TABLE has none.
    std::string mode_variable;
  };
  // Bytes of JSON that one query may carry.
  static constexpr size_t kBytesMax = 12 << 20;

  explicit Gathered(Spec spec) : spec_(std::move(spec)) {}

  // Errors: kResourceExhausted when the rows are more than kBytesMax.
  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  Status fill_variables(ExecContext& context, const Bindings& bindings, Bindings& scope) const;

  Spec spec_;
};

}  // namespace vif::vtgate::engine
