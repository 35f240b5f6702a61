#include "mysql/commands.h"

#include <cmath>

#include "mysql/binary_value.h"
#include "mysql/error_codes.h"
#include "mysql/packet.h"

namespace vif::mysql {
namespace {

using types::Type;

constexpr uint16_t kUnsignedParameter = 0x8000;

Error malformed_command() {
  return mysql_error(er::kMalformedPacket, "Malformed communication packet.");
}
Error wrong_arguments(std::string_view function) {
  return mysql_error(er::kWrongArguments, fmt::format("Incorrect arguments to {}", function));
}

bool is_null_bit(std::string_view bitmap, size_t i) {
  return (static_cast<uint8_t>(bitmap[i / 8]) >> (i % 8) & 1) != 0;
}

types::Value integer(Type is_signed, Type is_unsigned, uint16_t type, int64_t as_signed,
                     uint64_t as_unsigned) {
  const bool no_sign = (type & kUnsignedParameter) != 0;
  return {no_sign ? is_unsigned : is_signed,
          no_sign ? fmt::format("{}", as_unsigned) : fmt::format("{}", as_signed)};
}

// Shortest text that reads back as the same number; there is none for infinities and NaN.
template <typename Float>
std::optional<std::string> float_text(ByteReader& reader) {
  const std::string_view bytes = reader.take(sizeof(Float));
  Float value = 0;
  if (bytes.size() == sizeof(Float)) std::memcpy(&value, bytes.data(), sizeof value);
  if (!std::isfinite(value)) return std::nullopt;
  return fmt::format("{}", value);
}

Type string_type(uint8_t type) {
  switch (type) {
    case column::kDecimal:
    case column::kNewDecimal: return Type::kDecimal;
    case column::kBit: return Type::kBit;
    case column::kTinyBlob:
    case column::kMediumBlob:
    case column::kLongBlob:
    case column::kBlob:
    case column::kVector: return Type::kVarbinary;
    case column::kGeometry: return Type::kGeometry;
    case column::kJson: return Type::kJson;
    default: return Type::kVarchar;
  }
}

bool is_known_type(uint8_t type) {
  return type <= column::kBit || type == column::kVector || (type >= column::kJson);
}

Result<types::BindVariable> read_value(ByteReader& reader, uint16_t typed) {
  const auto type = static_cast<uint8_t>(typed);
  types::Value value;
  constexpr uint32_t kAsNeeded = 31;
  switch (type) {
    case column::kNull: return types::BindVariable();
    case column::kTiny: {
      const uint8_t v = reader.u8();
      value = integer(Type::kInt8, Type::kUint8, typed, static_cast<int8_t>(v), v);
      break;
    }
    case column::kShort: {
      const uint16_t v = reader.u16();
      value = integer(Type::kInt16, Type::kUint16, typed, static_cast<int16_t>(v), v);
      break;
    }
    case column::kYear: value = {Type::kYear, fmt::format("{:04}", reader.u16())}; break;
    case column::kLong:
    case column::kInt24: {
      const uint32_t v = reader.u32();
      value = integer(Type::kInt32, Type::kUint32, typed, static_cast<int32_t>(v), v);
      break;
    }
    case column::kLongLong: {
      const uint64_t v = reader.u64();
      value = integer(Type::kInt64, Type::kUint64, typed, static_cast<int64_t>(v), v);
      break;
    }
    case column::kFloat:
    case column::kDouble: {
      auto text = type == column::kFloat ? float_text<float>(reader) : float_text<double>(reader);
      if (!text) return wrong_arguments("mysqld_stmt_execute");
      value = {type == column::kFloat ? Type::kFloat32 : Type::kFloat64, std::move(*text)};
      break;
    }
    case column::kDate:
    case column::kNewDate:
      value.type = Type::kDate;
      read_binary_datetime(reader, true, kAsNeeded, value.bytes);
      break;
    case column::kDatetime:
    case column::kTimestamp:
      value.type = type == column::kDatetime ? Type::kDatetime : Type::kTimestamp;
      read_binary_datetime(reader, false, kAsNeeded, value.bytes);
      break;
    case column::kTime:
      value.type = Type::kTime;
      read_binary_time(reader, kAsNeeded, value.bytes);
      break;
    default:
      if (!is_known_type(type)) return malformed_command();
      value.type = string_type(type);
      value.bytes = read_lenenc_string(reader);
  }
  if (!reader.ok()) return malformed_command();
  return types::BindVariable(std::move(value));
}

struct ParameterBlock {
  std::vector<uint16_t> types;
  std::vector<std::string_view> names;
};

// The (type, name) pairs that follow a "types are bound" flag.
Status read_types(ByteReader& reader, size_t count, bool named, ParameterBlock& block) {
  for (size_t i = 0; i < count && reader.ok(); ++i) {
    block.types.push_back(reader.u16());
    if (named) block.names.push_back(read_lenenc_string(reader));
  }
  return reader.ok() ? Status() : malformed_command();
}

}  // namespace

Result<types::BindVariable> take_binary_value(std::string_view& bytes, uint16_t type) {
  ByteReader reader(bytes);
  types::BindVariable value = VIF_TRY(read_value(reader, type));
  bytes.remove_prefix(reader.position());
  return value;
}

Result<QueryCommand> parse_query(std::string_view payload, uint32_t capabilities) {
  if ((capabilities & cap::kQueryAttributes) == 0) return QueryCommand{payload, {}};
  QueryCommand command;
  ByteReader reader(payload);
  const uint64_t count = read_lenenc(reader);
  const uint64_t sets = read_lenenc(reader);
  if (!reader.ok() || sets != 1 || count > reader.remaining()) return malformed_command();
  if (count > 0) {
    const std::string_view nulls = reader.take((count + 7) / 8);
    if (reader.u8() != 1) return malformed_command();
    ParameterBlock block;
    VIF_TRY(read_types(reader, count, true, block));
    for (size_t i = 0; i < count; ++i) {
      QueryAttribute attribute;
      attribute.name = block.names[i];
      if (!is_null_bit(nulls, i)) attribute.value = VIF_TRY(read_value(reader, block.types[i]));
      command.attributes.push_back(std::move(attribute));
    }
  }
  command.sql = reader.rest();
  return command;
}

std::optional<uint32_t> statement_id(std::string_view payload) {
  ByteReader reader(payload);
  const uint32_t id = reader.u32();
  return reader.ok() ? std::optional(id) : std::nullopt;
}

Result<ExecuteCommand> parse_execute(std::string_view payload, uint32_t capabilities,
                                     StatementParameters& parameters) {
  ByteReader reader(payload);
  ExecuteCommand command;
  command.statement_id = reader.u32();
  const uint8_t flags = reader.u8();
  command.cursor = flags & ~kParameterCountAvailable;
  reader.skip(4);  // iterations: always 1
  if (!reader.ok()) return malformed_command();
  const std::map<uint16_t, std::string> long_data = std::exchange(parameters.long_data, {});

  size_t count = parameters.count;
  const bool attributes = (capabilities & cap::kQueryAttributes) != 0;
  if (attributes && (count > 0 || (flags & kParameterCountAvailable))) {
    const uint64_t said = read_lenenc(reader);
    if (!reader.ok() || said < count || said > reader.remaining()) return malformed_command();
    count = said;
  }
  const bool as_sent = long_data.empty() && count == parameters.count;
  if (count == 0) {
    if (as_sent) command.nulls = command.value_bytes = std::string_view();
    return command;
  }

  const std::string_view nulls = reader.take((count + 7) / 8);
  const uint8_t bound = reader.u8();
  if (!reader.ok() || bound > 1) return malformed_command();
  ParameterBlock block;
  if (bound == 1) {
    VIF_TRY(read_types(reader, count, attributes, block));
    parameters.types.assign(block.types.begin(), block.types.begin() + parameters.count);
  } else {
    if (count > parameters.count || parameters.types.size() != count)
      return wrong_arguments("mysqld_stmt_execute");
    block.types = parameters.types;
  }
  const size_t values_at = reader.position();

  for (size_t i = 0; i < count; ++i) {
    types::BindVariable value;
    const auto sent =
        i < parameters.count ? long_data.find(static_cast<uint16_t>(i)) : long_data.end();
    if (sent != long_data.end()) {
      value.type = string_type(static_cast<uint8_t>(block.types[i]));
      value.bytes = sent->second;
    } else if (!is_null_bit(nulls, i)) {
      value = VIF_TRY(read_value(reader, block.types[i]));
    }
    if (i < parameters.count) {
      command.values.push_back(std::move(value));
    } else {
      command.attributes.push_back({std::string(block.names[i]), std::move(value)});
    }
  }
  if (as_sent) {
    command.nulls = nulls;
    command.value_bytes = payload.substr(values_at, reader.position() - values_at);
  }
  return command;
}

std::optional<std::string> relayed_parameters(const ExecuteCommand& command,
                                              const StatementParameters& parameters) {
  if (!command.nulls) return std::nullopt;
  std::string bytes;
  bytes.reserve(2 + command.nulls->size() + 1 + 2 * parameters.types.size() +
                command.value_bytes->size());
  append_fixed(bytes, parameters.count, 2);
  if (parameters.count == 0) return bytes;
  bytes.append(*command.nulls).push_back('\1');
  for (const uint16_t type : parameters.types) append_fixed(bytes, type, 2);
  bytes.append(*command.value_bytes);
  return bytes;
}

Status add_long_data(std::string_view payload, StatementParameters& parameters, size_t bytes_max) {
  ByteReader reader(payload);
  reader.skip(4);
  const uint16_t parameter = reader.u16();
  if (!reader.ok()) return malformed_command();
  if (parameter >= parameters.count) return wrong_arguments("mysqld_stmt_send_long_data");
  const std::string_view data = reader.rest();
  size_t total = data.size();
  for (const auto& [index, held] : parameters.long_data) total += held.size();
  if (total > bytes_max) {
    return mysql_error(er::kNetPacketTooLarge,
                       "Got a packet bigger than 'max_allowed_packet' bytes");
  }
  parameters.long_data[parameter].append(data);
  return {};
}

Result<FieldListCommand> parse_field_list(std::string_view payload) {
  ByteReader reader(payload);
  FieldListCommand command;
  command.table = reader.until_nul();
  command.wildcard = reader.rest();
  if (!reader.ok()) return malformed_command();
  return command;
}

Result<uint32_t> parse_process_kill(std::string_view payload) {
  ByteReader reader(payload);
  const uint32_t id = reader.u32();
  if (!reader.ok()) return malformed_command();
  return id;
}

Result<uint16_t> parse_set_option(std::string_view payload) {
  ByteReader reader(payload);
  const uint16_t option = reader.u16();
  if (!reader.ok() || option > 1) return malformed_command();
  return option;
}

}  // namespace vif::mysql
