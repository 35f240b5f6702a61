// What MySQL compares or chooses in a way of its own, which depends on what stands beside it: it is
// refused before there are rows. Each throws SqlError with code kUnimplemented, which names the
// construct; none says anything of expressions whose types are not known, which are of bind
// variables.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "eval/node.h"

namespace vif::eval {

// `value IN (items...)`, of no rows.
void refuse_mixed_in(const Node& value, std::span<const NodePtr> items);
// `value BETWEEN low AND high`: a column of dates or times between what are not alike.
void refuse_mixed_between(const Node& value, const Node& low, const Node& high);
// CASE operand WHEN ...; and the values of any CASE. `operand` may be null.
void refuse_mixed_case(const Node* operand, std::span<const CaseBranch> branches,
                       const Node* otherwise);
// left = right and its like.
void refuse_mixed_comparison(const Node& left, const Node& right);
// CAST(CASE ... AS YEAR), and of dates and times together to an integer.
void refuse_cast_of_choice(const Node& arg, CastKind kind);
// Two columns of rows that are compared.
void refuse_faulty_pair(const Node& left, const Node& right);
// `nested`: the function is an operand or an argument of something.
void refuse_mixed_function(std::string_view name, std::span<const NodePtr> args, bool nested);
// Whether the function reads its arguments as texts, whatever they are.
bool reads_text(std::string_view name);
// A constant row in a list of constant rows: bytes beside a text must be one. Throws SqlError errno
// 3854.
void check_constant_rows(const Node& row, std::span<const NodePtr> rows);

}  // namespace vif::eval
