#include "vtgate/engine/packets.h"

#include "base/bytes.h"

namespace vif::vtgate::engine {

namespace {

constexpr size_t kHeaderSize = 4;
constexpr size_t kPayloadMax = 0xffffff;

Error malformed(std::string_view what) {
  return Error(Code::kInternal, fmt::format("malformed {} from a server", what));
}

// Length-encoded integer; `null` set for the NULL marker.
uint64_t length_encoded(ByteReader& in, bool& null) {
  null = false;
  const uint8_t first = in.u8();
  switch (first) {
    case 0xfb: null = true; return 0;
    case 0xfc: return in.u16();
    case 0xfd: return in.fixed(3);
    case 0xfe: return in.u64();
    case 0xff: in.fail(); return 0;
    default: return first;
  }
}

std::string_view length_encoded_bytes(ByteReader& in) {
  bool null;
  const uint64_t size = length_encoded(in, null);
  if (null) in.fail();
  return in.take(size);
}

void append_length(std::string& out, uint64_t value) {
  if (value < 0xfb) {
    out.push_back(static_cast<char>(value));
  } else if (value <= 0xffff) {
    out.push_back('\xfc');
    append_fixed(out, value, 2);
  } else if (value <= 0xffffff) {
    out.push_back('\xfd');
    append_fixed(out, value, 3);
  } else {
    out.push_back('\xfe');
    append_fixed(out, value, 8);
  }
}

void append_bytes(std::string& out, std::string_view bytes) {
  append_length(out, bytes.size());
  out.append(bytes);
}

// Adds the headers of a payload that may need several packets.
void append_packet(std::string& out, std::string_view payload) {
  for (;;) {
    const std::string_view part = payload.substr(0, kPayloadMax);
    append_fixed(out, part.size(), 3);
    out.push_back('\0');
    out.append(part);
    payload.remove_prefix(part.size());
    if (part.size() < kPayloadMax) return;
  }
}

Result<types::Field> decode_column(std::string_view payload) {
  ByteReader in(payload);
  length_encoded_bytes(in);  // catalog, always "def"
  types::Field field;
  field.database = length_encoded_bytes(in);
  field.table = length_encoded_bytes(in);
  field.org_table = length_encoded_bytes(in);
  field.name = length_encoded_bytes(in);
  field.org_name = length_encoded_bytes(in);
  // MariaDB's extended metadata is only sent to who asks for it.
  bool null;
  length_encoded(in, null);  // the size of what follows, always 12
  field.charset = in.u16();
  field.column_length = in.u32();
  const uint8_t type = in.u8();
  field.flags = in.u16();
  field.decimals = in.u8();
  if (!in.ok()) return malformed("column definition");
  field.type = types::from_mysql(type, static_cast<uint16_t>(field.flags), field.charset);
  return field;
}

Status decode_row(const Fields& fields, std::string_view payload, Rows& rows) {
  ByteReader in(payload);
  types::Row row;
  row.reserve(fields.size());
  for (const types::Field& field : fields) {
    bool null;
    const uint64_t size = length_encoded(in, null);
    if (null) {
      row.emplace_back();
    } else {
      row.push_back({field.type, std::string(in.take(size))});
    }
  }
  if (!in.ok() || !in.at_end()) return malformed("row");
  rows.push_back(std::move(row));
  return {};
}

}  // namespace

Result<Fields> decode_columns(uint32_t count, std::string_view packets) {
  Fields fields;
  fields.reserve(count);
  ByteReader in(packets);
  for (uint32_t i = 0; i < count; ++i) {
    const size_t size = in.fixed(3);
    in.skip(1);
    const std::string_view payload = in.take(size);
    if (!in.ok()) return malformed("column definition");
    fields.push_back(VIF_TRY(decode_column(payload)));
  }
  return fields;
}

Status decode_rows(const Fields& fields, std::string_view packets, Rows& rows) {
  ByteReader in(packets);
  std::string joined;
  while (!in.at_end()) {
    size_t size = in.fixed(3);
    in.skip(1);
    std::string_view payload = in.take(size);
    if (size == kPayloadMax) {
      joined.assign(payload);
      while (in.ok() && size == kPayloadMax) {
        size = in.fixed(3);
        in.skip(1);
        joined.append(in.take(size));
      }
      payload = joined;
    }
    if (!in.ok()) return malformed("row");
    VIF_TRY(decode_row(fields, payload, rows));
  }
  return {};
}

void encode_columns(const Fields& fields, std::string& out) {
  std::string payload;
  for (const types::Field& field : fields) {
    payload.clear();
    append_bytes(payload, "def");
    append_bytes(payload, field.database);
    append_bytes(payload, field.table);
    append_bytes(payload, field.org_table);
    append_bytes(payload, field.name);
    append_bytes(payload, field.org_name);
    payload.push_back(0x0c);
    const types::MysqlType type = types::to_mysql(field.type);
    append_fixed(payload, field.charset, 2);
    append_fixed(payload, field.column_length, 4);
    append_fixed(payload, type.type, 1);
    append_fixed(payload, field.flags | type.flags, 2);
    append_fixed(payload, field.decimals, 1);
    append_fixed(payload, 0, 2);
    append_packet(out, payload);
  }
}

void encode_rows(std::span<const types::Row> rows, std::string& out) {
  std::string payload;
  for (const types::Row& row : rows) {
    payload.clear();
    for (const types::Value& value : row) {
      if (value.is_null()) {
        payload.push_back('\xfb');
      } else {
        append_bytes(payload, value.bytes);
      }
    }
    append_packet(out, payload);
  }
}

Status DecodingSink::columns(uint32_t count, std::string_view packets) {
  fields_ = VIF_TRY(decode_columns(count, packets));
  return to_.fields(fields_);
}

Status DecodingSink::rows(std::string_view packets) {
  if (enough_) return {};
  Rows batch;
  VIF_TRY(decode_rows(fields_, packets, batch));
  enough_ = VIF_TRY(to_.rows(std::move(batch))) == Flow::kEnough;
  return {};
}

Status EncodingSink::fields(const Fields& fields) {
  std::string packets;
  encode_columns(fields, packets);
  return to_.columns(static_cast<uint32_t>(fields.size()), packets);
}

Result<Flow> EncodingSink::rows(Rows batch) {
  if (batch.empty()) return Flow::kMore;
  std::string packets;
  encode_rows(batch, packets);
  VIF_TRY(to_.rows(packets));
  return Flow::kMore;
}

}  // namespace vif::vtgate::engine
