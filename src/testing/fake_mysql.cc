#include "testing/fake_mysql.h"

#include "mysql/error_codes.h"
#include "mysql/rows.h"
#include "mysql/session_track.h"

namespace vif::testing {

using mysql::ServerConnection;

FakeMysql::FakeMysql(mysql::ServerOptions options, Answer answer)
    : options_(std::move(options)),
      none_auth_(mysql::make_none_auth()),
      answer_(std::move(answer)) {
  if (options_.auth == nullptr) options_.auth = none_auth_.get();
}

FakeMysql::~FakeMysql() {
  rt::Uncancelled uncancelled;
  if (listener_) listener_->close();
  for (auto& [id, connection] : connections_) connection->kill();
  static_cast<void>(wait_for_connections(0, rt::Deadline::never()));
  fibers_.cancel();
  static_cast<void>(fibers_.wait());
}

Status FakeMysql::start(const rt::Address& address) {
  listener_ = VIF_TRY(rt::listen(address));
  fibers_.spawn([this] { accept_all(); });
  return {};
}

void FakeMysql::accept_all() {
  for (;;) {
    auto stream = listener_->accept();
    if (!stream.ok()) return;
    const uint32_t id = next_id_++;
    auto connection = std::make_unique<ServerConnection>(std::move(*stream), options_, *this, id);
    ServerConnection* starting = connection.get();
    connections_[id] = std::move(connection);
    changed_.notify_all();
    fibers_.spawn([starting] { starting->start(); });
  }
}

mysql::ClientOptions FakeMysql::client_options() const {
  mysql::ClientOptions options;
  options.address = address();
  options.user = "test";
  return options;
}

ServerConnection* FakeMysql::connection(uint32_t id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : found->second.get();
}

Status FakeMysql::wait_for_connections(size_t count, rt::Deadline deadline) {
  while (connections_.size() != count) VIF_TRY(changed_.wait(deadline));
  return {};
}

Status FakeMysql::on_login(ServerConnection& connection) {
  connection.attach(std::make_unique<Session>());
  if (connection.login().database == "no_such_db") {
    return mysql::mysql_error(mysql::er::kBadDb, "Unknown database 'no_such_db'");
  }
  return {};
}

void FakeMysql::on_close(ServerConnection& connection) {
  connections_.erase(connection.id());
  changed_.notify_all();
}

Status FakeMysql::on_command(ServerConnection& connection, uint8_t command,
                             std::string_view payload) {
  namespace com = mysql::com;
  mysql::ResultEnd ok;
  ok.status = mysql::status::kAutocommit;
  switch (command) {
    case com::kQuery: return query(connection, payload);
    case com::kStmtPrepare: return prepare(connection, payload);
    case com::kStmtExecute: return execute(connection, payload);
    case com::kStmtSendLongData:
    case com::kStmtClose:
    case com::kStmtReset: return on_statement(connection, command, payload);
    case com::kInitDb:
      connection.set_database(std::string(payload));
      mysql::append_session_change(ok.session_state_changes,
                                   {mysql::track::kSchema, "", std::string(payload)});
      return connection.write_ok(ok);
    case com::kPing: return connection.write_ok(ok);
    case com::kResetConnection:
      connection.attach(std::make_unique<Session>());
      return connection.write_ok(ok);
    case com::kSetOption:
      connection.set_multi_statements(VIF_TRY(mysql::parse_set_option(payload)) == 0);
      return connection.write_eof(ok.status);
    case com::kStatistics: return connection.write_packet("Uptime: 1  Threads: 1");
    case com::kFieldList: {
      const auto list = VIF_TRY(mysql::parse_field_list(payload));
      std::string definition;
      types::Field one = field("id", types::Type::kInt64);
      one.table = list.table;
      mysql::append_column(definition, one);
      definition.push_back('\xfb');
      VIF_TRY(connection.write_packet(definition));
      return connection.write_eof(ok.status);
    }
    case com::kProcessKill: return kill(connection, payload);
    default: return mysql::mysql_error(mysql::er::kUnknownComError, "Unknown command");
  }
}

Status FakeMysql::kill(ServerConnection& connection, std::string_view payload) {
  const uint32_t id = VIF_TRY(mysql::parse_process_kill(payload));
  ServerConnection* victim = this->connection(id);
  if (victim == nullptr) {
    return mysql::mysql_error(mysql::er::kNoSuchThread, fmt::format("Unknown thread id: {}", id));
  }
  victim->kill();
  return connection.write_ok();
}

Status FakeMysql::query(ServerConnection& connection, std::string_view payload) {
  mysql::QueryCommand command = VIF_TRY(mysql::parse_query(payload, connection.capabilities()));
  for (const auto& attribute : command.attributes) {
    attributes_seen_.push_back(
        fmt::format("{}={}", attribute.name, attribute.value.value().to_string()));
  }
  for (std::string_view rest = command.sql;;) {
    const size_t semicolon =
        connection.has(mysql::cap::kMultiStatements) ? rest.find(';') : std::string_view::npos;
    const std::string_view sql = rest.substr(0, semicolon);
    const bool more = semicolon != std::string_view::npos && semicolon + 1 < rest.size();
    auto result = answer_(connection, sql, {});
    if (!result.ok()) return result.error();
    VIF_TRY(send(connection, *result, false, more));
    if (!more) return {};
    rest.remove_prefix(semicolon + 1);
  }
}

Status FakeMysql::send(ServerConnection& connection, const mysql::QueryResult& result, bool binary,
                       bool more) {
  if (result.fields.empty()) return connection.write_ok(result.end, more);
  VIF_TRY(connection.begin_rows(result.fields));
  for (const types::Row& row : result.rows) {
    VIF_TRY(binary ? connection.write_binary_row(result.fields, row)
                   : connection.write_text_row(row));
  }
  return connection.end_rows(result.end, more);
}

Status FakeMysql::prepare(ServerConnection& connection, std::string_view sql) {
  auto& session = static_cast<Session&>(*connection.attachment());
  const uint32_t id = session.next_id++;
  Statement& statement = session.statements[id];
  statement.sql = sql;
  statement.parameters.count = static_cast<uint16_t>(std::count(sql.begin(), sql.end(), '?'));
  return connection.write_prepare_ok(id, {}, statement.parameters.count);
}

Status FakeMysql::execute(ServerConnection& connection, std::string_view payload) {
  auto& session = static_cast<Session&>(*connection.attachment());
  const auto found = session.statements.find(mysql::statement_id(payload).value_or(0));
  if (found == session.statements.end()) {
    return mysql::mysql_error(mysql::er::kUnknownStmtHandler,
                              "Unknown prepared statement handler given to mysqld_stmt_execute");
  }
  auto command =
      VIF_TRY(mysql::parse_execute(payload, connection.capabilities(), found->second.parameters));
  for (const auto& attribute : command.attributes) {
    attributes_seen_.push_back(
        fmt::format("{}={}", attribute.name, attribute.value.value().to_string()));
  }
  auto result = VIF_TRY(answer_(connection, found->second.sql, command.values));
  return send(connection, result, true, false);
}

Status FakeMysql::on_statement(ServerConnection& connection, uint8_t command,
                               std::string_view payload) {
  auto& session = static_cast<Session&>(*connection.attachment());
  const auto found = session.statements.find(mysql::statement_id(payload).value_or(0));
  const bool known = found != session.statements.end();
  if (command == mysql::com::kStmtClose) {
    if (known) session.statements.erase(found);
    return {};
  }
  if (command == mysql::com::kStmtSendLongData) {
    if (known)
      static_cast<void>(
          mysql::add_long_data(payload, found->second.parameters, options_.packet_max));
    return {};
  }
  if (!known) {
    return mysql::mysql_error(mysql::er::kUnknownStmtHandler,
                              "Unknown prepared statement handler given to mysqld_stmt_reset");
  }
  found->second.parameters.long_data.clear();
  return connection.write_ok();
}

mysql::QueryResult rows_of(std::vector<types::Field> fields, std::vector<types::Row> rows) {
  mysql::QueryResult result;
  result.fields = std::move(fields);
  result.rows = std::move(rows);
  result.end.status = mysql::status::kAutocommit;
  return result;
}

mysql::QueryResult one_value(std::string name, types::Value value) {
  std::vector<types::Field> fields = {field(std::move(name), value.type)};
  return rows_of(std::move(fields), {{std::move(value)}});
}

types::Field field(std::string name, types::Type type) {
  types::Field result;
  result.name = std::move(name);
  result.type = type;
  result.charset = types::is_text(type) ? mysql::kCharsetUtf8mb4Default80 : mysql::kCharsetBinary;
  result.column_length = 255;
  return result;
}

}  // namespace vif::testing
