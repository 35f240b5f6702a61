// Sorting and comparing rows in the gate: what eval/row_order.h compares, and how plans show it.
//
// A result does not tell by which collation its text sorts (a server converts text to the
// connection's character set): the planner therefore asks for weight_string(column) beside such a
// column, and its bytes are compared; or says the collation, when the schema tells it.
#pragma once

#include <span>
#include <string>

#include "eval/row_order.h"
#include "vtgate/engine/row_sink.h"

namespace vif::vtgate::engine {

using eval::append_key;
using eval::check_sortable;
using eval::compare_rows;
using eval::compares_by_itself;
using eval::OrderBy;

// "" or " COLLATE utf8mb4_general_ci".
std::string collate_suffix(int weight_column, uint32_t collation);
// "(0|3) ASC, 2 DESC, 4 ASC COLLATE utf8mb4_general_ci".
std::string to_string(std::span<const OrderBy> order_by);

}  // namespace vif::vtgate::engine
