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

// Entries for rows that come or go, in the statement's transaction. NULLs have none where the
// vindex ignores them. `ignore`: an entry that is there already is left alone.
Status create_entries(ExecContext& context, const sharding::Lookup& lookup,
                      std::span<const sharding::RowValues> rows, std::span<const std::string> ids,
                      bool ignore);
Status delete_entries(ExecContext& context, const sharding::Lookup& lookup,
                      std::span<const sharding::RowValues> rows, std::span<const std::string> ids);

}  // namespace vif::vtgate::engine
