// Vindexes that are kept in tables: mapping by asking the table, and keeping it when rows change.
// Functional vindexes pass through, so that callers need not know which kind they have.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "sharding/vindex.h"

namespace vif::vtgate::engine {

class ExecContext;

// Where rows with these values are. Waits, for a lookup. Errors: those of the lookup's query.
Result<std::vector<sharding::Destination>> map_rows(ExecContext& context,
                                                    const sharding::Vindex& vindex,
                                                    std::span<const sharding::RowValues> rows);
// Whether each row's values belong to its keyspace id.
Result<std::vector<bool>> verify_rows(ExecContext& context, const sharding::Vindex& vindex,
                                      std::span<const sharding::RowValues> rows,
                                      std::span<const std::string> ids);

// Whose rows the entries are of: a consistent lookup asks there whether an entry in the way is
// still good.
struct Owner {
  std::string_view keyspace;
  std::string_view table;
  std::span<const std::string> columns;
};

// Is there a row with these values? Locks it, so that it stays or stays away until the transaction
// ends.
Result<bool> has_row(ExecContext& context, const Owner& owner, const sharding::RowValues& row);

// Entries for rows that come or go, in the statement's transaction. NULLs have none where the
// vindex ignores them. `ignore`: an entry that is there already is left alone. `owner`, if not
// null: an entry of a consistent lookup whose row is gone (a commit that did not reach every shard
// left it) is taken over. Errors: the lookup's, behind "lookup.Create: ".
Status create_entries(ExecContext& context, const sharding::Lookup& lookup,
                      std::span<const sharding::RowValues> rows, std::span<const std::string> ids,
                      bool ignore, const Owner* owner = nullptr);
Status delete_entries(ExecContext& context, const sharding::Lookup& lookup,
                      std::span<const sharding::RowValues> rows, std::span<const std::string> ids);

}  // namespace vif::vtgate::engine
