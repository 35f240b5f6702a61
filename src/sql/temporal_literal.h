// Literals that say their type: DATE '...', TIME '...', TIMESTAMP '...'.
#pragma once

#include "sql/ast_expr.h"

namespace vif::sql {

// Throws SqlError ("Incorrect DATE value: 'x'") for a text that no server takes as such a literal;
// literals of other types pass.
void check_temporal_literal(const Literal& literal);
// Does any server take it as such a literal? REQUIRES: it is of one of those types.
bool is_temporal_literal(const Literal& literal);

}  // namespace vif::sql
