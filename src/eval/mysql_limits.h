// What MySQL says of calls and lists before there are rows, and what of its ways is refused.
// Nothing is said of expressions whose types are not known, which are of bind variables.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "eval/node.h"

namespace vif::eval {

// What the function, if it is one of texts, takes of WEIGHT_STRING(number): it is bytes with a
// number's collation, and so a text unless bytes stand beside it. `connection`: its collation.
void read_weights(std::string_view name, std::vector<NodePtr>& args, uint32_t connection);
// A list of constant rows is sorted before anything is looked for: bytes beside a text must be one,
// and doubles beside an integer within it. Throws SqlError errno 3854 or 1690.
void check_constant_rows(const Node& row, std::span<const NodePtr> rows);

}  // namespace vif::eval
