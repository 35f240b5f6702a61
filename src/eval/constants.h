// What is the same for a whole statement: the clock, and constants that meet a column.
#pragma once

#include <optional>

#include "eval/node.h"

namespace vif::eval {

// What is known of a node before there are rows; a type that is not known, and nothing, where it
// needs them.
StaticType type_before_rows(const Node& node);
std::optional<Datum> constant_before_rows(const Node& node);

// NOW() and its like: from the clock of the environment, in its time zone or in UTC.
NodePtr make_clock(Form form, int precision, bool utc);
// A constant that is compared with a column of times or numbers, as what it is when stored there.
NodePtr make_stored_constant(NodePtr constant, Type type);
// A constant document beside a column of times or years becomes a constant of the column's type.
void store_document(const Node& column, NodePtr& document);

}  // namespace vif::eval
