// What is the same for a whole statement: the clock, and constants that meet a column.
#pragma once

#include <string>

#include "eval/node.h"

namespace vif::eval {

// NOW() and its like: from the clock of the environment, in its time zone or in UTC.
NodePtr make_clock(Form form, int precision, bool utc);
// A constant that is compared with a column of dates, times or numbers, which warns as storing it
// there would.
NodePtr make_stored_constant(NodePtr constant, Type type, std::string column, bool warns);
// A constant document beside a column of times or years becomes a constant of the column's type.
void store_document(const Node& column, NodePtr& document);

}  // namespace vif::eval
