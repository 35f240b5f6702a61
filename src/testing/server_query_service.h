// A tablet's query service straight over one database of a real server: no pools, no limits, no
// health of its own. For tests that compare what a gate gives with what the server gives.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "clients/query_service.h"
#include "mysql/client_conn.h"

namespace vif::testing {

class ServerQueryService final : public clients::QueryService {
 public:
  // `options.database` is the shard's.
  ServerQueryService(mysql::ClientOptions options, clients::TabletAlias alias,
                     clients::Target target)
      : options_(std::move(options)), alias_(std::move(alias)), target_(std::move(target)) {}

  const clients::TabletAlias& alias() const { return alias_; }
  size_t open_transactions() const { return transactions_.size(); }

  Status execute(const clients::ExecuteRequest& request, clients::ExecuteState& state,
                 mysql::ResultSink& sink, rt::Deadline deadline) override;
  Result<clients::ExecuteState> begin(const clients::Target& target,
                                      const clients::BeginOptions& options,
                                      std::span<const std::string> settings,
                                      rt::Deadline deadline) override;
  Result<int64_t> commit(const clients::Target& target, int64_t transaction_id,
                         rt::Deadline deadline) override;
  Result<int64_t> rollback(const clients::Target& target, int64_t transaction_id,
                           rt::Deadline deadline) override;
  Status release(const clients::Target& target, int64_t transaction_id, int64_t reserved_id,
                 rt::Deadline deadline) override;
  Status stream_health(const std::function<Status(const clients::Health&)>& on_health) override;
  Status get_schema(const clients::Target& target, clients::SchemaTableKind kind,
                    std::span<const std::string> names,
                    const std::function<Status(std::map<std::string, std::string>)>& on_tables,
                    rt::Deadline deadline) override;

 private:
  using Connection = std::unique_ptr<mysql::ClientConnection>;

  Result<Connection> connect(bool found_rows, rt::Deadline deadline);
  Status run(mysql::ClientConnection& connection, std::string_view sql, mysql::ResultSink& sink,
             rt::Deadline deadline);
  // `select next N values from t`, which only tablets know.
  Status next_values(mysql::ClientConnection& connection, std::string_view sql,
                     mysql::ResultSink& sink, rt::Deadline deadline);
  Result<int64_t> end_transaction(int64_t transaction_id, std::string_view verb,
                                  rt::Deadline deadline);

  mysql::ClientOptions options_;
  clients::TabletAlias alias_;
  clients::Target target_;
  std::map<int64_t, Connection> transactions_;
  std::vector<Connection> idle_;
  int64_t next_id_ = 1;
};

}  // namespace vif::testing
