// Between the servers' packets and decoded rows: column definitions and rows of the text protocol.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "vtgate/engine/row_sink.h"

namespace vif::vtgate::engine {

// `packets`: whole packets with headers. Errors: kInternal when malformed.
Result<Fields> decode_columns(uint32_t count, std::string_view packets);
// Appends to `rows`. Values take the fields' types.
Status decode_rows(const Fields& fields, std::string_view packets, Rows& rows);

// Appends packets to `out`; sequence numbers are 0 (who writes to a client renumbers).
void encode_columns(const Fields& fields, std::string& out);
void encode_rows(std::span<const types::Row> rows, std::string& out);

// A ResultSink that decodes into a RowSink. Once that has enough, the rest is dropped unread.
class DecodingSink : public mysql::ResultSink {
 public:
  explicit DecodingSink(RowSink& to) : to_(to) {}
  Status columns(uint32_t count, std::string_view packets) override;
  Status rows(std::string_view packets) override;
  Status end(const mysql::ResultEnd& end) override { return to_.end(end); }

 private:
  RowSink& to_;
  Fields fields_;
  bool enough_ = false;
};

// The other way round.
class EncodingSink : public RowSink {
 public:
  explicit EncodingSink(mysql::ResultSink& to) : to_(to) {}
  Status fields(const Fields& fields) override;
  Result<Flow> rows(Rows batch) override;
  Status end(const mysql::ResultEnd& end) override { return to_.end(end); }

 private:
  mysql::ResultSink& to_;
};

}  // namespace vif::vtgate::engine
