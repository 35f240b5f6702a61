// A MySQL server that answers as a test says, over the real protocol: for tests of whoever speaks
// to a server.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mysql/client_conn.h"
#include "mysql/commands.h"
#include "mysql/server_conn.h"
#include "rt/fiber.h"
#include "rt/net.h"
#include "rt/sync.h"

namespace vif::testing {

class FakeMysql final : public mysql::CommandHandler {
 public:
  // Called for each statement, on its connection's fiber; may wait. `values` are a prepared
  // statement's parameters.
  using Answer = std::function<Result<mysql::QueryResult>(
      mysql::ServerConnection& connection, std::string_view sql,
      std::span<const types::BindVariable> values)>;

  // `options.auth` absent: everyone may log in.
  FakeMysql(mysql::ServerOptions options, Answer answer);
  // Kills what is connected. Waits.
  ~FakeMysql();

  // Listens and accepts, from a fiber of its own.
  Status start(const rt::Address& address);
  rt::Address address() const { return listener_->address(); }
  // A client for it.
  mysql::ClientOptions client_options() const;
  size_t connection_count() const { return connections_.size(); }
  mysql::ServerConnection* connection(uint32_t id);
  // Until there are exactly `count` connections.
  Status wait_for_connections(size_t count, rt::Deadline deadline);
  const std::vector<std::string>& attributes_seen() const { return attributes_seen_; }

  Status on_login(mysql::ServerConnection& connection) override;
  Status on_command(mysql::ServerConnection& connection, uint8_t command,
                    std::string_view payload) override;
  void on_close(mysql::ServerConnection& connection) override;

 private:
  struct Statement {
    std::string sql;
    mysql::StatementParameters parameters;
  };
  struct Session : mysql::Attachment {
    std::map<uint32_t, Statement> statements;
    uint32_t next_id = 1;
  };

  void accept_all();
  Status query(mysql::ServerConnection& connection, std::string_view payload);
  Status prepare(mysql::ServerConnection& connection, std::string_view sql);
  Status execute(mysql::ServerConnection& connection, std::string_view payload);
  Status on_statement(mysql::ServerConnection& connection, uint8_t command,
                      std::string_view payload);
  Status kill(mysql::ServerConnection& connection, std::string_view payload);
  static Status send(mysql::ServerConnection& connection, const mysql::QueryResult& result,
                     bool binary, bool more);

  mysql::ServerOptions options_;
  std::unique_ptr<mysql::AuthServer> none_auth_;
  Answer answer_;
  std::unique_ptr<rt::Listener> listener_;
  std::map<uint32_t, std::unique_ptr<mysql::ServerConnection>> connections_;
  std::vector<std::string> attributes_seen_;
  rt::WaitQueue changed_;
  uint32_t next_id_ = 1;
  rt::TaskGroup fibers_;
};

// Results for answers.
mysql::QueryResult rows_of(std::vector<types::Field> fields, std::vector<types::Row> rows);
mysql::QueryResult one_value(std::string name, types::Value value);
types::Field field(std::string name, types::Type type);

}  // namespace vif::testing
