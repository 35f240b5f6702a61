// Results between MySQL packets and Vitess's fields and rows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mysql/result_sink.h"
#include "mysql/rows.h"
#include "types/value.h"

namespace query {
class QueryResult;
class Row;
}  // namespace query

namespace vif::clients {

// Which parts of fields go out: query.ExecuteOptions.IncludedFields.
enum class IncludedFields : uint8_t { kTypeAndName = 0, kTypeOnly = 1, kAll = 2 };

// Packets in, rows of QueryResult out. What came so far is in result(); who owns it may send it as
// a piece and clear it at any time.
class RowsIntoProto {
 public:
  RowsIntoProto(query::QueryResult& result, IncludedFields included)
      : result_(result), included_(included) {}

  Status columns(uint32_t count, std::string_view packets);
  Status rows(std::string_view packets);
  void end(const mysql::ResultEnd& end);
  // Bytes of rows put into result() since it was last cleared.
  size_t bytes() const { return bytes_; }
  void cleared() { bytes_ = 0; }

 private:
  query::QueryResult& result_;
  IncludedFields included_;
  size_t column_count_ = 0;
  size_t bytes_ = 0;
  mysql::RowSplitter splitter_;
  std::vector<mysql::RawColumn> columns_;
};

// Pieces of Vitess's result in, packets into a sink out.
class ProtoIntoSink {
 public:
  explicit ProtoIntoSink(mysql::ResultSink& sink) : sink_(sink) {}

  // The next piece; the first with fields makes the columns. Errors: the sink's; kInternal when the
  // piece is malformed.
  Status piece(const query::QueryResult& result);
  // After the last.
  Status end();

 private:
  mysql::ResultSink& sink_;
  mysql::ResultEnd end_;
  bool has_columns_ = false;
  size_t column_count_ = 0;
  uint8_t sequence_ = 0;
  std::string packets_;
};

}  // namespace vif::clients
