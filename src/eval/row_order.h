// Rows in order: what ORDER BY, GROUP BY and DISTINCT compare and hash. Nothing here allocates but
// the key's own buffer.
//
// A result does not tell by which collation its text sorts (a server converts text to the
// connection's character set), so text compares by weight_string(column), a column beside it, whose
// bytes decide; or by a collation that whoever plans knows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/value.h"

namespace vif::eval {

struct OrderBy {
  size_t column = 0;
  int weight_column = -1;  // of weight_string(column); -1: the column compares by itself
  bool descending = false;
  uint32_t collation = 0;  // of text without a weight; 0: not known
  // The names of an ENUM or a SET in the order of their numbers, by which they sort; must outlive
  // the order.
  const std::vector<std::string>* members = nullptr;
  bool operator==(const OrderBy&) const = default;
};

// Whether rows with these fields can be compared. Errors: VT12001 for JSON and geometry, for ENUM
// and SET without their members or their number as weight, and for text without a weight or a
// collation that is known here.
Status check_sortable(std::span<const types::Field> fields, std::span<const OrderBy> order_by);

// Less than, equal to or greater than 0. NULLs come first, last when descending. REQUIRES:
// check_sortable() was ok.
int compare_rows(const types::Row& a, const types::Row& b, std::span<const OrderBy> order_by);
// One column of it, without regard to `descending`.
int compare_column(const types::Row& a, const types::Row& b, const OrderBy& by);

// Two values of types that compare by themselves: numbers by value, dates and bytes as bytes.
int compare_plain(const types::Value& a, const types::Value& b);

// Bytes that are equal for rows whose columns compare equal, and only for those: for hashing.
// REQUIRES as above.
void append_key(const types::Row& row, const OrderBy& column, std::string& out);
void append_key(const types::Value& value, uint32_t collation, std::string& out);

// Does the type compare by the value alone, without a weight string?
bool compares_by_itself(types::Type type);

// The number of an ENUM's value (1 is the first, 0 the empty one of a wrong value), the bits of a
// SET's.
uint64_t member_number(const types::Value& value, const std::vector<std::string>& members);

}  // namespace vif::eval
