// Views over sharded tables, of which servers know their own shard's part only: the gate puts their
// queries in their place.
#pragma once

#include "semantics/analysis.h"

namespace vif::semantics {

// Puts the query of a view, bound to the view's own keyspace, in the place of its name, as a
// derived table; a table that the VSchema has by that name is not looked at, as in Vitess. False:
// the name is no view's that schema tracking knows. Throws SqlError when its text cannot be read.
bool expand_view(sql::Arena& arena, const Options& options, sql::AliasedTableExpr& expr);

}  // namespace vif::semantics
