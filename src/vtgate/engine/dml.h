// UPDATE, DELETE and INSERT ... SELECT on the shards that hold the rows.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "vtgate/engine/primitive.h"
#include "vtgate/engine/query.h"
#include "vtgate/engine/routing.h"

namespace vif::vtgate::engine {

// Lookup vindexes whose entries follow the rows that are changed. `query` finds those rows first,
// locked: the columns of the primary vindex, then each lookup's, for an UPDATE with the new values
// behind them.
struct OwnedLookups {
  struct Entry {
    std::shared_ptr<const sharding::Vindex> vindex;
    std::vector<std::string> columns;  // the table's
    std::vector<size_t> before;        // columns of `query`
    std::vector<size_t> after;         // empty: the rows go
  };
  Query query;
  std::shared_ptr<const sharding::Vindex> primary;
  size_t primary_columns = 0;
  std::vector<Entry> entries;
};

class Dml : public Primitive {
 public:
  enum class Verb : uint8_t { kUpdate, kDelete, kInsertSelect };
  struct Spec {
    Verb verb = Verb::kUpdate;
    Routing routing;
    Query query;
    std::string table;
    std::optional<OwnedLookups> owned;
    bool copies = false;  // every shard has the same rows: a reference table
    bool multi_shard_autocommit = false;
    int64_t timeout_ms = 0;
  };
  explicit Dml(Spec spec) : spec_(std::move(spec)) {}

  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Status execute_raw(ExecContext& context, const Bindings& bindings,
                     mysql::ResultSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;
  const Spec& spec() const { return spec_; }

 private:
  Status change_entries(ExecContext& context, const Bindings& bindings) const;
  Spec spec_;
};

}  // namespace vif::vtgate::engine
