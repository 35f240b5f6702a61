// Leaves off the columns that only served sorting or comparing.
#pragma once

#include "vtgate/engine/row_sink.h"

namespace vif::vtgate::engine {

class TrimSink : public RowSink {
 public:
  // Passes on the first `columns`.
  TrimSink(RowSink& to, size_t columns) : to_(to), columns_(columns) {}

  Status fields(const Fields& fields) override {
    if (fields.size() <= columns_) return to_.fields(fields);
    return to_.fields(Fields(fields.begin(), fields.begin() + static_cast<ptrdiff_t>(columns_)));
  }
  Result<Flow> rows(Rows batch) override {
    for (types::Row& row : batch) {
      if (row.size() > columns_) row.resize(columns_);
    }
    return to_.rows(std::move(batch));
  }
  Status end(const mysql::ResultEnd& end) override { return to_.end(end); }

 private:
  RowSink& to_;
  size_t columns_;
};

}  // namespace vif::vtgate::engine
