// Literals that say their type: DATE '...', TIME '...', TIMESTAMP '...'.
#pragma once

#include "sql/ast_expr.h"

namespace vif::sql {

// Throws SqlError ("Incorrect DATE value: 'x'") for a text that no server takes as such a literal;
// literals of other types pass.
void check_temporal_literal(const Literal& literal);

}  // namespace vif::sql
