// Sorting and comparing rows in the gate.
//
// Text compares by its collation, which a result does not tell (a server converts text to the
// connection's character set): the planner therefore asks for weight_string(column) beside such a column,
// and its bytes are compared.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "vtgate/engine/row_sink.h"

namespace vif::vtgate::engine {

struct OrderBy {
  size_t column = 0;
  int weight_column = -1;  // of weight_string(column); -1: the column compares by itself
  bool descending = false;
  bool operator==(const OrderBy&) const = default;
};

// "(0|3) ASC, 2 DESC".
std::string to_string(std::span<const OrderBy> order_by);

// Whether rows with these fields can be compared. Errors: VT12001 for JSON and geometry, for ENUM and SET without their
// number as weight (they sort by what a result does not show), and for text without a weight string.
Status check_sortable(const Fields& fields, std::span<const OrderBy> order_by);

// Less than, equal to or greater than 0. NULLs come first. REQUIRES: check_sortable() was ok.
int compare_rows(const types::Row& a, const types::Row& b, std::span<const OrderBy> order_by);

// Two values of types that compare by themselves: numbers by value, dates and bytes as bytes.
int compare_values(const types::Value& a, const types::Value& b);
// Equal for values that compare equal; for hashing.
void append_key(const types::Row& row, const OrderBy& column, std::string& out);

// Does the type compare by the value alone, without a weight string?
bool compares_by_itself(types::Type type);

}  // namespace vif::vtgate::engine
