// Which tables a name may refer to: those of one query block, then those of the blocks around it.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "semantics/analysis.h"

namespace vif::semantics {

struct Scope {
  const Scope* parent = nullptr;
  std::vector<size_t> tables;  // numbers in Analysis::tables
  // USING columns of this block, lower case: the table on whose column the bare name settles.
  std::map<std::string, size_t, std::less<>> using_columns;
  // CTEs that may be named in this block and below.
  std::map<std::string, const sql::CommonTableExpr*, std::less<>> ctes;
};

// The table that `column` belongs to, seen from `scope`. Throws SqlError: not found, ambiguous.
size_t resolve_column(const Analysis& analysis, const Scope& scope, const sql::ColName& column);
// Among `tables` only; -1 when none has it for sure or may have it.
int find_column(const Analysis& analysis, const std::vector<size_t>& tables,
                const sql::ColName& column);

}  // namespace vif::semantics
