#include "mysql/rows.h"

#include "mysql/binary_value.h"
#include "mysql/error_codes.h"

namespace vif::mysql {
namespace {

Error malformed_row() { return mysql_error(cr::kMalformedPacket, "Malformed packet"); }

// What goes out in one block: large enough to be cheap, small enough to stream.
constexpr size_t kBlockSize = 32 * 1024;

}  // namespace

Status RowSplitter::malformed() { return malformed_row(); }

Result<types::Field> parse_column(std::string_view payload) {
  ByteReader reader(payload);
  types::Field field;
  read_lenenc_string(reader);  // catalog
  field.database = read_lenenc_string(reader);
  field.table = read_lenenc_string(reader);
  field.org_table = read_lenenc_string(reader);
  field.name = read_lenenc_string(reader);
  field.org_name = read_lenenc_string(reader);
  read_lenenc(reader);  // length of what follows
  field.charset = reader.u16();
  field.column_length = reader.u32();
  const uint8_t type = reader.u8();
  const uint16_t flags = reader.u16();
  field.decimals = reader.u8();
  if (!reader.ok()) return malformed_row();
  field.flags = flags;
  field.type = types::from_mysql(type, flags, field.charset);
  return field;
}

void append_column(std::string& payload, const types::Field& field) {
  const types::MysqlType type = types::to_mysql(field.type);
  append_lenenc_string(payload, "def");
  append_lenenc_string(payload, field.database);
  append_lenenc_string(payload, field.table);
  append_lenenc_string(payload, field.org_table);
  append_lenenc_string(payload, field.name);
  append_lenenc_string(payload, field.org_name);
  payload.push_back('\x0c');
  append_fixed(payload, field.charset, 2);
  append_fixed(payload, field.column_length, 4);
  payload.push_back(static_cast<char>(type.type));
  append_fixed(payload, field.flags | type.flags, 2);
  payload.push_back(static_cast<char>(field.decimals));
  payload.append(2, '\0');
}

Result<std::vector<types::Field>> parse_columns(uint32_t count, std::string_view packets) {
  std::vector<types::Field> fields;
  PacketWalker walker(packets);
  std::string_view payload;
  while (walker.next(payload)) fields.push_back(VIF_TRY(parse_column(payload)));
  if (walker.malformed() || fields.size() != count) return malformed_row();
  return fields;
}

std::string make_columns(std::span<const types::Field> fields) {
  std::string packets;
  uint8_t sequence = 0;
  for (const types::Field& field : fields) {
    const size_t start = start_packet(packets);
    append_column(packets, field);
    finish_packet(packets, start, sequence);
  }
  return packets;
}

Status split_text_row(std::string_view payload, size_t count, std::vector<RawColumn>& columns) {
  columns.resize(count);
  ByteReader reader(payload);
  for (RawColumn& column : columns) {
    column.is_null = reader.peek() == kNullColumn && !reader.at_end();
    if (column.is_null) {
      reader.skip(1);
      column.bytes = {};
    } else {
      column.bytes = read_lenenc_string(reader);
    }
  }
  if (!reader.ok() || !reader.at_end()) return malformed_row();
  return {};
}

Result<types::Row> decode_text_row(std::string_view payload, std::span<const types::Field> fields) {
  types::Row row(fields.size());
  ByteReader reader(payload);
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!reader.at_end() && reader.peek() == kNullColumn) {
      reader.skip(1);
      continue;
    }
    row[i].type = fields[i].type;
    row[i].bytes = read_lenenc_string(reader);
  }
  if (!reader.ok() || !reader.at_end()) return malformed_row();
  return row;
}

void append_text_row(std::string& payload, std::span<const types::Value> row) {
  for (const types::Value& value : row) {
    if (value.is_null()) {
      payload.push_back(static_cast<char>(kNullColumn));
    } else {
      append_lenenc_string(payload, value.bytes);
    }
  }
}

