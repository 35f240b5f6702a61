// Which tables a statement touches, without a plan.
#pragma once

#include <vector>

#include "sql/node.h"

namespace vif::sql {

// The tables of a statement's FROM clauses, DML targets and DDL names, anywhere in it, each once,
// in order of appearance; names of common table expressions, and `dual`, are left out. Views are
// the tree's.
std::vector<TableName> tables_of(const Statement& statement);

}  // namespace vif::sql
