// Where decoded rows go: from one primitive to the one above it. Always streaming.
#pragma once

#include <vector>

#include "base/result.h"
#include "mysql/result_sink.h"
#include "types/value.h"

namespace vif::vtgate::engine {

using Fields = std::vector<types::Field>;
using Rows = std::vector<types::Row>;

// What the receiver of rows wants next. A source that is told kEnough may stop early, but must
// still call end(); rows that it sends nevertheless are ignored.
enum class Flow : uint8_t { kMore, kEnough };

class RowSink {
 public:
  virtual ~RowSink() = default;
  // Once, first, for results with columns.
  virtual Status fields(const Fields& fields) = 0;
  // Any number of times; batches of any size, empty ones too.
  virtual Result<Flow> rows(Rows batch) = 0;
  // Once, last, on success.
  virtual Status end(const mysql::ResultEnd& end) = 0;
};

// The result in memory.
struct Collected : RowSink {
  Fields all_fields;
  Rows all_rows;
  mysql::ResultEnd result_end;

  Status fields(const Fields& fields) override;
  Result<Flow> rows(Rows batch) override;
  Status end(const mysql::ResultEnd& end) override;
};

}  // namespace vif::vtgate::engine
