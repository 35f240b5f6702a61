#include "vtgate/engine/primitive.h"

#include "vtgate/engine/packets.h"

namespace vif::vtgate::engine {

Status Primitive::execute_raw(ExecContext& context, const Bindings& bindings,
                              mysql::ResultSink& sink) const {
  EncodingSink encoding(sink);
  return execute(context, bindings, encoding);
}

Status Collected::fields(const Fields& fields) {
  all_fields = fields;
  return {};
}

Result<Flow> Collected::rows(Rows batch) {
  if (all_rows.empty()) {
    all_rows = std::move(batch);
  } else {
    std::move(batch.begin(), batch.end(), std::back_inserter(all_rows));
  }
  return Flow::kMore;
}

Status Collected::end(const mysql::ResultEnd& end) {
  result_end = end;
  return {};
}

}  // namespace vif::vtgate::engine
