// Which tables a name may refer to: those of one query block, then those of the blocks around it.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "semantics/analysis.h"

namespace vif::semantics {

// The CTEs that a query block may name, the innermost first.
struct VisibleCte {
  const sql::CommonTableExpr* cte;  // null: the end of all
  const sql::With* with;            // that defines it
  const VisibleCte* before;
};

struct Scope {
  const Scope* parent = nullptr;
  std::vector<size_t> tables;  // numbers in Analysis::tables
  // USING columns of this block, lower case: the table on whose column the bare name settles.
  std::map<std::string, size_t, std::less<>> using_columns;
  const VisibleCte* ctes = nullptr;  // null: those of `parent`

  const VisibleCte* visible_ctes() const {
    const Scope* at = this;
    while (at->ctes == nullptr && at->parent != nullptr) at = at->parent;
    return at->ctes;
  }
};

// The table that `column` belongs to, seen from `scope`. Throws SqlError: not found, ambiguous.
size_t resolve_column(const Analysis& analysis, const Scope& scope, const sql::ColName& column);
// Among `tables` only; -1 when none has it for sure or may have it.
int find_column(const Analysis& analysis, const std::vector<size_t>& tables,
                const sql::ColName& column);

}  // namespace vif::semantics
