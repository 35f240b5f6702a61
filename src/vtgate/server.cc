#include "vtgate/server.h"

#include "base/log.h"
#include "mysql/error_codes.h"
#include "rt/sync.h"
#include "types/collation/collation.h"
#include "vtgate/client_charset.h"
#include "vtgate/commands/commands.h"
#include "vtgate/settings.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate {

namespace {

constexpr int kClientErrorMin = 2000;
constexpr int kClientErrorMax = 2999;
constexpr rt::Duration kCloseTime = std::chrono::seconds(5);

Session& session_of(mysql::ServerConnection& connection) {
  return static_cast<Session&>(*connection.attachment());
}

}  // namespace

Server::Server(const mysql::ServerOptions& options, Executor& executor, Processes& processes,
               Metrics& metrics)
    : options_(options),
      executor_(executor),
      processes_(processes),
      accepted_(metrics.counter("MysqlServerConnAccepted", "Connections accepted by MySQL server")),
      refused_(metrics.counter("MysqlServerConnRefused", "Connections refused by MySQL server")) {}

Server::~Server() {
  const rt::Uncancelled finish;
  for (const auto& [id, connection] : connections_) connection->kill();
  while (!connections_.empty()) (void)gone_.wait(rt::Deadline::in(kCloseTime));
}

Status Server::serve(rt::Listener& listener) {
  while (true) {
    Result<std::unique_ptr<rt::Stream>> stream = listener.accept();
    if (!stream.ok()) {
      if (stream.error().code() == Code::kCanceled || stream.error().code() == Code::kUnavailable)
        return {};
      // Out of descriptors, for one: clients that are there must go on, and the next may find room.
      VIF_LOG(kWarning, "accept: {}", stream.error().to_string());
      refused_.add();
      VIF_TRY(rt::sleep_for(std::chrono::milliseconds(50)));
      continue;
    }
    accepted_.add();
    const uint32_t id = next_id_++;
    auto connection =
        std::make_unique<mysql::ServerConnection>(std::move(*stream), options_, *this, id);
    mysql::ServerConnection* started = connection.get();
    connections_[id] = std::move(connection);
    tasks_.spawn([started] { started->start(); });
  }
}

Status Server::drain(rt::Deadline deadline) {
  for (const auto& [id, connection] : connections_) connection->drain();
  while (!connections_.empty()) VIF_TRY(gone_.wait(deadline));
  return {};
}

namespace {

// The character set and collation that the client named when it logged in. latin1_swedish_ci is
// what many client libraries say without being asked, whatever they speak then: what they send and
// get goes through as it is until they SET NAMES. A collation that the servers lack counts for
// nothing, as with them.
void speak_as_client(Session& session, uint32_t collation_id, plan::Flavor flavor,
                     LoginSettings& login_settings) {
  const bool mariadb = flavor == plan::Flavor::kMariaDb;
  const types::Collation* collation = types::find_collation(
      collation_id, mariadb ? types::Dialect::kMariaDb : types::Dialect::kMySql);
  if (!collation || !(mariadb ? collation->of_mariadb : collation->of_mysql) ||
      !can_be_of_client(*collation->charset) || collation->name == "latin1_swedish_ci" ||
      collation->id == session.collation)
    return;
  const bool spoken = is_spoken_here(*collation->charset);
  if (spoken && collation->charset->name != "utf8mb4") return;
  session.collation = collation->id;
  if (spoken) {
    session.login_collation = collation->id;
    auto& shared = login_settings[collation->id];
    if (!shared) {
      refresh_settings(session);
      shared = std::move(session.settings);
    }
    session.settings = shared;
    return;
  }
  session.extras().system_variables["collation_connection"] = "'" + collation->name + "'";
  session.client_charset = session.results_charset = collation->charset;
  for (const char* name : {"character_set_client", "character_set_results"}) {
    session.extras().told_variables[name] =
        types::BindVariable(types::Value::varchar(collation->charset->name));
  }
  refresh_settings(session);
}

Error in_charset(const Error& error, const types::Charset& charset) {
  const std::string message(
      types::convert(error.message(), *types::find_charset("utf8mb4"), charset));
  return Error(error.code(), error.mysql_errno(), error.sqlstate(), message);
}

}  // namespace

Status Server::on_login(mysql::ServerConnection& connection) {
  if (connection.attachment() != nullptr) {
    // COM_CHANGE_USER: what the former user left open is undone.
    executor_.parts().tx.close(session_of(connection), rt::Deadline::in(kCloseTime));
    processes_.remove(connection.id());
  }
  auto session = std::make_unique<Session>();
  const mysql::Login& login = connection.login();
  session->connection_id = connection.id();
  session->collation = default_collation(executor_.options().flavor);
  speak_as_client(*session, login.charset, executor_.options().flavor, login_settings_);
  session->caller.principal = login.user;
  session->caller.component = connection.peer_address();
  session->caller.subcomponent = "VTGate MySQL Connector";
  session->caller.username =
      login.identity.user_data.empty() ? login.user : login.identity.user_data;
  session->caller.groups = login.identity.groups;
  session->client_found_rows = connection.has(mysql::cap::kFoundRows);
  session->workload = executor_.options().default_workload;
  Session* opened = session.get();
  connection.attach(std::move(session));
  processes_.add(connection.id(), {&connection, opened, "Sleep", {}});
  if (login.database.empty()) return {};
  return statements::set_target(executor_, *opened, login.database);
}

Status Server::on_command(mysql::ServerConnection& connection, uint8_t command,
                          std::string_view payload) {
  const commands::Entry* entry = commands::find(command);
  if (entry == nullptr) {
    return mysql::mysql_error(mysql::er::kUnknownComError,
                              fmt::format("command handling not implemented yet: {}", command));
  }
  Session& session = session_of(connection);
  Processes::Entry* process = processes_.find(connection.id());
  process->command = entry->name;
  commands::Command run{connection, session, executor_, processes_, *process, payload};
  Status done = entry->run(run);
  process->sql = {};
  if (!done.ok() && session.results_charset)
    done = in_charset(done.error(), *session.results_charset);
  if (done.ok() || done.error().mysql_errno() < kClientErrorMin ||
      done.error().mysql_errno() > kClientErrorMax) {
    return done;
  }
  // Clients take their own library's numbers from a server for a broken packet.
  return Error(done.error().code(), mysql::er::kUnknownError, "HY000", done.error().message());
}

void Server::on_close(mysql::ServerConnection& connection) {
  const uint32_t id = connection.id();
  if (connection.attachment() != nullptr) {
    const rt::Uncancelled finish;
    executor_.parts().tx.close(session_of(connection), rt::Deadline::in(kCloseTime));
  }
  processes_.remove(id);
  connections_.erase(id);
  gone_.notify_all();
}

}  // namespace vif::vtgate
