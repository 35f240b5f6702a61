// Literals as nodes.
#pragma once

#include <vector>

#include "eval/node.h"
#include "sql/ast.h"

namespace vif::eval {

// A number, a text (of the connection's collation), bytes or a temporal literal. What the server
// says of it goes to `warnings`. Throws SqlError errno 1525 for a temporal literal that is none.
NodePtr make_literal(const sql::Literal& literal, uint32_t connection_collation, bool mariadb,
                     std::string_view sql_mode, std::vector<Warning>& warnings);

}  // namespace vif::eval