namespace {

// A binary row begins with a zero byte and a bitmap of NULLs that leaves its first two bits free.
size_t start_binary_row(std::string& payload, size_t count) {
  payload.push_back('\0');
  const size_t bitmap = payload.size();
  payload.append((count + 9) / 8, '\0');
  return bitmap;
}

void set_null(std::string& payload, size_t bitmap, size_t i) {
  payload[bitmap + (i + 2) / 8] =
      static_cast<char>(payload[bitmap + (i + 2) / 8] | 1 << ((i + 2) % 8));
}

}  // namespace

void append_binary_row(std::string& payload, std::span<const types::Field> fields,
                       std::span<const types::Value> row) {
  const size_t bitmap = start_binary_row(payload, row.size());
  for (size_t i = 0; i < row.size(); ++i) {
    if (row[i].is_null()) {
      set_null(payload, bitmap, i);
    } else {
      append_binary_value(payload, types::to_mysql(fields[i].type).type, row[i].bytes);
    }
  }
}

Status binary_row_from_text(std::string_view text, std::span<const types::Field> fields,
                            std::string& binary) {
  const size_t bitmap = start_binary_row(binary, fields.size());
  ByteReader reader(text);
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!reader.at_end() && reader.peek() == kNullColumn) {
      reader.skip(1);
      set_null(binary, bitmap, i);
      continue;
    }
    append_binary_value(binary, types::to_mysql(fields[i].type).type, read_lenenc_string(reader));
  }
  if (!reader.ok() || !reader.at_end()) return malformed_row();
  return {};
}

Result<types::Row> decode_binary_row(std::string_view payload,
                                     std::span<const types::Field> fields) {
  types::Row row(fields.size());
  ByteReader reader(payload);
  reader.skip(1);
  const std::string_view bitmap = reader.take((fields.size() + 9) / 8);
  if (!reader.ok()) return malformed_row();
  for (size_t i = 0; i < fields.size(); ++i) {
    if ((static_cast<uint8_t>(bitmap[(i + 2) / 8]) >> ((i + 2) % 8) & 1) != 0) continue;
    row[i].type = fields[i].type;
    read_binary_value(reader, fields[i], row[i].bytes);
  }
  if (!reader.ok() || !reader.at_end()) return malformed_row();
  return row;
}

Status DecodingSink::columns(uint32_t count, std::string_view packets) {
  fields_ = VIF_TRY(parse_columns(count, packets));
  return on_fields();
}

Status DecodingSink::rows(std::string_view packets) {
  return splitter_.feed(packets, [this](std::string_view payload) -> Status {
    types::Row row =
        VIF_TRY(binary_ ? decode_binary_row(payload, fields_) : decode_text_row(payload, fields_));
    return on_row(std::move(row));
  });
}

Status RowEncoder::fields(std::span<const types::Field> fields) {
  return sink_.columns(static_cast<uint32_t>(fields.size()), make_columns(fields));
}

Status RowEncoder::row(std::span<const types::Value> row) {
  const size_t start = start_packet(block_);
  append_text_row(block_, row);
  finish_packet(block_, start, sequence_);
  if (block_.size() < kBlockSize) return {};
  Status sent = sink_.rows(block_);
  block_.clear();
  return sent;
}

Status RowEncoder::end(const ResultEnd& end) {
  if (!block_.empty()) {
    Status sent = sink_.rows(block_);
    block_.clear();
    VIF_TRY(sent);
  }
  return sink_.end(end);
}

Status BinaryRowSink::columns(uint32_t count, std::string_view packets) {
  fields_ = VIF_TRY(parse_columns(count, packets));
  return to_.columns(count, packets);
}

Status BinaryRowSink::rows(std::string_view packets) {
  block_.clear();
  uint8_t sequence = 0;
  VIF_TRY(splitter_.feed(packets, [&](std::string_view payload) -> Status {
    const size_t start = start_packet(block_);
    VIF_TRY(binary_row_from_text(payload, fields_, block_));
    finish_packet(block_, start, sequence);
    return {};
  }));
  return block_.empty() ? Status() : to_.rows(block_);
}

}  // namespace vif::mysql
