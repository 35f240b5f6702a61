// A tablet's query service that answers as a test says, and remembers what it was asked.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "clients/query_service.h"
#include "rt/sync.h"
#include "types/value.h"

namespace vif::testing {

// What a statement gives: rows when there are fields, an OK otherwise.
struct FakeResult {
  std::vector<types::Field> fields;
  std::vector<types::Row> rows;
  mysql::ResultEnd end;
};

// One column "v" of text rows.
FakeResult fake_rows(std::vector<std::string> values);

class FakeQueryService final : public clients::QueryService {
 public:
  struct Call {
    std::string method;  // "execute", "begin", "commit", "rollback", "release"
    std::string sql;
    clients::Target target;
    int64_t transaction_id = 0;  // as asked for
    bool begin = false;
    std::vector<std::string> post_begin;
    std::vector<std::string> settings;
  };
  // For each execute; may wait.
  using Answer = std::function<Result<FakeResult>(const clients::ExecuteRequest&)>;

  explicit FakeQueryService(clients::TabletAlias alias, Answer answer = nullptr);

  // What the health streams say from now on. A broken one ends them with this error until it is
  // mended.
  void set_health(clients::Health health);
  void break_health(Error error);
  void mend_health();
  void set_answer(Answer answer) { answer_ = std::move(answer); }
  // The next commit fails with this.
  void fail_commit(Error error) { commit_error_ = std::move(error); }
  void set_schema(std::map<std::string, std::string> tables) { schema_ = std::move(tables); }

  std::vector<Call> calls;
  std::vector<std::string> schema_names;  // that the last get_schema asked for
  // The texts of execute calls, in order.
  std::vector<std::string> executed() const;
  int64_t open_transactions() const { return open_; }

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
  clients::TabletAlias alias_;
  Answer answer_;
  clients::Health health_;
  uint64_t health_version_ = 0;
  std::optional<Error> health_error_;
  std::optional<Error> commit_error_;
  std::map<std::string, std::string> schema_;
  rt::WaitQueue health_changed_;
  int64_t next_transaction_ = 1;
  int64_t open_ = 0;
};

}  // namespace vif::testing
