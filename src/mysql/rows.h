// Column definitions and rows: between packet payloads and types::Field, types::Value. Also between
// the text and the binary row format.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mysql/packet.h"
#include "mysql/result_sink.h"
#include "types/value.h"

namespace vif::mysql {

// Payload of a column definition packet. Errors: 2027 malformed.
Result<types::Field> parse_column(std::string_view payload);
void append_column(std::string& payload, const types::Field& field);
// All definitions of ResultSink::columns.
Result<std::vector<types::Field>> parse_columns(uint32_t count, std::string_view packets);
// Definitions as whole packets, for ResultSink::columns; sequence bytes are to be renumbered.
std::string make_columns(std::span<const types::Field> fields);

// One column of a text row, undecoded. `is_null` has no bytes.
struct RawColumn {
  std::string_view bytes;
  bool is_null = false;
};
// Splits a text row's payload into `count` columns, views into it. Errors: 2027.
Status split_text_row(std::string_view payload, size_t count, std::vector<RawColumn>& columns);

// Values take their type from the fields. Errors: 2027.
Result<types::Row> decode_text_row(std::string_view payload, std::span<const types::Field> fields);
Result<types::Row> decode_binary_row(std::string_view payload,
                                     std::span<const types::Field> fields);
void append_text_row(std::string& payload, std::span<const types::Value> row);
// Values are in text form; those that do not fit their field's type (a number that is none) become
// zero.
void append_binary_row(std::string& payload, std::span<const types::Field> fields,
                       std::span<const types::Value> row);
// A text row's payload as a binary row's, appended. A FLOAT keeps the six digits that the text has.
// Errors: 2027.
Status binary_row_from_text(std::string_view text, std::span<const types::Field> fields,
                            std::string& binary);

// Turns blocks of packets back into whole rows: joins a row of several packets.
class RowSplitter {
 public:
  // Calls `on_row(payload)` (returning Status) for each row that is complete in `packets`.
  template <typename OnRow>
  Status feed(std::string_view packets, OnRow&& on_row) {
    PacketWalker walker(packets);
    std::string_view payload;
    while (walker.next(payload)) {
      if (partial_.empty() && payload.size() < kPacketPayloadMax) {
        VIF_TRY(on_row(payload));
        continue;
      }
      partial_.append(payload);
      if (payload.size() == kPacketPayloadMax) continue;
      Status done = on_row(std::string_view(partial_));
      partial_.clear();
      if (!done.ok()) return done;
    }
    return walker.malformed() ? malformed() : Status();
  }

 private:
  static Status malformed();
  std::string partial_;
};

// Decodes a result for those who must look into it. `binary`: rows came from a prepared statement.
class DecodingSink : public ResultSink {
 public:
  explicit DecodingSink(bool binary = false) : binary_(binary) {}

  // After columns() and before the first row. The default keeps them in fields().
  virtual Status on_fields() { return {}; }
  virtual Status on_row(types::Row row) = 0;
  virtual Status on_end(const ResultEnd&) { return {}; }

  const std::vector<types::Field>& fields() const { return fields_; }

  Status columns(uint32_t count, std::string_view packets) final;
  Status rows(std::string_view packets) final;
  Status end(const ResultEnd& end) final { return on_end(end); }

 private:
  std::vector<types::Field> fields_;
  RowSplitter splitter_;
  bool binary_;
};

// Sends decoded rows into a packet sink, in blocks. Text rows.
class RowEncoder {
 public:
  explicit RowEncoder(ResultSink& sink) : sink_(sink) {}
  Status fields(std::span<const types::Field> fields);
  Status row(std::span<const types::Value> row);
  Status end(const ResultEnd& end);

 private:
  ResultSink& sink_;
  std::string block_;
  uint8_t sequence_ = 0;
};

// Passes a text-row result on as binary rows, for COM_STMT_EXECUTE answered by a text query.
class BinaryRowSink final : public ResultSink {
 public:
  explicit BinaryRowSink(ResultSink& to) : to_(to) {}
  Status columns(uint32_t count, std::string_view packets) override;
  Status rows(std::string_view packets) override;
  Status end(const ResultEnd& end) override { return to_.end(end); }

 private:
  ResultSink& to_;
  std::vector<types::Field> fields_;
  RowSplitter splitter_;
  std::string block_;
};

}  // namespace vif::mysql
