// An expression as the server's messages show it.
#pragma once

#include <string>

namespace vif::sql {
struct Expr;
}  // namespace vif::sql

namespace vif::eval {

// "(`a` + interval 1 day)". Columns have no table: an expression here does not know of any. What is
// seldom in messages is printed as statements are.
std::string source_text(const sql::Expr& expr);

}  // namespace vif::eval
