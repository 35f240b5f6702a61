// a AND b AND c..., put together a term at a time.
#pragma once

#include "sql/ast_expr.h"

namespace vif::sql {

// `all` AND `more`; either may be null. Neither is changed: both may stand in other trees as well.
// A run of more than 64 terms grows as a balanced tree, so that the height stays logarithmic in
// the calls: the tree tools recurse over it on a fiber's stack.
Expr* conjunction(Arena& arena, Expr* all, Expr* more);

}  // namespace vif::sql
