// An expression as the server's messages show it.
#pragma once

#include <string>
#include <string_view>

namespace vif::sql {
struct ConvertType;
struct Expr;
struct FuncExpr;
}  // namespace vif::sql

namespace vif::eval {

// "(`a` + interval 1 day)". Columns have no table: an expression here does not know of any. What is
// seldom in messages is printed as statements are.
std::string source_text(const sql::Expr& expr);
// "cast(a as decimal(5,2))", the name of such a column.
std::string decimal_source(const sql::Expr& expr, const sql::ConvertType& type);

// Without blanks around it.
std::string trimmed(std::string_view text);

// What the function's own messages show of a call: nothing, its first argument, all of it.
std::string source_in_messages(const sql::FuncExpr& call);
// Whether a call's arguments have their own text for a name: not those of functions whose names are
// words of the grammar. `function`: in small letters.
bool names_arguments(std::string_view function);

}  // namespace vif::eval
