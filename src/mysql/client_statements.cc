// Prepared statements on the server, from the client's side.
#include "mysql/client_conn.h"
#include "mysql/error_codes.h"
#include "mysql/rows.h"

namespace vif::mysql {

Result<Prepared> ClientConnection::prepare(std::string_view sql, rt::Deadline deadline) {
  constexpr size_t kAnswerMax = 1 << 20;
  VIF_TRY(send_command(com::kStmtPrepare, sql, deadline));
  auto answer = wire_.read_packet(kAnswerMax, deadline);
  if (!answer.ok()) return fail(answer.error());
  if (answer->starts_with(static_cast<char>(kErrHeader))) return parse_error(*answer);
  ByteReader reader(*answer);
  Prepared prepared;
  reader.skip(1);
  prepared.id = reader.u32();
  prepared.columns = reader.u16();
  prepared.parameters = reader.u16();
  reader.skip(1);
  prepared.warnings = reader.u16();
  if (!reader.ok()) return fail(mysql_error(cr::kMalformedPacket, "Malformed packet"));

  const bool eofs = (capabilities_ & cap::kDeprecateEof) == 0;
  for (uint32_t i = 0; prepared.parameters > 0 && i < prepared.parameters + (eofs ? 1u : 0u); ++i) {
    auto skipped = wire_.read_packet(kAnswerMax, deadline);
    if (!skipped.ok()) return fail(skipped.error());
  }
  for (uint16_t i = 0; i < prepared.columns; ++i) {
    auto definition = wire_.read_packet(kAnswerMax, deadline);
    if (!definition.ok()) return fail(definition.error());
    auto field = parse_column(*definition);
    if (!field.ok()) return fail(field.error());
    prepared.fields.push_back(std::move(*field));
  }
  if (eofs && prepared.columns > 0) {
    auto eof = wire_.read_packet(kAnswerMax, deadline);
    if (!eof.ok()) return fail(eof.error());
  }
  return prepared;
}

Status ClientConnection::execute(const Prepared& prepared, std::span<const types::Value> values,
                                 ResultSink& sink, rt::Deadline deadline) {
  if (values.size() != prepared.parameters) {
    return mysql_error(er::kWrongArguments, "Incorrect arguments to mysqld_stmt_execute");
  }
  std::string parameters;
  if (!values.empty()) {
    parameters.assign((values.size() + 7) / 8, '\0');
    for (size_t i = 0; i < values.size(); ++i) {
      if (values[i].is_null())
        parameters[i / 8] = static_cast<char>(parameters[i / 8] | 1 << (i % 8));
    }
    parameters.push_back('\1');
    // All travel as strings: servers convert, and lose nothing by it.
    for (const types::Value& value : values) {
      const uint8_t type = value.is_null()                         ? column::kNull
                           : value.type == types::Type::kVarbinary ? column::kBlob
                                                                   : column::kVarString;
      append_fixed(parameters, type, 2);
    }
    for (const types::Value& value : values) {
      if (!value.is_null()) append_lenenc_string(parameters, value.bytes);
    }
  }
  return execute_raw(prepared.id, parameters, sink, deadline);
}

Status ClientConnection::execute_raw(uint32_t statement_id, std::string_view parameters,
                                     ResultSink& sink, rt::Deadline deadline) {
  std::string payload;
  payload.reserve(9 + parameters.size());
  append_fixed(payload, statement_id, 4);
  payload.push_back(static_cast<char>(kCursorTypeNone));
  append_fixed(payload, 1, 4);
  payload.append(parameters);
  VIF_TRY(send_command(com::kStmtExecute, payload, deadline));
  return read_result(sink, deadline);
}

Status ClientConnection::send_long_data(uint32_t statement_id, uint16_t parameter,
                                        std::string_view data, rt::Deadline deadline) {
  std::string payload;
  append_fixed(payload, statement_id, 4);
  append_fixed(payload, parameter, 2);
  payload.append(data);
  return send_command(com::kStmtSendLongData, payload, deadline);
}

Status ClientConnection::reset_statement(uint32_t statement_id, rt::Deadline deadline) {
  std::string payload;
  append_fixed(payload, statement_id, 4);
  return simple_command(com::kStmtReset, payload, deadline);
}

void ClientConnection::close_statement(uint32_t statement_id) {
  std::string payload(1, static_cast<char>(com::kStmtClose));
  append_fixed(payload, statement_id, 4);
  uint8_t sequence = 0;
  append_packet(pending_, payload, sequence);
}

}  // namespace vif::mysql
