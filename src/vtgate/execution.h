// One run of a plan: what primitives ask of the gate, answered for one session and one statement.
#pragma once

#include <optional>
#include <string>

#include "rt/time.h"
#include "vtgate/catalog.h"
#include "vtgate/engine/exec_context.h"
#include "vtgate/scatter.h"
#include "vtgate/session.h"

namespace vif::vtgate {

class Execution final : public engine::ExecContext {
 public:
  Execution(Session& session, CatalogPtr catalog, Scatter& scatter, rt::Deadline deadline,
            Sent& sent)
      : session_(session),
        catalog_(std::move(catalog)),
        scatter_(scatter),
        deadline_(deadline),
        sent_(sent) {}

  Result<std::span<const sharding::ShardReference>> shards(std::string_view keyspace) override;
  Status execute(const engine::ShardBatch& batch,
                 std::span<mysql::ResultSink* const> sinks) override;
  Result<engine::Collected> query(std::string_view sql, const types::BindVariables& variables,
                                  bool autocommit) override;
  void open_transaction() override;
  void warn(int mysql_errno, std::string message) override;
  void set_found_rows(uint64_t rows) override { found_rows_ = rows; }
  void keep_last_insert_id() override { keeps_last_insert_id_ = true; }
  uint64_t any_shard_choice() override { return session_.connection_id; }
  void describe_session(eval::Env& env) override;
  Result<uint64_t> concat_length_max() override;
  uint32_t collation() const override { return session_.collation; }

  bool keeps_last_insert_id() const { return keeps_last_insert_id_; }
  // Of SQL_CALC_FOUND_ROWS; nothing when the statement did not ask.
  const std::optional<uint64_t>& found_rows() const { return found_rows_; }

  // A write to several shards outside of a transaction opened one; who ran the plan must end it.
  bool implicit_transaction() const { return implicit_transaction_; }
  // Nothing that runs from now on joins the client's transaction, or opens one.
  void stay_outside_transaction() { outside_ = true; }
  // Results' ends tell from now on what LAST_INSERT_ID(expr) has set.
  void fetch_last_insert_id() { fetches_last_insert_id_ = true; }
  // What the plan reads is only to know what to write.
  void set_writes(bool writes) { writes_ = writes; }
  // A statement of several writes within the client's own transaction gets a savepoint before the
  // first of them.
  void set_tx(Tx* tx) { tx_ = tx; }
  // Takes back what the failed statement wrote, or else the whole transaction; `error` with what
  // was done about it.
  Error undo(const Error& error);
  // The savepoint is no longer of use.
  void forget_savepoint();

 private:
  class Streaming;

  Session& session_;
  CatalogPtr catalog_;
  Scatter& scatter_;
  rt::Deadline deadline_;
  Sent& sent_;
  std::string time_zone_;  // what describe_session() hands out views of
  std::string sql_mode_;
  int64_t began_us_ = 0;
  bool implicit_transaction_ = false;
  bool outside_ = false;
  bool keeps_last_insert_id_ = false;
  bool fetches_last_insert_id_ = false;
  bool writes_ = false;
  Tx* tx_ = nullptr;
  bool several_writes_ = false;
  bool has_savepoint_ = false;
  int streaming_ = 0;
  clients::Workload workload_ = clients::Workload::kOltp;
  std::optional<uint64_t> found_rows_;
};

// Notes the warnings that the end of a shard's result tells: they are the session's, whatever the
// plan makes of the rows. `sql`: what the shard was sent; what another shard has said of it already
// is left out.
void note_warnings(Session& session, const mysql::ResultEnd& end, std::string_view sql = {});

// The shards of `keyspace` that serve `type`. The view lives as long as the catalog.
// Errors: VT05003 when there is no such keyspace; kNotFound when it has no shard for that type.
Result<std::span<const sharding::ShardReference>> serving_shards(const Catalog& catalog,
                                                                 std::string_view keyspace,
                                                                 clients::TabletType type);

}  // namespace vif::vtgate
